"""Sheets of values: one look, one way to write a text, and print set-up, for every workbook that shows numbers.

The live workbook has cells of its own (every one a formula); what it shares with these is the look.
"""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from itertools import groupby
from pathlib import Path
from typing import Any

from abs_struct.handoff.files import plain_text
from abs_struct.handoff.workbook.styles import (
    BAND,
    BASE,
    GREEN,
    GREY,
    HAIRLINE,
    KINDS,
    NAVY,
    NUMBER_FORMATS,
    RED,
    Styles,
)

A3, A4 = 8, 9
EPOCH = date(1899, 12, 30)
NOT_AVAILABLE = "n/a"
#: One date in every file, so that the same run gives the same bytes.
CREATED = datetime(2020, 1, 1)
NUMBERS = NUMBER_FORMATS | {
    "share": "0.00%",
    "fine": "0.0000%",
    "whole": "0",
    "count": '#,##0;-#,##0;"-"',
    "factor": '[>=0.000000005]0.00000000;"-"',
    "points": '[>=0.005]0.00;"-"',
    "per_unit": '[>=0.0000005]#,##0.000000;"-"',
    "per_hundred": '[>=0.00005]#,##0.0000;"-"',
}
MORE_KINDS: dict[str, dict[str, Any]] = {
    "plain": {},
    "group_words": {"bold": True, "font_color": NAVY, "bg_color": BAND, "text_wrap": True, "valign": "bottom",
                    "left": 1, "left_color": "#FFFFFF"},
    "big": {"bold": True, "font_size": 24, "font_color": NAVY},
    "lead": {"font_size": 12, "font_color": GREY},
    "key": {"font_color": GREY, "bottom": 1, "bottom_color": HAIRLINE, "valign": "top"},
    "code": {"font_name": "Consolas", "font_size": 9, "bottom": 1, "bottom_color": HAIRLINE},
    "passed": {"bold": True, "font_size": 12, "font_color": "#FFFFFF", "bg_color": "#00703C", "indent": 1},
    "failed": {"bold": True, "font_size": 12, "font_color": "#FFFFFF", "bg_color": RED, "indent": 1},
    "pass": {"bold": True, "font_color": GREEN, "indent": 1, "bottom": 1, "bottom_color": HAIRLINE},
    "fail": {"bold": True, "font_color": "#FFFFFF", "bg_color": RED, "indent": 1},
    "header_name": {"bold": True, "font_color": "#FFFFFF", "bg_color": NAVY, "text_wrap": True, "valign": "bottom"},
    "header_number": {"bold": True, "font_color": "#FFFFFF", "bg_color": NAVY, "text_wrap": True, "align": "right",
                      "valign": "bottom"},
}  # fmt: skip
ENDINGS: dict[str, dict[str, Any]] = {">": {"align": "right"}, ".": {"align": "left", "indent": 1}}


class Look(Styles):
    """Formats of a workbook of values; a kind may end in `>` (to the right) or `.` (indented)."""

    def __call__(self, kind: str, number: str = "") -> Any:
        """The format of a kind of cell with a number format by name."""
        key = (kind, number)
        if key not in self.made:
            given = BASE | (KINDS | MORE_KINDS)[kind.rstrip(">.")] | ENDINGS.get(kind[-1], {})
            self.made[key] = self.workbook.add_format(given | ({"num_format": NUMBERS[number]} if number else {}))
        return self.made[key]


@dataclass(frozen=True)
class Column:
    """One column of a table: its title, how its values print, and whether they are added up."""

    title: str
    number: str
    values: Sequence[Any]
    total: bool = False
    group: str = ""
    width: float = 13.5


