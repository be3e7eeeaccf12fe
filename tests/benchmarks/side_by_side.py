"""Ratios measured side by side, and the tables that they stand in.

Absolute times depend on the machine and on its neighbours, ratios much less: the two sides of a ratio run in turn,
A B A B, and the median of the ratios is what counts.
"""

from __future__ import annotations

import argparse
import os
import re
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[2]
DEAL = ROOT / "deals" / "mpl_2027_1.yaml"
TABLES = Path(__file__).with_name("README.md")

#: Least, median and greatest ratio.
Measured = tuple[float, float, float]


def process(*command: str) -> Callable[[], None]:
    """A whole process, its output thrown away.

    It may keep what Python compiles, as an installed program does; the warm-up writes it.
    """
    env = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    return lambda: subprocess.run(command, check=True, capture_output=True, cwd=ROOT, env=env) and None


def seconds(call: Callable[[], object]) -> float:
    """How long a call takes."""
    start = time.perf_counter()
    call()
    return time.perf_counter() - start


def ratio(
    a: Callable[[], object], b: Callable[[], object], pairs: int, scale: float = 1.0, *, awake: bool = False
) -> Measured:
    """Least, median and greatest ratio of the time of `a` to that of `b`, pair by pair, after one warm-up of each.

    `scale` multiplies it, where the two do not do the same number of scenarios. With `awake` each call comes right
    after the same call untimed: for processes, whose memory the system takes away while the other side runs.
    """
    a(), b()
    found = []
    for _ in range(pairs):
        times = [(awake and call(), seconds(call))[1] for call in (a, b)]
        found.append(scale * times[0] / times[1])
    return min(found), statistics.median(found), max(found)


@dataclass(frozen=True)
class Row:
    """A row of a table: what was measured against which goal, such as "<= 10"; `why` explains a missed goal."""

    name: str
    goal: str
    measured: Measured
    why: str = ""

    @property
    def gap(self) -> float:
        """How far the median is on the wrong side of the goal, as a share of the goal."""
        sign, bound = self.goal.split()
        limit = float(bound.replace(",", ""))
        return (self.measured[1] - limit) / limit * (1.0 if sign == "<=" else -1.0)

    @property
    def met(self) -> bool:
        """Whether the median meets the goal."""
        return self.gap <= 0.0

    def cells(self) -> tuple[str, str, str, str, str]:
        """Name, goal, median, range, and what is missed."""
        low, middle, high = (shown(value) for value in self.measured)
        missed = "" if self.met else ": ".join(part for part in (f"missed by {self.gap:.0%}", self.why) if part)
        return self.name, self.goal, middle, f"{low} to {high}" if low != high else "once", missed


def shown(value: float) -> str:
    """A ratio with three digits at most."""
    return f"{value:,.0f}" if value >= 100.0 else f"{value:.1f}" if value >= 10.0 else f"{value:.2f}"


def report(title: str, rows: Iterable[Row | str], note: str = "") -> None:
    """Print rows as they come, and write them into the tables with `--write`. A text is a row left out, and why."""
    parser = argparse.ArgumentParser(description=title)
    parser.add_argument("--write", action="store_true", help=f"write the table into {TABLES.name}")
    write = parser.parse_args().write
    lines = ["| ratio | goal | median | least to greatest | |", "|---|---|---|---|---|"]
    for row in rows:
        cells = (row, "", "not measured", "", "") if isinstance(row, str) else row.cells()
        lines.append(f"| {' | '.join(cells)} |".replace("|  |", "| |"))
        sys.stdout.write(f"{cells[0]:<92}{cells[1]:>10}{cells[2]:>14}   {cells[3]}   {cells[4]}\n")
        sys.stdout.flush()
    if write:
        text = TABLES.read_text(encoding="utf-8")
        head, end = f"## {title}\n", r"(?=\n## |\Z)"
        body = "\n".join([head, *([note, ""] if note else []), *lines, ""])
        TABLES.write_text(re.sub(re.escape(head) + r".*?" + end, lambda _: body, text, flags=re.S), encoding="utf-8")
