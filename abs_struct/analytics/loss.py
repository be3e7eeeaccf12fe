"""How a class is repaid, and what it misses: factors, decrement tables, first and last principal, shortfalls."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from abs_struct.analytics.discounting import total
from abs_struct.core.findings import AnalyticsError

#: Principal below half a cent is none.
HALF_A_CENT = 0.005


def factor(balance: ArrayLike, original: ArrayLike | None = None) -> Any:
    """Balance / original balance.

    Parameters
    ----------
    balance : array (T + 1,) or (T + 1, S), money, closing first
    original : scalar or (S,), money; the balance at closing unless it is given

    Returns
    -------
    the same shape, fraction; nan where the original balance is zero

    Raises
    ------
    Nothing

    Source: definition (pool factor, note factor).

    >>> factor([100.0, 80.0, 0.0]).tolist()
    [1.0, 0.8, 0.0]
    """
    amounts = np.asarray(balance, dtype=float)
    first = amounts[0] if original is None else np.asarray(original, dtype=float)
    return np.where(first != 0.0, amounts / np.where(first != 0.0, first, 1.0), np.nan)


def decrement(balance: ArrayLike, periods: ArrayLike, original: ArrayLike | None = None) -> Any:
    """Percent of the original balance outstanding after some of the payment dates.

    Parameters
    ----------
    balance : array (T + 1,) or (T + 1, S), money, closing first
    periods : array (D,), numbers of payment dates, 0 for closing
    original : scalar or (S,), money; the balance at closing unless it is given

    Returns
    -------
    array (D,) or (D, S), per cent

    Raises
    ------
    AnalyticsError : a period that was not run

    Source: US offering documents (decrement tables).

    >>> decrement([100.0, 80.0, 0.0], [0, 1]).tolist()
    [100.0, 80.0]
    """
    wanted: NDArray[np.int64] = np.asarray(periods, dtype=np.int64)
    last = len(np.asarray(balance)) - 1
    if wanted.size and (wanted.min() < 0 or wanted.max() > last):
        raise AnalyticsError(f"periods run from 0 to {last} (got {wanted.min()} to {wanted.max()})")
    return 100.0 * factor(balance, original)[wanted]


def first_principal(principal: ArrayLike, least: float = HALF_A_CENT) -> Any:
    """Number of the payment date (1, 2, ...) on which principal is first paid; 0 when none is.

    Parameters
    ----------
    principal : array (T,) or (T, S), money
    least : scalar, money; smaller payments do not count

    Returns
    -------
    scalar or (S,), number of a period

    Raises
    ------
    Nothing

    Source: definition (principal window).

    >>> int(first_principal([0.0, 5.0, 5.0]))
    2
    """
    paid = np.asarray(principal, dtype=float) > least
    return np.where(paid.any(axis=0), paid.argmax(axis=0) + 1, 0)[()]


def last_principal(principal: ArrayLike, least: float = HALF_A_CENT) -> Any:
    """Number of the payment date (1, 2, ...) on which principal is last paid; 0 when none is.

    Parameters
    ----------
    principal : array (T,) or (T, S), money
    least : scalar, money; smaller payments do not count

    Returns
    -------
    scalar or (S,), number of a period

    Raises
    ------
    Nothing

    Source: definition (principal window).

    >>> int(last_principal([0.0, 5.0, 5.0, 0.0]))
    3
    """
    paid = np.asarray(principal, dtype=float) > least
    return np.where(paid.any(axis=0), len(paid) - paid[::-1].argmax(axis=0), 0)[()]


def shortfall(due: ArrayLike, paid: ArrayLike) -> Any:
    """What was due over the whole life and never paid: max(0, sum due - sum paid).

    Parameters
    ----------
    due, paid : arrays (T,) or (T, S), money; for principal, due is the original balance in one row

    Returns
    -------
    scalar or (S,), money

    Raises
    ------
    Nothing

    Source: definition (Due / Shortfall / Paid of a trustee report).

    >>> float(shortfall([5.0, 5.0], [5.0, 3.0]))
    2.0
    """
    return np.maximum(total(due) - total(paid), 0.0)[()]
