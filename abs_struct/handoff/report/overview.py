"""The summary: classes, pool, residual, triggers, and four pictures."""

from __future__ import annotations

import math
from typing import Any

from abs_struct.deal.summary import note_words
from abs_struct.handoff.report import pictures
from abs_struct.handoff.sheet import A3, Paper, Sheet
from abs_struct.handoff.view import HALF_A_CENT, View

TITLE = "Summary"
WORDS = "classes, pool, residual, triggers, charts"
CLASSES = (
    ("Class", "text"), ("Rating", "text"), ("Balance", "money"), ("% of pool", "share"), ("Enhance- ment", "share"),
    ("Coupon", "rate"), ("WAL (years)", "life"), ("Price", "price"), ("Yield (BEY)", "rate"),
    ("Modified duration", "life"), ("Convexity", "life"), ("First principal", "date"), ("Last principal", "date"),
    ("Interest paid", "money"), ("Interest short", "money"), ("Principal short", "money"),
)  # fmt: skip


def open_page(paper: Paper) -> Sheet:
    """The second sheet of the workbook."""
    widths = (26, 8, 15, 10, 10, 10, 9, 10, 10, 10, 10, 12, 12, 14, 12, 12)
    return paper.sheet(TITLE, widths, size=A3)


def fill(view: View, paper: Paper, sheet: Sheet) -> None:
    """Write the page; its charts read the pages by period."""
    result = view.result
    sheet.title(f"{result.terms.name}: summary", f"amounts in {result.terms.currency}; scenario of the cover")
    terms = [note_words(note) for note in result.terms.notes.values()]
    floating = any(note.floats or note.notional is not None for note in result.terms.notes.values())
    classes = (*CLASSES, ("Coupon terms", "words")) if floating else CLASSES
    whole = "% of pool" if not result.terms.pool.series else "% of series"
    row = sheet.header(3, [whole if word == "% of pool" else word for word, _ in classes], (0, 1, len(CLASSES)), 30)
    if floating:
        sheet.worksheet.set_column(len(CLASSES), len(CLASSES), max(24, *(0.95 * len(words) for words in terms)))
    pool = result.deal_measures.sized_by
    for name, label in view.notes.items():
        m = result.note_measures[name]
        funded = m.balance > 0.0  # an interest-only class has no price of its own to measure a yield at
        enhancement, price = (m.enhancement, m.price) if funded else (math.nan, math.nan)
        values: tuple[Any, ...] = (
            label, m.rating or "-", m.balance, m.balance / pool, enhancement, m.coupon, m.wal, price, m.yield_,
            m.modified_duration, m.convexity, m.first_principal or "-", m.last_principal or "-", m.interest_paid,
            m.interest_shortfall, m.principal_shortfall,
        )  # fmt: skip
        if floating:
            values = (*values, note_words(result.terms.notes[name]))
        row = sheet.rows(row, [values], [number for _, number in classes])
    row = facts(view, sheet, row + 1)
    row = triggers(view, sheet, row + 1)
    for at, (chart, words) in enumerate(pictures.all_of(view, paper)):
        place = {"description": words, "decorative": False, "object_position": 2}
        sheet.worksheet.insert_chart(row + 1 + 19 * (at // 2), 0 if at % 2 == 0 else 7, chart, place)
    sheet.worksheet.fit_to_pages(1, 1)


def facts(view: View, sheet: Sheet, row: int) -> int:
    """Pool to the left, residual and cost to the right."""
    deal = view.result.deal_measures
    left = [
        ("Initial balance", deal.pool_balance, "money"), ("Scheduled principal", deal.scheduled_principal, "money"),
        ("Prepayments", deal.prepaid, "money"), ("Defaulted", deal.defaulted, "money"),
        ("Recovered", deal.recovered, "money"), ("Net loss", deal.net_loss, "money"),
        ("Net loss, a year", deal.loss_a_year, "share")
        if view.result.terms.pool.kind == "cards"
        else ("Net loss, of initial pool", deal.net_loss / deal.pool_balance, "share"),
        ("WAL (years)", deal.pool_wal, "life"),
    ]  # fmt: skip
    put_in = deal.residual_invested > HALF_A_CENT  # nothing earned on rounding
    earned = (deal.residual_multiple, deal.residual_irr) if put_in else (math.nan, math.nan)
    right = [
        ("Residual: received", deal.residual_paid, "money"),
        ("Residual: put in at closing", deal.residual_invested, "money"),
        ("Residual: multiple", earned[0], "life"), ("Residual: IRR", earned[1], "rate"),
        (f"Notes, of {view.sized_by}", deal.advance_rate, "share"),
        ("All-in cost of funds", deal.cost_of_funds, "rate"),
    ]  # fmt: skip
    for column in range(3):
        sheet.text(row, column, "Pool" if column == 0 else "", "heading")
    for column in range(4, 9):
        sheet.text(row, column, "Residual and funding" if column == 4 else "", "heading")
    for at, (name, value, number) in enumerate(left, 1):
        sheet.text(row + at, 0, name, "key")
        sheet.text(row + at, 1, "", "key")
        sheet.number(row + at, 2, value, number)
    for at, (name, value, number) in enumerate(right, 1):
        for column in range(4, 7):
            sheet.text(row + at, column, name if column == 4 else "", "key")
        sheet.text(row + at, 7, "", "key")
        sheet.number(row + at, 8, value, number)
    return row + 1 + max(len(left), len(right))


def triggers(view: View, sheet: Sheet, row: int) -> int:
    """Each trigger at its tightest."""
    found = view.result.triggers
    if not found:
        return row
    head = ("Trigger", "", "Tightest value", "Level", "Headroom", "In period", "First breach", "Periods active")
    row = sheet.header(row, head, 2, 30)
    for trigger in found.values():
        first = "never" if trigger.first_breach is None else f"period {trigger.first_breach}"
        small = abs(trigger.level) < 100.0
        number = "rate" if small else "money"
        measured = ("-", "-", "-", "-") if trigger.condition else (
            trigger.value, trigger.level, trigger.least_headroom, trigger.at_period,
        )  # fmt: skip
        values = (trigger.label, "", *measured, first, trigger.periods_active)
        row = sheet.rows(row, [values], ("text", "text", number, number, number, "whole", "whole", "whole"))
    return row
