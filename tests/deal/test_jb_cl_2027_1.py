"""JB-CL 2027-1: it runs and ties, its figures are those of its documents, and its trigger is worth what it costs."""

from __future__ import annotations

import gzip
from functools import cache
from pathlib import Path

import numpy as np
import pytest

import abs_struct
from abs_struct.tape.generate import as_csv, generate, write_tape
from abs_struct.tape.specification import read_specification
from abs_struct.waterfall.engine import run, run_as_arrays

DEALS = Path(__file__).parents[2] / "deals"
FILE = DEALS / "jb_cl_2027_1.yaml"
NO_ARREARS = {"triggers.serious_delinquency.above": "1000%"}  # as the plain simulation has it
NO_TRIGGER = NO_ARREARS | {"triggers.cumulative_default.above": "1000%"}


@cache
def deal() -> abs_struct.Deal:
    """The shipped deal, its tape read once."""
    found = abs_struct.load(FILE)
    _ = found.collateral
    return found


@cache
def base() -> abs_struct.Result:
    """The base case."""
    return deal().run()


def test_the_base_case_ties_to_its_documents() -> None:
    """Pool, classes and dates to the cent; lives and junior as a plain simulation has them, within 10%."""
    result = base()
    assert not result.failures, [str(check) for check in result.failures]
    assert not result.warnings
    assert result.collateral.loans == 25_870
    assert result.collateral.ineligible == 0
    assert result.lines["pool.initial_balance"][0] == 1_000_000_000.0
    sizes = {"A": 775e6, "B": 75e6, "sub": 150e6}
    assert {name: result.lines[f"notes.{name}.balance"][0] for name in sizes} == sizes
    assert [day.isoformat() for day in result.dates[3:5]] == ["2027-07-26", "2027-08-26"]
    for name, life in (("A", 0.81), ("B", 1.11)):
        measures = result.note_measures[name]
        assert measures.wal == pytest.approx(life, rel=0.10)
        assert measures.principal_shortfall == measures.interest_shortfall == 0.0
    junior = result.lines["notes.sub.principal_paid"].sum() + result.lines["residuals.sub.paid"].sum()
    assert junior == pytest.approx(146e6, rel=0.05)


def test_cumulative_default_follows_its_documents() -> None:
    """1.85 / 2.97 / 3.59 / 4.38% at months 3, 6, 9 and 12 in a plain simulation, within 10%; 4.80% at the end."""
    lines = base().lines
    value = lines["triggers.cumulative_default.value"]
    assert value[[3, 6, 9, 12]] == pytest.approx([0.0185, 0.0297, 0.0359, 0.0438], rel=0.10)
    bought = lines["pool.purchased"].sum()
    assert value[-1] == pytest.approx(lines["pool.cumulative_defaulted"][-1] / (1e9 + bought), rel=1e-12)
    assert value[-1] == pytest.approx(0.048, rel=1e-9)
    assert lines["amounts.bought"][-1] == pytest.approx(bought, rel=1e-12)


def test_every_loan_defaults_in_a_triangle() -> None:
    """Of each par bought 4.8% default, as much of either kind, most in month 4 of 8 (the peak lies at 3.2 months)."""
    lines = base().lines
    for kind in ("level_pay", "interest_first"):
        unit = lines[f"units.{kind}.defaulted"]
        assert unit.sum() == pytest.approx(0.048, rel=1e-12)
        assert int(np.argmax(unit)) == 4
        assert (np.diff(unit[:5]) > 0).all()
        assert (np.diff(unit[4:9]) < 0).all()


def test_the_purchase_period_has_seven_dates() -> None:
    """What is collected up to the first payment and each month's principal and excess income buy; then nothing more."""
    result = base()
    lines, dates = result.lines, [day.isoformat() for day in result.dates]
    bought = np.flatnonzero(lines["pool.purchased"] > 0.0)
    assert [dates[t] for t in bought] == [
        "2027-07-26", "2027-08-26", "2027-09-27", "2027-10-26", "2027-11-26", "2027-12-27", "2028-01-31",
    ]  # fmt: skip
    assert np.abs(lines["accounts.principal.balance"][bought]).max() < 1e-6
    assert not lines["notes.A.principal_paid"][: bought[-1] + 1].any()
    shares = lines["receivables.interest_first.purchased"][bought] / lines["pool.purchased"][bought]
    assert shares == pytest.approx(0.15, rel=1e-12)


