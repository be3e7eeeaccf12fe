"""AUTO 2027-1: yield supplement, sequential classes and speeds on the ABS scale, as its documents say."""

from __future__ import annotations

from functools import cache
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
from handoff.recalculated import Recalculated

import abs_struct
from abs_struct.handoff.workbook import write_workbook
from abs_struct.waterfall.engine import run_as_arrays

FILE = Path(__file__).parents[2] / "deals" / "auto_2027_1.yaml"
CLASSES = ("A1", "A2", "A3", "A4")
TO_MATURITY = {"call__exercised": "false", "assumptions__default__cnl": "0%"}

#: ABS speed -> lives of A-1 to A-4 to maturity without losses: ours, and of a simulation with one representative line.
LIVES = {
    "0%": ([0.57, 1.57, 2.79, 3.83], [0.55, 1.51, 2.74, 3.83]),
    "1%": ([0.35, 1.03, 2.12, 3.40], [0.37, 1.06, 2.14, 3.42]),
    "1.3%": ([0.31, 0.91, 1.90, 3.16], [0.33, 0.95, 1.95, 3.19]),
    "1.5%": ([0.29, 0.84, 1.76, 2.96], [0.31, 0.89, 1.82, 3.02]),
    "1.8%": ([0.26, 0.75, 1.56, 2.63], [0.29, 0.80, 1.64, 2.72]),
}


@cache
def deal() -> abs_struct.Deal:
    """The shipped deal, its tape read once."""
    found = abs_struct.load(FILE)
    _ = found.collateral
    return found


@cache
def run(**changes: str) -> abs_struct.Result:
    """The deal with some fields changed; dots are written as two underlines."""
    return deal().with_({path.replace("__", "."): value for path, value in changes.items()}).run()


def test_twenty_lines_tie_to_the_documents() -> None:
    """Pool less yield supplement less overcollateralisation are the notes; 3.50%, 52 months, level pay."""
    collateral = deal().collateral
    lines, tape = run().lines, collateral.tape
    assert (len(tape), tape.balance_cents, collateral.ineligible) == (20, 1_205_593_920_00, 0)
    balance, rate, left = (tape.column(name) for name in ("balance", "rate", "remaining_term"))
    assert (balance * rate).sum() / tape.balance == pytest.approx(0.035, abs=1e-6)
    assert (balance * left).sum() / tape.balance == pytest.approx(52.0, abs=0.001)
    assert np.unique(rate).size * np.unique(left).size == 20
    month = np.where(rate > 0.0, rate, 1e-6) / 12.0
    payment = balance * month / (1.0 - (1.0 + month) ** -left)
    repaid = tape.column("original_balance") * (1.0 + month) ** 60 * month / ((1.0 + month) ** 60 - 1.0)
    assert payment == pytest.approx(repaid, rel=1e-5)
    discount = (1.0 - (1.0 + 0.0975 / 12.0) ** -left) / (0.0975 / 12.0)
    supplement = np.maximum(balance - payment * discount, 0.0).sum()
    assert lines["pool.yield_supplement"][0] == pytest.approx(supplement, rel=1e-5)
    assert lines["pool.yield_supplement"][0] == pytest.approx(147_400_000, abs=0.50)
    over = lines["pool.balance"][0] - lines["pool.yield_supplement"][0] - lines["deal.notes_balance"][0]
    assert over == pytest.approx(58_193_920, abs=0.50)
    assert lines["deal.notes_balance"][0] == 1_000_000_000.0
    assert lines["accounts.reserve.balance"][0] == pytest.approx(0.001 * (1e9 + 58_193_920), abs=0.01)


def test_the_supplement_at_eight_percent_is_too_small() -> None:
    """At a required rate of 8.0% the yield supplement is 109.4 m, at 9.7% 146.3 m: 147.4 m needs about 9.7%."""
    at = {rate: run(pool__yield_supplement=rate).lines["pool.yield_supplement"][0] for rate in ("8%", "9.7%")}
    assert at == {"8%": pytest.approx(109.4e6, abs=0.1e6), "9.7%": pytest.approx(146.3e6, abs=0.1e6)}


@pytest.mark.parametrize("speed", LIVES)
def test_lives_at_five_speeds(speed: str) -> None:
    """Lives to maturity are ours, and within 0.1 years of a plain simulation's.

    The yield supplement of a prospectus is a schedule fixed at closing, which prepayments do not reduce: the adjusted
    pool then falls faster than the pool. With a supplement in proportion to the pool lives fall less as speeds rise:
    half of the difference, which grows with speed. Ours count from 2027-01-20, five days into the first month.
    """
    ours, simulated = LIVES[speed]
    result = run(**TO_MATURITY, assumptions__prepayment__abs=speed)
    lives = [result.note_measures[name].wal for name in CLASSES]
    assert lives == pytest.approx(ours, abs=0.006)
    assert lives == pytest.approx(simulated, abs=0.1)
    assert not result.failures
    assert not result.warnings


