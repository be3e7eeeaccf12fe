"""Ratios of a card trust, as its monthly report prints them, in any arithmetic: floats, arrays or symbols."""

from __future__ import annotations

from abs_struct.core.arithmetic.arrays import Arrays
from abs_struct.core.arithmetic.numbers import Numbers, Value

ARRAYS = Arrays()


def default_rate(
    defaulted: Value, ending_principal: Value, days: Value, recovered: Value = 0.0, x: Numbers = ARRAYS
) -> Value:
    """The annualised default rate of a month: (defaulted - recovered) / ending principal x 365 / days.

    Parameters
    ----------
    defaulted, recovered : scalar or array, money of the month; without recoveries the gross rate
    ending_principal : of the same shape, principal receivables at the end of the month, money
    days : of the same shape, days of the month
    x : the arithmetic

    Returns
    -------
    the same shape, a rate a year as a fraction; 0 where no principal is left

    Raises
    ------
    Nothing

    Source: monthly reports of the American Express master trust (Form 10-D exhibits, 2021 and 2022).

    >>> round(float(default_rate(35_683_745.77, 23_347_485_175.72, 31)), 6)
    0.017995
    """
    return x.ratio(defaulted - recovered, ending_principal) * 365.0 / days


def payment_rate(principal_collections: Value, beginning_principal: Value, days: Value, x: Numbers = ARRAYS) -> Value:
    """The payment rate of a month of 30 days: principal collections / beginning principal x 30 / days.

    Parameters
    ----------
    principal_collections : scalar or array, money of the month
    beginning_principal : of the same shape, principal receivables at the start of the month, money
    days : of the same shape, days of the month
    x : the arithmetic

    Returns
    -------
    the same shape, a rate a month as a fraction; 0 where there was no principal

    Raises
    ------
    Nothing

    Source: monthly reports of the American Express master trust (Form 10-D exhibits, 2021 and 2022).

    >>> round(float(payment_rate(10_125_601_982.81, 24_861_413_281.50, 31)), 6)
    0.394144
    """
    return x.ratio(principal_collections, beginning_principal) * 30.0 / days


def excess_spread(portfolio_yield: Value, charge_off: Value, coupon: Value, servicing: Value) -> Value:
    """Portfolio yield - charge-offs - base rate, the base rate being coupon + servicing fee.

    Parameters
    ----------
    portfolio_yield, charge_off : scalar or array, rates a year as fractions
    coupon : of the same shape, the average rate a year of the series' classes, weighted by their balances
    servicing : of the same shape, servicing fee a year

    Returns
    -------
    the same shape, a rate a year as a fraction; negative where the series earns less than it costs

    Raises
    ------
    Nothing

    Source: standard term of US card master trusts (base rate and excess spread of a series).

    >>> round(excess_spread(0.1619, 0.0325, 0.0475, 0.02), 4)
    0.0619
    """
    return portfolio_yield - charge_off - (coupon + servicing)
