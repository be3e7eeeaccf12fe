"""Ally 2017-3: percent outstanding of six classes at seven ABS speeds, and their average lives, as printed."""

from __future__ import annotations

import csv
import json
from functools import cache
from pathlib import Path

import numpy as np
import pytest

import abs_struct

HERE = Path(__file__).parent
CASE = json.loads((HERE / "cases" / "ally_2017_3.json").read_text())
SPEEDS = ("0.00", "0.50", "0.90", "1.10", "1.30", "1.50", "1.80")
CLASSES = ("A-2", "A-3", "A-4", "B", "C", "D")


def published() -> dict[str, list[dict[str, str]]]:
    """The exhibit's rows by class."""
    with (HERE / "cases" / "ally_2017_3_decrement.csv").open() as file:
        rows = list(csv.DictReader(file))
    return {name: [row for row in rows if row["class"] == name] for name in CLASSES}


@cache
def run(speed: str, called: bool) -> abs_struct.Result:
    """The deal at one speed, to maturity or to the call."""
    changes = {"assumptions.prepayment.abs": f"{speed}%", "call.exercised": "true" if called else "false"}
    return abs_struct.load(HERE / "deals" / "ally_2017_3.yaml", changes).run()


@pytest.mark.parametrize("speed", SPEEDS)
def test_every_cell_of_the_decrement_table(speed: str) -> None:
    """Every percentage that the issuer printed agrees within the tolerance of the case (214 cells a speed)."""
    result = run(speed, called=False)
    cells = 0
    for name, rows in published().items():
        factor = 100.0 * result.lines[f"notes.{name.replace('-', '')}.factor"]
        dates = {day.isoformat(): k + 1 for k, day in enumerate(result.schedule.nominal)} | {"closing": 0}
        for row in rows:
            if row["row"] in dates:
                printed = float(row[f"abs_{speed}"])
                ours = factor[dates[row["row"]]]
                assert abs(ours - printed) <= CASE["tolerance"]["percent_cells_points"], (name, row["row"])
                cells += 1
    assert cells == 214
    assert not result.failures


@pytest.mark.parametrize("speed", SPEEDS)
@pytest.mark.parametrize("to", ["call", "maturity"])
def test_average_lives(speed: str, to: str) -> None:
    """The average life of each class, to the call and to maturity, agrees to the printed hundredth."""
    result = run(speed, called=to == "call")
    for name, rows in published().items():
        row = next(row for row in rows if row["row"] == f"wal_to_{to}")
        wal = result.note_measures[name.replace("-", "")].wal
        assert abs(wal - float(row[f"abs_{speed}"])) <= CASE["tolerance"]["wal_years"], name
    assert not result.failures


def test_the_table_is_read_whole() -> None:
    """The exhibit has 1,498 percentages and 84 average lives."""
    rows = [row for rows in published().values() for row in rows]
    lives = [row for row in rows if row["row"].startswith("wal")]
    assert (len(rows) - len(lives)) * len(SPEEDS) == 1498
    assert len(lives) * len(SPEEDS) == 84


def test_one_sweep_gives_the_same_lives_as_seven_runs() -> None:
    """The seven speeds as one scenario axis have the bits of the seven runs."""
    deal = abs_struct.load(HERE / "deals" / "ally_2017_3.yaml")
    study = abs_struct.sweep(deal, {"assumptions.prepayment.abs": [f"{s}%" for s in SPEEDS]}, ["A3.wal", "D.yield"])
    singles = [run(speed, called=False).note_measures for speed in SPEEDS]
    assert np.array_equal(study.values("A3.wal"), [single["A3"].wal for single in singles])
    assert np.array_equal(study.values("D.yield"), [single["D"].yield_ for single in singles])
