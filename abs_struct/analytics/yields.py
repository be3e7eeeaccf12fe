"""Price at a yield, yield at a price, and the two ways in which the trade quotes a yield."""

from __future__ import annotations

from datetime import date
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from abs_struct.analytics.discounting import Array, Times, columns, logarithm, moments, one_or_all, total
from abs_struct.core.arithmetic.arrays import power
from abs_struct.core.roots import Where, newton
from abs_struct.dates.daycount import year_fraction

#: Where the search for a yield begins: 6 per cent a year, continuously.
START = -0.06


def force_of(bond_yield: Array) -> Array:
    """Minus the continuous rate: e^(force t) = (1 + Y/2)^(-2t) for a bond-equivalent yield.

    Parameters
    ----------
    bond_yield : array (S,), fraction a year

    Returns
    -------
    array (S,), fraction a year; nan at a yield below -200 %

    Raises
    ------
    Nothing

    Source: definition.

    >>> round(float(force_of(np.array([0.06]))[0]), 9)
    -0.059117604
    """
    return -2.0 * logarithm(1.0 + 0.5 * bond_yield)


def price_at_yield(flows: ArrayLike, years: ArrayLike, bond_yield: ArrayLike) -> Any:
    """P = sum CF / (1 + Y/2)^(2T): what the flows are worth, accrued interest included.

    Parameters
    ----------
    flows : array (T,) or (T, S), money
    years : array (T,), years from settlement
    bond_yield : scalar or (S,), bond-equivalent yield as a fraction

    Returns
    -------
    scalar or (S,), money

    Raises
    ------
    AnalyticsError : shapes that do not go together, times before settlement

    Source: SIFMA Standard Formulas, SF-47 to SF-50.

    >>> round(float(price_at_yield([3.0, 103.0], [0.5, 1.0], 0.06)), 10)
    100.0
    """
    amounts, times, (rate,), alone = columns(flows, years, bond_yield)
    return one_or_all(moments(amounts, times, force_of(rate), 1)[0], alone)


def yield_at_price(flows: ArrayLike, years: ArrayLike, price: ArrayLike) -> Any:
    """The bond-equivalent yield Y with sum CF / (1 + Y/2)^(2T) = P.

    Newton on ln(value / P), which is nearly straight in ln(1 + Y/2): three or four steps.

    Parameters
    ----------
    flows : array (T,) or (T, S), money, none negative
    years : array (T,), years from settlement
    price : scalar or (S,), money, accrued interest included

    Returns
    -------
    scalar or (S,), fraction a year; nan where all flows or the price are zero, or the price is paid at once

    Raises
    ------
    AnalyticsError : shapes that do not go together, times before settlement

    Source: SIFMA Standard Formulas, SF-47 to SF-50.

    >>> round(float(yield_at_price([3.0, 103.0], [0.5, 1.0], 100.0)), 12)
    0.06
    """
    amounts, times, (paid,), alone = columns(flows, years, price)
    force = force_at_price(amounts, times, paid)
    return one_or_all(2.0 * (np.exp(-0.5 * force) - 1.0), alone)


def force_at_price(flows: Array, times: Times, price: Array) -> Array:
    """Minus the continuous rate at which flows (T, S) are worth the price (S,); nan where there is none.

    Parameters
    ----------
    flows : array (T, S), money
    times : payment times in years
    price : array (S,), money

    Returns
    -------
    array (S,), fraction a year

    Raises
    ------
    Nothing

    Source: definition.

    >>> round(float(force_at_price(np.array([[110.0]]), Times.of([1.0]), np.array([100.0]))[0]), 9)
    -0.09531018
    """

    def distance(force: Array, at: Where) -> tuple[Array, Array]:
        value, weighted = moments(flows, times, force, 2, at)
        return logarithm(value / price[at]), weighted / value

    found = newton(distance, np.full(price.shape, START))
    at_once = total(flows[: np.searchsorted(times.years, 0.0, side="right")])
    return np.where(at_once < price, found, np.nan)


def monthly_yield(bond_yield: ArrayLike) -> Any:
    """Mortgage yield MY = 12 ((1 + Y/2)^(1/6) - 1), compounded monthly.

    Parameters
    ----------
    bond_yield : scalar or (S,), bond-equivalent yield as a fraction

    Returns
    -------
    scalar or (S,), fraction a year

    Raises
    ------
    Nothing

    Source: SIFMA Standard Formulas, SF-47 to SF-50.

    >>> round(float(monthly_yield(0.0910675)), 7)
    0.0893863
    """
    return (12.0 * (power(1.0 + 0.5 * np.asarray(bond_yield, dtype=float), 1.0 / 6.0) - 1.0))[()]


def bond_equivalent_yield(mortgage_yield: ArrayLike) -> Any:
    """Y = 2 ((1 + MY/12)^6 - 1), compounded twice a year.

    Parameters
    ----------
    mortgage_yield : scalar or (S,), monthly yield as a fraction

    Returns
    -------
    scalar or (S,), fraction a year

    Raises
    ------
    Nothing

    Source: SIFMA Standard Formulas, SF-47 to SF-50.

    >>> round(float(bond_equivalent_yield(0.0893863)), 7)
    0.0910675
    """
    return (2.0 * (power(1.0 + np.asarray(mortgage_yield, dtype=float) / 12.0, 6.0) - 1.0))[()]


def accrued_interest(balance: ArrayLike, coupon: ArrayLike, years: ArrayLike) -> Any:
    """Interest that has accrued since the last payment date: balance x coupon x year fraction.

    Parameters
    ----------
    balance : scalar or (S,), money
    coupon : scalar or (S,), fraction a year
    years : scalar or (S,), year fraction of the note's day count

    Returns
    -------
    scalar or (S,), money

    Raises
    ------
    Nothing

    Source: SIFMA Standard Formulas, accrued interest.

    >>> accrued_interest(100.0, 0.06, 14 / 360)
    0.23333333333333334
    """
    product = np.asarray(balance, dtype=float) * np.asarray(coupon, dtype=float) * np.asarray(years, dtype=float)
    return float(product) if product.ndim == 0 else product


def accrued_at(balance: ArrayLike, coupon: ArrayLike, accrual_start: date, settlement: date, convention: str) -> Any:
    """Accrued interest at settlement; clean price = dirty price - accrued interest.

    Parameters
    ----------
    balance : scalar or (S,), money
    coupon : scalar or (S,), fraction a year
    accrual_start, settlement : scalar dates
    convention : day count, such as "30/360"

    Returns
    -------
    scalar or (S,), money; zero when settlement is not after the start

    Raises
    ------
    DateError : an unknown day count

    Source: SIFMA Standard Formulas, accrued interest.

    >>> round(accrued_at(100.0, 0.06, date(2027, 2, 15), date(2027, 3, 1), "30/360"), 6)
    0.266667
    """
    run = year_fraction(min(accrual_start, settlement), settlement, convention)
    return accrued_interest(balance, coupon, run)
