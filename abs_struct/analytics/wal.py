"""Weighted average life, and the years it is measured in."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from abs_struct.analytics.discounting import total
from abs_struct.core.findings import AnalyticsError, listed, nearest
from abs_struct.dates.daycount import year_fraction

BASES = ("30/360", "actual/actual", "months")


def years_from(start: date, dates: Sequence[date], basis: str = "30/360") -> NDArray[np.float64]:
    """Years from closing or settlement to each payment date.

    Parameters
    ----------
    start : scalar date
    dates : T dates
    basis : "30/360" (days / 360), "actual/actual" or "months" (whole calendar months / 12)

    Returns
    -------
    array (T,), years

    Raises
    ------
    AnalyticsError : an unknown basis

    Source: US offering documents (WAL on 30/360 from closing, stub first period).

    >>> years_from(date(2027, 1, 20), [date(2027, 2, 15), date(2027, 3, 15)]).round(4).tolist()
    [0.0694, 0.1528]
    """
    if basis not in BASES:
        raise AnalyticsError(f"no basis '{basis}' for years{nearest(basis, BASES)} (known: {listed(BASES)})")
    if basis == "months":
        return np.array([((day.year - start.year) * 12 + day.month - start.month) / 12.0 for day in dates])
    return np.array([year_fraction(start, day, basis) for day in dates])


def weighted_average_life(principal: ArrayLike, years: ArrayLike) -> Any:
    """WAL = sum(principal x years) / sum(principal).

    Parameters
    ----------
    principal : array (T,) or (T, S), money
    years : array (T,), years from closing

    Returns
    -------
    scalar or (S,), years; nan where no principal is paid

    Raises
    ------
    AnalyticsError : as many times as payments are wanted

    Source: US offering documents; SIFMA Standard Formulas, average life.

    >>> float(weighted_average_life([50.0, 50.0], [1.0, 2.0]))
    1.5
    """
    amounts, times = np.asarray(principal, dtype=float), np.asarray(years, dtype=float)
    if times.shape != amounts.shape[:1]:
        raise AnalyticsError(f"principal of shape {amounts.shape} does not go with {times.size} payment times")
    weighted = total(amounts * times.reshape(-1, *[1] * (amounts.ndim - 1)))
    paid = total(amounts)
    return np.where(paid == 0.0, np.nan, weighted / np.where(paid == 0.0, 1.0, paid))[()]