@dataclass
class Paper:
    """A workbook on its way: its look, and what stands on every printed page."""

    workbook: Any
    look: Look
    stamp: str = ""
    draft: str = ""
    names: dict[str, str] = field(default_factory=dict)
    sheets: dict[str, Sheet] = field(default_factory=dict)

    def sheet(
        self, title: str, widths: Sequence[float] = (), *, colour: str = NAVY, size: int = A4, wide: int = 1
    ) -> Sheet:
        """A new sheet, ready to print: landscape, `wide` pages across, a footer with deal, sheet and page."""
        name = self.name_of(title)
        worksheet = self.workbook.add_worksheet(name)
        worksheet.set_tab_color(colour)
        worksheet.hide_gridlines(2)
        worksheet.set_landscape()
        worksheet.set_paper(size)
        worksheet.set_margins(left=0.5, right=0.5, top=0.6, bottom=0.7)
        worksheet.fit_to_pages(wide, 0)
        stamp = plain_text(self.stamp).replace("&", "&&")
        worksheet.set_footer(f"&L&8&K767676{stamp[:120]}&R&8&K767676&A - page &P of &N")
        if self.draft:
            worksheet.set_header(f"&C&B&12&KB00020{self.draft}")
        for at, width in enumerate(widths):
            worksheet.set_column(at, at, width)
        self.sheets[title] = Sheet(self, worksheet, name)
        return self.sheets[title]

    def name_of(self, title: str) -> str:
        """A name that a sheet may have, unlike all others."""
        clean = re.sub(r"[\[\]:*?/\\]", "-", plain_text(title)).strip().strip("'")[:31] or "Sheet"
        name, n = clean, 2
        while name.lower() in {known.lower() for known in self.names.values()}:
            name, n = f"{clean[:27]} ({n})", n + 1
        self.names[title] = name
        return name


