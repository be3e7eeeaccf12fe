"""Structures that cannot be meant: one sentence each, with file, line, field, and what is allowed."""

from __future__ import annotations

from pathlib import Path

import pytest
from small import TERMS, WATERFALL, small, with_clause

from abs_struct.core.findings import DealError

SWAP = "hedges:\n  swap: {notional: notes.A.opening_balance, pays: 3%, receives: {index: EURIBOR_1M}}\n"


def refused(folder: Path, terms: str = TERMS, waterfall: str = WATERFALL, **changes: object) -> str:
    """The message of a deal that must not compile."""
    with pytest.raises(DealError) as error:
        _ = small(folder, terms, waterfall, **changes).program
    message = str(error.value)
    assert "small.yaml:" in message or "--set" in message
    return message


@pytest.mark.parametrize(
    ("before", "after", "words"),
    [
        ("closing: 2027-01-20", "closing: 2027-02-30", "is not a date"),
        ("first_payment: 2027-02-15", "first_payment: 2027-01-05", "must lie after closing"),
        ("legal_final: 2030-12-15", "legal_final: 2026-12-15", "lies before first_payment"),
        ("closing: 2027-01-20", "closing: 2027-01-20, every: 5 weeks", "5 weeks"),
        ("closing: 2027-01-20", "closing: 2027-01-20, calendar: TARGET2X", "no calendar"),
        ("closing: 2027-01-20", "closing: 2027-01-20, holidays: none.txt", "none.txt"),
        ("coupon: 5%}", "coupon: 5%, expected_maturity: 2030-01-01, legal_maturity: 2029-01-01}", "lies after legal"),
        ("coupon: 5%}", "coupon: {index: EURIBOR_1M, margin: 1%}}", "no index 'EURIBOR_1M'"),
        ("coupon: 5%}", "coupon: {margin: 1%}}", "fixed, index, schedule or formula"),
        ("coupon: 5%}", "coupon: {fixed: 5%, index: X}}", "found fixed and index"),
        ("coupon: 5%}", "coupon: {schedule: {2: 5%}}}", "starts in period 1"),
        ("coupon: 5%}", "coupon: {schedule: {1: 5%, 9: 6%, 4: 7%}}}", "must rise"),
        ("coupon: 5%}", "coupon: {fixed: 5%, step_up: {add: 1%}}}", "one of the two"),
        ("coupon: 5%}", "coupon: 5%, unpaid_interest: deferred}", "is not one of"),
        ("coupon: 5%}", "coupon: 5%, target: {1: 100, 0: 90}}", "must rise"),
        ("above: {1: 2%, 13: 6%}", "above: {13: 6%, 1: 2%}", "starts in period 1"),
        ("cure: when the test passes", "cure: {passes: 0}", "from 1 on"),
        ("cure: when the test passes", "cure: sometimes", "is not one of"),
        ("cure: when the test passes", "from_period: 9, until_period: 4", "lies before from_period"),
        ("plus: 6_000", "table: {2028-01-01: 1, 2027-06-01: 2}, plus: 6_000", "must rise"),
        ("plus: 6_000", "table: {2099-01-01: 1}, plus: 6_000", "after the last payment date"),
        ("plus: 6_000", "once: 5, table: {2027-02-01: 1}, plus: 6_000", "two amounts fall due"),
        ("target_oc: max(", "target_oc: {1: 5, 1: 6}\n  other: max(", "twice"),
        ("target_oc: max(10%", "target_oc: band(1%, 2%, 3%)\n  other: max(10%", "band() takes"),
        ("target_oc: max(10%", "target_oc: deal.payment_date + 1\n  other: max(10%", "computes with a date"),
        ("target_oc: max(10%", "target_oc: if(pool.balance > 2027-01-01, 1, 0)\n  other: max(10%", "compares"),
        ("A: {balance: 70% of pool", "A: {balance: 70% * pool.wac", "not known at closing"),
        ("A: {balance: 70% of pool", "A: {balance: 70%", "say of what, as in 70% of pool"),
        ("initial: 1% of pool", "initial: 50 bp", "is a share, not an amount"),
    ],
)
def test_terms_that_cannot_be_meant(before: str, after: str, words: str, tmp_path: Path) -> None:
    """Dates, coupons, schedules, triggers, fees and formulas."""
    assert before in TERMS
    assert words in refused(tmp_path, TERMS.replace(before, after, 1))


