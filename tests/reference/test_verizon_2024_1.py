"""Verizon Master Trust 2024-1, class A-1b: a month's interest on compounded SOFR, as its servicer reports it."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
from reference.published import case

from abs_struct.curves.rates import Index, base_rates
from abs_struct.dates.schedule import payment_schedule

CASE = next(found for found in case("servicer_reports")["cases"] if found["id"] == "verizon_2024_1_class_a1b_interest")
GIVEN, EXPECTED = CASE["inputs"], CASE["expected"]


def test_interest_of_the_month():
    """Rate and interest of the thirty days from 21 October to 20 November 2024 come out to the cent."""
    dates = payment_schedule(
        cutoff=date(2024, 8, 31),
        closing=date(2024, 9, 20),
        first_payment=date(2024, 10, 20),
        periods=2,
        calendar="US-SIFMA",
        accrual="adjusted",
    )
    index = Index.model_validate({
        "curve": {date(2024, 9, 1): "5%", date(2024, 10, 21): f"{GIVEN['compounded_sofr_pct']}%"},
        "fixing": "in advance",
        "calendar": "US-SIFMA",
    })  # fmt: skip
    rate = base_rates(index, dates, Path(), "assumptions.indices.SOFR")[2] + GIVEN["spread_pct"] / 100.0
    start, end = dates.accrual_start[1], dates.accrual_end[1]
    assert (end - start).days == GIVEN["days"]
    assert 100.0 * rate == pytest.approx(EXPECTED["rate_pct"], abs=1e-12)
    interest = GIVEN["balance"] * rate * dates.accrual_fractions(GIVEN["day_count"])[1]
    assert round(interest, 2) == EXPECTED["interest"]
