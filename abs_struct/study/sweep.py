"""A sweep: the full grid of any fields of a deal, run side by side."""

from __future__ import annotations

import itertools
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from abs_struct.core.findings import DealError, UsageError
from abs_struct.core.formula import Formula
from abs_struct.core.state import Program
from abs_struct.deal import Deal
from abs_struct.deal.measures import Measures, measure_names, measure_of
from abs_struct.study.axes import Axis, axis_from
from abs_struct.study.study import Study
from abs_struct.waterfall.checks import cash_lines
from abs_struct.waterfall.engine import run

#: Scenarios run and measured at a time: large enough for speed, small enough for memory.
CHUNK = 4096
MOST_CELLS = 10_000_000
NOTE_LINES = ("balance", "interest_paid", "principal_paid", "interest_shortfall", "enhancement")
#: What only some notes have.
SPECIAL_LINES = ("interest_lost", "written_down", "written_up", "unreimbursed")
POOL_LINES = (
    "initial_balance", "balance", "scheduled_principal", "prepaid", "recovered", "defaulted", "cumulative_net_loss",
)  # fmt: skip

Progress = Callable[[int, int], None]


@dataclass(frozen=True)
class Point:
    """One value of one axis: the deal with that field changed alone, and its numbers."""

    deal: Deal
    shape: str
    inputs: dict[str, Any]


def sweep(
    deal: Deal,
    vary: Mapping[str, object] | Sequence[Axis],
    measures: Sequence[str] | None = None,
    *,
    progress: Progress | None = None,
    yes: bool = False,
) -> Study:
    """Run a deal over the full grid of some of its fields.

    Parameters
    ----------
    deal : the base
    vary : path -> values (numbers, or texts such as "18%" and "55% of pool"), or axes
    measures : names such as "A.wal", "D.yield", "residual.irr"; all when left out
    progress : called with scenarios done and in all
    yes : allow more than ten million cells (scenarios x measures)

    Returns
    -------
    Study of S scenarios; each row has the bits of the single run with the same values

    Raises
    ------
    DealError : a field or a value that the deal refuses
    UsageError : no values, or a grid too large
    """
    axes = list(vary) if not isinstance(vary, Mapping) else [axis_from(path, values) for path, values in vary.items()]
    if not axes:
        raise UsageError("a sweep varies at least one field, as in --vary assumptions.prepayment.cpr=5%:30%:5%")
    if len({axis.path for axis in axes}) < len(axes):
        raise UsageError("a field stands on two axes of the sweep; keep one")
    if deal.given_tape is not None and any(axis.path == "pool.tape" for axis in axes):
        raise UsageError(f"vary pool.tape: {deal.given_tape} is given as the tape of every run; leave out --tape")
    names = list(measures) if measures else measure_names(deal.terms)
    count = int(np.prod([len(axis) for axis in axes], dtype=object))
    if count * len(names) > MOST_CELLS and not yes:
        raise UsageError(f"{count:,} scenarios x {len(names)} measures are more than {MOST_CELLS:,} cells; say --yes")
    for name in names:
        check_measure(deal, name)
    _ = deal.collateral  # the tape is read once, before the clock of the study starts
    started = time.perf_counter()
    points = [[point(deal, axis.path, value) for value in axis.values] for axis in axes]
    grid = list(itertools.product(*(range(len(axis)) for axis in axes)))
    columns: dict[str, Any] = {name: np.full(count, np.nan) for name in names}
    reasons = np.full(count, "", dtype=object)
    done = chunks = 0
    for members in grouped(grid, points):
        base, keys = representative(deal, axes, points, grid[members[0]])
        for start in range(0, len(members), CHUNK):
            rows = members[start : start + CHUNK]
            inputs = stacked(base, keys, points, [grid[row] for row in rows])
            measure(base, inputs, names, rows, columns, reasons)
            done, chunks = done + len(rows), chunks + 1
            if progress is not None:
                progress(done, count)
    seconds = time.perf_counter() - started
    return Study(tuple(axes), grid, columns, reasons, seconds, chunks, deal.terms.name)


def check_measure(deal: Deal, name: str) -> None:
    """Refuse a measure that the deal does not have, before anything runs."""
    try:
        measure_of(deal.terms, name)
    except DealError as error:
        raise UsageError(str(error)) from None


def point(deal: Deal, path: str, value: str) -> Point:
    """The deal with one field changed."""
    changed = deal.with_({path: value})
    return Point(changed, shape_of(changed), changed.compiled.inputs)


def shape_of(deal: Deal) -> str:
    """What a deal is apart from its numbers: two deals of one shape run as one program."""
    return blanked({name: getattr(deal.terms, name) for name in type(deal.terms).model_fields})


def blanked(value: Any) -> str:
    """A document with its floats blanked."""
    if isinstance(value, float):
        return "#"
    if isinstance(value, Formula):
        return value.shape()
    if isinstance(value, Mapping):
        return "{" + ",".join(f"{key}:{blanked(entry)}" for key, entry in value.items()) + "}"
    if isinstance(value, list | tuple):
        return "[" + ",".join(blanked(entry) for entry in value) + "]"
    fields = getattr(type(value), "model_fields", None)
    if fields is not None:
        given = ",".join(f"{name}:{blanked(getattr(value, name))}" for name in fields)
        return f"{type(value).__name__}({given})"
    return repr(value)


