"""Scenarios: what the engine found for every column of the assumptions, and its inputs, as written."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import numpy as np

from abs_struct.handoff.workbook.axis import letters
from abs_struct.handoff.workbook.book import NOT_AVAILABLE, Book
from abs_struct.handoff.workbook.scenarios import measured, spread
from abs_struct.handoff.workbook.words import input_label

SCENARIOS = "Scenarios"
#: Rows and columns are counted from 0; the first measure of the first class stands here.
HEADER, FIRST, FIRST_COLUMN = 4, 5, 2
#: The measures of a class: the method that gives it, its name, how it is printed.
MEASURES = (
    ("wal", "WAL, years", "life"),
    ("yield_", "Yield", "rate"),
    ("interest_shortfall", "Interest short", "money"),
    ("principal_shortfall", "Principal short", "money"),
)


def measures(book: Book) -> Iterator[tuple[str, str, str, str, int]]:
    """The rows: class, method, name of the measure, how it is printed, and the row."""
    row = FIRST
    for name in book.result.terms.notes:
        for method, words, number in MEASURES:
            yield name, method, words, number, row
            row += 1


def input_row(book: Book, row: int) -> int:
    """The row of an input here, from its row in the assumptions, counted from 1: both stand in the same order."""
    heading = min(book.addresses.inputs.values()) - 1
    return FIRST + len(MEASURES) * len(book.result.terms.notes) + 2 + row - heading


def values_range(book: Book, row: int) -> str:
    """A row of values, one a scenario, as another sheet names it."""
    last = letters(FIRST_COLUMN + len(book.scenarios.columns) - 1)
    return f"{SCENARIOS}!${letters(FIRST_COLUMN)}{row + 1}:${last}{row + 1}"


def write(book: Book, formats: Mapping[str, str]) -> None:
    """The sheet: values, since they are to stay what they were. `formats` says how each input is printed."""
    sheet, found = book.page(SCENARIOS, "#009E73"), measured(book.result, book.scenarios)
    names = book.scenarios.names
    last = FIRST_COLUMN + len(names)
    sheet.title(
        "Scenarios",
        f"{book.result.terms.name}: what the engine found for each scenario, and its inputs, when the workbook was "
        f"written. Amounts in {book.result.terms.currency}.",
    )
    text = f"Left out: {'; '.join(book.scenarios.left_out)}" if book.scenarios.left_out else ""
    sheet.text(2, 0, text, "subtitle")
    sheet.headers(HEADER, ("Class", "Measure", *names), range(FIRST_COLUMN, last))
    for name, method, words, number, row in measures(book):
        values = spread(getattr(found, method)(name), len(names))
        sheet.text(row, 0, book.labels[f"notes.{name}"] if method == MEASURES[0][0] else "", "strong")
        sheet.text(row, 1, words)
        for at, value in enumerate(values, FIRST_COLUMN):
            if np.isfinite(value):
                sheet.number(row, at, value, number, "cell")
            else:
                sheet.text(row, at, NOT_AVAILABLE, "cell_right")
    rows = {path: input_row(book, row) for path, row in book.addresses.inputs.items()}
    sheet.headers(min(rows.values()) - 1, ("Input", "Field of the deal file", *names), range(FIRST_COLUMN, last))
    for path, row in rows.items():
        base = float(book.trace.program.inputs[path])
        sheet.text(row, 0, input_label(path, book.labels))
        sheet.text(row, 1, path)
        for at, value in enumerate(book.scenarios.values(path, base), FIRST_COLUMN):
            sheet.number(row, at, value, formats[path], "strong" if value != base else "cell")
    sheet.widths(44, 40, *(16 for _ in names))
    for header in (HEADER, min(rows.values()) - 1):
        sheet.worksheet.set_row(header, 30)
    sheet.worksheet.freeze_panes(HEADER + 1, FIRST_COLUMN)
    sheet.worksheet.fit_to_pages(1, 0)
    sheet.worksheet.repeat_rows(HEADER)
    sheet.link(0, FIRST_COLUMN + 2, "Contents")
