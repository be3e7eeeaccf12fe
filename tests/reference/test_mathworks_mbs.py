"""MathWorks documentation: a pass-through pool, its price, and a two-tranche sequential deal."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from pool.pools import one_loan, program_of
from reference.published import case

import abs_struct
from abs_struct.analytics.yields import accrued_interest, bond_equivalent_yield, price_at_yield
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
    dirty = price_at_yield(
        (principal + interest) / 1e7, years, bond_equivalent_yield(given["mortgage_yield_pct"] / 100)
    )
    accrued = accrued_interest(100.0, given["coupon_pct"] / 100, settled / 12)
    assert accrued == pytest.approx(wanted["accrued"], abs=PRICE["tolerance"])
    assert dirty - accrued == pytest.approx(wanted["price"], abs=PRICE["tolerance"])


def test_two_tranche_sequential_deal():
    """cmoseqcf: six months without prepayment through the deal file: principal, and the balances of both tranches."""
    given, wanted = SEQUENTIAL["inputs"], SEQUENTIAL["expected"]
    result = abs_struct.load(Path(__file__).parent / "deals" / "cmoseqcf.yaml").run()
    lines, tolerance = result.lines, SEQUENTIAL["tolerance"]
    assert {name: result.measures.balance(name) for name in ("A", "B")} == given["tranches"]
    assert result.schedule.periods == given["months"]
    paid = lines["notes.A.principal_paid"] + lines["notes.B.principal_paid"]
    np.testing.assert_allclose(paid[1:], wanted["principal"], rtol=0, atol=tolerance)
    np.testing.assert_allclose(lines["notes.A.balance"][1:], wanted["tranche_A_balance"], rtol=0, atol=tolerance)
    np.testing.assert_allclose(
        lines["notes.B.balance"][1:3], wanted["tranche_B_balance_first_2"], rtol=0, atol=tolerance
    )
    assert lines["notes.B.balance"][-1] == pytest.approx(0.0, abs=1e-6)
    assert not result.failures
