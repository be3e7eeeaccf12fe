"""Scenario columns of the live workbook: each is the engine's run of it, one is selected, and one's own are taken."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import openpyxl
import pytest
from cli.program import command, refused
from small import small

from abs_struct.core.findings import UsageError
from abs_struct.handoff.workbook import write_workbook
from abs_struct.handoff.workbook.axis import letters
from abs_struct.handoff.workbook.check import check_workbook, measures_apart
from abs_struct.handoff.workbook.pages.assumptions import FIRST_SCENARIO, HEADER_ROW, input_rows
from abs_struct.handoff.workbook.recalculated import Recalculated
from abs_struct.handoff.workbook.scenarios import BASE, OWN, scenarios_from, standard
from abs_struct.study.designs import design_from
from abs_struct.waterfall.engine import run

STANDARD = [BASE, "Slow prepayment", "Fast prepayment", "Defaults x 2", "Defaults x 3",
            "Defaults x 2, recoveries less 40%", OWN]  # fmt: skip


@pytest.fixture
def deal(tmp_path):
    """The small deal."""
    return small(tmp_path)


@pytest.fixture
def result(deal):
    """Its run."""
    return deal.run()


@pytest.fixture
def file(result, tmp_path):
    """Its workbook."""
    return write_workbook(result, tmp_path / "small.xlsx")


def at(result, inputs):
    """The engine's run at other inputs."""
    program = replace(result.program, inputs={**result.program.inputs, **inputs})
    return replace(result, program=program, lines=run(program))


def statuses(workbook):
    """How many rows of the checks passed, failed and are off."""
    found = [cell for (cell,) in workbook.cells("Checks", 10, 5, 400, 5)]
    return {word: found.count(word) for word in ("OK", "FAILED", "DIFFERS", "off")}


@pytest.mark.needs("formualizer")
def test_every_scenario_is_the_engines(result, file):
    """Selected one after the other, each column gives what the engine gives; its own figures are checked inside."""
    columns = standard(result)
    assert columns.names == STANDARD
    assert not columns.left_out
    assert columns.columns[5].inputs == {
        "assumptions.default.multiple": 2.0 * result.program.inputs["assumptions.default.multiple"],
        "assumptions.recovery.rate": 0.6 * result.program.inputs["assumptions.recovery.rate"],
    }
    workbook = Recalculated(file, result)
    lives = set()
    for column in reversed(columns.columns):
        workbook.select(column.name)
        wanted = at(result, column.inputs)
        assert workbook.worst(wanted)[1] <= 1e-9, column.name
        assert measures_apart(workbook, wanted) == []
        found = statuses(workbook)
        assert (found["FAILED"], found["DIFFERS"]) == (0, 0)
        assert (found["off"] > 0) == (column.name != BASE)
        assert workbook.value("Summary", 5, 2) == column.name
        lives.add(round(float(wanted.note_measures["A"].wal), 9))
    assert len(lives) == len(columns.columns) - 1  # the reader's own is still the base case


@pytest.mark.needs("formualizer")
def test_a_pasted_figure_that_is_not_the_scenarios_fails(result, file):
    """The checks compare with the figures of the scenario in use, so a wrong one is found there and nowhere else."""
    book = openpyxl.load_workbook(file)
    book["Scenarios"].cell(6, 3 + 3).value = 9.0  # the life of class A under defaults x 2
    book.save(file)
    workbook = Recalculated(file, result)
    assert statuses(workbook)["DIFFERS"] == 0
    workbook.select("Defaults x 2")
    assert statuses(workbook)["DIFFERS"] == 1
    assert workbook.value("Checks", 4, 2) == "CHECK FAILED"


