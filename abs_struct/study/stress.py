"""A stress run: each class under the multiples of each level, in every scenario of a file, all side by side."""

from __future__ import annotations

import time
from collections.abc import Sequence
from concurrent.futures import Executor
from dataclasses import dataclass
from functools import cached_property, partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from abs_struct.core.findings import UsageError, listed, nearest
from abs_struct.deal import Deal
from abs_struct.study.breakeven import HALF_A_CENT, LOSS, classes_of
from abs_struct.study.designs import Design
from abs_struct.study.ksection import turns
from abs_struct.study.levels import INITIAL
from abs_struct.study.scenarios import Progress
from abs_struct.study.stresscells import Cells, cells_of
from abs_struct.study.stressfile import StressFile, stress_file
from abs_struct.study.study import saved
from abs_struct.study.trials import Array, Rows, Trials

if TYPE_CHECKING:
    import pandas as pd

MEASURE = "timely_shortfall"
UNPLACED, CALLED = "pool.unplaced_loss", "deal.called"
SCAN = 25
#: How closely break-evens are found: first all that may bind, then those that still may.
TOLERANCES = (0.02, 1e-6)
NONE = "below all levels"


@dataclass(frozen=True)
class Verdict:
    """What a stress run says of a class.

    implied : the strictest level that it reaches, with all below it; `below all levels` where it reaches none
    target : the level that the deal names for it, or empty; passed : whether it is reached, None without a target
    binding : the scenario with the lowest break-even at the target, or else at the implied level
    multiple, break_even : of the base case at that level and scenario; cushion : break-even / multiple - 1
    """

    note: str
    implied: str
    target: str
    passed: bool | None
    binding: str
    at: str
    multiple: float
    break_even: float
    cushion: float


