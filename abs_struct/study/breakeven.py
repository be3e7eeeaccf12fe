"""Break-even: the largest level of default at which each class still gets what it was promised, cell by cell.

All classes and all cells are searched side by side. A scan from end to end of the range comes first, so that a class
that fails, survives again and fails again is seen; then the bracket of each is narrowed on the scenario axis.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from concurrent.futures import Executor
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from abs_struct.core.findings import DealError, UsageError, listed, nearest
from abs_struct.curves.default.stress import LARGEST
from abs_struct.deal import Deal
from abs_struct.study.axes import Axis, number_of
from abs_struct.study.breakeven_table import REACHED, BreakEven
from abs_struct.study.designs import Design, base_text
from abs_struct.study.ksection import SURVIVES, Array, Rows, turns
from abs_struct.study.levers import Lever, default_levers
from abs_struct.study.scenarios import Progress
from abs_struct.study.trials import Fields, Range, Trials, cells_of, range_of
from abs_struct.study.varied import Varied

SCAN = 33
TOLERANCE = 1e-9
HALF_A_CENT = 0.005
MULTIPLE = "default.multiple"
LOSS = "pool.net_loss_rate"
#: Levels of default curves, which a multiple raises to 100% at most.
LEVELS = ("cnl", "cgd", "cdr", "mdr")
UNTIL = {
    "full-and-on-time": "timely_shortfall",
    "first-dollar-of-loss": "principal_shortfall",
    "yield": "yield",
}


@dataclass(frozen=True)
class Until:
    """What a class has to keep: nothing late or unpaid, no loss of principal, or a yield."""

    text: str
    measure: str
    least: float | None = None

    def missed(self, values: Array) -> Array:
        """By how much it is missed, (n,); nil or less where it is kept."""
        found: Array = values - HALF_A_CENT if self.least is None else self.least - values
        return found


def until_of(text: str) -> Until:
    """What `--until` says.

    Raises
    ------
    UsageError : another word, or a yield without a number

    >>> until_of("yield=5%")
    Until(text='yield=5%', measure='yield', least=0.05)
    """
    word, equals, value = (part.strip() for part in text.partition("="))
    if word not in UNTIL or (equals and word != "yield"):
        raise UsageError(
            f"--until {text}: no such test{nearest(word, UNTIL)} (tests: {listed(list(UNTIL)[:2])}, yield=5%)"
        )
    if word != "yield":
        return Until(word, UNTIL[word])
    least = number_of(value)
    if least is None:
        raise UsageError(f"--until {text}: say which yield, as in yield=5%")
    return Until(text, UNTIL[word], least)


def break_even(
    deal: Deal,
    vary: Mapping[str, object] | Sequence[Axis] | Design | None = None,
    *,
    of: str | None = None,
    until: str = "full-and-on-time",
    notes: Sequence[str] | None = None,
    span: str | None = None,
    scan: int = SCAN,
    tolerance: float = TOLERANCE,
    executor: Executor | None = None,
    progress: Progress | None = None,
) -> BreakEven:
    """The largest level at which each class gets what it was promised, in each cell of a grid.

    Parameters
    ----------
    deal : the base
    vary : the cells: path -> values, axes or a design, C of them; the deal as it stands when left out
    of : the field that is raised; the multiple of every default curve of the deal when left out
    until : "full-and-on-time" (interest when due, or ever where the class is deferrable, and principal by its legal
        final), "first-dollar-of-loss" (of principal), or "yield=5%"
    notes : the classes, N of them; all but subordinated loans when left out
    span : "LOW..HIGH", where to look; from 0 to where the default curve comes to 100% when left out
    scan : levels of the scan, even from end to end: what fails only between two neighbours is not seen
    tolerance : how close the level is found
    executor : anything with the `submit` of concurrent.futures; in this process when left out
    progress : called with scenarios done and in all, pass by pass

    Returns
    -------
    BreakEven of N x C levels, in the unit of the field: it survives at the level and fails a tolerance above

    Raises
    ------
    DealError : a field, a value or a class that the deal does not have (the nearest is named)
    UsageError : an unknown test, a range without points, a field that is structure

    Source: definition; the break-even table of structurers and rating agencies.
    """
    test, names = until_of(until), classes_of(deal, notes)
    levers = [Lever(of, 1.0)] if of is not None else multiples_of(deal)
    where = range_of(span) if span is not None else range_for(deal, levers[0])
    if not tolerance > 0.0:
        raise UsageError(f"--tolerance {tolerance:g}: is above 0, such as 1e-9")
    levels = where.scan(scan)
    trials = Trials(deal, cells_of(vary), raised(levers, where), executor, progress)
    trials.check(where)
    measures, cells = [f"{name}.{test.measure}" for name in names], len(trials)

    seen = Seen()

    def missed(tried: Array, at: Rows) -> Array:
        """How much the class of each element misses in its cell, at a level."""
        columns = trials.run(tried, at % cells, [*measures, LOSS]).columns
        seen.add(at % cells, tried, columns[LOSS])
        return test.missed(np.array([columns[name] for name in measures])[at // cells, np.arange(len(at))])

    everywhere, at_all = np.tile(levels, cells), np.repeat(np.arange(cells), scan)
    table = trials.run(everywhere, at_all, [*measures, LOSS])
    if all(table.reasons):
        raise DealError(f"no cell of the table can be run: {table.reasons[0]}")
    seen.add(at_all, everywhere, table.columns[LOSS])
    short = np.concatenate([test.missed(table.columns[name]).reshape(cells, scan) for name in measures])
    found = turns(short, levels, missed, tolerance)
    shape = (len(names), cells)
    lowest, outcomes = found.lowest.reshape(shape), found.outcomes.reshape(shape)
    whole = outcomes == SURVIVES
    if whole.any():
        outcomes[whole & spent(trials, where.high)] = REACHED
    losses = seen.at(np.clip(lowest, where.low, where.high))
    return BreakEven(
        deal.terms.name, trials.cells, tuple(names), tuple(lever.path for lever in levers), levers[0].base != 1.0,
        test.text, where, tolerance, lowest, found.highest.reshape(shape), outcomes, losses,
    )  # fmt: skip


@dataclass
class Seen:
    """The net loss of every level that was tried in a cell, so that none is run again to ask for it."""

    tried: dict[tuple[int, float], float] = field(default_factory=dict)

    def add(self, cells: Rows, levels: Array, losses: Array) -> None:
        """Remember the losses at some levels, (n,)."""
        self.tried.update(zip(zip(cells.tolist(), levels.tolist(), strict=True), losses.tolist(), strict=True))

    def at(self, levels: Array) -> Array:
        """The losses at levels that were tried, (N, C)."""
        rows = [[self.tried[cell, level] for cell, level in enumerate(row)] for row in levels.tolist()]
        return np.array(rows)


def spent(trials: Trials, level: float) -> NDArray[np.bool_]:
    """In which cells the pool cannot bear all that its default curve asks for at a level, (C,)."""
    slots = trials.deal.compiled.slots["pool"].lines
    unplaced = [f"pool.{line.name}" for line in slots if line.name == "unplaced_loss"]
    everywhere = np.arange(len(trials))
    if not unplaced:
        return np.zeros(len(trials), dtype=bool)
    table = trials.run(np.full(len(trials), level), everywhere, [LOSS], unplaced)
    left = np.fmax.reduce(table.recorded[unplaced[0]])  # it never falls
    return np.asarray(left > HALF_A_CENT)


def raised(levers: Sequence[Lever], span: Range) -> Fields:
    """Every lever at so many times its base."""

    def times(lever: Lever, level: Any) -> Any:
        """The value of a lever; what is a rounding above the most that it may be is the most."""
        value = lever.base * level
        return np.where(np.isclose(value, lever.most, rtol=1e-12, atol=0.0), lever.most, value)

    def fields(levels: Array, at: Rows) -> list[Varied]:
        ends = [(float(times(lever, span.low)), float(times(lever, span.high))) for lever in levers]
        return [
            Varied.of_numbers(lever.path, times(lever, levels), span.words, end)
            for lever, end in zip(levers, ends, strict=True)
        ]

    return fields


def classes_of(deal: Deal, notes: Sequence[str] | None) -> list[str]:
    """The classes that are asked for, or all but subordinated loans.

    Raises
    ------
    DealError : no such class, with the nearest one
    """
    known = deal.terms.notes
    for name in notes or ():
        if name not in known:
            raise DealError(f"no class '{name}'{nearest(name, known)} (classes: {listed(known)})")
    return list(notes) if notes else [name for name, note in known.items() if not note.subordinated_loan]


def multiples_of(deal: Deal) -> list[Lever]:
    """The multiples of all default curves of a deal, or the charge-off rate of card accounts, so many times.

    Raises
    ------
    UsageError : no curve with a multiple
    """
    found = [Lever(path, 1.0, LARGEST) for path in deal.compiled.inputs if path.endswith(MULTIPLE)]
    if deal.terms.assumptions.cards is not None:
        found = [replace(one, base=1.0) if one.path.endswith(".multiple") else one for one in default_levers(deal)]
    if not found:
        raise UsageError(
            "the deal has no default curve with a multiple to raise; say what to raise, as in --of "
            "assumptions.default.cdr"
        )
    return found


def range_for(deal: Deal, lever: Lever) -> Range:
    """Up to the most that a lever may be, or where its curve comes to 100%."""
    return Range(0.0, lever.most / lever.base) if lever.base != 1.0 else usual_range(deal, lever.path)


def usual_range(deal: Deal, path: str) -> Range:
    """From 0 to where a default curve comes to 100%, or to 100% for a field that is a fraction.

    Raises
    ------
    UsageError : a field of which neither is known
    """
    inputs = deal.compiled.inputs
    if path.endswith(MULTIPLE):
        curve = path.removesuffix("multiple")
        levels = [inputs[curve + level] for level in LEVELS if curve + level in inputs]
        levels += [value for key, value in inputs.items() if key.startswith(f"{curve}vector")]
        return Range(0.0, min(1.0 / max(levels), LARGEST) if levels and max(levels) > 0.0 else LARGEST)
    text = base_text(deal, path) or ""
    value = number_of(text)
    if value is not None and 0.0 <= value <= 1.0:
        return Range(0.0, highest_rate(deal, path), text[text.index(" of") :] if " of" in text else "")
    if path in inputs or value is not None:
        raise UsageError(f"{path}: say between which values to look, as in --range 0..10")
    return Range(0.0, 1.0)  # an unknown path is refused by its name


def highest_rate(deal: Deal, path: str) -> float:
    """100%, or next to it where a rate has to lie below it."""
    try:
        deal.with_({path: "100%"})
    except DealError:
        return 0.999
    return 1.0
