"""The formulas of the curves, kind by kind, and the speeds of the trade."""

from __future__ import annotations

import numpy as np
import pytest
from pool.twin import speed

from abs_struct.core.arithmetic import Floats
from abs_struct.core.arithmetic.arrays import Arrays
from abs_struct.core.arithmetic.symbols import Symbol, Symbols, evaluate, line
from abs_struct.curves import DEFAULT, PREPAYMENT, read
from abs_struct.curves.speeds import cpr_of_smm, mdr_of_sda, smm_of_abs, smm_of_cpr, smm_of_psa

CURVES = [
    {"cpr": 0.18},
    {"cpr": 0.18, "ramp": 12},
    {"cpr": 0.18, "ramp": 1},
    {"smm": 0.02, "ramp": 5},
    {"abs": 0.015},
    {"abs": 0.0},
    {"psa": 1.5},
    {"psa": 20.0},
    {"ppc": 1.2, "start": 0.02, "end": 0.2, "months": 13},
    {"vector": [0.1, 0.2, 0.05], "unit": "cpr", "by": "age"},
    {"vector": [0.1, 0.2, 0.05], "unit": "smm", "by": "period"},
    {"cdr": 0.07, "ramp": 9},
    {"mdr": 0.01},
    {"sda": 2.5},
    {"vector": [0.1, 0.2, 0.05], "unit": "cdr", "by": "period"},
    {"vector": [0.1, 0.2, 0.05], "unit": "mdr", "by": "period", "multiple": 3.0},
    {"cdr": 0.07, "ramp": 9, "multiple": 2.5},
    {"cdr": 0.3, "multiple": 4.0},
    {"mdr": 0.01, "ramp": 4, "multiple": 0.5},
]


def curve_of(written):
    """The curve, and how it reads its numbers."""
    field = "default" if {"cdr", "mdr", "sda"} & set(written) or written.get("unit") in ("cdr", "mdr") else "prepayment"
    found = read({field: written})
    values = found.inputs("")
    return getattr(found, field), {path.removeprefix(f".{field}."): value for path, value in values.items()}


@pytest.mark.parametrize("written", CURVES, ids=str)
@pytest.mark.parametrize("fraction", [1 / 12, 31 / 365])
def test_rate_in_three_arithmetics(written, fraction):
    """Floats, arrays and formulas agree with the tables of the trade at every age."""
    curve, values = curve_of(written)
    periods = np.arange(1.0, 151.0)
    start = 2
    ages = start + periods - 1.0
    read_axis = {name: np.array([value, value]) for name, value in values.items()}
    grid = curve.rate(Arrays(), read_axis.__getitem__, ages[:, None], periods[:, None], fraction)
    grid = np.broadcast_to(grid, (150, 2))
    for k in (0, 1, 3, 7, 11, 12, 28, 31, 60, 64, 118, 130, 149):
        one = curve.rate(Floats(), values.__getitem__, ages[k], periods[k], fraction)
        assert one == grid[k, 0] == grid[k, 1]
        assert one == pytest.approx(speed(written, int(ages[k]) + 1, k + 1, fraction), abs=1e-15)
        formula = curve.rate(Symbols(), lambda name: Symbol("input", (name,)), line("age"), line("period"), fraction)
        known = {"age": ages[k], "period": periods[k], **values}
        assert evaluate(formula, lambda leaf, known=known: known[leaf.args[0]]) == one


@pytest.mark.parametrize("written", CURVES, ids=str)
def test_saturation_is_where_age_stops_to_matter(written):
    """From the stated age on the rate stays the same; before it, some age differs."""
    curve, values = curve_of(written)
    last = curve.saturation()
    if last is None:
        return
    rates = [curve.rate(Floats(), values.__getitem__, float(age), 1.0, 1 / 12) for age in range(last + 40)]
    assert len(set(rates[last:])) == 1
    assert last == 0 or rates[last] == 1.0 or rates[last - 1] != rates[last]


def test_every_kind_is_tried():
    """The table above holds every registered kind of rate."""
    tried = {key for written in CURVES for key in written}
    assert set(PREPAYMENT) | set(DEFAULT) - {"cnl", "cgd"} <= tried


@pytest.mark.parametrize(
    ("month", "cdr"),
    [(1, 0.0002), (15, 0.003), (30, 0.006), (60, 0.006), (61, 0.005905), (120, 0.0003), (300, 0.0003)],
)
def test_sda_by_month(month, cdr):
    """SIFMA SF-16: the corners of the standard default assumption."""
    assert float(cpr_of_smm(mdr_of_sda(1.0, month))) == pytest.approx(cdr, rel=1e-9)


def test_speeds_take_any_shape():
    """Arrays broadcast; a monthly rate and its annual rate go forth and back."""
    grid = smm_of_psa(np.array([[1.0], [2.0]]), np.arange(1, 40))
    assert grid.shape == (2, 39)
    np.testing.assert_allclose(smm_of_cpr(cpr_of_smm(grid)), grid, rtol=1e-12)
    assert smm_of_abs(0.015, 67) == 1.0
