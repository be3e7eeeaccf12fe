"""Axes: whether periods run down the rows or across the columns of the sheets that have them.

Pages count places in one frame, in which periods run down: two title rows, six rows of headings, then a row a period;
columns of period and payment date, then a column a line. An axis says where a place of the frame stands on the sheet,
and how a formula points at it. The marks {t}, {p} and {n} of a formula are the row (or column) of the period, of the
one before, and of the one after.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass
from functools import cache

#: The rows of the frame, counted from 0: title and subtitle stand above them.
SECTION_ROW, GROUP_ROW, NAME_ROW, UNIT_ROW, TOTAL_ROW, PATH_ROW, CLOSING = 2, 3, 4, 5, 6, 7, 8
#: The columns of the frame, counted from 0, before those of the lines.
PERIOD, PAYMENT_DATE, FIRST_COLUMN = 0, 1, 2
MOST_COLUMNS, MOST_ROWS = 16_384, 1_048_576
#: So many alike formulas, one below the other, LibreOffice works out at once.
GROUP = 100
THIS, BEFORE, AFTER = "{t}", "{p}", "{n}"


@cache
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


@dataclass(frozen=True)
class Axis(ABC):
    """The direction of time on sheets with periods.

    periods : how many, beside closing
    """

    periods: int

    #: How `--layout` calls it.
    name = ""
    #: So many lines stand on one sheet, and what they are called there.
    most, lines = 0, ""
    #: Whether a new section of the waterfall takes a line of its own for its name.
    headed = False
    #: What the contents say of it.
    said = ""

    @abstractmethod
    def place(self, row: int, column: int) -> tuple[int, int]:
        """Row and column of a place of the frame, counted from 0."""

    @abstractmethod
    def mark(self, period: int) -> str:
        """What a formula of a period writes for {t}."""

    @abstractmethod
    def here(self, line: int, mark: str) -> str:
        """A line at a mark, moving in both directions when the formula is copied."""

    @abstractmethod
    def clock(self, line: int, mark: str) -> str:
        """The same, always on that line."""

    @abstractmethod
    def beside(self, first: int, last: int, mark: str) -> str:
        """Lines that stand side by side, at a mark."""

    @abstractmethod
    def heading(self, row: int, line: int) -> str:
        """The cell of a heading of a line."""

    @abstractmethod
    def pick(self, block: str, number: str) -> str:
        """The n-th cell of a block that runs over periods."""

    def since(self, line: int, mark: str, *, fixed: bool = False) -> str:
        """A line from closing to a mark; `fixed` to that line."""
        start, end = self.closing(line, fixed), (self.clock if fixed else self.here)(line, mark)
        return f"{start}:{end}"

    @abstractmethod
    def closing(self, line: int, fixed: bool) -> str:
        """Where a running block of a line starts."""

    def cell(self, line: int, period: int) -> str:
        """One cell of a line, which stays when the formula is copied."""
        row, column = self.place(CLOSING + period, line)
        return f"${letters(column)}${row + 1}"

    def span(self, line: int, first: int, last: int) -> str:
        """A line from one period to another."""
        return f"{self.cell(line, first)}:{self.cell(line, last)}"

    def block(self, line: int) -> tuple[int, int, int, int]:
        """First row and column, last row and column of a line from closing on, counted from 1."""
        row, column = self.place(CLOSING, line)
        end, last = self.place(CLOSING + self.periods, line)
        return row + 1, column + 1, end + 1, last + 1

    def marks(self, period: int) -> tuple[str, str, str]:
        """What a formula of a period writes for {t}, {p} and {n}."""
        return self.mark(period), self.mark(period - 1), self.mark(period + 1)

    @property
    def grouped(self) -> bool:
        """Whether so many alike formulas stand one below the other that LibreOffice works them out at once."""
        return not self.headed and self.periods >= GROUP

    def first(self, text: str) -> str:
        """A formula as it stands at closing."""
        return text.replace(THIS, self.mark(0))


class Rows(Axis):
    """One row a period, one column a line: what tables, pivots and trustees read."""

    name, most, lines = "rows", MOST_COLUMNS, "columns"
    said = "One row a period, one column a line, one formula a column; no macros, no circular references."

    def place(self, row: int, column: int) -> tuple[int, int]:
        return row, column

    def mark(self, period: int) -> str:
        return str(CLOSING + 1 + period)

    def here(self, line: int, mark: str) -> str:
        return f"{letters(line)}{mark}"

    def clock(self, line: int, mark: str) -> str:
        return f"${letters(line)}{mark}"

    def beside(self, first: int, last: int, mark: str) -> str:
        return f"{letters(first)}{mark}:{letters(last)}{mark}"

    def heading(self, row: int, line: int) -> str:
        return f"{letters(line)}{row + 1}"

    def pick(self, block: str, number: str) -> str:
        return f"INDEX({block},{number})"

    def closing(self, line: int, fixed: bool) -> str:
        return f"{'$' if fixed else ''}{letters(line)}${self.mark(0)}"


class Across(Axis):
    """One column a period, one row a line, the same column on every sheet: how bankers' models and auditors read."""

    name, most, lines, headed = "fast", MOST_ROWS, "rows", True
    said = "One column a period, one row a line, one formula a row; no macros, no circular references."
    #: Period and payment date stand in the fourth and fifth row; group, name, unit and total in columns A to D.
    down, heads = 3, 4

    def place(self, row: int, column: int) -> tuple[int, int]:
        if row < SECTION_ROW:  # title and subtitle
            return row, column
        at = column + self.down
        if row == SECTION_ROW:  # its own row, above its first line
            return at - 1, 0
        if row == PATH_ROW:  # behind the last period and the empty column that a formula may read there
            return at, self.heads + self.periods + 2
        return at, row - GROUP_ROW if row < PATH_ROW else row - CLOSING + self.heads

    def mark(self, period: int) -> str:
        return letters(self.heads + period)

    def here(self, line: int, mark: str) -> str:
        return f"{mark}{line + self.down + 1}"

    def clock(self, line: int, mark: str) -> str:
        return f"{mark}${line + self.down + 1}"

    def beside(self, first: int, last: int, mark: str) -> str:
        return f"{self.here(first, mark)}:{self.here(last, mark)}"

    def heading(self, row: int, line: int) -> str:
        at, column = self.place(row, line)
        return f"{letters(column)}{at + 1}"

    def pick(self, block: str, number: str) -> str:
        return f"INDEX({block},1,{number})"

    def closing(self, line: int, fixed: bool) -> str:
        return f"${self.mark(0)}{'$' if fixed else ''}{line + self.down + 1}"


#: The layouts of a workbook by name.
AXES: dict[str, type[Axis]] = {axis.name: axis for axis in (Rows, Across)}
