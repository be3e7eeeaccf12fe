"""HB-REV 2027-1: it runs and ties, turns over as its sheet says, and its events end purchases and change the order."""

from __future__ import annotations

import gzip
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from deal.shipped import clocked

import abs_struct
from abs_struct.analytics.instalments import instalment_rate, tax_inside
from abs_struct.tape.generate import as_csv, generate
from abs_struct.tape.specification import read_specification
from abs_struct.waterfall.engine import run, run_as_arrays

DEALS = Path(__file__).parents[2] / "deals"
FILE = DEALS / "hb_rev_2027_1.yaml"
SHARES = {"bill": 0.45, "three": 0.13, "six": 0.14, "twelve": 0.23, "minimum": 0.05}
YEAR = slice(1, 13)  # the payments of the revolving year


@cache
def deal() -> abs_struct.Deal:
    """The shipped deal, its tapes read once."""
    found = abs_struct.load(FILE)
    _ = found.collateral
    return found


@cache
def base() -> abs_struct.Result:
    """The base case."""
    return deal().run()


def changed(**changes: object) -> abs_struct.Result:
    """The deal with fields changed; dots are written __."""
    result = deal().with_({name.replace("__", "."): value for name, value in changes.items()}).run()
    assert not result.failures, [str(check) for check in result.failures]
    return result


def turns(result: abs_struct.Result) -> float:
    """Par bought in the revolving year, to its last day / initial pool."""
    return float(result.lines["pool.purchased"].sum() / result.lines["pool.initial_balance"][0])


def test_the_base_case_ties_to_its_documents() -> None:
    """Pool, sleeves and classes to the cent; lives as a plain simulation has them, within 10%."""
    result = base()
    assert not result.failures, [str(check) for check in result.failures]
    assert not result.warnings
    assert result.collateral.loans == 50_000
    assert result.collateral.ineligible == 0
    lines = result.lines
    assert lines["pool.initial_balance"][0] == 2_000_000_000.0
    for name, share in SHARES.items():
        assert lines[f"groups.{name}.initial_balance"][0] == pytest.approx(share * 2e9, rel=1e-12)
    sizes = {"A": 1_660e6, "B": 120e6, "C": 220e6}
    assert {name: lines[f"notes.{name}.balance"][0] for name in sizes} == pytest.approx(sizes, rel=1e-12)
    assert result.note_measures["A"].wal == pytest.approx(1.12, rel=0.10)
    for name in "AB":
        assert result.note_measures[name].principal_shortfall == 0.0
        assert result.note_measures[name].interest_shortfall == 0.0
    assert lines["pool.balance"][12] == pytest.approx(2_072e6, rel=0.05)
    rate = lines["amounts.default_rate"]
    assert rate[12] == pytest.approx(0.0049, rel=0.10)
    assert rate[-1] == pytest.approx(0.0064, rel=0.10)
    assert lines["amounts.default_flow"][12] == pytest.approx(0.0032, rel=0.10)


def test_purchases_that_miss_a_criterion_are_found() -> None:
    """The criteria speak of the pool after a purchase: held at its shares it keeps them, with a fixed mix it drifts."""
    assert not base().warnings
    fixed = changed(revolving__mix="fixed")
    held = fixed.lines["receivables.twelve.balance"] + fixed.lines["groups.twelve.balance"]
    share = held[YEAR] / fixed.lines["pool.balance"][YEAR]
    over = int((share > 0.35).sum())
    assert 0 < over < 12
    assert fixed.warnings == (
        f"twelve exceeds its limit in {over} of 12 pools after a purchase, most in period {int(share.argmax()) + 1}: "
        f"{share.max():.2%}, limit 35.00%",
    )


def test_criteria_of_each_purchase_look_at_what_is_bought() -> None:
    """What is bought to hold the pool at its shares is three quarters bills, and yields below 9% by itself."""
    each = changed(revolving__criteria="purchase").warnings
    assert each == (
        "the yield is too low in 12 of 12 purchases, most in period 1: 7.86%, least_yield 9.00% (the mix aims at "
        "shares of the pool, not of a purchase)",
    )
    assert not changed(revolving__mix="fixed", revolving__criteria="purchase").warnings
    terms = {"revolving__receivables__bill__limit": "75%", "revolving__least_yield": "7%"}
    limited = changed(revolving__criteria="purchase", **terms).warnings
    bill = base().lines["receivables.bill.purchased"][YEAR] / base().lines["pool.purchased"][YEAR]
    count = int((bill > 0.75).sum())
    assert 0 < count < 12
    assert limited[0].startswith(f"bill exceeds its limit in {count} of 12 purchases, most in period 1: {bill[0]:.2%}")


