"""Engine: the values of the run, pasted, to compare the live sheets with."""

from __future__ import annotations

from abs_struct.handoff.workbook.axis import CLOSING, FIRST_COLUMN, GROUP_ROW, NAME_ROW, PATH_ROW, PERIOD
from abs_struct.handoff.workbook.book import Book
from abs_struct.handoff.workbook.pages.periods import unit_of
from abs_struct.handoff.workbook.period_sheet import period_page
from abs_struct.handoff.workbook.sheets import ACCOUNTS, POOL, TRIGGERS, WATERFALL, Column

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
    """The place of each line along the axis."""
    return {column.path: at for at, column in enumerate(compared(book), FIRST_COLUMN)}


def write(book: Book) -> None:
    """The sheet."""
    sheet = period_page(book, ENGINE)
    sheet.title("Engine", "Values of the engine's run, pasted: they do not follow the inputs. Checks compares them.")
    sheet.text(NAME_ROW, PERIOD, "Period", "label")
    for period in range(book.periods + 1):
        sheet.number(CLOSING + period, PERIOD, period, "number")
    last, lines = ("", ""), places(book)
    for column in compared(book):
        at, begins = lines[column.path], (column.band, column.group) != last
        sheet.text(GROUP_ROW, at, column.group if begins else "", "group_start" if begins else "group")
        last = (column.band, column.group)
        sheet.text(NAME_ROW, at, column.name, "name")
        sheet.text(PATH_ROW, at, column.path, "path")
        style = book.styles("formula", unit_of(book, column))
        for row, value in enumerate(book.values(column.path).tolist(), CLOSING):
            sheet.worksheet.write_number(*sheet.axis.place(row, at), value, style)
    sheet.finish(max(lines.values()))
