"""The sheet of a class: above its lines what they come to, below them its payments as a chart."""

from __future__ import annotations

from abs_struct.handoff.workbook.axis import CLOSING, FIRST_COLUMN, letters
from abs_struct.handoff.workbook.book import NOT_AVAILABLE
from abs_struct.handoff.workbook.pages import charts
from abs_struct.handoff.workbook.period_sheet import PeriodSheet
from abs_struct.handoff.workbook.sheets import MEASURE_COLUMNS, NOTES_ROW, SUMMARY
from abs_struct.handoff.workbook.words import clean

#: The row of the figures, counted from 0; their labels and values stand in turn from the first period or line on.
FIGURES_ROW = 2
#: A measure of the class, its label and how it is printed.
FIGURES = (
    ("wal", "WAL, years", "life"),
    ("yield_", "Yield", "rate"),
    ("interest_shortfall", "Interest short", "money"),
    ("principal_shortfall", "Principal short", "money"),
)
#: So many rows a chart takes below the last period.
CHART_ROWS = 19


def figures(sheet: PeriodSheet, name: str) -> None:
    """What the lines of a class come to, as the summary works it out."""
    book, flat = sheet.book, sheet.flat
    first = sheet.axis.place(CLOSING, FIRST_COLUMN)[1]
    measures = book.result.note_measures[name]
    row = NOTES_ROW + 2 + list(book.result.terms.notes).index(name)
    for at, (measure, words, number) in enumerate(FIGURES):
        column, value = first + 2 * at, float(getattr(measures, measure))
        flat.text(FIGURES_ROW, column, words, "caption")
        shown = value if value == value else NOT_AVAILABLE
        cell = f"{SUMMARY}!{letters(MEASURE_COLUMNS[measure])}{row}"
        flat.formula(FIGURES_ROW, column + 1, cell, shown, number, "strong_right")


def picture(sheet: PeriodSheet, name: str, last: int) -> None:
    """Interest and principal of a class by payment date, below its table, whose last line this is."""
    book, found = sheet.book, sheet.book.result.note_measures[name]
    said = (
        f"Interest and principal that {book.labels[f'notes.{name}']} receives by payment date: "
        f"{book.result.terms.currency} {found.interest_paid:,.0f} and {found.principal_paid:,.0f} in all when written."
    )
    options = {"object_position": 1, "description": clean(said)}
    bottom, _ = sheet.axis.place(CLOSING + book.periods, last)
    sheet.worksheet.insert_chart(bottom + 2, 2, charts.payments(book, name), options)
