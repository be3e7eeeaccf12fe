"""Purchase dates: what was there, what ran off, what came in, what it bought and what was left, date by date.

A deal that buys on payment dates shows what a clause of the waterfall spent, with all its accounts. One with a clock of
its own is run once more in floats, and its clock writes down each step: the lines of a run are sums over the steps of a
month. In a step the first pool pays an equal part of its month, as the clock has it.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from math import ceil, nan
from typing import TYPE_CHECKING, Any

import numpy as np

from abs_struct.core.arithmetic.numbers import DUST
from abs_struct.core.state import Program
from abs_struct.dates.schedule import PaymentSchedule
from abs_struct.deal.model import DealFile
from abs_struct.pool.clock import BuyWithinMonths, Step
from abs_struct.pool.mix import outlooks
from abs_struct.terms.clock import MONTH
from abs_struct.waterfall.engine import run
from abs_struct.waterfall.ledger import Ledger

if TYPE_CHECKING:
    import pandas as pd

Row = dict[str, Any]


POOL = ("pool_opening", "run_off", "purchased", "pool_closing")
CASH = ("cash_opening", "collected", "price", "paid", "cash_closing")


def purchase_dates(terms: DealFile, schedule: PaymentSchedule, program: Program, lines: Ledger) -> pd.DataFrame:
    """Every purchase date of a run as a table, one row a date on which the deal may buy.

    Columns: `period`; the pool as `pool_opening` - `run_off` + `purchased` = `pool_closing`; cash as `cash_opening` +
    `collected` - `price` - `paid` = `cash_closing`; `turns`, par bought to date / initial pool; `discount`, 1 - price /
    par; `yield` and `term` of what was bought, by its contracts, a year and in months; the par of each kind,
    `bill.par`.

    `run_off` is principal paid, prepaid, returned and defaulted. Cash is that of all accounts, `paid` what costs and
    notes got. By a clock of its own the rows go to the end of the last month that may buy; cash is what the month has
    collected so far, without recoveries of what was bought, which come with the payment date, and `paid` what the month
    leaves to the accounts when it ends.

    Parameters
    ----------
    terms, schedule, program : of the deal; lines : all lines of a run of one scenario (T + 1,), in currency units

    Returns
    -------
    DataFrame, by date; without columns where the deal buys nothing

    Raises
    ------
    Nothing

    Source: definition.
    """
    import pandas as pd

    found = dates_of_purchase(terms, schedule, program, lines)
    return pd.DataFrame(found).set_index("date") if found else pd.DataFrame()


def dates_of_purchase(
    terms: DealFile, schedule: PaymentSchedule, program: Program, lines: Ledger
) -> dict[str, list[Any]]:
    """The columns of that table, `date` first."""
    if terms.revolving is None:
        return {}
    part = next((part for part in program.parts if isinstance(part, BuyWithinMonths)), None)
    names = list(terms.receivables)
    rows = list(
        on_payment_dates(schedule, names, lines) if part is None else within_months(schedule, names, program, part)
    )
    units = outlooks(terms.revolving, terms.assumptions)
    initial, turned = float(lines["pool.initial_balance"][0]), 0.0
    for row in rows:
        par = row["purchased"]
        turned += par
        row["turns"] = turned / initial if initial else 0.0
        row["discount"] = 1.0 - row["price"] / par if par > 0.0 else nan
        for word, figure in (("yield", "yield_"), ("term", "term")):
            held = sum(row[f"{name}.par"] * getattr(units[name], figure) for name in names)
            row[word] = held / par if par > 0.0 else nan
    columns = ("date", "period", *POOL, *CASH, "turns", "discount", "yield", "term", *(f"{name}.par" for name in names))
    return {column: [row[column] for row in rows] for column in columns}


def rolled(opening: float, run_off: float, purchased: float) -> Row:
    """The pool of one date."""
    return dict(zip(POOL, (opening, run_off, purchased, opening - run_off + purchased), strict=True))


def on_payment_dates(schedule: PaymentSchedule, names: list[str], lines: Ledger) -> Iterator[Row]:
    """Each payment date of the revolving period: the pool as its lines have it, and the cash of all accounts."""
    accounts = [path.rpartition(".")[0] for path in lines if path.startswith("accounts.") and path.endswith(".balance")]
    cash = sum((lines[f"{account}.balance"] for account in accounts), np.zeros(lines.periods + 1))
    came = sum((lines[f"{account}.received"] for account in accounts), np.zeros(lines.periods + 1))
    price = sum((lines[f"receivables.{name}.price_paid"] for name in names), np.zeros(lines.periods + 1))
    pool, bought = lines["pool.balance"], lines["pool.purchased"]
    since = 0
    for t in range(1, lines.periods + 1):
        if not schedule.pays[t - 1]:
            continue
        before, since = since, t
        if not (lines["revolving.active"][t] > 0.5 or bought[t] > 0.0):
            continue
        months = slice(before + 1, t + 1)
        spent, collected = float(price[months].sum()), float(came[months].sum())
        row: Row = {"date": schedule.payment_dates[t - 1], "period": t}
        row |= rolled(float(pool[before]), float(pool[before] + bought[t] - pool[t]), float(bought[t]))
        paid = float(cash[before] + collected - spent - cash[t])
        row |= dict(zip(CASH, (float(cash[before]), collected, spent, paid, float(cash[t])), strict=True))
        yield row | {f"{name}.par": float(lines[f"receivables.{name}.purchased"][t]) for name in names}


def within_months(
    schedule: PaymentSchedule, names: list[str], program: Program, part: BuyWithinMonths
) -> Iterator[Row]:
    """Each step of a clock, from a run that writes them down."""
    log: list[Step] = []
    parts = [replace(part, log=log) if one is part else one for one in program.parts]
    lines = run(replace(program, parts=parts))
    first_pool = lines["pool.balance"] - sum(lines[f"receivables.{name}.balance"] for name in names)
    pool, cash = float(lines["pool.balance"][0]), 0.0
    for at, step in enumerate(log):
        month, k = divmod(at, part.steps)
        own = float(first_pool[month] - first_pool[month + 1]) / part.steps
        row: Row = {"period": month + 1}
        row["date"] = day_of(schedule.collection_start[month], schedule.collection_end[month], k, part.steps)
        row |= rolled(pool, own + sum(step.run_off), sum(step.bought))
        left = cash + step.collected - step.spent
        left = left if left > DUST * max(pool, 1.0) else 0.0  # all is spent, but for what rounding leaves
        paid = left if k == part.steps - 1 else 0.0
        row |= dict(zip(CASH, (cash, step.collected, step.spent, paid, left - paid), strict=True))
        pool, cash = row["pool_closing"], row["cash_closing"]
        yield row | {f"{name}.par": par for name, par in zip(names, step.bought, strict=True)}


def day_of(start: date, end: date, step: int, steps: int) -> date:
    """The last day of a step of a month, which counts 30 days; the last step ends with the month.

    >>> [day_of(date(2028, 2, 1), date(2028, 2, 29), step, 3).day for step in range(3)]
    [10, 20, 29]
    """
    day = ceil((step + 1) * MONTH / steps)
    return end if day >= MONTH else min(start + timedelta(days=day - 1), end)
