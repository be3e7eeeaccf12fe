"""SIFMA standard formulas: 27 published figures of SMM, CPR, PSA and ABS speed."""

from __future__ import annotations

import pytest
from pool.pools import one_loan, program_of
from reference.published import case

from abs_struct.curves import speeds
from abs_struct.pool.repayment import unit_schedule
from abs_struct.waterfall.engine import run

FIRST, FACTORS, ABS = case("sifma_speeds")["cases"]


def test_first_month_of_a_pass_through():
    """SF-3: 150 % PSA on a new 9.5 % mortgage, seven figures to eight decimals."""
    given, wanted = FIRST["inputs"], FIRST["expected"]
    loan = one_loan(1_000_000_000, given["gross_coupon_pct"] / 100, given["term"])
    lines = run(program_of(loan, {"prepayment": {"psa": given["psa"] / 100}}))
    month = {
        name: lines[f"pool.{name}"][1] / 1e9 for name in ("scheduled_principal", "prepaid", "interest", "collections")
    }
    fee = (given["gross_coupon_pct"] - given["net_coupon_pct"]) / 1200
    found = {
        "scheduled_amort": month["scheduled_principal"],
        "prepayment": month["prepaid"],
        "gross_interest": month["interest"],
        "servicing_fee": fee,
        "pt_principal": month["scheduled_principal"] + month["prepaid"],
        "pt_interest": month["interest"] - fee,
        "pt_cash_flow": month["collections"] - fee,
    }
    assert found == pytest.approx(wanted, abs=FIRST["tolerance"])


def test_speeds_from_factors():
    """SF-6 and SF-7: SMM, CPR and PSA of a pool from two monthly factors."""
    given, wanted = FACTORS["inputs"], FACTORS["expected"]
    months = given["wam_at_issue"]
    balance, _ = unit_schedule("level_pay", [given["gross_coupon_pct"] / 100], [months], [0], [30] * months)
    start, end = (balance[0][months - given[f"remaining_term_at_{at}"]] for at in ("start", "end"))
    before, after = given["factor_1989_06_01"], given["factor_1989_07_01"]
    scheduled = before * end / start
    smm = (scheduled - after) / scheduled
    cpr = float(speeds.cpr_of_smm(smm))
    found = {
        "bal1": start,
        "bal2": end,
        "fsched": scheduled,
        "amortization": before - scheduled,
        "prepayments": scheduled - after,
        "smm_pct": 100 * smm,
        "cpr_pct": 100 * cpr,
        "psa": 100 * float(speeds.psa_of_cpr(cpr, given["month_of_loan_life"])),
    }
    assert wanted.keys() == found.keys()
    for name, value in wanted.items():
        digits = len(str(value).partition(".")[2])
        # CPR and PSA were printed from the rounded SMM: one unit of their last digit
        tolerance = 0.51 * 10.0**-digits if name not in ("cpr_pct", "psa") else 1.0 * 10.0**-digits
        assert found[name] == pytest.approx(value, abs=tolerance), name


@pytest.mark.parametrize("row", ABS["expected"], ids=lambda row: f"{row['abs_pct']}-month-{row['month']}")
def test_abs_to_smm(row):
    """SF-11 to SF-14: the SMM of an ABS speed at an age."""
    found = 100 * float(speeds.smm_of_abs(row["abs_pct"] / 100, row["month"]))
    assert found == pytest.approx(row["smm_pct"], abs=ABS["tolerance"])