@dataclass
class Sheet:
    """One sheet; rows and columns are counted from 0."""

    paper: Paper
    worksheet: Any
    name: str
    columns: dict[tuple[str, str], int] = field(default_factory=dict)  # group and title -> column of its series
    first_row: int = 0  # of its series

    def text(self, row: int, column: int, text: object, kind: str = "cell") -> None:
        """A text: the one way in which words reach a sheet, never read as a formula, a number or a link."""
        self.worksheet.write_string(row, column, plain_text(text), self.paper.look(kind))

    def number(self, row: int, column: int, value: float | None, number: str, kind: str = "cell") -> None:
        """A number, or n/a."""
        if value is None or not math.isfinite(value):
            self.text(row, column, NOT_AVAILABLE, f"{kind}>")
        else:
            self.worksheet.write_number(row, column, float(value), self.paper.look(kind, number))

    def day(self, row: int, column: int, day: date | None, kind: str = "cell") -> None:
        """A date, or a dash."""
        if day is None:
            self.text(row, column, "-", kind)
        else:
            self.number(row, column, (day - EPOCH).days, "date", kind)

    def cell(self, row: int, column: int, value: Any, number: str, kind: str = "cell") -> None:
        """A value by its kind: blank, text, date or number."""
        if value is None:
            self.worksheet.write_blank(row, column, None, self.paper.look(kind))
        elif isinstance(value, date):
            self.day(row, column, value, kind)
        elif isinstance(value, str):
            self.text(row, column, value, {"text": kind, "words": f"{kind}."}.get(number, f"{kind}>"))
        else:
            self.number(row, column, value, number, kind)

    def link(self, row: int, column: int, title: str, text: str = "", kind: str = "url") -> None:
        """A link to another sheet of this workbook."""
        name = self.paper.names.get(title) or re.sub(r"[\[\]:*?/\\]", "-", title)[:31]
        quoted = name.replace("'", "''")
        self.worksheet.write_url(
            row, column, f"internal:'{quoted}'!A1", self.paper.look(kind), plain_text(text or title)
        )

    def title(self, title: str, subtitle: str = "") -> None:
        """The title in A1 and what the sheet shows below it."""
        self.worksheet.set_row(0, 24)
        self.text(0, 0, title, "title")
        if subtitle:
            self.text(1, 0, subtitle, "subtitle")

    def header(self, row: int, words: Sequence[str], left: int | Sequence[int] = 1, height: float | None = None) -> int:
        """The header of a table; the columns up to `left` hold words, the others numbers. Gives the next row."""
        lefts = set(range(left)) if isinstance(left, int) else set(left)
        for at, word in enumerate(words):
            kind = "header_name" if at in lefts else "header_number"
            self.text(row, at, word, "header_name." if at in lefts and at - 1 not in lefts and at else kind)
        if height is not None:
            self.worksheet.set_row(row, height)
        return row + 1

    def rows(self, row: int, rows: Sequence[Sequence[Any]], numbers: Sequence[str], kind: str = "cell") -> int:
        """Rows of values under their number formats. Gives the next row."""
        for values in rows:
            for at, (value, number) in enumerate(zip(values, numbers, strict=True)):
                self.cell(row, at, value, number, kind)
            row += 1
        return row

    def series(self, row: int, columns: Sequence[Column], keys: int = 2) -> tuple[int, int]:
        """A table by period: groups, header, rows, totals; frozen and repeated on every page. Gives first, last row."""
        from xlsxwriter.utility import xl_rowcol_to_cell

        for at, column in enumerate(columns):
            self.worksheet.set_column(at, at, column.width)
            self.columns[column.group, column.title] = at
        head = row
        if any(column.group for column in columns):
            self.groups(row, columns)
            head = row + 1
        longest = max(len(column.title) / max(column.width - 2.0, 1.0) for column in columns)
        self.header(head, [column.title for column in columns], 0, 15.0 * max(2, math.ceil(longest)))
        first, count = head + 1, len(columns[0].values)
        self.first_row = first
        for at, column in enumerate(columns):
            for k, value in enumerate(column.values):
                self.cell(first + k, at, value, column.number)
        last = first + count - 1
        if any(column.total for column in columns):
            for at, column in enumerate(columns):
                if column.total:
                    cells = f"{xl_rowcol_to_cell(first, at)}:{xl_rowcol_to_cell(last, at)}"
                    style = self.paper.look("total", column.number)
                    self.worksheet.write_formula(last + 1, at, f"=SUM({cells})", style, added(column.values))
                else:
                    self.text(last + 1, at, "Total" if at == 0 else "", "total")
        self.worksheet.repeat_rows(row, head)
        self.worksheet.repeat_columns(0, keys - 1)
        self.freeze(first, keys)
        return first, last

    def groups(self, row: int, columns: Sequence[Column]) -> None:
        """Words over neighbouring columns, in as many lines as they need."""
        lines, at = 1, 0
        for group, members in groupby(columns, key=lambda column: column.group):
            size, width = 0, 0.0
            for column in members:
                size, width = size + 1, width + column.width
            if size > 1 and group:
                self.worksheet.merge_range(row, at, row, at + size - 1, "", self.paper.look("group_words"))
            self.text(row, at, group, "group_words" if group else "plain")
            lines, at = max(lines, math.ceil(1.15 * len(group) / max(width - 2.0, 1.0))), at + size
        self.worksheet.set_row(row, 15.0 * lines)

    def freeze(self, row: int, column: int) -> None:
        """Keep what lies above and to the left in sight."""
        self.worksheet.freeze_panes(row, column)

    def shade(self, first_row: int, first_column: int, last_row: int, last_column: int) -> None:
        """Shade cells by value, low to high, in a scale that every eye can read."""
        scale = {"type": "2_color_scale", "min_color": "#FFFFFF", "max_color": "#9CC3E6"}
        self.worksheet.conditional_format(first_row, first_column, last_row, last_column, scale)


def added(values: Sequence[Any]) -> float:
    """The sum of a column, in order."""
    total = 0.0
    for value in values:
        total += value if value is not None else 0.0
    return total


def new_workbook(draft: Path, title: str, subject: str, comments: str = "", stamp: str = "") -> tuple[Any, Paper]:
    """A workbook in which no text is ever taken for a formula, a link or a number; and its paper."""
    from abs_struct.core.xlsx import Xlsx

    workbook = Xlsx(draft)
    workbook.set_properties(
        {
            "title": plain_text(title),
            "subject": subject,
            "author": "abs_struct",
            "created": CREATED,
            "comments": comments,
        }
    )
    workbook.set_size(2400, 1500)
    return workbook, Paper(workbook, Look(workbook), stamp or plain_text(title))
