"""The plan of a study: scenarios grouped by the shape of their deal, each group compiled once, its numbers as arrays.

A value that changes nothing but one number of the compiled deal is not compiled again: where the least, the greatest
and a middle value of a field differ in that number alone, and it is the very number that was written, the others are
set straight into the program. Whatever else a value does, the deal with it is compiled as if it ran alone.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from abs_struct.core.findings import DealError, UsageError
from abs_struct.deal import Deal
from abs_struct.study.axes import number_of
from abs_struct.study.shape import shape_of
from abs_struct.study.varied import Varied

#: From how many different values on a field is first tried as a plain number.
WORTH_TRYING = 4


@dataclass(frozen=True)
class Point:
    """What a deal with some fields changed is: its shape and its numbers."""

    shape: str
    inputs: dict[str, Any]


@dataclass(frozen=True, eq=False)
class Known:
    """What one deal was compiled as on the way, so that the later passes of a search compile nothing again."""

    deals: dict[tuple[tuple[str, str], ...], Deal] = field(default_factory=dict)
    points: dict[tuple[tuple[str, str], ...], Point] = field(default_factory=dict)

    def changed(self, deal: Deal, changes: Mapping[str, str]) -> Deal:
        """The deal with some fields changed."""
        key = tuple(sorted(changes.items()))
        if key not in self.deals:
            self.deals[key] = deal.with_(changes)
        return self.deals[key]

    def point(self, deal: Deal, changes: Mapping[str, str]) -> Point:
        """Its shape and its numbers; the deal itself, which is large, is let go."""
        key = tuple(sorted(changes.items()))
        if key not in self.points:
            self.points[key] = point(self.deals[key] if key in self.deals else deal.with_(changes))
        return self.points[key]


@dataclass(frozen=True, eq=False)
class Straight:
    """A field that is one number of the program: the values of all scenarios, (S,), and the shape of the deal.

    `text` is one of the values, as the deal file would write it.
    """

    varied: Varied
    shape: str
    values: NDArray[np.float64]
    text: str

    def shapes(self) -> list[str]:
        """The shapes that occur."""
        return [self.shape]

    def kinds(self) -> NDArray[np.intp]:
        """Which of the shapes each scenario has."""
        return np.zeros(len(self.values), dtype=np.intp)

    def placed(self, rows: NDArray[np.intp], first: int) -> dict[str, NDArray[np.float64]]:
        """The numbers of some scenarios, by their place in the program."""
        return {self.varied.path: self.values[rows]}


@dataclass(frozen=True, eq=False)
class Compiled:
    """A field each of whose values was compiled by itself."""

    varied: Varied
    points: tuple[Point, ...]
    at: NDArray[np.intp]

    def shapes(self) -> list[str]:
        """The shapes that occur."""
        return list(dict.fromkeys(point.shape for point in self.points))

    def kinds(self) -> NDArray[np.intp]:
        """Which of the shapes each scenario has."""
        places = {shape: k for k, shape in enumerate(self.shapes())}
        return np.array([places[point.shape] for point in self.points], dtype=np.intp)[self.at]

    def placed(self, rows: NDArray[np.intp], first: int) -> dict[str, NDArray[np.float64]]:
        """The numbers in which the values of some scenarios differ from that of the scenario `first`."""
        base, used = self.points[self.at[first]].inputs, np.unique(self.at[rows])
        keys = {key for k in used for key, value in self.points[k].inputs.items() if base.get(key) != value}
        return {
            key: np.array([point.inputs.get(key, np.nan) for point in self.points], dtype=float)[self.at[rows]]
            for key in keys
        }


Field = Straight | Compiled


@dataclass(frozen=True, eq=False)
class Group:
    """Scenarios of one shape: the deal of the first of them, the rows, and the fields that vary."""

    deal: Deal
    rows: NDArray[np.intp]
    fields: tuple[Field, ...]

    def inputs(self, rows: NDArray[np.intp]) -> dict[str, NDArray[np.float64]]:
        """The numbers of some of its scenarios that are not those of its deal for all, each (R,)."""
        first = int(self.rows[0])
        found: dict[str, NDArray[np.float64]] = {}
        for one in self.fields:
            found |= one.placed(rows, first)
        return found


def planned(deal: Deal, varied: Sequence[Varied], known: Known | None = None) -> list[Group]:
    """The groups of a study, in the order in which their shapes first occur.

    Parameters
    ----------
    deal : the base
    varied : fields, each with a value for each of S scenarios
    known : what earlier passes of a search have compiled of this deal

    Returns
    -------
    groups whose rows together are all scenarios 0 .. S - 1

    Raises
    ------
    DealError : a field or a value that the deal refuses
    UsageError : no field, a field twice, fields of different lengths
    """
    if not varied:
        raise UsageError("a study varies at least one field, as in --vary assumptions.prepayment.cpr=5%:30%:5%")
    paths = [one.path for one in varied]
    twice = next((path for path in paths if paths.count(path) > 1), None)
    if twice is not None:
        raise UsageError(f"the field {twice} is varied twice; keep one")
    lengths = {len(one) for one in varied}
    if len(lengths) > 1:
        raise UsageError(f"the fields have different numbers of values: {sorted(lengths)}")
    count = lengths.pop()
    if not count:
        return []
    _ = deal.collateral  # the tape is read once, for all variations
    memory = Known() if known is None else known
    fields = fields_of(deal, varied, memory)
    kinds = np.zeros(count, dtype=np.intp)
    for one in fields:
        kinds = kinds * len(one.shapes()) + one.kinds()
    _, firsts, which = np.unique(kinds, return_index=True, return_inverse=True)
    groups = []
    for k in np.argsort(firsts):
        rows = np.flatnonzero(which == k)
        first = int(rows[0])
        changes = {
            one.varied.path: one.text  # the same in every pass
            if known is not None and isinstance(one, Straight)
            else one.varied.text(first)
            for one in fields
        }
        groups.append(Group(memory.changed(deal, changes), rows, fields))
    return groups


def fields_of(deal: Deal, varied: Sequence[Varied], known: Known) -> tuple[Field, ...]:
    """The fields with what their values do to the program; those that are numbers are tried all together first."""
    numbers = [one for one in varied if candidates_of(one) is not None]
    found: dict[str, Field] = dict(straight_of(deal, numbers, known) or {}) if len(numbers) > 1 else {}
    for one in varied:
        if one.path not in found:
            alone = straight_of(deal, [one], known) if one in numbers else None
            found[one.path] = alone[one.path] if alone else compiled_of(deal, one, known)
    return tuple(found[one.path] for one in varied)


def compiled_of(deal: Deal, varied: Varied, known: Known) -> Compiled:
    """The field with each of its values compiled."""
    texts, at = varied.texts, varied.at
    if varied.numbers is not None:
        numbers, at = np.unique(varied.numbers, return_inverse=True)
        texts = tuple(varied.written(float(number)) for number in numbers)
    return Compiled(varied, tuple(known.point(deal, {varied.path: text}) for text in texts), at)


def point(deal: Deal) -> Point:
    """The shape and the numbers of a deal."""
    program = deal.compiled
    lines = ",".join(f"{path}.{line.name}" for path, slot in program.slots.items() for line in slot.lines)
    # what a value adds to the program or leaves out of it (a rate of nil, say) is shape too
    return Point(f"{shape_of(deal)} {lines} {sorted(program.inputs)}", program.inputs)


def straight_of(deal: Deal, varied: Sequence[Varied], known: Known) -> dict[str, Straight] | None:
    """Fields as plain numbers, or None where their values do more, or differently, than set one number each.

    The first trial takes the least value of every field, the next their middle ones, then the greatest, and then nil
    where a field has it.
    """
    tried = [tried_of(one) for one in varied]
    trials: list[dict[str, tuple[str, float]]] = [
        {one.path: values[min(k, len(values) - 1)] for one, values in zip(varied, tried, strict=True)}
        for k in range(max(map(len, tried), default=0))
    ]
    texts = [{path: text for path, (text, _) in trial.items()} for trial in trials]
    try:
        if texts:
            _ = known.changed(deal, texts[0])  # kept: where all fields are numbers, it is the deal of their group
        points = [known.point(deal, changes) for changes in texts]
    except DealError:
        if len(varied) == 1:
            raise
        return None  # what the deal refuses together it may take alone
    for trial, found in zip(trials, points, strict=True):
        base = points[0]
        if found.shape != base.shape or found.inputs.keys() != base.inputs.keys():
            return None
        other = {key for key, value in found.inputs.items() if base.inputs[key] != value} - trial.keys()
        if other or any(found.inputs.get(path) != number for path, (_, number) in trial.items()):
            return None
    return {
        one.path: Straight(one, points[0].shape, numbers_of(one), values[0][0])
        for one, values in zip(varied, tried, strict=True)
    }


def tried_of(varied: Varied) -> list[tuple[str, float]]:
    """The least, a middle and the greatest value of a field, and nil where it has it: as written, and as a number."""
    candidates = candidates_of(varied)
    assert candidates is not None
    order = np.argsort(candidates, kind="stable")
    nil = np.flatnonzero(candidates == 0.0)[:1].tolist()  # a rate of nil may leave its lines out of the program
    places = dict.fromkeys([int(order[0]), int(order[len(order) // 2]), int(order[-1]), *nil])
    return [(varied.texts[k] if varied.texts else varied.written(float(candidates[k])), float(candidates[k]))
            for k in places]  # fmt: skip


def numbers_of(varied: Varied) -> NDArray[np.float64]:
    """The number of each scenario, (S,)."""
    if varied.numbers is not None:
        return varied.numbers
    return np.array([number_of(text) for text in varied.texts], dtype=float)[varied.at]


def candidates_of(varied: Varied) -> NDArray[np.float64] | None:
    """The numbers that a field takes, or None where they are words, or too few to be tried as plain numbers."""
    if varied.within is not None:
        low, high = varied.within
        return np.array([low, 0.5 * (low + high), high, *([0.0] if low < 0.0 < high else [])])
    if varied.numbers is not None:
        return varied.numbers if len(varied.numbers) >= WORTH_TRYING else None
    if len(varied.texts) < WORTH_TRYING or any(" " in text.strip() for text in varied.texts):
        return None
    numbers = [number_of(text) for text in varied.texts]
    return None if any(number is None for number in numbers) else np.array(numbers, dtype=float)
