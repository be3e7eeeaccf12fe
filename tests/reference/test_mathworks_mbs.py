"""MathWorks documentation: a pass-through pool, its price, and the collateral of a two-tranche sequential deal."""

from __future__ import annotations

import numpy as np
import pytest
from pool.pools import one_loan, program_of
from reference.published import case

from abs_struct.waterfall.engine import run

PASS_THROUGH, PRICE, SEQUENTIAL = case("mathworks_mbs")["cases"]


def test_pass_through_balances_and_payments():
    """mbspassthrough: 15 balances and 14 payments at 100 % PSA, 3 months seasoned."""
    given, wanted = PASS_THROUGH["inputs"], PASS_THROUGH["expected"]
    age = given["original_term"] - given["remaining_term"]
    loan = one_loan(given["balance"], given["gross_pct"] / 100, given["remaining_term"], age)
    lines = run(program_of(loan, {"prepayment": {"psa": given["psa"] / 100}}))
    tolerance = PASS_THROUGH["tolerance"]
    payment = lines["pool.scheduled_principal"] + lines["pool.interest"]
    np.testing.assert_allclose(lines["pool.balance"][1:16], wanted["balance_first_15"], atol=tolerance["balance"])
    np.testing.assert_allclose(payment[1:15], wanted["payment_first_14"], atol=tolerance["payment"])


def test_price_of_the_pass_through():
    """mbsprice: clean price at a 7.25 % monthly yield, settled in mid month with 14 days of delay."""
    given, wanted = PRICE["inputs"], PRICE["expected"]
    months = 333  # from the settlement month April 2002 to the maturity of January 2030, 30/360
    loan = one_loan(1e9, given["gross_pct"] / 100, months, 360 - months)
    lines = run(program_of(loan, {"prepayment": {"psa": given["psa"] / 100}}))
    principal = (lines["pool.scheduled_principal"] + lines["pool.prepaid"])[1:]
    interest = lines["pool.balance"][:-1] * given["coupon_pct"] / 1200
    settled = 14 / 30  # of the month, on the 15th
    years = (np.arange(1, months + 1) - settled) / 12 + given["delay_days"] / 360
    value = (principal + interest) @ (1 + given["mortgage_yield_pct"] / 1200) ** (-12 * years) / 1e7
    accrued = settled * given["coupon_pct"] / 12
    assert accrued == pytest.approx(wanted["accrued"], abs=PRICE["tolerance"])
    assert value - accrued == pytest.approx(wanted["price"], abs=PRICE["tolerance"])


def test_collateral_of_the_sequential_deal():
    """cmoseqcf: six months of principal without prepayment, and the first tranche's balance under it."""
    given, wanted = SEQUENTIAL["inputs"], SEQUENTIAL["expected"]
    loan = one_loan(given["balance"], given["coupon_pct"] / 100, given["months"])
    lines = run(program_of(loan, {"prepayment": {"psa": given["psa"]}}))
    paid = lines["pool.principal_collections"][1:]
    np.testing.assert_allclose(paid, wanted["principal"], atol=SEQUENTIAL["tolerance"])
    senior = np.maximum(given["tranches"]["A"] - np.cumsum(paid), 0.0)
    np.testing.assert_allclose(senior, wanted["tranche_A_balance"], atol=SEQUENTIAL["tolerance"])
