"""The three arithmetics agree, and a symbol refuses to be asked for a truth value."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from abs_struct.core.arithmetic import Floats
from abs_struct.core.arithmetic.arrays import Arrays, power
from abs_struct.core.arithmetic.symbols import Symbols, constant, evaluate, line

#: Amounts as they occur: nil, or far enough from it that a ratio of two is a number.
NUMBERS = st.floats(-1e9, 1e9, allow_nan=False).map(lambda v: v if abs(v) > 1e-200 else 0.0)


@given(st.lists(st.tuples(NUMBERS, NUMBERS), min_size=1, max_size=40))
def test_arrays_have_the_bits_of_floats(pairs: list[tuple[float, float]]) -> None:
    """Every function gives, in each place of an array, the bits of the float function."""
    a, b = np.array(pairs).T
    for name in ("minimum", "maximum", "ratio"):
        many = getattr(Arrays, name)(a, b) + 0.0
        one = [getattr(Floats, name)(p, q) + 0.0 for p, q in pairs]
        assert many.tolist() == one
    assert Arrays.exceeds(a, b).tolist() == [Floats.exceeds(p, q) for p, q in pairs]


@given(st.floats(0.01, 1.0), st.integers(1, 300))
def test_a_power_does_not_depend_on_company(base: float, count: int) -> None:
    """One power alone has the bits of the same power among others, wherever it stands."""
    alone = float(power(base, 1.0 / 12.0))
    assert set(power(np.full(count, base), 1.0 / 12.0).tolist()) == {alone}
    assert float(power(np.full((3, count), base), 1.0 / 12.0)[2, -1]) == alone


def test_a_step_may_not_branch_on_a_value() -> None:
    """Asking a symbol whether it is true raises at once."""
    with pytest.raises(TypeError, match=r"use x\.where"):
        bool(line("pool.balance") > 0.0)


@given(NUMBERS, NUMBERS)
def test_what_is_written_is_what_is_computed(a: float, b: float) -> None:
    """A written expression has the value of the computed one."""
    x = Symbols()
    written = x.where(
        x.exceeds(line("a"), line("b")), x.minimum(line("a"), 5.0) - line("b"), x.ratio(line("a"), line("b"))
    )
    got = evaluate(written, lambda leaf: {"a": a, "b": b}[leaf.args[0]])
    f = Floats()
    assert got == f.where(f.exceeds(a, b), f.minimum(a, 5.0) - b, f.ratio(a, b))


def test_symbols_leave_out_what_does_nothing() -> None:
    """Adding nothing and multiplying by one leave no trace in a formula."""
    assert str(0.0 + line("a") * 1.0 - 0.0) == "a"
    assert str(constant(2.0) * 3.0) == "6"
    assert str(Symbols.total([constant(0.0), line("a", 1)])) == "a[-1]"


def test_the_one_tolerance() -> None:
    """A value on its level does not exceed it, nor does a residue of rounding above it."""
    assert not Floats.exceeds(0.045 + 1e-14, 0.045)
    assert Floats.exceeds(0.045 + 1e-11, 0.045)
    assert not Floats.exceeds(1e9 + 1e-4, 1e9)


def test_lookup_holds_its_ends() -> None:
    """An index outside a table takes its first or last entry, in every arithmetic."""
    table = [1.0, 2.0, 3.0]
    assert [Floats.lookup(table, i) for i in (-5.0, 0.0, 2.0, 9.0)] == [1.0, 1.0, 3.0, 3.0]
    assert Arrays.lookup(table, np.array([[-5.0], [0.0], [2.0], [9.0]])).ravel().tolist() == [1.0, 1.0, 3.0, 3.0]
    wide = Arrays.lookup([np.array([1.0, 10.0]), 2.0], np.array([[0.0], [1.0]]))
    assert wide.tolist() == [[1.0, 10.0], [2.0, 2.0]]


def test_a_written_sum_stands_in_brackets_where_it_needs_them():
    """a - (b + c) is not a - b + c, and (a + b) / c not a + b / c: also where sums and ratios are functions."""
    x = Symbols()
    a, b, c = line("a"), line("b"), line("c", -1)
    assert str(a - x.total([b, c])) == "a - (b + c[+1])"
    assert str(x.total([a, b]) * c) == "(a + b) * c[+1]"
    assert str(x.ratio(x.total([a, b]), c)) == "(a + b) / c[+1]"
    assert str(x.ratio(a - b, b + c)) == "(a - b) / (b + c[+1])"
    assert str(a / x.ratio(b, c)) == "a / (b / c[+1])"
    assert str(x.total([a, b]) + c) == "a + b + c[+1]"
