"""Servicer advances that stop before the liquidation, against every default by itself."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pool.pools import one_loan, program_of
from pool.twin import payment

from abs_struct.waterfall.engine import run


def by_default(balance, rate, term, mdr, severity, lag, months, allowed):
    """Advanced principal and interest, recoveries and claims of each month, each month's defaults by themselves."""
    out = {
        name: np.zeros(term + lag + 1) for name in ("advanced_principal", "advanced_interest", "recovered", "pending")
    }
    alive = balance
    for month in range(1, term + 1):
        gone = mdr * alive if month <= allowed else 0.0
        left = alive - gone
        claim, remaining = gone, term - month + 1
        for later in range(month, month + lag):
            if later < month + months and remaining >= 1:
                interest = claim * rate / 12.0
                principal = payment(claim, rate, remaining) - interest if remaining > 1 else claim
                out["advanced_interest"][later] += interest
                out["advanced_principal"][later] += principal
                claim, remaining = claim - principal, remaining - 1
            out["pending"][later] += claim
        out["recovered"][month + lag] += max(0.0, claim - severity * gone)
        alive = left - (payment(left, rate, term - month + 1) - left * rate / 12.0)
    return out


@given(
    st.sampled_from([0.0, 0.06, 0.13]), st.integers(8, 24), st.sampled_from([0.01, 0.2]),
    st.sampled_from([0.0, 0.2, 0.97]), st.integers(2, 7), st.data(),
)  # fmt: skip
def test_stopped_advances_equal_their_defaults(rate, term, mdr, severity, lag, data):
    """Advances, recoveries and claims agree with each month's defaults carried by themselves."""
    months = data.draw(st.integers(1, lag - 1))
    written = {
        "default": {"mdr": mdr},
        "recovery": {"severity": severity, "lag": lag},
        "advances": {"months": months},
    }
    lines = run(program_of(one_loan(100_000, rate, term), written))
    expected = by_default(100_000, rate, term, mdr, severity, lag, months, term - lag)
    for name in ("advanced_principal", "advanced_interest", "recovered"):
        np.testing.assert_allclose(lines[f"pool.{name}"], expected[name], rtol=0, atol=1e-7, err_msg=name)
    np.testing.assert_allclose(lines["pool.pending_default"], expected["pending"], rtol=0, atol=1e-7)
    assert all((lines[f"pool.{name}"] >= 0.0).all() for name in ("advanced_principal", "recovered", "pending_default"))


def test_the_sooner_advances_stop_the_less_is_advanced_and_the_more_recovered():
    """Principal that is not advanced is recovered: the loss is the severity, or what is left of a loan near its end."""
    found = []
    for advances in ({"months": 1}, {"months": 6}, {"months": 11}, True):
        written = {"default": {"mdr": 0.01}, "recovery": {"severity": 0.2, "lag": 12}, "advances": advances}
        lines = run(program_of(one_loan(1_000_000, 0.08, 60), written))
        found.append([lines[f"pool.{name}"].sum() for name in ("advanced_interest", "advanced_principal", "recovered")])
        assert lines["pool.pending_default"][-1] == pytest.approx(0.0, abs=1e-6)
        lost = 1.0 - sum(found[-1][1:]) / lines["pool.cumulative_defaulted"][-1]
        assert 0.1985 < lost < 0.2 + 1e-12
    interest, principal, recovered = np.array(found).T
    assert (np.diff(interest) > 0).all()
    assert (np.diff(principal) > 0).all()
    assert (np.diff(recovered) < 0).all()
