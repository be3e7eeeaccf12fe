"""The card series: its base case, its stress, its early amortisation, and its cash under any scenario."""

from __future__ import annotations

from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from handoff.recalculated import Recalculated
from hypothesis import given, settings
from hypothesis import strategies as st

import abs_struct
from abs_struct.analytics.cards import excess_spread
from abs_struct.core.arithmetic.symbols import evaluate
from abs_struct.core.findings import DealError
from abs_struct.deal.measures import measure_names
from abs_struct.handoff.workbook import write_workbook
from abs_struct.waterfall.checks import conservation
from abs_struct.waterfall.engine import run, run_as_arrays
from abs_struct.waterfall.ledger import Ledger
from abs_struct.waterfall.trace import trace

FILE = Path(__file__).parents[2] / "deals" / "card_2027_a.yaml"
#: Charge-offs from 6 to 9 %, yield -15 %, payment rate -20 %, in equal steps over 12 months.
STRESS = {
    "assumptions.cards.charge_off": "{from: 6%, to: 9%, months: 12}",
    "assumptions.cards.yield": "{rate: 16.19%, multiple: {from: 1, to: 85%, months: 12}}",
    "assumptions.cards.payment_rate": "{rate: 16.98%, multiple: {from: 1, to: 80%, months: 12}}",
}


@cache
def deal() -> abs_struct.Deal:
    """The shipped deal, its tape read once."""
    found = abs_struct.load(FILE)
    _ = found.collateral
    return found


@cache
def lines_of(*changes: tuple[str, str]) -> Ledger:
    """The lines of a run without failed checks."""
    result = deal().with_(dict(changes)).run()
    assert not result.failures, [str(check) for check in result.failures]
    return result.lines


def stressed(**changes: str) -> Ledger:
    """The lines of the stress."""
    return lines_of(*(STRESS | changes).items())


def repaid(lines: Ledger, note: str) -> int:
    """The period in which a class is repaid; 999 where it never is."""
    gone = np.flatnonzero(lines[f"notes.{note}.balance"] < 0.01)
    return int(gone[0]) if len(gone) else 999


def test_the_base_case() -> None:
    """Excess spread 6.19%; A is accumulated in twelve parts and every class is repaid at its expected date."""
    lines = lines_of()
    assert deal().schedule.periods == 84
    assert lines["pool.initial_balance"][0] == 6_000_000_000.0
    assert lines["amounts.excess_spread"][1:60] == pytest.approx(0.0619, abs=1e-9)
    assert lines["notes.A.coupon"][1] == pytest.approx(0.0411075 + 0.0055)
    funded = lines["accounts.funding.balance"]
    assert not funded[:49].any()
    assert np.diff(funded[48:59]) == pytest.approx(525e6 / 12)
    for note in "ABC":
        assert repaid(lines, note) == 60
        assert np.count_nonzero(lines[f"notes.{note}.principal_paid"]) == 1
        assert not lines[f"notes.{note}.interest_shortfall"].any()
        assert not lines[f"notes.{note}.pdl"].any()
    assert not lines["amounts.early"].any()
    assert lines["amounts.seller_interest"][1:49] == pytest.approx(600e6)


def test_a_series_is_measured_against_its_invested_amount() -> None:
    """Class A is 87.5% of the series with 12.5% behind it; charge-offs reduce it; the seller is no equity."""
    result = deal().run()
    assert not result.warnings
    figures = result.deal_measures
    assert (figures.sized_by, figures.advance_rate) == (600e6, 1.0)
    assert {name: m.enhancement for name, m in result.note_measures.items()} == pytest.approx(
        {"A": 0.125, "B": 0.065, "C": 0.0}, abs=1e-12
    )
    assert figures.loss_a_year == pytest.approx(0.0325)
    assert np.isnan([figures.residual_irr, figures.residual_multiple, figures.residual_invested]).all()
    assert result.summary()["residual"]["irr"] is None
    assert "residual.irr" not in measure_names(result.terms)
    assert result.lines["notes.A.enhancement"][55] == pytest.approx(0.125)  # cash that accumulates is no more than A
    lines = stressed()
    charged_off = sum(lines[f"notes.{note}.pdl"] for note in "ABC")
    owed = sum(lines[f"notes.{note}.balance"] for note in "ABC")
    assert lines["deal.invested_amount"] == pytest.approx(np.maximum(owed - charged_off, 0.0))
    t = int(charged_off.argmax())
    left, spread = lines["deal.invested_amount"][t], lines["accounts.spread.balance"][t]
    assert charged_off[t] > 1e6
    assert lines["notes.A.enhancement"][t] == pytest.approx((left + spread - lines["notes.A.balance"][t]) / left)
    assert lines["notes.A.enhancement"][6] > 0.125  # the spread account has been filled