def test_turnover_is_told_by_a_run() -> None:
    """Par, price, periods and turns, in Python and as JSON."""
    found = base().purchases
    assert found is not None
    assert found.turns == pytest.approx(turns(base()), rel=1e-12)
    assert (found.periods, found.first, found.last) == (12, 1, 12)
    assert found.par - found.price == pytest.approx(0.0045 * base().lines["receivables.bill.purchased"].sum(), rel=1e-9)
    assert base().summary()["purchases"]["turns"] == found.turns


def test_a_is_repaid_within_five_months_after_the_revolving_period() -> None:
    """No principal in the year; then A is repaid by the fifth monthly payment, with B behind it."""
    lines, dates = base().lines, base().dates
    assert not lines["notes.A.principal_paid"][:13].any()
    assert not lines["residuals.C.paid"][:13].any()
    repaid = {name: int(np.argmax(lines[f"notes.{name}.balance"] <= 0.01)) for name in "AB"}
    assert 13 <= repaid["A"] <= 17
    assert dates[repaid["A"]].isoformat() <= "2028-06-26"
    assert repaid["A"] <= repaid["B"] <= 18
    assert not lines["notes.B.principal_paid"][: repaid["A"]].any()


DRIFT = {"bill": "35%", "three": "13%", "six": "14%", "twelve": "33%", "minimum": "5%"}
MIXES: dict[str, dict[str, str]] = {mix: {"revolving.mix": mix} for mix in ("balance", "fixed", "worst", "drifting")}
MIXES["drifting"] |= {f"revolving.receivables.{name}.becomes": share for name, share in DRIFT.items()}


