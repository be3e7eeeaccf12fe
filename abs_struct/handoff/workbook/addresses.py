"""Addresses: the name of a cell, as a template over the row.

`{t}` stands for the row of the period, `{p}` for the row before it, `{n}` for the row after it, which is
empty below the last. Columns and rows of periods are relative, so that every cell of a line holds the same formula;
inputs and amounts at closing are absolute.
"""

from __future__ import annotations

from collections.abc import Mapping

from abs_struct.core.findings import AbsStructError
from abs_struct.handoff.workbook.sheets import (
    ASSUMPTIONS,
    BEFORE_CLASSES,
    BEHIND_CLASSES,
    CLOCKS,
    FIRST_ROW,
    TAKEN,
    Layout,
)

#: The sheets that no deal names: a class may be called A1, TRUE or 2027.
OWN = frozenset((*BEFORE_CLASSES, *BEHIND_CLASSES, *TAKEN))


def letters(index: int) -> str:
    """The letters of a column counted from 0.

    >>> letters(0), letters(25), letters(26), letters(16_383)
    ('A', 'Z', 'AA', 'XFD')
    """
    text = ""
    index += 1
    while index:
        index, rest = divmod(index - 1, 26)
        text = chr(65 + rest) + text
    return text


def prefix(sheet: str, here: str) -> str:
    """The sheet's name before a reference, in quotes where it needs them; nothing on the sheet itself."""
    if sheet == here:
        return ""
    return f"{sheet}!" if sheet in OWN and sheet.isalnum() else f"'{sheet}'!"


class Addresses:
    """Where everything is: lines in columns, inputs and closing amounts in rows of the assumptions."""

    def __init__(self, layout: Layout, inputs: Mapping[str, int], constants: Mapping[str, int], periods: int) -> None:
        self.layout = layout
        self.inputs = inputs
        self.constants = constants
        self.last_row = FIRST_ROW + periods
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
        if path in CLOCKS:
            column = CLOCKS[path]
            if column == "A":
                return "$A{t}" if ago == 0 else f"MAX(0,$A{{t}}-{ago})"
            return "$B{t}" if ago == 0 else f"INDEX($B${FIRST_ROW}:$B{{p}},MAX(1,$A{{t}}-{ago - 1}))"
        if path in self.constants:
            return f"{prefix(ASSUMPTIONS, here)}$C${self.constants[path]}"
        found = self.layout.columns.get(path)
        if found is None:
            raise AbsStructError(f"the workbook has no column for the line {path}")
        sheet, letter = prefix(found.sheet, here), letters(found.index)
        if ago == 0:
            return f"{sheet}{letter}{{t}}"
        if ago in {1, -1}:
            return f"{sheet}{letter}{{{'p' if ago == 1 else 'n'}}}"
        return f"IF($A{{t}}<{ago},0,INDEX({sheet}{letter}${FIRST_ROW}:{letter}{{p}},$A{{t}}-{ago - 1}))"

    def lines_range(self, paths: list[str], ago: int, here: str) -> str | None:
        """The block of lines that stand side by side in this order, this period or last, or None."""
        columns = [self.layout.columns.get(path) for path in paths]
        first = columns[0]
        if first is None or ago > 1 or any(c is None for c in columns):
            return None
        places = [(c.sheet, c.index) for c in columns if c is not None]
        if places != [(first.sheet, first.index + i) for i in range(len(paths))]:
            return None
        row = {1: "{p}", 0: "{t}", -1: "{n}"}[ago]
        end = letters(first.index + len(paths) - 1)
        return f"{prefix(first.sheet, here)}{letters(first.index)}{row}:{end}{row}"

    def series(self, path: str, here: str, *, opening: bool = False, closing: bool = False) -> str:
        """The whole column of a line: periods 1 to T; with `opening` 0 to T, with `closing` 0 to T - 1."""
        column = self.layout.columns[path]
        return self.rows(column.sheet, letters(column.index), here, opening=opening, closing=closing)

    def rows(self, sheet: str, letter: str, here: str, *, opening: bool = False, closing: bool = False) -> str:
        """The rows of the periods in any column of a sheet."""
        start = FIRST_ROW if opening or closing else FIRST_ROW + 1
        end = self.last_row - 1 if closing else self.last_row
        return f"{prefix(sheet, here)}${letter}${start}:${letter}${end}"

    def at(self, path: str, period: int, here: str) -> str:
        """One cell of a line."""
        if path in self.constants:
            return self.line(path, 0, here)
        column = self.layout.columns[path]
        return f"{prefix(column.sheet, here)}${letters(column.index)}${FIRST_ROW + period}"
