"""Source: the deal and its pool, packed, by which `abs-struct check` computes the workbook again."""

from __future__ import annotations

from abs_struct.handoff.workbook.book import Book
from abs_struct.handoff.workbook.source import packed

SOURCE = "Source"
#: Rows are counted from 1; the packed texts stand from here on.
FIRST = 4


def write(book: Book) -> None:
    """The sheet, hidden: nobody reads it but the program."""
    sheet = book.page(SOURCE)
    sheet.title("Source", "The deal and its pool, packed: `abs-struct check` computes the workbook again from here.")
    for row, text in enumerate(packed(book.result, book.scenarios, book.layout.axis.name), FIRST - 1):
        sheet.text(row, 0, text)
    sheet.widths(60)
    sheet.worksheet.hide()
