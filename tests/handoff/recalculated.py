"""An independent spreadsheet engine: the workbook recalculated, its cells as numbers, its formulas as text."""

from __future__ import annotations

import numpy as np

from abs_struct.handoff.workbook.sheets import FIRST_ROW
from abs_struct.handoff.workbook.write import book_of


class Recalculated:
    """A workbook of a run as formualizer computes it; inputs may be set by their path in the deal."""

    def __init__(self, file, result):
        import formualizer

        self.address = formualizer.RangeAddress
        self.workbook = formualizer.load_workbook(str(file))
        self.book = book_of(result, None)
        self.workbook.evaluate_all()

    def change(self, **inputs):
        """Type other values into the input cells (`__` stands for a dot) and recalculate."""
        for path, value in inputs.items():
            row = self.book.addresses.inputs[path.replace("__", ".")]
            self.workbook.set_value("Assumptions", row, 3, value)
        self.workbook.evaluate_all()

    def cells(self, sheet, row, column, last_row, last_column):
        """A block of values, rows and columns counted from 1."""
        found = self.workbook.sheet(sheet).get_values(self.address(sheet, row, column, last_row, last_column))
        return [list(line) for line in found]

    def value(self, sheet, row, column):
        """One value."""
        return self.workbook.get_value(sheet, row, column)

    def series(self, column):
        """The values of a line, (T + 1,); an error cell is nan."""
        last = FIRST_ROW + self.book.periods
        block = self.cells(column.sheet, FIRST_ROW, column.index + 1, last, column.index + 1)
        return np.array([v if isinstance(v, int | float) else np.nan for (v,) in block], dtype=float)

    def differences(self, result):
        """Line -> its largest difference from a run, of the pool for amounts, of itself (at least 1) for others."""
        pool = float(result.lines["pool.initial_balance"][0])
        found = {}
        for path, column in self.book.layout.columns.items():
            wanted = result.lines[path]
            scale = pool if column.line.unit == "money" else max(1.0, float(np.abs(wanted).max()))
            found[path] = float(np.abs(self.series(column) - wanted).max()) / scale
        for path, row in self.book.addresses.constants.items():
            found[path] = abs(self.value("Assumptions", row, 3) - result.lines[path][0]) / pool
        return found

    def worst(self, result):
        """The line that differs most, and by how much; nan counts as most."""
        found = self.differences(result)
        return max(found.items(), key=lambda item: np.inf if np.isnan(item[1]) else item[1])

    def errors(self):
        """Every cell that shows an error."""
        found = []
        for sheet in self.workbook.sheet_names:
            for at, line in enumerate(self.cells(sheet, 1, 1, 400, 320), 1):
                found += [(sheet, at, column, cell) for column, cell in enumerate(line, 1) if isinstance(cell, dict)]
        return found
