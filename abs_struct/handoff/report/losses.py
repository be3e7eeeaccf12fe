"""The pages on how losses reach the classes: principal deficiency ledgers and write-downs, one row a payment date."""

from __future__ import annotations

from abs_struct.handoff.report.tables import flow, keys, page, paged, stock
from abs_struct.handoff.sheet import Column, Paper
from abs_struct.handoff.view import View

Pages = list[tuple[str, str]]
DEFICIENCY, WRITE_DOWNS = "Principal deficiency", "Write-downs"


def write(view: View, paper: Paper) -> Pages:
    """The pages that the deal has a use for."""
    lines, pages = view.result.lines, []
    if any(f"notes.{name}.pdl" in lines for name in view.notes):
        pages.append((DEFICIENCY, deficiency(view, paper)))
    if any(f"notes.{name}.unreimbursed" in lines for name in view.notes):
        pages.append((WRITE_DOWNS, write_downs(view, paper)))
    return pages


def deficiency(view: View, paper: Paper) -> str:
    """The ledgers: debited, cured and what is left, from the most junior class up."""
    lines, columns = view.result.lines, keys(view)
    for name, label in reversed(view.notes.items()):
        path = f"notes.{name}"
        if f"{path}.pdl" not in lines:
            continue
        for title, word in (("Debited", "pdl_debited"), ("Cured", "pdl_cured")):
            if f"{path}.{word}" in lines:
                columns.append(flow(view, title, f"{path}.{word}", group=label))
        columns.append(stock(view, "Ledger", f"{path}.pdl", group=label))
    said = f"ledgers by class, most junior first; amounts in {view.result.terms.currency}"
    page(view, paper, DEFICIENCY, said, columns, size=paged(columns))
    return "debited, cured, ledger of each class"


def write_downs(view: View, paper: Paper) -> str:
    """Losses allocated to the classes and restored, from the most junior class up."""
    lines, columns = view.result.lines, keys(view)
    for name, label in reversed(view.notes.items()):
        path = f"notes.{name}"
        if f"{path}.unreimbursed" not in lines:
            continue
        for title, word in (("Written down", "written_down"), ("Written up", "written_up")):
            if f"{path}.{word}" in lines:
                columns.append(flow(view, title, f"{path}.{word}", group=label))
        columns.append(stock(view, "Not restored", f"{path}.unreimbursed", group=label))
    said = f"losses by class, most junior first; amounts in {view.result.terms.currency}"
    page(view, paper, WRITE_DOWNS, said, columns, size=paged(columns))
    return "losses of each class, and what was restored"


def of_note(view: View, name: str) -> list[Column]:
    """The same for the page of one class."""
    path = f"notes.{name}"
    found = []
    for title, word in (("Deficiency debited", "pdl_debited"), ("Deficiency cured", "pdl_cured")):
        if view.moves(f"{path}.{word}"):
            found.append(flow(view, title, f"{path}.{word}"))
    if f"{path}.pdl" in view.result.lines:
        found.append(stock(view, "Deficiency ledger", f"{path}.pdl"))
    return found
