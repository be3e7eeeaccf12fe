"""The page of triggers: what each tested by payment date, and a log of what they switched."""

from __future__ import annotations

from abs_struct.handoff.formats import effects, tested
from abs_struct.handoff.report.tables import FIRST_ROW, keys, page, paged
from abs_struct.handoff.sheet import Column, Paper, Sheet
from abs_struct.handoff.view import View

TITLE = "Triggers"
WORDS = "tested value, level, headroom; a log of events"
LOG = ("Period", "Date", "Trigger", "", "Event", "Because", "Value", "Level", "What it switched")


def write(view: View, paper: Paper) -> str:
    """The page."""
    columns = keys(view)
    for name, terms in view.result.terms.triggers.items():
        path, group = f"triggers.{name}", view.label(f"triggers.{name}")
        if terms.levels is not None:
            number = "rate" if max(map(abs, view.line(f"{path}.level"))) < 100.0 else "money"
            columns += [
                Column(title, number, view.paid(f"{path}.{word}"), group=group)
                for title, word in (("Tested value", "value"), ("Level", "level"), ("Headroom", "headroom"))
            ]
        for title, word in (("Breached", "breached"), ("Active", "active")):
            values = [None, *("yes" if value > 0.5 else "no" for value in view.line(f"{path}.{word}")[1:])]
            columns.append(Column(title, "flag", values, group=group, width=11))
    sheet = page(view, paper, TITLE, "tested on each payment date; the log of events stands below", columns,
                 size=paged(columns))  # fmt: skip
    log(view, sheet, FIRST_ROW + 4 + len(view.periods))
    return WORDS


def log(view: View, sheet: Sheet, row: int) -> None:
    """Every event: when, on what figures, and what it switched."""
    events = view.result.events
    for column in range(len(LOG)):
        sheet.text(row, column, "Log of events" if column == 0 else "", "heading")
    if not events:
        sheet.text(row + 1, 0, "No trigger became active.", "plain")
        return
    row = sheet.header(row + 1, LOG, (0, 1, 2, 3, 4, 5, 8))
    for event in events:
        sheet.number(row, 0, event.period, "whole")
        sheet.day(row, 1, event.date)
        for column, text in enumerate((event.label, "", event.event, event.cause), 2):
            sheet.text(row, column, text)
        for column, value in ((6, event.value), (7, event.level)):
            sheet.text(row, column, tested(value), "cell>")
        for effect in effects(event):
            sheet.text(row, 8, effect, "plain")
            row += 1
