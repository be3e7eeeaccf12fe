"""Scenarios: many of them, given by the values of some fields of the deal, to a table of measures.

Sweeps, solvers, stresses and simulations all stand on this one function. Scenarios are grouped by the shape of
their deal, each group is compiled once, cut into chunks, and the chunks are done here or by an executor. Every row
has the bits of its single run, wherever and beside whatever else it is run.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Executor
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from abs_struct.core.findings import DealError, UsageError
from abs_struct.deal import Deal
from abs_struct.deal.measures import measure_of
from abs_struct.study.kept import Kept, fingerprint, resumed
from abs_struct.study.plan import Group, Known, planned
from abs_struct.study.varied import Varied
from abs_struct.study.work import Work

#: Scenarios run and measured at a time: large enough for speed, small enough for memory.
CHUNK = 8192

#: Called with scenarios done and in all.
Progress = Callable[[int, int], None]


@dataclass(frozen=True, eq=False)
class Chunk:
    """Some rows of a group, and the work that they are."""

    number: int
    rows: NDArray[np.intp]
    work: Work


@dataclass(frozen=True, eq=False)
class Table:
    """The measures of S scenarios.

    columns : measure -> (S,), nan where a scenario has no figures
    reasons : (S,) texts that say why, or are empty
    recorded : path of a line -> (T + 1, S), index 0 is closing; nan after the end of a shorter deal
    chunks : how many pieces they were done in
    """

    columns: dict[str, Any]
    reasons: Any
    recorded: dict[str, Any]
    chunks: int


def evaluate(
    deal: Deal,
    varied: Sequence[Varied],
    measures: Sequence[str],
    *,
    record: Sequence[str] = (),
    executor: Executor | None = None,
    keep: Kept | None = None,
    progress: Progress | None = None,
    known: Known | None = None,
) -> Table:
    """The measures of many scenarios.

    Parameters
    ----------
    deal : the base
    varied : the fields that differ, each with a value for each of S scenarios
    measures : names such as "A.wal", "residual.irr"
    record : paths of lines to keep whole, such as "pool.balance"; (T + 1) x S numbers each
    executor : anything with the `submit` of concurrent.futures; in this process when left out
    keep : where finished chunks are kept, and taken up again; nowhere when left out
    progress : called with scenarios done and in all
    known : what earlier calls for the same deal have compiled, so that the passes of a search compile nothing again

    Returns
    -------
    Table of arrays (S,), each measure in its own unit (years, fractions a year, currency units)

    Raises
    ------
    DealError : a field or a value that the deal refuses
    UsageError : no such measure; fields of different lengths

    Source: definition.
    """
    for name in measures:
        check_measure(deal, name)
    count = len(varied[0]) if varied else 0
    columns = {name: np.full(count, np.nan) for name in measures}
    reasons = np.full(count, "", dtype=object)
    recorded: dict[str, Any] = {}
    finished = pieces = 0
    study = fingerprint(deal, varied, CHUNK) if keep is not None else ""
    chunks = chunks_of(planned(deal, varied, known), measures, record)
    for chunk, outcome in resumed(chunks, executor, keep, study):
        for name in measures:
            columns[name][chunk.rows] = outcome.columns[name]
        reasons[chunk.rows] = outcome.reasons
        for path, series in outcome.recorded.items():
            if path not in recorded or len(recorded[path]) < len(series):
                longer = np.full((len(series), count), np.nan)  # deals of other shapes may last longer
                longer[: len(recorded.get(path, ()))] = recorded.get(path, longer[:0])
                recorded[path] = longer
            recorded[path][: len(series), chunk.rows] = series
        finished, pieces = finished + len(chunk.rows), pieces + 1
        if progress is not None:
            progress(finished, count)
    return Table(columns, reasons, recorded, pieces)


def check_measure(deal: Deal, name: str) -> None:
    """Refuse a measure that the deal does not have, before anything runs."""
    try:
        measure_of(deal.terms, name)
    except DealError as error:
        raise UsageError(str(error)) from None


def chunks_of(groups: Sequence[Group], measures: Sequence[str], record: Sequence[str]) -> Iterator[Chunk]:
    """The groups cut into chunks, numbered in their order."""
    number = 0
    for group in groups:
        deal = group.deal
        for start in range(0, len(group.rows), CHUNK):
            rows = group.rows[start : start + CHUNK]
            inputs = group.inputs(rows)
            work = Work(deal.terms, deal.schedule, deal.compiled, inputs, len(rows), tuple(measures), tuple(record))
            yield Chunk(number, rows, work)
            number += 1
