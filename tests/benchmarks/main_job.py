"""Speed of the main job as ratios measured side by side; run it with `python tests/benchmarks/main_job.py`.

Each pair runs in turn, A B A B, and the median of the ratios is printed: absolute times depend on the machine and
on its neighbours, ratios much less.
"""

from __future__ import annotations

import statistics
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

from abs_struct.deal import load
from abs_struct.waterfall.engine import run, run_as_arrays

ROOT = Path(__file__).parents[2]
DEAL = ROOT / "deals" / "mpl_2027_1.yaml"
CLI = [sys.executable, "-c", "from abs_struct.cli import main; main()"]


def process(*command: str) -> Callable[[], None]:
    """A whole process, its output thrown away."""
    return lambda: subprocess.run(command, check=True, capture_output=True, cwd=ROOT) and None


def ratio(a: Callable[[], object], b: Callable[[], object], pairs: int) -> tuple[float, float, float]:
    """Least, median and greatest ratio of the time of `a` to that of `b`, pair by pair, after one warm-up of each."""
    a(), b()
    found = []
    for _ in range(pairs):
        start = time.perf_counter()
        a()
        middle = time.perf_counter()
        b()
        found.append((middle - start) / (time.perf_counter() - middle))
    return min(found), statistics.median(found), max(found)


def row(name: str, goal: str, measured: tuple[float, float, float]) -> str:
    """A row of the table."""
    low, middle, high = measured
    return f"{name:<68}{goal:>8}{middle:>8.1f}   ({low:.1f} to {high:.1f})"


def main() -> None:
    """Measure and print the table."""
    bare = process(sys.executable, "-c", "pass")
    program = load(DEAL).program
    lines = [
        f"{'ratio':<68}{'goal':>8}{'median':>8}   (least to greatest)",
        row("abs-struct --help / bare python", "<= 10", ratio(process(*CLI, "--help"), bare, 15)),
        row(
            "abs-struct run deals/mpl_2027_1.yaml, no Excel, no charts / bare python",
            "<= 40",
            ratio(process(*CLI, "run", str(DEAL), "--no-excel", "--no-charts"), bare, 9),
        ),
        row("one run on arrays of length 1 / the same run in floats", ">= 4",
            ratio(lambda: run_as_arrays(program), lambda: run(program), 25)),
    ]  # fmt: skip
    sys.stdout.write("\n".join(lines) + "\n")


if __name__ == "__main__":
    main()
