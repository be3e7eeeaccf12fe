"""Business-day calendars by name, and what a date does that is not a business day.

The holidays come from the `holidays` package. Those of the fixed calendars lie ready in `tables/`, a file a
calendar, because importing the package takes longer than running a deal; a test compares the two. Years outside a
table, and China, whose holidays are set year by year, are asked of the package.

    none        every day
    weekends    Monday to Friday
    US-NY       US federal holidays
    US-SIFMA    US federal holidays and Good Friday (the recommended closing days of the US bond market, but for early
                closes and the Fridays before a holiday on a Saturday, which it settles year by year)
    TARGET      the closing days of the euro payment system
    UK-London   the bank holidays of England
    CN          the public holidays of China; weekends worked to make up for them are business days, in the years
                for which the State Council has published them
"""

from __future__ import annotations

from datetime import date, timedelta
from functools import cache
from pathlib import Path
from typing import Any

from abs_struct.core.findings import DateError, listed, nearest

CALENDARS = ("none", "weekends", "US-NY", "US-SIFMA", "TARGET", "UK-London", "CN")
ROLLS = ("following", "modified following", "preceding", "unadjusted")
ONE_DAY = timedelta(days=1)


TABLED = range(1990, 2081)


@cache
def table_of(name: str) -> frozenset[str]:
    """The holidays of a calendar in the years of its table, as ISO dates; empty where there is no table."""
    file = Path(__file__).parent / "tables" / f"{name}.txt"
    return frozenset(file.read_text(encoding="ascii").split()) if file.exists() else frozenset()


@cache
def holidays_of(name: str) -> Any:
    """The holidays of a calendar, as a set-like object that knows any year."""
    import holidays

    if name == "US-NY":
        return holidays.country_holidays("US", categories=("public",))
    if name == "US-SIFMA":
        return holidays.country_holidays("US", categories=("public",)) + holidays.financial_holidays("NYSE")
    if name == "TARGET":
        return holidays.financial_holidays("ECB")
    if name == "UK-London":
        return holidays.country_holidays("GB", subdiv="ENG")
    return holidays.country_holidays("CN")


def known(name: str) -> str:
    """The calendar's name, or a sentence that lists the calendars."""
    if name not in CALENDARS:
        raise DateError(f"no calendar '{name}'{nearest(name, CALENDARS)} (known: {listed(CALENDARS)})")
    return name


def is_business_day(day: date, calendar: str) -> bool:
    """Whether payments are made on a day."""
    if known(calendar) == "none":
        return True
    if calendar == "weekends":
        return day.weekday() < 5
    if day.year in TABLED and (days := table_of(calendar)):
        return day.weekday() < 5 and day.isoformat() not in days
    table = holidays_of(calendar)
    off = day in table  # asking loads the year, and with it the weekends that are worked
    if day in getattr(table, "weekend_workdays", ()):
        return True
    return day.weekday() < 5 and not off


def adjust(day: date, calendar: str, roll: str) -> date:
    """The day on which a payment is made that falls on `day`.

    Parameters
    ----------
    day : scalar date
    calendar : a name such as "US-NY"
    roll : following, modified following, preceding, unadjusted

    Returns
    -------
    scalar date

    Raises
    ------
    DateError : an unknown calendar or roll

    Source: ISDA 2006 definitions, section 4.12.

    >>> adjust(date(2027, 2, 15), "US-NY", "following")
    datetime.date(2027, 2, 16)
    """
    if roll not in ROLLS:
        raise DateError(f"no roll '{roll}'{nearest(roll, ROLLS)} (known: {listed(ROLLS)})")
    if roll == "unadjusted" or known(calendar) == "none":
        return day
    step = -ONE_DAY if roll == "preceding" else ONE_DAY
    moved = day
    while not is_business_day(moved, calendar):
        moved += step
    if roll == "modified following" and moved.month != day.month:
        moved = day
        while not is_business_day(moved, calendar):
            moved -= ONE_DAY
    return moved
