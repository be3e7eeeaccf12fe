"""EUROC 2027-1: ledgers, switch, swap and reserve work as its documents say, and its figures are those of the sheet."""

from __future__ import annotations

import gzip
from functools import cache
from pathlib import Path

import numpy as np
import pytest
from handoff.recalculated import Recalculated

import abs_struct
from abs_struct.core.findings import DealError
from abs_struct.handoff.workbook import write_workbook
from abs_struct.tape import read_tape
from abs_struct.tape.generate import as_csv, generate
from abs_struct.tape.specification import read_specification
from abs_struct.tape.tape import weighted
from abs_struct.waterfall.engine import run_as_arrays

DEALS = Path(__file__).parents[2] / "deals"
FILE = DEALS / "euroc_2027_1.yaml"
CLASSES = "ABCDEF"
CENT = 0.005
#: The twelve payment dates on which principal buys loans.
YEAR = slice(1, 13)
#: The deal as a static pool: the last day of purchases lies before the first payment date.
STATIC = {"revolving__until": "2027-03-01"}


@cache
def deal() -> abs_struct.Deal:
    """The shipped deal, its tape read once."""
    found = abs_struct.load(FILE)
    _ = found.collateral
    return found


@cache
def run(**changes: str) -> abs_struct.Result:
    """The deal with some fields changed; dots are written as two underlines."""
    return deal().with_({path.replace("__", "."): value for path, value in changes.items()}).run()


def breached(result: abs_struct.Result) -> dict[str, int]:
    """The triggers that were breached, and when first."""
    return {name: found.first_breach for name, found in result.triggers.items() if found.first_breach}


def test_the_tape_is_that_of_its_specification() -> None:
    """Generating again gives the shipped text, and totals and averages are those of the sheet."""
    spec = read_specification(DEALS / "tapes/euroc_2027_1.yaml")
    file = DEALS / "tapes/euroc_2027_1.csv.gz"
    assert as_csv(spec, generate(spec)).encode() == gzip.decompress(file.read_bytes())
    tape = read_tape(file)
    balance = tape.columns["balance_cents"]
    assert (len(tape), tape.balance_cents, tape.currency) == (39_717, 500_000_000_00, "EUR")
    assert tape.balance / len(tape) == pytest.approx(12_589, abs=0.5)
    assert weighted(tape.columns["rate"], balance) == pytest.approx(0.0840, abs=0.5e-4)
    assert weighted(tape.columns["age"], balance) == pytest.approx(8.2, abs=0.1)
    assert weighted(tape.columns["remaining_term"], balance) == pytest.approx(62.0, abs=1.0)
    assert deal().collateral.ineligible == 0
    assert balance.max() / tape.balance_cents <= 0.0002  # one borrower


def test_as_a_static_pool() -> None:
    """All classes are repaid, and no event but the small pool switches to sequential.

    Lives are 2.05 years for A to 2.26 for F, and the seller receives EUR 14.0 m beside the repaid reserve loan.
    """
    result = run(**STATIC)
    assert not result.failures
    assert not result.warnings
    sizes = dict(zip("ABCDEF", (400e6, 30e6, 25e6, 20e6, 15e6, 10e6), strict=True))
    for name, size in sizes.items():
        found = result.note_measures[name]
        assert found.balance == pytest.approx(size, abs=1e-6)
        assert found.principal_shortfall < CENT
        assert found.interest_shortfall < CENT
    lives = [result.note_measures[name].wal for name in CLASSES]
    assert lives == pytest.approx([2.05, 2.15, 2.17, 2.19, 2.23, 2.25], abs=0.02)
    assert result.note_measures["reserve_loan"].principal_shortfall < CENT
    assert result.deal_measures.residual_paid == pytest.approx(14.0e6, rel=0.02)
    assert result.lines["pool.cumulative_defaulted"][-1] == pytest.approx(0.066 * 500e6, rel=1e-12)
    assert breached(result) == {"small_pool": 51, "call_not_exercised": 52, "switch": 51}
    assert 0.003 < result.lines["triggers.ninety_plus.value"].max() < 0.01
    assert result.schedule.payment_dates[0].isoformat() == "2027-03-15"
    assert not result.lines["pool.purchased"].any()
    assert result.lines["notes.A.principal_paid"][1] > 1e6


