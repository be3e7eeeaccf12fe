"""The projection in floats, arrays and formulas: one text, the same numbers."""

from __future__ import annotations

import numpy as np
import pytest
from pool.pools import calendar_days, loans_of, program_of

from abs_struct.core.arithmetic.symbols import evaluate
from abs_struct.waterfall.engine import run, run_as_arrays
from abs_struct.waterfall.trace import trace

LOANS = loans_of(
    (1_300_000, 0.13, 33, 3, "level_pay", "36"),
    (2_500_000, 0.09, 57, 3, "level_pay", "60"),
    (900_000, 0.0, 12, 0, "level_principal", "36"),
    (400_000, 0.17, 20, 14, "interest_first", "60"),
    (100_000, 0.05, 6, 1, "single_payment", "60"),
)
TIMING = {"by_year": [0.4, 0.35, 0.18, 0.06, 0.01]}
CASES = {
    "cnl": {
        "prepayment": {"cpr": 0.18, "ramp": 12},
        "default": {"cnl": 0.09, "timing": TIMING},
        "recovery": {"rate": 0.07, "lag": 6},
    },
    "survivor days": {
        "prepayment": {"cpr": 0.12},
        "default": {"cdr": 0.05, "ramp": 8},
        "recovery": {"severity": 0.4, "lag": 2},
        "conventions": "survivor-days",
    },
    "groups": {
        "prepayment": {"abs": 0.013},
        "default": {"cnl": 0.09, "timing": TIMING},
        "recovery": {"rate": 0.07, "lag": 6},
        "groups": {"60": {"default": {"sda": 2.0}, "recovery": {"rate": 0.5, "lag": 1}}},
    },
    "advances": {
        "prepayment": {"psa": 2.0},
        "default": {"mdr": 0.01},
        "recovery": {"severity": 0.2, "lag": 4},
        "advances": True,
    },
    "advances that stop": {
        "prepayment": {"psa": 2.0},
        "default": {"mdr": 0.01},
        "recovery": {"severity": 0.2, "lag": 6},
        "advances": {"months": 3},
        "groups": {"60": {"recovery": {"severity": 0.4, "lag": 4}}},
    },
    "vectors": {
        "prepayment": {"vector": [0.01, 0.03, 0.02], "unit": "smm", "by": "period"},
        "default": {"vector": [0.01, 0.03, 0.05], "unit": "cdr", "by": "age"},
        "conventions": {"set": "sifma", "interest_on": "opening", "loss_at": "liquidation"},
    },
    "stressed, recoveries spread": {
        "prepayment": {"cpr": 0.1},
        "default": {"cgd": 0.04, "timing": TIMING, "multiple": 3.0},
        "recovery": {"rate": 0.4, "lag": 1, "timing": [0.5, 0.25, 0.25]},
        "groups": {
            "36": {"default": {"cdr": 0.04, "multiple": 2.0}, "recovery": {"rate": 0.3, "timing": {"months": 4}}},
        },
    },
    "relief": {
        "prepayment": {"cpr": 0.1},
        "default": {"cdr": 0.03},
        "recovery": {"rate": 0.4, "lag": 1},
        "payment_holiday": {"share": 0.2, "from": 3, "months": 4, "interest": "deferred"},
        "term_extension": {"share": 0.1, "from": 2, "months": 10},
    },
    "nothing": {},
}


@pytest.fixture(params=CASES, ids=str)
def written(request):
    """One set of assumptions."""
    return CASES[request.param]


def program(written, **more):
    """The program of the mixed pool."""
    return program_of(LOANS, written, days=calendar_days(70), **more)


def test_floats_equal_arrays_bit_for_bit(written):
    """One scenario in floats has the bits of arrays of length one."""
    one, many = run(program(written)), run_as_arrays(program(written))
    for name in one:
        assert one[name].tobytes() == np.ascontiguousarray(many[name][:, 0]).tobytes(), name


@pytest.mark.parametrize("name", [name for name in CASES if CASES[name]])
def test_each_scenario_has_the_bits_of_its_single_run(name):
    """Every input varied at once: each row of the sweep is its own run."""
    written = CASES[name]
    base = program(written)
    multiples = np.array([0.5, 1.0, 0.9])
    axes = {path: value * multiples for path, value in base.inputs.items()}
    sweep = run(program(written, axes=axes))
    for k, multiple in enumerate(multiples):
        single = program(written)
        single.inputs = {path: value * multiple for path, value in base.inputs.items()}
        lines = run(single)
        for path in lines:
            assert lines[path].tobytes() == np.ascontiguousarray(sweep[path][:, k]).tobytes(), (path, k)


def test_formulas_equal_floats(written):
    """The formulas that the workbook is written from give the engine's numbers, to 1e-12 of the pool."""
    compiled = program(written)
    lines = run(compiled)
    found = trace(compiled)
    size = lines["pool.initial_balance"][0]
    for period in (1, 2, 5, 13, 40):

        def read(leaf, period=period):
            if leaf.op == "input":
                return compiled.inputs[leaf.args[0]]
            path, ago = leaf.args
            return lines[path][period - ago] if period >= ago else 0.0

        for path, formula in {**found.curves, **found.formulas}.items():
            assert evaluate(formula, read) == pytest.approx(lines[path][period], abs=1e-12 * size), (
                path,
                period,
            )


def test_formulas_are_short():
    """A cohort's cells stay readable: no formula of a cohort reads more than six things."""
    found = trace(program(CASES["cnl"]))
    texts = {path: str(formula) for path, formula in found.formulas.items() if path.startswith("cohorts.0.")}
    assert max(map(len, texts.values())) < 130, texts
    assert texts["cohorts.0.balance"] == "cohorts.0.survival * cohorts.0.scheduled_balance"


def test_the_pool_keeps_its_books(written):
    """Opening = defaulted + scheduled + prepaid + balance; defaults end as recovery, advance or loss."""
    lines = run(program(written))
    pool = {name.removeprefix("pool."): series for name, series in lines.items() if name.startswith("pool.")}
    size = pool["initial_balance"][0]
    gone = pool["defaulted"] + pool["scheduled_principal"] + pool["prepaid"]
    np.testing.assert_allclose((pool["opening_balance"] - gone - pool["balance"])[1:], 0.0, atol=1e-11 * size)
    advanced = np.cumsum(pool.get("advanced_principal", 0.0 * gone))
    ends = pool["cumulative_recovered"] + pool["cumulative_net_loss"] + advanced
    in_work = pool["pending_default"] if written.get("conventions") == "survivor-days" else 0.0
    np.testing.assert_allclose(pool["cumulative_defaulted"], ends + in_work, atol=1e-9 * size)
    assert pool["pending_default"][-1] == pytest.approx(0.0, abs=1e-9 * size)
    flows = ("interest", "scheduled_principal", "prepaid", "defaulted", "recovered", "collections", "balance")
    assert all((pool[name] >= 0.0).all() for name in flows)
