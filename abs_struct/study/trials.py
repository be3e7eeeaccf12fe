"""Trials: levels of some fields, tried in some cells of a design, all side by side: one call of `evaluate` a pass."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Executor
from dataclasses import dataclass, field, replace
from decimal import Decimal, InvalidOperation
from math import prod

import numpy as np
from numpy.typing import NDArray

from abs_struct.core.findings import DealError, UsageError
from abs_struct.deal import Deal
from abs_struct.study.axes import Axis, axis_from
from abs_struct.study.designs import DRAWN, UNITS, Design, full_grid
from abs_struct.study.plan import Known, Straight, fields_of, straight_of
from abs_struct.study.scenarios import Progress, Table, evaluate
from abs_struct.study.varied import Varied

Array = NDArray[np.float64]
Rows = NDArray[np.intp]

#: Cells of a table: each is scanned, and then searched for every class.
MOST_CELLS = 200_000

#: The fields that a level sets, each with its numbers, (n,); `at` says in which cell each level is tried.
Fields = Callable[[Array, Rows], list[Varied]]


@dataclass(frozen=True)
class Range:
    """The levels between which a search looks, in the unit of the deal's inputs, and the words behind them."""

    low: float
    high: float
    words: str = ""

    def scan(self, points: int) -> Array:
        """Levels from end to end at even distances.

        Raises
        ------
        UsageError : fewer than two points
        """
        if points < 2:
            raise UsageError(f"--scan {points}: a scan has at least 2 points, its two ends")
        return np.linspace(self.low, self.high, points)


@dataclass(frozen=True, eq=False)
class Trials:
    """What is tried: a deal, its cells, and the fields that a level sets.

    cells : the scenarios in which levels are tried; no fields are one cell, the deal as it stands
    known : what has been compiled on the way
    """

    deal: Deal
    cells: Design
    fields: Fields
    executor: Executor | None = None
    progress: Progress | None = None
    known: Known = field(default_factory=Known)

    def __len__(self) -> int:
        return max(len(self.cells), 1)

    def run(self, levels: Array, at: Rows, measures: Sequence[str], record: Sequence[str] = ()) -> Table:
        """The measures at some levels, (n,), each in the cell `at`."""
        varied = [*self.fields(levels, at), *(one.at_rows(at) for one in self.cells.varied)]
        return evaluate(
            self.deal, varied, measures, record=record, executor=self.executor, progress=self.progress, known=self.known
        )

    def check(self, span: Range) -> None:
        """Refuse fields that are not one number each of the program over the whole range.

        Raises
        ------
        DealError : a path that the deal does not have (the nearest is named), or an end that it does not take
        UsageError : a field is structure: its values change more than one number
        """
        one = np.zeros(1, dtype=np.intp)
        levels = self.fields(np.array([span.low]), one)
        varied = [*levels, *(cell.at_rows(one) for cell in self.cells.varied)]
        if all(isinstance(found, Straight) for found in fields_of(self.deal, varied, self.known)[: len(levels)]):
            return
        for level in self.fields(np.array([span.low]), one):
            if straight_of(self.deal, [level], self.known) is not None:
                continue
            if span.low == 0.0 and self.plain_above_nil(level, span):
                raise UsageError(
                    f"{level.path}: 0 takes lines out of the deal; begin --range above 0, as in 0.1%..100%"
                )
            raise UsageError(
                f"{level.path}: is structure of the deal and not one number that can be searched; sweep it over "
                f"values, as in --vary {level.path}=A,B,C"
            )

    def plain_above_nil(self, level: Varied, span: Range) -> bool:
        """Whether a field is one number where it is not nil."""
        above = (span.low + 1e-3 * (span.high - span.low), span.high)
        try:
            return straight_of(self.deal, [replace(level, within=above)], self.known) is not None
        except DealError:  # a field of whole numbers
            return False


def same_level(paths: Sequence[str], span: Range) -> Fields:
    """Every path takes the level itself."""

    def fields(levels: Array, at: Rows) -> list[Varied]:
        return [Varied.of_numbers(path, levels, span.words, (span.low, span.high)) for path in paths]

    return fields


def range_of(text: str) -> Range:
    """`LOW..HIGH` as a range: 0..15, 2%..40%, 30%..70% of pool.

    Raises
    ------
    UsageError : no range, or one whose end is not above its start

    >>> range_of("2%..40%")
    Range(low=0.02, high=0.4, words='')
    """
    found = DRAWN.match(text)
    if found is None:
        raise UsageError(f"--range {text}: write LOW..HIGH, as in 0..15 or 2%..40%")
    unit = found["other"]
    try:
        low, high = (
            float(Decimal(found[end].replace("_", "")) / UNITS[mark])
            for end, mark in (("low", found["unit"] or unit), ("high", unit))
        )
    except InvalidOperation:
        raise UsageError(f"--range {text}: write LOW..HIGH in numbers, as in 2%..40%") from None
    if not low < high:
        raise UsageError(f"--range {text}: yields no points (its end is not above its start)")
    return Range(low, high, found["rest"] or "")


def cells_of(vary: Mapping[str, object] | Sequence[Axis] | Design | None) -> Design:
    """The cells of a search: the full grid of some fields, any other design, or the deal as it stands."""
    if isinstance(vary, Design):
        return vary
    axes = [axis_from(path, given) for path, given in vary.items()] if isinstance(vary, Mapping) else list(vary or ())
    if len({axis.path for axis in axes}) < len(axes):
        raise UsageError("a field stands on two axes of the table; keep one")
    count = prod(len(axis) for axis in axes)
    if count > MOST_CELLS:
        raise UsageError(f"{count:,} cells, each of which is searched; the most is {MOST_CELLS:,}")
    return full_grid(axes) if axes else Design(())