def test_the_base_case_replenishes_for_a_year() -> None:
    """Lives of 2.8 to 2.9 years, the switch by the small pool and not before, EUR 24 m to the seller: as the sheet.

    A plain simulation gave cumulative net loss 1.28 / 2.94 / 4.18 / 4.99 to 5.59% and the switch in month 55; ours are
    1.24 / 2.91 / 4.18 / 5.01 to 5.61% and period 57. Its EUR 24 m hold the EUR 5 m of the reserve loan. Its 2.3 years
    for F are not ours: paid pro rata, and last after the switch, F lives longer than E.
    """
    result = run()
    assert not result.failures
    assert not result.warnings
    lives = [result.note_measures[name].wal for name in CLASSES]
    assert lives == pytest.approx([2.79, 2.86, 2.87, 2.90, 2.92, 2.96], abs=0.02)
    assert breached(result) == {"small_pool": 57, "call_not_exercised": 58, "switch": 57}
    assert all(result.note_measures[name].principal_shortfall < CENT for name in CLASSES)
    lines = result.lines
    assert lines["pool.purchased"][YEAR].min() > 5e6
    assert not lines["pool.purchased"][13:].any()
    assert not lines["notes.A.principal_paid"][YEAR].any()
    assert lines["pool.balance"][12] == pytest.approx(500e6, rel=1e-9)  # every default was cured, and bought anew
    path = lines["amounts.net_loss_ratio"]
    assert path[[12, 24, 36, 48]] == pytest.approx([0.0128, 0.0294, 0.0418, 0.0499], abs=0.0008)
    assert path.max() == pytest.approx(0.0559, abs=0.0008)
    assert path[-1] == pytest.approx(
        lines["pool.cumulative_net_loss"][-1] / (500e6 + lines["pool.purchased"].sum()), rel=1e-12
    )
    assert result.deal_measures.residual_paid + 5e6 == pytest.approx(24e6, rel=0.03)
    loss = result.triggers["end_of_loss"]  # tested in the year of purchases only
    assert (loss.at_period, loss.value) == (12, path[12])
    assert loss.least_headroom == pytest.approx(0.0175 - path[12], rel=1e-9)


def test_replenished_for_a_year_at_any_loss_the_classes_break_where_the_sheet_says() -> None:
    """Break-even default multiples of A to D are 4.2 / 3.4 / 2.7 / 2.1, where no event ends the replenishment."""
    multiples = [f"{0.05 * k:g}" for k in range(20, 91)]
    never = deal().with_({"triggers.end_of_revolving.test": "deal.period < 0", "revolving.when": "deal.period > 0"})
    study = abs_struct.sweep(
        never, {"assumptions.default.multiple": multiples}, [f"{name}.principal_shortfall" for name in "ABCD"]
    )
    lost = {name: study.values(f"{name}.principal_shortfall") > 1.0 for name in "ABCD"}
    holds = [float(multiples[int(np.argmax(lost[name])) - 1]) for name in "ABCD"]
    assert holds == pytest.approx([4.2, 3.4, 2.7, 2.1], abs=0.11)


@pytest.mark.parametrize(
    ("change", "event"),
    [
        ({"assumptions__default__multiple": "2", "triggers__end_of_ledger__above": "1_000_000_000"}, "end_of_loss"),
        ({"assumptions__default__multiple": "9"}, "end_of_ledger"),
        ({"amounts__offered": "80%"}, "purchase_shortfall"),
        ({"triggers__insolvency__fired": "6"}, "insolvency"),
        ({"triggers__hedging_failure__fired": "6"}, "hedging_failure"),
        ({"triggers__tax_event__fired": "6"}, "tax_event"),
    ],
)
def test_each_event_ends_the_replenishment_for_good(change: dict[str, str], event: str) -> None:
    """Before it principal buys loans and repays nothing; from it on it repays, with what waited in the ledger."""
    result = run(**change)
    lines = result.lines
    assert not result.failures
    first = int(np.argmax(lines[f"triggers.{event}.active"] > 0.5))
    assert 1 < first <= 12
    assert first == int(np.argmax(lines["triggers.end_of_revolving.active"] > 0.5))
    assert lines["pool.purchased"][1:first].min() > 0.0
    assert not lines["notes.A.principal_paid"][:first].any()
    assert not lines["pool.purchased"][first:].any()
    assert lines["accounts.principal.balance"][first] < CENT
    waited = lines["accounts.principal.balance"][first - 1] + lines["pool.principal_collections"][first]
    assert sum(lines[f"notes.{name}.principal_paid"][first] for name in CLASSES) > 0.9 * waited


