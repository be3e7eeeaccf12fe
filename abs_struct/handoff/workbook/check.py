"""Checking a workbook that somebody has changed: its inputs, its formulas, and every line against the engine."""

from __future__ import annotations

import re
import tempfile
import warnings
from dataclasses import dataclass, replace
from importlib.util import find_spec
from pathlib import Path
from typing import Any
from zipfile import BadZipFile

import numpy as np
from numpy.typing import NDArray

from abs_struct.core.findings import AbsStructError, Finding, Place, UsageError, listed, nearest
from abs_struct.deal import Deal
from abs_struct.deal.result import Result
from abs_struct.handoff.workbook.axis import letters
from abs_struct.handoff.workbook.book import Book
from abs_struct.handoff.workbook.pages.assumptions import FIRST_SCENARIO, input_rows
from abs_struct.handoff.workbook.pages.source import FIRST, SOURCE
from abs_struct.handoff.workbook.recalculated import (
    SELECTED,
    VALUE_COLUMN,
    Recalculated,
    figure,
    gaps,
    measures_of,
)
from abs_struct.handoff.workbook.scenarios import Scenarios
from abs_struct.handoff.workbook.sheets import ASSUMPTIONS, SUMMARY, Column
from abs_struct.handoff.workbook.source import unpacked
from abs_struct.handoff.workbook.write import book_of, write_workbook

TOLERANCE = 1e-9
NUMBER = re.compile(r"(?<![A-Z0-9_.])\d+\.?\d*(?:E[+-]?\d+)?(?![A-Z0-9_(!])")


@dataclass(frozen=True)
class Input:
    """An input that was changed: its cell, its path in the deal, its value in the engine's run and now."""

    cell: str
    path: str
    before: float
    now: float


@dataclass(frozen=True)
class Overwritten:
    """A cell that is no longer what the toolkit wrote: what stood there, and what stands there now."""

    cell: str
    written: str
    found: str


@dataclass(frozen=True)
class Differing:
    """A line of the workbook that is not the engine's: its first cell that differs, and both values there."""

    path: str
    cell: str
    workbook: float
    engine: float
    period: int
    cells: int


@dataclass(frozen=True)
class Checked:
    """What was found of a workbook.

    scenario : the one in use
    by : `recalculated`, or `as saved` where no spreadsheet engine is installed
    lines : how many lines were compared
    refused : what the deal file would not take of the inputs, a sentence each
    """

    file: str
    deal: str
    scenario: str
    by: str
    lines: int
    inputs: tuple[Input, ...]
    overwritten: tuple[Overwritten, ...]
    differing: tuple[Differing, ...]
    refused: tuple[str, ...] = ()

    @property
    def passed(self) -> bool:
        """Whether the workbook still is the deal, at its inputs."""
        return not self.overwritten and not self.differing and not self.refused

    def summary(self) -> dict[str, Any]:
        """The check in one JSON object, schema abs-struct/check/1."""
        return {
            "schema": "abs-struct/check/1",
            "file": self.file,
            "deal": self.deal,
            "scenario": self.scenario,
            "by": self.by,
            "lines": self.lines,
            "passed": self.passed,
            "refused": list(self.refused),
            "inputs": [{"cell": i.cell, "path": i.path, "before": i.before, "now": i.now} for i in self.inputs],
            "overwritten": [{"cell": o.cell, "written": o.written, "found": o.found} for o in self.overwritten],
            "differing": [
                {
                    "path": d.path, "cell": d.cell, "workbook": None if d.workbook != d.workbook else d.workbook,
                    "engine": d.engine, "cells": d.cells,
                }
                for d in self.differing
            ],
        }  # fmt: skip


def check_workbook(path: str | Path, *, recalculate: bool = True) -> Checked:
    """Compute a workbook again with the engine, at the inputs that stand in it.

    Parameters
    ----------
    path : a workbook that `abs-struct excel` wrote, and somebody may have changed
    recalculate : by an independent spreadsheet engine where one is installed; else the values are taken as saved

    Returns
    -------
    Checked

    Raises
    ------
    UsageError : no such file, a workbook of somebody else, or an input that is no number
    """
    file = Path(path)
    cells = opened(file)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        try:
            deal, columns, layout = unpacked(source_of(cells, file), folder)
            base = deal.run()
        except UsageError as error:
            raise UsageError(f"{file}: {error}") from None
        book = book_of(base, None, columns, layout)
        scenario = scenario_of(cells, columns, file)
        engine = recalculate and find_spec("formualizer") is not None
        values: Any = Recalculated(file, base, columns, layout) if engine else Saved(opened(file, values=True), book)
        changed = inputs_of(cells, values, base, columns, scenario, file)
        fresh = opened(write_workbook(base, folder / "fresh.xlsx", layout, columns))
        overwritten = overwritten_of(cells, fresh, base, columns)
        refused = refused_of(deal, changed)
        now = rerun(base, {one.path: one.now for one in changed})
        found = gaps(values, book, now)
        differing = sorted(
            (differing_of(path, gap, values, book, now) for path, gap in found.items() if not (gap <= TOLERANCE).all()),
            key=lambda one: one.period,  # what differs first is nearer to the cause
        )
        differing += measures_apart(values, now)
    by = "recalculated" if engine else "as saved"
    name = columns.names[scenario]
    return Checked(
        str(file), base.terms.name, name, by, len(found), tuple(changed), tuple(overwritten), tuple(differing),
        tuple(refused),
    )  # fmt: skip


