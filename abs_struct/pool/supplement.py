"""Yield supplement overcollateralisation: what the loans of low rates are worth less at a required rate.

US auto pools hold subvented loans whose rate does not pay for the notes. For each loan whose rate lies below the
required one, the supplement of a month is what its scheduled balance exceeds the present value of its remaining
scheduled payments by, discounted at the required rate:

    supplement(k) = sum over loans of max(0, B(k) - PV(k)),   PV(k) = (PV(k + 1) + payment(k + 1)) / (1 + q x fraction)

The schedule is that of the contracts: no prepayment, no default. A deal subtracts it from the pool balance.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from abs_struct.core.distinct import distinct
from abs_struct.core.findings import CurveError
from abs_struct.pool.repayment import unit_schedule
from abs_struct.pool.rows import Rows
from abs_struct.pool.schedule import CHUNK, Series


def yield_supplement(
    rows: Rows, required: float, periods: int, days: Sequence[int] | Any = (), accrual: str = "30/360"
) -> Series:
    """The yield supplement of a pool by month.

    Parameters
    ----------
    rows : R rows, balances in cents
    required : the required rate, a fraction a year
    periods : number of periods T, at least the longest remaining term
    days : (T,), days of each collection period (needed for actual/365)
    accrual : "30/360" (both rates a twelfth a month) or "actual/365" (both by days)

    Returns
    -------
    (T + 1,), currency units; index 0 is the cut-off date

    Raises
    ------
    CurveError : the periods end before the last payment

    Source: yield supplement overcollateralisation amount of US auto loan prospectuses (schedule of scheduled
    payments, required rate).

    >>> one = Rows(*[np.array([v]) for v in ("all", 0, "level_pay", 2, 0, 100_00, 1)])
    >>> yield_supplement(one, 0.12, 2).round(4).tolist()
    [1.4802, 0.495, 0.0]
    """
    if periods < int(rows.remaining_term.max()):
        raise CurveError(
            f"the yield supplement needs every scheduled payment: {int(rows.remaining_term.max())} periods "
            f"(got {periods})"
        )
    if len(days) == 0:
        days = np.full(periods, 365.0 / 12.0)
    actual = accrual == "actual/365"
    fractions = np.asarray(days, dtype=float) / 365.0 if actual else np.full(periods, 1.0 / 12.0)
    below = rows.rate < required
    found = np.zeros(periods + 1)
    for repayment in distinct(rows.repayment)[0]:
        chosen = np.flatnonzero(below & (rows.repayment == repayment))
        for start in range(0, len(chosen), CHUNK):
            at = chosen[start : start + CHUNK]
            columns = (rows.rate[at], rows.remaining_term[at], rows.age[at])
            balance, interest = unit_schedule(str(repayment), *columns, days, accrual)
            payment = balance[:, :-1] - balance[:, 1:] + interest[:, 1:]
            money, worth = rows.balance_cents[at] / 100.0, np.zeros(len(at))
            for k in range(periods - 1, -1, -1):
                worth = (worth + payment[:, k]) / (1.0 + required * fractions[k])
                found[k] += (money * np.maximum(balance[:, k] - worth, 0.0)).sum()
    return found
