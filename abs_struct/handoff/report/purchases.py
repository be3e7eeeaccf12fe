"""The page on purchases: each purchase date with its pool, its cash, and what was bought."""

from __future__ import annotations

from abs_struct.deal.purchase_dates import dates_of_purchase
from abs_struct.handoff.report.tables import FIRST_ROW
from abs_struct.handoff.sheet import A3, Column, Paper
from abs_struct.handoff.view import View

Pages = list[tuple[str, str]]
PURCHASES = "Purchases"
POOL, CASH, BOUGHT, KINDS = "Pool", "Cash", "What was bought", "Par by kind"
#: Title, column, kind of number, whether it is added up, and the words above it.
SHOWN = (
    ("Opening balance", "pool_opening", "money", False, POOL),
    ("Run-off", "run_off", "money", True, POOL),
    ("Purchased", "purchased", "money", True, POOL),
    ("Closing balance", "pool_closing", "money", False, POOL),
    ("Opening cash", "cash_opening", "money", False, CASH),
    ("Collected", "collected", "money", True, CASH),
    ("Price paid", "price", "money", True, CASH),
    ("Costs and notes", "paid", "money", True, CASH),
    ("Uninvested", "cash_closing", "money", False, CASH),
    ("Turns to date", "turns", "points", False, BOUGHT),
    ("Discount", "discount", "share", False, BOUGHT),
    ("Yield", "yield", "share", False, BOUGHT),
    ("Term, months", "term", "points", False, BOUGHT),
)


def write(view: View, paper: Paper) -> Pages:
    """The page, where the deal buys receivables."""
    return [(PURCHASES, purchases(view, paper))] if view.result.terms.revolving is not None else []


def purchases(view: View, paper: Paper) -> str:
    """A row for each date on which the deal may buy: payment dates, or the steps of its clock."""
    result, terms = view.result, view.result.terms
    found = dates_of_purchase(terms, result.schedule, result.program, result.lines)
    columns = [
        Column("Period", "whole", found["period"], width=7),
        Column("Purchase date", "date", found["date"], width=11.5),
    ]
    for title, name, number, total, group in SHOWN:
        values = [value if value == value else None for value in found[name]]  # nothing was bought: no yield
        columns.append(Column(title, number, values, total=total, group=group, width=15 if number == "money" else 11))
    for name in terms.receivables:
        columns.append(
            Column(view.label(f"receivables.{name}"), "money", found[f"{name}.par"], total=True, group=KINDS, width=15)
        )
    sheet = paper.sheet(PURCHASES, size=A3, wide=1)
    clock = "" if terms.revolving is None else terms.revolving.clock
    words = f"what ran off, came in, was bought and was left ({clock}); amounts in {terms.currency}"
    sheet.title(PURCHASES, f"{terms.name}: {words}")
    sheet.series(FIRST_ROW, columns)
    return "pool, cash and par of each purchase date"
