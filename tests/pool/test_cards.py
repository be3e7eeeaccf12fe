"""A pool of cards: what it collects, loses and buys; its rates by period; in all three arithmetics."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from abs_struct.core.arithmetic.symbols import evaluate
from abs_struct.core.findings import CurveError
from abs_struct.core.state import Program
from abs_struct.curves import read
from abs_struct.pool.cards import project_cards
from abs_struct.waterfall.engine import run, run_as_arrays
from abs_struct.waterfall.trace import trace

MONTHS = 36
DAYS = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31] * 3
BALANCE = 1_000_000.0


def program(cards: dict[str, Any], **more: Any) -> Program:
    """A pool of a million, alone."""
    pool = project_cards(
        read({"cards": {"yield": "18%", "payment_rate": "15%"} | cards, **more}), BALANCE, MONTHS, DAYS
    )
    slots = {slot.path: slot for slot in pool.slots}
    return Program(MONTHS, slots, pool.inputs, pool.data, (pool.part,), pool.past)


def test_the_pool_rolls_and_stays_level() -> None:
    """At a purchase rate of 100% new receivables replace what was paid, charged off and returned."""
    lines = run(program({"charge_off": "6%", "dilution": "0.5%", "interchange": "1.2%"}))
    assert np.abs(lines["pool.balance"] - BALANCE).max() < 1e-6
    assert lines["pool.defaulted"][1:] == pytest.approx(BALANCE * 0.06 / 12)
    assert lines["pool.dilution"][1:] == pytest.approx(5_000.0)
    assert lines["pool.principal_collections"][1:] == pytest.approx(150_000.0)
    assert lines["pool.purchased"][1:] == pytest.approx(160_000.0)
    assert lines["pool.interest"][1:] == pytest.approx(BALANCE * 0.192 / 12)
    assert lines["pool.collections"][1:] == pytest.approx(166_000.0)
    assert lines["pool.wac"][1:] == pytest.approx(0.192)


def test_without_new_sales_it_runs_off_geometrically() -> None:
    """At a purchase rate of 0% the balance is B (1 - charge-off / 12 - dilution - payment rate)^t."""
    lines = run(program({"charge_off": "6%", "dilution": "0.5%", "purchase_rate": 0}))
    assert lines["pool.balance"] == pytest.approx(BALANCE * (1 - 0.005 - 0.005 - 0.15) ** np.arange(MONTHS + 1))
    gone = lines["pool.principal_collections"].sum() + lines["pool.cumulative_defaulted"][-1]
    assert gone + lines["pool.dilution"].sum() + lines["pool.balance"][-1] == pytest.approx(BALANCE)


def test_recoveries_arrive_after_their_lag() -> None:
    """A recovery is a share of the charge-offs some months ago, and lowers the net loss."""
    lines = run(program({"charge_off": "12%"}, recovery={"rate": "20%", "lag": 4}))
    assert lines["pool.recovered"][:5].tolist() == [0.0] * 5
    assert lines["pool.recovered"][5:] == pytest.approx(0.2 * lines["pool.defaulted"][1:-4])
    assert lines["pool.collections"] == pytest.approx(
        lines["pool.interest"] + lines["pool.principal_collections"] + lines["pool.recovered"]
    )
    assert lines["pool.net_loss"] == pytest.approx(lines["pool.defaulted"] - lines["pool.recovered"])


@pytest.mark.parametrize(
    ("written", "months", "wanted"),
    [
        ("6%", [1, 36], [0.06, 0.06]),
        ({1: "6%", 10: "9%"}, [1, 9, 10, 36], [0.06, 0.06, 0.09, 0.09]),
        ({"from": "6%", "to": "9%", "months": 12}, [1, 3, 12, 36], [0.0625, 0.0675, 0.09, 0.09]),
        ({"from": "6%", "to": "9%", "months": 12, "start": 6}, [6, 12, 18], [0.06, 0.075, 0.09]),
        ({"linear": {0: "3%", 9: "15%", 21: "15%", 33: "3%"}}, [3, 9, 15, 27, 36], [0.07, 0.15, 0.15, 0.09, 0.03]),
        ({"rate": "3%", "multiple": 1.5}, [1, 36], [0.045, 0.045]),
        ({"steps": {1: "3%", 13: "6%"}, "multiple": {"from": 1, "to": 2, "months": 12}}, [6, 13], [0.045, 0.12]),
    ],
)  # fmt: skip
def test_a_rate_moves_as_it_is_written(written: Any, months: list[int], wanted: list[float]) -> None:
    """A number, steps by period, a ramp, lines between points, and a multiple of any of them."""
    lines = run(program({"charge_off": written}))
    assert lines["pool.charge_off_rate"][months] == pytest.approx(wanted)
    assert lines["pool.defaulted"][months] == pytest.approx(np.array(wanted) * BALANCE / 12)


@pytest.mark.parametrize(
    ("cards", "words"),
    [
        ({"payment_rate": "-3%"}, "payment_rate: -3% is not a share"),
        ({"payment_rate": 17}, "write 17% or 0.17"),
        ({"charge_off": {"from": "6%", "to": "9%"}}, "a ramp is"),
        ({"charge_off": {"rate": "6%", "from": "6%", "to": "9%", "months": 3}}, "found rate and from"),
        ({"charge_off": {2: "6%"}}, "begin with 1"),
        ({"charge_off": {"form": "6%"}}, "did you mean 'from'"),
        ({"purchase_rate": "-10%"}, "is not a speed"),
        ({"yeild": "16%"}, "did you mean 'yield'"),
    ],
)
def test_a_mistake_is_one_sentence(cards: dict[str, Any], words: str) -> None:
    """What cannot be a rate of cards is refused, and what was probably meant is said."""
    with pytest.raises(CurveError) as error:
        program(cards)
    assert words in str(error.value)


RATES = st.floats(0.0, 0.99)


@given(RATES, st.floats(0.0, 1.0), RATES, st.floats(0.0, 3.0), RATES, st.floats(0.0, 1.0), st.floats(0.0, 20.0))
def test_nothing_is_negative_and_floats_are_arrays(
    yield_: float, paid: float, lost: float, bought: float, interchange: float, diluted: float, multiple: float
) -> None:
    """Whatever the rates: the pool rolls, no flow and no balance is negative, and arrays have the bits of floats."""
    cards = {
        "yield": yield_, "payment_rate": paid, "interchange": interchange, "dilution": diluted,
        "charge_off": {"rate": lost, "multiple": multiple}, "purchase_rate": bought,
    }  # fmt: skip
    found = program(cards, recovery={"rate": "30%", "lag": 2})
    lines = run(found)
    many = run_as_arrays(found)
    for name, series in lines.items():
        assert np.array_equal(many[name][:, 0], series), name
        if name != "pool.net_loss" and name != "pool.cumulative_net_loss":
            assert series.min() >= 0.0, name
    left = lines["pool.principal_collections"] + lines["pool.defaulted"] + lines["pool.dilution"]
    rolled = (lines["pool.opening_balance"] - left + lines["pool.purchased"])[1:]
    assert np.abs(rolled - lines["pool.balance"][1:]).max() <= 1e-9 * max(lines["pool.balance"].max(), 1.0)


def test_a_row_among_many_is_its_single_run() -> None:
    """Every number of a path is a scenario axis, and a scenario does not touch its neighbours."""
    found = program({"charge_off": {"from": "6%", "to": "9%", "months": 12}, "payment_rate": {1: "17%", 10: "12%"}})
    axes = {
        "assumptions.cards.charge_off.to": np.linspace(0.06, 0.5, 23),
        "assumptions.cards.payment_rate.10": np.linspace(0.0, 1.0, 23),
        "assumptions.cards.yield": np.linspace(0.0, 0.4, 23),
    }
    wide = run(replace(found, inputs=found.inputs | axes))
    for i in (0, 7, 22):
        alone = run(replace(found, inputs=found.inputs | {path: float(axis[i]) for path, axis in axes.items()}))
        for name in alone:
            assert np.array_equal(wide[name][:, i], alone[name]), name


def test_the_written_formulas_give_the_same_figures() -> None:
    """The trace of a period, evaluated with the values of the run, is the run."""
    found = program(
        {"charge_off": {"linear": {0: "3%", 9: "15%", 30: "3%"}}, "dilution": "1%", "purchase_rate": {1: 1, 20: "40%"}},
        recovery={"rate": "25%", "lag": 3},
    )
    lines, written = run(found), trace(found)

    def valued(path: str, period: int) -> float:
        def value(leaf: Any) -> float:
            if leaf.op == "input":
                return float(found.inputs[leaf.args[0]])
            name, ago = leaf.args
            return float(lines[name][period - ago]) if period >= ago else 0.0

        return float(evaluate(written.formula(path), value))

    assert written.formulas
    assert {"pool.charge_off_rate", "pool.purchase_rate"} <= set(written.curves)
    for name in (*written.formulas, *written.curves):
        for period in (1, 2, 9, 21, MONTHS):
            assert abs(valued(name, period) - lines[name][period]) <= 1e-12 * BALANCE, name


OWN = {"yield": "24%", "payment_rate": "9%", "charge_off": "8%", "purchase_rate": "95%", "dilution": "0.5%"}


def grouped(held: dict[str, float], **groups: Any) -> Program:
    """A pool of several groups of accounts."""
    terms = read({"cards": {"yield": "18%", "payment_rate": "15%", "charge_off": "3%"}, "groups": groups})
    pool = project_cards(terms, sum(held.values()), MONTHS, DAYS, groups=held)
    slots = {slot.path: slot for slot in pool.slots}
    return Program(MONTHS, slots, pool.inputs, pool.data, (pool.part,), pool.past)


def test_groups_of_accounts_run_apart_and_add_up() -> None:
    """Each group is as if it were a pool by itself; those without rates of their own are one; the pool is the sum."""
    held = {"A": 600_000.0, "B": 250_000.0, "D": 150_000.0}
    lines = run(grouped(held, D={"cards": OWN}))
    alone = run(grouped({"A": 150_000.0}, A={"cards": OWN}))
    rest = run(program({"charge_off": "3%"}))
    for name in ("balance", "interest", "defaulted", "dilution", "scheduled_principal", "purchased"):
        assert lines[f"groups.D.{name}"] == pytest.approx(alone[f"pool.{name}"], rel=1e-12), name
        assert lines[f"groups.others.{name}"] == pytest.approx(0.85 * rest[f"pool.{name}"], rel=1e-12), name
        both = lines[f"groups.D.{name}"] + lines[f"groups.others.{name}"]
        assert lines[f"pool.{name}"] == pytest.approx(both, rel=1e-12), name
    assert lines["pool.wac"][1] == pytest.approx(0.85 * 0.18 + 0.15 * 0.24)
    assert lines["pool.reported_payment_rate"][2] > 0.0  # February: 28 days


def test_groups_are_the_same_in_all_arithmetics() -> None:
    """Floats, arrays of many scenarios and written formulas agree."""
    found = grouped({"A": 700_000.0, "D": 300_000.0}, D={"cards": OWN})
    lines = run(found)
    many = run_as_arrays(found)
    for name, series in lines.items():
        assert np.array_equal(many[name][:, 0], series), name
    written = trace(found)
    for name in written.formulas:

        def value(leaf: Any) -> float:
            if leaf.op == "input":
                return float(found.inputs[leaf.args[0]])
            path, ago = leaf.args
            return float(lines[path][5 - ago])

        assert abs(float(evaluate(written.formula(name), value)) - lines[name][5]) <= 1e-9 * BALANCE, name
    axis = np.linspace(0.0, 0.5, 7)
    wide = run(replace(found, inputs=found.inputs | {"assumptions.groups.D.cards.charge_off": axis}))
    one = run(replace(found, inputs=found.inputs | {"assumptions.groups.D.cards.charge_off": float(axis[4])}))
    assert np.array_equal(wide["pool.balance"][:, 4], one["pool.balance"])


def test_a_group_that_there_is_not_is_refused() -> None:
    """One sentence with the groups that there are."""
    with pytest.raises(CurveError, match=r"assumptions\.groups\.E: no loans of group 'E'"):
        grouped({"A": 1.0}, E={"cards": OWN})
