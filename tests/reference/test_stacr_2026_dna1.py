"""STACR 2026-DNA1: credit events of the pool, and lives of two classes through a loss waterfall with triggers."""

from __future__ import annotations

from dataclasses import replace
from functools import cache
from itertools import product
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from reference.published import case, table

import abs_struct
from abs_struct.analytics.wal import weighted_average_life
from abs_struct.waterfall.engine import run

POOL, LIVES = case("stacr_2026_dna1"), case("stacr_2026_dna1_wal")
DEAL = Path(__file__).parent / "deals" / "stacr_2026_dna1.yaml"
RATES = ("0.00", "0.25", "0.50", "1.00", "1.50", "2.50", "3.00", "5.00")
SPEEDS = ("0", "5", "10", "15", "25", "35")
CELLS = tuple(product(RATES, SPEEDS))
#: Where the deal ends: by its file at the early redemption, or else at the scheduled maturity.
ENDS: dict[str, dict[str, object]] = {
    "to_scheduled_maturity": {"call.when": "deal.final_period"},
    "to_early_redemption": {},
}


@cache
def deal(basis: str) -> abs_struct.Deal:
    """The deal to one of its ends."""
    return abs_struct.load(DEAL, ENDS[basis])


@cache
def grid(basis: str) -> Any:
    """All lines of the deal in the 48 cells of credit event rate and prepayment, side by side."""
    program = deal(basis).program
    rates, speeds = (np.array([float(cell[k]) for cell in CELLS]) / 100 for k in (0, 1))
    axes = {"assumptions.default.cdr": rates, "assumptions.prepayment.cpr": speeds}
    assert set(axes) <= set(program.inputs)
    return run(replace(program, inputs=program.inputs | axes))


def lives(basis: str, name: str) -> Any:
    """Average life of a class in each cell: whatever reduces its balance, write-downs too, counts."""
    reduced = -np.diff(grid(basis)[f"notes.{name}.balance"], axis=0)
    return weighted_average_life(reduced, deal(basis).schedule.years())


def printed(rows: list[dict[str, str]]) -> dict[tuple[str, str], float]:
    """A printed table by cell."""
    return {(row["cer_pct"], speed): float(row[f"cpr_{speed}"]) for row in rows for speed in SPEEDS}


@pytest.mark.parametrize("basis", ENDS)
def test_cumulative_credit_events(basis: str) -> None:
    """Cumulative credit events in per cent of the cut-off pool: 42 cells to each end, and none without defaults."""
    lines = grid(basis)
    events = 100.0 * lines["pool.cumulative_defaulted"][-1] / lines["pool.initial_balance"][0]
    found = dict(zip(CELLS, events, strict=True))
    wanted = printed([row for row in table("stacr_2026_dna1_cumulative_credit_events") if row["basis"] == basis])
    assert len(wanted) == 42
    for cell, percent in wanted.items():
        assert found[cell] == pytest.approx(percent, abs=POOL["tolerance"]["percent_points"], rel=0), cell
    assert all(found["0.00", speed] == 0.0 for speed in SPEEDS)


@pytest.mark.parametrize("basis", ENDS)
@pytest.mark.parametrize("name", ["A-1", "M-1"])
def test_average_lives(basis: str, name: str) -> None:
    """Lives of a class, 48 cells to each end: losses from below, tests that toggle, schedules and supplements."""
    rows = [row for row in table("stacr_2026_dna1_wal") if row["basis"] == basis and row["class"] == name]
    found = dict(zip(CELLS, lives(basis, name.replace("-", "")), strict=True))
    wanted = printed(rows)
    assert set(wanted) == set(CELLS)
    for cell, years in wanted.items():
        assert found[cell] == pytest.approx(years, abs=LIVES["tolerance"]["wal_years"], rel=0), cell


