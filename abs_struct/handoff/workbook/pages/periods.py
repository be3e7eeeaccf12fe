"""The sheets with periods: one row a period, one column a line, three headers above."""

from __future__ import annotations

import math
from itertools import groupby

import numpy as np

from abs_struct.handoff.workbook.addresses import letters
from abs_struct.handoff.workbook.book import Book, Sheet, serial
from abs_struct.handoff.workbook.pages import classes
from abs_struct.handoff.workbook.sheets import (
    ACCOUNTS,
    COHORTS,
    CURVES,
    FIRST_COLUMN,
    FIRST_ROW,
    POOL,
    TRIGGERS,
    WATERFALL,
    Column,
    node_of,
)

SECTION_ROW, GROUP_ROW, NAME_ROW, UNIT_ROW, TOTAL_ROW, PATH_ROW = 2, 3, 4, 5, 6, 7
CLOSING = FIRST_ROW - 1
WIDTH, MOST_LINES = 15, 6
TITLES = {
    CURVES: ("Curves", "monthly rates from the assumptions; years are 30/360 values of the engine"),
    COHORTS: (
        "Cohorts",
        "loans of one group and age run off together; schedules are values, survival is live",
    ),
    POOL: ("Pool", "the cohorts added up, losses and collections"),
    WATERFALL: (
        "Waterfall",
        "every payment in its order: what is due, what is paid, what is left for the next",
    ),
    ACCOUNTS: ("Accounts and fees", "fees, accounts, determined amounts, residual and the deal in total"),
    TRIGGERS: ("Triggers", "the tested value, its level, the headroom and whether the trigger is in effect"),
}
TABS = {
    CURVES: "#56B4E9",
    COHORTS: "#56B4E9",
    POOL: "#56B4E9",
    WATERFALL: "#0072B2",
    ACCOUNTS: "#0072B2",
    TRIGGERS: "#0072B2",
}
YEARS_FOR_LIVES, YEARS_FOR_YIELDS = 2, 3


def write(book: Book, name: str) -> None:
    """One sheet with all its lines."""
    sheet = book.page(name, TABS.get(name, TABS[WATERFALL]))
    title, subtitle = TITLES.get(name, (name, "balance, interest and principal of the class"))
    quarterly = "" if book.result.schedule.pay_every_month else " Months in grey have no payment date."
    sheet.title(title, f"{book.result.terms.name}: {subtitle}. Amounts in {book.result.terms.currency}.{quarterly}")
    axis(sheet)
    if name == CURVES:
        years(sheet)
    columns = book.layout.on(name)
    headers(sheet, columns)
    for column in columns:
        fill(sheet, column)
    owner = next((owner for owner, own in book.layout.classes.items() if own == name), None)
    if owner is not None:
        classes.figures(sheet, owner)
        classes.picture(sheet, owner)
    finish(sheet, columns, 0 if owner is None else classes.CHART_ROWS)


def axis(sheet: Sheet) -> None:
    """Columns A and B: period and payment date; the curves hold the values, the other sheets link to them."""
    book, periods = sheet.book, sheet.book.periods
    for row, text in ((NAME_ROW, "Period"), (TOTAL_ROW, "Total")):
        sheet.text(row, 0, text, "label")
    sheet.text(NAME_ROW, 1, "Payment date", "name")
    sheet.text(PATH_ROW, 0, "", "path")
    sheet.text(PATH_ROW, 1, "", "path")
    days = [serial(day) for day in book.result.dates]
    if sheet.name == CURVES:
        for at, day in enumerate(days):
            sheet.number(CLOSING + at, 0, at, "number")
            sheet.number(CLOSING + at, 1, day, "date")
    else:
        sheet.series(CLOSING, 0, f"{CURVES}!A{{t}}", range(periods + 1), "number", "link")
        sheet.series(CLOSING, 1, f"{CURVES}!B{{t}}", days, "date", "link")
    for period, pays in enumerate(sheet.book.result.schedule.pays, 1):
        if not pays:
            rule = {"type": "no_blanks", "format": sheet.book.styles.rule("quiet")}
            sheet.worksheet.conditional_format(CLOSING + period, 0, CLOSING + period, 1, rule)


def years(sheet: Sheet) -> None:
    """The two year columns: for weighted average lives, and for yields."""
    measures = sheet.book.result.measures
    named = (
        (YEARS_FOR_LIVES, "Years for lives", measures.years),
        (YEARS_FOR_YIELDS, "Years from closing", measures.years_from_closing),
    )
    for column, name, values in named:
        sheet.text(GROUP_ROW, column, "Time" if column == YEARS_FOR_LIVES else "", "group")
        sheet.text(NAME_ROW, column, name, "name")
        sheet.text(UNIT_ROW, column, "years", "unit")
        sheet.text(PATH_ROW, column, "", "path")
        sheet.number(CLOSING, column, 0.0, "years")
        for at, value in enumerate(values, CLOSING + 1):
            sheet.number(at, column, float(value), "years")


