"""Mistakes in a deal file: each is one sentence with its place, what was found, and the nearest name."""

from __future__ import annotations

from pathlib import Path

import pytest
from small import TERMS, WATERFALL, small, tape

import abs_struct
from abs_struct.core.findings import AbsStructError, DealError


def refused(folder: Path, terms: str = TERMS, waterfall: str = WATERFALL, **changes: object) -> str:
    """The message with which a deal is refused, when loaded or compiled."""
    with pytest.raises(AbsStructError) as error:
        _ = small(folder, terms, waterfall, **changes).program
    assert "Traceback" not in str(error.value)
    return str(error.value)


CASES = {
    "an unknown field": (("coupon: 5%", "cupon: 5%"), ["small.yaml:10", "notes.A", "cupon", "did you mean 'coupon'"]),
    "an unknown block": (("fees:", "feess:"), ["feess", "did you mean 'fees'"]),
    "a missing block": (("name: Small\n", ""), ["'name' is missing"]),
    "a rate above one": (("coupon: 5%", "coupon: 5"), ["small.yaml:10", "notes.A.coupon", "write 5% or 0.05"]),
    "a cdr of six": (("cdr: 9%", "cdr: 6"), ["assumptions.default.cdr", "rates lie in [0, 1)", "6%"]),
    "a negative cdr": (("cdr: 9%", "cdr: -0.5"), ["assumptions.default.cdr", "-0.5"]),
    "a recovery of 150 %": (("rate: 30%, lag: 3", "rate: 150%, lag: 3"), ["assumptions.recovery.rate", "150%"]),
    "a negative lag": (("lag: 3", "lag: -2"), ["assumptions.recovery.lag", "-2"]),
    "an assumption of the wrong kind": (("{cdr: 9%}", "{cpr: 9%}"), ["assumptions.default", "cpr", "kinds"]),
    "an unknown day count": (("coupon: 5%", "coupon: 5%, day_count: 30/361"), ["30/361", "did you mean '30/360'"]),
    "a date that does not exist": (("cutoff: 2026-12-31", "cutoff: '2026-02-30'"), ["dates.cutoff", "2026-02-30"]),
    "dates out of order": (("closing: 2027-01-20", "closing: 2027-03-20"), ["first_payment", "after closing"]),
    "an unknown calendar": (("legal_final", "calendar: US-NYC, legal_final"), ["US-NYC", "did you mean 'US-NY'"]),
    "an unknown name in a formula": (
        ("pool.cumulative_net_loss /", "pool.cumulative_net_los /"),
        ["small.yaml:22", "triggers.losses.test", "no line 'pool.cumulative_net_los'", "did you mean"],
    ),
    "a circular amount": (
        ("target_oc: max(10%", "other: target_oc + 1\n  target_oc: max(other * 0 + 10%"),
        ["amounts", "circular", "amounts.other", "amounts.target_oc"],
    ),
    "notes larger than the pool": (("70% of pool", "700% of pool"), ["larger than the pool", "notes_may_exceed_pool"]),
    "a name that cannot be a path": (("  A: {balance", "  A-1: {balance"), ["A-1", "write 'A_1'"]),
    "a formula cut at a comma": (
        ("    required: if(deal.final_period, 0, 1% of pool)", "    x: {required: if(deal.final_period, 0, 1)}"),
        ["put the formula in quotes"],
    ),
    "levels out of order": (("{1: 2%, 13: 6%}", "{13: 6%, 1: 2%}"), ["triggers.losses", "starts in period 1"]),
    "a group the tape does not have": (
        ("  recovery:", "  groups: {37: {default: {cdr: 1%}}}\n  recovery:"),
        ["assumptions.groups.37", "groups: 18, 24, 36"],
    ),
    "money added to a rate": (("/ pool.initial_balance,", "+ notes.A.coupon,"), ["adds money and rate"]),
    "a fee without a base": (("{rate: 1%, of: pool.opening_balance}", "{rate: 1%}"), ["fees.servicer", "of:"]),
    "a key that stands twice": (("currency: USD", "currency: USD\ncurrency: EUR"), ["small.yaml:3", "twice"]),
    "a trigger for the default sections is missing": (
        ("  event_of_default: {test: notes.A.interest_shortfall > 0.01}\n", ""),
        ["waterfall", "event_of_default"],
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", CASES)
def test_mistakes_are_reported_with_their_place(name: str, tmp_path: Path) -> None:
    """Each mistake is refused by a sentence with file, line, path, what was found and what is allowed."""
    (old, new), words = CASES[name]
    assert old in TERMS
    message = refused(tmp_path, TERMS.replace(old, new, 1))
    for word in words:
        assert word in message, message
    assert "small.yaml" in message or "assumptions" in message


def test_an_unknown_step_names_the_nearest(tmp_path: Path) -> None:
    """A misspelt step is refused with its line and the nearest step."""
    message = refused(tmp_path, waterfall=WATERFALL.replace("- interest: B", "- intrest: B", 1))
    assert "unknown waterfall step 'intrest'; did you mean 'interest'" in message
    assert "small.yaml:31" in message


def test_an_unknown_note_in_a_step(tmp_path: Path) -> None:
    """A note that does not exist is refused in the words of the deal."""
    message = refused(tmp_path, waterfall=WATERFALL.replace("principal: [A, B]", "principal: [A, E]", 1))
    assert "no note 'E'" in message
    assert "notes are A, B" in message


def test_available_has_a_meaning_in_clauses_only(tmp_path: Path) -> None:
    """A trigger may not ask for the cash of a clause."""
    assert "clauses of the waterfall only" in refused(tmp_path, TERMS.replace("pool.cumulative_net_loss", "available"))


def test_a_missing_file_names_the_nearest(tmp_path: Path) -> None:
    """A deal file that is not there is refused with the nearest that is."""
    small(tmp_path)
    with pytest.raises(DealError, match=r"smal\.yaml: no such deal file; did you mean 'small\.yaml'"):
        abs_struct.load(tmp_path / "smal.yaml")


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ("notes.Z.coupon", "no 'Z' here"),
        ("notes.A.cupon", "did you mean 'coupon'"),
        ("waterfall.before_default[99].interest", "not one of the 8 items"),
        ("name.x", "has nothing below it"),
    ],
)
def test_a_change_to_nowhere_is_refused(change: str, words: str, tmp_path: Path) -> None:
    """--set on a path that does not exist says which paths there are."""
    assert words in refused(tmp_path, **{change: "5%"})


