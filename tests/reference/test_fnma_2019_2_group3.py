"""Fannie Mae REMIC 2019-2, group 3: percent outstanding each January at seven PSA speeds, and average lives."""

from __future__ import annotations

from functools import cache

import numpy as np
import pytest
from pool.pools import one_loan, program_of
from reference.published import case, table

from abs_struct.waterfall.engine import run

CASE = case("fnma_2019_2_group3")
ROWS = table("fnma_2019_2_group3_decrement")
SPEEDS = ("0", "100", "198", "300", "400", "700", "1000")


@cache
def balances(speed):
    """The pool's balance by distribution; at 0 % PSA the prospectus assumes new loans at 7.50 %."""
    given = CASE["inputs"]
    loan = one_loan(given["balance"], given["wac_pct"] / 100, given["remaining_term"], given["age"])
    if speed == "0":
        loan = one_loan(given["balance"], 0.075, 360)
    lines = run(program_of(loan, {"prepayment": {"psa": float(speed) / 100}}))
    return np.concatenate([lines["pool.balance"], np.zeros(372)])


@pytest.mark.parametrize("speed", SPEEDS)
def test_decrement_table(speed):
    """30 cells a speed, printed to whole per cents; `*` is above 0 and below 0.5."""
    left = 100 * balances(speed) / balances(speed)[0]
    errors = []
    for row in ROWS[:-1]:
        distribution = 12 * (int(row["after_distribution_of"][:4]) - 2019)
        printed = row[f"psa_{speed}"]
        if printed == "*":
            assert 0.0 < left[distribution] < 0.5
            continue
        errors.append(abs(left[distribution] - float(printed)))
    assert max(errors) <= CASE["tolerance"]["percent_points"]


@pytest.mark.parametrize("speed", SPEEDS)
def test_average_life(speed):
    """Average life on 30/360 from settlement on 30 January 2019: 25 days to the first distribution, then 30 each."""
    principal = -np.diff(balances(speed))
    years = (25 + 30 * np.arange(len(principal))) / 360
    life = principal @ years / principal.sum()
    assert life == pytest.approx(float(ROWS[-1][f"psa_{speed}"]), abs=CASE["tolerance"]["wal_years"])
