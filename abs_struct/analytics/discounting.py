"""Present values and their moments, by Horner's rule over the gaps between payment dates.

sum CF x^t is worked out from the last payment to the first: value = value x^gap + CF. Payment dates have few different
gaps, so that a scenario costs a handful of exponentials however many payments it has.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from abs_struct.core.findings import AnalyticsError
from abs_struct.core.roots import Where

Array = NDArray[np.float64]


@dataclass(frozen=True)
class Times:
    """Payment times in years, (T,), never falling, and the gaps between them: `which[k]` lies before payment k."""

    years: Array
    gaps: Array
    which: tuple[int, ...]

    @classmethod
    def of(cls, years: ArrayLike) -> Times:
        """Times from a list of years; gaps that differ by rounding only are one gap."""
        times = np.asarray(years, dtype=float)
        if times.ndim != 1 or times.size == 0:
            raise AnalyticsError(f"times must be a list of years, one for each payment (got shape {times.shape})")
        if not np.isfinite(times).all() or times[0] < 0.0 or bool((np.diff(times) < 0.0).any()):
            raise AnalyticsError("times must begin at or after settlement and never fall; leave out earlier flows")
        every = np.diff(times, prepend=0.0)
        _, first, which = np.unique(np.round(every, 11), return_index=True, return_inverse=True)
        return cls(times, every[first], tuple(int(k) for k in which))


def columns(flows: ArrayLike, years: ArrayLike, *others: ArrayLike) -> tuple[Array, Times, list[Array], bool]:
    """Flows as (T, S), their times, the other arguments as (S,), and whether all of it is one scenario.

    Parameters
    ----------
    flows : array (T,) or (T, S), money
    years : array (T,), years from settlement
    others : scalars or arrays (S,), such as prices

    Returns
    -------
    flows (T, S), their times, the others (S,), and whether there is one scenario only

    Raises
    ------
    AnalyticsError : shapes that do not go together, times before settlement

    Source: definition.

    >>> columns([1.0, 2.0], [0.5, 1.0], 3.0)[0].shape
    (2, 1)
    """
    amounts, times = np.asarray(flows, dtype=float), Times.of(years)
    if amounts.ndim not in (1, 2) or amounts.shape[0] != times.years.size:
        raise AnalyticsError(
            f"flows of shape {amounts.shape} do not go with {times.years.size} payment times; wanted (T,) or (T, S)"
        )
    rest = [np.asarray(other, dtype=float) for other in others]
    alone = amounts.ndim == 1 and all(other.ndim == 0 for other in rest)
    table = amounts[:, None] if amounts.ndim == 1 else amounts
    try:
        shape = np.broadcast_shapes(table.shape[1:], *(other.shape for other in rest))
    except ValueError as problem:
        shapes = [other.shape for other in rest]
        raise AnalyticsError(f"flows of shape {amounts.shape} do not go with arguments of {shapes}") from problem
    table = np.broadcast_to(table, (len(table), *shape))
    return table, times, [np.ascontiguousarray(np.broadcast_to(other, shape)) for other in rest], alone


def one_or_all(values: Array, alone: bool) -> Any:
    """The only element where there is one scenario, else the array (S,)."""
    return values[0] if alone else values


def moments(flows: Array, times: Times, force: Array, orders: int, at: Where = slice(None)) -> list[Array]:
    """sum CF t^m e^(force t) for m = 0 .. orders - 1, by scenario.

    Parameters
    ----------
    flows : array (T, S), money
    times : payment times in years
    force : array (n,), minus the continuous rate per year of the n scenarios `at`
    orders : number of moments

    Returns
    -------
    list of arrays (n,), money x years^m

    Raises
    ------
    Nothing

    Source: definition.

    >>> [float(m[0]) for m in moments(np.array([[100.0]]), Times.of([2.0]), np.array([0.0]), 2)]
    [100.0, 200.0]
    """
    factors = [np.exp(np.ascontiguousarray(force * gap)) for gap in times.gaps]
    if force.size == 1:
        found = moments_alone(flows[:, at].ravel().tolist(), times, [float(factor[0]) for factor in factors], orders)
        return [np.array([value]) for value in found]
    sums = [np.zeros(force.shape) for _ in range(orders)]
    rows = flows[:, at]
    part = np.empty(force.shape)
    for k in range(len(rows) - 1, -1, -1):
        row, factor, time = rows[k], factors[times.which[k]], times.years[k]
        for m, value in enumerate(sums):
            if m:
                row = np.multiply(row, time, out=part)
            np.add(value, row, out=value)
            np.multiply(value, factor, out=value)
    return sums


def moments_alone(flows: list[float], times: Times, factors: list[float], orders: int) -> list[float]:
    """The same sums of one scenario in Python's floats: the same bits, without a call of NumPy for each payment.

    Parameters
    ----------
    flows : list (T,), money
    times : payment times in years
    factors : list of scalars, e^(force gap) for each gap, pure number
    orders : number of moments

    Returns
    -------
    list of scalars, money x years^m

    Raises
    ------
    Nothing

    Source: definition.

    >>> moments_alone([100.0], Times.of([2.0]), [1.0], 2)
    [100.0, 200.0]
    """
    sums = [0.0] * orders
    payments = zip(flows, times.which, times.years.tolist(), strict=True)
    for amount, which, time in reversed(list(payments)):
        factor = factors[which]
        for m in range(orders):
            sums[m] = (sums[m] + amount) * factor
            amount *= time
    return sums


def logarithm(values: Array) -> Array:
    """Natural logarithm, always through the same contiguous loop.

    Parameters
    ----------
    values : array of any shape, pure numbers above 0

    Returns
    -------
    array of the same shape, pure number; nan below 0

    Raises
    ------
    Nothing

    Source: definition.

    >>> logarithm(np.array([1.0])).tolist()
    [0.0]
    """
    with np.errstate(all="ignore"):
        result: Array = np.log(np.ascontiguousarray(values))
    return result


def total(amounts: ArrayLike) -> Any:
    """Sum over time, from the first period to the last.

    Parameters
    ----------
    amounts : array (T,) or (T, S), money

    Returns
    -------
    scalar or (S,), money

    Raises
    ------
    Nothing

    Source: definition.

    >>> float(total([1.0, 2.0, 3.0]))
    6.0
    """
    table = np.asarray(amounts, dtype=float)
    if not len(table):
        return np.zeros(table.shape[1:])[()]
    if table.ndim == 1:
        return np.cumsum(table)[-1]
    result = table[0].copy()
    for row in table[1:]:  # the bits of a cumulated sum, without a table of all its steps
        np.add(result, row, out=result)
    return result