@pytest.mark.parametrize(
    ("clause", "words"),
    [
        ("{principal: {pro_rata: [A, C]}}", "no note 'C'"),
        ("{principal: {pro_rate: [A, B]}}", "did you mean 'pro_rata'"),
        ("{principal: {pro_rata: [A, B], by: size}}", "is not one of"),
        ("{principal: {shares: {A: 60%, B: 30%}}}", "sum to 90%"),
        ("{principal: {sequential: [A, {pro_rata: [A, B]}]}}", "stands twice"),
        ("{principal: [A, [B]]}", "not a name nor a list"),
        ("{principal: [A, B], to: target}", "has no planned balance"),
        ("{principal: [A, B], when: triggers.swich.active}", "triggers.swich"),
        ("{principal: [A, B], when: pool.balance}", "not a condition"),
        ("{interest: A, support: servicer}", "no account 'servicer'"),
        ("{interest: A, support: collections}", "paid from the account collections itself"),
        ("{cure: A, into: principle}", "no account 'principle'"),
        ("{debit: [B, A]}", "is missing"),
        ("{hedge: swop}", "did you mean 'swap'"),
        ("{repay: liquidity_facility}", "no facility 'liquidity_facility'"),
        ("{transfer: reserves}", "did you mean 'reserve'"),
        ("{advance: A, amount: pool.balance > 5}", "true or false, not an amount"),
        ("{purchase: cars}", "no receivable 'cars'"),
        ("{pay: servicer, part: half}", "no line 'half'"),
        ("{pay: servicer, part: 150%}", "up to 100%"),
        ("{pay: servicer, part: -50%}", "above 0%"),
        ("{transfer: reserve, amount: 50%}", "is a share, not an amount"),
        ("{principal: A, when: waterfall.before_default.residual_holder.paid > 0}", "worked out later in the period"),
    ],
)
def test_clauses_that_cannot_be_meant(clause: str, words: str, tmp_path: Path) -> None:
    """Orders, names, conditions and amounts of clauses."""
    assert words in refused(tmp_path, waterfall=with_clause(clause))


def test_a_class_that_no_clause_repays_is_refused(tmp_path: Path) -> None:
    """A class missing from the waterfall is a mistake."""
    waterfall = WATERFALL.replace("principal: [A, B]", "principal: [A]").replace("    - principal: B\n", "")
    assert "no clause of the waterfall repays class B" in refused(tmp_path, waterfall=waterfall)


def test_a_class_that_can_never_be_paid_is_said(tmp_path: Path) -> None:
    """Below the residual there is never any cash."""
    clauses = ("interest: [A, B]", "principal: A", "residual: holder", "principal: B")
    waterfall = "waterfall:\n  every_month:\n" + "".join(f"    - {clause}\n" for clause in clauses)
    notes = small(tmp_path, waterfall=waterfall).run().warnings
    assert any("class B is never repaid" in note for note in notes)


def test_a_class_whose_section_is_never_in_force_is_said(tmp_path: Path) -> None:
    """B is repaid after an event of default only, which does not come; once it comes, nothing is said."""
    waterfall = WATERFALL.replace("principal: [A, B]", "principal: [A]")
    notes = small(tmp_path, waterfall=waterfall).run().warnings
    assert any("class B is repaid only in after_default, never in force" in note for note in notes)
    fired = TERMS.replace("> 0.01}", "> 0.01, fired: 9}")
    assert not [note for note in small(tmp_path, fired, waterfall).run().warnings if "never in force" in note]


