"""The pages of triggers: what each tested by payment date, and a log of what they switched."""

from __future__ import annotations

from abs_struct.handoff.formats import effects, tested
from abs_struct.handoff.report.tables import FIRST_ROW, keys, page, paged
from abs_struct.handoff.sheet import Column, Paper
from abs_struct.handoff.view import View
from abs_struct.handoff.workbook.sheets import clause_title

TITLE, LOG = "Triggers", "Trigger log"
HEADER = ("Period", "Date", "Trigger", "Event", "Because", "Value", "Level", "What it switched")
WIDTHS = (7, 11.5, 24, 9, 14, 11, 11, 76)
WIDEST = 72
Pages = list[tuple[str, str]]


def write(view: View, paper: Paper) -> Pages:
    """Both pages; the log where there is anything in it."""
    if not view.result.terms.triggers:
        return []
    pages = [(TITLE, table(view, paper))]
    return [*pages, (LOG, log(view, paper))] if view.result.events else pages


def table(view: View, paper: Paper) -> str:
    """Value, level, headroom and state of each trigger."""
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
    count = len(view.result.events)
    said = f"tested on each payment date; {count or 'no'} event{'' if count == 1 else 's'}"
    page(view, paper, TITLE, f"{said}: see {LOG}" if count else said, columns, size=paged(columns))
    return "tested value, level, headroom"


def log(view: View, paper: Paper) -> str:
    """Every event: when, on what figures, and what it switched."""
    sheet = paper.sheet(LOG, WIDTHS)
    sheet.title(LOG, f"{view.result.terms.name}: when triggers became active or were cured, and what that switched")
    row = sheet.header(FIRST_ROW, HEADER, (2, 3, 4, 7))
    for event in view.result.events:
        first = row
        for effect in effects(event, lambda name: clause_name(view, name)):
            sheet.text(row, 7, effect, "wrap.")
            sheet.worksheet.set_row(row, 15 * (1 + len(effect) // WIDEST))
            for column in range(7):
                sheet.text(row, column, "")
            row += 1
        sheet.number(first, 0, event.period, "whole")
        sheet.day(first, 1, event.date)
        for column, text in enumerate((event.label, event.event, event.cause), 2):
            sheet.text(first, column, text, "cell.")
        for column, value in ((5, event.value), (6, event.level)):
            sheet.text(first, column, tested(value), "cell>")
    sheet.worksheet.repeat_rows(FIRST_ROW)
    sheet.freeze(FIRST_ROW + 1, 3)
    return "when triggers turned, and what that switched"


def clause_name(view: View, name: str) -> str:
    """A clause as its page calls it: `revenue.interest_A` as `revenue, clause 4: Interest on class A`."""
    for section in view.sections:
        for number, clause in enumerate(section.clauses, 1):
            if f"{section.name}.{clause.name}" == name.removeprefix("waterfall."):
                words = section.name.replace("_", " ")
                return f"{words}, clause {number}: {clause_title(clause, view.result.program.labels)}"
    return name.replace("_", " ") if "." not in name else name
