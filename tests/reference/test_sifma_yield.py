"""SIFMA standard formulas SF-47 to SF-50: yield, average life, duration and convexity of a pass-through."""

from __future__ import annotations

from functools import cache

import numpy as np
import pytest
from pool.pools import one_loan, program_of
from reference.published import case

from abs_struct.analytics.duration import convexity, macaulay_duration, modified_duration
from abs_struct.analytics.wal import weighted_average_life
from abs_struct.analytics.yields import bond_equivalent_yield, monthly_yield, price_at_yield, yield_at_price
from abs_struct.waterfall.engine import run

CASE = case("sifma_yield")
DIGITS = {"cf1": 4, "cf2": 4, "cf3": 4, "cf360": 4, "convexity": 4}


@cache
def pass_through():
    """Flows and principal per 100, and the years to each payment: 30 days and a delay of 14, on 30/360."""
    given = CASE["inputs"]
    loan = one_loan(10_000_000_000, given["gross_coupon_pct"] / 100, given["term"])
    lines = run(program_of(loan, {"prepayment": {"psa": given["psa"] / 100}}))
    opening = lines["pool.balance"][:-1]
    fee = opening * (given["gross_coupon_pct"] - given["net_coupon_pct"]) / 1200.0
    per_100 = 100.0 / opening[0]
    principal = (lines["pool.scheduled_principal"] + lines["pool.prepaid"])[1:] * per_100
    flows = (lines["pool.collections"][1:] - fee) * per_100
    years = (30.0 * np.arange(1, len(flows) + 1) + given["actual_delay_days"]) / 360.0
    return flows, principal, years


@cache
def found():
    """Every figure of the case, by our functions."""
    flows, principal, years = pass_through()
    rate = yield_at_price(flows, years, CASE["inputs"]["price"])
    return {
        "cf1": flows[0],
        "cf2": flows[1],
        "cf3": flows[2],
        "cf360": flows[359],
        "yield_pct": 100.0 * rate,
        "mortgage_yield_pct": 100.0 * monthly_yield(rate),
        "average_life": weighted_average_life(principal, years),
        "duration": macaulay_duration(flows, years, rate),
        "modified_duration": modified_duration(flows, years, rate),
        "convexity": convexity(flows, years, rate),
    }


@pytest.mark.parametrize("name", CASE["expected"])
def test_published_figure(name):
    """Every printed figure comes out within half of its last digit."""
    half = 0.5 * 10.0 ** -DIGITS.get(name, 5)
    assert found()[name] == pytest.approx(CASE["expected"][name], abs=half * (1 + 1e-9), rel=0)


def test_price_and_yield_are_inverse():
    """The price at the yield is the price, and the two yields are one."""
    flows, _, years = pass_through()
    rate = found()["yield_pct"] / 100.0
    assert price_at_yield(flows, years, rate) == pytest.approx(100.0, abs=1e-11)
    assert bond_equivalent_yield(monthly_yield(rate)) == pytest.approx(rate, abs=1e-15)
