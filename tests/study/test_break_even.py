"""Break-even: by hand, against single runs on both sides of every level, and wherever it is worked out."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from functools import cache
from pathlib import Path
from unittest.mock import patch

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from small import TERMS, small
from waterfall.test_any_deal import CLAUSES, UNPAID, waterfall
from waterfall.test_any_deal import TERMS as ANY

import abs_struct
from abs_struct.core.findings import DealError, UsageError
from abs_struct.study import scenarios
from abs_struct.study.ksection import turns
from abs_struct.study.levers import default_levers

DEALS = Path(__file__).parents[2] / "deals"
MULTIPLE = "assumptions.default.multiple"

#: Defaults all in the first month, of a pool that pays its principal, and nothing else, to A and then B.
PLAIN = (
    TERMS.replace("default: {cdr: 9%}", "default: {cgd: 10%, timing: {by_month: [100%]}}")
    .replace("    initial: 1% of pool\n    required: if(deal.final_period, 0, 1% of pool)\n", "    required: 0\n")
    .replace("accounts:\n", "accounts:\n  principal: {receives: pool.principal_collections + pool.recovered}\n")
)
APART = """\
waterfall:
  income:
    - interest: [A, B]
    - residual: holder
  principal:
    from: principal
    steps:
      - principal: [A, B]
      - residual: holder
"""
#: Income helps B only where the trigger has fired: between the two B fails, and above again.
TURBO = """\
waterfall:
  income:
    - interest: [A, B]
    - principal: [A, B]
      amount: if(triggers.losses.active, available, 0)
    - residual: holder
  principal:
    from: principal
    steps:
      - principal: [A, B]
      - residual: holder
