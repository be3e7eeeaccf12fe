"""Scenarios: the columns of inputs that stand side by side in the assumptions, of which one is selected.

A scenario of a workbook changes numbers alone. One that would change formulas or schedules (a lag, a ramp, a date) has
no column; such a deal has a workbook of its own.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from abs_struct.core.findings import UsageError, listed
from abs_struct.deal.measures import Measures
from abs_struct.deal.result import Result
from abs_struct.study.standard import moved, paces_of
from abs_struct.waterfall.engine import run

if TYPE_CHECKING:
    from abs_struct.deal import Deal
    from abs_struct.study import Design

BASE, OWN = "Base case", "Own"
#: More columns than this are a sweep, and nobody's list to choose from.
MOST = 40


@dataclass(frozen=True)
class Scenario:
    """A column: its name, and the inputs that differ from the base case."""

    name: str
    inputs: Mapping[str, float]


@dataclass(frozen=True)
class Scenarios:
    """The columns of a workbook, from the base case to the reader's own, and what has no column."""

    columns: tuple[Scenario, ...] = (Scenario(BASE, {}), Scenario(OWN, {}))
    left_out: tuple[str, ...] = ()

    @classmethod
    def of(cls, named: Iterable[Scenario], left_out: Iterable[str] = ()) -> Scenarios:
        """Between the base case and the reader's own."""
        return cls((Scenario(BASE, {}), *named, Scenario(OWN, {})), tuple(left_out))

    @property
    def names(self) -> list[str]:
        """Their names, from left to right."""
        return [column.name for column in self.columns]

    def values(self, path: str, base: float) -> list[float]:
        """An input in every column."""
        return [float(column.inputs.get(path, base)) for column in self.columns]

    def packed(self) -> dict[str, object]:
        """As JSON takes it."""
        return {
            "columns": {column.name: dict(column.inputs) for column in self.columns[1:-1]},
            "left_out": list(self.left_out),
        }

    @classmethod
    def unpacked(cls, found: Mapping[str, Mapping[str, Mapping[str, float]]]) -> Scenarios:
        """Of what was packed."""
        return cls.of((Scenario(name, inputs) for name, inputs in found["columns"].items()), found["left_out"])


def standard(result: Result) -> Scenarios:
    """The standard scenarios of a deal: times its own defaults, speed and recoveries."""
    columns, left_out = [], []
    for name, paces in paces_of().items():
        said: list[str] = []
        inputs = moved(result, paces, said.append)
        missing = [path for path in inputs if path not in result.program.inputs]
        said += [f"{path} is no number of the workbook" for path in missing]
        title = name[:1].upper() + name[1:]
        if inputs and not said:
            columns.append(Scenario(title, inputs))
        elif said:
            left_out.append(f"{title}: {'; '.join(said)}")
    return Scenarios.of(columns, left_out)


def scenarios_from(deal: Deal, result: Result, design: Design) -> Scenarios:
    """The scenarios of a design, such as a file of them, as columns.

    Parameters
    ----------
    deal, result : the base case, and its run
    design : S scenarios

    Raises
    ------
    DealError, UsageError : a value that the deal does not take, a name twice, more than a list holds, or a scenario
        that changes more than numbers
    """
    if len(design) > MOST:
        raise UsageError(f"a workbook has {MOST} scenario columns at most, and the file has {len(design):,}; use sweep")
    columns: list[Scenario] = []
    for at in range(len(design)):
        name = (design.names[at] if design.names else f"Scenario {at + 1}").strip()
        taken = [BASE, OWN, *(column.name for column in columns)]
        if name.casefold() in {one.casefold() for one in taken}:
            raise UsageError(f"two scenario columns are called '{name}'; give each a name of its own")
        fields = {varied.path: varied.text(at) for varied in design.varied}
        columns.append(Scenario(name, numbers_of(name, deal.with_(fields).run(), result)))
    return Scenarios.of(columns)


def numbers_of(name: str, other: Result, base: Result) -> dict[str, float]:
    """The inputs in which a run differs from the base case.

    Raises
    ------
    UsageError : it differs in more than inputs
    """
    found = other.program.inputs
    if list(found) != list(base.program.inputs) or list(other.lines) != list(base.lines):
        raise UsageError(f"scenario '{name}' {STRUCTURE}")
    inputs = {path: float(value) for path, value in found.items() if value != base.program.inputs[path]}
    lines = run(replace(base.program, inputs={**base.program.inputs, **inputs}))
    apart = [path for path in lines if not np.array_equal(lines[path], other.lines[path], equal_nan=True)]
    if apart or other.schedule != base.schedule:
        raise UsageError(f"scenario '{name}' {STRUCTURE} (seen in {listed(apart, 3) or 'its dates'})")
    return inputs


STRUCTURE = (
    "changes more than numbers, and a workbook has one structure; write it as a workbook of its own with "
    "`abs-struct excel DEAL --set ...`"
)


def measured(result: Result, scenarios: Scenarios) -> Measures:
    """The measures of every scenario at once, as the engine gives them; arrays (S,)."""
    inputs = dict(result.program.inputs)
    for path in dict.fromkeys(path for column in scenarios.columns for path in column.inputs):
        inputs[path] = np.array(scenarios.values(path, float(result.program.inputs[path])))
    program = replace(result.program, inputs=inputs)
    recorded = [path for path in result.lines if not path.startswith("cohorts.")]
    return Measures(result.terms, result.schedule, run(program, recorded), program.inputs)


def spread(values: object, count: int) -> Sequence[float]:
    """A measure in every scenario; one that no scenario moves stands in all of them."""
    found: list[float] = np.broadcast_to(np.asarray(values, dtype=float), (count,)).tolist()
    return found