def test_income_tops_up_principal_before_the_junior_sees_any() -> None:
    """a + b + c - d: what income moved to principal never exceeds defaults and borrowed principal to date."""
    lines = base().lines
    clause = "waterfall.income.top_up_principal"
    owed = np.cumsum(lines[f"{clause}.losses"] + lines[f"{clause}.borrowed"])
    covered = np.cumsum(lines[f"{clause}.paid"])
    assert (covered <= owed + 1e-6).all()
    assert lines[f"{clause}.uncovered"] == pytest.approx(owed - covered, abs=1e-4)
    assert covered[-1] > 60e6
    early = lines["revolving.active"] > 0.5
    assert not lines["notes.sub.interest_paid"][early].any()
    calm = deal().with_({"assumptions.default.multiple": 0.5}).run().lines
    paid = calm["notes.sub.interest_paid"]
    first = int(np.argmax(paid > 0.0))
    assert base().dates[first].isoformat() == "2028-02-28"
    assert paid.max() <= 150e6 * 0.02 * 33 / 365 + 1e-6


def test_half_of_the_servicing_fee_ranks_behind_interest() -> None:
    """Where collections fail, the senior half is paid and the junior half waits."""
    lost = deal().with_({"assumptions.interruption": "{from: 6, months: 1}"}).run()
    assert not lost.failures
    due = lost.lines["fees.servicer.due"][6]
    assert lost.lines["fees.servicer.paid"][6] == pytest.approx(due / 2.0, rel=1e-12)
    assert lost.lines["notes.A.interest_shortfall"][6] == 0.0  # the liquidity reserve pays it
    assert lost.lines["accounts.liquidity.drawn"][6] > 1e6


def test_tax_is_set_aside_until_its_quarter() -> None:
    """Between July, October, January and April what is owed lies in the tax reserve, and is paid from it in full."""
    lines, dates = base().lines, base().dates
    paid = lines["fees.tax.paid"]
    months = {dates[t].month for t in np.flatnonzero(paid) if t < len(dates) - 1}
    assert months <= {1, 4, 7, 10}
    for t in range(4, 13):
        assert lines["accounts.tax_reserve.balance"][t] == pytest.approx(lines["fees.tax.shortfall"][t], abs=1e-6)
    assert paid[6] == pytest.approx(lines["fees.tax.due"][4:7].sum(), rel=1e-12)
    assert lines["fees.tax.shortfall"][-1] == lines["accounts.tax_reserve.balance"][-1] == 0.0
    assert paid.sum() == pytest.approx(0.0326 * lines["pool.interest"].sum(), rel=1e-12)
    after = deal().with_({"triggers.event_of_default.fired": 5}).run().lines
    assert after["fees.tax.paid"][5] == pytest.approx(after["fees.tax.due"][4:6].sum(), rel=1e-12)  # at once
    assert not after["accounts.tax_reserve.balance"][5:].any()


def test_the_two_ledgers_are_those_of_the_plan() -> None:
    """Item by item: reserves pooled, tax, issue, transfer reserve, agents, expenses, servicer, interest, the rest."""
    sections = base().terms.waterfall
    said = {name: [step.name or step.default_name() for step in section.steps] for name, section in sections.items()}
    assert said["income"] == [
        "release_transfer_reserve", "release_tax_reserve", "release_liquidity", "pay_tax", "fill_tax_reserve",
        "pay_issue_costs", "fill_transfer_reserve", "senior_costs", "pay_expenses", "pay_servicer_part", "interest_A",
        "interest_B", "servicer_rest", "all_to_principal", "top_up_principal", "fill_liquidity", "expenses_above_cap",
        "interest_sub", "rest_to_principal",
    ]  # fmt: skip
    assert sections["after_default"].steps[3].targets[0] == "tax"
    assert said["after_default"][4:] == [
        "interest_A", "principal_A", "interest_B", "principal_B", "principal_sub", "residual_sub",
    ]  # fmt: skip
    poor = deal().with_({"notes.A.coupon": "25%", "accounts.liquidity.required": "0"}).run()  # income does not suffice
    assert not poor.failures
    legs = [
        name for name in poor.lines if name.startswith("waterfall.income.") and name.endswith("from_principal.paid")
    ]
    drawn = poor.lines["accounts.principal.drawn"]
    assert drawn[5] > 1e6
    assert drawn[5] == pytest.approx(sum(poor.lines[name][5] for name in legs))
    assert not poor.lines["notes.A.interest_shortfall"][:10].any()
    assert poor.lines["waterfall.income.top_up_principal.borrowed"][5] == drawn[5]


