"""Business days and what a date does that is none."""

from __future__ import annotations

import pickle
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from abs_struct.core.findings import DateError
from abs_struct.dates.calendars import (
    CALENDARS,
    ROLLS,
    adjust,
    business_days_before,
    calendar_of,
    is_business_day,
    known,
)

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


@pytest.mark.parametrize(
    ("written", "name"),
    [
        ("London", "UK-London"),
        ("GB", "UK-London"),
        ("new york", "US-NY"),
        ("target2", "TARGET"),
        ("China", "CN"),
        ("TARGET + London+GB", "TARGET+UK-London"),
    ],
)
def test_other_names(written, name):
    """Calendars answer to the names that deals use, and a joint one is written with a plus."""
    assert known(written) == name
    assert adjust(date(2027, 1, 31), written, "following") == adjust(date(2027, 1, 31), name, "following")


@given(st.dates(date(2020, 1, 1), date(2045, 1, 1)), st.sampled_from(CALENDARS), st.sampled_from(CALENDARS))
def test_joint_calendar(day, one, other):
    """A day is a business day of a joint calendar when it is one in both."""
    both = is_business_day(day, one) and is_business_day(day, other)
    assert is_business_day(day, f"{one}+{other}") is both


@given(st.dates(date(2020, 1, 1), date(2045, 1, 1)), st.integers(0, 40), st.sampled_from(CALENDARS))
def test_business_days_before(day, count, calendar):
    """So many business days lie between the two dates, the earlier one counted in."""
    earlier = business_days_before(day, count, calendar)
    between = [date.fromordinal(n) for n in range(earlier.toordinal(), day.toordinal())]
    assert sum(is_business_day(d, calendar) for d in between) == count
    assert count == 0 or is_business_day(earlier, calendar)


HOLIDAYS = """\
# the paying agent's closing days
2027-02-16
2027-02-20 open     # a Saturday that is worked
2027-02-22 closed
"""


def test_file_of_holidays(tmp_path):
    """A file joins a named calendar, and by itself closes its days and the weekends."""
    file = tmp_path / "agent.txt"
    file.write_text(HOLIDAYS, encoding="utf-8")
    alone, joint = calendar_of("none", file), calendar_of("US-NY", file)
    assert adjust(date(2027, 2, 15), alone, "following") == date(2027, 2, 15)
    assert adjust(date(2027, 2, 15), joint, "following") == date(2027, 2, 17)
    assert adjust(date(2027, 2, 20), joint, "following") == date(2027, 2, 20)
    assert adjust(date(2027, 2, 21), alone, "following") == date(2027, 2, 23)
    assert pickle.loads(pickle.dumps(joint)) == joint
    assert str(joint) == f"US-NY with {file}"
    assert calendar_of("London").name == "UK-London"


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("2027-02-16\n16.02.2027\n", ":2: '16.02.2027' is not a date; write it as 2027-02-17"),
        ("2027-02-30\n", ":1: '2027-02-30' is not a date; write it as 2027-02-17"),
        ("2027-02-16 Carnival\n", ":1: 'Carnival' behind a date is not one of open, closed"),
        ("2027-02-16\n2027-02-16 open\n", ":2: 2027-02-16 is both open and closed; keep one of its lines"),
        ("# nothing\n", ": holds no dates; write one a line, such as 2027-02-17"),
    ],
)
def test_wrong_file_of_holidays(tmp_path, text, sentence):
    """A mistake in a file of holidays is reported with its line."""
    file = tmp_path / "agent.txt"
    file.write_text(text, encoding="utf-8")
    with pytest.raises(DateError) as error:
        calendar_of("none", file)
    assert str(error.value) == f"{file}{sentence}"


def test_missing_file_of_holidays(tmp_path):
    """A file that does not exist is answered by the nearest one of its folder."""
    (tmp_path / "agent.txt").write_text(HOLIDAYS, encoding="utf-8")
    with pytest.raises(DateError, match=r"agents.txt: no such file of holidays; did you mean 'agent.txt'\?"):
        calendar_of("none", tmp_path / "agents.txt")
    with pytest.raises(DateError, match="cannot be read"):
        calendar_of("none", tmp_path)
    (tmp_path / "latin.txt").write_bytes(b"2027-02-16 # caf\xe9\n")
    with pytest.raises(DateError, match="byte 16 is not UTF-8"):
        calendar_of("none", tmp_path / "latin.txt")


def test_a_calendar_without_business_days(tmp_path):
    """A file that closes everything is refused instead of searched for ever."""
    first = date(2027, 1, 1).toordinal()
    file = tmp_path / "closed.txt"
    file.write_text("\n".join(str(date.fromordinal(first + k)) for k in range(90)), encoding="utf-8")
    with pytest.raises(DateError, match="has no business day within 60 days of 2027-01-01"):
        adjust(date(2027, 1, 1), calendar_of("none", file), "following")