def test_lives_fall_with_speed() -> None:
    """The faster the pool prepays, the shorter is every class, to maturity and to the call."""
    for called in ("false", "true"):
        study = abs_struct.sweep(
            deal().with_({"call.exercised": called}),
            {"assumptions.prepayment.abs": "0%:1.8%:0.1%"},
            [f"{name}.wal" for name in CLASSES],
        )
        for name in CLASSES:
            assert (np.diff(study.values(f"{name}.wal")) < 0.0).all(), name


def test_the_base_case_is_called() -> None:
    """At 1.30% ABS to the 10% call all classes are repaid, A-4 by the call."""
    result = run()
    lines = result.lines
    assert not result.failures
    assert all(found.principal_shortfall < 0.005 for found in result.note_measures.values())
    period = int(np.argmax(lines["deal.called"] > 0.5))
    assert lines["deal.call_proceeds"][period] <= 0.10 * 1_205_593_920
    assert lines["notes.A4.balance"][period - 1] > 0.0
    assert lines["deal.notes_balance"][period] < 0.005
    assert result.note_measures["A4"].wal < run(call__exercised="false").note_measures["A4"].wal


def test_overcollateralisation_stays_at_its_target() -> None:
    """What the adjusted pool exceeds the notes by is a fixed amount while notes are outstanding."""
    lines = run(**TO_MATURITY).lines
    over = lines["pool.balance"] - lines["pool.yield_supplement"] - lines["deal.notes_balance"]
    owing = lines["deal.notes_balance"] > 1.0
    assert owing.sum() > 36
    assert over[owing] == pytest.approx(58_193_920, abs=1.0)


def test_classes_are_repaid_in_turn_and_together_after_acceleration() -> None:
    """Nothing is repaid to a class while one before it is outstanding; after an event of default all by balance."""
    lines = run(triggers__event_of_default__fired="8", assumptions__default__cnl="3%").lines
    after = lines["triggers.event_of_default.active"] > 0.5
    for ahead, name in pairwise(CLASSES):
        waits = ~after & (lines[f"notes.{ahead}.balance"] > 1.0)
        assert waits.sum() > 5 or not waits.any()
        assert not lines[f"notes.{name}.principal_paid"][waits].any()
    owing = after & (lines["notes.A4.opening_balance"] > 1.0)
    for name in CLASSES[1:]:
        share = lines[f"notes.{name}.principal_paid"] / lines[f"notes.{name}.opening_balance"].clip(1.0)
        alike = lines["notes.A4.principal_paid"] / lines["notes.A4.opening_balance"].clip(1.0)
        assert share[owing] == pytest.approx(alike[owing], rel=1e-9)
    assert not lines["residuals.depositor.paid"][after & (lines["deal.notes_balance"] > 1.0)].round(2).any()


def test_first_priority_principal_comes_with_heavy_losses() -> None:
    """Losses that take the notes above the adjusted pool are met before the reserve is filled, and only those."""
    clause = "waterfall.before_default.first_priority_principal"
    assert not run(call__exercised="false").lines[f"{clause}.amount"].any()
    lines = run(call__exercised="false", assumptions__default__cnl="20%").lines
    asked = lines[f"{clause}.amount"]
    assert asked.any()
    adjusted = lines["amounts.adjusted_pool"]
    opening = sum(lines[f"notes.{name}.opening_balance"] for name in CLASSES)
    in_force = lines["sections.before_default.in_force"] > 0.5
    assert asked[in_force] == pytest.approx(np.maximum(opening - adjusted, 0.0)[in_force], abs=0.01)


def test_the_reserve_does_not_decline() -> None:
    """The reserve stands at its first amount until it can repay the notes."""
    lines = run(**TO_MATURITY).lines
    opening = sum(lines[f"notes.{name}.opening_balance"] for name in CLASSES)
    full = opening > 1_058_193.92
    assert lines["accounts.reserve.balance"][1:][full[1:]] == pytest.approx(1_058_193.92)
    assert not lines["accounts.reserve.balance"][1:][~full[1:]].any()


def test_floats_and_arrays_agree_bit_for_bit() -> None:
    """All lines of the single run equal the array run, bit for bit."""
    many = run_as_arrays(deal().program)
    for name, series in run().lines.items():
        assert np.array_equal(many[name][:, 0], series), name


@pytest.mark.needs("formualizer")
def test_the_live_workbook_recalculates_the_deal(tmp_path: Path) -> None:
    """Each line of the live workbook equals the engine's to 1e-9, as written and with other inputs typed in."""
    result = run()
    workbook = Recalculated(write_workbook(result, tmp_path / "deal.xlsx"), result)
    line, difference = workbook.worst(result)
    assert difference <= 1e-9, line
    assert workbook.errors() == []
    assert workbook.value("Checks", 4, 2) == "all checks passed"
    changes = {
        "assumptions.prepayment.abs": 0.01,
        "assumptions.default.cnl": 0.03,
        "accounts.reserve.initial": 2_000_000.0,
    }
    assert changes.keys() <= deal().program.inputs.keys()
    workbook.change(**{path.replace(".", "__"): value for path, value in changes.items()})
    other = deal().with_(changes).run()
    line, difference = workbook.worst(other)
    assert difference <= 1e-9, line
    assert workbook.errors() == []
