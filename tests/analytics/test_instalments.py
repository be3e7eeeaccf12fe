"""Flat-fee instalments and tax inside a price: published figures, and the definitions the other way round."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from abs_struct.analytics.instalments import effective_rate, instalment_rate, tax_inside
from abs_struct.core.findings import AnalyticsError


@pytest.mark.parametrize(
    ("fee", "months", "nominal", "effective"),
    [(0.025, 3, 0.1494, 0.160), (0.045, 6, 0.1527, 0.164), (0.065, 9, 0.1534, 0.165), (0.088, 12, 0.1586, 0.171)],
)
def test_published_fees_give_published_rates(fee: float, months: int, nominal: float, effective: float) -> None:
    """2.5 / 4.5 / 6.5 / 8.8% over 3 / 6 / 9 / 12 months are 14.94 / 15.27 / 15.34 / 15.86% a year."""
    found = instalment_rate(fee, months)
    assert round(found, 4) == nominal
    assert round(effective_rate(found), 3) == effective


@given(fee=st.floats(0.0, 0.6), months=st.integers(1, 60))
def test_the_rate_repays_the_amount(fee: float, months: int) -> None:
    """At the rate found the payments are worth what was lent."""
    monthly = instalment_rate(fee, months) / 12.0
    worth = sum((1.0 + fee) / months / (1.0 + monthly) ** k for k in range(1, months + 1))
    assert worth == pytest.approx(1.0, rel=1e-9)


def test_tax_and_surcharges_inside_a_price() -> None:
    """3% within the price with surcharges of 12% on the tax is 3.262% of what is received."""
    assert round(tax_inside(0.03, 0.12), 5) == 0.03262
    assert tax_inside(0.06) == pytest.approx(0.06 / 1.06, rel=1e-15)


def test_nonsense_is_refused() -> None:
    """No instalments, a negative fee and a negative tax are one sentence."""
    for call in (lambda: instalment_rate(0.1, 0), lambda: instalment_rate(-0.1, 3), lambda: tax_inside(-0.03)):
        with pytest.raises(AnalyticsError):
            call()
