"""Business days and what a date does that is none."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from abs_struct.core.findings import DateError
from abs_struct.dates.calendars import CALENDARS, ROLLS, adjust, is_business_day

#: Public notices: US OPM federal holidays, ECB TARGET calendar, gov.uk bank holidays, State Council notices of China.
DAYS = [
    ("US-NY", date(2027, 2, 15), False),  # Washington's Birthday
    ("US-NY", date(2026, 7, 3), False),  # Independence Day observed
    ("US-NY", date(2027, 3, 26), True),  # Good Friday is no federal holiday
    ("US-SIFMA", date(2027, 3, 26), False),
    ("US-SIFMA", date(2027, 10, 11), False),  # Columbus Day
    ("TARGET", date(2026, 5, 1), False),  # Labour Day
    ("TARGET", date(2027, 3, 29), False),  # Easter Monday
    ("TARGET", date(2026, 12, 24), True),
    ("UK-London", date(2026, 8, 31), False),  # Summer bank holiday
    ("UK-London", date(2026, 8, 3), True),  # Scotland's
    ("CN", date(2024, 2, 12), False),  # Spring Festival
    ("CN", date(2024, 2, 4), True),  # a Sunday worked to make up for it
    ("CN", date(2024, 2, 3), False),  # an ordinary Saturday
    ("weekends", date(2026, 12, 25), True),
    ("none", date(2027, 1, 2), True),
]


@pytest.mark.parametrize(("calendar", "day", "wanted"), DAYS)
def test_business_days(calendar, day, wanted):
    """Published holidays, and days that look like one and are none."""
    assert is_business_day(day, calendar) is wanted


@pytest.mark.parametrize(
    ("roll", "wanted"),
    [("following", date(2027, 2, 1)), ("modified following", date(2027, 1, 29)), ("preceding", date(2027, 1, 29)),
     ("unadjusted", date(2027, 1, 31))],
)  # fmt: skip
def test_rolls(roll, wanted):
    """A Sunday at the end of a month moves by each rule."""
    assert adjust(date(2027, 1, 31), "weekends", roll) == wanted


@given(st.dates(date(2020, 1, 1), date(2045, 1, 1)), st.sampled_from(CALENDARS), st.sampled_from(ROLLS[:3]))
def test_adjusted_day_is_a_business_day(day, calendar, roll):
    """A moved date is a business day near by, moves no further, and stays in its month when it should."""
    moved = adjust(day, calendar, roll)
    assert is_business_day(moved, calendar)
    assert abs((moved - day).days) <= 12
    assert adjust(moved, calendar, roll) == moved
    assert roll != "modified following" or moved.month == day.month


@pytest.mark.parametrize(
    ("calendar", "roll", "words"),
    [("US-NYC", "following", "did you mean 'US-NY'"), ("CN", "folowing", "did you mean 'following'")],
)
def test_unknown_words(calendar, roll, words):
    """An unknown calendar or roll is answered by the nearest one."""
    with pytest.raises(DateError, match=words):
        adjust(date(2027, 1, 31), calendar, roll)
