"""Target: the value of any number of the deal at which a measure comes to what is wanted.

A scan from end to end of the range comes first, so that every value that meets the target is found and one that does
not exist is said, with what the measure is at both ends.
"""

from __future__ import annotations

from concurrent.futures import Executor
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np

from abs_struct.core.findings import DealError, UsageError
from abs_struct.deal import Deal
from abs_struct.study.axes import number_of
from abs_struct.study.breakeven import MULTIPLE, highest_rate, usual_range
from abs_struct.study.designs import Design, base_text
from abs_struct.study.heatmap import RATES
from abs_struct.study.ksection import Array, Rows, sign_changes
from abs_struct.study.scenarios import Progress, check_measure
from abs_struct.study.trials import Range, Trials, range_of, same_level

if TYPE_CHECKING:
    import pandas as pd

SCAN = 65
#: How close a value is found, as a share of its range.
CLOSE = 1e-13
#: How far a measure may be from its target where it does not jump over it, as a share of its size.
MET = 1e-6
#: How far beyond what the deal says is looked, where no range is given.
BEYOND = 4.0


@dataclass(frozen=True, eq=False)
class Solution:
    """The values of a field at which a measure meets its target; R of them, rising.

    path : the field; span : where was looked, in its unit (0.18 for 18%)
    values : (R,); measured : (R,) the measure there; jumps : (R,) whether it jumps over the target and never takes it
    scanned, scan : (G,) the levels of the scan, and the measure there; nan where the deal is impossible
    """

    deal: str
    path: str
    measure: str
    target: float
    span: Range
    values: Array
    measured: Array
    jumps: Any
    scanned: Array
    scan: Array

    def __len__(self) -> int:
        return len(self.values)

    @cached_property
    def frame(self) -> pd.DataFrame:
        """A row for each value: the field, the measure, and whether it jumps there."""
        import pandas as pd

        return pd.DataFrame({self.path: self.values, self.measure: self.measured, "jumps": self.jumps})

    def summary(self) -> dict[str, Any]:
        """The solution in one JSON object, schema abs-struct/value/1."""
        return {
            "schema": "abs-struct/value/1",
            "deal": self.deal,
            "path": self.path,
            "measure": self.measure,
            "target": self.target,
            "range": [self.span.low, self.span.high],
            "words": self.span.words.strip(),
            "values": self.values.tolist(),
            "measured": self.measured.tolist(),
            "jumps": [bool(jump) for jump in self.jumps],
        }

    def __repr__(self) -> str:
        return f"<Solution of {self.deal}: {self.path} = {self.values.tolist()} for {self.measure} = {self.target:g}>"


def solve_value(
    deal: Deal,
    path: str,
    measure: str,
    target: float,
    *,
    span: str | None = None,
    scan: int = SCAN,
    executor: Executor | None = None,
    progress: Progress | None = None,
) -> Solution:
    """Every value of a field at which a measure is what is wanted.

    Parameters
    ----------
    deal : the base
    path : any number of the deal
    measure : such as "A.yield", "residual.irr", "B.wal"
    target : in the unit of the measure (0.06 for 6%, years, currency units)
    span : "LOW..HIGH", where to look; from 0 to four times what the deal says when left out, to 100% at most for a rate
    scan : levels of the scan, even from end to end: two values between two neighbours are not seen
    executor : anything with the `submit` of concurrent.futures; in this process when left out
    progress : called with scenarios done and in all, pass by pass

    Returns
    -------
    Solution of one value or more

    Raises
    ------
    DealError : a field or a value that the deal does not have (the nearest is named)
    UsageError : no such measure; a field that is structure; a target that is not met, with what is at both ends

    Source: K-section on the scenario axis.
    """
    check_measure(deal, measure)
    where = range_of(span) if span is not None else around(deal, path)
    trials = Trials(deal, Design(()), same_level([path], where), executor, progress)
    trials.check(where)
    levels = where.scan(scan)

    def distance(tried: Array, at: Rows) -> Array:
        """How far the measure is above the target, (n,)."""
        found: Array = trials.run(tried, np.zeros(len(tried), dtype=np.intp), [measure]).columns[measure] - target
        return found

    short = distance(levels, np.zeros(scan, dtype=np.intp))
    tolerance = CLOSE * (where.high - where.low)
    _, found = sign_changes(short[None, :], levels, distance, tolerance)
    if not len(found):
        raise UsageError(missed_target(path, measure, target, where, short + target, levels))
    ends = np.concatenate([found.holds, found.fails])
    at_ends = distance(ends, np.zeros(len(ends), dtype=np.intp)).reshape(2, -1)
    nearer = np.abs(at_ends).argmin(axis=0)
    count = np.arange(len(found))
    measured = at_ends[nearer, count] + target
    scale = max(abs(target), float(np.nanmax(np.abs(short + target))) * 1e-3)
    return Solution(
        deal.terms.name, path, measure, target, where, ends.reshape(2, -1)[nearer, count], measured,
        np.abs(measured - target) > MET * scale, levels, short + target,
    )  # fmt: skip


def around(deal: Deal, path: str) -> Range:
    """Where to look for a value: from 0 to four times what the deal says, at most 100% for a rate or share.

    Raises
    ------
    UsageError : a field of which the deal says nothing, or words
    """
    text = base_text(deal, path)
    value = deal.compiled.inputs.get(path) if text is None else number_of(text)
    if path.endswith(MULTIPLE) or value is None or value <= 0.0:
        return usual_range(deal, path)
    words = text[text.index(" of") :] if text is not None and " of" in text else ""
    high = min(BEYOND * value, highest_rate(deal, path)) if value <= 1.0 else BEYOND * value
    try:
        deal.with_({path: f"0{words}"})
    except DealError:  # a field that may not be nil
        return Range(high / 1000.0, high, words)
    return Range(0.0, high, words)


def missed_target(path: str, measure: str, target: float, where: Range, found: Array, levels: Array) -> str:
    """The sentence for a target that no value meets: the measure at both ends, and how far it comes between them."""
    there = np.flatnonzero(np.isfinite(found))
    if not len(there):
        ends = f"{written(where.low, where)} to {written(where.high, where)}"
        return f"{path}: the deal is impossible at every value from {ends}; give another --range"
    first, last = there[0], there[-1]
    least, most = float(found[there].min()), float(found[there].max())
    return (
        f"{path}: {measure} never comes to {shown(measure, target)}: it is {shown(measure, float(found[first]))} at "
        f"{written(float(levels[first]), where)} and {shown(measure, float(found[last]))} at "
        f"{written(float(levels[last]), where)}, and between {shown(measure, least)} and {shown(measure, most)} on the "
        "way; give another --target or --range"
    )


def shown(measure: str, value: float) -> str:
    """A measure as it is printed: rates in per cent with four decimals, all else with as many digits."""
    if value != value:
        return "n/a"
    if measure.endswith(RATES):
        return f"{round(100.0 * value, 4) + 0.0:.4f}%"  # no -0
    return f"{round(value, 4) + 0.0:,.4f}"


def written(value: float, where: Range) -> str:
    """A value of the field as the deal file writes it: rates in per cent."""
    if where.high <= 1.0:
        return f"{100.0 * value:.10g}%{where.words}"
    return f"{value:,.10g}{where.words}"
