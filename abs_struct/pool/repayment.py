"""How a loan of 1 repays without default and prepayment: balance and interest by month.

    level_pay        the same payment each month, B(k) = expm1((k - n) log1p(r)) / expm1(-n log1p(r)); r = 0: 1 - k/n
    level_principal  the same principal each month, interest on what is left
    interest_first   interest each month, principal at the end
    single_payment   nothing until the end; then the principal and simple interest since origination

Under `actual/365` interest is rate x days / 365 of the balance; the level payment is still that of r / 12, and the
last month pays what is left.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from abs_struct.core.findings import CurveError, listed, nearest

Grid = NDArray[np.float64]
Unit = Callable[[Any, Any, Any, Grid, bool], tuple[Grid, Grid]]

ACCRUALS = ("30/360", "actual/365")


def unit_schedule(
    repayment: str, rate: Any, term: Any, age: Any, days: Any, accrual: str = "30/360"
) -> tuple[Grid, Grid]:
    """Scheduled balance and interest of loans of 1.

    Parameters
    ----------
    repayment : one of level_pay, level_principal, interest_first, single_payment
    rate : (R,), a fraction a year
    term : (R,), remaining months
    age : (R,), months since origination
    days : (T,), days of each collection period; read under actual/365
    accrual : "30/360" (1/12 of a year each month) or "actual/365"

    Returns
    -------
    (balance, interest) : each (R, T + 1), per unit of balance; column 0 is the start, with interest 0

    Raises
    ------
    CurveError : an unknown repayment or accrual

    Source: definition (annuity formula).

    >>> balance, interest = unit_schedule("level_pay", [0.12], [2], [0], [31, 28])
    >>> [round(float(b), 6) for b in balance[0]], [round(float(i), 6) for i in interest[0]]
    ([1.0, 0.502488, 0.0], [0.0, 0.01, 0.005025])
    """
    if repayment not in UNITS:
        raise CurveError(f"unknown repayment '{repayment}'{nearest(repayment, UNITS)} (known: {listed(UNITS)})")
    if accrual not in ACCRUALS:
        raise CurveError(f"unknown accrual '{accrual}'{nearest(accrual, ACCRUALS)} (known: {listed(ACCRUALS)})")
    actual = accrual == "actual/365"
    count = len(days)
    fractions = np.asarray(days, dtype=float) / 365.0 if actual else np.full(count, 1.0 / 12.0)
    r, n, a = (np.asarray(values, dtype=float)[:, None] for values in (rate, term, age))
    return UNITS[repayment](r, n, a, fractions, actual)


def interest_on(balance: Grid, rate: Grid, fractions: Grid) -> Grid:
    """Interest of each month on the balance at its start."""
    interest = np.zeros_like(balance)
    interest[:, 1:] = rate * fractions * balance[:, :-1]
    return interest


def level_pay(rate: Grid, term: Grid, age: Grid, fractions: Grid, actual: bool) -> tuple[Grid, Grid]:
    """The same payment each month."""
    k = np.arange(len(fractions) + 1, dtype=float)
    left = np.minimum(k - term, 0.0)
    if actual:
        return level_pay_by_days(rate, term, fractions)
    growth = np.log1p(rate / 12.0)
    nothing = rate == 0.0
    whole = np.where(nothing, -term, np.expm1(-term * growth))
    balance = np.where(nothing, left, np.expm1(left * growth)) / whole + 0.0
    interest = np.zeros_like(balance)
    interest[:, 1:] = rate / 12.0 * balance[:, :-1]
    return balance, interest


def level_pay_by_days(rate: Grid, term: Grid, fractions: Grid) -> tuple[Grid, Grid]:
    """The payment of r / 12, interest by days; never less than the interest, and the last month clears."""
    r, n = rate[:, 0], term[:, 0]
    monthly = r / 12.0
    annuity = np.where(r == 0.0, 1.0 / n, monthly / np.where(r == 0.0, 1.0, -np.expm1(-n * np.log1p(monthly))))
    balance = np.zeros((len(r), len(fractions) + 1))
    interest = np.zeros_like(balance)
    balance[:, 0] = 1.0
    for k, fraction in enumerate(fractions, start=1):
        due = r * fraction * balance[:, k - 1]
        principal = np.minimum(np.maximum(annuity - due, 0.0), balance[:, k - 1])
        balance[:, k] = np.where(k >= n, 0.0, balance[:, k - 1] - principal)
        interest[:, k] = due
    return balance, interest


def level_principal(rate: Grid, term: Grid, age: Grid, fractions: Grid, actual: bool) -> tuple[Grid, Grid]:
    """The same principal each month."""
    k = np.arange(len(fractions) + 1, dtype=float)
    balance = np.maximum(term - k, 0.0) / term
    return balance, interest_on(balance, rate, fractions)


def interest_first(rate: Grid, term: Grid, age: Grid, fractions: Grid, actual: bool) -> tuple[Grid, Grid]:
    """Interest each month, principal at the end."""
    k = np.arange(len(fractions) + 1, dtype=float)
    balance = np.where(k < term, 1.0, 0.0)
    return balance, interest_on(balance, rate, fractions)


def single_payment(rate: Grid, term: Grid, age: Grid, fractions: Grid, actual: bool) -> tuple[Grid, Grid]:
    """Principal, and all simple interest since origination, at the end."""
    k = np.arange(len(fractions) + 1, dtype=float)
    balance = np.where(k < term, 1.0, 0.0)
    elapsed = np.cumsum(np.concatenate(([0.0], fractions))) if actual else k / 12.0
    interest = np.where(k == term, rate * (age / 12.0 + elapsed), 0.0)
    return balance, interest


UNITS: dict[str, Unit] = {
    "level_pay": level_pay,
    "level_principal": level_principal,
    "interest_first": interest_first,
    "single_payment": single_payment,
}
