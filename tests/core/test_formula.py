"""The formula language: what it accepts, what it means, and how it refuses."""

from __future__ import annotations

import pickle
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from abs_struct.core.arithmetic import Floats
from abs_struct.core.arithmetic.arrays import Arrays
from abs_struct.core.arithmetic.symbols import Symbols, evaluate
from abs_struct.core.findings import FormulaError
from abs_struct.core.formula import Formula
from abs_struct.core.state import Entity, State

LINES = {"pool.balance": 100.0, "pool.initial_balance": 300.0, "notes.A.balance": 50.0, "notes.B.balance": 45.0}
FLAGS = {"triggers.turbo.active": 1.0}


def resolve(name: str) -> list[tuple[str, str, str]]:
    """Names of a small deal."""
    if name == "pool":
        name = "pool.initial_balance"
    if name == "notes.balance":
        return [("notes.A", "balance", "money"), ("notes.B", "balance", "money")]
    if name in LINES or name in FLAGS:
        owner, _, word = name.rpartition(".")
        return [(owner, word, "flag" if name in FLAGS else "money")]
    raise FormulaError(f"no line '{name}'")


def state(formula: Formula) -> State:
    """A state with the lines of the small deal."""
    entities: dict[str, Entity] = {}
    for path, value in (LINES | FLAGS).items():
        owner, _, word = path.rpartition(".")
        setattr(entities.setdefault(owner, Entity(owner)), word, value)
    found = State(entities, lambda path, ago: 10.0 * ago)
    found.inputs = formula.constants()
    return found


def value(text: str, x: Any = None) -> Any:
    """A formula's value in floats."""
    formula = Formula(text, "f")
    formula.bind(resolve)
    return formula(x or Floats(), state(formula))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("13.25%", 0.1325),
        ("45 bp", 0.0045),
        ("1_000_000", 1_000_000.0),
        ("2 + 3 * 4", 14.0),
        ("(2 + 3) * 4", 20.0),
        ("-2 + 3", 1.0),
        ("10 - 2 - 3", 5.0),
        ("55.25% of pool", 165.75),
        ("max(13.25% * pool.balance, 2.00% of pool)", 13.25),
        ("notes.balance - pool.balance", -5.0),
        ("min(3, 1, 2)", 1.0),
        ("abs(-4)", 4.0),
        ("pool.balance / (pool.balance - pool.balance)", 0.0),
        ("if(triggers.turbo.active, 1, 2)", 1.0),
        ("if(not triggers.turbo.active or 1 > 2, 1, 2)", 2.0),
        ("if(pool.balance <= 100 and 1 != 2, 1, 2)", 1.0),
        ("previous(pool.balance, 3)", 30.0),
        ("average(pool.balance, 3)", (100.0 + 10.0 + 20.0) / 3.0),
    ],
)
def test_values(text: str, expected: float) -> None:
    """Numbers, units, precedence, totals and functions mean what they say, in floats, arrays and symbols."""
    assert value(text) == pytest.approx(expected, abs=1e-15)
    assert float(value(text, Arrays())) == value(text)
    written = value(text, Symbols())
    assert float(evaluate(written, lambda leaf: 0.0) if hasattr(written, "op") else written) == value(text)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "empty"),
        ("1 +", "where a number or a name must stand"),
        ("max(1", "put the formula in quotes"),
        ("maxx(1, 2)", "did you mean 'max'"),
        ("if(1, 2)", "takes 3 values"),
        ("pool $ 2", "'$' is not part of a formula"),
        ("1 2", "does not continue"),
        ("x in [1", "expected ']'"),
        ("average(3, pool.balance)", "takes a line and a whole number"),
        ("__import__('os')", "no function '__import__'"),
        ("(" * 100 + "1" + ")" * 100, "nested more than"),
    ],
)
def test_refusals_say_where_and_what(text: str, words: str) -> None:
    """What cannot be read is refused with the character and the reason."""
    with pytest.raises(FormulaError, match=r"cannot read|empty") as error:
        Formula(text)
    assert words in str(error.value)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("pool.balance + triggers.turbo.active", "adds money and flag"),
        ("pool.balance * notes.A.balance", "multiplies money by money"),
        ("pool.balanse", "no line 'pool.balanse'"),
        ("pool.balance / 0", "divides by 0"),
        ("pool.balance > triggers.turbo.active", "compares money and flag"),
    ],
)
def test_names_and_units_are_checked_when_bound(text: str, words: str) -> None:
    """An unknown name, or money added to a flag, is refused before anything runs."""
    with pytest.raises(FormulaError) as error:
        Formula(text).bind(resolve)
    assert words in str(error.value)


def test_every_number_is_an_input() -> None:
    """A single number has the formula's path; several are counted; periods of an average are structure."""
    assert Formula("2% of pool", "notes.A.balance").constants() == {"notes.A.balance": 0.02}
    assert Formula("max(2% * pool.balance, 5)", "f").constants() == {"f#0": 0.02, "f#1": 5.0}
    assert Formula("average(pool.balance, 3) * 2", "f").constants() == {"f": 2.0}


def test_formulas_survive_pickling() -> None:
    """A compiled deal may travel to another process."""
    formula = Formula("notes.balance - 5% of pool", "f")
    formula.bind(resolve)
    again = pickle.loads(pickle.dumps(formula))
    assert again(Floats(), state(again)) == formula(Floats(), state(formula))


EXPRESSIONS = st.recursive(
    st.one_of(
        st.floats(0, 1000, allow_nan=False).map(lambda v: f"{v:.4f}"),
        st.sampled_from(["pool.balance", "notes.A.balance", "notes.B.balance", "pool.initial_balance"]),
    ),
    lambda inner: st.one_of(
        st.tuples(inner, st.sampled_from("+-"), inner).map(lambda t: f"({t[0]} {t[1]} {t[2]})"),
        st.tuples(st.sampled_from(["min", "max"]), inner, inner).map(lambda t: f"{t[0]}({t[1]}, {t[2]})"),
        st.tuples(inner, inner, inner).map(lambda t: f"if({t[0]} > {t[1]}, {t[2]}, {t[0]})"),
    ),
    max_leaves=12,
)


@given(EXPRESSIONS)
def test_floats_arrays_and_symbols_agree_bit_for_bit(text: str) -> None:
    """Any formula has the same bits in floats and arrays, and as a written expression."""
    formula = Formula(text, "f")
    formula.bind(resolve)
    s = state(formula)
    one = formula(Floats(), s)
    many = formula(Arrays(), s)
    assert float(many) == one
    written = formula(Symbols(), s)
    again = evaluate(written, lambda leaf: 0.0) if hasattr(written, "op") else written
    assert float(again) == pytest.approx(one, rel=1e-12, abs=1e-9)
