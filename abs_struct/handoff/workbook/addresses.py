"""Addresses: the name of a cell, as a template over the period.

`{t}` stands for the row (or column) of the period, `{p}` for the one before it, `{n}` for the one after it, which is
empty behind the last. Lines and periods are relative, so that every cell of a line holds the same formula;
inputs and amounts at closing are absolute.
"""

from __future__ import annotations

from collections.abc import Mapping

from abs_struct.core.findings import AbsStructError
from abs_struct.handoff.workbook.axis import AFTER, BEFORE, PERIOD, THIS
from abs_struct.handoff.workbook.sheets import ASSUMPTIONS, BEFORE_CLASSES, BEHIND_CLASSES, CLOCKS, TAKEN, Layout

#: The sheets that no deal names: a class may be called A1, TRUE or 2027.
OWN = frozenset((*BEFORE_CLASSES, *BEHIND_CLASSES, *TAKEN))


def prefix(sheet: str, here: str) -> str:
    """The sheet's name before a reference, in quotes where it needs them; nothing on the sheet itself."""
    if sheet == here:
        return ""
    return f"{sheet}!" if sheet in OWN and sheet.isalnum() else f"'{sheet}'!"


class Addresses:
    """Where everything is: lines along the axis, inputs and closing amounts in rows of the assumptions."""

    def __init__(self, layout: Layout, inputs: Mapping[str, int], constants: Mapping[str, int]) -> None:
        self.layout = layout
        self.axis = layout.axis
        self.inputs = inputs
        self.constants = constants
        self.clock = self.axis.clock(PERIOD, THIS)  # the number of the period
        self.read: set[str] = set()  # inputs that some formula reads

    def input(self, path: str, here: str) -> str:
        """The cell of an input."""
        self.read.add(path)
        return f"{prefix(ASSUMPTIONS, here)}$C${self.inputs[path]}"

    def inputs_range(self, paths: list[str], here: str) -> str | None:
        """The block of inputs that stand one below the other in this order, or None."""
        rows = [self.inputs[path] for path in paths]
        if rows != list(range(rows[0], rows[0] + len(rows))):
            return None
        self.read.update(paths)
        return f"{prefix(ASSUMPTIONS, here)}$C${rows[0]}:$C${rows[-1]}"

    def line(self, path: str, ago: int, here: str) -> str:
        """A line this period, last period, or n periods ago (0 before closing)."""
        axis = self.axis
        if path in CLOCKS:
            clock = axis.clock(CLOCKS[path], THIS)
            if ago == 0:
                return clock
            if CLOCKS[path] == PERIOD:
                return f"MAX(0,{clock}-{ago})"
            return axis.pick(axis.since(CLOCKS[path], BEFORE, fixed=True), f"MAX(1,{self.clock}-{ago - 1})")
        if path in self.constants:
            return f"{prefix(ASSUMPTIONS, here)}$C${self.constants[path]}"
        found = self.layout.columns.get(path)
        if found is None:
            raise AbsStructError(f"the workbook has no column for the line {path}")
        sheet = prefix(found.sheet, here)
        if ago in {1, 0, -1}:
            return sheet + axis.here(found.index, {1: BEFORE, 0: THIS, -1: AFTER}[ago])
        block = sheet + axis.since(found.index, BEFORE)
        return f"IF({self.clock}<{ago},0,{axis.pick(block, f'{self.clock}-{ago - 1}')})"

    def lines_range(self, paths: list[str], ago: int, here: str) -> str | None:
        """The block of lines that stand side by side in this order, this period or last, or None."""
        columns = [self.layout.columns.get(path) for path in paths]
        first = columns[0]
        if first is None or ago > 1 or any(c is None for c in columns):
            return None
        places = [(c.sheet, c.index) for c in columns if c is not None]
        if places != [(first.sheet, first.index + i) for i in range(len(paths))]:
            return None
        mark = {1: BEFORE, 0: THIS, -1: AFTER}[ago]
        return prefix(first.sheet, here) + self.axis.beside(first.index, first.index + len(paths) - 1, mark)

    def series(self, path: str, here: str, *, opening: bool = False, closing: bool = False) -> str:
        """A line over all periods: 1 to T; with `opening` 0 to T, with `closing` 0 to T - 1."""
        column = self.layout.columns[path]
        return self.over(column.sheet, column.index, here, opening=opening, closing=closing)

    def over(self, sheet: str, index: int, here: str, *, opening: bool = False, closing: bool = False) -> str:
        """The periods of whatever stands at a line's place of a sheet."""
        last = self.axis.periods - 1 if closing else self.axis.periods
        return prefix(sheet, here) + self.axis.span(index, 0 if opening or closing else 1, last)

    def at(self, path: str, period: int, here: str) -> str:
        """One cell of a line."""
        if path in self.constants:
            return self.line(path, 0, here)
        column = self.layout.columns[path]
        return prefix(column.sheet, here) + self.axis.cell(column.index, period)

    def place(self, path: str, period: int) -> str:
        """Sheet and cell of a line or of an amount at closing, as a reader looks for it."""
        if path in self.constants:
            return f"{ASSUMPTIONS}!C{self.constants[path]}"
        column = self.layout.columns[path]
        return f"{column.sheet}!{self.axis.cell(column.index, period).replace('$', '')}"
