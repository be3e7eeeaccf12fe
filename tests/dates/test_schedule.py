"""The schedule of a deal."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from abs_struct.core.findings import DateError
from abs_struct.dates.frequency import months_of
from abs_struct.dates.schedule import payment_schedule

MPL = {
    "cutoff": date(2026, 12, 31),
    "closing": date(2027, 1, 20),
    "first_payment": date(2027, 2, 15),
    "periods": 60,
    "calendar": "US-NY",
}


def test_monthly_deal():
    """Collections of the month before, interest from the 15th to the 15th, payment on a business day."""
    dates = payment_schedule(**MPL)
    assert dates.periods == 60
    assert dates.payment_dates[:3] == (date(2027, 2, 16), date(2027, 3, 15), date(2027, 4, 15))
    assert (dates.collection_start[1], dates.collection_end[1]) == (date(2027, 2, 1), date(2027, 2, 28))
    assert (dates.accrual_start[0], dates.accrual_end[0]) == (date(2027, 1, 20), date(2027, 2, 15))
    assert dates.accrual_fractions("30/360")[:2] == [25 / 360, 30 / 360]
    assert dates.years()[:2] == [25 / 360, 55 / 360]
    assert dates.collection_days()[:2] == [31, 28]


def test_interest_to_the_adjusted_date():
    """Interest runs to the day of payment where the deal says so."""
    dates = payment_schedule(**MPL, accrual="adjusted")
    assert dates.accrual_end[0] == dates.accrual_start[1] == date(2027, 2, 16)


@given(
    cutoff=st.dates(date(2020, 1, 1), date(2030, 1, 1)),
    wait=st.integers(32, 400),
    every=st.sampled_from([1, 2, 3, 6, 12]),
    periods=st.integers(1, 60),
    calendar=st.sampled_from(["none", "US-NY", "TARGET", "CN", "TARGET+UK-London"]),
    accrual=st.sampled_from(["adjusted", "unadjusted"]),
)
def test_periods_follow_each_other(cutoff, wait, every, periods, calendar, accrual):
    """No day is collected or accrued twice, none is left out, and everything is paid after it was collected."""
    first = cutoff + timedelta(days=wait)
    dates = payment_schedule(
        cutoff=cutoff, closing=cutoff, first_payment=first, periods=periods, every=every, calendar=calendar,
        accrual=accrual, determination=0,
    )  # fmt: skip
    ahead = dates.pays.index(True)
    assert dates.collection_start[0] == cutoff + timedelta(days=1)
    assert dates.nominal[ahead] == first
    assert dates.accrual_start[0] == dates.closing
    assert dates.pays[-1]
    assert dates.periods < max(periods, ahead + 1) + every
    for k in range(dates.periods):
        assert dates.pays[k] == (k >= ahead and (k - ahead) % every == 0)
        assert dates.collection_start[k] <= dates.collection_end[k] < dates.payment_dates[k]
        assert (dates.accrual_start[k] < dates.accrual_end[k]) == dates.pays[k]
        assert dates.payment_dates[k] >= dates.nominal[k]
        if k:
            start, end = dates.collection_start[k], dates.collection_end[k]
            assert start == dates.collection_end[k - 1] + timedelta(days=1)
            assert (start.day, start.year, start.month) == (1, end.year, end.month)
            assert dates.accrual_start[k] == dates.accrual_end[k - 1]
    for convention in ("30/360", "actual/360", "actual/actual"):
        fractions = dates.accrual_fractions(convention)
        assert all((fraction > 0.0) == pays for fraction, pays in zip(fractions, dates.pays, strict=True))
    assert sum(dates.accrual_fractions("actual/365")) == pytest.approx(
        (dates.accrual_end[-1] - dates.closing).days / 365.0, rel=1e-12
    )
    assert min(dates.years()) >= 0.0
    assert dates.years() == sorted(dates.years())


def test_month_end_stays_month_end():
    """A first payment on the 31st is followed by the last days of shorter months, and the 31st again."""
    dates = payment_schedule(**MPL | {"first_payment": date(2027, 1, 31), "cutoff": date(2026, 11, 30)})
    assert [day.day for day in dates.nominal[:4]] == [31, 28, 31, 30]


def test_legal_final():
    """No payment after the legal final maturity."""
    assert payment_schedule(**MPL, legal_final=date(2027, 4, 15)).periods == 3


def test_quarterly_deal():
    """Three months of collections meet in a quarter's payment; its interest is whole there and nil in between."""
    dates = payment_schedule(
        **MPL | {"cutoff": date(2027, 1, 31), "closing": date(2027, 2, 25), "first_payment": date(2027, 5, 25)},
        every=3,
    )
    assert dates.pays[:6] == (False, False, True) * 2
    assert dates.nominal[:3] == (date(2027, 3, 25), date(2027, 4, 25), date(2027, 5, 25))
    assert dates.collection_end[:3] == (date(2027, 2, 28), date(2027, 3, 31), date(2027, 4, 30))
    assert dates.accrual_fractions("30/360")[:6] == [0.0, 0.0, 90 / 360, 0.0, 0.0, 90 / 360]
    assert not dates.pay_every_month
    assert payment_schedule(**MPL).pay_every_month


