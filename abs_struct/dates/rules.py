"""The rules of day counts, each a small function of two dates; `daycount` gives them by name."""

from __future__ import annotations

from calendar import isleap, monthrange
from datetime import MAXYEAR, MINYEAR, date, timedelta

from abs_struct.core.findings import DateError


def last_of_february(day: date) -> bool:
    """Whether a day is the last of February."""
    return day.month == 2 and day.day == monthrange(day.year, 2)[1]


def thirty(start: date, end: date, d1: int, d2: int) -> int:
    """Days between two dates in a year of twelve months of thirty days.

    Parameters
    ----------
    start, end : scalar dates
    d1, d2 : days of the month that they count as

    Returns
    -------
    scalar, days

    Raises
    ------
    Nothing

    Source: ISDA 2006 definitions, section 4.16 (f).

    >>> thirty(date(2027, 1, 31), date(2027, 3, 1), 30, 1)
    31
    """
    return 360 * (end.year - start.year) + 30 * (end.month - start.month) + d2 - d1


def days_30_360(start: date, end: date, final: date | None = None) -> int:
    """30/360 (bond basis): a 31st counts as the 30th; the end only when the start is on or after the 30th.

    Parameters
    ----------
    start, end : scalar dates
    final : the maturity; matters to 30E/360 ISDA only

    Returns
    -------
    scalar, days

    Raises
    ------
    Nothing

    Source: ISDA 2006 definitions, section 4.16 (f).

    >>> days_30_360(date(2027, 1, 31), date(2027, 2, 28))
    28
    """
    d1 = min(start.day, 30)
    d2 = 30 if end.day == 31 and d1 == 30 else end.day
    return thirty(start, end, d1, d2)


def days_30e_360(start: date, end: date, final: date | None = None) -> int:
    """30E/360 (Eurobond basis): every 31st counts as the 30th.

    Parameters
    ----------
    start, end : scalar dates
    final : the maturity; matters to 30E/360 ISDA only

    Returns
    -------
    scalar, days

    Raises
    ------
    Nothing

    Source: ISDA 2006 definitions, section 4.16 (g).

    >>> days_30e_360(date(2027, 1, 31), date(2027, 2, 28))
    28
    """
    return thirty(start, end, min(start.day, 30), min(end.day, 30))


def days_30e_360_isda(start: date, end: date, final: date | None = None) -> int:
    """30E/360 ISDA: also the last of February counts as the 30th, but not when it is the final date.

    Parameters
    ----------
    start, end : scalar dates
    final : the maturity; matters to 30E/360 ISDA only

    Returns
    -------
    scalar, days

    Raises
    ------
    Nothing

    Source: ISDA 2006 definitions, section 4.16 (h).

    >>> days_30e_360_isda(date(2027, 1, 31), date(2027, 2, 28))
    30
    """
    d1 = 30 if start.day == 31 or last_of_february(start) else start.day
    d2 = 30 if end.day == 31 or (last_of_february(end) and end != final) else end.day
    return thirty(start, end, d1, d2)


def days_excel(start: date, end: date, final: date | None = None) -> int:
    """DAYS360 of spreadsheets: a start on the last of February counts as the 30th.

    Parameters
    ----------
    start, end : scalar dates
    final : the maturity; matters to 30E/360 ISDA only

    Returns
    -------
    scalar, days

    Raises
    ------
    Nothing

    Source: OASIS OpenFormula 1.2, day-count bases (basis 0).

    >>> days_excel(date(2027, 2, 28), date(2027, 3, 31))
    30
    """
    d1 = 30 if last_of_february(start) or start.day == 31 else start.day
    if last_of_february(start) and last_of_february(end):
        return thirty(start, end, 30, 30)
    if end.day == 31 and d1 < 30:
        following = end + timedelta(days=1)
        return thirty(start, following, d1, following.day)
    return thirty(start, end, d1, 30 if end.day == 31 else end.day)


def days_actual(start: date, end: date, final: date | None = None) -> int:
    """Calendar days.

    Parameters
    ----------
    start, end : scalar dates
    final : the maturity; matters to 30E/360 ISDA only

    Returns
    -------
    scalar, days

    Raises
    ------
    Nothing

    Source: ISDA 2006 definitions, section 4.16 (e).

    >>> days_actual(date(2027, 1, 31), date(2027, 2, 28))
    28
    """
    return (end - start).days


