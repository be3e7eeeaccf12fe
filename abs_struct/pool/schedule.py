"""The aggregated schedule: every row's contract, computed once and added up to cohorts.

A cohort is a group of loans whose prepayment and default rates agree in every period: a group and a loan age.
Its loans survive by one common factor, so the sum of their schedules is all that a projection needs. Ages from
which no curve depends on age are one cohort.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from abs_struct.core.distinct import distinct
from abs_struct.curves import Assumptions
from abs_struct.pool.repayment import Grid, unit_schedule
from abs_struct.pool.rows import Rows

#: Rows whose schedules are held at once: never rows x periods.
CHUNK = 8192

Series = NDArray[np.float64]


@dataclass(frozen=True, eq=False, repr=False)
class Cohort:
    """Loans with common hazards: their schedule without default and prepayment, in currency units, (T + 1,)."""

    group: str
    age: int
    scheduled_balance: Series
    scheduled_interest: Series
    loans: int = 0

    @property
    def name(self) -> str:
        """Group and age, as a person would say it."""
        return f"{self.group}, age {self.age}"


def horizon(rows: Rows, assumptions: Assumptions) -> int:
    """Periods until the last recovery is in: the longest remaining term, relief, and wait for it.

    Parameters
    ----------
    rows : remaining terms (R,) in months
    assumptions : how long recoveries take, and loans under relief, in months

    Returns
    -------
    scalar, number of periods T

    Raises
    ------
    Nothing

    Source: definition.

    >>> from abs_struct.curves import read
    >>> one = Rows(*[np.array([v]) for v in ("all", 7, "level_pay", 36, 12_000_000, 100_00, 1)])
    >>> horizon(one, read({"default": {"cdr": 0.04}, "recovery": {"rate": 0.07, "lag": 6}}))
    42
    """
    return int(rows.remaining_term.max()) + assumptions.longer() + assumptions.wait()


def cohorts(
    rows: Rows,
    assumptions: Assumptions,
    periods: int,
    days: Sequence[int] | Any = (),
    accrual: str = "30/360",
    also: Sequence[str] = (),
) -> list[Cohort]:
    """The cohorts of a pool with their aggregated schedules.

    Parameters
    ----------
    rows : R rows, balances in cents
    assumptions : say which ages can differ, and which share of the loans is relieved
    periods : number of periods T
    days : (T,), days of each collection period (needed for actual/365)
    accrual : "30/360" or "actual/365"
    also : groups beside those of the rows that may have curves of their own

    Returns
    -------
    list of Cohort, sorted by group and age; series (T + 1,) in currency units

    Raises
    ------
    CurveError : curves for a group that no loan belongs to, or relief after the last payment

    Source: definition.

    >>> from abs_struct.curves import read
    >>> one = Rows(*[np.array([v]) for v in ("all", 7, "level_pay", 2, 12_000_000, 100_00, 1)])
    >>> found = cohorts(one, read({"prepayment": {"cpr": 0.1}}), 3)[0]
    >>> found.age, [round(float(b), 2) for b in found.scheduled_balance]
    (0, [100.0, 50.25, 0.0, 0.0])
    """
    assumptions.check_groups([*rows.group.tolist(), *also])
    if assumptions.relieved:
        from abs_struct.pool.relief import refuse_late_relief

        refuse_late_relief(assumptions, int(rows.remaining_term.max()))
    if len(days) == 0:
        days = np.full(periods, 365.0 / 12.0)
    names, _, groups = distinct(rows.group)
    ages = rows.age.copy()
    for place, name in enumerate(names):
        limit = assumptions.saturation(str(name))
        if limit is not None:
            ages[groups == place] = np.minimum(ages[groups == place], limit)
    span = int(ages.max()) + 1
    keys, _, cohort = distinct(groups * span + ages)
    balance, interest = aggregate(rows, cohort, len(keys), days, accrual, assumptions)
    cents = np.bincount(cohort, weights=rows.balance_cents, minlength=len(keys))
    balance[:, 0] = cents / 100.0
    loans = np.bincount(cohort, weights=rows.loans, minlength=len(keys)).astype(int)
    return [
        Cohort(str(names[key // span]), int(key % span), balance[i], interest[i], int(loans[i]))
        for i, key in enumerate(keys)
    ]


def scheduler(days: Any, accrual: str, assumptions: Assumptions) -> Callable[..., tuple[Grid, Grid]]:
    """What schedules loans of 1 by repayment, rate, term and age, with the relief that the deal assumes."""
    if not assumptions.relieved:
        return lambda repayment, rate, term, age: unit_schedule(repayment, rate, term, age, days, accrual)
    from abs_struct.pool.relief import relieved_schedule

    return lambda repayment, rate, term, age: relieved_schedule(repayment, rate, term, age, days, accrual, assumptions)


def aggregate(
    rows: Rows,
    cohort: NDArray[np.int64],
    count: int,
    days: Sequence[int] | Any,
    accrual: str,
    assumptions: Assumptions,
) -> tuple[Grid, Grid]:
    """The schedules of all rows, added up by cohort: (balance, interest), each (count, T + 1)."""
    balance = np.zeros((count, len(days) + 1))
    interest = np.zeros_like(balance)
    money = rows.balance_cents / 100.0
    rate, scheduled = rows.rate, scheduler(days, accrual, assumptions)
    for repayment in distinct(rows.repayment)[0]:
        chosen = np.flatnonzero(rows.repayment == repayment)
        chosen = chosen[np.argsort(cohort[chosen], kind="stable")]
        for start in range(0, len(chosen), CHUNK):
            at = chosen[start : start + CHUNK]
            columns = (rate[at], rows.remaining_term[at], rows.age[at])
            unit_balance, unit_interest = scheduled(str(repayment), *columns)
            here = cohort[at]
            first = np.flatnonzero(np.concatenate(([True], here[1:] != here[:-1])))
            weights = money[at, None]
            balance[here[first]] += np.add.reduceat(unit_balance * weights, first, axis=0)
            interest[here[first]] += np.add.reduceat(unit_interest * weights, first, axis=0)
    return balance, interest
