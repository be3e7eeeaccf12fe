"""SIFMA: cumulative defaults by PSA and SDA, per cent of the original balance."""

from __future__ import annotations

import pytest
from pool.pools import one_loan, program_of
from reference.published import case

from abs_struct.waterfall.engine import run

CASE = case("sifma_cumulative_defaults")


@pytest.mark.parametrize("cell", CASE["expected"], ids=lambda cell: f"psa-{cell['psa']}-sda-{cell['sda']}")
def test_cumulative_default(cell):
    """SF-20: cumulative defaults of a new 8 % pool."""
    given = CASE["inputs"]
    written = {
        "prepayment": {"psa": cell["psa"] / 100},
        "default": {"sda": cell["sda"] / 100},
        "recovery": {"severity": given["severity_pct"] / 100, "lag": given["lag_months"]},
        "advances": given["advances"],
    }
    lines = run(program_of(one_loan(100e6, given["wac_pct"] / 100, given["wam"], given["age"]), written))
    found = 100 * lines["pool.cumulative_defaulted"][-1] / lines["pool.initial_balance"][0]
    assert found == pytest.approx(cell["cum_default_pct"], abs=CASE["tolerance"]["percent_points"])
