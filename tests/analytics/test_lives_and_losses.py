"""Weighted average life, enhancement, factors and shortfalls."""

from __future__ import annotations

from datetime import date

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from abs_struct.analytics.enhancement import credit_enhancement, overcollateralisation
from abs_struct.analytics.loss import decrement, factor, first_principal, last_principal, shortfall
from abs_struct.analytics.wal import weighted_average_life, years_from
from abs_struct.core.findings import AnalyticsError


@pytest.mark.parametrize(
    ("basis", "wanted"),
    [("30/360", [25 / 360, 55 / 360]), ("actual/actual", [26 / 365, 54 / 365]), ("months", [1 / 12, 2 / 12])],
)
def test_years_from_closing(basis, wanted):
    """A stub of 25 days of 30/360, of 26 real days, or of one month."""
    dates = [date(2027, 2, 15), date(2027, 3, 15)]
    assert years_from(date(2027, 1, 20), dates, basis) == pytest.approx(wanted, rel=1e-15)


def test_unknown_basis():
    """An unknown basis is answered by the nearest one."""
    with pytest.raises(AnalyticsError, match="did you mean 'actual/actual'"):
        years_from(date(2027, 1, 20), [], "actual/actul")


@given(st.lists(st.just(0.0) | st.floats(0.01, 1e9), min_size=1, max_size=60))
def test_life_lies_within_the_window(principal):
    """A life lies between the first and the last payment of principal; without any it is nan."""
    years = np.arange(1, len(principal) + 1) / 12.0
    life = weighted_average_life(principal, years)
    paid = [t for t, amount in zip(years, principal, strict=True) if amount > 0.0]
    if sum(principal) == 0.0:
        assert np.isnan(life)
    else:
        assert min(paid) * (1 - 1e-12) <= life <= max(paid) * (1 + 1e-12)


def test_life_needs_times():
    """As many times as payments are wanted."""
    with pytest.raises(AnalyticsError, match="does not go with 2 payment times"):
        weighted_average_life([1.0], [1.0, 2.0])


#: Sizes of the classes of MPL 2027-1, its reserve 0.5 % of the pool; enhancement by hand.
CLASSES = [(55.25, 0.4525), (73.25, 0.2725), (79.45, 0.2105), (89.40, 0.1110)]


@pytest.mark.parametrize(("senior", "wanted"), CLASSES)
def test_enhancement_at_closing(senior, wanted):
    """What ranks behind a class, and the reserve."""
    assert credit_enhancement(100.0, senior, 0.5) == pytest.approx(wanted, rel=1e-14)


def test_enhancement_over_time():
    """It grows as the class is repaid, and is nan when the pool is gone."""
    assert np.isnan(credit_enhancement([100.0, 50.0, 0.0], [80.0, 30.0, 0.0])[2])
    assert overcollateralisation([100.0, 50.0], [80.0, 30.0]) == pytest.approx([0.2, 0.4])


def test_decrement_table():
    """Per cent of the original balance after chosen payment dates, for two scenarios."""
    balance = np.array([[200.0, 100.0], [150.0, 100.0], [0.0, 25.0]])
    assert decrement(balance, [0, 2]).tolist() == [[100.0, 100.0], [0.0, 25.0]]
    assert np.isnan(factor([0.0, 0.0])).all()
    with pytest.raises(AnalyticsError, match="periods run from 0 to 2"):
        decrement(balance, [3])


def test_principal_window():
    """First and last payment of principal; nothing below half a cent counts."""
    principal = np.array([[0.0, 0.0], [5.0, 0.004], [0.0, 0.0], [2.0, 0.0]])
    assert first_principal(principal).tolist() == [2, 0]
    assert last_principal(principal).tolist() == [4, 0]


def test_shortfall_is_never_negative():
    """A shortfall is what is missing at the end."""
    assert shortfall([5.0, 5.0], [4.0, 6.0]) == 0.0
    assert shortfall([[5.0, 5.0]], [[4.0, 7.0]]).tolist() == [1.0, 0.0]
