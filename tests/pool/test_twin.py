"""The aggregated projection against every loan by itself."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pool.pools import calendar_days, loans_of, program_of
from pool.twin import NAMES, project_loans

from abs_struct.waterfall.engine import run

KINDS = ("level_pay", "level_principal", "interest_first", "single_payment")

PREPAYMENTS = (
    None,
    {"cpr": 0.18, "ramp": 12},
    {"cpr": 0.6},
    {"smm": 0.013},
    {"abs": 0.015},
    {"psa": 4.0},
    {"ppc": 1.5, "start": 0.02, "end": 0.2, "months": 9},
    {"ppc": 1.0, "start": 0.02, "end": 0.2, "months": 1},
    {"vector": [0.01, 0.05, 0.3, 0.02], "unit": "cpr", "by": "age"},
    {"vector": [0.01, 0.05, 0.03, 0.02, 0.0], "unit": "smm", "by": "period"},
)
DEFAULTS = (
    None,
    {"cdr": 0.05},
    {"cdr": 0.3, "ramp": 20},
    {"mdr": 0.02},
    {"sda": 3.0},
    {"cnl": 0.09, "timing": {"by_year": [0.4, 0.35, 0.18, 0.06, 0.01]}},
    {"cnl": 0.6, "timing": {"by_month": [0.2, 0.3, 0.5]}},
    {"vector": [0.01, 0.05, 0.3], "unit": "cdr", "by": "period"},
    {"vector": [0.01, 0.002], "unit": "mdr", "by": "age"},
    {"cdr": 0.05, "ramp": 7, "multiple": 3.5},
    {"mdr": 0.4, "multiple": 4.0},
    {"vector": [0.01, 0.6], "unit": "cdr", "by": "age", "multiple": 1.7},
    {"cnl": 0.03, "timing": {"by_month": [0.2, 0.3, 0.5]}, "multiple": 2.5},
    {"cgd": 0.03, "timing": {"by_year": [0.6, 0.4]}, "multiple": 4.0},
    {"cgd": 0.5, "timing": {"by_month": [0.5, 0.0, 0.5]}},
)
RECOVERIES = (None, {"rate": 0.07, "lag": 6}, {"severity": 0.4, "lag": 0}, {"rate": 0.3, "lag": 3})
SPREAD = (
    {"rate": 0.175, "lag": 1, "timing": {"months": 24}},
    {"rate": 0.4, "timing": {"by_year": [0.75, 0.25]}},
    {"severity": 0.5, "lag": 3, "timing": [0.2, 0.0, 0.5, 0.3]},
    {"rate": 0.6, "timing": {"by_month": [0.1, 0.9]}},
)

loan = st.tuples(
    st.integers(1, 5_000_000),
    st.sampled_from([0.0, 0.0001, 0.05, 0.1347, 0.3599]) | st.integers(0, 4000).map(lambda bp: bp / 1e4),
    st.integers(1, 30),
    st.integers(0, 70),
    st.sampled_from(KINDS),
    st.sampled_from(["36", "60"]),
)
assumption = st.fixed_dictionaries(
    {
        "prepayment": st.sampled_from(PREPAYMENTS),
        "default": st.sampled_from(DEFAULTS),
        "recovery": st.sampled_from(RECOVERIES + SPREAD),
        "conventions": st.sampled_from(["sifma", "survivor-days"]),
    }
)
override = st.dictionaries(st.sampled_from(["prepayment", "default", "recovery"]), st.none(), max_size=3).flatmap(
    lambda chosen: st.fixed_dictionaries(
        {
            name: st.sampled_from({"prepayment": PREPAYMENTS, "default": DEFAULTS, "recovery": RECOVERIES}[name])
            for name in chosen
        }
    )
)


def equal(loans, written, accrual):
    """Hold the engine against the twin, to 1e-12 of the pool."""
    days = calendar_days(72)
    program = program_of(loans, written, days=days, accrual=accrual)
    lines = run(program)
    expected = project_loans(loans, written, program.periods, days, accrual)
    size = expected["balance"][0]
    for name in NAMES:
        np.testing.assert_allclose(
            lines[f"pool.{name}"], expected[name], rtol=0, atol=1e-12 * max(size, 1.0), err_msg=name
        )
    return lines


@given(st.lists(loan, min_size=1, max_size=12), assumption, st.sampled_from(["30/360", "actual/365"]))
def test_pool_equals_its_loans(loans, written, accrual):
    """Every repayment kind, curve, convention and accrual agrees with loan by loan."""
    equal(loans_of(*loans), written, accrual)


@given(st.lists(loan, min_size=2, max_size=8), assumption, override)
def test_groups_equal_their_loans(loans, written, change):
    """Groups with curves, defaults or recoveries of their own agree with loan by loan."""
    loans[0] = (*loans[0][:5], "36")
    equal(loans_of(*loans), written | {"groups": {"36": change}}, "30/360")


holiday = st.fixed_dictionaries(
    {
        "share": st.sampled_from([0.1, 0.5]),
        "from": st.integers(1, 30),
        "months": st.integers(1, 12),
        "interest": st.sampled_from(["paid", "deferred", "waived"]),
    }
)
extension = st.fixed_dictionaries(
    {"share": st.sampled_from([0.05, 0.5]), "from": st.integers(1, 30), "months": st.integers(1, 12)}
)


@given(
    st.lists(loan, min_size=1, max_size=6),
    assumption,
    st.none() | holiday,
    st.none() | extension,
    st.sampled_from(["30/360", "actual/365"]),
)
def test_relief_equals_its_loans(loans, written, skips, extends, accrual):
    """Payment holidays and term extensions, alone and together, agree with loan by loan, each loan in its parts."""
    longest = max(terms[2] for terms in loans)
    for name, relief in (("payment_holiday", skips), ("term_extension", extends)):
        if relief is not None:
            written = written | {name: relief | {"from": min(relief["from"], longest)}}
    lines = equal(loans_of(*loans), written, accrual)
    assert all((lines[f"pool.{name}"] >= 0.0).all() for name in ("scheduled_principal", "interest", "balance"))
    assert lines["pool.balance"][-1] == pytest.approx(0.0, abs=1e-12 * lines["pool.balance"][0])


@pytest.mark.parametrize("conventions", ["sifma", "survivor-days"])
@pytest.mark.parametrize("default", DEFAULTS)
def test_every_default_kind_with_every_repayment(default, conventions):
    """Each default kind, on a pool that holds every repayment kind at several ages."""
    loans = [(100_000 + k, 0.13, 24 - a, a, kind, "all") for k, kind in enumerate(KINDS) for a in (0, 3, 11, 20)]
    written = {
        "prepayment": {"cpr": 0.18, "ramp": 12},
        "default": default,
        "recovery": {"rate": 0.07, "lag": 6},
        "conventions": conventions,
    }
    lines = equal(loans_of(*loans), written, "actual/365")
    assert lines["pool.balance"][-1] == 0.0


def test_a_thousand_loans_of_fifty_are_one_loan_of_fifty_thousand():
    """Rounding inside would lose cents on small loans; the flows agree to 1e-12."""
    written = {
        "prepayment": {"cpr": "18%"},
        "default": {"cdr": "6%"},
        "recovery": {"rate": "30%", "lag": 6},
    }
    one = (0.12, 36, 2, "level_pay", "all")
    small = run(program_of(loans_of(*[(50_00, *one)] * 1000), written))
    large = run(program_of(loans_of((50_000_00, *one)), written))
    for name in NAMES:
        np.testing.assert_allclose(small[f"pool.{name}"], large[f"pool.{name}"], rtol=1e-12, atol=5e-8)