@pytest.mark.needs("formualizer")
def test_check_reads_the_scenario_in_use(result, file):
    """A reader selects a scenario and changes a cell of it: the engine runs just these; other columns do not matter."""
    row = input_rows(result.program)[0]["notes.B.coupon"]
    names = standard(result).names
    book = openpyxl.load_workbook(file)
    sheet = book["Assumptions"]
    sheet["C4"] = "fast prepayment"  # a spreadsheet looks texts up whatever their case
    sheet.cell(row, FIRST_SCENARIO + 1 + names.index("Fast prepayment")).value = 0.095
    sheet.cell(row, FIRST_SCENARIO + 1 + names.index("Defaults x 3")).value = 0.5
    book.save(file)
    found = check_workbook(file)
    assert found.passed
    assert found.scenario == "Fast prepayment"
    speed = result.program.inputs["assumptions.prepayment.cpr"]
    assert {one.path: one.now for one in found.inputs} == {
        "assumptions.prepayment.cpr": 1.5 * speed, "notes.B.coupon": 0.095,
    }  # fmt: skip
    assert "scenario 'Fast prepayment'" in command("check", file, code=0).stdout


def test_what_is_refused(deal, result, file, tmp_path):
    """One sentence each: a scenario that is not there, a value over the formula that picks it, a structure, a name."""
    book = openpyxl.load_workbook(file)
    book["Assumptions"]["C4"] = "Defalts x 2"
    book.save(file)
    with pytest.raises(UsageError, match=r"Assumptions!C4: there is no scenario 'Defalts x 2'.*Defaults x 2"):
        check_workbook(file, recalculate=False)
    row = input_rows(result.program)[0]["notes.B.coupon"]
    book["Assumptions"]["C4"] = BASE
    formula = book["Assumptions"].cell(row, 3).value
    assert formula == f"=INDEX($F{row}:$L{row},1,$C$6)"
    book["Assumptions"].cell(row, 3).value = 0.09
    book.save(file)
    over = check_workbook(file, recalculate=False).overwritten
    assert [(one.cell, one.written, one.found) for one in over] == [(f"Assumptions!C{row}", formula, "0.09")]
    scenarios = tmp_path / "own.yaml"
    for text, words in (
        ("shorter: {dates.legal_final: 2029-01-20}", "scenario 'shorter' changes more than numbers"),
        (f"{BASE}: {{notes.A.coupon: 5%}}", f"two scenario columns are called '{BASE}'"),
        ("low: {notes.A.cupon: 5%}", "did you mean 'coupon'"),
    ):
        scenarios.write_text(text)
        with pytest.raises(Exception, match=words):
            scenarios_from(deal, result, design_from(deal, scenarios))


def test_ones_own_scenarios(repository, tmp_path):
    """Columns from a file stand in place of the standard ones, in the workbook's units, and are run."""
    file, scenarios = tmp_path / "live.xlsx", tmp_path / "own.yaml"
    scenarios.write_text(
        "cheap: {notes.A.coupon: 3%, assumptions.default.multiple: 1.5}\nslow: {assumptions.prepayment.cpr: 2%}\n"
    )
    deal = repository / "deals/mpl_2027_1.yaml"
    command("excel", deal, "--scenarios", scenarios, "--file", file, code=0)
    sheet = openpyxl.load_workbook(file)["Assumptions"]
    header = [sheet.cell(HEADER_ROW, FIRST_SCENARIO + 1 + k).value for k in range(4)]
    assert header == [BASE, "cheap", "slow", OWN]
    rows = {sheet.cell(row, FIRST_SCENARIO + 5).value: row for row in range(HEADER_ROW, HEADER_ROW + 80)}
    assert sheet.cell(rows["notes.A.coupon"], FIRST_SCENARIO + 2).value == 0.03
    assert sheet.cell(rows["assumptions.prepayment.cpr"], FIRST_SCENARIO + 3).value == 0.02
    found = openpyxl.load_workbook(file, data_only=True)["Scenarios"]
    assert np.isfinite(found.cell(6, 4).value)
    assert found.cell(6, 4).value != found.cell(6, 3).value
    assert letters(FIRST_SCENARIO) == "F"
    scenarios.write_text("worse: {assumptions.default.multipel: 2}\n")
    assert "multiple" in refused("excel", deal, "--scenarios", scenarios, code=2)