"""


def missed(deal: abs_struct.Deal, note: str, changes: dict[str, object], measure: str = "timely_shortfall") -> float:
    """A measure of a single run."""
    return float(deal.with_(changes).run().measures.value(f"{note}.{measure}"))


@pytest.mark.parametrize(
    ("recovery", "note", "level"),
    [("0%", "A", 0.30), ("40%", "A", 0.50), ("0%", "B", 0.08), ("40%", "B", 0.08 / 0.6)],
)
def test_by_hand(recovery: str, note: str, level: float, tmp_path: Path) -> None:
    """What is lost for good before a class of 70% of the pool, and one of 92%, loses: 30% and 8%."""
    deal = small(tmp_path, PLAIN, APART).with_({"assumptions.recovery": f"{{rate: {recovery}, lag: 3}}"})
    found = abs_struct.break_even(deal, of="assumptions.default.cgd", until="first-dollar-of-loss", notes=[note])
    pool = deal.collateral.balance
    assert found.levels[0, 0] == pytest.approx(level, abs=0.011 / pool / (1.0 - float(recovery[:-1]) / 100.0))
    assert found.outcomes[0, 0] == "break-even"
    assert found.losses[0, 0] == pytest.approx({"A": 0.30, "B": 0.08}[note], abs=1e-7)


@pytest.mark.parametrize(
    ("until", "measure", "holds"),
    [
        ("full-and-on-time", "timely_shortfall", lambda value: value <= 0.005),
        ("first-dollar-of-loss", "principal_shortfall", lambda value: value <= 0.005),
        ("yield=4%", "yield", lambda value: value >= 0.04),
    ],
)
def test_each_level_survives_and_the_next_fails(until, measure, holds, tmp_path: Path) -> None:
    """Single runs at each level and two tolerances above it, over speeds, recoveries and lags."""
    deal = small(tmp_path)
    vary = {
        "assumptions.prepayment.cpr": ["5%", "30%"],
        "assumptions.recovery.rate": ["0%", "50%"],
        "assumptions.recovery.lag": ["0", "9"],
    }
    found = abs_struct.break_even(deal, vary, until=until)
    assert set(found.outcomes.ravel()) == {"break-even"}
    for n, note in enumerate(found.notes):
        for k in range(0, len(found), 3):
            cell = {one.path: one.text(k) for one in found.cells.varied}
            level = float(found.levels[n, k])
            assert holds(missed(deal, note, {**cell, MULTIPLE: level}, measure)), (note, cell)
            assert not holds(missed(deal, note, {**cell, MULTIPLE: level + 2e-9}, measure)), (note, cell)


def test_against_a_fine_sweep(tmp_path: Path) -> None:
    """The level lies between the last of two hundred even levels that survives and the next, in every cell."""
    deal = small(tmp_path)
    speeds = ["0%", "15%", "40%"]
    found = abs_struct.break_even(deal, {"assumptions.prepayment.cpr": speeds}, of="assumptions.default.cdr")
    cdr = np.linspace(0.0, 0.99, 201)
    study = abs_struct.sweep(
        deal, {"assumptions.prepayment.cpr": speeds, "assumptions.default.cdr": cdr},
        ["A.timely_shortfall", "B.timely_shortfall"],
    )  # fmt: skip
    for n, note in enumerate("AB"):
        fails = study.values(f"{note}.timely_shortfall").reshape(3, 201) > 0.005
        first = fails.argmax(axis=1)
        assert (cdr[first - 1] <= found.levels[n]).all()
        assert (found.levels[n] < cdr[first]).all()


def test_neither_chunk_nor_executor_matters(tmp_path: Path) -> None:
    """In chunks of five rows on three threads the levels are the same bits."""
    deal = small(tmp_path)
    vary = {"assumptions.prepayment.cpr": "5%:25%:5%", "assumptions.recovery.lag": ["0", "6"]}
    whole = abs_struct.break_even(deal, vary)
    with patch.object(scenarios, "CHUNK", 57), ThreadPoolExecutor(3) as executor:
        cut = abs_struct.break_even(deal, vary, executor=executor)
    assert whole.levels.tobytes() == cut.levels.tobytes()
    assert whole.losses.tobytes() == cut.losses.tobytes()


def test_what_turns_more_than_once_is_reported(tmp_path: Path) -> None:
    """A trigger that catches income above a loss of 9% saves B there: it survives to 8%, and again from 9% on."""
    terms = PLAIN.replace("above: {1: 2%, 13: 6%}, cure: when the test passes", "above: 9%, cure: never")
    terms = terms.replace("recovery: {rate: 30%, lag: 3}", "recovery: {rate: 0%, lag: 0}")
    deal = small(tmp_path, terms, TURBO)
    found = abs_struct.break_even(
        deal, of="assumptions.default.cgd", until="first-dollar-of-loss", span="0%..40%", scan=81
    )
    assert found.outcomes.ravel().tolist() == ["break-even", "not monotone"]
    assert found.levels[1, 0] == pytest.approx(0.08, abs=1e-6)
    level = float(found.highest[1, 0])
    assert 0.10 < level < 0.20
    assert missed(deal, "B", {"assumptions.default.cgd": level}, "principal_shortfall") <= 0.005
    assert missed(deal, "B", {"assumptions.default.cgd": level + 2e-9}, "principal_shortfall") > 0.005
    assert missed(deal, "B", {"assumptions.default.cgd": 0.085}, "principal_shortfall") > 1.0


def test_edges_are_said(tmp_path: Path) -> None:
    """Survives the whole range, not reachable, fails at the lowest, and holds from a level on."""
    deal = small(tmp_path)
    low = abs_struct.break_even(deal, span="0..0.5")
    assert low.outcomes.ravel().tolist() == ["survives the whole range"] * 2
    assert np.isposinf(low.levels).all()
    assert low.summary()["classes"]["A"][0]["level"] is None
    high = abs_struct.break_even(deal, of="assumptions.default.cdr", span="90%..95%")
    assert high.outcomes.ravel().tolist() == ["fails at the lowest"] * 2
    assert np.isneginf(high.levels).all()
    recovery = abs_struct.break_even(
        deal.with_({MULTIPLE: 4}), of="assumptions.recovery.rate", notes=["B"], until="first-dollar-of-loss"
    )
    assert recovery.outcomes[0, 0] == "holds from a level on"
    least = float(recovery.levels[0, 0])
    stressed = deal.with_({MULTIPLE: 4})
    assert missed(stressed, "B", {"assumptions.recovery.rate": least}, "principal_shortfall") <= 0.005
    assert missed(stressed, "B", {"assumptions.recovery.rate": least - 2e-9}, "principal_shortfall") > 0.005
    placed = deal.with_({"assumptions.default": "{cgd: 50%, timing: {by_year: [0%, 0%, 0%, 100%]}}"})
    late = abs_struct.break_even(placed, notes=["A"])
    assert late.outcomes[0, 0] == "not reachable"


def test_interest_of_a_deferrable_class_may_wait(tmp_path: Path) -> None:
    """B misses interest on the way and is paid it later: on time only where it may be deferred."""
    changes: dict[str, object] = {"assumptions.interruption": "{from: 6, months: 1}", "assumptions.default.cdr": "1%"}
    strict = small(tmp_path).with_(changes)
    assert missed(strict, "B", {}, "interest_shortfall") == 0.0
    most = strict.run().lines["notes.B.interest_shortfall"].max()
    assert most > 1.0
    assert missed(strict, "B", {}) == most
    assert missed(strict, "B", {"notes.B.deferrable": "true"}) == 0.0
    day = strict.schedule.payment_dates[11].isoformat()
    left = strict.run().lines["notes.B.balance"][12]
    assert missed(strict, "B", {"notes.B.deferrable": "true", "notes.B.legal_maturity": day}) == left > 1.0


def test_the_scan_finds_turns_and_narrows_jumps() -> None:
    """Functions with a jump, a kink, a pole and three turns, side by side, each to the tolerance."""
    functions = [
        lambda x: np.where(x > 0.3, 5.0, -1.0),
        lambda x: np.maximum(x - 0.123456789, 0.0) - 1e-12,
        lambda x: np.where(x < 0.7, -1.0, np.nan),
        lambda x: np.where(x < 0.2, -1.0, np.where(x < 0.4, 1.0, x - 0.6)),
    ]
    levels = np.linspace(0.0, 1.0, 33)

    def all_of(x, at):
        return np.array([functions[k](value) for k, value in zip(at, x, strict=True)], dtype=float)

    short = np.array([function(levels) for function in functions])
    found = turns(short, levels, all_of, 1e-9)
    assert found.outcomes.tolist() == ["break-even", "break-even", "break-even", "not monotone"]
    assert found.lowest == pytest.approx([0.3, 0.123456789 + 1e-12, 0.7, 0.2], abs=1.1e-9)
    assert found.highest[:3].tolist() == found.lowest[:3].tolist()
    assert found.highest[3] == pytest.approx(0.6, abs=1.1e-9)


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        ({"until": "full-and-late"}, "no such test; did you mean 'full-and-on-time'"),
        ({"until": "yield"}, "say which yield, as in yield=5%"),
        ({"until": "first-dollar-of-loss=3"}, "no such test"),
        ({"of": "assumptions.default.cdrr"}, "unknown key 'cdrr'; did you mean 'cdr'"),
        ({"of": "assumptions.recovery.lag", "span": "0..12"}, "is structure of the deal"),
        ({"of": "notes.A.balance"}, None),
        ({"of": "fees.trustee.plus"}, "say between which values to look"),
        ({"notes": ["AA"]}, "no class 'AA'.*classes: A, B"),
        ({"span": "12..2"}, "yields no points"),
        ({"span": "12"}, "write LOW..HIGH"),
        ({"span": "0..150"}, "is not a multiple"),
        ({"scan": 1}, "at least 2 points"),
        ({"tolerance": 0.0}, "is above 0"),
        ({"vary": {MULTIPLE: ["1", "2"]}}, "is varied twice"),
        ({"vary": {"notes.A.coupon": "1%:9%:0.01%", "notes.B.coupon": "1%:9%:0.01%"}}, "641,601 cells"),
        ({"vary": {"assumptions.prepayment.cprr": ["1%"]}}, "unknown key 'cprr'"),
    ],
)
def test_mistakes_are_one_sentence(arguments: dict[str, object], sentence: str | None, tmp_path: Path) -> None:
    """An unknown test, field or class, a range without points, a field that is structure."""
    deal = small(tmp_path)
    if sentence is None:  # a share of the pool is searched as one
        found = abs_struct.break_even(deal, span="60%..77% of pool", **arguments)
        assert found.word == "break_even_rate"
        return
    with pytest.raises((UsageError, DealError), match=sentence):
        abs_struct.break_even(deal, **arguments)


def test_a_curve_without_a_multiple_asks_what_to_raise(tmp_path: Path) -> None:
    """SDA has no multiple; its speed can be raised."""
    deal = small(tmp_path).with_({"assumptions.default": "{sda: 300%}", "notes.B.balance": "29% of pool"})
    with pytest.raises(UsageError, match="say what to raise, as in --of"):
        abs_struct.break_even(deal)
    found = abs_struct.break_even(deal, of="assumptions.default.sda", span="0..20", notes=["B"])
    assert found.outcomes[0, 0] == "break-even"
    assert found.word == "break_even_level"


@cache
def shipped(name: str) -> abs_struct.Deal:
    """A deal as shipped."""
    return abs_struct.load(DEALS / f"{name}.yaml")


def test_euroc_breaks_where_it_did() -> None:
    """4.95 / 3.8 / 2.95 / 2.2 / 1.25 times the base case for A to E; F turns twice, last at 1.1."""
    found = abs_struct.break_even(shipped("euroc_2027_1"))
    assert found.notes == ("A", "B", "C", "D", "E", "F")
    assert found.highest[:, 0] == pytest.approx([4.95, 3.8, 2.95, 2.2, 1.25, 1.1], abs=0.05)
    assert found.outcomes[:5, 0].tolist() == ["break-even"] * 5
    assert found.outcomes[5, 0] == "not monotone"  # without losses its own interest never begins to be cured


def test_the_trigger_of_jb_is_worth_two_multiples() -> None:
    """Class A breaks at twice the multiple with its default trigger as without."""
    deal = shipped("jb_cl_2027_1").with_({"triggers.serious_delinquency.above": "1000%"})
    study = {
        "triggers.cumulative_default.above": ["{1: 3.5%, 4: 5.5%, 7: 6.5%, 10: 8.0%}", "1000%"],
    }
    found = abs_struct.break_even(deal, study, notes=["A"])
    assert found.levels[0].tolist() == pytest.approx([5.85, 2.93], abs=0.01)


def test_a_card_trust_is_raised_by_its_charge_offs() -> None:
    """So many times the charge-off rate as it stands; each level survives and fails a tolerance above."""
    deal = shipped("card_2027_a")
    found = abs_struct.break_even(deal, notes=["C"])
    assert (found.paths, found.times, found.word) == (("assumptions.cards.charge_off",), True, "break_even_multiple")
    level = float(found.levels[0, 0])
    assert missed(deal, "C", {found.paths[0]: 0.0325 * level}) <= 0.005
    assert missed(deal, "C", {found.paths[0]: 0.0325 * (level + 2e-9)}) > 0.005


def test_a_curve_without_a_multiple_is_no_lever(tmp_path: Path) -> None:
    """What moves all defaults together says which curve it cannot move."""
    with pytest.raises(UsageError, match="has no multiple; write cdr"):
        default_levers(small(tmp_path).with_({"assumptions.default": "{sda: 300%}"}))


@settings(max_examples=6, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(
    revenue=CLAUSES[0],
    redemption=CLAUSES[1],
    unpaid=UNPAID,
    every=st.sampled_from(["1 month", "3 months"]),
    until=st.sampled_from(["full-and-on-time", "first-dollar-of-loss"]),
)
def test_any_deal_survives_at_its_level_and_fails_above(
    tmp_path: Path,
    revenue: list[tuple[str, str]],
    redemption: list[tuple[str, str]],
    unpaid: str,
    every: str,
    until: str,
) -> None:
    """Deals drawn from all clauses, monthly and quarterly: single runs agree with what every class is said to do."""
    terms = ANY.format(every=every, first="2027-02-15" if every == "1 month" else "2027-04-15", b=unpaid, c="carried")
    deal = small(tmp_path, terms, waterfall(revenue, redemption))
    found = abs_struct.break_even(deal, of="assumptions.default.cdr", until=until, scan=9)
    measure = "timely_shortfall" if until == "full-and-on-time" else "principal_shortfall"
    for n, note in enumerate(found.notes):
        level, outcome = float(found.levels[n, 0]), found.outcomes[n, 0]

        def fails(value: float, note: str = note) -> bool:
            return missed(deal, note, {"assumptions.default.cdr": value}, measure) > 0.005

        if outcome in {"survives the whole range", "not reachable"}:
            assert not fails(found.span.low)
            assert not fails(found.span.high)
        elif outcome == "fails at the lowest" or level == -np.inf:
            assert fails(found.span.low)
        else:
            above = 2e-9 if outcome != "holds from a level on" else -2e-9
            assert not fails(level)
            assert fails(level + above)