def break_even(changes: dict[str, str]) -> dict[str, float]:
    """The largest multiple of defaults, in steps of 0.01, at which a class gets all its principal."""
    multiples = np.round(np.arange(1.5, 7.5, 0.01), 2)
    program = deal().with_(changes).program
    program.inputs["assumptions.default.multiple"] = multiples
    lines, found = run(program), {}
    for name in "AB":
        lost = lines[f"notes.{name}.balance"][-1] > 1.0
        assert lost.any()
        found[name] = float(multiples[int(np.argmax(lost)) - 1])
    return found


def test_the_trigger_is_worth_its_keep() -> None:
    """Break-even multiples with the trigger are 1.4 times those without, or more; within 20% of a plain simulation."""
    with_it, without, both = break_even(NO_ARREARS), break_even(NO_TRIGGER), break_even({})
    for name, tested, plain in (("A", 5.11, 3.12), ("B", 3.72, 2.38)):
        assert with_it[name] >= 1.4 * without[name]
        assert with_it[name] == pytest.approx(tested, rel=0.20)
        assert without[name] == pytest.approx(plain, rel=0.20)
        assert both[name] >= with_it[name]  # the test of arrears only ever helps


def test_serious_delinquency_is_tested_by_its_roll_rates() -> None:
    """The base case stays below 3.0%; where more roll on, arrears alone accelerate the deal."""
    lines = base().lines
    value = lines["triggers.serious_delinquency.value"]
    assert 0.010 < value.max() < 0.020
    assert not lines["triggers.accelerated.active"].any()
    tested = lines["pool.balance"] - lines["pool.purchased"]  # on the determination date nothing has been bought yet
    ratio = lines["pool.delinquent_61_90"] / np.maximum(tested, 1.0)
    assert value[6] == pytest.approx(ratio[4:7].mean(), rel=1e-12)
    worse = deal().with_({"assumptions.delinquency.roll.0": "50%", "assumptions.delinquency.roll.2": "40%"}).run()
    assert not worse.failures
    assert worse.triggers["cumulative_default"].first_breach is None
    assert worse.triggers["serious_delinquency"].first_breach == worse.triggers["accelerated"].first_breach == 5
    assert not worse.lines["pool.purchased"][5:].any()
    assert worse.lines["waterfall.income.all_to_principal.paid"][5] > 0.0


def test_arrears_delay_and_do_not_change_the_defaults() -> None:
    """Without roll rates the loans default the same, to 1e-12, and pay the same in all, but earlier."""
    unbought = {"revolving.until": "2027-07-01"}
    punctual = deal().with_(unbought | {"amounts.seriously_delinquent": 0, "assumptions.delinquency": "none"}).run()
    late = deal().with_(unbought).run()
    for name in ("defaulted", "prepaid", "recovered", "net_loss"):
        np.testing.assert_allclose(late.lines[f"pool.{name}"], punctual.lines[f"pool.{name}"], rtol=1e-12, atol=1e-3)
    before, after = (np.cumsum(one.lines["pool.principal_collections"]) for one in (punctual, late))
    assert after[-1] == pytest.approx(before[-1], rel=1e-12)
    assert (after <= before + 1e-3).all()
    assert after[2] < before[2] - 1e6


def test_acceleration_ends_the_purchases_and_turns_all_income_to_principal() -> None:
    """At twice the defaults the schedule is breached on the first date: A is repaid from then on, the junior not."""
    result = deal().with_({"assumptions.default.multiple": 2.5}).run()
    lines = result.lines
    assert not result.failures
    assert result.triggers["cumulative_default"].first_breach == 3
    assert not lines["pool.purchased"].any()
    assert lines["notes.A.principal_paid"][3] > 300e6
    assert not lines["notes.sub.interest_paid"].any()
    assert not lines["waterfall.income.top_up_principal.paid"].any()
    assert lines["waterfall.income.all_to_principal.paid"][3] > 0.0


def test_a_purchase_shortfall_ends_purchases_and_may_be_cured() -> None:
    """Where loans are found for 70% of the cash only, purchases pause after two dates, for one date."""
    lines = deal().with_({"amounts.offered": "70%"}).run().lines
    active = lines["triggers.purchase_shortfall.active"]
    assert lines["triggers.purchase_shortfall.value"][4:6] == pytest.approx([0.3, 0.3], rel=1e-9)
    assert active[3:7].tolist() == [0.0, 0.0, 1.0, 0.0]
    assert lines["pool.purchased"][5] == 0.0
    assert lines["pool.purchased"][6] > 0.0
    assert lines["notes.A.principal_paid"][5] > 0.0
    turned = lines["waterfall.income.all_to_principal.paid"]  # accelerated for as long as it lasts
    assert turned[5] > 0.0
    assert turned[4] == turned[6] == 0.0