def actual_actual_isda(start: date, end: date) -> float:
    """Days in leap years / 366 + days in other years / 365.

    Parameters
    ----------
    start, end : scalar dates

    Returns
    -------
    scalar, years

    Raises
    ------
    Nothing

    Source: ISDA 2006 definitions, section 4.16 (b).

    >>> round(actual_actual_isda(date(2003, 11, 1), date(2004, 5, 1)), 9)
    0.497724381
    """
    if start.year == end.year:
        return (end - start).days / (366 if isleap(start.year) else 365)
    first = (date(start.year + 1, 1, 1) - start).days / (366 if isleap(start.year) else 365)
    last = (end - date(end.year, 1, 1)).days / (366 if isleap(end.year) else 365)
    return first + (end.year - start.year - 1) + last


def years_excel(start: date, end: date) -> float:
    """Actual/actual of spreadsheets (YEARFRAC, basis 1).

    Up to one year, the year has 366 days when both dates lie in one leap year or a 29 February lies between them;
    beyond, it has the average length of all calendar years touched.

    Parameters
    ----------
    start, end : scalar dates, in order

    Returns
    -------
    scalar, years

    Raises
    ------
    Nothing

    Source: OASIS OpenFormula 1.2, day-count bases (basis 1).

    >>> round(years_excel(date(2023, 4, 28), date(2024, 3, 1)), 9)
    0.841530055
    """
    within = end.year == start.year or (end.year == start.year + 1 and (end.month, end.day) <= (start.month, start.day))
    if not within:
        count = end.year - start.year + 1
        average = (date(end.year + 1, 1, 1) - date(start.year, 1, 1)).days / count
        return (end - start).days / average
    leap = isleap(start.year) if start.year == end.year else holds_leap_day(start, end)
    return (end - start).days / (366 if leap else 365)


def holds_leap_day(start: date, end: date) -> bool:
    """Whether a 29 February lies between two dates, both counted in."""
    return any(isleap(year) and start <= date(year, 2, 29) <= end for year in range(start.year, end.year + 1))


def actual_actual_afb(start: date, end: date) -> float:
    """Whole years counted back from the end; the rest over 366 when it holds a 29 February, else over 365.

    Parameters
    ----------
    start, end : scalar dates

    Returns
    -------
    scalar, years

    Raises
    ------
    Nothing

    Source: Association francaise des banques, master agreement of 1994.

    >>> round(actual_actual_afb(date(2003, 11, 1), date(2004, 5, 1)), 9)
    0.49726776
    """
    years, rest = 0, end
    while True:
        earlier = years_before(end, years + 1)
        if earlier < start:
            break
        years, rest = years + 1, earlier
    leap = any(isleap(year) and start <= date(year, 2, 29) < rest for year in range(start.year, rest.year + 1))
    return years + (rest - start).days / (366 if leap else 365)


def years_before(day: date, years: int) -> date:
    """The same day some years earlier; the last of February for 29 February."""
    year = day.year - years
    if day.month == 2 and day.day >= 28 and last_of_february(day):
        return date(year, 2, monthrange(year, 2)[1])
    return date(year, day.month, day.day)


def actual_actual_icma(start: date, end: date, period_start: date, period_end: date) -> float:
    """Days over (days of the coupon period x periods a year), period by period.

    A stub that begins before the reference period is counted over notional periods of the same length.

    Parameters
    ----------
    start, end : scalar dates
    period_start, period_end : the regular coupon period

    Returns
    -------
    scalar, years

    Raises
    ------
    DateError : a coupon period without days

    Source: ICMA rule 251; ISDA memorandum on actual/actual, 1998.

    >>> actual_actual_icma(date(2003, 7, 15), date(2004, 1, 15), date(2003, 7, 15), date(2004, 1, 15))
    0.5
    """
    if period_end <= period_start:
        raise DateError(f"the coupon period from {period_start} to {period_end} has no days; its end must lie later")
    months = max(1, round((period_end - period_start).days / 30.4375))
    total, low, high = 0.0, period_start, period_end
    while start < low:  # a long first coupon: walk back over notional periods
        earlier = add_months(low, -months)
        total += max(0, (min(end, low) - max(start, earlier)).days) / (low - earlier).days
        low = earlier
    total += max(0, (min(end, high) - max(start, period_start)).days) / (high - period_start).days
    while end > high:
        later = add_months(high, months)
        total += max(0, (min(end, later) - max(start, high)).days) / (later - high).days
        high = later
    return total * months / 12.0


def add_months(day: date, months: int) -> date:
    """The same day of another month, or its last day where the month is shorter."""
    index = day.year * 12 + day.month - 1 + months
    year, month = divmod(index, 12)
    if not MINYEAR <= year <= MAXYEAR:
        raise DateError(f"{months} months from {day} is the year {year}; years are {MINYEAR} to {MAXYEAR}")
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))