def headers(sheet: Sheet, columns: list[Column]) -> None:
    """Section, clause or thing, line, unit and path above each column."""
    currency = sheet.book.result.terms.currency
    units = {
        "money": currency,
        "rate": "%",
        "flag": "0 or 1",
        "factor": "factor",
        "number": "number",
        "years": "years",
        "date": "date",
    }
    groups(sheet, columns)
    band = None
    for column in columns:
        at = column.index
        if column.band:
            sheet.text(SECTION_ROW, at, column.band if column.band != band else "", "band")
        sheet.text(NAME_ROW, at, column.name, "name")
        sheet.text(UNIT_ROW, at, units.get(unit_of(sheet.book, column), ""), "unit")
        sheet.text(PATH_ROW, at, column.path, "path")
        band = column.band


def groups(sheet: Sheet, columns: list[Column]) -> None:
    """What neighbouring columns belong to, over all of them, in as many lines as the words need."""
    lines = 1
    for (_, group), found in groupby(columns, key=lambda column: (column.band, column.group)):
        members = list(found)
        first, last = members[0].index, members[-1].index
        if last > first:
            style = sheet.book.styles("group_start")
            sheet.worksheet.merge_range(GROUP_ROW, first, GROUP_ROW, last, "", style)
        sheet.text(GROUP_ROW, first, group, "group_start")
        lines = max(lines, math.ceil(1.15 * len(group) / (WIDTH * (last - first + 1) - 2)))
    sheet.worksheet.set_row(GROUP_ROW, 15 * min(lines, MOST_LINES))


def unit_of(book: Book, column: Column) -> str:
    """How a line is printed; the lines of a trigger as the thing that it tests."""
    unit: str = column.line.unit
    owner, _, name = column.path.rpartition(".")
    if owner.startswith("triggers.") and name in {"value", "level", "headroom"}:
        terms = book.result.terms.triggers[owner.removeprefix("triggers.")]
        if terms.above is None and terms.below is None:
            return "flag"
        return "money" if float(np.abs(book.values(column.path)).max()) > 1_000.0 else "rate"
    return unit


def fill(sheet: Sheet, column: Column) -> None:
    """The opening formula, then one formula a period; data lines as values."""
    book, at, path = sheet.book, column.index, column.path
    values = book.values(path)
    number = unit_of(book, column)
    if not column.live:
        for row, value in enumerate(values.tolist(), CLOSING):
            sheet.number(row, at, value, number)
        return
    texts = book.texts(sheet.name)
    opening = book.trace.openings.get(path)
    if opening is not None:
        sheet.formula(CLOSING, at, texts.text(opening).replace("{t}", str(FIRST_ROW)), float(values[0]), number)
    else:
        sheet.number(CLOSING, at, 0.0, number, "formula")
    node = node_of(book.trace, path)
    if node is None:
        for row in range(CLOSING + 1, CLOSING + 1 + book.periods):
            sheet.number(row, at, 0.0, number, "formula")
        return
    kind = "link" if node.op in {"line", "input"} else "formula"
    sheet.series(CLOSING + 1, at, texts.text(node), values[1:].tolist(), number, kind)
    if column.line.kind in {"flow", "tally"} and number == "money" and column.line.name in SUMMED:
        letter = letters(at)
        span = f"{letter}{FIRST_ROW + 1}:{letter}{book.addresses.last_row}"
        sheet.formula(TOTAL_ROW, at, f"SUM({span})", float(np.cumsum(values[1:])[-1]), number, "total")
        book.totals[path] = f"${letter}${TOTAL_ROW + 1}"


#: Flows whose sum over time means something.
SUMMED = {
    "paid",
    "interest_paid",
    "principal_paid",
    "interest_due",
    "interest",
    "scheduled_principal",
    "prepaid",
    "defaulted",
    "recovered",
    "liquidated",
    "collections",
    "principal_collections",
    "net_loss",
    "paid_in",
    "released",
    "call_proceeds",
    "advanced_principal",
    "advanced_interest",
    "prepayment_cut",
    "target_default",
    "purchased",
    "capitalised",
    "interest_lost",
    "advanced",
    "written_down",
    "written_up",
    "pdl_debited",
    "pdl_cured",
    "received",
    "drawn",
    "repaid",
    "earned",
    "net_due",
    "termination_due",
    "termination_paid",
}


def finish(sheet: Sheet, columns: list[Column], below: int) -> None:
    """Widths, frozen headers, and how the sheet prints; so many rows stand below the last period."""
    worksheet = sheet.worksheet
    last = max([column.index for column in columns], default=FIRST_COLUMN)
    worksheet.set_column(0, 0, 8)
    worksheet.set_column(1, 1, 12)
    worksheet.set_column(FIRST_COLUMN, last, WIDTH)
    worksheet.set_row(NAME_ROW, 42)
    worksheet.set_row(PATH_ROW, 40)
    worksheet.freeze_panes(CLOSING, FIRST_COLUMN)
    worksheet.repeat_rows(0, PATH_ROW)
    for column in columns:
        if column.path.startswith("triggers.") and column.line.unit == "flag":
            sheet.mark(CLOSING + 1, column.index, 1, "warn", rows=sheet.book.periods)
    worksheet.repeat_columns(0, FIRST_COLUMN - 1)
    worksheet.set_print_scale(60)
    worksheet.print_across()
    worksheet.print_area(0, 0, CLOSING + sheet.book.periods + below, last)
    worksheet.write_url(0, FIRST_COLUMN + 4, "internal:'Contents'!A1", sheet.book.styles("url"), "Contents")
