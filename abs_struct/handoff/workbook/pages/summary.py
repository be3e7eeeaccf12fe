"""Summary: the classes, the pool, the residual and the triggers on one page, with charts; every number is live."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np

from abs_struct.deal.summary import note_words
from abs_struct.handoff.workbook.axis import PAYMENT_DATE, letters
from abs_struct.handoff.workbook.book import NOT_AVAILABLE, Book, Sheet, serial
from abs_struct.handoff.workbook.pages import charts
from abs_struct.handoff.workbook.pages.assumptions import changed, chosen
from abs_struct.handoff.workbook.pages.checks import MASTER, NOT_PASSED, PASSED
from abs_struct.handoff.workbook.pages.periods import YEARS_FOR_LIVES
from abs_struct.handoff.workbook.pages.yields import PRICE
from abs_struct.handoff.workbook.scenarios import BASE
from abs_struct.handoff.workbook.sheets import CURVES, MEASURE_COLUMNS, NOTES_ROW, SUMMARY

if TYPE_CHECKING:
    from abs_struct.deal.result import Result

CLASSES = (
    "Class",
    "Rating",
    "Balance at closing",
    "Of the pool",
    "Coupon",
    "Enhancement",
    "WAL, years",
    "Yield",
    "Interest paid",
    "Principal paid",
    "Interest short",
    "Principal short",
    "First principal",
    "Last principal",
    "Coupon terms",
)
#: Columns of lives and yields, counted from 0.
LIFE_COLUMN, YIELD_COLUMN = MEASURE_COLUMNS["wal"], MEASURE_COLUMNS["yield_"]
#: Where a trigger's name stands; its first breach, periods active and least headroom in the second to fourth behind.
TRIGGER_COLUMN = 9
HALF_A_CENT = "0.005"
FAR = 1_000_000
#: From the left edge of one chart to the next, in pixels.
CHART_STEP = 455


def write(book: Book, yields: dict[str, str]) -> None:
    """The page."""
    sheet = Sheet(book, book.sheets[SUMMARY], SUMMARY)
    terms = book.result.terms
    dates = terms.dates
    sheet.title(
        terms.name,
        f"Closing {dates.closing}, cut-off {dates.cutoff}, first payment {dates.first_payment}, "
        f"{sum(book.result.schedule.pays)} payment dates. Amounts in {terms.currency}.",
    )
    sheet.text(3, 0, "Checks", "strong")
    sheet.formula(3, 1, MASTER, PASSED, "", "good")
    sheet.mark(3, 1, NOT_PASSED, "bad")
    sheet.text(4, 0, "Scenario", "strong")
    text = f'{chosen(SUMMARY)}&IF({changed(SUMMARY)}=0,""," ("&{changed(SUMMARY)}&" inputs changed)")'
    sheet.formula(4, 1, text, BASE, "", "cell")
    for row in (3, 4):
        for column in (2, 3):
            sheet.text(row, column, "")
    heading(sheet, NOTES_ROW - 1, "Classes", len(CLASSES))
    sheet.headers(NOTES_ROW, CLASSES, range(2, len(CLASSES) - 1))
    sheet.text(NOTES_ROW, len(CLASSES) - 1, CLASSES[-1], "header_behind")
    for at, name in enumerate(terms.notes):
        note(sheet, NOTES_ROW + 1 + at, name, yields)
    total_row(sheet, NOTES_ROW + 1 + len(terms.notes), len(terms.notes))
    row = below_notes(book.result)
    bottom = max(pool(sheet, row), residual(sheet, row, yields), triggers(sheet, row))
    pictures(sheet, bottom + 1)
    finish(sheet)


def below_notes(result: Result) -> int:
    """The row of the headings below the classes."""
    return NOTES_ROW + len(result.terms.notes) + 3


def heading(sheet: Sheet, row: int, text: str, columns: int, first: int = 0) -> None:
    """A heading that is ruled over its table."""
    for column in range(first, first + columns):
        sheet.text(row, column, text if column == first else "", "heading")


def lives(sheet: Sheet) -> str:
    """The years of each payment date."""
    return sheet.book.addresses.over(CURVES, YEARS_FOR_LIVES, SUMMARY)


def sized_by(result: Result) -> str:
    """The line that classes are a share of: the pool, or of a series its invested amount."""
    return "deal.invested_amount" if result.terms.pool.series else "pool.balance"


def note(sheet: Sheet, row: int, name: str, yields: dict[str, str]) -> None:
    """One class."""
    book, path = sheet.book, f"notes.{name}"
    at, found = book.addresses, book.result.note_measures[name]
    whole = sized_by(book.result)
    pool = float(book.values(whole)[0])
    principal = at.series(f"{path}.principal_paid", SUMMARY)
    dates = at.over(CURVES, PAYMENT_DATE, SUMMARY)
    sheet.text(row, 0, book.labels[path], "strong")
    sheet.text(row, 1, book.result.terms.notes[name].rating)
    sheet.formula(row, 2, at.at(f"{path}.balance", 0, SUMMARY), found.balance, "money", "cell")
    sheet.formula(row, 3, f"C{row + 1}/{at.at(whole, 0, SUMMARY)}", found.balance / pool, "percent", "cell")
    coupon = f"{path}.coupon"
    paying = list(book.result.lines[coupon]).index(found.coupon, 1) if coupon in book.result.lines else 0
    shown = at.at(coupon, paying, SUMMARY) if paying else at.input(coupon, SUMMARY)
    sheet.formula(row, 4, shown, found.coupon, "percent", "cell")
    if found.balance > 0.0:
        sheet.formula(row, 5, at.at(f"{path}.enhancement", 0, SUMMARY), found.enhancement, "percent", "cell")
    else:
        sheet.text(row, 5, NOT_AVAILABLE, "cell_right")
    life = f'IF(SUM({principal})=0,"{NOT_AVAILABLE}",SUMPRODUCT({principal},{lives(sheet)})/SUM({principal}))'
    sheet.formula(row, LIFE_COLUMN, life, found.wal, "life", "cell_right")
    sheet.formula(row, YIELD_COLUMN, yields[path], found.yield_, "rate", "cell_right")
    for column, line, value in (
        (8, "interest_paid", found.interest_paid),
        (9, "principal_paid", found.principal_paid),
    ):
        sheet.formula(row, column, f"SUM({at.series(f'{path}.{line}', SUMMARY)})", value, "money", "cell")
    last = book.periods
    for column, line, value in (
        (10, "interest_shortfall", found.interest_shortfall),
        (11, "balance", found.principal_shortfall),
    ):
        short = at.at(f"{path}.{line}", last, SUMMARY)
        if line == "balance" and f"{path}.unreimbursed" in book.layout.columns:
            short += "+" + at.at(f"{path}.unreimbursed", last, SUMMARY)
        if line == "interest_shortfall" and f"{path}.interest_lost" in book.layout.columns:
            short += f"+SUM({at.series(f'{path}.interest_lost', SUMMARY)})"
        sheet.formula(row, column, short, value, "money", "cell")
    paid = f"({principal}>{HALF_A_CENT})"
    none = f'IF(SUM({principal})<={HALF_A_CENT},"none"'
    first = f"{none},SUMPRODUCT(MIN({dates}+{FAR}*(1-{paid}))))"
    final = f"{none},SUMPRODUCT(MAX({dates}*{paid})))"
    for column, text, day in ((12, first, found.first_principal), (13, final, found.last_principal)):
        sheet.formula(row, column, text, "none" if day is None else serial(day), "date", "cell_right")
    sheet.text(row, len(CLASSES) - 1, note_words(book.result.terms.notes[name]), "behind")


def total_row(sheet: Sheet, row: int, count: int) -> None:
    """The classes together."""
    found = list(sheet.book.result.note_measures.values())
    loans = any(note.subordinated_loan for note in sheet.book.result.terms.notes.values())
    sheet.text(row, 0, "All classes and loans" if loans else "All classes", "total")
    pool = float(sheet.book.values(sized_by(sheet.book.result))[0])
    sums = {
        2: [m.balance for m in found],
        3: [m.balance / pool for m in found],
        8: [m.interest_paid for m in found],
        9: [m.principal_paid for m in found],
        10: [m.interest_shortfall for m in found],
        11: [m.principal_shortfall for m in found],
    }
    for column in range(1, len(CLASSES)):
        if column in sums:
            letter = letters(column)
            text = f"SUM({letter}{row - count + 1}:{letter}{row})"
            sheet.formula(row, column, text, sum(sums[column]), "percent" if column == 3 else "money", "total")
        else:
            sheet.text(row, column, "", "total")


def pool(sheet: Sheet, row: int) -> int:
    """The pool in total."""
    book, at = sheet.book, sheet.book.addresses
    found = book.result.deal_measures
    heading(sheet, row, "Pool", 3)

    def put(at_row: int, label: str, text: str, value: float, number: str = "money") -> None:
        sheet.text(at_row, 0, label)
        sheet.text(at_row, 1, "")
        sheet.formula(at_row, 2, text, value, number, "cell")

    put(row + 1, "Balance at closing", at.at("pool.balance", 0, SUMMARY), found.pool_balance)
    flows = (
        ("Scheduled principal", "scheduled_principal"),
        ("Prepaid", "prepaid"),
        ("Defaulted", "defaulted"),
        ("Recovered", "recovered"),
        ("Interest", "interest"),
    )
    kept = [(label, line) for label, line in flows if f"pool.{line}" in book.layout.columns]
    for n, (label, line) in enumerate(kept, row + 2):
        series = at.series(f"pool.{line}", SUMMARY)
        put(n, label, f"SUM({series})", float(np.cumsum(book.values(f"pool.{line}"))[-1]))
    n = row + 2 + len(kept)
    last = at.at("pool.cumulative_net_loss", book.periods, SUMMARY)
    put(n, "Net loss", last, found.net_loss)
    share = found.net_loss / found.pool_balance
    put(n + 1, "Net loss, of the closing balance", f"C{n + 1}/C{row + 2}", share, "percent")
    principal = "+".join(
        at.series(f"pool.{line}", SUMMARY)
        for line in ("scheduled_principal", "prepaid", "recovered")
        if f"pool.{line}" in book.layout.columns
    )
    text = f"SUMPRODUCT(({principal})*{lives(sheet)})/SUMPRODUCT({principal})"
    put(n + 2, "WAL of principal, years", text, found.pool_wal, "life")
    return n + 3


def residual(sheet: Sheet, row: int, yields: dict[str, str]) -> int:
    """What the equity pays and receives."""
    book, at = sheet.book, sheet.book.addresses
    found = book.result.deal_measures
    paths = [path for path in book.layout.columns if path.startswith("residuals.")]
    heading(sheet, row, "Residual", 4, 4)
    if not paths:
        return row + 1
    rows: list[tuple[str, str, float, str]] = [
        (
            "Paid to the residual",
            "+".join(f"SUM({at.series(path, SUMMARY)})" for path in paths),
            found.residual_paid,
            "money",
        )
    ]
    if "residual" in yields:  # of a series what is left is the seller's, for a share of the trust that is no equity
        price = yields["residual"].rsplit("$", 1)[0]
        rows += [
            ("Invested at closing", f"{price}${PRICE + 1}", found.residual_invested, "money"),
            (
                "Multiple",
                f'IF(H{row + 3}>{HALF_A_CENT},H{row + 2}/H{row + 3},"{NOT_AVAILABLE}")',
                found.residual_multiple if found.residual_invested > float(HALF_A_CENT) else math.nan,
                "life",
            ),
            ("Return, effective a year", yields["residual"], found.residual_irr, "percent"),
        ]
    rows.append(
        (
            "Overcollateralisation at closing",
            at.at("deal.overcollateralisation", 0, SUMMARY),
            float(book.values("deal.overcollateralisation")[0]),
            "money",
        )
    )
    for n, (label, text, value, number) in enumerate(rows, row + 1):
        sheet.text(n, 4, label)
        for column in (5, 6):
            sheet.text(n, column, "")
        sheet.formula(n, 7, text, value, number, "cell_right")
    return row + 1 + len(rows)


def triggers(sheet: Sheet, row: int) -> int:
    """Each trigger: first breach, periods in effect, least headroom while notes are outstanding."""
    book, at = sheet.book, sheet.book.addresses
    heading(sheet, row, "Triggers", 5, 9)
    for column, text in (
        (9, "Trigger"),
        (10, ""),
        (11, "First breach"),
        (12, "Periods active"),
        (13, "Least headroom"),
    ):
        sheet.text(row + 1, column, text, "header" if column < 11 else "header_number")
    notes = at.series("deal.notes_balance", SUMMARY, closing=True)
    n = row + 2
    for n, (name, found) in enumerate(book.result.triggers.items(), row + 2):
        path = f"triggers.{name}"
        sheet.text(n, TRIGGER_COLUMN, found.label)
        sheet.text(n, 10, "")
        text = f'IFERROR(MATCH(1,{at.series(f"{path}.breached", SUMMARY)},0),"none")'
        sheet.formula(n, 11, text, "none" if found.first_breach is None else found.first_breach, "number", "cell_right")
        sheet.formula(n, 12, f"SUM({at.series(f'{path}.active', SUMMARY)})", found.periods_active, "number", "cell")
        if found.condition:
            sheet.text(n, 13, "a condition", "cell_right")
        else:
            headroom, idle = at.series(f"{path}.headroom", SUMMARY), f"({notes}<=0)"
            if f"{path}.tested" in book.layout.columns:  # a trigger of some periods has no headroom in the others
                idle = f"({idle}+({at.series(f'{path}.tested', SUMMARY)}<=0.5)>0)"
            least = f"SUMPRODUCT(MIN({headroom}+{FAR * FAR}*{idle}))"
            text = f"IF(SUMPRODUCT(1-{idle})>0,{least},MIN({headroom}))"
            number = "percent" if abs(found.level) <= 1_000.0 else "money"
            sheet.formula(n, 13, text, found.least_headroom, number, "cell")
    return n + 1


def pictures(sheet: Sheet, row: int) -> None:
    """The charts below the tables."""
    book = sheet.book
    heading(sheet, row, "Charts", len(CLASSES))
    drawn = [
        (charts.note_balances(book), "Stacked areas: the balance of each class over the payment dates."),
        (charts.enhancement(book), "Lines: credit enhancement of each class over the payment dates."),
    ]
    for name in charts.levelled(book)[:2]:
        words = f"Lines: {book.labels[f'triggers.{name}']} and the level of its trigger over the payment dates."
        drawn.append((charts.trigger(book, name), words))
    for n, (chart, words) in enumerate(drawn):
        options = {"description": words, "object_position": 1, "x_offset": CHART_STEP * (n % 3)}
        sheet.worksheet.insert_chart(row + 2 + 17 * (n // 3), 0, chart, options)


def finish(sheet: Sheet) -> None:
    """Widths and printing."""
    longest = max(len(note_words(note)) for note in sheet.book.result.terms.notes.values())
    sheet.widths(20, 9, 15, 11, 9, 13, 10.5, 13, 15, 15, 13, 15, 15, 15, max(14.0, 0.9 * longest))
    sheet.worksheet.set_row(NOTES_ROW, 30)
    sheet.worksheet.fit_to_pages(1, 1)
    sheet.link(0, 13, "Contents")
