"""The schedule of a deal."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from abs_struct.core.findings import DateError
from abs_struct.dates.schedule import monthly_schedule, payment_schedule

MPL = {
    "cutoff": date(2026, 12, 31),
    "closing": date(2027, 1, 20),
    "first_payment": date(2027, 2, 15),
    "periods": 60,
    "calendar": "US-NY",
}


def test_monthly_deal():
    """Collections of the month before, interest from the 15th to the 15th, payment on a business day."""
    dates = monthly_schedule(**MPL)
    assert dates.periods == 60
    assert dates.payment_dates[:3] == (date(2027, 2, 16), date(2027, 3, 15), date(2027, 4, 15))
    assert (dates.collection_start[1], dates.collection_end[1]) == (date(2027, 2, 1), date(2027, 2, 28))
    assert (dates.accrual_start[0], dates.accrual_end[0]) == (date(2027, 1, 20), date(2027, 2, 15))
    assert dates.accrual_fractions("30/360")[:2] == [25 / 360, 30 / 360]
    assert dates.years()[:2] == [25 / 360, 55 / 360]
    assert dates.collection_days()[:2] == [31, 28]


def test_interest_to_the_adjusted_date():
    """Interest runs to the day of payment where the deal says so."""
    dates = monthly_schedule(**MPL, accrual="adjusted")
    assert dates.accrual_end[0] == dates.accrual_start[1] == date(2027, 2, 16)


@given(
    cutoff=st.dates(date(2020, 1, 1), date(2030, 1, 1)),
    wait=st.integers(32, 200),
    every=st.sampled_from([1, 2, 3, 6, 12]),
    periods=st.integers(1, 60),
    calendar=st.sampled_from(["none", "US-NY", "TARGET", "CN"]),
    accrual=st.sampled_from(["adjusted", "unadjusted"]),
)
def test_periods_follow_each_other(cutoff, wait, every, periods, calendar, accrual):
    """No day is collected or accrued twice, none is left out, and everything is paid after it was collected."""
    first = cutoff + timedelta(days=wait)
    dates = payment_schedule(
        cutoff=cutoff, closing=cutoff, first_payment=first, periods=periods, every=every, calendar=calendar,
        accrual=accrual,
    )  # fmt: skip
    assert dates.collection_start[0] == cutoff + timedelta(days=1)
    assert dates.accrual_start[0] == dates.closing
    for k in range(periods):
        assert dates.collection_start[k] <= dates.collection_end[k] < dates.payment_dates[k]
        assert dates.accrual_start[k] < dates.accrual_end[k]
        assert dates.payment_dates[k] >= dates.nominal[k]
        if k:
            assert dates.collection_start[k] == dates.collection_end[k - 1] + timedelta(days=1)
            assert dates.accrual_start[k] == dates.accrual_end[k - 1]


def test_month_end_stays_month_end():
    """A first payment on the 31st is followed by the last days of shorter months, and the 31st again."""
    dates = payment_schedule(**MPL | {"first_payment": date(2027, 1, 31), "cutoff": date(2026, 11, 30)})
    assert [day.day for day in dates.nominal[:4]] == [31, 28, 31, 30]


def test_legal_final():
    """No payment after the legal final maturity."""
    assert monthly_schedule(**MPL, legal_final=date(2027, 4, 15)).periods == 3


WRONG = [
    ({"first_payment": date(2026, 12, 15)}, "must lie after the cut-off"),
    ({"first_payment": date(2027, 1, 20), "cutoff": date(2026, 11, 30)}, "must lie after closing"),
    ({"periods": 0}, "at least one payment date"),
    ({"every": 0}, "at least one month apart"),
    ({"accrual": "ajusted"}, "did you mean 'adjusted'"),
    ({"legal_final": date(2027, 1, 31)}, "lies before the first payment"),
    ({"cutoff": date(2027, 2, 10), "closing": date(2027, 2, 10)}, "set the cut-off to 2026-12-31"),
    ({"calendar": "US-NYC"}, "did you mean 'US-NY'"),
]


@pytest.mark.parametrize(("change", "words"), WRONG)
def test_impossible_dates(change, words):
    """Dates in the wrong order are refused in one sentence that says what to do."""
    with pytest.raises(DateError, match=words):
        payment_schedule(**MPL | change)


def test_first_collection_of_two_months():
    """A monthly deal whose first payment would pay two months of collections is refused, with the repair."""
    with pytest.raises(
        DateError, match="2 calendar months after the cut-off 2026-11-30; set the cut-off to 2026-12-31"
    ):
        monthly_schedule(**MPL | {"cutoff": date(2026, 11, 30)})
