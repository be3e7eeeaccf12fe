"""The sheets with periods: the lines along the axis, with three headers, unit, total and path."""

from __future__ import annotations

import numpy as np

from abs_struct.handoff.workbook.axis import (
    CLOSING,
    FIRST_COLUMN,
    GROUP_ROW,
    NAME_ROW,
    PATH_ROW,
    PAYMENT_DATE,
    PERIOD,
    SECTION_ROW,
    THIS,
    TOTAL_ROW,
    UNIT_ROW,
)
from abs_struct.handoff.workbook.book import Book, serial
from abs_struct.handoff.workbook.pages import classes
from abs_struct.handoff.workbook.period_sheet import PeriodSheet, period_page
from abs_struct.handoff.workbook.sheets import (
    ACCOUNTS,
    COHORTS,
    CURVES,
    POOL,
    TRIGGERS,
    WATERFALL,
    Column,
    node_of,
)

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
    sheet = period_page(book, name, TABS.get(name, TABS[WATERFALL]))
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
    last = max([column.index for column in columns], default=FIRST_COLUMN)
    owner = next((owner for owner, own in book.layout.classes.items() if own == name), None)
    if owner is not None:
        classes.figures(sheet, owner)
        classes.picture(sheet, owner, last)
    sheet.finish(last, 0 if owner is None else classes.CHART_ROWS)
    for column in columns:
        if column.path.startswith("triggers.") and column.line.unit == "flag":
            sheet.mark(CLOSING + 1, column.index, 1, "warn", rows=book.periods)


def axis(sheet: PeriodSheet) -> None:
    """Period and payment date: the curves hold the values, the other sheets link to them."""
    book, periods = sheet.book, sheet.book.periods
    for row, text in ((NAME_ROW, "Period"), (TOTAL_ROW, "Total")):
        sheet.text(row, PERIOD, text, "label")
    sheet.text(NAME_ROW, PAYMENT_DATE, "Payment date", "name")
    for column in (PERIOD, PAYMENT_DATE):
        sheet.text(PATH_ROW, column, "", "path")
    days = [serial(day) for day in book.result.dates]
    if sheet.name == CURVES:
        for at, day in enumerate(days):
            sheet.number(CLOSING + at, PERIOD, at, "number")
            sheet.number(CLOSING + at, PAYMENT_DATE, day, "date")
    else:
        for column, values, number in ((PERIOD, range(periods + 1), "number"), (PAYMENT_DATE, days, "date")):
            sheet.series(column, f"{CURVES}!{sheet.axis.here(column, THIS)}", values, number, "link")
    for period, pays in enumerate(sheet.book.result.schedule.pays, 1):
        if not pays:
            rule = {"type": "no_blanks", "format": sheet.book.styles.rule("quiet")}
            sheet.shade(CLOSING + period, PERIOD, CLOSING + period, PAYMENT_DATE, rule)


def years(sheet: PeriodSheet) -> None:
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


def headers(sheet: PeriodSheet, columns: list[Column]) -> None:
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
    sheet.groups(columns)
    band = None
    for column in columns:
        at = column.index
        if column.band and (column.band != band or not sheet.axis.headed):
            sheet.text(SECTION_ROW, at, column.band if column.band != band else "", "band")
        sheet.text(NAME_ROW, at, column.name, "name")
        sheet.text(UNIT_ROW, at, units.get(unit_of(sheet.book, column), ""), "unit")
        sheet.text(PATH_ROW, at, column.path, "path")
        band = column.band


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


def fill(sheet: PeriodSheet, column: Column) -> None:
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
        sheet.formula(CLOSING, at, sheet.axis.first(texts.text(opening)), float(values[0]), number)
    else:
        sheet.number(CLOSING, at, 0.0, number, "formula")
    node = node_of(book.trace, path)
    if node is None:
        for row in range(CLOSING + 1, CLOSING + 1 + book.periods):
            sheet.number(row, at, 0.0, number, "formula")
        return
    kind = "link" if node.op in {"line", "input"} else "formula"
    sheet.series(at, texts.text(node), values[1:].tolist(), number, kind, first=1)
    if column.line.kind in {"flow", "tally"} and number == "money" and column.line.name in SUMMED:
        ends = (sheet.axis.here(at, sheet.axis.mark(period)) for period in (1, book.periods))
        sheet.formula(TOTAL_ROW, at, f"SUM({':'.join(ends)})", float(np.cumsum(values[1:])[-1]), number, "total")


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
