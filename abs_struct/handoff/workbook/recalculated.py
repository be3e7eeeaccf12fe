"""An independent spreadsheet engine: a workbook recalculated, its cells as numbers."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from abs_struct.deal.result import Result
from abs_struct.handoff.workbook.book import Book
from abs_struct.handoff.workbook.sheets import ASSUMPTIONS, FIRST_ROW, Column
from abs_struct.handoff.workbook.write import book_of

VALUE_COLUMN = 3


class Recalculated:
    """A workbook of a run as formualizer computes it; inputs may be set by their path in the deal."""

    def __init__(self, file: str | Path, result: Result) -> None:
        import formualizer

        self.address = formualizer.RangeAddress
        self.workbook = formualizer.load_workbook(str(file))
        self.book: Book = book_of(result, None)
        self.workbook.evaluate_all()

    def change(self, **inputs: float) -> None:
        """Type other values into the input cells (`__` stands for a dot) and recalculate."""
        for path, value in inputs.items():
            row = self.book.addresses.inputs[path.replace("__", ".")]
            self.workbook.set_value(ASSUMPTIONS, row, VALUE_COLUMN, value)
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
        last = FIRST_ROW + self.book.periods
        block = self.cells(column.sheet, FIRST_ROW, column.index + 1, last, column.index + 1)
        return np.array([v if isinstance(v, int | float) else np.nan for (v,) in block], dtype=float)

    def constant(self, path: str) -> float:
        """An amount at closing."""
        value = self.value(ASSUMPTIONS, self.book.addresses.constants[path], VALUE_COLUMN)
        return float(value) if isinstance(value, int | float) else float("nan")

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
