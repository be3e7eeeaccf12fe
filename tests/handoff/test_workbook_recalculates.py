"""The live workbook, recalculated by an independent spreadsheet engine, equals the engine."""

from __future__ import annotations

import numpy as np
import openpyxl
import pytest
from european import european
from handoff.recalculated import Recalculated
from small import TERMS, WATERFALL, small

import abs_struct
from abs_struct.handoff.workbook import write_workbook
from abs_struct.handoff.workbook.pages.yields import RESULT, YIELDS

pytestmark = pytest.mark.needs("formualizer")

TOLERANCE = 1e-9
MPL = "deals/mpl_2027_1.yaml"
#: Other inputs: their path, as a cell takes them, and as the deal file says them.
CHANGES = {
    "assumptions.prepayment.cpr": (0.25, "25%"),
    "assumptions.default.cnl": (0.14, "14%"),
    "notes.A.balance": (0.50, "50% of pool"),
}

#: What a deal may say, each as replacements in the small deal's text.
VARIANTS = {
    "as it is": {},
    "heavy losses, event of default": {"cdr: 9%": "cdr: 75%", "rate: 30%, lag: 3": "rate: 5%, lag: 1"},
    "cumulative net loss by year": {"{cdr: 9%}": "{cnl: 12%, timing: {by_year: [60%, 40%]}}"},
    "cumulative net loss by month": {"{cdr: 9%}": "{cnl: 6%, timing: {by_month: [10%, 20%, 30%, 30%, 10%]}}"},
    "survivor-days": {"recovery: {rate: 30%, lag: 3}": "recovery: {rate: 30%, lag: 3}\n  conventions: survivor-days"},
    "single monthly mortality": {"{cpr: 12%, ramp: 6}": "{smm: 1.5%}"},
    "recovery at once": {"lag: 3": "lag: 0"},
    "clean-up call": {"triggers:": "call: {when: pool.balance <= 40% of pool, price: 101, exercised: true}\ntriggers:"},
    "level below, never cured": {
        "{test: pool.cumulative_net_loss / pool.initial_balance, above: {1: 2%, 13: 6%}, cure: when the test passes}":
        "{test: pool.balance - notes.balance, below: 25_000}"
    },
    "earlier periods": {"max(10% * pool.balance, 1% of pool)":
                        "'max(average(pool.defaulted, 3) * 20, 5% * previous(pool.balance, 2))'"},
    "fixed sizes": {"70% of pool": "250_000"},
    "issue price": {"coupon: 9%}": "coupon: 9%, issue_price: 97.25}"},
}  # fmt: skip


@pytest.fixture(scope="module")
def mpl(repository):
    """A run of the shipped deal."""
    return abs_struct.load(repository / MPL).run()


@pytest.fixture
def workbook(mpl, tmp_path):
    """Its workbook, recalculated."""
    return Recalculated(write_workbook(mpl, tmp_path / "mpl.xlsx"), mpl)


def varied(folder, replacements):
    """A run of the small deal with its text changed."""
    terms, waterfall = TERMS, WATERFALL
    for old, new in replacements.items():
        assert old in terms or old in waterfall, old
        terms, waterfall = terms.replace(old, new), waterfall.replace(old, new)
    return small(folder, terms, waterfall).run()


def test_every_line_equals_the_engine(workbook, mpl):
    """Each line of the shipped deal, recalculated, equals the engine's to 1e-9 of the pool."""
    line, difference = workbook.worst(mpl)
    assert difference <= TOLERANCE, line
    assert workbook.errors() == []


def test_changed_inputs_equal_a_new_run(workbook, repository):
    """CPR, CNL and a note size typed into the finished file give what the engine gives for them."""
    workbook.change(**{path.replace(".", "__"): cell for path, (cell, _) in CHANGES.items()})
    other = abs_struct.load(repository / MPL, {path: said for path, (_, said) in CHANGES.items()}).run()
    line, difference = workbook.worst(other)
    assert difference <= TOLERANCE, line
    assert workbook.value("Checks", 4, 2) == "all checks passed"
    assert workbook.value("Checks", 5, 2) == "inputs changed: comparison off"
    assert workbook.errors() == []
    check_measures(workbook, other)


@pytest.mark.parametrize(
    "path",
    [
        "notes.B.coupon",
        "triggers.turbo.above.13",
        "fees.servicer.rate",
        "amounts.target_oc#0",
        "accounts.reserve.initial",
        "assumptions.default.timing.by_year.1",
    ],
)
def test_any_input_is_live(workbook, mpl, path):
    """An input of each kind moves the recalculated lines as it moves a run of the program."""
    from dataclasses import replace

    from abs_struct.waterfall.engine import run

    value = mpl.program.inputs[path] * 0.9
    workbook.change(**{path.replace(".", "__"): value})
    program = replace(mpl.program, inputs=mpl.program.inputs | {path: value})
    line, difference = workbook.worst(replace(mpl, program=program, lines=run(program)))
    assert difference <= TOLERANCE, line


