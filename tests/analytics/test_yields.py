"""Yields, returns and durations: closed forms, inverses, and what does not exist."""

from __future__ import annotations

from datetime import date

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from abs_struct.analytics.duration import convexity, macaulay_duration, modified_duration
from abs_struct.analytics.irr import annual_irr, cost_of_funds, irr, multiple, xirr
from abs_struct.analytics.spreadsheet import spreadsheet
from abs_struct.analytics.yields import accrued_at, monthly_yield, price_at_yield, yield_at_price
from abs_struct.core.findings import AnalyticsError

PERIODS = st.integers(1, 360)
RATES = st.floats(-0.05, 1.5)


def flows_of(periods, seed):
    """Irregular flows, and times of a stub and then months."""
    random = np.random.default_rng(seed)
    return random.uniform(0.0, 1.0, periods) + 1e-3, (25.0 + 30.0 * np.arange(periods)) / 360.0


@given(PERIODS, st.integers(0, 999), RATES)
def test_yield_of_the_price_is_the_yield(periods, seed, rate):
    """yield(price(Y)) = Y."""
    flows, years = flows_of(periods, seed)
    assert yield_at_price(flows, years, price_at_yield(flows, years, rate)) == pytest.approx(rate, abs=1e-11)


@given(PERIODS, st.integers(0, 999), RATES)
def test_price_is_the_plain_sum(periods, seed, rate):
    """Horner's rule over the gaps gives the sum of the definition."""
    flows, years = flows_of(periods, seed)
    plain = sum(float(cf) / (1.0 + rate / 2.0) ** (2.0 * float(t)) for cf, t in zip(flows, years, strict=True))
    assert price_at_yield(flows, years, rate) == pytest.approx(plain, rel=1e-12)


@given(PERIODS, st.integers(0, 999), st.floats(0.0, 0.5))
def test_duration_and_convexity_are_slopes(periods, seed, rate):
    """Modified duration is -dP/dY / P, and convexity is d2P/dY2 / P."""
    flows, years = flows_of(periods, seed)
    h = 1e-4
    up, at, down = (price_at_yield(flows, years, rate + step) for step in (h, 0.0, -h))
    assert modified_duration(flows, years, rate) == pytest.approx((down - up) / (2 * h * at), rel=1e-4, abs=1e-6)
    assert convexity(flows, years, rate) == pytest.approx((up - 2 * at + down) / (h * h * at), rel=1e-3, abs=1e-4)


@given(PERIODS, st.integers(0, 999), RATES, RATES)
def test_a_higher_yield_is_a_lower_price(periods, seed, first, second):
    """The price falls when the yield rises."""
    flows, years = flows_of(periods, seed)
    low, high = sorted((first, second))
    assert price_at_yield(flows, years, high) <= price_at_yield(flows, years, low) * (1 + 1e-12)


@given(st.floats(-0.5, 3.0), st.integers(1, 120))
def test_yield_of_one_payment(rate, months):
    """100 today and one payment later: the closed form."""
    years = months / 12.0
    flow = 100.0 * (1.0 + rate / 2.0) ** (2.0 * years)
    assert yield_at_price([flow], [years], 100.0) == pytest.approx(rate, abs=1e-12)


@given(st.floats(-0.02, -1e-4) | st.floats(1e-4, 0.03), st.integers(2, 400))
def test_return_of_a_level_loan(rate, months):
    """The return of a level-pay loan is its rate."""
    payment = -spreadsheet("PMT", rate, months, 100.0)
    assert irr([-100.0] + [payment] * months) == pytest.approx(rate, abs=1e-11)


@given(st.lists(st.floats(-100, 100), min_size=2, max_size=30))
def test_return_makes_the_present_value_zero(flows):
    """At the rate that is returned the flows are worth nothing, whatever their signs."""
    rate = irr(flows)
    if np.isfinite(rate) and abs(np.log1p(rate)) < 3:
        size = sum(abs(cf) * (1.0 + rate) ** -k for k, cf in enumerate(flows))
        worth = sum(cf * (1.0 + rate) ** -k for k, cf in enumerate(flows))
        assert abs(worth) <= 1e-8 * size


@pytest.mark.parametrize(
    ("flows", "wanted"),
    [([-100.0, 230.0, -132.0], 0.10), ([-100.0, 100.0], 0.0), ([100.0, -110.0], 0.10), ([0.0, 0.0], np.nan),
     ([5.0, 5.0], np.nan), ([-5.0], np.nan), ([0.0, 4.0, 5.0], np.nan), ([-1000.0, 0.0, 0.0], np.nan)],
)  # fmt: skip
def test_return_of_a_few_flows(flows, wanted):
    """The rate nearest to zero where there are two, and nan where there is none."""
    assert irr(flows) == pytest.approx(wanted, abs=1e-12, nan_ok=True)


