"""The plan of a study: scenarios grouped by the shape of their deal, each group compiled once, its numbers as arrays.

A value that changes nothing but one number of the compiled deal is not compiled again: where the least, the greatest
and a middle value of a field differ in that number alone, and it is the very number that was written, the others are
set straight into the program. Whatever else a value does, the deal with it is compiled as if it ran alone.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from abs_struct.core.findings import UsageError
from abs_struct.deal import Deal
from abs_struct.study.axes import number_of
from abs_struct.study.shape import shape_of
from abs_struct.study.varied import Varied

#: From how many different values on a field is first tried as a plain number.
WORTH_TRYING = 4


@dataclass(frozen=True)
class Point:
    """One value of one field: the shape and the numbers of the deal with that field changed alone."""

    shape: str
    inputs: dict[str, Any]


@dataclass(frozen=True, eq=False)
class Straight:
    """A field that is one number of the program: the values of all scenarios, (S,), and the shape of the deal."""

    varied: Varied
    shape: str
    values: NDArray[np.float64]

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
        for field in self.fields:
            found |= field.placed(rows, first)
        return found


def planned(deal: Deal, varied: Sequence[Varied]) -> list[Group]:
    """The groups of a study, in the order in which their shapes first occur.

    Parameters
    ----------
    deal : the base
    varied : fields, each with a value for each of S scenarios

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
    fields = tuple(field_of(deal, one) for one in varied)
    kinds = np.zeros(count, dtype=np.intp)
    for field in fields:
        kinds = kinds * len(field.shapes()) + field.kinds()
    _, firsts, which = np.unique(kinds, return_index=True, return_inverse=True)
    groups = []
    for k in np.argsort(firsts):
        rows = np.flatnonzero(which == k)
        changes = {one.path: one.text(int(rows[0])) for one in varied}
        groups.append(Group(deal.with_(changes), rows, fields))
    return groups


def field_of(deal: Deal, varied: Varied) -> Field:
    """A field with what its values do to the program."""
    straight = straight_of(deal, varied)
    if straight is not None:
        return straight
    if varied.numbers is not None:
        texts, at = np.unique(varied.numbers, return_inverse=True)
        return Compiled(varied, tuple(point(deal, varied.path, repr(float(one))) for one in texts), at)
    return Compiled(varied, tuple(point(deal, varied.path, text) for text in varied.texts), varied.at)


def point(deal: Deal, path: str, value: str) -> Point:
    """The deal with one field changed."""
    changed = deal.with_({path: value})
    program = changed.compiled
    lines = ",".join(f"{path}.{line.name}" for path, slot in program.slots.items() for line in slot.lines)
    # what a value adds to the program or leaves out of it (a rate of nil, say) is shape too
    return Point(f"{shape_of(changed)} {lines} {sorted(program.inputs)}", program.inputs)


def straight_of(deal: Deal, varied: Varied) -> Straight | None:
    """The field as plain numbers, or None where its values do more, or differently, than set one number."""
    if varied.numbers is not None:
        values, texts = varied.numbers, None
        if len(values) < WORTH_TRYING:
            return None
    else:
        if len(varied.texts) < WORTH_TRYING:
            return None
        numbers = [number_of(text) for text in varied.texts]
        if any(number is None for number in numbers) or any(" " in text.strip() for text in varied.texts):
            return None
        values, texts = np.array(numbers, dtype=float), varied.texts
    order = np.argsort(values, kind="stable")
    nil = np.flatnonzero(values == 0.0)[:1].tolist()  # a rate of nil may leave its lines out of the program
    tried = sorted({int(order[0]), int(order[len(order) // 2]), int(order[-1]), *nil})
    points = [point(deal, varied.path, repr(float(values[k])) if texts is None else texts[k]) for k in tried]
    base = points[0]
    for k, found in zip(tried, points, strict=True):
        if found.shape != base.shape or found.inputs.keys() != base.inputs.keys():
            return None
        other = {key for key, value in found.inputs.items() if base.inputs[key] != value} - {varied.path}
        if other or found.inputs.get(varied.path) != values[k]:
            return None
    return Straight(varied, base.shape, values if texts is None else values[varied.at])
