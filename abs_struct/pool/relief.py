"""Schedules under relief: payment holidays and term extensions of a share of every loan.

A loan of 1 is divided: one part on holiday, one part extended, the rest by its contract. Each part has a schedule
of its own, and their sum is that of the loan, so that pools stay exact whatever the shares.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from abs_struct.core.findings import CurveError
from abs_struct.curves import Assumptions
from abs_struct.curves.relief import PaymentHoliday, TermExtension
from abs_struct.pool.repayment import Grid, unit_schedule

#: Rate, remaining term and age of the loans, each (R,).
Columns = tuple[Grid, Grid, Grid]


def relieved_schedule(
    repayment: str, rate: Any, term: Any, age: Any, days: Any, accrual: str, assumptions: Assumptions
) -> tuple[Grid, Grid]:
    """Scheduled balance and interest of loans of 1, with the deal's assumptions of relief.

    Parameters
    ----------
    repayment : one of level_pay, level_principal, interest_first, single_payment
    rate : (R,), a fraction a year
    term : (R,), remaining months
    age : (R,), months since origination
    days : (T,), days of each collection period; read under actual/365
    accrual : "30/360" (1/12 of a year each month) or "actual/365"
    assumptions : say which share of every loan is relieved, when and how

    Returns
    -------
    (balance, interest) : each (R, T + 1), per unit of balance; column 0 is the start, with interest 0

    Raises
    ------
    CurveError : an unknown repayment or accrual

    Source: definition.

    >>> from abs_struct.curves import read
    >>> holiday = read({"payment_holiday": {"share": 1, "from": 2, "months": 1, "interest": "deferred"}})
    >>> balance, interest = relieved_schedule("level_principal", [0.12], [2], [0], [30] * 3, "30/360", holiday)
    >>> balance[0].tolist(), interest[0].round(4).tolist()
    ([1.0, 0.5, 0.5, 0.0], [0.0, 0.01, 0.0, 0.01])
    """
    rate, term, age = (np.asarray(values, dtype=float) for values in (rate, term, age))
    columns: Columns = (rate, term, age)
    parts = [(1.0, unit_schedule(repayment, rate, term, age, days, accrual))]
    holiday, extension = assumptions.payment_holiday, assumptions.term_extension
    if holiday is not None:
        parts.append((float(holiday.share), on_holiday(repayment, columns, days, accrual, holiday)))
    if extension is not None:
        parts.append((float(extension.share), extended(repayment, columns, days, accrual, extension, parts[0][1])))
    if len(parts) == 1:
        return parts[0][1]
    rest = max(0.0, 1.0 - sum(share for share, _ in parts[1:]))
    weights = [rest, *(share for share, _ in parts[1:])]
    balance, interest = (
        np.asarray(sum(weight * grids[which] for weight, (_, grids) in zip(weights, parts, strict=True)))
        for which in (0, 1)
    )
    return balance, interest


def year_fractions(days: Any, accrual: str) -> Grid:
    """The share of a year that each month is."""
    return np.asarray(days, dtype=float) / 365.0 if accrual == "actual/365" else np.full(len(days), 1.0 / 12.0)


def on_holiday(repayment: str, columns: Columns, days: Any, accrual: str, holiday: PaymentHoliday) -> tuple[Grid, Grid]:
    """The schedule as if the months of the holiday were not there, and then these months put in.

    A loan of a single payment owes no interest before its end: there `paid` and `deferred` both mean that the
    interest of the holiday is added to that of the end.
    """
    rate, term = columns[0][:, None], columns[1].astype(int)
    paid, days = holiday.start - 1, np.asarray(days)  # instalments paid before the holiday
    months = min(holiday.months, len(days) - paid)
    kept = np.concatenate((days[:paid], days[paid + months :]))
    balance, interest = unit_schedule(repayment, *columns, days=kept, accrual=accrual)
    still = balance[:, paid : paid + 1]
    accrued = rate * year_fractions(days, accrual)[paid : paid + months] * still
    skipped = accrued if holiday.interest == "paid" and repayment != "single_payment" else np.zeros_like(accrued)
    balance = np.concatenate((balance[:, : paid + 1], np.repeat(still, months, axis=1), balance[:, paid + 1 :]), axis=1)
    interest = np.concatenate((interest[:, : paid + 1], skipped, interest[:, paid + 1 :]), axis=1)
    if holiday.interest != "waived" and skipped is not accrued:
        at = np.full(len(term), paid + months + 1) if repayment != "single_payment" else term + months
        owing = np.flatnonzero((term >= holiday.start) & (at < interest.shape[1]))
        interest[owing, at[owing]] += accrued.sum(axis=1)[owing]
    return balance, interest


def extended(
    repayment: str,
    columns: Columns,
    days: Any,
    accrual: str,
    extension: TermExtension,
    contract: tuple[Grid, Grid],
) -> tuple[Grid, Grid]:
    """The contract until the extension; then the balance that is left as a new loan over the longer term."""
    rate, term, age = columns
    paid, days = extension.start - 1, np.asarray(days)
    older = 12.0 * float(year_fractions(days, accrual)[:paid].sum()) if accrual == "actual/365" else float(paid)
    longer = np.maximum(term - paid, 1.0) + extension.months
    balance, interest = unit_schedule(repayment, rate, longer, age + older, days[paid:], accrual)
    alive, still = (term >= extension.start)[:, None], contract[0][:, paid : paid + 1]
    balances = np.concatenate((contract[0][:, :paid], still * balance), axis=1)
    interests = np.concatenate((contract[1][:, : paid + 1], still * interest[:, 1:]), axis=1)
    return np.where(alive, balances, contract[0]), np.where(alive, interests, contract[1])


def refuse_late_relief(assumptions: Assumptions, longest: int) -> None:
    """Relief after the last payment of the pool would be ignored.

    Raises
    ------
    CurveError : names the field and the last month
    """
    for name in ("payment_holiday", "term_extension"):
        found = getattr(assumptions, name)
        if found is not None and found.start > longest:
            raise CurveError(
                f"assumptions.{name}.from: month {found.start} lies beyond the life of the loans, whose last payment "
                f"falls in month {longest}"
            )
