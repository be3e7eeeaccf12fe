"""Ally 2017-3: the pool alone, 43 loans at seven ABS speeds, against the sum of the six classes."""

from __future__ import annotations

import numpy as np
import pytest
from pool.pools import loans_of, program_of
from reference.published import case, table

from abs_struct.waterfall.engine import run

CASE = case("ally_2017_3")
SPEEDS = ("0.00", "0.50", "0.90", "1.10", "1.30", "1.50", "1.80")
CLASSES = {entry["name"]: entry["opening_balance"] for entry in CASE["inputs"]["classes"]}


@pytest.mark.parametrize("speed", SPEEDS)
def test_pool_principal_retires_the_classes(speed):
    """The classes outstanding on a date are their opening balances less all principal so far."""
    loans = loans_of(
        *[
            (
                round(float(row["balance"]) * 100),
                float(row["apr_pct"]) / 100,
                int(row["remaining_term_months"]),
                int(row["age_months"]),
                "level_pay",
                "all",
            )
            for row in table("ally_2017_3_pools")
        ]
    )
    lines = run(program_of(loans, {"prepayment": {"abs": float(speed) / 100}}))
    principal = np.cumsum(lines["pool.principal_collections"])
    opening = sum(CLASSES.values())
    outstanding = {}
    for row in table("ally_2017_3_decrement"):
        if row["row"].startswith("20"):  # a class has rows until it is retired
            amount = float(row[f"abs_{speed}"]) / 100 * CLASSES[row["class"]]
            outstanding[row["row"]] = outstanding.get(row["row"], 0.0) + amount
    printed = [outstanding[date] for date in sorted(outstanding)]
    left = np.maximum(opening - principal[1 : len(printed) + 1], 0.0)
    assert len(printed) == 48
    np.testing.assert_allclose(left, printed, atol=CASE["tolerance"]["percent_cells_points"] / 100 * opening)