def test_perfection_fills_the_transfer_reserve() -> None:
    """A servicer downgrade fired by hand: 3.0 m are set aside at once and given back when A and B are repaid."""
    result = deal().with_({"triggers.servicer_downgrade.fired": 6}).run()
    held = result.lines["accounts.transfer_reserve.balance"]
    repaid = int(np.argmax(result.lines["notes.B.balance"] <= 0.01))
    assert held[6:repaid].tolist() == [3e6] * (repaid - 6)
    assert held[-1] == 0.0
    assert not result.failures


def test_after_an_event_of_default_all_cash_is_one() -> None:
    """Fired by hand: purchases end, accounts are joined, and A gets interest and principal before B gets interest."""
    result = deal().with_({"triggers.event_of_default.fired": 6}).run()
    lines = result.lines
    assert not result.failures
    outstanding = lines["notes.A.balance"] > 0.01
    assert not lines["pool.purchased"][6:].any()
    assert not lines["accounts.principal.balance"][6:].any()
    assert lines["accounts.liquidity.balance"][6] == 0.0
    assert not lines["notes.B.interest_paid"][6:][outstanding[6:]].any()
    assert lines["waterfall.after_default.principal_A.paid"].sum() == pytest.approx(775e6, rel=1e-12)
    assert lines["notes.B.interest_shortfall"][-1] == 0.0  # what waited is paid once A is repaid


def test_senior_interest_that_fails_is_an_event_of_default() -> None:
    """At twelve times the defaults A's interest fails on a date, and on the next all cash is one."""
    result = deal().with_({"assumptions.default.multiple": 12}).run()
    lines = result.lines
    assert not result.failures
    begun = int(np.argmax(lines["triggers.event_of_default.active"] > 0.5))
    assert begun > 0
    assert lines["notes.A.interest_shortfall"][begun - 1] > 0.01
    assert not lines["notes.A.interest_shortfall"][: begun - 1].any()
    assert not lines["accounts.principal.balance"][begun:].any()


@pytest.mark.needs("formualizer")
def test_the_live_workbook_recalculates(tmp_path: Path) -> None:
    """Every check of the workbook holds, to the last period: what rounding leaves of the pool is nil."""
    from handoff.recalculated import Recalculated

    from abs_struct.handoff.workbook import write_workbook

    assert base().lines["pool.balance"][-1] == 0.0
    book = Recalculated(write_workbook(base(), tmp_path / "jb.xlsx"), base())
    assert book.errors() == []
    assert book.value("Checks", 4, 2) == "all checks passed"


def test_floats_and_arrays_agree_bit_for_bit() -> None:
    """All lines of the single run equal the array run, bit for bit."""
    many = run_as_arrays(deal().program)
    for name, series in base().lines.items():
        assert np.array_equal(many[name][:, 0], series), name


def test_the_tapes_are_what_their_specifications_give(tmp_path: Path) -> None:
    """The small tape byte for byte; the whole one, as Parquet, has 258,700 loans and gives the same classes."""
    small = read_specification(DEALS / "tapes/jb_cl_2027_1.small.yaml")
    shipped = gzip.decompress((DEALS / "tapes/jb_cl_2027_1.small.csv.gz").read_bytes())
    assert as_csv(small, generate(small)).encode() == shipped
    whole = read_specification(DEALS / "tapes/jb_cl_2027_1.yaml")
    file = write_tape(tmp_path / "whole.parquet", as_csv(whole, generate(whole)))
    result = abs_struct.load(FILE, tape=file).run()
    assert not result.failures
    assert result.collateral.loans == 258_700
    assert result.collateral.balance == 1_000_000_000.0
    borrower, province = result.collateral.concentrations
    owed = np.unique(result.collateral.eligible.column("borrower_id"), return_counts=True)[1]
    assert len(owed) == 233_700  # CNY 4.3 k each
    assert owed.max() > 1
    assert 0.0 < borrower.share < borrower.limit == 0.0002
    assert 0.10 < province.share < province.limit == 0.12
    assert not result.warnings
    for name in "AB":
        assert result.note_measures[name].wal == pytest.approx(base().note_measures[name].wal, rel=0.02)
