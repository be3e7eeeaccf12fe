"""A back-test: curves that are fitted on what was known at a date, against what later vintages then lost.

Nothing later is seen, neither in fitting nor in choosing how to fit: the choice is made on the last year before the
date, by what the year before it would have projected. Beside it stands the naive mean, what the loans of a segment had
lost by the date.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import product
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from abs_struct.core.findings import UsageError
from abs_struct.history.fit import Fit, Method, fit
from abs_struct.history.loans import History, month_text
from abs_struct.history.projection import projected
from abs_struct.history.segments import segment_text
from abs_struct.history.vintages import Every, vintage_text

if TYPE_CHECKING:
    import pandas as pd

Column = NDArray[np.float64]
YEAR = 12
TAILS, CREDIBILITIES = ("weibull", "log-logistic"), (100.0, 1000.0)
WINDOWS, TRENDS = (None, 12), (None, 6, 12)


@dataclass(frozen=True, eq=False)
class BackTest:
    """M loans that were made after a date, and what was projected of them at it.

    before : the month with which what was known ends; trials : methods with their error on the year before it
    labels : (M,) vintage; segments : (M,) texts; original, actual, projection, naive : (M,) currency units
    """

    before: int
    fit: Fit
    trials: tuple[tuple[Method, float], ...]
    labels: Any
    segments: Any
    original: Column
    actual: Column
    projection: Column
    naive: Column

    def table(self, what: str) -> pd.DataFrame:
        """Loss rates by `vintage` or `segment`: actual, projected, naive, and both errors in percentage points."""
        import pandas as pd

        keys = {"vintage": self.labels, "segment": self.segments}
        if what not in keys:
            raise UsageError(f"no table by '{what}'; there are vintage and segment")
        frame = pd.DataFrame(
            {what: keys[what], "loans": 1, "original": self.original, "actual": self.actual,
             "projected": self.projection, "naive": self.naive}
        ).groupby(what, sort=True).sum()  # fmt: skip
        for name in ("actual", "projected", "naive"):
            frame[name] = frame[name] / frame["original"]
        frame["projected_error"] = frame["projected"] - frame["actual"]
        frame["naive_error"] = frame["naive"] - frame["actual"]
        return frame

    @cached_property
    def errors(self) -> dict[str, dict[str, float]]:
        """Mean absolute error of the loss rates by vintage and by segment, weighted by what was lent; fractions."""
        found = {}
        for what in ("vintage", "segment"):
            table = self.table(what)
            found[what] = {
                name: float(np.average(np.abs(table[f"{name}_error"]), weights=table["original"]))
                for name in ("projected", "naive")
            }
        return found

    @property
    def verdict(self) -> str:
        """By how much the fit beats the naive mean, or does not."""
        parts = []
        for what, error in self.errors.items():
            gain = 1.0 - error["projected"] / error["naive"] if error["naive"] else float("nan")
            words = f"{gain:.0%} less than" if gain > 0 else f"{-gain:.0%} more than"
            parts.append(
                f"by {what} the fit misses by {100 * error['projected']:.2f} points on average, {words} the naive mean "
                f"({100 * error['naive']:.2f})"
            )
        return "; ".join(parts)

    def summary(self) -> dict[str, Any]:
        """The back-test in one JSON object, schema abs-struct/backtest/1."""
        total = self.original.sum()
        return {
            "schema": "abs-struct/backtest/1",
            "known_until": month_text(self.before),
            "method": str(self.fit.method),
            "trials": {str(method): error for method, error in self.trials},
            "loans": len(self.original),
            "actual": float(self.actual.sum() / total),
            "projected": float(self.projection.sum() / total),
            "naive": float(self.naive.sum() / total),
            "errors": self.errors,
            "verdict": self.verdict,
        }


def backtest(
    history: History,
    before: int,
    by: tuple[str, ...] | list[str] = (),
    *,
    months: int = YEAR,
    every: Every = "quarter",
    methods: Sequence[Method] | None = None,
) -> BackTest:
    """Fit on what was known at the end of a month, and project the loans of the months after it.

    Parameters
    ----------
    history : N loans to the end of their lives
    before : the last month that is known, counted from year 0
    by : columns whose values make the segments
    months : so many months of new loans are projected
    every : vintages of the table
    methods : those among which to choose; tails, windows and credibilities when left out

    Returns
    -------
    BackTest of M new loans

    Raises
    ------
    UsageError : no loans before or after the month, or none that defaulted before it

    Source: definition; the choice is by the year before, as in rolling-origin evaluation.
    """
    later = np.flatnonzero((history.start > before) & (history.start <= before + months))
    if not len(later):
        raise UsageError(
            f"no loans were made in the {months} months after {month_text(before)}; there is nothing to project"
        )
    if not (history.start <= before).any():
        raise UsageError(f"no loans were made up to {month_text(before)}; there is nothing to fit")
    known, new = history.censored(before), history.take(later)
    found = (
        [Method(*choice) for choice in product(TAILS, CREDIBILITIES, WINDOWS, TRENDS)] if methods is None else methods
    )
    trials = tuple((method, tried(known, before - YEAR, by, method)) for method in found)
    best = min(trials, key=lambda trial: trial[1])[0] if len(trials) > 1 else trials[0][0]
    curves = fit(known, by, best)
    keys, place = new.by(by)
    words = np.array([segment_text(key) for key in keys], dtype=object)
    labels = np.array([vintage_text(int(month), every) for month in new.start], dtype=object)
    return BackTest(
        before, curves, trials, labels, words[place], new.original, np.where(new.defaulted, new.lost, 0.0),
        projected(curves, new), naive(known, new, by),
    )  # fmt: skip


def tried(known: History, before: int, by: tuple[str, ...] | list[str], method: Method) -> float:
    """How far a method fitted a year earlier would have missed the losses known since, of loans made since.

    The mean absolute error of the loss so far of each quarter, of what was lent, weighted by it; inf where there was
    nothing to fit.
    """
    young = np.flatnonzero(known.start > before)
    if not len(young):
        return float("inf")
    new = known.take(young)
    try:
        curves = fit(known.censored(before), by, method)
    except UsageError:
        return float("inf")
    age = np.maximum(known.observed - known.lag + 1 - new.start, 0)  # who stopped later is not charged off yet
    error = projected(curves, new, age) - np.where(new.defaulted, new.lost, 0.0)
    quarters = np.unique(new.start // 3, return_inverse=True)[1]
    return float(np.abs(np.bincount(quarters, weights=error)).sum() / new.original.sum())


def naive(known: History, new: History, by: tuple[str, ...] | list[str]) -> Column:
    """What the known loans of a segment have lost so far, of what was lent, (M,).

    Where a segment is new, that of the fewest loans that share one of its values, or of all.
    """
    lost = np.where(known.defaulted, known.lost, 0.0)

    def rates(names: tuple[str, ...] | list[str]) -> dict[tuple[str, ...], tuple[int, float]]:
        keys, place = known.by(names)
        sums = [np.bincount(place, weights=values, minlength=len(keys)) for values in (lost, known.original)]
        return dict(zip(keys, zip(np.bincount(place).tolist(), (sums[0] / sums[1]).tolist(), strict=True), strict=True))

    segments, whole = rates(by), rates(())[()]
    shared = {(name, key[0]): one for name in by for key, one in rates((name,)).items()}
    own, at = new.by(by)
    found = []
    for key in own:
        near = [shared[pair] for pair in zip(by, key, strict=True) if pair in shared]
        found.append(segments[key][1] if key in segments else min(near, default=whole)[1])
    projected: Column = new.original * np.array(found)[at]
    return projected
