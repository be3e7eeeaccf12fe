"""A sweep: many scenarios of a deal, as a grid, from a file or drawn from ranges, run side by side."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from concurrent.futures import Executor
from fnmatch import fnmatchcase
from math import prod

from abs_struct.core.findings import UsageError, nearest
from abs_struct.deal import Deal
from abs_struct.deal.measures import measure_names
from abs_struct.study.axes import Axis, axis_from
from abs_struct.study.designs import Design, full_grid
from abs_struct.study.kept import Kept
from abs_struct.study.scenarios import Progress, check_measure, evaluate
from abs_struct.study.study import Study

MOST_CELLS = 10_000_000


def sweep(
    deal: Deal,
    vary: Mapping[str, object] | Sequence[Axis] | Design,
    measures: Sequence[str] | None = None,
    *,
    record: Sequence[str] = (),
    executor: Executor | None = None,
    keep: Kept | None = None,
    progress: Progress | None = None,
    yes: bool = False,
) -> Study:
    """Run a deal over many scenarios: the full grid of some of its fields, or any other design.

    Parameters
    ----------
    deal : the base
    vary : path -> values (numbers, or texts such as "18%" and "55% of pool"), axes, or a design
    measures : names such as "A.wal", "D.yield", "residual.irr"; all when left out
    record : lines to keep whole, or patterns of them such as "notes.*.balance"
    executor : anything with the `submit` of concurrent.futures; in this process when left out
    keep : where finished chunks are kept, and taken up again; nowhere when left out
    progress : called with scenarios done and in all
    yes : allow more than ten million cells (scenarios x measures, and x periods x recorded lines)

    Returns
    -------
    Study of S scenarios; each row has the bits of the single run with the same values

    Raises
    ------
    DealError : a field or a value that the deal refuses
    UsageError : no values, a line that does not exist, or more cells than are allowed
    """
    if isinstance(vary, Design):
        design, count = vary, len(vary)
    else:
        axes = list(vary) if not isinstance(vary, Mapping) else [axis_from(path, given) for path, given in vary.items()]
        if not axes:
            raise UsageError("a study varies at least one field, as in --vary assumptions.prepayment.cpr=5%:30%:5%")
        if len({axis.path for axis in axes}) < len(axes):
            raise UsageError("a field stands on two axes of the sweep; keep one")
        count = prod(len(axis) for axis in axes)
    names = list(measures) if measures else measure_names(deal.terms)
    for name in names:
        check_measure(deal, name)
    lines = recorded_lines(deal, record)
    cells = count * (len(names) + len(lines) * (deal.schedule.periods + 1 if lines else 0))
    if cells > MOST_CELLS and not yes:
        kept = f" and {len(lines)} recorded lines" if lines else ""
        raise UsageError(
            f"{count:,} scenarios x {len(names)} measures{kept} are more than {MOST_CELLS:,} cells; say --yes"
        )
    if not isinstance(vary, Design):
        design = full_grid(axes)  # only now: a grid that is too large is not laid out first
    if deal.given_tape is not None and any(one.path == "pool.tape" for one in design.varied):
        raise UsageError(f"vary pool.tape: {deal.given_tape} is given as the tape of every run; leave out --tape")
    _ = deal.collateral  # the tape is read once, before the clock of the study starts
    started = time.perf_counter()
    table = evaluate(deal, design.varied, names, record=lines, executor=executor, keep=keep, progress=progress)
    seconds = time.perf_counter() - started
    return Study(design, table.columns, table.reasons, seconds, table.chunks, deal.terms.name, table.recorded)


def recorded_lines(deal: Deal, patterns: Sequence[str]) -> list[str]:
    """The lines of a deal that some patterns mean, in the order of the deal.

    Raises
    ------
    UsageError : a pattern that no line has
    """
    if not patterns:
        return []
    paths = [f"{path}.{line.name}" for path, slot in deal.compiled.slots.items() for line in slot.lines]
    for pattern in patterns:
        if not any(fnmatchcase(path, pattern) for path in paths):
            raise UsageError(f"--record {pattern}: no such line{nearest(pattern, paths)}, as in notes.*.balance")
    return [path for path in paths if any(fnmatchcase(path, pattern) for pattern in patterns)]