def test_allocation_floats_and_is_fixed() -> None:
    """Principal is shared by the invested amount while it revolves, and by that of the last revolving month after."""
    lines = lines_of()
    assert lines["amounts.floating_share"][1:49] == pytest.approx(0.10)
    assert lines["amounts.principal_share"][1:61] == pytest.approx(0.10)
    assert lines["amounts.floating_share"][50] == pytest.approx((600e6 - 525e6 / 12) / 6e9)
    assert lines["amounts.finance_charges"][1] == pytest.approx(0.10 * 6e9 * 0.1619 / 12)


def test_the_accumulation_may_be_shortened() -> None:
    """As few months as the payments of late allow: six of them, as 600 / 101.9 is 5.9; still repaid on time."""
    lines = lines_of(("amounts.may_shorten", "1"))
    active = lines["triggers.accumulation.active"]
    assert int(np.flatnonzero(active)[0]) == 55
    assert [repaid(lines, note) for note in "ABC"] == [60, 60, 60]


def test_the_published_stress() -> None:
    """Excess spread of about 3.4, 2.1, 0.7, -0.6 and -2.0% after 0, 3, 6, 9 and 12 months; then a run-off."""
    lines = stressed()
    month = np.array([0, 3, 6, 9, 12])
    simple = excess_spread(0.1619 * (1 - 0.15 * month / 12), 0.06 + 0.03 * month / 12, 0.0475, 0.02)
    assert simple == pytest.approx([0.034, 0.021, 0.007, -0.006, -0.020], abs=5.5e-4)
    pool = excess_spread(lines["pool.wac"], lines["pool.charge_off_rate"], 0.0475, 0.02)
    assert pool[month[1:]] == pytest.approx(simple[1:], abs=1e-12)
    assert lines["amounts.excess_spread"][[3, 6, 9]] == pytest.approx(simple[1:4], abs=1e-9)
    early = int(np.flatnonzero(lines["amounts.early"])[0])
    assert early in {9, 10}
    assert lines["amounts.three_month_spread"][early] < 0.0 <= lines["amounts.three_month_spread"][early - 1]
    assert not lines["notes.A.principal_paid"][:early].any()
    assert 14 <= repaid(lines, "A") <= 18
    assert repaid(lines, "A") <= repaid(lines, "B") <= repaid(lines, "C") < 84
    assert not lines["notes.A.interest_shortfall"].any()
    run_off = lines["pool.principal_collections"][13:] / lines["pool.opening_balance"][13:]
    assert run_off == pytest.approx(0.1698 * 0.8)


def test_the_spread_account_traps_by_its_levels() -> None:
    """Its required amount follows the bands of the three-month excess spread; it repays C's charge-offs."""
    lines = stressed()
    value = lines["amounts.three_month_spread"]
    required = lines["accounts.spread.required"]
    wanted = {1: 0.04, 2: 0.04, 3: 0.04, 4: 0.05, 5: 0.065, 6: 0.065}
    assert 0.025 <= value[3] < 0.03
    for period, share in wanted.items():
        assert required[period] == pytest.approx(share * 600e6), period
    drawn = "waterfall.spread_account.spread_account_to_C.paid"
    assert lines[drawn].sum() > 1e6
    assert lines["notes.C.balance"][-1] < 0.01
    assert lines["accounts.spread.balance"][-1] == 0.0


def test_losses_reduce_c_then_b_then_a() -> None:
    """Charge-offs beyond finance charges reduce the classes from the bottom; principal of C and B pays A's interest."""
    lines = stressed(**{"assumptions.cards.charge_off": "40%", "assumptions.cards.yield": "1%"})
    pdl = {note: lines[f"notes.{note}.pdl"] for note in "ABC"}
    assert lines["waterfall.finance_charges.reallocated_to_A.from_principal.paid"].sum() > 0.0
    for junior, senior in (("C", "B"), ("B", "A")):
        hit = pdl[senior] > 0.01
        assert np.all(pdl[junior][hit] >= lines[f"notes.{junior}.balance"][hit] - 0.01)
    assert pdl["B"].max() > 0.0
    left = lines["notes.C.balance"][-1] + lines["notes.B.balance"][-1]
    assert left > 39e6  # what was charged off is not repaid from principal


