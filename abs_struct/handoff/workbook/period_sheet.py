"""A sheet with periods: written by the places of the frame, wherever the axis puts them."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import groupby
from math import ceil
from typing import Any

from abs_struct.handoff.workbook.axis import CLOSING, FIRST_COLUMN, GROUP_ROW, NAME_ROW, PATH_ROW, Axis
from abs_struct.handoff.workbook.book import MOST_CHARACTERS, Book, Sheet
from abs_struct.handoff.workbook.sheets import Column
from abs_struct.handoff.workbook.styles import GREY

WIDTH, MOST_LINES = 15, 6
ROW = 15
#: Group, name, unit and total, and the path behind the last period, where periods run across.
ACROSS, PATH_WIDTH = (32, 34, 8, 14), 60


@dataclass
class PeriodSheet(Sheet):
    """Rows and columns are those of the frame here; see `axis`."""

    @property
    def axis(self) -> Axis:
        """The direction of time."""
        return self.book.layout.axis

    @property
    def flat(self) -> Sheet:
        """The same sheet, written by the rows and columns that it has."""
        return Sheet(self.book, self.worksheet, self.name)

    def text(self, row: int, column: int, text: object, kind: str = "cell") -> None:
        super().text(*self.axis.place(row, column), text, self.kind(kind))

    def number(self, row: int, column: int, value: float, number: str, kind: str = "value") -> None:
        super().number(*self.axis.place(row, column), value, number, self.kind(kind))

    def formula(
        self, row: int, column: int, text: str, value: float | str, number: str = "", kind: str = "formula"
    ) -> None:
        super().formula(*self.axis.place(row, column), text, value, number, self.kind(kind))

    def kind(self, kind: str) -> str:
        """The kind of a heading as the axis needs it."""
        turned = f"{kind}_{self.axis.name}"
        return turned if self.book.styles.knows(turned) else kind

    def series(
        self, column: int, template: str, values: Any, number: str, kind: str = "formula", *, first: int = 0
    ) -> None:
        """One formula over the periods from `first` on, a template over {t}, {p} and {n}."""
        if len(template) >= MOST_CHARACTERS:
            self.formula(CLOSING + first, column, template, 0.0)
        write, style, axis = self.worksheet.write_formula, self.book.styles(kind, number), self.axis
        for period, value in enumerate(values, first):
            write(*axis.place(CLOSING + period, column), filled(template, axis.marks(period)), style, value)

    def shade(self, row: int, column: int, last_row: int, last_column: int, rule: dict[str, Any]) -> None:
        """A conditional format over a block of the frame."""
        first, last = self.axis.place(row, column), self.axis.place(last_row, last_column)
        self.worksheet.conditional_format(*first, *last, rule)

    def mark(self, row: int, column: int, value: float | str, kind: str, rows: int = 1) -> None:
        wanted = f'"{value}"' if isinstance(value, str) else value
        rule = {"type": "cell", "criteria": "==", "value": wanted, "format": self.book.styles.rule(kind)}
        self.shade(row, column, row + rows - 1, column, rule)

    def groups(self, columns: list[Column]) -> None:
        """What neighbouring lines belong to, over all of them, in as much room as the words need."""
        most, style = 1, self.book.styles(self.kind("group_start"))
        for (_, group), found in groupby(columns, key=lambda column: (column.band, column.group)):
            members = list(found)
            first, last = members[0].index, members[-1].index
            if last > first:
                ends = (*self.axis.place(GROUP_ROW, first), *self.axis.place(GROUP_ROW, last))
                self.worksheet.merge_range(*ends, "", style)
            self.text(GROUP_ROW, first, group, "group_start")
            if self.axis.headed:
                lines, rows = ceil(1.15 * len(group) / (ACROSS[0] - 2)), last - first + 1
                if lines > rows:
                    self.worksheet.set_row(self.axis.place(GROUP_ROW, last)[0], ROW * (1 + lines - rows))
            else:
                most = max(most, ceil(1.15 * len(group) / (WIDTH * (last - first + 1) - 2)))
        if not self.axis.headed:
            self.worksheet.set_row(GROUP_ROW, ROW * min(most, MOST_LINES))

    def finish(self, last: int, below: int = 0, first: int = 8, paths: int = 40) -> None:
        """Widths, frozen headings, and how the sheet prints.

        Parameters
        ----------
        last : the last line
        below : so many rows stand below the table
        first, paths : width of the first column and height of the last heading, where periods run down
        """
        worksheet, axis = self.worksheet, self.axis
        bottom, right = axis.place(CLOSING + axis.periods, last)
        if axis.headed:
            for at, width in enumerate(ACROSS):
                worksheet.set_column(at, at, width)
            worksheet.set_column(len(ACROSS), right, 12.5)
            worksheet.set_column(right + 1, right + 1, 2)
            worksheet.set_column(right + 2, right + 2, PATH_WIDTH)
        else:
            worksheet.set_column(0, 0, first)
            worksheet.set_column(1, 1, 12)
            worksheet.set_column(FIRST_COLUMN, last, WIDTH)
            worksheet.set_row(NAME_ROW, 42)
            worksheet.set_row(PATH_ROW, paths)
        row, column = axis.place(CLOSING, FIRST_COLUMN)
        worksheet.freeze_panes(row, column)
        worksheet.repeat_rows(0, row - 1)
        worksheet.repeat_columns(0, column - 1)
        worksheet.set_print_scale(50 if axis.headed else 60)
        worksheet.print_across()
        worksheet.print_area(0, 0, bottom + below, right)
        self.link(0, column + 4, "Contents")


def period_page(book: Book, name: str, colour: str = GREY) -> PeriodSheet:
    """A new sheet with periods."""
    sheet = book.page(name, colour)
    return PeriodSheet(book, sheet.worksheet, name)


def filled(template: str, marks: tuple[str, str, str]) -> str:
    """The template as the formula of a period.

    >>> filled("B{p}*2", ("10", "9", "11"))
    '=B9*2'
    """
    this, before, after = marks
    return "=" + template.replace("{t}", this).replace("{p}", before).replace("{n}", after)