def opened(file: Path, *, values: bool = False) -> Any:
    """The cells of a workbook: its formulas, or the values with which it was saved.

    Raises
    ------
    UsageError : no such file, or none that is a workbook
    """
    import openpyxl
    from openpyxl.utils.exceptions import InvalidFileException

    if not file.is_file():
        raise UsageError(f"{file}: no such workbook")
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of charts that another program has written: only cells are read
            return openpyxl.load_workbook(file, data_only=values)
    except (BadZipFile, InvalidFileException, KeyError, OSError, ValueError):
        raise UsageError(f"{file}: is not an .xlsx workbook") from None


def source_of(cells: Any, file: Path) -> list[str]:
    """The packed texts of a workbook.

    Raises
    ------
    UsageError : a workbook that the toolkit did not write
    """
    if SOURCE not in cells.sheetnames or ASSUMPTIONS not in cells.sheetnames:
        raise UsageError(
            f"{file}: was not written by abs-struct excel, or by an earlier version (it has no sheet '{SOURCE}')"
        )
    column = (row[0] for row in cells[SOURCE].iter_rows(min_row=FIRST, max_col=1, values_only=True))
    return [str(text) for text in column if text]


def scenario_of(cells: Any, columns: Scenarios, file: Path) -> int:
    """Which scenario is in use, counted from 0.

    Raises
    ------
    UsageError : none of that name
    """
    row, column = SELECTED
    said = cells[ASSUMPTIONS].cell(row, column).value
    folded = [name.casefold() for name in columns.names]  # as a spreadsheet looks a text up
    if str(said).casefold() not in folded:
        raise UsageError(
            f"{file}: {ASSUMPTIONS}!{letters(column - 1)}{row}: there is no scenario '{said}'"
            f"{nearest(str(said), columns.names)} (scenarios: {listed(columns.names, 40)})"
        )
    return folded.index(str(said).casefold())


def inputs_of(cells: Any, values: Any, base: Result, columns: Scenarios, scenario: int, file: Path) -> list[Input]:
    """The inputs of the scenario in use whose values are not those of the engine's run; one may be a formula.

    Raises
    ------
    UsageError : a row that was moved, or a value that is no number
    """
    sheet, found = cells[ASSUMPTIONS], []
    at, behind = FIRST_SCENARIO + scenario, FIRST_SCENARIO + len(columns.columns)
    for path, row in input_rows(base.program)[0].items():
        cell = f"{ASSUMPTIONS}!{letters(at)}{row}"
        if str(sheet.cell(row, behind + 1).value) != path:
            raise UsageError(
                f"{file}: {ASSUMPTIONS}!{letters(behind)}{row}: is no longer the input '{path}'; rows and columns of "
                f"{ASSUMPTIONS} must not be moved"
            )
        value = sheet.cell(row, at + 1).value
        if isinstance(value, str) and value.startswith("="):
            value = values.measure(ASSUMPTIONS, row, at + 1)
        if isinstance(value, bool) or not isinstance(value, int | float):
            shown = "empty" if value is None else f"'{value}'"
            raise UsageError(f"{file}: {cell}: is {shown}, and the input '{path}' is a number")
        before = float(base.program.inputs[path])
        if float(value) != before:
            found.append(Input(cell, path, before, float(value)))
    return found


def overwritten_of(cells: Any, fresh: Any, base: Result, columns: Scenarios) -> list[Overwritten]:
    """The cells that are not what the toolkit writes, but for the inputs; names of sheets that are missing."""
    count = len(columns.columns)
    inputs = {(row, FIRST_SCENARIO + 1 + at) for row in input_rows(base.program)[0].values() for at in range(count)} | {
        SELECTED
    }
    found = []
    for sheet in fresh.sheetnames:
        if sheet not in cells.sheetnames:
            found.append(Overwritten(f"{sheet}!A1", "a sheet of the workbook", "no such sheet"))
            continue
        own = cells[sheet]
        for row in fresh[sheet].iter_rows():
            for cell in row:
                if sheet == ASSUMPTIONS and (cell.row, cell.column) in inputs:
                    continue
                wanted, is_ = cell.value, own.cell(cell.row, cell.column).value
                live = isinstance(wanted, str) and wanted.startswith("=")
                if wanted != is_ and (live or isinstance(wanted, int | float)) and not alike(wanted, is_):
                    found.append(Overwritten(f"{sheet}!{cell.coordinate}", short(wanted), short(is_)))
    return found