@pytest.mark.parametrize("name", VARIANTS)
def test_small_deals_equal_the_engine(name, tmp_path):
    """Deals with other curves, conventions, triggers and calls, recalculated, equal the engine; no cell errs."""
    result = varied(tmp_path, VARIANTS[name])
    workbook = Recalculated(write_workbook(result, tmp_path / "small.xlsx"), result)
    line, difference = workbook.worst(result)
    assert difference <= TOLERANCE, line
    assert workbook.errors() == []
    assert workbook.value("Checks", 4, 2) == "all checks passed"
    check_measures(workbook, result)


def check_measures(workbook, result):
    """Lives on the summary and yields on their sheet are those of the run."""
    for row, (name, found) in enumerate(result.note_measures.items(), 9):
        life = workbook.value("Summary", row, 7)
        assert life == pytest.approx(found.wal, abs=1e-9, nan_ok=True) or (life == "n/a" and np.isnan(found.wal)), name
    measures = [m.yield_ for m in result.note_measures.values()] + [result.deal_measures.residual_irr]
    for column, wanted in enumerate(measures, 2):
        got = workbook.value(YIELDS, RESULT + 1, column)
        assert got == "n/a" if np.isnan(wanted) else got == pytest.approx(wanted, abs=1e-8), column


def test_checks_notice_an_overwritten_formula(workbook):
    """A number typed over a formula is found by the checks."""
    column = workbook.book.layout.columns["notes.B.interest_paid"]
    workbook.workbook.set_value(column.sheet, 15, column.index + 1, 1.0)
    workbook.workbook.evaluate_all()
    assert workbook.value("Checks", 4, 2) == "CHECK FAILED"


def test_cached_values_are_those_of_a_recalculation(mpl, tmp_path):
    """What a reader sees before any recalculation is what a recalculation gives."""
    file = write_workbook(mpl, tmp_path / "mpl.xlsx")
    check_cached(file, mpl, Recalculated(file, mpl))


def check_cached(file, result, fresh):
    """Every cell of the file holds what a recalculation gives."""
    cached = openpyxl.load_workbook(file, data_only=True)
    pool = float(result.lines["pool.initial_balance"][0])
    for sheet in cached:
        last = (sheet.max_row, sheet.max_column)
        block = fresh.cells(sheet.title, 1, 1, *last)
        for here, there in zip(sheet.iter_rows(max_row=last[0], max_col=last[1]), block, strict=True):
            for cell, value in zip(here, there, strict=True):
                if isinstance(value, float) and isinstance(cell.value, int | float):
                    assert cell.value == pytest.approx(value, rel=1e-9, abs=1e-9 * pool), (sheet.title, cell.coordinate)
                elif isinstance(value, str) and cell.value is not None:
                    assert str(cell.value) == value, (sheet.title, cell.coordinate)


@pytest.mark.parametrize("quarterly", [False, True], ids=["monthly", "quarterly"])
def test_european_deals_equal_the_engine(quarterly, tmp_path):
    """Floaters, swap, facility, ledgers and two waterfalls, recalculated, equal the engine in every line and cell."""
    result = european(tmp_path, quarterly=quarterly).run()
    busy = ("notes.C.pdl", "hedges.swap.received", "hedges.swap.termination_paid", "notes.X.interest_paid")
    assert all(result.lines[path].sum() > 100.0 for path in busy)
    file = write_workbook(result, tmp_path / "european.xlsx")
    workbook = Recalculated(file, result)
    line, difference = workbook.worst(result)
    assert difference <= TOLERANCE, line
    assert workbook.errors() == []
    assert workbook.value("Checks", 4, 2) == "all checks passed"
    check_measures(workbook, result)
    check_cached(file, result, workbook)


def test_rates_and_margins_are_live(tmp_path):
    """A shift of the index, a margin and the swap's rate typed into the file give what the engine gives for them."""
    changes = {"assumptions.indices.EURIBOR_1M.shift": (0.01, "1%"), "notes.B.coupon.margin": (0.025, "2.5%"),
               "hedges.swap.pays": (0.02, "2%"), "notes.C.balance": (0.08, "8% of pool")}  # fmt: skip
    (tmp_path / "as_it_is").mkdir()
    result = european(tmp_path / "as_it_is").run()
    workbook = Recalculated(write_workbook(result, tmp_path / "european.xlsx"), result)
    workbook.change(**{path.replace(".", "__"): cell for path, (cell, _) in changes.items()})
    other = european(tmp_path, **{path: said for path, (_, said) in changes.items()}).run()
    line, difference = workbook.worst(other)
    assert difference <= TOLERANCE, line
    assert workbook.value("Checks", 4, 2) == "all checks passed"
    check_measures(workbook, other)
