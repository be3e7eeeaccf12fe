"""Static and dynamic pools as a workbook."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

import numpy as np

from abs_struct.handoff.files import whole
from abs_struct.handoff.sheet import Paper, new_workbook

if TYPE_CHECKING:
    from abs_struct.history.developed import Developed
    from abs_struct.history.dynamic import DynamicPool
    from abs_struct.history.recoveries import RecoveryCurve
    from abs_struct.history.vintages import StaticPool

TRIANGLES: tuple[tuple[Literal["gross", "net", "prepaid"], str, str], ...] = (
    ("gross", "Gross loss", "principal charged off by each age, of what was lent"),
    ("net", "Net loss", "less recoveries, which count from the age of their default"),
    ("prepaid", "Prepaid", "original balance of loans paid off before their term, of what was lent"),
)
MOST_ROWS = 1_000


def write_static(
    path: str | Path,
    name: str,
    pool: StaticPool,
    vintages: Developed | None,
    months: DynamicPool,
    recoveries: RecoveryCurve | None,
    source: str,
) -> Path:
    """A workbook: vintages to their end, a triangle of each kind, calendar months, recoveries by age.

    Raises
    ------
    UsageError : nothing can be written there
    """
    file = Path(path)
    with whole(file) as draft:
        workbook, paper = new_workbook(draft, f"{name}: static and dynamic pools", source)
        if vintages is not None:
            write_vintages(paper, name, vintages)
        for what, title, words in TRIANGLES:
            write_triangle(paper, pool, pool.rates(what), title, words)
        write_dynamic(paper, months)
        if recoveries is not None:
            write_recoveries(paper, recoveries)
        workbook.close()
    return file


def write_vintages(paper: Paper, name: str, vintages: Developed) -> None:
    """What each vintage lost, and what the chain ladder and the blend add."""
    sheet = paper.sheet("Vintages", widths=(20, 10, 18, 10, 12, 14, 14, 14))
    sheet.title(f"{name}: vintages to their end", "gross loss of what was lent; the chain ladder's error is Mack's")
    row = sheet.header(
        3, ("Vintage", "Loans", "Lent", "Known to", "Lost so far", "Chain ladder", "Std. error", "Blended"), height=32
    )
    kinds = ("text", "count", "money", "count", "share", "share", "share", "share")
    row = sheet.rows(row, [[plain(value) for value in line] for line in vintages.frame.to_numpy().tolist()], kinds)
    words = f"Blended: what is known, and at the common rate of {vintages.rate:.2%} what is still to come"
    sheet.text(row + 1, 0, f"{words} (Bornhuetter-Ferguson, Cape Cod).", "subtitle")
    sheet.freeze(4, 1)


def plain(value: Any) -> Any:
    """A value of a table as a cell takes it."""
    return float(value) if isinstance(value, int | float) else value


def write_triangle(paper: Paper, pool: StaticPool, rates: Any, title: str, words: str) -> None:
    """One line a vintage, one column an age; blank where it is not known."""
    ages = np.arange(0, pool.ages + 1, 3) if pool.ages > 36 else np.arange(pool.ages + 1)
    sheet = paper.sheet(title, widths=(20, 10, 18, *[8.5] * len(ages)), wide=1, size=8)
    sheet.title(f"{title} by age", f"{words}; months since origination")
    row = sheet.header(3, ("Vintage", "Loans", "Lent", *(str(age) for age in ages)))
    for k, label in enumerate(pool.labels[:MOST_ROWS]):
        known = [float(rate) if rate == rate else None for rate in rates[k, ages]]
        numbers = ("text", "count", "money", *["share"] * len(ages))
        row = sheet.rows(row, [[" ".join(label), float(pool.loans[k]), float(pool.original[k]), *known]], numbers)
    if len(pool) > MOST_ROWS:
        sheet.text(row + 1, 0, f"{len(pool) - MOST_ROWS:,} more vintages are in static_pool.csv", "subtitle")
    sheet.shade(4, 3, max(row - 1, 4), 2 + len(ages))
    sheet.freeze(4, 3)


def write_dynamic(paper: Paper, months: DynamicPool) -> None:
    """One line a calendar month."""
    sheet = paper.sheet("Months", widths=(12, 10, 18, 10, 16, 10, 16, 10, 16, 9, 9, 9, 9))
    sheet.title("By calendar month", "balance by the schedule of a level-pay loan; CDR = 1 - (1 - MDR)^12, CPR alike")
    words = ("Month", "Loans", "Balance", "Made", "Lent", "Charged off", "Principal", "Prepaid", "Balance prepaid",
             "MDR", "SMM", "CDR", "CPR")  # fmt: skip
    kinds = ("text", "count", "money", "count", "money", "count", "money", "count", "money", *["share"] * 4)
    row = sheet.header(3, words, height=32)
    sheet.rows(row, [[plain(value) for value in line] for line in months.frame.to_numpy().tolist()], kinds)
    sheet.freeze(4, 1)


def write_recoveries(paper: Paper, recoveries: RecoveryCurve) -> None:
    """One line for each age since default."""
    sheet = paper.sheet("Recoveries", widths=(16, 10, 18, 18, 12, 12))
    sheet.title(
        "Recoveries by months since default", "of the loans that defaulted so many months ago; smoothed to rise"
    )
    row = sheet.header(3, ("Months", "Loans", "Principal lost", "Received", "Seen", "Smoothed"))
    values = [[float(value) for value in line] for line in recoveries.frame.to_numpy().tolist()]
    sheet.rows(row, values, ("count", "count", "money", "money", "share", "share"))
    sheet.freeze(4, 1)