@pytest.mark.parametrize("event", ["transfer", "insolvency", "servicer_default", "legal"])
def test_an_event_by_hand_ends_the_revolving_period(event: str) -> None:
    """Events that no figure tells of are fired by hand, and principal passes through from that month on."""
    lines = lines_of((f"triggers.{event}.fired", "20"))
    assert int(np.flatnonzero(lines["amounts.early"])[0]) == 20
    assert int(np.flatnonzero(lines["notes.A.principal_paid"])[0]) == 20
    assert repaid(lines, "A") == 25  # 525 / 101.9 a month


def test_a_shrinking_pool_breaches_the_sellers_interest() -> None:
    """When new sales fall the seller's interest absorbs it, until it lies below its minimum for ten business days."""
    lines = lines_of(("assumptions.cards.purchase_rate", "{1: 100%, 7: 75%}"))
    first = int(np.flatnonzero(lines["triggers.seller_interest.breached"])[0])
    assert first >= 7
    assert int(np.flatnonzero(lines["triggers.seller_interest.active"])[0]) == first + 1  # ten business days are over
    assert lines["triggers.seller_interest.value"][first] < 0.07 <= lines["triggers.seller_interest.value"][first - 1]
    assert repaid(lines, "A") < 60


def test_a_missed_expected_date_is_early_amortisation() -> None:
    """Cardholders who pay too slowly: the accumulation falls short, and the classes are repaid as cash comes in."""
    lines = lines_of(("assumptions.cards.payment_rate", "5%"))
    assert int(np.flatnonzero(lines["triggers.expected_date.active"])[0]) == 61
    assert 60 < repaid(lines, "C") < 84


@settings(max_examples=25)
@given(
    yield_=st.floats(0.0, 0.4), paid=st.floats(0.0, 0.8) | st.just(1.0), lost=st.floats(0.0, 0.9),
    bought=st.floats(0.01, 1.02) | st.just(0.0),
    diluted=st.floats(0.0, 0.1), index=st.floats(0.0, 0.2), recovered=st.floats(0.0, 1.0),
    shorten=st.sampled_from("01"),
)  # fmt: skip
def test_cash_is_conserved_in_any_scenario(
    yield_: float, paid: float, lost: float, bought: float, diluted: float, index: float, recovered: float, shorten: str
) -> None:
    """Whatever happens: every check holds, nothing is negative, and arrays have the bits of floats."""
    changes: dict[str, Any] = {
        "assumptions.cards.yield": yield_, "assumptions.cards.payment_rate": paid, "assumptions.cards.charge_off": lost,
        "assumptions.cards.purchase_rate": bought, "assumptions.cards.dilution": diluted,
        "assumptions.indices.SOFR": index, "amounts.may_shorten": shorten,
        "assumptions.recovery": f"{{rate: {recovered!r}, lag: 3}}",
    }  # fmt: skip
    changed = deal().with_(changes)
    result = changed.run()
    assert not result.failures, [str(check) for check in result.failures]
    many = run_as_arrays(changed.program)
    for name, series in result.lines.items():
        assert np.array_equal(many[name][:, 0], series), name
    paid_lines = [name for name in result.lines if name.endswith((".paid", ".principal_paid", ".interest_paid"))]
    balances = [name for name in result.lines if name.endswith((".balance", ".invested", ".purchased", ".pdl"))]
    for name in (*paid_lines, *balances):
        assert result.lines[name].min() >= 0.0, name


def test_five_hundred_scenarios_side_by_side() -> None:
    """Yield, payments, charge-offs and new sales at random, up to the levels of a top rating: nothing is negative."""
    draw = np.random.default_rng(20270120).uniform
    axes = {
        "assumptions.cards.yield": draw(0.05, 0.25, 500),
        "assumptions.cards.payment_rate": draw(0.03, 0.5, 500),
        "assumptions.cards.charge_off": draw(0.0, 0.5, 500),
        "assumptions.cards.purchase_rate": draw(0.0, 1.05, 500),
    }
    program = deal().program
    lines = run(replace(program, inputs=program.inputs | axes))
    failed = [str(check) for check in conservation(program, lines) if not check.all_passed]
    assert not failed
    for name in lines:
        if name.endswith((".balance", ".paid", ".purchased", ".principal_paid", ".interest_paid", ".invested")):
            assert lines[name].min() >= 0.0, name
    alone = run(replace(program, inputs=program.inputs | {path: float(axis[321]) for path, axis in axes.items()}))
    assert np.array_equal(lines["notes.C.balance"][:, 321], alone["notes.C.balance"])
    assert 0.0 < (lines["notes.A.balance"][-1] < 0.01).mean() < 1.0