def alike(wanted: Any, found: Any) -> bool:
    """Whether two cells say the same: spreadsheets write formulas and numbers in ways of their own."""
    if isinstance(wanted, int | float) and isinstance(found, int | float):
        return bool(abs(wanted - found) <= 1e-12 * max(1.0, abs(wanted)))
    if isinstance(wanted, str) and isinstance(found, str):
        return plain(wanted) == plain(found)
    return False


def plain(formula: str) -> str:
    """A formula without blanks, quotes around sheets and prefixes of functions, its numbers in one form.

    >>> plain("=IF('Fees'!$A$1>1E-9, 0.50, 2)"), plain("=if(Fees!A1>0.000000001,0.5,2)")
    ('=IF(FEES!A1>1e-09,0.5,2.0)', '=IF(FEES!A1>1e-09,0.5,2.0)')
    """
    text = "".join(formula.split()).replace("'", "").replace("_xlfn.", "").replace("$", "").upper()
    return NUMBER.sub(lambda found: repr(float(found[0])), text)


def short(value: Any) -> str:
    """A cell's content in a few words."""
    text = "nothing" if value is None else str(value)
    return text if len(text) <= 80 else text[:77] + "..."


def rerun(base: Result, inputs: dict[str, float]) -> Result:
    """The run at other inputs.

    Raises
    ------
    UsageError : inputs that the engine cannot run
    """
    if not inputs:
        return base
    from abs_struct.waterfall.engine import run

    program = replace(base.program, inputs=base.program.inputs | inputs)
    try:
        return replace(base, program=program, lines=run(program))
    except (AbsStructError, ArithmeticError) as error:
        raise UsageError(f"the engine cannot run the deal at these inputs: {error}") from None


def refused_of(deal: Deal, changed: list[Input]) -> list[str]:
    """What the deal file would not take of the changed inputs, where they are fields of it; a sentence each."""
    fields = {one.path: one for one in changed if accepted(deal, {one.path: one.before}) == ()}
    found = []
    for finding in accepted(deal, {path: one.now for path, one in fields.items()}):
        path = finding.place.path or ""
        cells = [one.cell for one in fields.values() if one.path == path or one.path.startswith(f"{path}.")]
        found.append(f"{listed(cells, 4)}: {path}: {finding.message}")
    return found


def accepted(deal: Deal, changes: dict[str, float]) -> tuple[Finding, ...]:
    """What the deal says against changes of its fields; nothing where it takes them."""
    try:
        deal.with_(changes)
    except AbsStructError as error:
        return error.findings or (Finding("error", Place(), str(error)),)
    return ()


def differing_of(path: str, gap: NDArray[np.float64], values: Any, book: Book, now: Result) -> Differing:
    """Where a line differs first."""
    at = int(np.argmax(~(gap <= TOLERANCE)))
    engine = float(now.lines[path][at])
    count = int((~(gap <= TOLERANCE)).sum())
    column = book.layout.columns.get(path)
    value = values.constant(path) if column is None else float(values.series(column)[at])
    return Differing(path, book.addresses.place(path, at), value, engine, at, count)


def measures_apart(values: Any, now: Result) -> list[Differing]:
    """Lives, yields and headrooms on the summary that are not the engine's; one that does not exist is a text there."""
    found = []
    for name, (row, column, engine) in measures_of(now).items():
        value = values.measure(SUMMARY, row, column)
        got = figure(value)
        none = np.isnan(engine) and isinstance(value, str) and not value.startswith("#")
        if not none and not abs(got - engine) <= TOLERANCE * max(1.0, abs(engine)):
            found.append(Differing(name, f"{SUMMARY}!{letters(column - 1)}{row}", got, engine, now.program.periods, 1))
    return found


class Saved:
    """The values with which a workbook was saved."""

    def __init__(self, cells: Any, book: Book) -> None:
        self.workbook, self.book = cells, book

    def series(self, column: Column) -> NDArray[np.float64]:
        """The values of a line, (T + 1,); what is no number is nan."""
        row, first, end, last = self.book.layout.axis.block(column.index)
        block = self.workbook[column.sheet].iter_rows(row, end, first, last, values_only=True)
        return np.array([figure(value) for line in block for value in line])

    def constant(self, path: str) -> float:
        """An amount at closing."""
        return figure(self.workbook[ASSUMPTIONS].cell(self.book.addresses.constants[path], VALUE_COLUMN).value)

    def measure(self, sheet: str, row: int, column: int) -> object:
        """A measure as it stands: a number, or a text where there is none."""
        return self.workbook[sheet].cell(row, column).value
