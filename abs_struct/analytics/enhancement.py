"""What stands behind a class: credit enhancement and overcollateralisation, at closing or period by period."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import ArrayLike


def share(amount: ArrayLike, pool: ArrayLike) -> Any:
    """An amount as a fraction of the pool; nan where the pool is gone."""
    whole = np.asarray(pool, dtype=float)
    some = whole > 0.0
    return np.where(some, np.asarray(amount, dtype=float) / np.where(some, whole, 1.0), np.nan)[()]


def credit_enhancement(pool: ArrayLike, class_and_senior: ArrayLike, cash: ArrayLike = 0.0) -> Any:
    """(pool + cash - balances of this class and all that rank before or beside it) / pool.

    Parameters
    ----------
    pool, class_and_senior, cash : scalar, (T,) or (T, S), money; cash is what lies in reserves

    Returns
    -------
    the same shape, fraction of the pool; nan where the pool is gone

    Raises
    ------
    Nothing

    Source: US offering documents (credit enhancement at closing).

    >>> round(float(credit_enhancement(100.0, 55.25, 0.5)), 6)
    0.4525
    """
    behind = np.asarray(pool, dtype=float) + np.asarray(cash, dtype=float) - np.asarray(class_and_senior, dtype=float)
    return share(behind, pool)


def overcollateralisation(pool: ArrayLike, notes: ArrayLike) -> Any:
    """(pool - all notes) / pool.

    Parameters
    ----------
    pool, notes : scalar, (T,) or (T, S), money

    Returns
    -------
    the same shape, fraction of the pool; nan where the pool is gone

    Raises
    ------
    Nothing

    Source: US offering documents (overcollateralization at closing).

    >>> round(float(overcollateralisation(100.0, 89.4)), 6)
    0.106
    """
    return credit_enhancement(pool, notes)