def test_a_month_of_collections_lost_is_borne_by_all() -> None:
    """Of half a month's collections the series gets its shares of half; nothing is left in the accounts between."""
    lines = lines_of(("assumptions.interruption", "{from: 12, lost: 50%}"))
    normal = lines["waterfall.allocation.transfer_principal.paid"][11]
    assert lines["waterfall.allocation.transfer_principal.paid"][12] == pytest.approx(0.5 * normal)
    assert lines["amounts.finance_charges"][12] == pytest.approx(0.5 * lines["amounts.finance_charges"][11])
    rest = lines["waterfall.allocation.transfer_trust.paid"] + lines["waterfall.allocation.transfer_shared.paid"]
    assert rest[12] == pytest.approx(0.5 * rest[11])


def test_excess_finance_charges_are_shared_with_the_other_series() -> None:
    """What the others have too much pays for charge-offs at the end of the accumulation; what they lack is given."""
    low = {"assumptions.cards.yield": "{rate: 16.19%, multiple: 70%}"}
    shared, alone = lines_of(*low.items()), lines_of(*(low | {"amounts.sharing": "0"}).items())
    cured = shared["waterfall.finance_charges.cure_A_B_C.C.from_shared.paid"]
    assert cured.sum() > 100_000.0
    assert not shared["triggers.expected_date.breached"].any()
    assert alone["triggers.expected_date.breached"].any()
    month = 12  # 4.8 bn of the others at 16.19% x 0.7 less 3.25% less 6.75%
    assert shared["amounts.shared_in"][month] == pytest.approx(4.8e9 * (0.1619 * 0.7 - 0.0325 - 0.0675) / 12)
    poor = lines_of(("amounts.other_cost", "20%"))
    given = poor["waterfall.finance_charges.shared_with_others.paid"]
    assert poor["amounts.shared_out"][month] == pytest.approx(4.8e9 * (0.20 + 0.0325 - 0.1619) / 12)
    own = 600e6 * (0.1619 - 0.0325 - 0.02) / 12 - sum(poor[f"notes.{note}.interest_paid"][month] for note in "ABC")
    assert given[month] == pytest.approx(own)  # all that this series has left, and no more
    assert not poor["notes.C.interest_shortfall"].any()


TWO_SERIES = """\
name: Two series
currency: USD
dates: {cutoff: 2026-12-31, closing: 2027-01-20, first_payment: 2027-02-15, legal_final: 2030-01-15}
pool: {kind: cards, tape: TAPE, series: true}
assumptions: {cards: {yield: 16%, payment_rate: 17%, charge_off: 3%}}
notes:
  S1: {balance: 600_000_000, coupon: 18%, deferrable: true}
  S2: {balance: 900_000_000, coupon: 4%}
accounts: {one: {}, two: {}, shared: {}, trust: {}}
amounts:
  charges_1: pool.interest * (notes.S1.balance / max(pool.opening_balance, notes.balance))
  charges_2: pool.interest * (notes.S2.balance / max(pool.opening_balance, notes.balance))
  shares: 1
waterfall:
  allocation:
    - {transfer: one, amount: charges_1}
    - {transfer: two, amount: charges_2}
    - {transfer: trust}
  series_1: {from: one, steps: [{interest: S1}, {transfer: shared, when: shares > 0.5}, {transfer: trust, name: kept}]}
  series_2: {from: two, steps: [{interest: S2}, {transfer: shared, when: shares > 0.5}, {transfer: trust, name: kept}]}
  excess:
    from: shared
    steps: [{interest: S1, name: S1_from_shared}, {interest: S2, name: S2_from_shared}, {transfer: trust}]
  principal: {from: trust, steps: [{principal: [S1, S2], when: deal.payment_date >= 2029-01-15}, {residual: seller}]}
"""


def test_two_series_of_one_trust(tmp_path: Path) -> None:
    """A series that earns 16% and pays 18% gets the difference from one that pays 4%; alone it would be short."""
    file = tmp_path / "two.yaml"
    file.write_text(TWO_SERIES.replace("TAPE", str(FILE.parent / "tapes/card_2027_a.csv.gz")), encoding="utf-8")
    result = abs_struct.load(file).run()
    assert not result.failures
    lines = result.lines
    lacking = lines["notes.S1.interest_due"][5] - lines["amounts.charges_1"][5]
    assert lacking > 0.0
    assert lines["waterfall.excess.S1_from_shared.paid"][5] == pytest.approx(lacking)
    assert not lines["notes.S1.interest_shortfall"].any()
    alone = abs_struct.load(file, {"amounts.shares": "0"}).run()
    assert not alone.failures
    assert alone.lines["notes.S1.interest_shortfall"][5] > 0.0
    before = slice(0, 25)  # principal is repaid from January 2029
    assert alone.lines["notes.S2.interest_paid"][before] == pytest.approx(lines["notes.S2.interest_paid"][before])
    assert {name: m.principal_shortfall for name, m in result.note_measures.items()} == {"S1": 0.0, "S2": 0.0}