@dataclass(frozen=True, eq=False)
class StressRun:
    """N classes x L levels x K scenarios; every array is (N, L, K).

    shortfalls : what full and timely payment lacks, currency units; nan where a cell has no figures
    break_evens : the multiple up to which the class is paid in full and on time; inf where it always is, -inf where it
        never is
    within : how far above it the class fails: 1e-6 where a scenario may bind, the step of the scan elsewhere
    unplaced : (L, K), what the pool cannot bear of the loss that the level asks for, of the opening pool: the
        stress is weaker by so much
    """

    deal: str
    file: StressFile
    cells: Cells
    notes: tuple[str, ...]
    targets: dict[str, str]
    shortfalls: Any
    break_evens: Any
    within: Any
    unplaced: Any
    seconds: float

    @property
    def levels(self) -> tuple[str, ...]:
        """The levels, strictest first."""
        return self.cells.levels

    @property
    def scenarios(self) -> tuple[str, ...]:
        """The names of the scenarios."""
        return tuple(scenario.name for scenario in self.cells.scenarios)

    @cached_property
    def passed(self) -> Any:
        """Where each class is paid in full and on time, (N, L, K) flags."""
        return self.shortfalls <= HALF_A_CENT

    def row(self, note: str) -> int:
        """The number of a class.

        Raises
        ------
        UsageError : no such class, with the nearest one
        """
        if note not in self.notes:
            raise UsageError(f"no class '{note}'{nearest(note, self.notes)} (classes: {listed(self.notes)})")
        return self.notes.index(note)

    def implied(self, note: str) -> str:
        """The strictest level whose scenarios a class survives all, as it does those of every level below it."""
        whole = self.passed[self.row(note)].all(axis=1)
        reached = [level for k, level in enumerate(self.levels) if whole[k:].all()]
        return reached[0] if reached else NONE

    def monotone(self, note: str) -> bool:
        """Whether a class fails no level that is weaker than one it survives."""
        whole = self.passed[self.row(note)].all(axis=1)
        return not bool((whole[:-1] & ~whole[1:]).any())

    @property
    def remarks(self) -> tuple[str, ...]:
        """What was left out or changed, and at which levels the pool cannot bear the stress."""
        least = [
            f"{level} {found.max():.2%} ({np.count_nonzero(found)} of {len(found)} scenarios)"
            for level, found in zip(self.levels, self.unplaced, strict=True)
            if found.any()
        ]
        if not least:
            return self.cells.notes
        said = "the pool cannot bear all that a level asks for; unplaced loss of the opening pool, at most: "
        return (*self.cells.notes, said + listed(least))

    def verdict(self, note: str) -> Verdict:
        """What the run says of a class."""
        n, implied, target = self.row(note), self.implied(note), self.targets.get(note, "")
        at = target or (implied if implied != NONE else self.levels[-1])
        k = self.levels.index(at)
        binding = int(np.argmin(self.break_evens[n, k]))
        if not self.passed[n, k].all() and self.passed[n, k, binding]:
            binding = int(np.argmax(~self.passed[n, k]))
        level, multiple = float(self.break_evens[n, k, binding]), float(self.cells.multiples[k])
        return Verdict(
            note, implied, target, bool(self.passed[n, k].all()) if target else None, self.scenarios[binding], at,
            multiple, level, level / multiple - 1.0,
        )  # fmt: skip

    @cached_property
    def verdicts(self) -> tuple[Verdict, ...]:
        """What the run says of each class."""
        return tuple(self.verdict(note) for note in self.notes)

    @cached_property
    def frame(self) -> pd.DataFrame:
        """The tidy table: a row for each class, level and scenario."""
        import pandas as pd

        shape = self.shortfalls.shape
        columns = np.meshgrid(*(np.arange(size) for size in shape), indexing="ij")
        notes, levels, scenarios = (part.ravel() for part in columns)
        return pd.DataFrame(
            {
                "class": np.array(self.notes, dtype=object)[notes],
                "level": np.array(self.levels, dtype=object)[levels],
                "scenario": np.array(self.scenarios, dtype=object)[scenarios],
                "multiple": self.cells.multiples[levels],
                "break_even": self.break_evens.ravel(),
                "within": self.within.ravel(),
                "shortfall": self.shortfalls.ravel(),
                "passed": self.passed.ravel(),
                "unplaced": self.unplaced[levels, scenarios],
            }
        )

    def grid(self, note: str, what: str = "break_even") -> pd.DataFrame:
        """Break-even multiples (or shortfalls) of a class: rows are levels, columns scenarios.

        Raises
        ------
        UsageError : no such class, or neither of the two
        """
        import pandas as pd

        kinds = {"break_even": self.break_evens, "shortfall": self.shortfalls}
        if what not in kinds:
            raise UsageError(f"no grid '{what}'{nearest(what, kinds)} (there are: {listed(kinds)})")
        return pd.DataFrame(kinds[what][self.row(note)], index=list(self.levels), columns=list(self.scenarios))

    def save(self, path: str | Path) -> Path:
        """Write the tidy table as .csv or .parquet; the file appears whole or not at all."""
        return saved(self.frame, Path(path))

    def summary(self, files: Sequence[str] = ()) -> dict[str, Any]:
        """The run in one JSON object, schema abs-struct/stress/1; a break-even that is never reached is null."""
        return {
            "schema": "abs-struct/stress/1",
            "deal": self.deal,
            "base_case": self.cells.base_case,
            "levels": dict(zip(self.levels, self.cells.multiples.tolist(), strict=True)),
            "scenarios": list(self.scenarios),
            "remarks": list(self.remarks),
            "source": self.file.note,
            "classes": {
                one.note: {
                    "implied_level": one.implied,
                    "target": one.target or None,
                    "passed": one.passed,
                    "binding": one.binding,
                    "at_level": one.at,
                    "multiple": one.multiple,
                    "break_even": finite(one.break_even),
                    "cushion": finite(one.cushion),
                    "monotone": self.monotone(one.note),
                }
                for one in self.verdicts
            },
            "seconds": self.seconds,
            "files": list(files),
        }

    def __repr__(self) -> str:
        return f"<StressRun of {self.deal}: {len(self.levels)} levels x {len(self.scenarios)} scenarios>"


def finite(value: float) -> float | None:
    """A number, or None for what JSON has no number for."""
    return float(value) if np.isfinite(value) else None


