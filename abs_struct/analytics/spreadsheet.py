"""Spreadsheet functions by their names, worked out by our own measures, to state that the two agree.

PMT IPMT PPMT PV FV NPER RATE MIRR              numpy_financial, which has them as they are
CUMIPMT CUMPRINC NPV XNPV IRR XIRR              sums and roots of flows
EFFECT NOMINAL DAYS360 YEARFRAC                 rates and dates
PRICE DURATION ACCRINT                          a bond with regular coupons
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date
from typing import Any

import numpy as np

from abs_struct.analytics.discounting import Times, moments
from abs_struct.analytics.duration import macaulay_duration
from abs_struct.analytics.irr import irr, xirr
from abs_struct.analytics.yields import accrued_interest, price_at_yield
from abs_struct.core.findings import AnalyticsError, listed, nearest
from abs_struct.dates.daycount import add_months, days, days_excel, years_excel

BASES = ("30/360", "actual/actual", "actual/360", "actual/365", "30E/360")
LIBRARY = ("PMT", "IPMT", "PPMT", "PV", "FV", "NPER", "RATE", "MIRR")


def spreadsheet(name: str, *arguments: Any) -> float:
    """The value of a spreadsheet function, its arguments in the spreadsheet's order.

    Parameters
    ----------
    name : such as "PMT"
    arguments : scalar numbers and dates, lists of flows and dates; rates as fractions a period, amounts in money

    Returns
    -------
    scalar, the unit of the function

    Raises
    ------
    AnalyticsError : a function that is not here

    Source: OASIS OpenFormula 1.2, date and financial functions.

    >>> round(spreadsheet("PMT", 0.08 / 12, 10, 10_000), 6)
    -1037.032089
    """
    if name in LIBRARY:
        import numpy_financial

        accuracy = {"tol": 1e-14} if name == "RATE" else {}
        given = (*arguments, 0.0) if name == "FV" and len(arguments) == 3 else arguments
        with np.errstate(all="ignore"):
            return float(getattr(numpy_financial, name.lower())(*given, **accuracy))
    if name not in OURS:
        known = (*LIBRARY, *OURS)
        raise AnalyticsError(f"no spreadsheet function '{name}'{nearest(name, known)} (known: {listed(known, 99)})")
    return float(OURS[name](*arguments))


def cumulated(part: str) -> Callable[..., float]:
    """IPMT or PPMT added up from one period to another.

    Parameters
    ----------
    part : "IPMT" or "PPMT"

    Returns
    -------
    a function of scalar rate, number of periods, balance, first and last period and 0 or 1 (due); money

    Raises
    ------
    Nothing

    Source: OASIS OpenFormula 1.2, functions CUMIPMT and CUMPRINC.

    >>> round(cumulated("IPMT")(0.0075, 360, 125_000, 13, 24, 0), 6)
    -11135.232131
    """

    def cumulative(rate: float, periods: int, balance: float, first: int, last: int, due: int) -> float:
        return sum(spreadsheet(part, rate, k, periods, balance, 0.0, due) for k in range(first, last + 1))

    return cumulative


def worth(rate: float, flows: Sequence[float], years: Sequence[float]) -> Any:
    """sum CF / (1 + r)^T."""
    force = np.array([-np.log1p(rate)])
    return moments(np.asarray(flows, dtype=float)[:, None], Times.of(years), force, 1)[0][0]


def npv(rate: float, *flows: float) -> Any:
    """Present value of flows at the ends of periods."""
    return worth(rate, flows, [float(k) for k in range(1, len(flows) + 1)])


def xnpv(rate: float, flows: Sequence[float], dates: Sequence[date]) -> Any:
    """Present value on the first of the dates, in years of 365 days."""
    return worth(rate, flows, [(day - dates[0]).days / 365.0 for day in dates])


def effect(rate: float, periods: int) -> float:
    """Effective yearly rate of a nominal one.

    Parameters
    ----------
    rate : scalar, fraction a year
    periods : scalar, number a year

    Returns
    -------
    scalar, fraction a year

    Raises
    ------
    Nothing

    Source: OASIS OpenFormula 1.2, function EFFECT.

    >>> round(effect(0.0525, 4), 9)
    0.053542667
    """
    return float((1.0 + rate / periods) ** periods - 1.0)


def nominal(rate: float, periods: int) -> float:
    """Nominal yearly rate of an effective one.

    Parameters
    ----------
    rate : scalar, fraction a year
    periods : scalar, number a year

    Returns
    -------
    scalar, fraction a year

    Raises
    ------
    Nothing

    Source: OASIS OpenFormula 1.2, function NOMINAL.

    >>> round(nominal(0.053543, 4), 9)
    0.05250032
    """
    return float(periods * ((1.0 + rate) ** (1.0 / periods) - 1.0))


def days360(start: date, end: date, european: bool = False) -> int:
    """Days in a year of 360, by the US rule or the European one.

    Parameters
    ----------
    start, end : scalar dates
    european : the European rule

    Returns
    -------
    scalar, days

    Raises
    ------
    Nothing

    Source: OASIS OpenFormula 1.2, function DAYS360.

    >>> days360(date(2007, 1, 31), date(2007, 3, 1))
    31
    """
    return days(start, end, "30E/360") if european else days_excel(start, end)


def yearfrac(start: date, end: date, basis: int = 0) -> float:
    """Share of a year by a basis 0 .. 4; the order of the two dates does not matter.

    Parameters
    ----------
    start, end : scalar dates
    basis : 0 US 30/360, 1 actual/actual, 2 actual/360, 3 actual/365, 4 European 30/360

    Returns
    -------
    scalar, years

    Raises
    ------
    Nothing

    Source: OASIS OpenFormula 1.2, function YEARFRAC.

    >>> yearfrac(date(2007, 1, 1), date(2008, 7, 1))
    1.5
    """
    low, high = min(start, end), max(start, end)
    if basis == 0:
        return days_excel(low, high) / 360.0
    if basis == 1:
        return years_excel(low, high)
    return days(low, high, BASES[basis]) / (365.0 if basis == 3 else 360.0)


def coupons(settlement: date, maturity: date, frequency: int, basis: int) -> tuple[list[float], float]:
    """Years from settlement to each coupon, and the share of the running coupon period that has passed.

    Parameters
    ----------
    settlement, maturity : scalar dates
    frequency : scalar, coupons a year
    basis : as of `yearfrac`

    Returns
    -------
    years to each of T coupons, and a scalar fraction of a period

    Raises
    ------
    Nothing

    Source: OASIS OpenFormula 1.2, function COUPPCD and COUPNUM.

    >>> coupons(date(2027, 5, 15), date(2028, 2, 15), 2, 0)
    ([0.25, 0.75], 0.5)
    """
    months, count = 12 // frequency, 1
    while add_months(maturity, -months * count) > settlement:
        count += 1
    before, after = add_months(maturity, -months * count), add_months(maturity, -months * (count - 1))
    if basis == 1:
        passed = (settlement - before).days / (after - before).days
    else:
        day_count = "30/360" if basis == 0 else BASES[basis]
        passed = days(before, settlement, day_count) * frequency / (365.0 if basis == 3 else 360.0)
    return [(k + 1.0 - passed) / frequency for k in range(count)], passed


def bond(rate: float, redemption: float, frequency: int, count: int) -> list[float]:
    """Coupons and redemption of a bond of 100.

    Parameters
    ----------
    rate : scalar, fraction a year
    redemption : scalar, money
    frequency, count : scalar, coupons a year and in all

    Returns
    -------
    T amounts, money; T = count, shape (T,)

    Raises
    ------
    Nothing

    Source: definition.

    >>> bond(0.06, 100.0, 2, 2)
    [3.0, 103.0]
    """
    return [100.0 * rate / frequency + (redemption if k == count - 1 else 0.0) for k in range(count)]


def bond_equivalent(rate: float, frequency: int) -> float:
    """A yield compounded `frequency` times a year as one compounded twice.

    Parameters
    ----------
    rate : scalar, fraction a year
    frequency : scalar, periods a year

    Returns
    -------
    scalar, fraction a year

    Raises
    ------
    Nothing

    Source: definition.

    >>> round(bond_equivalent(0.06, 12), 9)
    0.060755019
    """
    return float(2.0 * ((1.0 + rate / frequency) ** (frequency / 2.0) - 1.0))


def price(
    settlement: date,
    maturity: date,
    rate: float,
    yld: float,
    redemption: float,
    frequency: int,
    basis: int = 0,
) -> float:
    """Clean price of 100; in the last coupon period the yield is simple interest.

    Parameters
    ----------
    settlement, maturity : scalar dates
    rate, yld : scalar, fractions a year
    redemption : scalar, money per 100
    frequency, basis : coupons a year; as of `yearfrac`

    Returns
    -------
    scalar, money per 100

    Raises
    ------
    DateError : an unknown day count

    Source: OASIS OpenFormula 1.2, function PRICE.

    >>> round(price(date(2008, 2, 15), date(2017, 11, 15), 0.0575, 0.065, 100.0, 2), 6)
    94.634362
    """
    years, passed = coupons(settlement, maturity, frequency, basis)
    flows = bond(rate, redemption, frequency, len(years))
    accrued = 100.0 * rate / frequency * passed
    if len(years) == 1:
        return flows[0] / (1.0 + yld * years[0]) - accrued
    return float(price_at_yield(flows, years, bond_equivalent(yld, frequency))) - accrued


def duration(settlement: date, maturity: date, rate: float, yld: float, frequency: int, basis: int = 0) -> float:
    """Macaulay duration in years.

    Parameters
    ----------
    settlement, maturity : scalar dates
    rate, yld : scalar, fractions a year
    frequency, basis : coupons a year; as of `yearfrac`

    Returns
    -------
    scalar, years

    Raises
    ------
    DateError : an unknown day count

    Source: OASIS OpenFormula 1.2, function DURATION.

    >>> round(duration(date(2018, 7, 1), date(2048, 1, 1), 0.08, 0.09, 2, 1), 6)
    10.919145
    """
    years, _ = coupons(settlement, maturity, frequency, basis)
    flows = bond(rate, 100.0, frequency, len(years))
    return float(macaulay_duration(flows, years, bond_equivalent(yld, frequency)))


def accrint(
    issue: date,
    first_interest: date,
    settlement: date,
    rate: float,
    par: float,
    frequency: int,
    basis: int = 0,
) -> Any:
    """Interest accrued from issue to settlement; of regular coupons, so that the dates of coupons do not matter."""
    return accrued_interest(par, rate, yearfrac(issue, settlement, basis))


OURS: dict[str, Callable[..., Any]] = {
    "CUMIPMT": cumulated("IPMT"),
    "CUMPRINC": cumulated("PPMT"),
    "NPV": npv,
    "XNPV": xnpv,
    "IRR": lambda *flows: irr(flows),
    "XIRR": xirr,
    "EFFECT": effect,
    "NOMINAL": nominal,
    "DAYS360": days360,
    "YEARFRAC": yearfrac,
    "PRICE": price,
    "DURATION": duration,
    "ACCRINT": accrint,
}