def test_the_written_formulas_give_the_same_figures() -> None:
    """The trace of a period, evaluated with the values of a run, is the run."""
    changed = deal().with_(STRESS)
    lines, written = changed.run().lines, trace(changed.program)
    for name in written.formulas:
        for period in (1, 2, 9, 16, 84):

            def value(leaf: Any, period: int = period) -> float:
                if leaf.op == "input":
                    return float(written.program.inputs[leaf.args[0]])
                path, ago = leaf.args
                return float(lines[path][period - ago]) if period >= ago else 0.0

            assert abs(float(evaluate(written.formula(name), value)) - lines[name][period]) <= 1e-12 * 6e9, name


@pytest.mark.needs("formualizer")
def test_the_workbook_recalculates(tmp_path: Path) -> None:
    """The live workbook, recalculated, equals the run; and equals another run when its inputs are typed in."""
    result = deal().with_(STRESS).run()
    workbook = Recalculated(write_workbook(result, tmp_path / "card.xlsx"), result)
    dates = {path for path, column in workbook.book.layout.columns.items() if column.line.unit == "date"}
    other = deal().with_(STRESS | {"assumptions.cards.charge_off": "{from: 6%, to: 12%, months: 12}"}).run()
    for wanted, typed in ((result, {}), (other, {"assumptions__cards__charge_off__to": 0.12})):
        workbook.change(**typed)
        for path, gap in workbook.differences(wanted).items():
            assert path in dates or gap <= 1e-12, path


BY_GRADE = {
    "pool.groups": "[grade]",
    "assumptions.groups": "{D: {cards: {yield: 24%, payment_rate: 9%, charge_off: 9%}},"
    " A: {cards: {yield: 13%, payment_rate: 25%, charge_off: 1%}}}",
}


def test_rates_by_card_group() -> None:
    """Grades with a yield, payment rate and charge-off of their own; the series gets its share of the sum."""
    changed = deal().with_(BY_GRADE)
    result = changed.run()
    assert not result.failures, [str(check) for check in result.failures]
    lines = result.lines
    own = {name: lines[f"groups.{name}.balance"][0] for name in ("A", "D", "others")}
    assert sum(own.values()) == pytest.approx(6e9, rel=1e-12)
    grade = result.collateral.eligible.column("grade")
    assert own["D"] == pytest.approx(result.collateral.eligible.columns["balance_cents"][grade == "D"].sum() / 100)
    earned = own["A"] * 0.13 + own["D"] * 0.24 + own["others"] * 0.1619
    assert lines["pool.interest"][1] == pytest.approx(earned / 12)
    assert lines["amounts.portfolio_yield"][1] == pytest.approx(earned / 6e9)
    many = run_as_arrays(changed.program)
    for name, series in lines.items():
        assert np.array_equal(many[name][:, 0], series), name


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"assumptions.prepayment": "{cpr: 10%}"}, "belongs to loans, and pool.kind is cards"),
        ({"pool.kind": "loans"}, "say pool.kind: cards"),
        ({"pool.kind": "card"}, "is not one of loans, cards"),
        ({"assumptions.advances": "true"}, "advances"),
        ({"assumptions.delinquency": "{roll: [50%]}"}, "belongs to loans, and pool.kind is cards"),
        ({"assumptions.dilution": "1%"}, "belongs to loans, and pool.kind is cards"),
        ({"pool.groups": "[grad]"}, "no column 'grad'; did you mean 'grade'"),
        (BY_GRADE | {"pool.groups": "[product]"}, "no loans of group 'D'"),
        ({"pool.groups": "[grade]", "assumptions.groups": "{D: {refunds: 1%}}"}, "a group of accounts has cards alone"),
    ],
)
def test_what_does_not_belong_to_cards_is_refused(changes: dict[str, str], words: str) -> None:
    """Terms of loans in a deal of cards, and the reverse, are refused at their place."""
    with pytest.raises(DealError) as error:
        _ = abs_struct.load(FILE, changes).program
    assert words in str(error.value)
    assert str(error.value).startswith(("--set ", f"{FILE}:"))
