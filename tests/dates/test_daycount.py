"""Day counts: tables with their source, and what every convention keeps."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from abs_struct.core.findings import DateError
from abs_struct.dates.daycount import CONVENTIONS, add_months, days, named, year_fraction

DATES = st.dates(date(1990, 1, 1), date(2060, 12, 31))

#: ISDA 2006 definitions 4.16 (f), (g), worked by hand.
THIRTY = [
    ("30/360", date(2027, 1, 31), date(2027, 2, 28), 28),
    ("30/360", date(2027, 1, 30), date(2027, 3, 31), 60),
    ("30/360", date(2027, 1, 29), date(2027, 3, 31), 62),
    ("30/360", date(2027, 2, 28), date(2027, 3, 31), 33),
    ("30E/360", date(2027, 1, 29), date(2027, 3, 31), 61),
    ("30E/360", date(2027, 2, 28), date(2027, 3, 31), 32),
    ("30E/360 ISDA", date(2027, 2, 28), date(2027, 3, 31), 30),
    ("excel 30/360", date(2027, 2, 28), date(2027, 3, 31), 30),
    ("actual/360", date(2027, 2, 28), date(2027, 3, 31), 31),
]


@pytest.mark.parametrize(("convention", "start", "end", "wanted"), THIRTY)
def test_ends_of_months(convention, start, end, wanted):
    """Each convention treats the 31st and the end of February in its own way."""
    assert days(start, end, convention) == wanted


@pytest.mark.parametrize("convention", CONVENTIONS)
@given(start=DATES, length=st.integers(0, 4000))
def test_a_year_is_about_a_year(convention, start, length):
    """No convention is further than 2 % and a few days from calendar time."""
    fraction = year_fraction(start, start + timedelta(days=length), convention)
    assert fraction == pytest.approx(length / 365.25, rel=0.02, abs=4 / 360) or convention.endswith("ICMA")


@pytest.mark.parametrize("convention", CONVENTIONS)
@given(start=DATES)
def test_no_time_is_no_interest(convention, start):
    """An empty period is 0 years."""
    ends = {"period_start": start, "period_end": add_months(start, 6)}
    assert year_fraction(start, start, convention, **ends) == 0.0


@given(DATES, st.integers(0, 2000), st.integers(0, 2000))
def test_actual_conventions_add_up(start, first, second):
    """Actual/360, /365 and actual/actual ISDA of two periods are those of both together."""
    middle, end = start + timedelta(days=first), start + timedelta(days=first + second)
    for convention in ("actual/360", "actual/365", "actual/actual"):
        parts = year_fraction(start, middle, convention) + year_fraction(middle, end, convention)
        assert year_fraction(start, end, convention) == pytest.approx(parts, abs=1e-12)


@given(DATES.filter(lambda day: day.day <= 28), st.integers(1, 120))
def test_months_of_thirty_days(start, months):
    """From a day to the same day of a later month, 30/360 counts thirty days a month."""
    assert days(start, add_months(start, months), "30/360") == 30 * months


@given(DATES.filter(lambda day: day.day <= 28), st.sampled_from([1, 3, 6, 12]))
def test_icma_coupon_is_regular(start, months):
    """A whole coupon period is exactly its share of a year."""
    end = add_months(start, months)
    fraction = year_fraction(start, end, "act/act ICMA", period_start=start, period_end=end)
    assert fraction == months / 12


@pytest.mark.parametrize(
    ("spelt", "wanted"),
    [("act/360", "actual/360"), ("ACT/365F", "actual/365"), ("Actual/Actual", "actual/actual"), ("30e/360", "30E/360"),
     ("act/act", "actual/actual"), ("act/act ICMA", "actual/actual ICMA"), ("30/360 US", "30/360")],
)  # fmt: skip
def test_spellings(spelt, wanted):
    """Deal files spell day counts in several ways."""
    assert named(spelt) == wanted


def test_unknown_day_count():
    """An unknown day count is answered by the nearest one, in one sentence."""
    with pytest.raises(DateError, match="no day count 'actul/360'; did you mean 'actual/360'"):
        year_fraction(date(2027, 1, 1), date(2027, 2, 1), "actul/360")


def test_empty_coupon_period():
    """A coupon period without days is refused."""
    day = date(2027, 1, 1)
    with pytest.raises(DateError, match="has no days"):
        year_fraction(day, date(2027, 2, 1), "act/act ICMA", period_start=day, period_end=day)
