"""An independent spreadsheet engine: a workbook recalculated, its cells as numbers."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from abs_struct.deal.result import Result
from abs_struct.handoff.workbook.book import Book, serial
from abs_struct.handoff.workbook.pages.assumptions import FIRST_SCENARIO
from abs_struct.handoff.workbook.pages.summary import LIFE_COLUMN, TRIGGER_COLUMN, YIELD_COLUMN, below_notes
from abs_struct.handoff.workbook.scenarios import Scenarios, standard
from abs_struct.handoff.workbook.sheets import ASSUMPTIONS, NOTES_ROW, Column
from abs_struct.handoff.workbook.write import book_of

VALUE_COLUMN = 3
#: Row and column, counted from 1, of the scenario in use: its name, and which of them it is.
SELECTED, NUMBER = (4, 3), (6, 3)


class Recalculated:
    """A workbook of a run as formualizer computes it; inputs may be set by their path in the deal."""

    def __init__(
        self, file: str | Path, result: Result, scenarios: Scenarios | None = None, layout: str = "rows"
    ) -> None:
        import formualizer

        self.address = formualizer.RangeAddress
        self.workbook = formualizer.load_workbook(str(file))
        columns = standard(result) if scenarios is None else scenarios
        self.book: Book = book_of(result, None, columns, layout)
        self.workbook.evaluate_all()

    def change(self, **inputs: float) -> None:
        """Type other values into the input cells of the scenario in use (`__` stands for a dot) and recalculate."""
        column = FIRST_SCENARIO + int(self.value(ASSUMPTIONS, *NUMBER))
        for path, value in inputs.items():
            row = self.book.addresses.inputs[path.replace("__", ".")]
            self.workbook.set_value(ASSUMPTIONS, row, column, value)
        self.workbook.evaluate_all()

    def select(self, scenario: str) -> None:
        """Select a scenario and recalculate."""
        self.workbook.set_value(ASSUMPTIONS, *SELECTED, scenario)
        self.workbook.evaluate_all()

    def cells(self, sheet: str, row: int, column: int, last_row: int, last_column: int) -> list[list[Any]]:
        """A block of values, rows and columns counted from 1."""
        found = self.workbook.sheet(sheet).get_values(self.address(sheet, row, column, last_row, last_column))
        return [list(line) for line in found]

    def value(self, sheet: str, row: int, column: int) -> Any:
        """One value."""
        return self.workbook.get_value(sheet, row, column)

    def series(self, column: Column) -> NDArray[np.float64]:
        """The values of a line, (T + 1,); an error cell is nan."""
        block = self.cells(column.sheet, *self.book.layout.axis.block(column.index))
        return np.array([figure(value) for line in block for value in line])

    def constant(self, path: str) -> float:
        """An amount at closing."""
        return figure(self.value(ASSUMPTIONS, self.book.addresses.constants[path], VALUE_COLUMN))

    def measure(self, sheet: str, row: int, column: int) -> object:
        """A measure as it stands: a number, or a text where there is none."""
        return self.value(sheet, row, column)

    def differences(self, result: Result) -> dict[str, float]:
        """Line -> its largest difference from a run, of the pool for amounts, of itself (at least 1) for others."""
        return {path: float(found.max()) for path, found in gaps(self, self.book, result).items()}

    def worst(self, result: Result) -> tuple[str, float]:
        """The line that differs most, and by how much; nan counts as most."""
        found = self.differences(result)
        return max(found.items(), key=lambda item: np.inf if np.isnan(item[1]) else item[1])

    def errors(self) -> list[tuple[str, int, int, Any]]:
        """Every cell that shows an error."""
        found = []
        for sheet in self.workbook.sheet_names:
            for at, line in enumerate(self.cells(sheet, 1, 1, 400, 320), 1):
                found += [(sheet, at, column, cell) for column, cell in enumerate(line, 1) if isinstance(cell, dict)]
        return found


def figure(value: object) -> float:
    """A cell as a number: a date as its day, what is no number as nan.

    >>> from datetime import date
    >>> figure(2.5), figure(date(2027, 1, 20)), figure("n/a")
    (2.5, 46407.0, nan)
    """
    if isinstance(value, date):
        return float(serial(value.date() if isinstance(value, datetime) else value))
    return float(value) if isinstance(value, int | float) else float("nan")


def gaps(values: Any, book: Book, result: Result) -> Mapping[str, NDArray[np.float64]]:
    """How far each line of a workbook lies from a run, period by period; `values` has `series` and `constant`.

    Parameters
    ----------
    values : the cells of a workbook, such as `Recalculated`
    book : where its lines stand
    result : a run

    Returns
    -------
    Line -> (T + 1,), amounts as fractions of the pool, others of the largest value of the line, at least of 1
    """
    pool = float(result.lines["pool.initial_balance"][0])
    found: dict[str, NDArray[np.float64]] = {}
    for path, column in book.layout.columns.items():
        wanted = result.lines[path]
        scale = pool if column.line.unit == "money" else max(1.0, float(np.abs(wanted).max()))
        found[path] = np.abs(values.series(column) - wanted) / scale
    for path in book.addresses.constants:
        found[path] = np.array([abs(values.constant(path) - float(result.lines[path][0])) / pool])
    return found


def measures_of(result: Result) -> dict[str, tuple[int, int, float]]:
    """Life and yield of each class, and how near each trigger came, as the summary shows them.

    Returns
    -------
    Name -> row and column on the summary, counted from 1, and the engine's figure, nan where there is none
    """
    found = {}
    for row, (name, note) in enumerate(result.note_measures.items(), NOTES_ROW + 2):
        found[f"notes.{name}: weighted average life"] = (row, LIFE_COLUMN + 1, float(note.wal))
        found[f"notes.{name}: yield"] = (row, YIELD_COLUMN + 1, float(note.yield_))
    for row, (name, trigger) in enumerate(result.triggers.items(), below_notes(result) + 3):
        first = float("nan") if trigger.first_breach is None else float(trigger.first_breach)
        headroom = float("nan") if trigger.condition else trigger.least_headroom
        figures = ("first breach", first), ("periods active", float(trigger.periods_active)), ("headroom", headroom)
        for column, (words, value) in enumerate(figures, TRIGGER_COLUMN + 3):
            found[f"triggers.{name}: {words}"] = (row, column, value)
    return found