def grouped(grid: list[tuple[int, ...]], points: list[list[Point]]) -> list[list[int]]:
    """Rows of the grid by shape of the deal: each group runs as one program."""
    groups: dict[tuple[str, ...], list[int]] = {}
    for row, at in enumerate(grid):
        groups.setdefault(tuple(points[k][i].shape for k, i in enumerate(at)), []).append(row)
    return list(groups.values())


def representative(
    deal: Deal, axes: list[Axis], points: list[list[Point]], at: tuple[int, ...]
) -> tuple[Deal, list[dict[int, dict[str, Any]]]]:
    """The deal of a group's first row, and for each axis the numbers in which its values differ from that row's."""
    base = deal.with_({axis.path: axis.values[i] for axis, i in zip(axes, at, strict=True)})
    keys: list[dict[int, dict[str, Any]]] = []
    for k, axis_points in enumerate(points):
        first = axis_points[at[k]]
        keys.append(
            {
                i: {key: value for key, value in other.inputs.items() if first.inputs.get(key) != value}
                for i, other in enumerate(axis_points)
                if other.shape == first.shape
            }
        )
    return base, keys


def stacked(
    base: Deal, keys: list[dict[int, dict[str, Any]]], points: list[list[Point]], rows: list[tuple[int, ...]]
) -> dict[str, Any]:
    """The inputs of some rows: arrays (S,) for the numbers that vary."""
    inputs: dict[str, Any] = dict(base.compiled.inputs)
    for k, differences in enumerate(keys):
        varied = {key for i in {row[k] for row in rows} for key in differences[i]}
        for key in varied:
            inputs[key] = np.array([points[k][row[k]].inputs[key] for row in rows])
    if not any(np.ndim(value) for value in inputs.values()):
        first = next(iter(inputs))
        inputs[first] = np.full(len(rows), inputs[first])
    return inputs


def measure(
    base: Deal, inputs: dict[str, Any], names: list[str], rows: list[int], columns: dict[str, Any], reasons: Any
) -> None:
    """Run some rows and write their measures; a row whose deal is impossible keeps nan and a reason."""
    program: Program = replace(base.compiled, inputs=inputs)
    lines = run(program, lines_for(base))
    found = Measures(base.terms, base.schedule, lines, inputs)
    pool, notes = lines["pool.balance"][0], lines["deal.notes_balance"][0]
    too_large = np.broadcast_to(notes > pool * (1.0 + 1e-12), (len(rows),))
    if base.terms.notes_may_exceed_pool:
        too_large = np.zeros(len(rows), dtype=bool)
    broken = ~balanced(base, lines)
    negative = np.zeros(len(rows), dtype=bool)
    for path in (
        *(f"notes.{name}" for name in base.terms.notes),
        *(f"accounts.{name}" for name in base.terms.accounts),
    ):
        negative |= lines[f"{path}.balance"][0] < 0.0
    impossible = too_large | negative
    at = np.array(rows)
    with np.errstate(all="ignore"):
        for name in names:
            values = np.broadcast_to(np.asarray(value_of(found, name), dtype=float), (len(rows),))
            columns[name][at] = np.where(impossible, np.nan, values)
    reasons[at[too_large]] = "the notes are larger than the pool"
    reasons[at[negative]] = "a balance at closing is below 0"
    reasons[at[broken & ~impossible]] = "check failed: cash received is not cash paid and held"


def value_of(found: Measures, name: str) -> Any:
    """A measure; nan where an axis of the sweep has taken the index of a class away."""
    try:
        function = measure_of(found.terms, name)
    except DealError:
        return np.nan
    return function(found)


def lines_for(deal: Deal) -> list[str]:
    """The lines that measures and the cash check read."""
    terms, slots = deal.terms, deal.compiled.slots
    paths = [f"notes.{name}.{line}" for name in terms.notes for line in NOTE_LINES]
    for name in terms.notes:
        paths += [f"notes.{name}.{line.name}" for line in slots[f"notes.{name}"].lines if line.name in SPECIAL_LINES]
    paths += [f"pool.{line}" for line in POOL_LINES] + ["deal.notes_balance"]
    paths += [f"{path}.rate" for path in slots if path.startswith("indices.")]
    cash = cash_lines(deal.compiled)
    return list(dict.fromkeys([*paths, *cash.held, *cash.received, *cash.paid]))


def balanced(deal: Deal, lines: Any) -> Any:
    """Whether cash held + received = cash paid out + held after, in every period, for each scenario."""
    cash = cash_lines(deal.compiled)
    held, received, paid = (sum(lines[name] for name in names) for names in cash)
    gap = held[:-1] + received[1:] - paid[1:] - held[1:]
    tolerance = 1e-9 * np.maximum(lines["pool.balance"][0], 1.0)
    return np.abs(gap).max(axis=0) <= tolerance