def test_what_finds_no_loans_waits_in_the_replenishment_ledger() -> None:
    """A tenth of the cash is left on each date: below 15% nothing ends, and the ledger is paid out after the year."""
    lines = run(amounts__offered="90%").lines
    ledger = lines["accounts.principal.balance"]
    bought = lines["pool.purchased"]
    assert ledger[YEAR] == pytest.approx(0.1 / 0.9 * bought[YEAR], rel=1e-9)
    assert lines["triggers.purchase_shortfall.value"][2:13] == pytest.approx(0.10, rel=1e-9)
    assert not lines["triggers.end_of_revolving.active"].any()
    assert ledger[13] < CENT


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"revolving.receivables.loans.rate": "7.4%"}, "less than least_yield 7.5"),
        ({"revolving.receivables.loans.term": "73"}, "more than longest_remaining_term 72"),
    ],
)
def test_replenishment_criteria(change: dict[str, str], words: str) -> None:
    """Loans below 7.5%, or with more than 72 months to go on average, may not be bought."""
    with pytest.raises(DealError, match=words):
        _ = deal().with_(change).program


@pytest.mark.parametrize("multiple", ["1", "2.5", "4", "9"])
def test_ledgers_are_what_the_notes_exceed_the_pool_by(multiple: str) -> None:
    """The ledgers of A to F together are notes less pool, until an event of default ends them."""
    lines = run(assumptions__default__multiple=multiple).lines
    ledgers = sum(lines[f"notes.{name}.pdl"] for name in CLASSES)
    gap = lines["deal.notes_balance"] - lines["pool.balance"] - lines["accounts.principal.balance"]
    held = (lines["triggers.event_of_default.active"] < 0.5) & (lines["deal.notes_balance"] > 1.0)
    held &= np.cumsum(lines["waterfall.revenue.debit_F_E_D_C_B_A.unplaced"]) < 0.5
    assert held.sum() > 60
    assert ledgers[held] == pytest.approx(gap[held], abs=1.0)


def test_interest_of_a_class_with_a_large_ledger_waits_for_its_cure() -> None:
    """B to E are paid before their own cure, and after it while the ledger is above a quarter of the class."""
    lines = run(assumptions__default__multiple="4").lines
    for name in "BCDE":
        first, later = (f"waterfall.revenue.interest_{name}{word}" for word in ("", "_subordinated"))
        ledger = lines[f"notes.{name}.pdl"] + lines[f"notes.{name}.pdl_cured"]  # as debited, before its cure
        large = ledger > 0.25 * (lines[f"notes.{name}.opening_balance"]) + CENT
        alive = lines["triggers.event_of_default.active"] < 0.5
        assert (large & alive).sum() > 3, name
        assert not lines[f"{first}.paid"][large].any(), name
        behind = lines[f"{later}.paid"] > CENT
        assert not lines[f"notes.{name}.pdl"][behind].round(2).any(), name


@pytest.mark.parametrize(
    ("change", "event"),
    [
        ({"assumptions__default__multiple": "2"}, "cumulative_loss"),
        ({"triggers__cumulative_loss__above": "100%", "assumptions__default__multiple": "2"}, "uncured_f_ledger"),
        ({"assumptions__delinquency__roll": "[25%, 60%, 80%, 10%]"}, "ninety_plus"),  # terminated late, and paid late
        ({}, "small_pool"),
        ({"triggers__small_pool__below": "0%"}, "call_not_exercised"),
        ({"hedges__swap__counterparty_default": "2028-06-14"}, "swap_default"),
        ({"triggers__servicer_termination__fired": "12"}, "servicer_termination"),
    ],
)
def test_each_event_switches_to_sequential_for_good(change: dict[str, str], event: str) -> None:
    """Before the switch A to F are repaid pro rata, from it on in turn; and it is the first of its events."""
    result = run(**change)
    lines = result.lines
    assert not result.failures
    active = lines[f"triggers.{event}.active"] > 0.5
    switched = lines["triggers.switch.active"] > 0.5
    assert int(np.argmax(switched)) == int(np.argmax(active)) > 0
    assert (np.diff(switched.astype(int)) >= 0).all()
    repaid = {name: lines[f"notes.{name}.principal_paid"] for name in CLASSES}
    opening = {name: lines[f"notes.{name}.opening_balance"] for name in CLASSES}
    before = ~switched & (opening["A"] > 1.0)
    for name in "BCDEF":
        share = repaid[name][before] * opening["A"][before]
        assert share == pytest.approx(repaid["A"][before] * opening[name][before], rel=1e-9, abs=1.0)
        ahead = chr(ord(name) - 1)
        waits = switched & (lines[f"notes.{ahead}.balance"] > 1.0)
        assert waits.any()
        assert not repaid[name][waits].any()


