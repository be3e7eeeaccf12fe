"""Floaters: discount margins, spread durations, and durations from three prices."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from abs_struct.analytics.discount_margin import discount_margin, price_at_discount_margin, spread_duration
from abs_struct.analytics.duration import convexity, modified_duration
from abs_struct.analytics.effective import effective_convexity, effective_duration
from abs_struct.analytics.yields import price_at_yield
from abs_struct.core.findings import AnalyticsError
from abs_struct.curves.rates import Index, base_rates
from abs_struct.dates.schedule import payment_schedule

MARGINS = st.floats(-0.04, 0.3)


@st.composite
def floaters(draw, most=120):
    """An amortising floater of 100 at a quoted margin: flows, index path and accrual fractions, all (T,)."""
    periods, margin = draw(st.integers(1, most)), draw(MARGINS)
    random = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    every = draw(st.sampled_from([1, 3]))
    pays = (np.arange(periods) % every == every - 1) | (np.arange(periods) == periods - 1)
    fractions = np.where(pays, random.uniform(28.0, 32.0, periods) * every / 360.0, 0.0)
    index = random.uniform(-0.01, 0.12, periods)
    principal = np.where(pays, random.uniform(0.0, 1.0, periods), 0.0) + (np.arange(periods) == periods - 1)
    principal *= 100.0 / principal.sum()
    balance = 100.0 - np.concatenate([[0.0], np.cumsum(principal)[:-1]])
    return balance * (index + margin) * fractions + principal, index, fractions, margin


@given(floaters())
def test_a_floater_at_par_has_its_quoted_margin(floater):
    """Whatever the index does and however it amortises: bought at par, a floater earns its margin."""
    flows, index, fractions, margin = floater
    assert price_at_discount_margin(flows, index, fractions, margin) == pytest.approx(100.0, rel=1e-12)
    assert discount_margin(flows, index, fractions, 100.0) == pytest.approx(margin, abs=1e-10)


def by_hand():
    """Two semi-annual payments of 6 and 5.5 % index, quoted margin 1 %: 3.5 and 103.25."""
    return [3.5, 103.25], [0.06, 0.055], [0.5, 0.5]


def test_two_payments_by_hand():
    """At 2 %: 3.5 / 1.04 + 103.25 / (1.04 x 1.0375) = 3.3653846154 + 95.6904541242 = 99.0558387396."""
    assert price_at_discount_margin(*by_hand(), 0.02) == pytest.approx(99.0558387396, abs=5e-11)
    assert discount_margin(*by_hand(), 99.0558387396) == pytest.approx(0.02, abs=1e-11)
    assert price_at_discount_margin(*by_hand(), 0.01) == pytest.approx(100.0, abs=1e-12)


def test_one_payment_in_closed_form():
    """One payment: DM = (CF / P - 1) / a - i."""
    assert discount_margin([110.0], [0.03], [0.5], 104.0) == pytest.approx((110 / 104 - 1) / 0.5 - 0.03, abs=1e-13)
    assert spread_duration([110.0], [0.03], [0.5], 0.02) == pytest.approx(0.5 / 1.025, rel=1e-14)


@given(floaters(), MARGINS)
def test_margin_of_the_price_is_the_margin(floater, margin):
    """margin(price(DM)) = DM, dear or cheap."""
    flows, index, fractions, _ = floater
    price = price_at_discount_margin(flows, index, fractions, margin)
    assert discount_margin(flows, index, fractions, price) == pytest.approx(margin, abs=1e-9)


@given(floaters(), MARGINS)
def test_price_is_the_plain_sum(floater, margin):
    """Backwards or forwards, it is the sum of the definition."""
    flows, index, fractions, _ = floater
    factors = np.cumprod(1.0 / (1.0 + (index + margin) * fractions))
    assert price_at_discount_margin(flows, index, fractions, margin) == pytest.approx(
        float((flows * factors).sum()), rel=1e-11, abs=1e-11
    )


@given(floaters(), st.floats(0.0, 0.1))
def test_spread_duration_is_a_slope(floater, margin):
    """The slope agrees with prices at the margin 1 bp lower and higher, and no payment weighs more than the last."""
    flows, index, fractions, _ = floater
    flows = np.maximum(flows, 0.0)
    low, base, high = (price_at_discount_margin(flows, index, fractions, margin + step) for step in (-1e-4, 0.0, 1e-4))
    found = spread_duration(flows, index, fractions, margin)
    assert found == pytest.approx(effective_duration(low, base, high, 1e-4), rel=1e-5)
    assert 0.0 < found <= (fractions / (1.0 + (index + margin) * fractions)).sum() * (1 + 1e-12)


@given(floaters(), MARGINS, MARGINS)
def test_a_higher_margin_is_a_lower_price(floater, first, second):
    """The price falls when the margin rises, as long as nothing negative is paid."""
    flows, index, fractions, _ = floater
    low, high = sorted((first, second))
    prices = price_at_discount_margin(np.maximum(flows, 0.0), index, fractions, np.array([low, high]))
    assert prices[1] <= prices[0] * (1 + 1e-12)


@given(floaters(most=30), st.integers(1, 20), st.integers(0, 99))
def test_margins_alone_and_in_company(floater, scenarios, seed):
    """Column s of many scenarios has exactly the bits of that column alone."""
    flows, index, fractions, margin = floater
    random = np.random.default_rng(seed)
    wide = flows[:, None] * random.uniform(0.5, 1.5, scenarios)
    rates = index[:, None] + random.uniform(-0.01, 0.01, scenarios)
    price = random.uniform(60.0, 130.0, scenarios)
    margins = margin + random.uniform(0.0, 0.05, scenarios)
    found = {
        discount_margin: discount_margin(wide, rates, fractions, price),
        price_at_discount_margin: price_at_discount_margin(wide, rates, fractions, margins),
        spread_duration: spread_duration(wide, rates, fractions, margins),
    }
    for s in range(scenarios):
        for measure, whole in found.items():
            given = price if measure is discount_margin else margins
            alone = measure(wide[:, s].copy(), rates[:, s].copy(), fractions, given[s])
            assert np.asarray(whole[s]).tobytes() == np.asarray(alone).tobytes()


def test_one_index_path_for_many_scenarios():
    """An index (T,) goes with flows (T, S), and prices (S,) with flows (T,)."""
    flows, index, fractions = by_hand()
    wide = np.array(flows)[:, None] * np.array([1.0, 2.0])
    assert discount_margin(wide, index, fractions, [100.0, 200.0]) == pytest.approx([0.01, 0.01], abs=1e-12)
    assert discount_margin(flows, index, fractions, [100.0, 99.0558387396]) == pytest.approx([0.01, 0.02], abs=1e-11)
    assert discount_margin(flows, np.array(index)[:, None] + [[0.0, 0.01]], fractions, 100.0) == pytest.approx(
        [0.01, 0.0], abs=1e-12
    )


def test_margins_that_do_not_exist():
    """No flows, a price of nothing, no time: nan, never an error and never a number."""
    _, index, fractions = by_hand()
    assert np.isnan(discount_margin([0.0, 0.0], index, fractions, 100.0))
    assert np.isnan(discount_margin([3.5, 103.25], index, fractions, 0.0))
    assert np.isnan(discount_margin([3.5, 103.25], index, fractions, -1.0))
    assert np.isnan(discount_margin([100.0], [0.05], [0.0], 99.0))
    assert np.isnan(spread_duration([0.0, 0.0], index, fractions, 0.01))
    assert np.isnan(price_at_discount_margin([100.0], [0.05], [0.5], -2.1))
    both = discount_margin(np.array([[0.0, 3.5], [0.0, 103.25]]), index, fractions, 100.0)
    assert np.isnan(both[0])
    assert both[1] == pytest.approx(0.01, abs=1e-12)


def test_extreme_prices():
    """A price near nothing and one far above the flows have margins too."""
    for price in (1e-6, 1.0, 1e4, 1e9):
        margin = discount_margin(*by_hand(), price)
        assert price_at_discount_margin(*by_hand(), margin) == pytest.approx(price, rel=1e-9)


WRONG = [
    (([1.0], [0.05, 0.05], [0.5, 0.5], 1.0), "flows of shape (1,) do not go with 2 accrual fractions"),
    (([1.0, 1.0], [0.05], [0.5, 0.5], 1.0), "index rates of shape (1,) do not go with 2 accrual fractions"),
    (([1.0], [0.05], [-0.5], 1.0), "accrual fractions are 0 or more"),
    (([], [], [], 1.0), "accrual fractions must be a list"),
    ((np.ones((1, 2)), [0.05], [0.5], np.ones(3)), "of shapes (1, 2), (1,), (3,) do not go together"),
]


@pytest.mark.parametrize(("arguments", "words"), WRONG, ids=[words for _, words in WRONG])
def test_shapes_that_do_not_go_together(arguments, words):
    """Wrong shapes are refused in one sentence."""
    with pytest.raises(AnalyticsError) as error:
        discount_margin(*arguments)
    assert words in str(error.value)


@given(st.integers(1, 60), st.integers(0, 99), st.floats(0.0, 0.2))
def test_effective_measures_of_fixed_flows(periods, seed, rate):
    """Flows that do not move with the rates: effective duration and convexity are the modified ones."""
    random = np.random.default_rng(seed)
    flows, years = random.uniform(0.1, 1.0, periods), np.arange(1, periods + 1) / 12.0
    down, base, up = (price_at_yield(flows, years, rate + step) for step in (-1e-3, 0.0, 1e-3))
    assert effective_duration(down, base, up, 1e-3) == pytest.approx(modified_duration(flows, years, rate), rel=1e-3)
    assert effective_convexity(down, base, up, 1e-3) == pytest.approx(convexity(flows, years, rate), rel=1e-3)


@given(floaters())
def test_a_floater_at_par_has_no_duration(floater):
    """Its coupon moves with the index: prices of the moved index at the same margin are par, down and up."""
    flows, index, fractions, margin = floater
    coupons = index + margin
    balance = np.zeros(len(flows))
    held = 100.0
    for k in range(len(flows)):
        balance[k] = held
        held -= flows[k] - held * coupons[k] * fractions[k]
    prices = [
        price_at_discount_margin(flows + balance * move * fractions, index + move, fractions, margin)
        for move in (-1e-4, 0.0, 1e-4)
    ]
    assert effective_duration(*prices, 1e-4) == pytest.approx(0.0, abs=1e-7)


def test_effective_measures_of_scenarios():
    """Prices (S,) give measures (S,); a price of nothing has none, and a shift has to move something."""
    found = effective_duration([102.5, 0.0], [100.0, 0.0], [97.6, 0.0], 0.005)
    assert found[0] == pytest.approx(4.9, rel=1e-12)
    assert np.isnan(found[1])
    assert np.isnan(effective_convexity(1.0, 0.0, 1.0, 0.005))
    with pytest.raises(AnalyticsError, match="the shift of rates is above 0"):
        effective_duration(102.5, 100.0, 97.6, 0.0)


def test_margin_of_a_floater_on_compounded_rates():
    """Rates compounded in arrears over a schedule feed the margin: the floater at par has its own."""
    dates = payment_schedule(
        cutoff=date(2026, 12, 31),
        closing=date(2027, 1, 20),
        first_payment=date(2027, 4, 15),
        periods=12,
        every=3,
        calendar="US-NY",
        accrual="adjusted",
    )
    curve = {date(2027, 1, 1): "4.3%", date(2027, 3, 18): "4.05%", date(2027, 9, 16): "3.8%"}
    index = Index(curve=curve, fixing="compounded in arrears", lookback=5, calendar="US-SIFMA")
    rates = base_rates(index, dates, Path(), "assumptions.indices.SOFR")[1:]
    fractions = np.array(dates.accrual_fractions("actual/360"))
    principal = np.zeros(dates.periods)
    principal[-1] = 100.0
    flows = 100.0 * (rates + 0.0065) * fractions + principal
    assert discount_margin(flows, rates, fractions, 100.0) == pytest.approx(0.0065, abs=1e-12)
