"""SIFMA standard cash flow A: 1 % SMM, 1 % MDR, lag 12, severity 20 %, servicer advances; 13 columns."""

from __future__ import annotations

from functools import cache

import numpy as np
import pytest
from pool.pools import one_loan, program_of
from reference.published import case, table

from abs_struct.waterfall.engine import run

CASE = case("sifma_cash_flow_a")
ROWS = table("sifma_cash_flow_a_anchors")


@cache
def columns():
    """The document's columns from the pool's lines."""
    given = CASE["inputs"]
    written = {
        "prepayment": {"smm": given["smm_pct"] / 100},
        "default": {"mdr": given["mdr_pct"] / 100},
        "recovery": {"severity": given["loss_severity_pct"] / 100, "lag": given["recovery_lag_months"]},
        "advances": given["servicer_advances"],
    }
    loan = one_loan(given["original_balance"], given["wac_pct"] / 100, given["wam"])
    lines = run(program_of(loan, written, periods=given["wam"]))
    pool = {name.removeprefix("pool."): lines[name] for name in lines if name.startswith("pool.")}
    return {
        "performing_balance": pool["balance"],
        "new_defaults": pool["defaulted"],
        "in_foreclosure": pool["pending_default"],
        "expected_amort": pool["scheduled_principal"] + pool["advanced_principal"],
        "voluntary_prepay": pool["prepaid"],
        "amort_from_defaults": pool["advanced_principal"],
        "actual_amort": pool["scheduled_principal"],
        "expected_interest": pool["interest"] + pool["advanced_interest"],
        "interest_lost": pool["advanced_interest"],
        "actual_interest": pool["interest"],
        "principal_recovery": pool["recovered"],
        "principal_loss": pool["liquidated"] - pool["recovered"],
        "amortized_default_balance": pool["liquidated"],
    }


def test_thirteen_columns_are_published():
    """The case names the columns that are compared."""
    assert set(ROWS[0]) - {"month"} == set(columns())


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row["month"])
def test_month(row):
    """Every anchor month, and the totals, to the dollar."""
    for name, series in columns().items():
        if row[name]:
            found = np.cumsum(series[1:])[-1] if row["month"] == "Total" else series[int(row["month"])]
            assert found == pytest.approx(float(row[name]), abs=CASE["tolerance"]["dollars"]), name


def test_every_default_ends_as_advance_recovery_or_loss():
    """Defaulted = advanced principal + recovered + lost; nothing is pending in the end."""
    got = columns()
    ends = sum(got[name].sum() for name in ("amort_from_defaults", "principal_recovery", "principal_loss"))
    assert got["new_defaults"].sum() == pytest.approx(ends, rel=1e-12)
    assert got["in_foreclosure"][-1] == pytest.approx(0.0, abs=1e-4)
