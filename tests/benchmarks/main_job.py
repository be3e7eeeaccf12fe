"""Speed of the main job as ratios measured side by side; run it with `python tests/benchmarks/main_job.py`."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

from benchmarks.side_by_side import DEAL, Row, process, ratio, report

from abs_struct.deal import load
from abs_struct.waterfall.engine import run, run_as_arrays

CLI = [sys.executable, "-c", "from abs_struct.cli import main; main()"]


def rows() -> Iterator[Row]:
    """Measure, row by row."""
    bare = process(sys.executable, "-c", "pass")
    program = load(DEAL).program
    yield Row("`abs-struct --help` / bare python", "<= 10", ratio(process(*CLI, "--help"), bare, 15))
    yield Row(
        "`abs-struct run deals/mpl_2027_1.yaml`, no Excel, no charts / bare python",
        "<= 40",
        ratio(process(*CLI, "run", str(DEAL), "--no-excel", "--no-charts"), bare, 9),
    )
    yield Row(
        "one run on arrays of length 1 / the same run in floats",
        ">= 4",
        ratio(lambda: run_as_arrays(program), lambda: run(program), 25),
    )


if __name__ == "__main__":
    report("The main job", rows())
