"""Vintages: what is left of the receivables of each purchase, in the months since.

A purchase of P of a kind of receivable leaves, n months later, P times what is left of a unit of the kind after n
months, late instalments included: the sum over kinds is the vintage's balance, and the sum over vintages what the pool
holds of purchases.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from abs_struct.handoff.workbook.axis import (
    FIRST_COLUMN,
    GROUP_ROW,
    NAME_ROW,
    PATH_ROW,
    PAYMENT_DATE,
    PERIOD,
    THIS,
    TOTAL_ROW,
    UNIT_ROW,
)
from abs_struct.handoff.workbook.book import Book, serial
from abs_struct.handoff.workbook.pages.periods import axis
from abs_struct.handoff.workbook.period_sheet import ROW, PeriodSheet, period_page
from abs_struct.handoff.workbook.sheets import CURVES

VINTAGES = "Vintages"
#: All vintages, then what the pool holds of purchases; the vintages follow.
ALL, HELD, FIRST = FIRST_COLUMN, FIRST_COLUMN + 1, FIRST_COLUMN + 2


def kinds(book: Book) -> list[str]:
    """The kinds of receivables that a deal buys by payment date; none where it buys nothing, or card accounts."""
    paths = (path.split(".") for path in book.layout.columns if path.startswith("receivables."))
    return [part[1] for part in paths if part[2] == "purchased" and f"units.{part[1]}.balance" in book.layout.columns]


def periods_of(book: Book) -> list[int]:
    """The periods in which the deal may buy: its last day of purchases is structure."""
    opened = book.values("revolving.open") if "revolving.open" in book.layout.columns else np.zeros(book.periods + 1)
    bought = sum((book.values(f"receivables.{kind}.purchased") for kind in kinds(book)), np.zeros(book.periods + 1))
    return [period for period in range(1, book.periods + 1) if opened[period] > 0.0 or bought[period] > 0.0]


def left(book: Book, kind: str) -> list[str]:
    """The lines of a unit that add up to what is left of it."""
    paths = (f"units.{kind}.balance", f"units.{kind}.arrears_principal")
    return [path for path in paths if path in book.layout.columns]


def balance(book: Book, bought: int) -> NDArray[np.float64]:
    """What is left of a purchase in every period, as the formulas work it out, (T + 1,)."""
    found = np.zeros(book.periods + 1)
    for kind in kinds(book):
        unit = sum((book.values(path) for path in left(book, kind)), np.zeros(book.periods + 1))
        found[bought:] += book.values(f"receivables.{kind}.purchased")[bought] * unit[: book.periods + 1 - bought]
    return found


def write(book: Book) -> None:
    """The sheet; nothing where the deal buys nothing."""
    found = periods_of(book) if kinds(book) else []
    if not found:
        return
    sheet = period_page(book, VINTAGES, "#56B4E9")
    sheet.title(
        "Vintages",
        f"{book.result.terms.name}: what is left of each purchase, by date of purchase. Amounts in "
        f"{book.result.terms.currency}.",
    )
    axis(sheet)
    for row, text in ((TOTAL_ROW, "Par bought"), (PATH_ROW, "Price paid")):
        sheet.text(row, PERIOD, text, "label")
    together(sheet, len(found))
    for at, period in enumerate(found, FIRST):
        vintage(sheet, at, period)
    sheet.finish(FIRST + len(found) - 1, first=11, paths=ROW)


def together(sheet: PeriodSheet, count: int) -> None:
    """The vintages added up, and beside them what the pool holds of purchases."""
    book, last = sheet.book, FIRST + count - 1
    whole, values = sums(book)
    text = "+".join(book.addresses.line(f"receivables.{kind}.balance", 0, VINTAGES) for kind in kinds(book))
    sheet.text(GROUP_ROW, ALL, "Together", "group_start")
    sheet.text(GROUP_ROW, HELD, "", "group")
    for at, name, template, series in (
        (ALL, "All vintages", f"SUM({sheet.axis.beside(FIRST, last, THIS)})", whole),
        (HELD, "Held of purchases", text, values),
    ):
        sheet.text(NAME_ROW, at, name, "name")
        sheet.text(UNIT_ROW, at, book.result.terms.currency, "unit")
        sheet.series(at, template, series.tolist(), "money")
    for row in (TOTAL_ROW, PATH_ROW):
        total = sum(bought(book, period, row == PATH_ROW) for period in periods_of(book))
        ends = (sheet.axis.heading(row, at) for at in (FIRST, last))
        sheet.formula(row, ALL, f"SUM({':'.join(ends)})", total, "money", "total")


def bought(book: Book, period: int, price: bool) -> float:
    """What was bought in a period at par, or paid for it."""
    line = "price_paid" if price else "purchased"
    return float(sum(book.values(f"receivables.{kind}.{line}")[period] for kind in kinds(book)))


def vintage(sheet: PeriodSheet, at: int, period: int) -> None:
    """One purchase: when, par and price, and what is left of it period by period."""
    book, clock = sheet.book, sheet.book.addresses.clock
    day = f"{CURVES}!{sheet.axis.cell(PAYMENT_DATE, period)}"
    sheet.formula(GROUP_ROW, at, day, float(serial(book.result.dates[period])), "date", "group_start")
    sheet.text(NAME_ROW, at, f"Bought in period {period}", "name")
    sheet.text(UNIT_ROW, at, book.result.terms.currency, "unit")
    for place, line in ((TOTAL_ROW, "purchased"), (PATH_ROW, "price_paid")):
        text = "+".join(book.addresses.at(f"receivables.{kind}.{line}", period, VINTAGES) for kind in kinds(book))
        sheet.formula(place, at, text, bought(book, period, place == PATH_ROW), "money", "total")
    parts = []
    for kind in kinds(book):
        units = (book.addresses.series(path, VINTAGES, opening=True) for path in left(book, kind))
        unit = "+".join(sheet.axis.pick(block, f"{clock}-{period - 1}") for block in units)
        whole = f"({unit})" if len(left(book, kind)) > 1 else unit
        parts.append(f"{book.addresses.at(f'receivables.{kind}.purchased', period, VINTAGES)}*{whole}")
    text = f"IF({clock}<{period},0,{'+'.join(parts)})"
    sheet.series(at, text, balance(book, period).tolist(), "money")


def sums(book: Book) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """All vintages, and what the pool holds of purchases, (T + 1,) each."""
    none = np.zeros(book.periods + 1)
    held = (book.values(f"receivables.{kind}.balance") for kind in kinds(book))
    return sum((balance(book, period) for period in periods_of(book)), none), sum(held, none)


def tie(book: Book, here: str) -> tuple[str, str] | None:
    """Both sides of the tie-out as ranges over the periods: all vintages, and what the pool holds of purchases."""
    if VINTAGES not in book.sheets:
        return None
    return book.addresses.over(VINTAGES, ALL, here), book.addresses.over(VINTAGES, HELD, here)
