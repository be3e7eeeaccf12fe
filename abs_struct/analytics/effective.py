"""Effective duration and convexity: from three prices, when the flows themselves move with the rates.

The three prices are those of three projections: index curves (and what depends on them) moved down, left, and up by
the same shift.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from abs_struct.core.findings import AnalyticsError


def effective_duration(down: ArrayLike, base: ArrayLike, up: ArrayLike, shift: float) -> Any:
    """(P(down) - P(up)) / (2 P(base) shift): the fall of the price, as a fraction of it, for a unit rise of rates.

    Parameters
    ----------
    down, base, up : scalars or (S,), prices with rates lower by the shift, as they are, and higher by it, money
    shift : by how much rates move, a fraction a year above 0, such as 0.0001

    Returns
    -------
    scalar or (S,), years; nan where the price is 0

    Raises
    ------
    AnalyticsError : a shift that is not above 0

    Source: Fabozzi, Bond Markets, Analysis and Strategies, effective duration.

    >>> round(float(effective_duration(102.5, 100.0, 97.6, 0.005)), 10)
    4.9
    """
    low, middle, high = prices(shift, down, base, up)
    with np.errstate(all="ignore"):
        return ((low - high) / np.where(middle == 0.0, np.nan, 2.0 * middle * shift))[()]


def effective_convexity(down: ArrayLike, base: ArrayLike, up: ArrayLike, shift: float) -> Any:
    """(P(down) + P(up) - 2 P(base)) / (P(base) shift^2): the second derivative of the price, as a fraction of it.

    It goes with `convexity`: dP/P = -duration x dy + convexity x dy^2 / 2. Some books divide it by two.

    Parameters
    ----------
    down, base, up : scalars or (S,), prices with rates lower by the shift, as they are, and higher by it, money
    shift : by how much rates move, a fraction a year above 0, such as 0.0001

    Returns
    -------
    scalar or (S,), years squared; nan where the price is 0

    Raises
    ------
    AnalyticsError : a shift that is not above 0

    Source: Fabozzi, Bond Markets, Analysis and Strategies, effective convexity (twice its convexity measure).

    >>> round(float(effective_convexity(102.5, 100.0, 97.6, 0.005)), 9)
    40.0
    """
    low, middle, high = prices(shift, down, base, up)
    with np.errstate(all="ignore"):
        return ((low + high - 2.0 * middle) / np.where(middle == 0.0, np.nan, middle * shift * shift))[()]


def prices(shift: float, *given: ArrayLike) -> Any:
    """The three prices as arrays; a shift that moves nothing is refused."""
    if not shift > 0.0:
        raise AnalyticsError(f"the shift of rates is above 0, such as 0.0001 (got {shift:g})")
    return [np.asarray(price, dtype=float) for price in given]
