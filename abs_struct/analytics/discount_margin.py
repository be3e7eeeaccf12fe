"""Discount margin and spread duration of a floater, on one projection of its flows and index rates.

The flows stay as they are while the margin moves. The discount factor of a payment is the product over the periods
up to it of 1 / (1 + (index + margin) x accrual fraction), worked out from the last payment to the first.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from abs_struct.analytics.discounting import Array, logarithm, one_or_all, total
from abs_struct.core.findings import AnalyticsError
from abs_struct.core.roots import Where, newton

Table = tuple[Array, Array, Array]


def price_at_discount_margin(flows: ArrayLike, index: ArrayLike, fractions: ArrayLike, margin: ArrayLike) -> Any:
    """P = sum CF(t) / prod over k up to t of (1 + (i(k) + DM) a(k)): accrued interest included.

    Parameters
    ----------
    flows : array (T,) or (T, S), money
    index : array (T,) or (T, S), the index rate of each period, a fraction a year
    fractions : array (T,), accrual fraction of each period in years; the first from settlement, 0 without a payment
    margin : scalar or (S,), discount margin, a fraction a year

    Returns
    -------
    scalar or (S,), money; nan at a margin below which a period would discount by nothing

    Raises
    ------
    AnalyticsError : shapes that do not go together, fractions below 0

    Source: Fabozzi, Bond Markets, Analysis and Strategies, discounted margin of a floating-rate security.

    >>> round(float(price_at_discount_margin([1.5, 101.5], [0.05, 0.05], [0.25, 0.25], 0.01)), 10)
    100.0
    """
    table, (spread,), alone = periods_of(flows, index, fractions, margin)
    return one_or_all(worth(table, spread)[0], alone)


def discount_margin(flows: ArrayLike, index: ArrayLike, fractions: ArrayLike, price: ArrayLike) -> Any:
    """The margin over the index at which flows are worth a price.

    Newton on ln(value / P), which is convex in the margin: after its first step it comes down on the root from one
    side. A floater bought at par has its quoted margin.

    Parameters
    ----------
    flows : array (T,) or (T, S), money, none negative
    index : array (T,) or (T, S), the index rate of each period, a fraction a year
    fractions : array (T,), accrual fraction of each period in years; the first from settlement, 0 without a payment
    price : scalar or (S,), money, accrued interest included

    Returns
    -------
    scalar or (S,), fraction a year; nan where all flows or the price are zero

    Raises
    ------
    AnalyticsError : shapes that do not go together, fractions below 0

    Source: Fabozzi, Bond Markets, Analysis and Strategies, discounted margin of a floating-rate security.

    >>> round(float(discount_margin([1.5, 101.5], [0.05, 0.05], [0.25, 0.25], 100.0)), 12)
    0.01
    """
    table, (paid,), alone = periods_of(flows, index, fractions, price)

    def distance(falling: Array, at: Where) -> tuple[Array, Array]:
        value, slope = worth(table, -falling, at)
        return logarithm(value / paid[at]), -slope / value

    found = newton(distance, np.zeros(paid.shape), high=highest(table))
    return one_or_all(np.where((total(table[0]) > 0.0) & (paid > 0.0), -found, np.nan), alone)


def spread_duration(flows: ArrayLike, index: ArrayLike, fractions: ArrayLike, margin: ArrayLike) -> Any:
    """-dP/dDM / P: the fall of the price, as a fraction of it, for a unit rise of the discount margin.

    It is the slope itself, not a difference of two prices; a move of the margin by 1 bp up and down gives the same
    to about eight digits.

    Parameters
    ----------
    flows : array (T,) or (T, S), money
    index : array (T,) or (T, S), the index rate of each period, a fraction a year
    fractions : array (T,), accrual fraction of each period in years; the first from settlement, 0 without a payment
    margin : scalar or (S,), discount margin, a fraction a year

    Returns
    -------
    scalar or (S,), years; nan where the flows are worth nothing

    Raises
    ------
    AnalyticsError : shapes that do not go together, fractions below 0

    Source: Fabozzi, Bond Markets, Analysis and Strategies, spread duration of a floating-rate security.

    >>> round(float(spread_duration([101.5], [0.05], [0.25], 0.01)), 9)
    0.246305419
    """
    table, (spread,), alone = periods_of(flows, index, fractions, margin)
    value, slope = worth(table, spread)
    with np.errstate(all="ignore"):
        return one_or_all(-slope / value, alone)


def periods_of(
    flows: ArrayLike, index: ArrayLike, fractions: ArrayLike, *others: ArrayLike
) -> tuple[Table, list[Array], bool]:
    """Flows and index rates as (T, S), fractions (T,), the others as (S,), and whether all of it is one scenario.

    Parameters
    ----------
    flows, index : arrays (T,) or (T, S), money and fractions a year
    fractions : array (T,), years
    others : scalars or arrays (S,)

    Returns
    -------
    (flows, index, fractions), the others (S,), and whether there is one scenario only

    Raises
    ------
    AnalyticsError : shapes that do not go together, fractions below 0

    Source: definition.

    >>> periods_of([1.5, 101.5], [0.05, 0.05], [0.25, 0.25], 0.01)[0][0].shape
    (2, 1)
    """
    years = np.asarray(fractions, dtype=float)
    if years.ndim != 1 or years.size == 0:
        raise AnalyticsError(f"accrual fractions must be a list, one for each period (got shape {years.shape})")
    if not np.isfinite(years).all() or bool((years < 0.0).any()):
        raise AnalyticsError("accrual fractions are 0 or more; leave out the periods before settlement")
    tables = [np.asarray(values, dtype=float) for values in (flows, index)]
    for name, table in zip(("flows", "index rates"), tables, strict=True):
        if table.ndim not in (1, 2) or len(table) != years.size:
            raise AnalyticsError(
                f"{name} of shape {table.shape} do not go with {years.size} accrual fractions; wanted (T,) or (T, S)"
            )
    rest = [np.asarray(other, dtype=float) for other in others]
    alone = all(table.ndim == 1 for table in tables) and all(other.ndim == 0 for other in rest)
    wide = [table[:, None] if table.ndim == 1 else table for table in tables]
    try:
        shape = np.broadcast_shapes((1,), *(table.shape[1:] for table in wide), *(other.shape for other in rest))
    except ValueError as problem:
        shapes = ", ".join(str(values.shape) for values in (*tables, *rest))
        raise AnalyticsError(f"flows, index rates and arguments of shapes {shapes} do not go together") from problem
    amounts, rates = (np.broadcast_to(table, (years.size, *shape)) for table in wide)
    return (amounts, rates, years), [np.ascontiguousarray(np.broadcast_to(other, shape)) for other in rest], alone


def worth(table: Table, margin: Array, at: Where = slice(None)) -> tuple[Array, Array]:
    """What flows are worth at a margin, and the slope of it: value and dP/dDM of the scenarios `at`.

    Parameters
    ----------
    table : flows (T, S), index rates (T, S) and fractions (T,)
    margin : array (n,), fraction a year

    Returns
    -------
    two arrays (n,), money, and money for a unit of margin; nan where a period would not discount

    Raises
    ------
    Nothing

    Source: definition.

    >>> [float(a[0]) for a in worth((np.array([[105.0]]), np.array([[0.04]]), np.array([1.0])), np.array([0.01]))]
    [100.0, -95.23809523809524]
    """
    flows, index, fractions = table
    value, slope = np.zeros(margin.shape), np.zeros(margin.shape)
    for k in range(len(fractions) - 1, -1, -1):
        value = value + flows[k, at]
        if (years := fractions[k]) > 0.0:
            growth = 1.0 + (index[k, at] + margin) * years
            growth = np.where(growth > 0.0, growth, np.nan)
            value = value / growth
            slope = slope / growth - value * years / growth
    return value, slope


def highest(table: Table) -> Array:
    """The fall of the margin at which the first period stops to discount: the least of 1 / a(k) + i(k).

    Parameters
    ----------
    table : flows (T, S), index rates (T, S) and fractions (T,)

    Returns
    -------
    array (S,), fraction a year; infinite where no time passes

    Raises
    ------
    Nothing

    Source: definition.

    >>> highest((np.array([[1.0]]), np.array([[0.05]]), np.array([0.25]))).tolist()
    [4.05]
    """
    _, index, fractions = table
    ends = np.full(index.shape[1], np.inf)
    for rates, years in zip(index, fractions, strict=True):
        if years > 0.0:
            ends = np.minimum(ends, 1.0 / years + rates)
    return ends
