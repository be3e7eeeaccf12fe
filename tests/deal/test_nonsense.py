"""Deals that a careless or hostile hand wrote: refused with one sentence, or run with a note that says what is odd."""

from __future__ import annotations

from pathlib import Path

import pytest
from small import TERMS, WATERFALL, small, tape

import abs_struct
from abs_struct.core.findings import AbsStructError, DealError

TARGET = "target_oc: max(10% * pool.balance, 1% of pool)"
LOSSES = "pool.cumulative_net_loss / pool.initial_balance"
EVENT = "test: notes.A.interest_shortfall > 0.01"
LEVELS = "above: {1: 2%, 13: 6%}"

TERM_CASES = {
    "a note below nil": ("balance: 70% of pool", "balance: -5", ["notes.A.balance", "0 or more"]),
    "an account below nil": ("initial: 1% of pool", "initial: -5", ["accounts.reserve.initial", "0 or more"]),
    "a size that reads a later note": ("70% of pool", "notes.B.balance * 2", ["notes.B", "not known at closing"]),
    "a size that reads an amount": ("70% of pool", "target_oc", ["amounts.target_oc", "not known at closing"]),
    "a size that looks back": ("  A: {balance: 70% of pool", '  A: {balance: "previous(pool.balance, 1)"', ["period"]),
    "a fee of an amount": ("of: pool.opening_balance}", "of: target_oc}", ["fees.servicer.of", "previous("]),
    "a fee of what is not yet paid": ("of: pool.opening_balance}", "of: fees.trustee.paid}", ["still nil here"]),
    "a fee of a rate": ("of: pool.opening_balance}", "of: notes.A.factor}", ["is a rate, not an amount"]),
    "a level that changes": (LEVELS, "above: pool.balance", ["triggers.losses.above", "changes by period"]),
    "a value without a level": (f", {LEVELS}", "", ["triggers.losses.test", "not a condition"]),
    "a condition with a level": (LOSSES, "pool.balance > 5", ["triggers.losses.test", "is a condition"]),
    "a trigger on a payment of today": (EVENT, "test: notes.A.principal_paid > 0", ["still nil here"]),
    "a text as an amount": (TARGET, "target_oc: '\"abc\"'", ["is a text"]),
    "a sum that does not end": (TARGET, "target_oc: " + " + ".join(["1"] * 5000), ["under `amounts`"]),
    "an average over ages": (TARGET, 'target_oc: "average(pool.balance, 1e9)"', ["up to 1,200"]),
    "an amount called like an operator": ("target_oc: max", "not: max", ["word of the formula language"]),
    "an amount called like an attribute": ("target_oc: max", "path: max", ["word of the formula language"]),
    "closing before the cut-off": ("closing: 2027-01-20", "closing: 2026-01-20", ["must not lie before cutoff"]),
    "lives counted from the future": ("legal_final:", "wal_from: 2040-01-01, legal_final:", ["wal_from"]),
    "a column that no loan has": ("groups: [original_term]", "groups: [colour]", ["pool.groups", "colour"]),
    "a nameless deal": ("name: Small", "name: ' '", ["needs a name"]),
    "an endless ramp": ("ramp: 6", "ramp: 1e400", ["assumptions.prepayment.ramp", "too large"]),
    "a currency in small letters": ("currency: USD", "currency: usd", ["three capitals"]),
}  # fmt: skip


def refused(folder: Path, terms: str = TERMS, waterfall: str = WATERFALL) -> str:
    """The sentence with which a deal is refused."""
    with pytest.raises(AbsStructError) as error:
        _ = small(folder, terms, waterfall).program
    return str(error.value)


@pytest.mark.parametrize("name", TERM_CASES)
def test_nonsense_in_the_terms_is_refused(name: str, tmp_path: Path) -> None:
    """What would be nil, endless or the wrong kind in silence is refused by name, with its place."""
    old, new, words = TERM_CASES[name]
    assert old in TERMS
    message = refused(tmp_path, TERMS.replace(old, new, 1))
    for word in ["small.yaml", *words]:
        assert word in message, message


@pytest.mark.parametrize(
    ("clause", "words"),
    [
        ("pay: []", "names nothing"),
        ("interest: []", "names nothing"),
        ("interest: [A, A]", "stands twice"),
        ("principal: 5", "not a name nor a list of names"),
        ("residual: a.b", "write 'a_b'"),
        ("{interest: A, name: ''}", "cannot be a part"),
        ("{interest: A, name: from_reserve}", "marks draws on accounts"),
        ("{principal: A, amount: available > 5}", "true or false, not an amount"),
    ],
)
def test_nonsense_in_a_clause_is_refused(clause: str, words: str, tmp_path: Path) -> None:
    """A clause that pays nobody, one class twice, or a condition is refused."""
    message = refused(tmp_path, waterfall=WATERFALL.replace("release: reserve", clause, 1))
    assert words in message
    assert "waterfall.before_default[0]" in message


@pytest.mark.parametrize("waterfall", ["waterfall: {}", "waterfall: {main: []}"])
def test_a_waterfall_without_clauses_is_refused(waterfall: str, tmp_path: Path) -> None:
    """Cash has to go somewhere."""
    assert "at least one" in refused(tmp_path, waterfall=waterfall)


