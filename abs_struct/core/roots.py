"""Where a function is zero, for many scenarios at once.

Each element is iterated by its own numbers only and rests once it has converged, so that a scenario's root has the
same bits alone and in company.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]
Where = slice | NDArray[np.int64]

#: function(x, at) gives the value and the slope of the elements `at`, whose arguments are x.
Function = Callable[[Array, Where], tuple[Array, Array]]

#: Elements iterated together: few enough for the cache, many enough to make a call of NumPy cheap.
BLOCK = 8_192


def newton(
    function: Function,
    start: Array,
    low: Array | float = -np.inf,
    high: Array | float = np.inf,
    *,
    tolerance: float = 1e-8,
    most: int = 100,
) -> Array:
    """Where an increasing function is zero: Newton's steps, halving the bracket where a step leaves it.

    x' = x - f(x) / f'(x); a step below `tolerance` is the last one, and since the error is squared by it, it is
    then far below rounding. Which of low and high is above the root is learnt from the sign of f on the way.

    Parameters
    ----------
    function : gives value and slope, both (n,), of n elements; it must treat each by itself
    start : array (S,), any unit
    low, high : scalar or array (S,), with f(low) <= 0 <= f(high); infinite where no bracket is known
    tolerance : scalar, the unit of x
    most : number of steps after which an element is given up

    Returns
    -------
    array (S,), nan where an element does not converge or its function gives nan

    Raises
    ------
    Nothing

    Source: Press et al., Numerical Recipes, section 9.4 (rtsafe).

    >>> root = newton(lambda x, at: (x * x - 2.0, 2.0 * x), np.array([1.0]), 0.0, 2.0)
    >>> round(float(root[0]), 12)
    1.414213562373
    """
    x = np.array(start, dtype=float)
    below = np.array(np.broadcast_to(np.asarray(low, dtype=float), x.shape))
    above = np.array(np.broadcast_to(np.asarray(high, dtype=float), x.shape))
    found = np.full(x.shape, np.nan)
    with np.errstate(all="ignore"):
        for first in range(0, len(x), BLOCK):
            at: Where = slice(first, min(first + BLOCK, len(x)))
            settle(function, at, x[at], below[at], above[at], found, tolerance, most)
    return found


def settle(
    function: Function,
    at: Where,
    x: Array,
    below: Array,
    above: Array,
    found: Array,
    tolerance: float,
    most: int,
) -> None:
    """Iterate one block of elements and write those that converge into `found`."""
    awake: NDArray[np.bool_] = np.ones(len(x), dtype=bool)
    for _ in range(most):
        value, slope = function(x, at)
        below = np.where(value <= 0.0, x, below)
        above = np.where(value >= 0.0, x, above)
        stepped = x - value / slope
        inside = (stepped >= below) & (stepped <= above)
        following = np.where(inside, stepped, 0.5 * (below + above))
        moved = np.abs(following - x)
        done = awake & ((moved <= tolerance) & inside | (above - below <= 1e-15 * np.maximum(1.0, np.abs(x))))
        lost = np.isnan(value) | ~np.isfinite(following)
        write(found, at, following, done & ~lost)
        awake &= ~(done | lost)
        left = int(np.count_nonzero(awake))
        if left == 0:
            return
        x = following
        if left * 2 < awake.size:  # the few that are left go on by themselves
            numbers = np.arange(at.start, at.stop) if isinstance(at, slice) else at
            at, x, below, above = numbers[awake], x[awake], below[awake], above[awake]
            awake = np.ones(left, dtype=bool)


def write(found: Array, at: Where, values: Any, where: NDArray[np.bool_]) -> None:
    """Keep the values of the elements that have just converged."""
    if isinstance(at, slice):
        found[at][where] = values[where]
    else:
        found[at[where]] = values[where]