@pytest.mark.parametrize("clock", ["payment dates", "monthly", "daily"])
def test_the_turnover_of_the_revolving_year(clock: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """About 6.8 turns where the pool is held at its shares (here within 10%), fewer where each purchase has them.

    Fewer still where they drift from bills to twelve instalments; more at the worst mix of the limits, which has the
    least yield and so most bills. Half a turn more on the daily clock, which buys to 14 January; class A is then repaid
    half a month later.
    """
    one = deal() if clock == "payment dates" else clocked(tmp_path, clock)
    results = {mix: one.with_(changes).run() for mix, changes in MIXES.items()}
    assert not any(result.failures for result in results.values())
    found = {mix: turns(result) for mix, result in results.items()}
    with capsys.disabled():
        print(f"\nHB-REV 2027-1, {clock}: " + ", ".join(f"mix {mix} {value:.2f} turns" for mix, value in found.items()))
    more = 0.5 if clock == "daily" else 0.0
    assert found["balance"] == pytest.approx(6.8 + more, rel=0.10)
    assert 3.5 < found["fixed"] < 0.75 * found["balance"]
    assert 2.0 < found["drifting"] < found["fixed"]
    assert found["worst"] > found["balance"]
    for result in results.values():
        lines = result.lines
        assert not lines["notes.A.principal_paid"][:13].any()
        if clock == "daily":  # fourteen days of January are bought with, and are not there to repay
            assert lines["pool.purchased"][13] > 0.0
    later = results["balance"].note_measures["A"].wal - base().note_measures["A"].wal
    assert later == pytest.approx(more / 8.0, abs=0.02)
    assert months_to_repay(results["balance"]) <= 5


def months_to_repay(result: abs_struct.Result) -> int:
    """Payment dates from the first one after the revolving year until class A is repaid."""
    return int(np.argmax(result.lines["notes.A.balance"] <= 0.01)) - 12


def test_a_daily_clock_turns_more_and_a_fixed_mix_less(tmp_path: Path) -> None:
    """To 14 January: the last monthly purchase is of 31 December, the last daily one of the 14th, half a month more."""
    monthly, daily = (clocked(tmp_path, clock).run() for clock in ("monthly", "daily"))
    assert turns(daily) > turns(monthly) + 0.15
    assert daily.lines["pool.purchased"][YEAR] == pytest.approx(monthly.lines["pool.purchased"][YEAR], rel=2e-3)
    assert not monthly.lines["pool.purchased"][13]
    lines = daily.lines  # by the 14th the bills are paid, which were due on the 10th, and half of the rest
    bills = lines["receivables.bill.scheduled_principal"][13] / lines["pool.principal_collections"][13]
    january = lines["pool.purchased"][13] / lines["pool.purchased"][12]
    assert january == pytest.approx(bills + (1.0 - bills) * 14 / 30, rel=0.02)
    fixed = clocked(tmp_path, "daily").with_({"revolving.mix": "fixed"}).run()
    assert turns(fixed) < 0.75 * turns(daily)


def test_turnover_purchases_pool_and_cash_roll_forward_to_the_cent() -> None:
    """On each of the twelve purchase dates, and in all: what is there before, what comes, what goes, what is left."""
    lines = base().lines
    turned = 0.0
    for t in range(1, 13):
        now = {name: lines[name][t] for name in lines}
        price = sum(now[f"receivables.{name}.price_paid"] for name in SHARES)
        par = sum(now[f"receivables.{name}.purchased"] for name in SHARES)
        assert par == pytest.approx(now["pool.purchased"], abs=0.005)
        assert price == pytest.approx(par - 0.0045 * now["receivables.bill.purchased"], abs=0.005)
        gone = now["pool.scheduled_principal"] + now["pool.prepaid"] + now["pool.defaulted"]
        assert lines["pool.balance"][t - 1] - gone + par == pytest.approx(now["pool.balance"], abs=0.005)
        accounts = ("collections", "idle", "retained", "reserve", "transfer_reserve")
        before, after = (sum(lines[f"accounts.{name}.balance"][k] for name in accounts) for k in (t - 1, t))
        came = sum(now[f"accounts.{name}.received"] for name in accounts)
        out = sum_of_fees(lines, t) + now["notes.A.interest_paid"] + now["notes.B.interest_paid"]
        assert before + came - out - price == pytest.approx(after, abs=0.005)
        turned += par
        assert now["amounts.bought"] + par == pytest.approx(turned, abs=0.005)
    assert turned / lines["pool.initial_balance"][0] == pytest.approx(turns(base()), rel=1e-12)


def test_the_mixes_do_what_they_say() -> None:
    """Held at its shares the pool keeps them; with a fixed mix of purchases the long instalments pile up."""
    for name, share in SHARES.items():
        held = base().lines[f"receivables.{name}.balance"][12]
        if name != "minimum":  # of the others what was bought is all there is, but for the last instalments of the tape
            assert held / base().lines["pool.balance"][12] == pytest.approx(share, abs=0.005)
    lines = changed(revolving__mix="fixed").lines
    bought = lines["pool.purchased"][YEAR]
    for name, share in SHARES.items():
        assert lines[f"receivables.{name}.purchased"][YEAR] / bought == pytest.approx(share, rel=1e-12)
    assert lines["receivables.twelve.balance"][12] / lines["pool.balance"][12] > 0.40


def test_bills_are_bought_at_a_discount() -> None:
    """Price and par are different fields: 99.55 are paid for 100; the tax is charged on the discount too."""
    lines = base().lines
    par, price = lines["receivables.bill.purchased"], lines["receivables.bill.price_paid"]
    assert price[YEAR] == pytest.approx(0.9955 * par[YEAR], rel=1e-12)
    assert lines["receivables.six.price_paid"] == pytest.approx(lines["receivables.six.purchased"], rel=1e-12)
    income = lines["pool.interest"][5] + 0.0045 * par[4]
    assert lines["fees.tax.due"][5] == pytest.approx(0.0326 * income, rel=1e-12)
    assert round(tax_inside(0.03, 0.12), 4) == 0.0326


def test_interest_is_paid_by_quarter_then_monthly_and_kept_before_purchases() -> None:
    """April, July, October, January, then every month; the next quarter's interest lies in the retained ledger."""
    lines, dates = base().lines, base().dates
    paid = [dates[t].isoformat()[:7] for t in np.flatnonzero(lines["notes.A.interest_paid"] > 0.0)]
    assert paid[:6] == ["2027-04", "2027-07", "2027-10", "2028-01", "2028-02", "2028-03"]
    assert lines["notes.A.interest_paid"][3] == pytest.approx(1_660e6 * 0.036 * 101 / 365, rel=1e-12)
    kept = lines["accounts.retained.balance"]
    quarter = (1_660e6 * 0.036 + 120e6 * 0.05) * 92 / 365
    assert kept[1:13].min() > quarter
    assert kept[13] == 0.0
    assert lines["waterfall.revolving.purchase_bill_three_six_twelve_minimum.amount"][1] == pytest.approx(
        lines["accounts.collections.received"][1] - kept[1] - sum_of_fees(lines, 1), rel=1e-9
    )


def sum_of_fees(lines: Any, period: int) -> float:
    """What all fees were paid in a period."""
    return sum(lines[name][period] for name in lines if name.startswith("fees.") and name.endswith(".paid"))


def test_cash_that_finds_nothing_to_buy_is_a_drag() -> None:
    """Where four fifths of the cash find receivables, the rest waits: less income, smaller pool, fewer turns."""
    short = changed(amounts__offered="80%")
    assert turns(short) < turns(base())
    idle = short.lines["accounts.idle.balance"]
    assert idle[5] > 200e6
    assert not short.lines["accounts.collections.balance"][:13].any()
    assert short.lines["accounts.idle.earned"][6] == pytest.approx(
        idle[5] * 0.0035 / 12, rel=1e-9
    )  # a reinvestment rate
    assert short.lines["pool.interest"][YEAR].sum() < base().lines["pool.interest"][YEAR].sum()
    ends = changed(amounts__offered="60%")
    assert ends.triggers["idle_cash"].first_breach is not None
    assert ends.lines["triggers.early_end.active"][12] == 1.0


def test_more_defaults_end_the_purchases_early() -> None:
    """At three times the defaults the 3-month flow exceeds 0.90%: no purchase any more, A is repaid from then on."""
    stress = {f"assumptions__groups__{name}__default__multiple": 3 for name in SHARES}
    result = changed(**stress)
    lines = result.lines
    first = int(np.argmax(lines["triggers.early_end.active"] > 0.5))
    assert lines["triggers.default_flow.active"][first] == 1.0
    assert not lines["pool.purchased"][first:].any()
    assert lines["notes.A.principal_paid"][first] > 1e9
    assert not result.lines["triggers.accelerated.active"][first]


def test_the_30_plus_ratio_ends_the_purchases() -> None:
    """About 1.2% in the base case; where three in four roll on, the average of three months exceeds 4.5%."""
    lines = base().lines
    value = lines["triggers.thirty_plus.value"]
    assert value[5:13] == pytest.approx(0.0123, abs=0.001)
    month = 8
    late = lines["pool.delinquent_31_60"] + lines["pool.delinquent_61_90"]
    ratio = late / np.maximum(lines["pool.opening_balance"], 1.0)
    assert value[month] == pytest.approx(ratio[month - 2 : month + 1].mean(), rel=1e-12)
    stressed = changed(assumptions__delinquency__enter="10%", assumptions__delinquency__roll="[75%, 75%, 50%]")
    first = stressed.triggers["thirty_plus"].first_breach
    assert first == stressed.triggers["early_end"].first_breach
    assert first is not None
    assert stressed.triggers["default_flow"].first_breach is None
    assert not stressed.lines["pool.purchased"][first:].any()
    assert stressed.lines["pool.purchased"][first - 1] > 0.0


def test_late_fees_are_income_and_taxed() -> None:
    """0.05% a day of what is overdue comes with the instalments that are late, and no default changes by it."""
    lines, free = base().lines, changed(assumptions__delinquency__late_fee="0%").lines
    fees = lines["pool.late_fees"]
    assert fees[0] == fees[1] == 0.0
    assert fees[2:13].min() > 100_000.0
    assert lines["pool.interest"][2] - free["pool.interest"][2] == pytest.approx(fees[2], rel=1e-9)
    assert fees[2] < 0.0005 * 31 * lines["pool.overdue"][1]
    taxed = lines["pool.interest"][2] + 0.0045 * lines["receivables.bill.purchased"][1]
    assert lines["fees.tax.due"][2] == pytest.approx(0.0326 * taxed, rel=1e-12)
    assert free["pool.defaulted"][2] == pytest.approx(lines["pool.defaulted"][2], rel=1e-12)


def test_goods_sent_back_are_paid_by_the_merchant_or_lost() -> None:
    """Refunds only turn the pool faster; dilution lowers what covers the notes, and the junior bears it."""
    back, lost = changed(assumptions__refunds="1%"), changed(assumptions__dilution="0.3%")
    assert turns(back) > turns(base())
    assert back.lines["pool.refunds"][5] == pytest.approx(0.01 * back.lines["pool.opening_balance"][5], rel=0.05)
    assert lost.lines["pool.dilution"][5] == pytest.approx(0.003 * lost.lines["pool.opening_balance"][5], rel=0.05)
    assert lost.lines["residuals.C.paid"].sum() < base().lines["residuals.C.paid"].sum() - 40e6
    assert lost.note_measures["A"].principal_shortfall == 0.0


def test_an_early_end_by_arrears_may_be_fired_by_hand() -> None:
    """The 30+ ratio of period 6: the last purchase is in period 5, and A is repaid within five months."""
    lines = changed(triggers__thirty_plus__fired=6).lines
    assert np.flatnonzero(lines["pool.purchased"])[-1] == 5
    assert int(np.argmax(lines["notes.A.balance"] <= 0.01)) <= 10


def test_acceleration_puts_b_interest_behind_a() -> None:
    """In accelerated amortisation B waits until A is repaid, and then gets what it waited for."""
    result = changed(triggers__insolvency__fired=8)
    lines = result.lines
    accelerated = lines["triggers.accelerated.active"] > 0.5
    outstanding = lines["notes.A.balance"] > 0.01
    assert accelerated[8:].all()
    assert not lines["pool.purchased"][8:].any()
    assert not lines["notes.B.interest_paid"][accelerated & outstanding].any()
    assert result.note_measures["B"].interest_shortfall == 0.0
    assert not lines["waterfall.amortisation.interest_B.paid"][8:].any()


def test_acceleration_by_figures_may_be_cured_within_a_period() -> None:
    """One month's flow of 2% accelerates; where the manager so decides, B's interest precedes A again at once."""
    flow = "if(deal.period == 5, 2%, average(pool.defaulted, 3) / average(pool.opening_balance, 3))"
    for_good = changed(amounts__default_flow=flow)
    cured = changed(amounts__default_flow=flow, triggers__accelerated__cure="when the test passes")
    assert for_good.lines["triggers.accelerated.active"][5:].all()
    assert cured.lines["triggers.accelerated.active"][4:7].tolist() == [0.0, 1.0, 0.0]
    assert [(one.event, one.period) for one in cured.events if one.trigger == "accelerated"] == [
        ("active", 5),
        ("cured", 6),
    ]
    assert cured.lines["notes.A.balance"][6] > 0.0
    assert cured.lines["notes.B.interest_paid"][6] > 0.0 == for_good.lines["notes.B.interest_paid"][6]
    assert not cured.lines["pool.purchased"][5:].any()  # the early end, at 0.90%, is for good


def test_perfection_fills_reserve_and_transfer_reserve() -> None:
    """The originator's rating is lost in period 5: purchases end and 2.0 m are set aside until B is repaid."""
    lines = changed(triggers__rating_loss__fired=5).lines
    assert np.flatnonzero(lines["pool.purchased"])[-1] == 4
    assert lines["triggers.accelerated.active"][4:6].tolist() == [0.0, 1.0]
    assert lines["accounts.transfer_reserve.balance"][5] == 2e6
    assert lines["accounts.reserve.balance"][5] == pytest.approx(lines["amounts.quarter_of_costs"][5])
    assert lines["accounts.transfer_reserve.balance"][-1] == lines["accounts.reserve.balance"][-1] == 0.0


def test_after_an_event_of_default_a_ranks_first_in_all() -> None:
    """Fired by hand in period 10: B gets nothing before A is repaid, the junior nothing before B."""
    lines = changed(triggers__event_of_default__fired=10).lines
    a, b = (lines[f"notes.{name}.balance"] > 0.01 for name in "AB")
    after = np.arange(len(a)) >= 10
    assert not (lines["notes.B.interest_paid"] + lines["notes.B.principal_paid"])[after & a].any()
    assert not (lines["notes.C.principal_paid"] + lines["residuals.C.paid"])[after & b].any()
    assert lines["waterfall.after_default.principal_A.paid"].sum() == pytest.approx(1_660e6, rel=1e-12)


def test_interest_unpaid_for_ten_business_days_is_an_event_of_default() -> None:
    """What A missed in April is 5 and 10 business days old by the end of May: accelerated, and in default."""
    result = changed(assumptions__interruption="{from: 3, months: 1}", accounts__retained__required="0")
    lines = result.lines
    assert lines["notes.A.interest_shortfall"][3] > 1e6
    for name in ("missed_interest", "unpaid_interest"):
        assert lines[f"triggers.{name}.failing_days"][4] == lines[f"triggers.{name}.business_days"][4] >= 10.0
        assert lines[f"triggers.{name}.active"][2:5].tolist() == [0.0, 0.0, 1.0]
    assert result.triggers["event_of_default"].first_breach == 4
    assert lines["notes.A.interest_shortfall"][4] == 0.0
    later = changed(
        assumptions__interruption="{from: 3, months: 1}", accounts__retained__required="0",
        triggers__unpaid_interest__grace="30 business days since the last payment",
    )  # fmt: skip
    assert later.lines["triggers.missed_interest.active"][4] == 1.0
    assert not later.lines["triggers.event_of_default.active"][:12].any()  # paid in May, within thirty


def test_break_even_multiples_without_triggers() -> None:
    """A bears 5.3 and B 4.1 times the defaults in a plain simulation without triggers: here within 20%."""
    never = "deal.period < 0"
    program = deal().with_({"triggers.early_end.test": never, "triggers.accelerated.test": never}).program
    multiples = np.round(np.arange(1.0, 9.0, 0.05), 2)
    for name in SHARES:
        program.inputs[f"assumptions.groups.{name}.default.multiple"] = multiples
    lines = run(program)
    for name, plain in (("A", 5.3), ("B", 4.1)):
        lost = lines[f"notes.{name}.balance"][-1] > 1.0
        assert lost.any()
        assert multiples[int(np.argmax(lost)) - 1] == pytest.approx(plain, rel=0.20)
    assert lines["pool.purchased"].min() >= 0.0


def test_floats_and_arrays_agree_bit_for_bit() -> None:
    """All lines of the single run equal the array run, bit for bit."""
    many = run_as_arrays(deal().program)
    for name, series in base().lines.items():
        assert np.array_equal(many[name][:, 0], series), name


@pytest.mark.parametrize("sleeve", SHARES)
def test_the_tapes_are_what_their_specifications_give(sleeve: str) -> None:
    """Byte for byte; instalments at the yearly rate of their flat fee."""
    spec = read_specification(DEALS / f"tapes/hb_rev_2027_1.{sleeve}.yaml")
    shipped = gzip.decompress((DEALS / f"tapes/hb_rev_2027_1.{sleeve}.csv.gz").read_bytes())
    assert as_csv(spec, generate(spec)).encode() == shipped
    fees = {"three": (0.025, 3), "six": (0.045, 6), "twelve": (0.088, 12)}
    if sleeve in fees:
        assert spec.rate == pytest.approx(round(instalment_rate(*fees[sleeve]), 4), abs=1e-12)


@pytest.mark.needs("formualizer")
def test_the_live_workbook_of_a_balance_mix_can_be_written(tmp_path: Path) -> None:
    """What each kind holds and lacks are lines of their own: no formula outgrows a cell, and a recalculation agrees."""
    from handoff.recalculated import Recalculated

    from abs_struct.handoff.workbook import write_workbook

    book = Recalculated(write_workbook(base(), tmp_path / "hb.xlsx"), base())
    differences = book.differences(base())
    for name in SHARES:
        for line in ("held", "lacking", "purchased", "balance"):
            assert differences[f"receivables.{name}.{line}"] < 1e-9
    assert differences["notes.A.balance"] < 1e-9
