"""The page on arrears: balances by bucket and their share of the pool, what is missed and what is paid late."""

from __future__ import annotations

from abs_struct.curves.buckets import BUCKETS
from abs_struct.handoff.report.tables import flow, keys, moving, page, stock
from abs_struct.handoff.sheet import A3, Column, Paper
from abs_struct.handoff.view import HALF_A_CENT, View

Pages = list[tuple[str, str]]
DELINQUENCY = "Delinquency"


def write(view: View, paper: Paper) -> Pages:
    """The page, where the deal assumes arrears."""
    return [(DELINQUENCY, delinquency(view, paper))] if "pool.delinquent" in view.result.lines else []


def delinquency(view: View, paper: Paper) -> str:
    """Days late in columns: amounts, then shares of the pool at the end of each period."""
    found = [bucket for bucket in BUCKETS if f"pool.delinquent_{bucket}" in view.result.lines]
    columns = [*keys(view), stock(view, "Pool", "pool.balance", group="Balance at the end of the period")]
    columns += [
        stock(view, f"{days(bucket)} days", f"pool.delinquent_{bucket}", group="Balance at the end of the period")
        for bucket in found
    ]
    columns.append(stock(view, "All in arrears", "pool.delinquent", group="Balance at the end of the period"))
    for first, bucket in enumerate(found):
        late = [f"pool.delinquent_{later}" for later in found[first:]]
        title = "All in arrears" if first == 0 else f"{int(bucket.split('_')[0]) - 1}+ days"
        columns.append(Column(title, "share", shares(view, late), group="Share of the pool", width=11))
    columns += [
        flow(view, "Missed", "pool.missed", group="Instalments"),
        flow(view, "Paid late", "pool.paid_late", group="Instalments"),
        stock(view, "Overdue", "pool.overdue", group="Instalments"),
        *moving(view, "Instalments", ("Late fees", "pool.late_fees")),
    ]
    words = "balances that have not defaulted, by days late, and instalments of those who pay in the end"
    said = f"{words}; amounts in {view.result.terms.currency}"
    page(view, paper, DELINQUENCY, said, columns, size=A3, wide=1)
    return "balances by days late, instalments paid late"


def days(bucket: str) -> str:
    """The days of a bucket as they are printed.

    >>> days("31_60")
    '31-60'
    """
    return bucket.replace("_", "-")


def shares(view: View, paths: list[str]) -> list[float | None]:
    """What some buckets hold, as a share of the pool while it has a balance."""
    rows = zip(view.line("pool.balance"), *(view.line(path) for path in paths), strict=True)
    return [sum(late) / pool if pool > HALF_A_CENT else None for pool, *late in rows]
