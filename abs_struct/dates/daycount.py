"""Day counts: how many days, and what share of a year, an accrual period is."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

from abs_struct.core.findings import DateError, listed, nearest
from abs_struct.dates.rules import (
    actual_actual_afb,
    actual_actual_icma,
    actual_actual_isda,
    add_months,
    days_30_360,
    days_30e_360,
    days_30e_360_isda,
    days_actual,
    days_excel,
    years_excel,
)

__all__ = [
    "CONVENTIONS",
    "add_months",
    "days",
    "days_30_360",
    "days_excel",
    "named",
    "year_fraction",
    "years_excel",
]

DAYS: dict[str, tuple[Callable[..., int], float]] = {
    "30/360": (days_30_360, 360.0),
    "30E/360": (days_30e_360, 360.0),
    "30E/360 ISDA": (days_30e_360_isda, 360.0),
    "excel 30/360": (days_excel, 360.0),
    "actual/360": (days_actual, 360.0),
    "actual/365": (days_actual, 365.0),
}
FRACTIONS = ("actual/actual", "actual/actual ICMA", "actual/actual AFB")
CONVENTIONS = (*DAYS, *FRACTIONS)
ALIASES = {
    "30/360 us": "30/360",
    "bond basis": "30/360",
    "30e/360 (isda)": "30E/360 ISDA",
    "days360": "excel 30/360",
    "actual/365f": "actual/365",
    "actual/actual isda": "actual/actual",
    "actual/act": "actual/actual",
    "actual/act isda": "actual/actual",
    "actual/act icma": "actual/actual ICMA",
    "actual/act afb": "actual/actual AFB",
    **{convention.lower(): convention for convention in CONVENTIONS},
}


def named(convention: str) -> str:
    """The convention's own name; act/365F and the like are understood."""
    text = " ".join(convention.lower().split())
    text = "actual" + text.removeprefix("act") if text.startswith("act/") else text
    if text not in ALIASES:
        raise DateError(f"no day count '{convention}'{nearest(text, CONVENTIONS)} (known: {listed(CONVENTIONS)})")
    return ALIASES[text]


def days(start: date, end: date, convention: str, *, final: date | None = None) -> int:
    """Days of an accrual period by a day count.

    Parameters
    ----------
    start, end : scalar dates, the first day counted in and the last left out
    convention : such as "30/360"
    final : the maturity, for 30E/360 ISDA

    Returns
    -------
    scalar, days

    Raises
    ------
    DateError : an unknown convention

    Source: ISDA 2006 definitions, section 4.16.

    >>> days(date(2027, 1, 20), date(2027, 2, 15), "30/360")
    25
    """
    name = named(convention)
    function = DAYS[name][0] if name in DAYS else days_actual
    return function(start, end, final)


def year_fraction(
    start: date,
    end: date,
    convention: str,
    *,
    period_start: date | None = None,
    period_end: date | None = None,
    final: date | None = None,
) -> float:
    """The share of a year that an accrual period is.

    Parameters
    ----------
    start, end : scalar dates
    convention : such as "30/360", "actual/360"
    period_start, period_end : the regular coupon period, for actual/actual ICMA
    final : the maturity, for 30E/360 ISDA

    Returns
    -------
    scalar, years

    Raises
    ------
    DateError : an unknown convention

    Source: ISDA 2006 definitions, section 4.16; ICMA rule 251.

    >>> year_fraction(date(2027, 1, 15), date(2027, 2, 15), "actual/360")
    0.08611111111111111
    """
    name = named(convention)
    if name in DAYS:
        function, year = DAYS[name]
        return function(start, end, final) / year
    if name == "actual/actual ICMA":
        return 0.0 if start == end else actual_actual_icma(start, end, period_start or start, period_end or end)
    return actual_actual_afb(start, end) if name == "actual/actual AFB" else actual_actual_isda(start, end)
