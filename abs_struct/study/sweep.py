"""A sweep: the full grid of any fields of a deal, run side by side."""

from __future__ import annotations

import itertools
import time
from collections.abc import Mapping, Sequence
from concurrent.futures import Executor

import numpy as np

from abs_struct.core.findings import UsageError
from abs_struct.deal import Deal
from abs_struct.deal.measures import measure_names
from abs_struct.study.axes import Axis, axis_from
from abs_struct.study.scenarios import Progress, check_measure, evaluate
from abs_struct.study.study import Study
from abs_struct.study.varied import Varied

MOST_CELLS = 10_000_000


def sweep(
    deal: Deal,
    vary: Mapping[str, object] | Sequence[Axis],
    measures: Sequence[str] | None = None,
    *,
    executor: Executor | None = None,
    progress: Progress | None = None,
    yes: bool = False,
) -> Study:
    """Run a deal over the full grid of some of its fields.

    Parameters
    ----------
    deal : the base
    vary : path -> values (numbers, or texts such as "18%" and "55% of pool"), or axes
    measures : names such as "A.wal", "D.yield", "residual.irr"; all when left out
    executor : anything with the `submit` of concurrent.futures; in this process when left out
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
        raise UsageError("a study varies at least one field, as in --vary assumptions.prepayment.cpr=5%:30%:5%")
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
    grid = list(itertools.product(*(range(len(axis)) for axis in axes)))
    varied = [
        Varied(axis.path, axis.values, np.array([at[k] for at in grid], dtype=np.intp)) for k, axis in enumerate(axes)
    ]
    table = evaluate(deal, varied, names, executor=executor, progress=progress)
    seconds = time.perf_counter() - started
    return Study(tuple(axes), grid, table.columns, table.reasons, seconds, table.chunks, deal.terms.name)