def stress(
    deal: Deal,
    file: StressFile | str | Path | None = None,
    *,
    base_case: float | None = None,
    notes: Sequence[str] | None = None,
    executor: Executor | None = None,
    progress: Progress | None = None,
) -> StressRun:
    """Run each class through the levels and scenarios of a stress file.

    Parameters
    ----------
    deal : the base
    file : the stresses; those that come with the toolkit when left out
    base_case : the default level that multiples are counted on, a fraction, to which the deal's curves are brought; the
        deal's own when left out
    notes : the classes, N of them; all but subordinated loans when left out
    executor : anything with the `submit` of concurrent.futures; in this process when left out
    progress : called with scenarios done and in all, pass by pass

    Returns
    -------
    StressRun of N classes x L levels x K scenarios; each cell has the bits of its single run

    Raises
    ------
    DealError : what the deal refuses; no such class
    UsageError : a file that is none, a deal without defaults

    Source: the practice of rating agencies; the multiples are those of the file.
    """
    terms = file if isinstance(file, StressFile) else stress_file(file)
    names = classes_of(deal, notes)
    _ = deal.collateral
    started = time.perf_counter()
    cells = cells_of(deal, terms, base_case)
    trials = Trials(cells.deal, Design(cells.varied), cells.raised, executor, progress)
    count, levels = len(cells), cells.span.scan(SCAN)
    measures = [f"{name}.{MEASURE}" for name in names]

    def short(tried: Array, at: Rows) -> Any:
        """What every class lacks at some multiples, each in its cell, (N, n)."""
        columns = trials.run(tried, at, measures).columns
        return np.array([columns[name] for name in measures])

    def missed(elements: Rows, tried: Array, at: Rows) -> Array:
        """By how much the class of each of some elements fails in its cell."""
        rows = elements[at]
        found: Array = short(tried, rows % count)[rows // count, np.arange(len(rows))] - HALF_A_CENT
        return found

    own = np.repeat(cells.multiples, len(cells.scenarios))
    everywhere = np.arange(count)
    tried = np.concatenate([own, np.tile(levels, count)])
    table = short(tried, np.concatenate([everywhere, np.repeat(everywhere, len(levels))]))
    scanned = table[:, count:].reshape(len(names) * count, len(levels)) - HALF_A_CENT
    shape = (len(names), len(cells.levels), len(cells.scenarios))
    lowest, within = scan_ends(scanned, levels)
    for tolerance in TOLERANCES:
        close = binding(lowest, lowest + within, shape)
        found = turns(scanned[close], levels, partial(missed, close), tolerance)
        lowest[close], within[close] = found.lowest, np.where(np.isfinite(found.lowest), tolerance, 0.0)
    return StressRun(
        deal.terms.name, terms, cells, tuple(names), targets_of(deal, cells.levels, names),
        table[:, :count].reshape(shape), lowest.reshape(shape), within.reshape(shape),
        unplaced(trials, own).reshape(shape[1:]), time.perf_counter() - started,
    )  # fmt: skip


def unplaced(trials: Trials, own: Array) -> Any:
    """What the pool cannot bear of its level's loss while the deal holds it, of the opening pool, (C,)."""
    slots, everywhere = trials.deal.compiled.slots, np.arange(len(own))
    if not any(line.name == UNPLACED.split(".")[1] for line in slots["pool"].lines):
        return np.zeros(len(own))
    can = any(line.name == CALLED.split(".")[1] for line in slots["deal"].lines)
    found = trials.run(own, everywhere, [LOSS], [UNPLACED, INITIAL, *([CALLED] if can else [])]).recorded
    left = np.maximum.accumulate(np.nan_to_num(found[UNPLACED]))  # it never falls, and is nan once nothing is left
    called = found[CALLED] > 0.5 if can else np.zeros(left.shape, dtype=bool)
    last = np.where(called.any(axis=0), called.argmax(axis=0), len(left) - 1)
    missed = left[last, everywhere]
    return np.where(missed > HALF_A_CENT, missed / found[INITIAL][-1], 0.0)


def scan_ends(scanned: Any, levels: Array) -> tuple[Array, Array]:
    """Of each element the highest level of a scan below which it never fails, and how far the first failing one is."""
    fails = ~(scanned <= 0.0)
    first = np.where(fails.any(axis=1), fails.argmax(axis=1), len(levels))
    lowest = np.concatenate([[-np.inf], levels[:-1], [np.inf]])[first]
    return lowest, np.where(np.isfinite(lowest), levels[1] - levels[0], 0.0)


def binding(low: Array, high: Array, shape: tuple[int, int, int]) -> Rows:
    """The elements that may have the lowest break-even of their class and level, to be found closely."""
    least = high.reshape(shape).min(axis=2, keepdims=True)
    may = (low.reshape(shape) <= least) & np.isfinite(low.reshape(shape))
    return np.flatnonzero(may.ravel())


def targets_of(deal: Deal, levels: Sequence[str], notes: Sequence[str]) -> dict[str, str]:
    """The level that each class aims at: its rating in the deal file, without plus and minus, where it is a level."""
    found = {}
    for name in notes:
        rating = deal.terms.notes[name].rating.strip()
        plain = rating.rstrip("+-")
        if rating in levels or plain in levels:
            found[name] = rating if rating in levels else plain
    return found
