"""Engine: the values of the run, pasted, to compare the live sheets with."""

from __future__ import annotations

from abs_struct.handoff.workbook.book import Book
from abs_struct.handoff.workbook.pages.periods import CLOSING, GROUP_ROW, NAME_ROW, PATH_ROW, unit_of
from abs_struct.handoff.workbook.sheets import (
    ACCOUNTS,
    FIRST_COLUMN,
    POOL,
    TRIGGERS,
    WATERFALL,
    Column,
)

ENGINE = "Engine"


def compared(book: Book) -> list[Column]:
    """The lines that are held against the engine: all but cohorts and curves, and of clauses what is paid."""
    found, own = [], {POOL, ACCOUNTS, TRIGGERS, *book.layout.classes.values()}
    for column in (c for name in book.layout.sheets for c in book.layout.on(name)):
        clause = column.sheet == WATERFALL and column.line.name == "paid"
        if column.live and (column.sheet in own or clause):
            found.append(column)
    return found


def places(book: Book) -> dict[str, int]:
    """The column of each line on the sheet."""
    return {column.path: at for at, column in enumerate(compared(book), FIRST_COLUMN)}


def write(book: Book) -> None:
    """The sheet."""
    sheet = book.page(ENGINE)
    sheet.title("Engine", "Values of the engine's run, pasted: they do not follow the inputs. Checks compares them.")
    sheet.text(NAME_ROW, 0, "Period", "label")
    sheet.text(NAME_ROW, 1, "", "name")
    for period in range(book.periods + 1):
        sheet.number(CLOSING + period, 0, period, "number")
    last = ("", "")
    for at, column in enumerate(compared(book), FIRST_COLUMN):
        begins = (column.band, column.group) != last
        sheet.text(GROUP_ROW, at, column.group if begins else "", "group_start" if begins else "group")
        last = (column.band, column.group)
        sheet.text(NAME_ROW, at, column.name, "name")
        sheet.text(PATH_ROW, at, column.path, "path")
        style = book.styles("formula", unit_of(book, column))
        for row, value in enumerate(book.values(column.path).tolist(), CLOSING):
            sheet.worksheet.write_number(row, at, value, style)
    sheet.worksheet.set_column(0, 0, 8)
    sheet.worksheet.set_column(1, 1, 2)
    sheet.worksheet.set_column(FIRST_COLUMN, FIRST_COLUMN + len(compared(book)), 15)
    sheet.worksheet.set_row(NAME_ROW, 42)
    sheet.worksheet.set_row(PATH_ROW, 40)
    sheet.worksheet.freeze_panes(CLOSING, FIRST_COLUMN)
    sheet.worksheet.set_print_scale(60)
    sheet.worksheet.repeat_rows(0, PATH_ROW)
    sheet.link(0, 6, "Contents")