@pytest.mark.parametrize("when", ["5", "pool.balance", "target_oc < 1", "triggers.losses.active"])
def test_a_call_needs_a_test_that_is_known(when: str, tmp_path: Path) -> None:
    """A call comes before amounts and triggers are worked out; in period 1 they would be nil, and the call real."""
    message = refused(tmp_path, TERMS + f"call: {{when: {when}, exercised: true}}\n")
    assert "call.when" in message


def test_a_call_at_a_price_of_one_is_not_par(tmp_path: Path) -> None:
    """A price is per 100: 1 would give the pool away."""
    assert "par is 100" in refused(tmp_path, TERMS + "call: {when: pool.balance < 10% of pool, price: 1}\n")


@pytest.mark.parametrize(
    ("raw", "words"),
    [
        (b"\0\0", "U+0000"),
        ("name: x".encode("utf-16-be"), "U+0000"),
        (b"x: " + b"[" * 5000, "nested"),
        (b"a: &a [*a]", "an alias hold itself"),
        (b"a: &a [1, 1]\n" + b"".join(b"b%d: &%s [*%s, *%s]\n" % (i, bytes([98 + i]), bytes([97 + i]), bytes([97 + i]))
                                     for i in range(20)), "aliases repeat"),
        (b"a: {<<: {b: 1}}", "merge keys"),
        (b"a: 2027-02-30", "small.yaml:1: '2027-02-30' is not a date"),
        (b"a: !!int abc", "cannot be read as int"),
        (b"a: !!binary aGVsbG8=", "no binary values"),
        (b"a:\n\tb: 1", "not with tabs"),
        (b"a: 1" + b"0" * 5000, "cannot be read as int"),
    ],
)  # fmt: skip
def test_a_file_that_is_no_deal_is_refused(raw: bytes, words: str, tmp_path: Path) -> None:
    """Bytes, aliases without end and YAML's curiosities give a sentence, at once."""
    file = tmp_path / "small.yaml"
    file.write_bytes(raw)
    with pytest.raises(DealError) as error:
        abs_struct.load(file)
    assert words in str(error.value)


def test_an_amount_may_look_at_its_own_past(tmp_path: Path) -> None:
    """previous() of an amount is what breaks a circle, so it is none."""
    lines = small(tmp_path, TERMS.replace(TARGET, 'target_oc: "previous(amounts.target_oc, 1) + 1"')).run().lines
    assert lines["amounts.target_oc"][:4].tolist() == [0.0, 1.0, 2.0, 3.0]


def test_a_fee_on_less_than_nothing_is_nil(tmp_path: Path) -> None:
    """A base below nil gives no fee, and no credit against later fees."""
    lines = small(tmp_path, TERMS.replace("of: pool.opening_balance}", "of: pool.balance - 100_000}")).run().lines
    assert lines["fees.servicer.due"].min() == 0.0
    assert lines["fees.servicer.due"].max() > 0.0


def test_a_deal_without_loose_ends_has_no_notes(tmp_path: Path) -> None:
    """A deal that pays everything says nothing."""
    assert small(tmp_path).run().warnings == ()


@pytest.mark.parametrize(
    ("terms", "waterfall", "words"),
    [
        (
            TERMS,
            "waterfall: {main: [{interest: [A, B]}, {principal: [A, B]}, {residual: x}]}",
            "no clause pays the fee",
        ),
        (TERMS, "waterfall: {main: [{interest: A}, {principal: [A, B]}, {residual: x}]}", "interest on class B"),
        (TERMS, "waterfall: {main: [{interest: [A, B]}, {principal: [A, B]}]}", "stay in the account collections"),
        (TERMS, "waterfall: {main: [{principal: [A, B]}, {residual: x}]}", "stay in the account reserve"),
        (TERMS.replace("22% of pool", "0"), WATERFALL, "class B has no balance"),
        (TERMS.replace("legal_final: 2030-12-15", "legal_final: 2027-12-15"), WATERFALL, "the pool still holds"),
    ],
)
def test_loose_ends_are_named(terms: str, waterfall: str, words: str, tmp_path: Path) -> None:
    """What nobody pays and what nobody gets is said, and the checks still pass."""
    result = small(tmp_path, terms, waterfall).run()
    assert any(words in warning for warning in result.warnings), result.warnings
    assert not result.failures


def test_names_of_other_scripts_are_names(tmp_path: Path) -> None:
    """A class may be called 优先 and a trigger 触发."""
    terms = TERMS.replace("  A: {", "  优先: {").replace("notes.A", "notes.优先").replace("losses:", "触发:")
    waterfall = WATERFALL.replace("[A, B]", "[优先, B]").replace(": A", ": 优先").replace(".losses.", ".触发.")
    result = small(tmp_path, terms, waterfall).run()
    assert result.lines["notes.优先.balance"][-1] == 0.0
    assert not result.failures


def test_accounts_with_similar_names_keep_their_draws_apart(tmp_path: Path) -> None:
    """The roll-forward of an account counts its own draws only, whatever another is called."""
    terms = TERMS.replace("amounts:\n", "  x_from_reserve: {initial: 1% of pool, required: 0}\namounts:\n")
    waterfall = WATERFALL.replace("- interest: B\n", "- interest: B\n      support: x_from_reserve\n", 1)
    tape(tmp_path)
    result = small(tmp_path, terms, waterfall).run()
    assert not result.failures