def test_annual_and_dated_returns_agree():
    """A year of 365 days is a year."""
    days = [date(2027, 1, 1), date(2027, 7, 2), date(2028, 1, 1)]
    flows = [-100.0, 4.0, 104.0]
    assert xirr(flows, days) == annual_irr(flows, [0.0, 182 / 365, 1.0])
    assert xirr(flows[::-1], days[::-1]) == xirr(flows, days)


@pytest.mark.parametrize("function", [yield_at_price])
@pytest.mark.parametrize(
    ("flows", "price"), [([0.0, 0.0], 100.0), ([1.0, 1.0], 0.0), ([0.0, 0.0], 0.0), ([1.0, 1.0], -1.0)]
)
def test_no_yield(function, flows, price):
    """No flows or no price: no yield, and no warning."""
    assert np.isnan(function(flows, [0.5, 1.0], price))


@pytest.mark.parametrize(
    ("flows", "price", "wanted"),
    [
        ([1.0, 1.0], 1.0, np.nan),
        ([2.0, 1.0], 1.0, np.nan),
        ([5.0, 0.0], 9.0, np.nan),
        ([50.0, 53.0], 100.0, 0.12),
    ],
)
def test_flow_at_settlement(flows, price, wanted):
    """A price that is paid back at once has no yield; what is paid at once only lowers the price."""
    assert yield_at_price(flows, [0.0, 0.5], price) == pytest.approx(wanted, abs=1e-12, nan_ok=True)


def test_money_back_on_the_same_day():
    """So has an investment that comes back on its own day no return, beside one that has."""
    flows = np.array([[-100.0, -100.0], [100.0, 0.0], [5.0, 110.0]])
    assert annual_irr(flows, [0.0, 0.0, 1.0]) == pytest.approx([np.nan, 0.1], abs=1e-12, nan_ok=True)


def test_no_duration():
    """Flows that are worth nothing have no duration."""
    assert np.isnan(macaulay_duration([0.0], [1.0], 0.05))


def test_no_multiple():
    """Where nothing is put in there is no multiple."""
    assert np.isnan(multiple([0.0, 5.0]))


def test_zeros_at_the_end_do_not_matter():
    """Periods after the last payment change nothing, to the bit."""
    flows, years = flows_of(60, 1)
    short = yield_at_price(flows[:36], years[:36], 15.0)
    flows[36:] = 0.0
    assert yield_at_price(flows, years, 15.0) == short


def test_par_bond():
    """A monthly note bought at par yields its coupon, in monthly terms; the fee on top is the cost of the deal."""
    flows = np.full(24, 0.5)
    flows[-1] += 100.0
    years = np.arange(1, 25) / 12.0
    assert monthly_yield(yield_at_price(flows, years, 100.0)) == pytest.approx(0.06, abs=1e-13)
    assert monthly_yield(cost_of_funds(flows, np.full(24, 0.05), years, 100.0)) == pytest.approx(0.066, abs=1e-13)


def test_clean_and_dirty():
    """On an accrual start nothing has accrued; half a month later half a coupon has."""
    start = date(2027, 2, 15)
    assert accrued_at(100.0, 0.06, start, start, "30/360") == 0.0
    assert accrued_at(100.0, 0.06, start, date(2027, 3, 1), "30/360") == pytest.approx(100 * 0.06 * 16 / 360)


@pytest.mark.parametrize(
    ("flows", "years", "price", "words"),
    [
        ([1.0], [0.5, 1.0], 1.0, "do not go with 2 payment times"),
        ([1.0, 1.0], [1.0, 0.5], 1.0, "never fall"),
        ([1.0, 1.0], [-0.1, 0.5], 1.0, "leave out earlier flows"),
        ([1.0, 1.0], [], 1.0, "a list of years"),
        ([[1.0, 1.0, 1.0]], [1.0], [1.0, 1.0], "do not go with arguments"),
    ],
)
def test_wrong_shapes(flows, years, price, words):
    """Flows, times and prices that do not fit are refused in one sentence."""
    with pytest.raises(AnalyticsError, match=words):
        yield_at_price(flows, years, price)


def test_unknown_spreadsheet_function():
    """A function that is not here is answered by the nearest name."""
    with pytest.raises(AnalyticsError, match="did you mean 'XIRR'"):
        spreadsheet("XIRRR", [1.0])