def test_set_reaches_any_field(tmp_path: Path) -> None:
    """A note size, a level of a schedule, a formula and a clause can all be set."""
    deal = small(
        tmp_path,
        **{
            "notes.A.balance": "60% of pool",
            "triggers.losses.above.13": "7%",
            "amounts.target_oc": "5% of pool",
            "waterfall.before_default[2].interest": "[A, B]",
            "assumptions.prepayment.cpr": 0.2,
        },
    )
    lines = deal.run().lines
    assert lines["notes.A.balance"][0] == pytest.approx(0.6 * lines["pool.balance"][0])
    assert lines["triggers.losses.level"][13] == 0.07
    assert "waterfall.before_default.interest_A_B.A.paid" in lines


def test_a_deal_survives_dump_and_load(tmp_path: Path) -> None:
    """The model of a deal, written out and read again, is the same model."""
    from abs_struct.deal.model import DealFile

    terms = small(tmp_path).terms
    again = DealFile.model_validate(terms.model_dump(mode="json", exclude_unset=True))
    assert again.model_dump(mode="json") == terms.model_dump(mode="json")


def test_a_deal_may_say_that_its_notes_exceed_the_pool(tmp_path: Path) -> None:
    """What is meant is allowed when it is said."""
    terms = TERMS.replace("70% of pool", "120% of pool") + "notes_may_exceed_pool: true\n"
    result = small(tmp_path, terms).run()
    assert result.note_measures["B"].principal_shortfall > 0.0


def test_a_tape_in_another_currency_is_refused(tmp_path: Path) -> None:
    """A deal in euro does not run on dollars."""
    path = tape(tmp_path)
    text = path.read_text().splitlines()
    path.write_text("\n".join([text[0] + ",currency", *(line + ",USD" for line in text[1:])]))
    (tmp_path / "euro.yaml").write_text(TERMS.replace("currency: USD", "currency: EUR") + WATERFALL)
    with pytest.raises(AbsStructError, match="the tape is in USD and the deal in EUR"):
        _ = abs_struct.load(tmp_path / "euro.yaml").program


@pytest.mark.parametrize(
    ("change", "value", "words"),
    [
        ("dates.legal_final", "2027-02-30", "is not a date (day is out of range for month)"),
        ("notes.A.balance", "9" * 5_000, "cannot be read as a number"),
        ("notes.A.balance", "[" * 3_000, "is nested more than 30 deep"),
        ("notes.A.coupon", "7", "7 is not a rate; rates lie in [0, 1): write 7% or 0.07"),
        ("notes.A.balance", "-5", "is -5.00 at closing; a balance is 0 or more"),
    ],
)
def test_a_value_of_a_change_is_refused_where_it_was_given(change: str, value: str, words: str, tmp_path: Path) -> None:
    """A value that cannot be is one sentence that begins with the change itself, not with a line of the file."""
    deal = small(tmp_path)
    with pytest.raises(DealError) as caught:
        _ = deal.with_({change: value}).program
    said = str(caught.value)
    assert said.startswith(f"--set {change}={value[:20]}")
    assert words in said
    assert "\n" not in said
    assert len(said) < 300
