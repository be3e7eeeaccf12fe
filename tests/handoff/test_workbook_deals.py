"""The live workbooks of the six deals, and of sixty random ones, recalculated, against the engine."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import openpyxl
import pytest
from handoff.test_workbook_recalculates import VARIANTS, varied
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import abs_struct
from abs_struct.handoff.wholes import wholes
from abs_struct.handoff.workbook import write_workbook
from abs_struct.handoff.workbook.check import check_workbook, measures_apart
from abs_struct.handoff.workbook.recalculated import Recalculated, figure
from abs_struct.handoff.workbook.scenarios import Scenarios
from abs_struct.waterfall.engine import run

pytestmark = pytest.mark.needs("formualizer")

TOLERANCE = 1e-9
DEALS = ("auto_2027_1", "card_2027_a", "euroc_2027_1", "hb_rev_2027_1", "jb_cl_2027_1", "mpl_2027_1")
#: What the random deals are made of; the other structures are recalculated in their own test.
STRUCTURES = ("as it is", "clean-up call", "earlier periods", "cumulative net loss by month")
LAYOUTS = ("rows", "fast")
#: Of each group of inputs so many are changed.
EACH = 4


def at_inputs(result, values):
    """The engine's run of the same program at other inputs."""
    program = replace(result.program, inputs={**result.program.inputs, **values})
    return replace(result, program=program, lines=run(program))


def moved(workbook, result):
    """Other values for the first inputs of every group that formulas read, but for those that make 100% together."""
    found, seen = {}, {}
    fixed = {path for paths in wholes(result.program.inputs).values() for path in paths}
    live = read(workbook)
    for path, value in result.program.inputs.items():
        group = path.split(".")[0]
        if value and path in live and path not in fixed and seen.get(group, 0) < EACH:
            seen[group] = seen.get(group, 0) + 1
            found[path] = float(value) * (1.1 if group == "assumptions" else 0.93)
    return found


def read(workbook):
    """The inputs that some formula reads."""
    texts = workbook.book
    for path, node in {**texts.trace.openings, **texts.trace.curves, **texts.trace.formulas}.items():
        sheet = texts.layout.columns[path].sheet if path in texts.layout.columns else "Assumptions"
        texts.texts(sheet).text(node)
    return texts.addresses.read


def check_equal(workbook, result):
    """Every line, life and yield to 1e-9; the checks of the workbook pass."""
    line, difference = workbook.worst(result)
    assert difference <= TOLERANCE, line
    assert measures_apart(workbook, result) == []
    assert workbook.value("Checks", 4, 2) == "all checks passed"


@pytest.mark.parametrize("name", DEALS)
def test_every_deal_as_it_is_and_at_other_inputs(name, repository, tmp_path):
    """Each shipped deal, recalculated, is the engine's in every line; so it is after many inputs are typed into it."""
    result = abs_struct.load(repository / f"deals/{name}.yaml").run()
    file = write_workbook(result, tmp_path / f"{name}.xlsx")
    workbook = Recalculated(file, result)
    check_equal(workbook, result)
    scenario = workbook.book.scenarios.columns[-2]
    workbook.select(scenario.name)
    check_equal(workbook, at_inputs(result, scenario.inputs))
    assert workbook.value("Checks", 5, 2) == "on: its lives, yields and shortfalls"
    values = moved(workbook, at_inputs(result, scenario.inputs))
    assert len(values) >= 7
    assert len({path.split(".")[0] for path in values}) >= 4
    workbook.change(**{path.replace(".", "__"): value for path, value in values.items()})
    other = at_inputs(result, {**scenario.inputs, **values})
    assert not np.array_equal(other.lines["deal.notes_balance"], result.lines["deal.notes_balance"])
    check_equal(workbook, other)


@pytest.mark.parametrize("name", ["hb_rev_2027_1", "mpl_2027_1"])
def test_every_figure_of_the_summary_moves_with_the_inputs(name, repository, tmp_path):
    """At other inputs the summary and the sheets of the classes show what a workbook written of that run shows."""
    result = abs_struct.load(repository / f"deals/{name}.yaml").run()
    workbook = Recalculated(write_workbook(result, tmp_path / "live.xlsx", columns=Scenarios()), result, Scenarios())
    values = moved(workbook, result)
    workbook.change(**{path.replace(".", "__"): value for path, value in values.items()})
    other = write_workbook(at_inputs(result, values), tmp_path / "other.xlsx", columns=Scenarios())
    cells, compared = openpyxl.load_workbook(other, data_only=True), 0
    for sheet in ("Summary", *workbook.book.layout.classes.values()):
        wanted = [list(row) for row in cells[sheet].iter_rows(min_row=3, max_row=40, values_only=True)]
        found = workbook.cells(sheet, 3, 1, len(wanted) + 2, len(wanted[0]))
        for row, line in enumerate(wanted):
            for at, value in enumerate(line):
                number = figure(value)
                if number == number:
                    assert figure(found[row][at]) == pytest.approx(number, rel=1e-9, abs=1e-6), (sheet, row + 3, at + 1)
                    compared += 1
                elif value is not None and not str(value).startswith("Base case"):
                    assert found[row][at] == value, (sheet, row + 3, at + 1)
    assert compared > 500


def test_dates_of_a_class_pass_the_check(repository, tmp_path):
    """A deal whose classes have maturity dates among their lines passes the check as written."""
    result = abs_struct.load(repository / "deals/jb_cl_2027_1.yaml").run()
    assert "notes.A.expected_maturity" in result.lines
    file = write_workbook(result, tmp_path / "jb.xlsx")
    for recalculate in (True, False):
        found = check_workbook(file, recalculate=recalculate)
        assert (found.passed, found.differing) == (True, ())


@pytest.fixture(scope="module")
def books(tmp_path_factory):
    """The workbooks of small deals of several structures, each written and loaded once."""
    found = {}

    def book_of(name, layout):
        if (name, layout) not in found:
            folder = tmp_path_factory.mktemp("random")
            result = varied(folder, VARIANTS[name])
            file = write_workbook(result, folder / "small.xlsx", layout)
            found[name, layout] = result, Recalculated(file, result, layout=layout)
        return found[name, layout]

    return book_of


@settings(max_examples=60, derandomize=True, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.data())
def test_sixty_random_deals(books, data):
    """Deals of random structure and layout, every number random: the recalculated workbook is the engine's by line."""
    result, workbook = books(data.draw(st.sampled_from(STRUCTURES)), data.draw(st.sampled_from(LAYOUTS)))
    inputs = result.program.inputs
    factors = data.draw(st.lists(st.floats(0.4, 1.6), min_size=len(inputs), max_size=len(inputs)))
    values = {path: float(value) * factor for (path, value), factor in zip(inputs.items(), factors, strict=True)}
    workbook.change(**{path.replace(".", "__"): value for path, value in values.items()})
    line, difference = workbook.worst(at_inputs(result, values))
    assert difference <= TOLERANCE, line