def test_reserve_and_loan() -> None:
    """The reserve is 1% of A to F, at least EUR 1.5 m while A to E are outstanding; its loan precedes the seller."""
    lines = run().lines
    rated = lines["amounts.rated"] > 0.01
    opening = sum(lines[f"notes.{name}.opening_balance"] for name in CLASSES)
    wanted = np.where(rated & (lines["pool.balance"] > 0.01), np.maximum(0.01 * opening, 1.5e6), 0.0)
    assert lines["accounts.reserve.required"][1:] == pytest.approx(wanted[1:])
    assert lines["accounts.reserve.balance"][0] == lines["notes.reserve_loan.balance"][0] == 5e6
    assert lines["accounts.reserve.balance"][1:] == pytest.approx(wanted[1:])
    assert not lines["residuals.seller.paid"][lines["notes.reserve_loan.balance"] > CENT].round(2).any()


def test_the_swap_fixes_what_the_notes_cost() -> None:
    """At any level of Euribor what the floating classes and the swap cost together is the swap rate and the margins."""
    for index in ("0.5%", "5%"):
        lines = run(assumptions__indices__EURIBOR_1M=index).lines
        coupons = sum(lines[f"notes.{name}.interest_due"] for name in "ABCDE")
        fixed = coupons + lines["hedges.swap.net_due"] - lines["hedges.swap.received"]
        base = sum(run().lines[f"notes.{name}.interest_due"] for name in "ABCDE")
        assert fixed[1:40] == pytest.approx(base[1:40], rel=1e-9)
    assert not run().lines["hedges.swap.paid"].any()


def test_after_an_event_of_default_all_cash_is_one() -> None:
    """Both accounts and the reserve pay one order: nothing to B while A is outstanding, nothing left behind."""
    result = run(assumptions__default__multiple="7", triggers__event_of_default__fired="30")
    lines = result.lines
    assert not result.failures
    after = lines["triggers.event_of_default.active"] > 0.5
    assert int(np.argmax(after)) == 30
    assert not lines["accounts.principal.balance"][after].any()
    assert not lines["accounts.reserve.balance"][after].any()
    assert lines["waterfall.enforcement.principal_A.paid"][30] > lines["pool.principal_collections"][30]
    owing = after & (lines["notes.A.balance"] > 1.0)
    assert owing.sum() > 12
    assert not any(lines[f"notes.B.{word}_paid"][owing].any() for word in ("interest", "principal"))
    assert not lines["residuals.seller.paid"][after & (lines["deal.notes_balance"] > 1.0)].any()


def test_the_call_redeems_the_notes() -> None:
    """Exercised, the clean-up call repays all classes at 10% of the pool, and no later event is met."""
    result = run(call__exercised="true")
    lines = result.lines
    period = int(np.argmax(lines["deal.called"] > 0.5))
    assert 0.09 < lines["deal.call_proceeds"][period] / 500e6 <= 0.10
    assert lines["deal.notes_balance"][period] < 1.5e6  # what the ledgers lack; the reserve pays it at the next date
    assert lines["deal.notes_balance"][period + 1] < CENT
    assert "call_not_exercised" not in breached(result)
    assert not result.failures


def test_floats_and_arrays_agree_bit_for_bit() -> None:
    """All lines of the single run equal the array run, bit for bit."""
    many = run_as_arrays(deal().program)
    for name, series in run().lines.items():
        assert np.array_equal(many[name][:, 0], series), name


@pytest.mark.needs("formualizer")
def test_the_live_workbook_recalculates_the_deal(tmp_path: Path) -> None:
    """Each line of the live workbook equals the engine's to 1e-9, as written and with other inputs typed in."""
    result = run()
    workbook = Recalculated(write_workbook(result, tmp_path / "deal.xlsx"), result)
    line, difference = workbook.worst(result)
    assert difference <= 1e-9, line
    assert workbook.errors() == []
    assert workbook.value("Checks", 4, 2) == "all checks passed"
    changes = {
        "assumptions.default.multiple": 4.0,
        "assumptions.indices.EURIBOR_1M": 0.04,
        "notes.B.coupon.margin": 0.02,
    }
    assert changes.keys() <= deal().program.inputs.keys()
    workbook.change(**{path.replace(".", "__"): value for path, value in changes.items()})
    other = deal().with_(changes).run()
    line, difference = workbook.worst(other)
    assert difference <= 1e-9, line
    assert workbook.errors() == []
