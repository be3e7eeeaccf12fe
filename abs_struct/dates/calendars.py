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

"TARGET+US-NY" is a joint calendar: a day is a business day when it is one in both. A file of holidays joins any of
them: what it says of a day holds, and by itself ("none" and a file) it closes its days and the weekends.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import cache, lru_cache
from pathlib import Path
from types import MappingProxyType
from typing import Any

from abs_struct.core.findings import DateError, listed, nearest
from abs_struct.dates.holiday_file import read_holidays

CALENDARS = ("none", "weekends", "US-NY", "US-SIFMA", "TARGET", "UK-London", "CN")
ALIASES = {
    "china": "CN",
    "prc": "CN",
    "gb": "UK-London",
    "london": "UK-London",
    "uk": "UK-London",
    "new york": "US-NY",
    "ny": "US-NY",
    "us": "US-NY",
    "sifma": "US-SIFMA",
    "t2": "TARGET",
    "target2": "TARGET",
    **{calendar.lower(): calendar for calendar in CALENDARS},
}
ROLLS = ("following", "modified following", "preceding", "unadjusted")
ONE_DAY = timedelta(days=1)
#: A calendar that has no business day for so long is a mistake in its file.
LONGEST_CLOSURE = 60

TABLED = range(1990, 2081)


@dataclass(frozen=True)
class Calendar:
    """A named calendar, joint or single, with the days of a file: day -> whether it is a business day."""

    name: str
    days: Mapping[date, bool] = field(default_factory=lambda: MappingProxyType({}))
    file: str = ""

    def __str__(self) -> str:
        return f"{self.name} with {self.file}" if self.file else self.name

    def __reduce__(self) -> tuple[Any, ...]:
        return (Calendar, (self.name, dict(self.days), self.file))


def calendar_of(name: str, file: Path | None = None) -> Calendar:
    """A calendar by its name, joined with a file of holidays.

    With a file, "none" means Monday to Friday: a file that lists holidays does not list weekends.

    Raises
    ------
    DateError : an unknown calendar; a file that cannot be read, with its line

    >>> calendar_of("target2 + new york").name
    'TARGET+US-NY'
    """
    if file is None:
        return Calendar(known(name))
    base = known(name)
    return Calendar("weekends" if base == "none" else base, read_holidays(file), str(file))


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
    """The calendar's own name, or a sentence that lists the calendars; London, New York and the like are understood.

    >>> known("London"), known("TARGET + US-NY")
    ('UK-London', 'TARGET+US-NY')
    """
    return "+".join(dict.fromkeys(known_part(part.strip()) for part in str(name).split("+")))


def known_part(name: str) -> str:
    """The own name of one calendar."""
    found = ALIASES.get(" ".join(name.lower().split()))
    if found is None:
        raise DateError(f"no calendar '{name}'{nearest(name, CALENDARS)} (known: {listed(CALENDARS)})")
    return found


@cache
def parts_of(name: str) -> tuple[str, ...]:
    """The calendars that a name joins."""
    return tuple(known(name).split("+"))


def is_business_day(day: date, calendar: str | Calendar) -> bool:
    """Whether payments are made on a day."""
    if isinstance(calendar, Calendar):
        if day in calendar.days:
            return calendar.days[day]
        calendar = calendar.name
    return all(is_open(day, part) for part in parts_of(calendar))


@lru_cache(maxsize=65_536)
def is_open(day: date, calendar: str) -> bool:
    """Whether one named calendar has a business day."""
    if calendar == "none":
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


def nearest_business_day(day: date, calendar: str | Calendar, step: timedelta) -> date:
    """The first business day from a day on, walking forward or back."""
    moved = day
    for _ in range(LONGEST_CLOSURE):
        if is_business_day(moved, calendar):
            return moved
        moved += step
    raise DateError(f"the calendar {calendar} has no business day within {LONGEST_CLOSURE} days of {day}")


def business_days_before(day: date, count: int, calendar: str | Calendar) -> date:
    """The business day that lies `count` business days before a day; the day itself when count is 0.

    Parameters
    ----------
    day : scalar date
    count : number of business days, 0 or more
    calendar : a name such as "TARGET", or a calendar with a file

    Returns
    -------
    scalar date

    Raises
    ------
    DateError : an unknown calendar

    Source: definition.

    >>> business_days_before(date(2027, 2, 16), 2, "US-NY")
    datetime.date(2027, 2, 11)
    """
    moved = day
    for _ in range(count):
        moved = nearest_business_day(moved - ONE_DAY, calendar, -ONE_DAY)
    return moved


def business_days_between(first: date, last: date, calendar: str | Calendar) -> int:
    """The business days after one day, to another, which counts where it is one.

    Parameters
    ----------
    first, last : days; calendar : a name, or a calendar

    Returns
    -------
    scalar, days; 0 where `last` does not lie after `first`

    Raises
    ------
    DateError : an unknown calendar

    Source: definition.

    >>> business_days_between(date(2027, 1, 29), date(2027, 2, 5), "weekends")
    5
    """
    days = range((last - first).days)
    return sum(is_business_day(first + ONE_DAY * (n + 1), calendar) for n in days)


def adjust(day: date, calendar: str | Calendar, roll: str) -> date:
    """The day on which a payment is made that falls on `day`.

    Parameters
    ----------
    day : scalar date
    calendar : a name such as "US-NY" or "TARGET+US-NY", or a calendar with a file
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
    if isinstance(calendar, str):
        known(calendar)
    if roll == "unadjusted":
        return day
    moved = nearest_business_day(day, calendar, -ONE_DAY if roll == "preceding" else ONE_DAY)
    if roll == "modified following" and moved.month != day.month:
        moved = nearest_business_day(day, calendar, -ONE_DAY)
    return moved
