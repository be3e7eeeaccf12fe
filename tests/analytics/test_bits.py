"""One scenario and many: column s of (T, S) has exactly the bits of that column alone."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from abs_struct.analytics import duration, enhancement, irr, loss, wal, yields
from abs_struct.core.roots import newton

YEARS = st.sampled_from(
    [
        lambda periods: (25.0 + 30.0 * np.arange(periods)) / 360.0,
        lambda periods: np.cumsum(28.0 + np.arange(periods) * 7 % 5) / 365.0,
        lambda periods: np.arange(periods) / 4.0 + 0.25,
    ]
)


@st.composite
def many(draw, signs=(0.0, 1.0)):
    """Flows (T, S) with zeros among them, times (T,), prices and yields (S,)."""
    periods, scenarios = draw(st.integers(1, 40)), draw(st.integers(1, 33))
    random = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    flows = random.uniform(*signs, (periods, scenarios)) * 10.0 ** random.integers(-2, 8, scenarios)
    flows[random.random((periods, scenarios)) < draw(st.sampled_from([0.0, 0.3, 0.9]))] = 0.0
    price = np.abs(flows).sum(axis=0) * random.uniform(0.2, 1.3, scenarios)
    return flows, draw(YEARS)(periods), price, random.uniform(-0.1, 0.9, scenarios)


def same_bits(whole, alone):
    """Equal to the last bit, nan where the other is nan."""
    assert np.asarray(whole).tobytes() == np.asarray(alone, dtype=np.asarray(whole).dtype).tobytes()


MEASURES = {
    "wal": lambda f, t, p, y: wal.weighted_average_life(f, t),
    "price": lambda f, t, p, y: yields.price_at_yield(f, t, y),
    "yield": lambda f, t, p, y: yields.yield_at_price(f, t, p),
    "monthly yield": lambda f, t, p, y: yields.monthly_yield(y),
    "bond-equivalent yield": lambda f, t, p, y: yields.bond_equivalent_yield(y),
    "accrued interest": lambda f, t, p, y: yields.accrued_interest(p, y, 14 / 360),
    "duration": lambda f, t, p, y: duration.macaulay_duration(f, t, y),
    "modified duration": lambda f, t, p, y: duration.modified_duration(f, t, y),
    "convexity": lambda f, t, p, y: duration.convexity(f, t, y),
    "multiple": lambda f, t, p, y: irr.multiple(f - p / len(f)),
    "cost of funds": lambda f, t, p, y: irr.cost_of_funds(f, f * 0.01, t, p),
    "factor": lambda f, t, p, y: loss.factor(f),
    "decrement": lambda f, t, p, y: loss.decrement(f, [0, len(f) - 1]),
    "first principal": lambda f, t, p, y: loss.first_principal(f),
    "last principal": lambda f, t, p, y: loss.last_principal(f),
    "shortfall": lambda f, t, p, y: loss.shortfall(f, f * y),
    "enhancement": lambda f, t, p, y: enhancement.credit_enhancement(f, f * y, p),
    "overcollateralisation": lambda f, t, p, y: enhancement.overcollateralisation(f, f * y),
}


@pytest.mark.parametrize("name", MEASURES)
@given(data=many())
def test_measure_alone_and_in_company(name, data):
    """A measure of one scenario does not know how many others there are."""
    flows, years, price, rate = data
    measure = MEASURES[name]
    whole = np.asarray(measure(flows, years, price, rate))
    for s in range(flows.shape[1]):
        same_bits(whole[..., s], measure(flows[:, s].copy(), years, price[s], rate[s]))


@pytest.mark.parametrize("signs", [(-1.0, 1.0), (0.0, 1.0)])
@given(data=st.data())
def test_return_alone_and_in_company(signs, data):
    """So does the return of an investment, also where the sign of its flows changes often."""
    flows, years, price, _ = data.draw(many(signs))
    invested = np.concatenate([-price[None] * 0.7, flows])
    whole = irr.annual_irr(invested, [0.0, *years])
    for s in range(flows.shape[1]):
        same_bits(whole[s], irr.annual_irr(invested[:, s].copy(), [0.0, *years]))


@given(st.integers(0, 2**32 - 1))
def test_blocks_do_not_matter(seed):
    """A scenario past the first block of the search has the bits of its single run."""
    random = np.random.default_rng(seed)
    flows, years = random.uniform(0, 1, (12, 9_000)), np.arange(1, 13) / 12
    price = flows.sum(axis=0) * random.uniform(0.1, 1.2, 9_000)
    whole = yields.yield_at_price(flows, years, price)
    for s in (0, 8_191, 8_192, 8_999):
        same_bits(whole[s], yields.yield_at_price(flows[:, s], years, price[s]))


def test_layout_does_not_matter():
    """Arrays that lie in another order in memory give the same bits."""
    random = np.random.default_rng(3)
    flows, years = random.uniform(0, 1, (24, 100)), np.arange(1, 25) / 12
    price = flows.sum(axis=0) * 0.9
    wide = np.repeat(flows, 3, axis=1)[:, ::3]
    turned = np.asfortranarray(flows)
    for other in (wide, turned):
        same_bits(yields.yield_at_price(flows, years, price), yields.yield_at_price(other, years, price))


def test_roots_rest():
    """An element that has converged stays, however long the others take, and one without a root is nan."""
    level = np.array([2.0, 1e12, 1e-9, np.nan, 7.0])

    def square(x, at):
        return x * x - level[at], 2.0 * x

    roots = newton(square, np.ones(5), 0.0, 1e12)
    assert roots[[0, 1, 4]] == pytest.approx(np.sqrt(level[[0, 1, 4]]), rel=1e-15)
    assert np.isnan(roots[3])
    for k in range(5):
        only = level[k : k + 1]
        same_bits(roots[k : k + 1], newton(lambda x, at, a=only: (x * x - a[at], 2.0 * x), np.ones(1), 0.0, 1e12))