def test_the_errors_are_those_of_rounding() -> None:
    """Over 192 lives printed to a hundredth, the mean error is that of rounding, a quarter of the last digit."""
    errors = []
    for basis, name in product(ENDS, ("A-1", "M-1")):
        rows = [row for row in table("stacr_2026_dna1_wal") if row["basis"] == basis and row["class"] == name]
        wanted = printed(rows)
        found = lives(basis, name.replace("-", ""))
        errors += [abs(years - wanted[cell]) for cell, years in zip(CELLS, found, strict=True)]
    assert len(errors) == 192
    assert np.mean(errors) == pytest.approx(0.0025, abs=0.0005)


def test_the_deal_has_the_published_terms() -> None:
    """Sizes, dates and levels of the deal file are those of the case."""
    given, (lines, schedule) = LIVES["inputs"], (grid("to_scheduled_maturity"), deal("to_scheduled_maturity").schedule)
    for name, balance in given["tranches"].items():
        assert lines[f"notes.{name}.initial_balance"][0] == pytest.approx(balance, abs=0.005)
    assert lines["pool.initial_balance"][0] == pytest.approx(POOL["inputs"]["pool_total"], abs=0.005)
    years = [years for years, pays in zip(schedule.years(), schedule.pays, strict=True) if pays]
    assert years == pytest.approx([(30 * n + 8) / 360 for n in range(1, 241)])
    levels = lines["triggers.cumulative_loss.level"][1:, 0][np.array(schedule.pays)]
    assert levels == pytest.approx([min(0.001 * (1 + (n - 1) // 12), 0.013) for n in range(1, 241)])


def test_the_notes_follow_the_pool() -> None:
    """Each payment date and in each cell, the classes add up to the reference pool, and none is below nil."""
    lines, pays = grid("to_scheduled_maturity"), np.array([False, *deal("to_scheduled_maturity").schedule.pays])
    gap = lines["deal.notes_balance"][pays] - lines["pool.balance"][pays]
    assert np.abs(gap).max() <= 1e-9 * POOL["inputs"]["pool_total"]
    assert all(lines[f"notes.{name}.balance"].min() >= 0.0 for name in LIVES["inputs"]["tranches"])


def test_the_tests_toggle() -> None:
    """Both tests are run again each date: in some cells they fail and pass again, as the document says."""
    for name in ("minimum_subordination", "cumulative_loss"):
        active = grid("to_scheduled_maturity")[f"triggers.{name}.active"]
        assert (np.diff(active[1:], axis=0) < 0).any(), name
    latched = grid("to_scheduled_maturity")["triggers.scheduled_amounts_end.active"]
    assert latched.any()
    assert (np.diff(latched, axis=0) >= 0).all()


@pytest.mark.parametrize("changes", [{}, {"assumptions.default.cdr": "5%", "assumptions.prepayment.cpr": "0%"}])
def test_a_single_run_proves_itself(changes: dict[str, object]) -> None:
    """Cash, balances and write-downs tie in the checks that every run makes."""
    result = abs_struct.load(DEAL, changes).run()
    assert not result.failures


def test_one_sweep_gives_all_cells() -> None:
    """The 84 printed cumulative credit events are cells of one sweep, over rates, speeds and both ends."""
    ends = {
        "to_scheduled_maturity": "deal.final_period",
        "to_early_redemption": str(abs_struct.load(DEAL).document.tree["call"]["when"]),
    }
    rates = [rate for rate in RATES if rate != "0.00"]
    vary = {
        "call.when": list(ends.values()),
        "assumptions.default.cdr": [f"{rate}%" for rate in rates],
        "assumptions.prepayment.cpr": [f"{speed}%" for speed in SPEEDS],
    }
    study = abs_struct.sweep(abs_struct.load(DEAL), vary, ["pool.defaulted"])
    assert len(study) == 84
    found = 100.0 * study.values("pool.defaulted") / POOL["inputs"]["pool_total"]
    events = table("stacr_2026_dna1_cumulative_credit_events")
    for percent, (basis, rate, speed) in zip(found, product(ends, rates, SPEEDS), strict=True):
        wanted = printed([row for row in events if row["basis"] == basis])[rate, speed]
        assert percent == pytest.approx(wanted, abs=POOL["tolerance"]["percent_points"], rel=0), (basis, rate, speed)
