"""Fixing: from the daily rates of a curve to the rate of each accrual period."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from abs_struct.curves.rates.index import AVERAGED, IN_ADVANCE, Index
from abs_struct.curves.rates.points import Points, read_points
from abs_struct.dates.calendars import ONE_DAY, business_days_before, is_business_day, nearest_business_day
from abs_struct.dates.schedule import PaymentSchedule

YEAR = {"actual/360": 360.0, "actual/365": 365.0}


def compounded(rates: Sequence[float], days: Sequence[int], year: float = 360.0) -> float:
    """Daily rates compounded: (prod(1 + r n / year) - 1) x year / sum(n).

    Parameters
    ----------
    rates : (N,), fractions a year, one for each business day
    days : (N,), calendar days that each holds for: 3 on a Friday
    year : days of a year

    Returns
    -------
    scalar, fraction a year, for simple interest over all the days

    Raises
    ------
    Nothing

    Source: ARRC, SOFR in arrears conventions (2020); ISDA 2006 definitions, USD-SOFR-COMPOUND.

    >>> round(compounded([0.05, 0.051], [1, 3]), 10)
    0.0507553125
    """
    grown = 1.0
    for rate, count in zip(rates, days, strict=True):
        grown *= 1.0 + rate * count / year
    return (grown - 1.0) * year / sum(days)


def averaged(rates: Sequence[float], days: Sequence[int]) -> float:
    """Daily rates averaged: sum(r n) / sum(n).

    Parameters
    ----------
    rates : (N,), fractions a year, one for each business day
    days : (N,), calendar days that each holds for

    Returns
    -------
    scalar, fraction a year

    Raises
    ------
    Nothing

    Source: ARRC, SOFR in arrears conventions (2020), simple average.

    >>> round(averaged([0.05, 0.06], [1, 3]), 12)
    0.0575
    """
    total = 0.0
    for rate, count in zip(rates, days, strict=True):
        total += rate * count
    return total / sum(days)


class Fixings:
    """The daily rates of an index: its curve, its business days and how far it looks back."""

    def __init__(self, index: Index, points: Points) -> None:
        self.index = index
        self.points = points

    def rate(self, start: date, end: date) -> float:
        """The rate of an accrual period, both dates given and the last day left out."""
        index = self.index
        if index.fixing == IN_ADVANCE:
            return self.points.on(business_days_before(start, index.lookback, index.calendar))
        fixed, days = self.daily(start, end)
        rates = [self.points.on(day) for day in fixed]
        return averaged(rates, days) if index.fixing == AVERAGED else compounded(rates, days, YEAR[index.day_count])

    def daily(self, start: date, end: date) -> tuple[list[date], list[int]]:
        """The days whose rates are taken, and the calendar days that each holds for.

        A rate holds from its business day to the next one; a period that begins on a day that is none begins with
        the rate of the business day before. With a lookback the rates are those of earlier business days, and the
        weights stay those of the period (no observation shift).
        """
        index = self.index
        first = nearest_business_day(start, index.calendar, -ONE_DAY)
        earliest = business_days_before(first, index.lookback, index.calendar)
        span = range(earliest.toordinal(), end.toordinal())
        open_days = [day for day in map(date.fromordinal, span) if is_business_day(day, index.calendar)]
        own = open_days[index.lookback :]
        begins = [max(start, day) for day in own]
        days = [(until - day).days for day, until in zip(begins, [*begins[1:], end], strict=True)]
        return open_days[: len(own)], days


def base_rates(index: Index, schedule: PaymentSchedule, folder: Path, place: str) -> NDArray[np.float64]:
    """The rate of an index in each period of a schedule, before its shift.

    In advance, it is the rate known on the day the accrual period begins (or `lookback` business days before); in
    arrears, the daily rates of the accrual period, compounded or averaged. A month that does not pay has the rate of
    the accrual period in which it lies.

    Parameters
    ----------
    index : an index with a curve or a file
    schedule : T periods
    folder : where a relative file path begins
    place : the path of the index in the document, for messages

    Returns
    -------
    array (T + 1,), fraction a year; 0 at closing

    Raises
    ------
    CurveError : a file that cannot be read, or a curve that begins too late

    Source: ARRC, SOFR in arrears conventions (2020), lookback without observation shift.

    >>> from abs_struct.dates.schedule import payment_schedule
    >>> dates = payment_schedule(cutoff=date(2026, 12, 31), closing=date(2027, 1, 20), periods=2,
    ...                          first_payment=date(2027, 2, 15))
    >>> index = Index(curve={"2027-01-01": "4%", "2027-02-15": "5%"})
    >>> base_rates(index, dates, Path("."), "assumptions.indices.SOFR").tolist()
    [0.0, 0.04, 0.05]
    """
    points = read_points(folder / index.file, index.file, place) if index.file else Points.of(index.curve or {}, place)
    fixings = Fixings(index, points)
    rates = np.zeros(schedule.periods + 1)
    for t in range(schedule.periods - 1, -1, -1):
        if schedule.pays[t]:
            rates[t + 1] = fixings.rate(schedule.accrual_start[t], schedule.accrual_end[t])
        else:
            rates[t + 1] = rates[t + 2]  # the last period pays
    return rates
