"""Sizing: the largest senior class that survives its stresses, then the next, and so on; the last absorbs the rest.

Classes are slices of one stack, from the top of the deal down. Sizing a class moves the boundary below it: what is
taken off a class goes to the next, and a class that grows eats into those below, one after the other. The boundary
below the last class, the total of the notes, stays where it is, unless the total is free: then it is moved like the
others, and what is taken off the notes is overcollateralisation.

All boundaries are searched side by side, under all stresses, with the others where they last were, until none moves.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from concurrent.futures import Executor
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from abs_struct.core.findings import DealError, UsageError, listed, nearest
from abs_struct.deal import Deal
from abs_struct.deal.load import parse_document
from abs_struct.study.axes import split
from abs_struct.study.breakeven import Until, until_of
from abs_struct.study.designs import Design, design_of, written
from abs_struct.study.ksection import FROM, SURVIVES, Array, Brackets, Rows, Turns, narrowed, turns
from abs_struct.study.scenarios import Progress
from abs_struct.study.sizes import Size, Sizes, Stress
from abs_struct.study.stress import targets_of
from abs_struct.study.stresscells import cells_of
from abs_struct.study.stressfile import StressFile, stress_file
from abs_struct.study.trials import Range, Trials
from abs_struct.study.varied import Varied
from abs_struct.waterfall.engine import run

SCAN = 33
#: How close a boundary is found, of the pool: at first, by how much closer in each round, and at last.
FIRST, NEXT, CLOSE = 1e-4, 1e-2, 1e-10
#: How little a boundary moves between two rounds when all are done, and what is taken off one that still fails.
STILL = 1e-9
#: From which round on boundaries only move up the stack, so that they do not go round in circles; and the last.
ONLY_DOWN, MOST_ROUNDS = 20, 40
#: A stress may bind in the next round within so many times what boundaries moved in this one.
NEAR = 2.0
#: A class smaller than this, of the pool, is none.
NOTHING = 1e-7
WORDS = " of pool"

#: Class -> name of a scenario -> path -> value.
Stresses = Mapping[str, Mapping[str, Mapping[str, object]]]


def size_notes(
    deal: Deal,
    stresses: Stresses,
    *,
    notes: Sequence[str] | None = None,
    until: str = "full-and-on-time",
    total_free: bool = False,
    executor: Executor | None = None,
    progress: Progress | None = None,
) -> Sizes:
    """The largest classes that survive their stresses, most senior first.

    Parameters
    ----------
    deal : the base; its sizes are where the search begins
    stresses : class -> name of a scenario -> path -> value; every sized class has at least one
    notes : the classes that are sized; all that have stresses when left out, but the last one where the total stays
    until : what a class has to keep: "full-and-on-time", "first-dollar-of-loss" or "yield=5%"
    total_free : size the last class, too, and with it the total of the notes
    executor : anything with the `submit` of concurrent.futures; in this process when left out
    progress : called with scenarios done and in all, pass by pass

    Returns
    -------
    Sizes of all classes, with the stress that binds each

    Raises
    ------
    DealError : a class, a field or a value that the deal does not have (the nearest is named)
    UsageError : an unknown test, no stresses, a class without any

    Source: definition.
    """
    test = until_of(until)
    stack = [name for name, note in deal.terms.notes.items() if not note.subordinated_loan]
    for name in (*stresses, *(notes or ())):
        if name not in stack:
            raise DealError(f"no class '{name}' to size{nearest(name, stack)} (classes: {listed(stack)})")
    lines = run(deal.program, ["pool.balance", *(f"notes.{name}.balance" for name in stack)])
    pool = float(lines["pool.balance"][0])
    shares = np.array([float(lines[f"notes.{name}.balance"][0]) for name in stack]) / pool
    movable = stack if total_free else stack[:-1]
    sized = [name for name in stack if name in (notes or stresses) and name in movable]
    bare = [name for name in sized if not stresses.get(name)]
    if bare:
        raise UsageError(f"class {bare[0]} has no stresses to survive; give it some, or leave it out of --notes")
    if not sized:
        last = f"; the last one, {stack[-1]}, has what the others leave, unless --total-free" if stack else ""
        raise UsageError(f"no class to size: none but the last has stresses{last}")
    owners = [(name, scenario) for name in stack for scenario in stresses.get(name, ())]
    rows = [
        {path: value if isinstance(value, str) else written(value) for path, value in stresses[name][scenario].items()}
        for name, scenario in owners
    ]
    cells = design_of(deal, "the stresses", [f"{name}: {scenario}" for name, scenario in owners], rows)
    of_class = np.array([stack.index(name) for name, _ in owners], dtype=np.intp)
    search = Search(deal, tuple(stack), cells, of_class, test, total_free, executor, progress)
    return search.found(tuple(sized), [scenario for _, scenario in owners], shares, pool)


def stresses_from(
    deal: Deal, path: str | Path | None = None, remarks: list[str] | None = None
) -> tuple[Deal, dict[str, dict[str, dict[str, str]]]]:
    """The stresses of a YAML file, and the deal that they are of.

    Parameters
    ----------
    deal : the base
    path : class -> name -> {path: value}, or a stress file of multiples by level: each class then has the scenarios of
        the level that its rating names; the stress file that comes with the toolkit when left out
    remarks : takes what a stress file's levels leave out for this deal, and what its table does not cover

    Returns
    -------
    the deal, its card rates in the form that a stress moves, and class -> name -> path -> value

    Raises
    ------
    UsageError : no such file, a class or scenario that is not written so, or levels that no class of the deal names
    """
    if path is None:
        return stresses_of_levels(deal, stress_file(), remarks)
    file = Path(path)
    if not file.is_file():
        raise UsageError(f"{file}: no such file of stresses; give a YAML file of class -> name -> {{path: value}}")
    try:
        tree = parse_document(file.read_text("utf-8-sig"), str(file)).tree
    except DealError as error:
        raise UsageError(str(error)) from None
    except UnicodeDecodeError as error:
        raise UsageError(f"{file}: byte {error.start} is not UTF-8; save the file as UTF-8") from None
    if "levels" in tree:
        return stresses_of_levels(deal, stress_file(file), remarks)
    found: dict[str, dict[str, dict[str, str]]] = {}
    for note, scenarios in tree.items():
        if not isinstance(scenarios, dict) or not scenarios:
            raise UsageError(
                f"{file}: class {note} is {scenarios!r}; write its scenarios below it, NAME: {{PATH: VALUE}}"
            )
        found[str(note)] = {}
        for name, changes in scenarios.items():
            if not isinstance(changes, dict) or not changes:
                raise UsageError(f"{file}: {note}, scenario '{name}' is {changes!r}; write PATH: VALUE below it")
            found[str(note)][str(name)] = {str(field): written(value) for field, value in changes.items()}
    return deal, found


def stresses_of_levels(
    deal: Deal, file: StressFile, remarks: list[str] | None = None
) -> tuple[Deal, dict[str, dict[str, dict[str, str]]]]:
    """The scenarios of the level that the rating of each class names."""
    cells = cells_of(deal, file)
    targets = targets_of(deal, cells.levels, list(deal.terms.notes))
    if not targets:
        ratings = listed([f"{name} {note.rating}" for name, note in deal.terms.notes.items() if note.rating]) or "none"
        raise UsageError(
            f"no class has a rating that is a level of the stresses (levels: {listed(cells.levels)}; ratings: "
            f"{ratings}); give stresses by class"
        )
    if remarks is not None:
        remarks += cells.notes
    return cells.deal, {name: cells.changes(level) for name, level in targets.items()}


def stress_of(text: str) -> tuple[str, dict[str, str]]:
    """`CLASS: PATH=VALUE, PATH=VALUE` as a class and its scenario.

    Raises
    ------
    UsageError : no class, or a part that is no PATH=VALUE

    >>> stress_of("A: assumptions.default.multiple=4.5, assumptions.prepayment.cpr=10%")
    ('A', {'assumptions.default.multiple': '4.5', 'assumptions.prepayment.cpr': '10%'})
    """
    note, colon, rest = text.partition(":")
    changes = {}
    for part in split(rest):
        path, equals, value = (word.strip() for word in part.partition("="))
        if not equals or not path or not value:
            raise UsageError(f"--set-of {text}: '{part}' is no PATH=VALUE")
        changes[path] = value
    if not colon or not note.strip() or not changes:
        raise UsageError(
            f"--set-of {text}: write CLASS: PATH=VALUE, PATH=VALUE, as in A: assumptions.default.multiple=4.5"
        )
    return note.strip(), changes


@dataclass(frozen=True, eq=False)
class Search:
    """The boundaries of a stack of classes, each searched under the stresses of the class above it.

    cells : the stresses of all classes, C of them; owner : (C,) the place of each one's class in the stack
    """

    deal: Deal
    stack: tuple[str, ...]
    cells: Design
    owner: Rows
    test: Until
    total_free: bool
    executor: Executor | None
    progress: Progress | None

    @cached_property
    def ends(self) -> Array:
        """Where each class ends, (N,), of the pool; moved on from round to round."""
        return np.zeros(len(self.stack))

    @cached_property
    def trials(self) -> Trials:
        """What is tried: the boundary of a cell's class."""
        return Trials(self.deal, self.cells, self.fields, self.executor, self.progress)

    @property
    def span(self) -> Range:
        """Where a boundary may lie: in the notes, or in the whole pool where their total is free."""
        return Range(0.0, 1.0 if self.total_free else float(self.ends[-1]), WORDS)

    def shares(self, levels: Array, at: Rows) -> Array:
        """The size of every class, (N, n), with the boundary of the cell's class at a level: no other crosses it."""
        place, level = np.arange(len(self.stack))[:, None], levels[None, :]
        ends = np.broadcast_to(self.ends[:, None], (len(self.stack), len(levels)))
        owner = self.owner[at][None, :]
        ends = np.where(place < owner, np.minimum(ends, level), np.where(place > owner, np.maximum(ends, level), level))
        return np.diff(ends, axis=0, prepend=0.0)

    def fields(self, levels: Array, at: Rows) -> list[Varied]:
        """Every class at its size."""
        sizes = self.shares(levels, at)
        return [
            Varied.of_numbers(f"notes.{name}.balance", size, WORDS, (0.0, 1.0))
            for name, size in zip(self.stack, sizes, strict=True)
        ]

    def missed(self, levels: Array, at: Rows) -> Array:
        """By how much the cell's class misses what it has to keep, (n,); a class of no size misses nothing."""
        measures = [f"{name}.{self.test.measure}" for name in self.stack]
        columns = self.trials.run(levels, at, measures).columns
        own, count = self.owner[at], np.arange(len(at))
        found = self.test.missed(np.array([columns[name] for name in measures])[own, count])
        return np.where(self.shares(levels, at)[own, count] > 0.0, found, 0.0)

    def round(self, cells: Rows, close: float) -> tuple[Array, NDArray[np.object_]]:
        """The largest boundary under some stresses, (R,), with the others as they are; and how each ends.

        Those that may bind their class are found closely; of the others it is the last level of the scan that holds.
        """
        levels, owner = self.span.scan(SCAN), self.owner[cells]
        short = self.missed(np.tile(levels, len(cells)), np.repeat(cells, SCAN)).reshape(len(cells), SCAN)
        scanned = turns(short, levels, self.missed, np.inf)
        most, outcomes = self.largest(scanned), scanned.outcomes
        least = np.array([(most + levels[1])[owner == own].min() for own in owner])
        close_by = np.flatnonzero((most <= least) & (outcomes != SURVIVES))
        found = turns(short[close_by], levels, lambda level, at: self.missed(level, cells[close_by[at]]), close)
        most[close_by] = self.largest(found)
        return most, outcomes

    def near(self, cells: Rows, most: Array, reach: float, close: float) -> Array | None:
        """The same where every boundary turns within reach of where it was, (R,); None where one does not."""
        if not self.span.high / SCAN > reach > close:
            return None
        low, high = np.maximum(most - reach, 0.0), np.minimum(most + reach, self.span.high)
        short = self.missed(np.concatenate([low, high]), np.concatenate([cells, cells])).reshape(2, -1)
        if not ((short[0] <= 0.0) & (short[1] > 0.0)).all():
            return None
        nothing = np.full(len(cells), np.nan)
        start = Brackets(low, high, short[1], nothing, nothing)
        return narrowed(lambda level, at: self.missed(level, cells[at]), start, close).holds

    def largest(self, found: Turns) -> Array:
        """The largest boundary of each, (C,): the lowest at which it turns, or the end of the range where it holds."""
        return np.clip(np.where(found.outcomes == FROM, self.span.high, found.lowest), 0.0, self.span.high)

    def found(self, sized: tuple[str, ...], names: Sequence[str], shares: Array, pool: float) -> Sizes:
        """Search until no boundary moves, and see that every class survives where it stands."""
        self.ends[:] = np.cumsum(shares)
        self.trials.check(Range(0.0, 1.0, WORDS))
        places = [self.stack.index(name) for name in sized]
        everywhere = np.arange(len(self.cells))
        most, outcomes = np.zeros(len(everywhere)), np.full(len(everywhere), "", dtype=object)
        moved, close, rounds, some = np.inf, FIRST, 0, everywhere
        while rounds < MOST_ROUNDS:
            near = self.near(some, most[some], NEAR * moved, close) if len(some) < len(everywhere) else None
            if near is not None:
                most[some] = near
            else:
                most[some], outcomes[some] = self.round(some, close)
            before = self.ends.copy()
            self.move(places, most, freely=rounds < ONLY_DOWN)
            moved, rounds = float(np.abs(self.ends - before).max()), rounds + 1
            still = moved <= STILL and close <= CLOSE
            if still and len(some) == len(everywhere):
                break
            least = np.array([most[self.owner == own].min() for own in self.owner])
            some = everywhere if still else np.flatnonzero(most <= least + NEAR * moved)  # the others once more at last
            close = max(CLOSE, NEXT * close)
        fails = self.shrunk(places)
        return Sizes(
            self.deal.terms.name,
            self.test.text,
            self.total_free,
            tuple(self.size(k, places, names, shares, most, fails, pool) for k in range(len(self.stack))),
            tuple(
                Stress(self.stack[own], name, float(level), str(word))
                for own, name, level, word in zip(self.owner, names, most, outcomes, strict=True)
            ),
            rounds,
            moved <= STILL and rounds <= ONLY_DOWN,
        )

    def move(self, places: Sequence[int], most: Array, *, freely: bool) -> None:
        """Move each sized boundary to the least that its stresses allow, and those below it out of its way."""
        for k in places:
            level = float(most[self.owner == k].min())
            self.ends[k] = level if freely else min(level, float(self.ends[k]))
        np.maximum.accumulate(self.ends, out=self.ends)

    def shrunk(self, places: Sequence[int]) -> NDArray[np.bool_]:
        """Take a hair off boundaries whose class fails where it stands; gives which stresses it still fails, (C,)."""
        everywhere = np.arange(len(self.cells))
        for k in places:
            if k and self.ends[k] - self.ends[k - 1] < NOTHING:
                self.ends[k] = self.ends[k - 1]
        for step in (0.0, 2.0 * STILL, 8.0 * STILL, 32.0 * STILL):
            fails = ~(self.missed(self.ends[self.owner], everywhere) <= 0.0)
            bad = [k for k in places if fails[self.owner == k].any()]
            if not bad:
                break
            for k in bad:
                old = float(self.ends[k])
                self.ends[k] = max(old - max(step, STILL), self.ends[k - 1] if k else 0.0)
                gone = [j for j in places if j > k and self.ends[j] - old < NOTHING]
                self.ends[gone] = self.ends[k]  # a class of no size stays one
        return fails

    def size(
        self, k: int, places: Sequence[int], names: Sequence[str], shares: Array, most: Array,
        fails: NDArray[np.bool_], pool: float,
    ) -> Size:  # fmt: skip
        """A class as it stands in the end."""
        own = np.flatnonzero(self.owner == k)
        share = float(self.ends[k] - (self.ends[k - 1] if k else 0.0))
        bound = len(own) > 0 and k in places and float(most[own].min()) < self.span.high
        return Size(
            self.stack[k],
            share,
            float(shares[k]),
            share * pool,
            1.0 - float(self.ends[k]),
            k in places,
            names[own[int(most[own].argmin())]] if bound else "",
            not fails[own].any() if len(own) else None,
        )