def test_first_collection_of_three_months():
    """A monthly deal whose first payment waits: a period for each month, calculation dates before closing and all."""
    dates = payment_schedule(**MPL | {"cutoff": date(2026, 10, 31)})
    assert dates.pays[:4] == (False, False, True, True)
    assert dates.nominal[:3] == (date(2026, 12, 15), date(2027, 1, 15), date(2027, 2, 15))
    assert dates.collection_days()[:3] == [30, 31, 31]
    assert dates.years()[:4] == [0.0, 0.0, 25 / 360, 55 / 360]
    assert (dates.accrual_start[2], dates.accrual_end[2]) == (date(2027, 1, 20), date(2027, 2, 15))
    assert dates.accrual_end[1] == date(2027, 1, 20)


def test_cut_off_inside_a_month():
    """The rest of the cut-off's month belongs to the first period; alone where the payment follows at once."""
    dates = payment_schedule(**MPL | {"cutoff": date(2026, 12, 15)})
    assert dates.pay_every_month
    assert (dates.collection_start[0], dates.collection_end[0]) == (date(2026, 12, 16), date(2027, 1, 31))
    short = payment_schedule(**MPL | {"cutoff": date(2027, 1, 15)})
    assert short.pay_every_month
    assert (short.collection_start[0], short.collection_end[0]) == (date(2027, 1, 16), date(2027, 1, 31))
    assert short.collection_end[1] == date(2027, 2, 28)


def test_the_last_period_pays():
    """Periods are rounded up to a payment, and cut back to the last one by the legal final maturity."""
    quarterly = MPL | {"periods": 5}
    assert payment_schedule(**quarterly, every=3).periods == 7
    assert payment_schedule(**quarterly, every=3, legal_final=date(2027, 8, 14)).periods == 4
    assert payment_schedule(**quarterly, every=3, legal_final=date(2027, 8, 15)).periods == 7


def test_determination_dates():
    """Business days are counted back from the payment date that has moved, over holidays and weekends."""
    dates = payment_schedule(**MPL, determination=2)
    assert dates.payment_dates[0] == date(2027, 2, 16)
    assert dates.determination_dates[:2] == (date(2027, 2, 11), date(2027, 3, 11))
    assert payment_schedule(**MPL).determination_dates == dates.payment_dates


@pytest.mark.parametrize(
    ("every", "months"),
    [("1 month", 1), ("3 months", 3), ("6  Months", 6), ("1 year", 12), ("quarterly", 3), ("month", 1)],
)
def test_every(every, months):
    """The words for the time between payments."""
    assert months_of(every) == months


@pytest.mark.parametrize(
    ("every", "words"),
    [
        ("3 weeks", "'3 weeks' is not a time between payments; write 1 month, 3 months, 6 months or 1 year"),
        ("quartely", "did you mean 'quarterly'"),
        ("0 months", r"every 1 to 12 months \(got '0 months'\)"),
        ("2 years", "every 1 to 12 months"),
    ],
)
def test_every_that_is_no_time(every, words):
    """Anything else is refused in a sentence that shows how it is written."""
    with pytest.raises(DateError, match=words):
        months_of(every)


WRONG = [
    ({"first_payment": date(2026, 12, 15)}, "must lie after the cut-off"),
    ({"first_payment": date(2027, 1, 20), "cutoff": date(2026, 11, 30)}, "must lie after closing"),
    ({"periods": 0}, "at least one collection month"),
    ({"every": 0}, "at least one month apart"),
    ({"accrual": "ajusted"}, "did you mean 'adjusted'"),
    ({"legal_final": date(2027, 1, 31)}, "lies before the first payment"),
    ({"cutoff": date(2027, 2, 10), "closing": date(2027, 2, 10)}, "set the cut-off to 2026-12-31"),
    ({"calendar": "US-NYC"}, "did you mean 'US-NY'"),
    ({"calendar": "TARGET+US-NYC"}, "no calendar 'US-NYC'; did you mean 'US-NY'"),
    ({"determination": -1}, "0 or more business days"),
    ({"determination": 12}, "the determination date 2027-01-28, 12 business days before the payment on 2027-02-16"),
]


@pytest.mark.parametrize(("change", "words"), WRONG)
def test_impossible_dates(change, words):
    """Dates in the wrong order are refused in one sentence that says what to do."""
    with pytest.raises(DateError, match=words):
        payment_schedule(**MPL | change)
