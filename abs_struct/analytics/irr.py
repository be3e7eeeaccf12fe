"""Internal rates of return: of an investment, by date or by period, and what a deal's funding costs.

Money put in is negative, money taken out positive.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from abs_struct.analytics.discounting import Array, Times, columns, moments, one_or_all, total
from abs_struct.analytics.yields import force_at_price, yield_at_price
from abs_struct.core.findings import AnalyticsError
from abs_struct.core.roots import Where, newton

#: Minus the continuous rates a year between which a change of sign is sought, nearest to zero first.
LADDER = np.array([0.02, 0.06, 0.12, 0.25, 0.5, 1.0, 2.0, 4.0, 8.0, 16.0, 40.0])
RUNGS = np.concatenate([-LADDER[::-1], [0.0], LADDER])


def annual_irr(flows: ArrayLike, years: ArrayLike) -> Any:
    """The effective yearly rate r with sum CF / (1 + r)^T = 0; the one nearest to zero where there are several.

    Parameters
    ----------
    flows : array (T,) or (T, S), money; what is put in is negative
    years : array (T,), years from the first flow

    Returns
    -------
    scalar or (S,), fraction a year; nan where all flows have one sign or no rate is found

    Raises
    ------
    AnalyticsError : shapes that do not go together, times that fall

    Source: definition.

    >>> round(float(annual_irr([-100.0, 60.0, 60.0], [0.0, 1.0, 2.0])), 6)
    0.130662
    """
    amounts, times, _, alone = columns(flows, years)
    simple = (amounts[0] < 0.0) & (amounts[1:] >= 0.0).all(axis=0)
    force = np.full(amounts.shape[1], np.nan)
    if simple.any():
        force[simple] = bought_once(amounts if simple.all() else amounts[:, simple], times)
    if not simple.all():
        force[~simple] = nearest_root(np.ascontiguousarray(amounts[:, ~simple]), times)
    return one_or_all(np.exp(-force) - 1.0, alone)


def bought_once(flows: Array, times: Times) -> Array:
    """Minus the continuous rate where one payment buys all that follows.

    Parameters
    ----------
    flows : array (T, S), money, the first row negative and no other
    times : payment times in years

    Returns
    -------
    array (S,), fraction a year; nan where nothing follows

    Raises
    ------
    Nothing

    Source: definition.

    >>> round(float(bought_once(np.array([[-100.0], [110.0]]), Times.of([0.0, 1.0]))[0]), 9)
    -0.09531018
    """
    if len(flows) < 2:
        return np.full(flows.shape[1], np.nan)
    later = Times.of(times.years[1:] - times.years[0])
    return force_at_price(np.ascontiguousarray(flows[1:]), later, -flows[0])


def nearest_root(flows: Array, times: Times) -> Array:
    """Minus the continuous rate nearest to zero, of flows whose sign may change often.

    Parameters
    ----------
    flows : array (T, S), money
    times : payment times in years

    Returns
    -------
    array (S,), fraction a year; nan where the value has no change of sign

    Raises
    ------
    Nothing

    Source: definition.

    >>> round(float(nearest_root(np.array([[-100.0], [110.0]]), Times.of([0.0, 1.0]))[0]), 9)
    -0.09531018
    """
    count = flows.shape[1]
    with np.errstate(all="ignore"):
        signs = np.array([np.sign(moments(flows, times, np.full(count, rung), 1)[0]) for rung in RUNGS])
    change = signs[:-1] * signs[1:] < 0.0
    far = np.maximum(np.abs(RUNGS[:-1]), np.abs(RUNGS[1:]))[:, None]
    chosen = np.argmin(np.where(change, far, np.inf), axis=0)
    low, high = RUNGS[chosen], RUNGS[chosen + 1]
    rising = np.where(signs[chosen, np.arange(count)] < 0.0, 1.0, -1.0)

    def value(force: Array, at: Where) -> tuple[Array, Array]:
        worth, slope = moments(flows, times, force, 2, at)
        return rising[at] * worth, rising[at] * slope

    found = newton(value, 0.5 * (low + high), low, high, tolerance=1e-10)
    found = np.where(change.any(axis=0), found, np.nan)
    on_rung = (signs == 0.0) & (flows != 0.0).any(axis=0)
    nearest = np.argmin(np.where(on_rung, np.abs(RUNGS)[:, None], np.inf), axis=0)
    exact = on_rung.any(axis=0) & ~(np.abs(found) < np.abs(RUNGS[nearest]))
    return np.where(exact, RUNGS[nearest], found)


def irr(flows: ArrayLike) -> Any:
    """The rate a period r with sum CF_k / (1 + r)^k = 0, the first flow at once.

    Parameters
    ----------
    flows : array (T,) or (T, S), money

    Returns
    -------
    scalar or (S,), fraction a period; nan where there is none

    Raises
    ------
    AnalyticsError : flows that are no (T,) or (T, S)

    Source: spreadsheet function IRR.

    >>> round(float(irr([-70_000, 12_000, 15_000, 18_000, 21_000])), 9)
    -0.021244848
    """
    return annual_irr(flows, np.arange(len(np.asarray(flows)), dtype=float))


def xirr(flows: ArrayLike, dates: Sequence[date]) -> Any:
    """The effective yearly rate of flows on dates, in years of 365 days; the dates may come in any order.

    Parameters
    ----------
    flows : array (T,) or (T, S), money
    dates : T dates

    Returns
    -------
    scalar or (S,), fraction a year; nan where there is none

    Raises
    ------
    AnalyticsError : as many dates as flows are wanted

    Source: spreadsheet function XIRR.

    >>> round(float(xirr([-1000.0, 1100.0], [date(2010, 1, 1), date(2011, 1, 1)])), 9)
    0.1
    """
    amounts = np.asarray(flows, dtype=float)
    if amounts.shape[:1] != (len(dates),):
        raise AnalyticsError(f"flows of shape {amounts.shape} do not go with {len(dates)} dates")
    order: NDArray[np.int64] = np.argsort([day.toordinal() for day in dates], kind="stable")
    first = dates[int(order[0])]
    return annual_irr(amounts[order], [(dates[int(k)] - first).days / 365.0 for k in order])


def multiple(flows: ArrayLike) -> Any:
    """What is taken out per unit put in.

    Parameters
    ----------
    flows : array (T,) or (T, S), money; what is put in is negative

    Returns
    -------
    scalar or (S,), pure number; nan where nothing is put in

    Raises
    ------
    Nothing

    Source: definition (multiple on invested capital).

    >>> float(multiple([-100.0, 60.0, 90.0]))
    1.5
    """
    amounts = np.asarray(flows, dtype=float)
    put_in, taken_out = -total(np.minimum(amounts, 0.0)), total(np.maximum(amounts, 0.0))
    return np.where(put_in > 0.0, taken_out / np.where(put_in > 0.0, put_in, 1.0), np.nan)[()]


def cost_of_funds(notes: ArrayLike, senior_costs: ArrayLike, years: ArrayLike, proceeds: ArrayLike) -> Any:
    """All-in cost: the bond-equivalent yield at which what notes and senior costs receive is worth the proceeds.

    Parameters
    ----------
    notes, senior_costs : arrays (T,) or (T, S), money paid to the notes and to fees ahead of them
    years : array (T,), years from closing
    proceeds : scalar or (S,), money raised at closing, costs of issue taken off

    Returns
    -------
    scalar or (S,), fraction a year

    Raises
    ------
    AnalyticsError : shapes that do not go together

    Source: definition.

    >>> round(float(cost_of_funds([3.0, 103.0], [0.5, 0.5], [0.5, 1.0], 100.0)), 6)
    0.07
    """
    return yield_at_price(np.asarray(notes, dtype=float) + np.asarray(senior_costs, dtype=float), years, proceeds)