def test_a_trigger_that_waits_beyond_the_end_is_said(tmp_path: Path) -> None:
    """Fired by hand in period 900 of a deal of 40."""
    notes = small(tmp_path, TERMS.replace("> 0.01}", "> 0.01, fired: 900}")).run().warnings
    assert any("triggers.event_of_default.fired is period 900, and the deal ends with period" in note for note in notes)


def test_an_account_without_requirement_is_neither_filled_nor_released(tmp_path: Path) -> None:
    """There is no excess over nothing: releasing it would empty it."""
    terms = TERMS.replace("accounts:\n", "accounts:\n  fund: {initial: 5_000}\n")
    for word in ("fill", "release"):
        message = refused(tmp_path, terms, with_clause(f"{word}: fund"))
        assert "the account fund has no required amount; write accounts.fund.required" in message


def test_the_price_of_a_call_that_misses_the_principal_account_is_said(tmp_path: Path) -> None:
    """It arrives in the collection account, unless the principal account receives it."""
    waterfall = """\
waterfall:
  revenue: [{pay: [trustee, servicer]}, {interest: [A, B]}, {fill: reserve}, {residual: holder}]
  redemption: {from: principal, steps: [{principal: [A, B]}, {residual: holder}]}
"""
    call = "call: {when: pool.balance <= 30% of pool, exercised: true}\n"
    account = "accounts:\n  principal: {receives: pool.principal_collections}\n"
    terms = TERMS.replace("accounts:\n", account) + call
    lost = small(tmp_path, terms, waterfall).run()
    assert any("the price of the call goes to the collection account" in note for note in lost.warnings)
    assert lost.lines["notes.B.balance"][-1] > 1.0
    right = small(tmp_path, terms.replace("collections}", "collections + deal.call_proceeds}"), waterfall).run()
    assert not [note for note in right.warnings if "price of the call" in note]
    called = int((right.lines["deal.called"] > 0.5).argmax())
    expected = right.lines["deal.call_proceeds"][called] + right.lines["pool.principal_collections"][called]
    assert right.lines["accounts.principal.received"][called] == pytest.approx(expected)


def test_two_classes_with_one_name_are_refused(tmp_path: Path) -> None:
    """A key that stands twice is a mistake of the file."""
    assert "twice" in refused(tmp_path, TERMS.replace("  B: {balance: 22%", "  A: {balance: 22%"))


def test_hedges_that_cannot_be_meant(tmp_path: Path) -> None:
    """A swap on a missing index, with a strike, into a missing account; a termination without a default."""
    assert "no index 'EURIBOR_1M'" in refused(tmp_path, TERMS + SWAP)
    assert "a swap has no strike" in refused(tmp_path, TERMS + SWAP.replace("pays: 3%", "pays: 3%, strike: 2%"))
    assert "needs a strike" in refused(tmp_path, TERMS + SWAP.replace("{notional", "{kind: cap, notional"))
    fixed = SWAP.replace("{index: EURIBOR_1M}", "2%")
    assert "no account 'reserv'" in refused(tmp_path, TERMS + fixed.replace("pays: 3%", "pays: 3%, into: reserv"))
    assert "counterparty_default" in refused(tmp_path, TERMS + fixed.replace("pays: 3%", "pays: 3%, termination: 5"))


def test_sections_and_facilities_that_cannot_be_meant(tmp_path: Path) -> None:
    """A section paid from an unknown account, a facility that is named like an account."""
    waterfall = (
        "waterfall:\n  all:\n    from: principle\n    steps:\n      - principal: [A, B]\n      - residual: holder\n"
    )
    assert "no account 'principle'" in refused(tmp_path, waterfall=waterfall)
    assert "the name of an account too" in refused(tmp_path, TERMS + "facilities:\n  reserve: {limit: 5}\n")
