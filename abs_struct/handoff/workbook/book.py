"""The book: writing cells. Texts stay texts, and every formula carries the value that the engine gives it."""

from __future__ import annotations

import math
from collections.abc import Container, Iterable
from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from abs_struct.core.findings import AbsStructError
from abs_struct.handoff.workbook.addresses import Addresses
from abs_struct.handoff.workbook.formulas import FormulaText
from abs_struct.handoff.workbook.scenarios import Scenarios
from abs_struct.handoff.workbook.sheets import Layout
from abs_struct.handoff.workbook.styles import GREY, Styles
from abs_struct.handoff.workbook.words import clean
from abs_struct.waterfall.trace import Trace

if TYPE_CHECKING:
    from abs_struct.deal.result import Result

MOST_CHARACTERS = 8_192
NOT_AVAILABLE = "n/a"
EPOCH = date(1899, 12, 30)
LETTER = 1  # paper sizes as spreadsheets number them
A4 = 9


def serial(day: date) -> int:
    """A date as spreadsheets count it.

    >>> serial(date(2027, 1, 20))
    46407
    """
    return (day - EPOCH).days


@dataclass
class Book:
    """One workbook on its way: the file, the run it shows, and where everything stands."""

    workbook: Any
    result: Result
    trace: Trace
    layout: Layout
    addresses: Addresses
    styles: Styles
    labels: dict[str, str]
    scenarios: Scenarios
    sheets: dict[str, Any] = field(default_factory=dict)

    @property
    def periods(self) -> int:
        """Number of payment periods."""
        return self.trace.program.periods

    def values(self, path: str) -> NDArray[np.float64]:
        """What the engine gave a line, (T + 1,); its constant value where the line is one."""
        return self.result.lines[path]

    def texts(self, sheet: str) -> FormulaText:
        """The writer of formulas for one sheet."""
        return FormulaText(self.addresses, sheet)

    def page(self, name: str, colour: str = GREY) -> Sheet:
        """A new sheet."""
        worksheet = self.workbook.add_worksheet(name)
        worksheet.set_tab_color(colour)
        worksheet.hide_gridlines(2)
        worksheet.set_default_row(15)
        worksheet.set_landscape()
        worksheet.set_paper(A4)
        worksheet.set_margins(left=0.5, right=0.5, top=0.6, bottom=0.7)
        stamp = (self.result.document.sha256 or "")[:12]
        title = clean(self.result.terms.name).replace("&", "&&")
        worksheet.set_footer(f"&L&8{title}&C&8&A - page &P of &N&R&8deal file {stamp}")
        self.sheets[name] = worksheet
        return Sheet(self, worksheet, name)


@dataclass
class Sheet:
    """One sheet; rows and columns are counted from 0 here, as the writer of the file counts them."""

    book: Book
    worksheet: Any
    name: str

    def text(self, row: int, column: int, text: object, kind: str = "cell") -> None:
        """A text, never read as a formula or a link."""
        self.worksheet.write_string(row, column, clean(text), self.book.styles(kind))

    def texts(self, row: int, column: int, found: Iterable[object], kind: str = "cell") -> None:
        """Texts side by side."""
        for at, text in enumerate(found, column):
            self.text(row, at, text, kind)

    def number(self, row: int, column: int, value: float, number: str, kind: str = "value") -> None:
        """A number that stands by itself."""
        if math.isfinite(value):
            self.worksheet.write_number(row, column, value, self.book.styles(kind, number))
        else:
            self.text(row, column, NOT_AVAILABLE, kind)

    def day(self, row: int, column: int, day: date | None, kind: str = "cell") -> None:
        """A date that stands by itself."""
        if day is None:
            self.text(row, column, "", kind)
        else:
            self.number(row, column, serial(day), "date", kind)

    def formula(
        self, row: int, column: int, text: str, value: float | str, number: str = "", kind: str = "formula"
    ) -> None:
        """A formula without its `=`, with the value that it has now."""
        if len(text) >= MOST_CHARACTERS:
            raise AbsStructError(
                f"the formula of {self.name}, row {row + 1}, column {column + 1} has {len(text):,} characters and a "
                f"spreadsheet takes {MOST_CHARACTERS:,}; split the amount into named amounts"
            )
        cached = value if isinstance(value, str) or math.isfinite(value) else NOT_AVAILABLE
        self.worksheet.write_formula(row, column, f"={text}", self.book.styles(kind, number), cached)

    def link(self, row: int, column: int, sheet: str, text: str = "", kind: str = "url") -> None:
        """A link to a sheet of this workbook."""
        self.worksheet.write_url(row, column, f"internal:'{sheet}'!A1", self.book.styles(kind), text or sheet)

    def title(self, title: str, subtitle: str) -> None:
        """The first two rows: what the sheet is, and the way back."""
        self.text(0, 0, title, "title")
        self.text(1, 0, subtitle, "subtitle")
        self.worksheet.set_row(0, 24)

    def mark(self, row: int, column: int, value: float | str, kind: str, rows: int = 1) -> None:
        """Show cells in another format while they hold a value."""
        wanted = f'"{value}"' if isinstance(value, str) else value
        rule = {"type": "cell", "criteria": "==", "value": wanted, "format": self.book.styles.rule(kind)}
        self.worksheet.conditional_format(row, column, row + rows - 1, column, rule)

    def headers(self, row: int, names: Iterable[str], numbers: Container[int]) -> None:
        """A header row; the headers of numbers stand on the right."""
        for at, name in enumerate(names):
            self.text(row, at, name, "header_number" if at in numbers else "header")

    def widths(self, *widths: float) -> None:
        """Column widths from the left."""
        for at, width in enumerate(widths):
            self.worksheet.set_column(at, at, width)
