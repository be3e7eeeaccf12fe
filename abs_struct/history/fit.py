"""Fitting: default and prepayment by age, and recovery, of each segment of a history; and the losses they project."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from abs_struct.core.findings import UsageError
from abs_struct.history.annuity import balance
from abs_struct.history.hazards import with_tail
from abs_struct.history.lifetable import LifeTable, life_table_of, shares
from abs_struct.history.loans import OPEN, History
from abs_struct.history.segments import segment_text

if TYPE_CHECKING:
    import pandas as pd

Column = NDArray[np.float64]
LARGEST = 0.999
TOO_YOUNG = "no loan of the history defaulted; there is no default curve to fit"


@dataclass(frozen=True)
class Method:
    """How hazards are estimated.

    tail : the curve where too few were at risk; credibility : the loans that all loans count as in a segment
    window : so many months up to the last that is known; all when None
    trend : loans made in so many last months set the level of the default curve, at the ages that they have reached;
        all loans when None
    """

    tail: str = "log-logistic"
    credibility: float = 500.0
    window: int | None = None
    trend: int | None = None

    def __str__(self) -> str:
        months = "all months" if self.window is None else f"the last {self.window} months"
        level = "" if self.trend is None else f", level of the last {self.trend} months' loans"
        return f"life table of {months}, {self.tail} tail, credibility {self.credibility:g}{level}"


@dataclass(frozen=True, eq=False)
class SegmentFit:
    """The curves of a segment by month of loan life, each (A,), fractions a month; index 0 is the first month.

    default : of the loans there, those that make no payment any more from this month on
    prepayment : of them, those that are paid off in this month before their term
    maturity : of them, those whose term ends in this month: short loans among longer ones
    term : A, the longest, months
    recovery : the share of lost principal received since, nan where nothing was lost
    table : what was seen
    """

    key: tuple[str, ...]
    loans: int
    original: float
    default: Column
    prepayment: Column
    maturity: Column
    recovery: float
    table: LifeTable

    @property
    def name(self) -> str:
        """The name of the segment, that of a group in a deal file."""
        return segment_text(self.key)

    @property
    def term(self) -> int:
        """The longest, months."""
        return len(self.default)

    @property
    def smm(self) -> Column:
        """SMM as the convention `sifma` takes it, (A,): of all loans there at the start of the month."""
        return self.prepayment

    @cached_property
    def incidence(self) -> Column:
        """The share of loans that has defaulted by each month of life, (A,)."""
        return self.reached(self.default, self.maturity)

    def reached(self, default: Column, maturity: Column | float = 0.0) -> Column:
        """Cumulative defaults under a default curve, (A,); where maturities are left out, of the longest loans."""
        there = np.cumprod(np.maximum(1.0 - default - self.prepayment - maturity, 0.0))
        found: Column = np.cumsum(np.concatenate([[1.0], there[:-1]]) * default)
        return found

    def loss(self, rate: float, term: int) -> Column:
        """Cumulative gross loss of a new level-pay loan by month of its life, (term,), of what was lent.

        A loan that stops in a month owes what it owed after the month before.
        """
        months = np.arange(term)
        reached = self.reached(self.default)[np.minimum(months, self.term - 1)]
        found: Column = np.cumsum(np.diff(reached, prepend=0.0) * balance(rate, term, months))
        return found


@dataclass(frozen=True, eq=False)
class Fit:
    """The curves of all segments, of all loans together (the segment `()`), and of those that share a value."""

    by: tuple[str, ...]
    method: Method
    observed: int
    lag: int
    whole: SegmentFit
    segments: dict[tuple[str, ...], SegmentFit]
    shared: dict[tuple[str, str], SegmentFit]

    def of(self, key: tuple[str, ...]) -> SegmentFit:
        """The segment; where it was never seen, the fewest loans that share one of its values, or all of them."""
        if key in self.segments:
            return self.segments[key]
        near = [self.shared[pair] for pair in zip(self.by, key, strict=False) if pair in self.shared]
        return min(near, key=lambda one: one.loans, default=self.whole)

    @property
    def frame(self) -> pd.DataFrame:
        """A row for each segment and month: seen and fitted, with who was at risk."""
        import pandas as pd

        rows = []
        for fit in (self.whole, *self.segments.values()):
            table = fit.table
            for k in range(len(fit.default)):
                place = k + 1
                seen = place < len(table.age)
                rows.append(
                    {
                        "segment": fit.name, "month": place,
                        "at_risk": table.at_risk[place] if seen else 0.0,
                        "default_seen": table.hazard[place] if seen else np.nan,
                        "default": fit.default[k],
                        "prepayment_seen": table.leaving[place] if seen else np.nan,
                        "prepayment": fit.prepayment[k],
                        "cumulative": table.incidence[place] if seen else np.nan,
                        "error": table.error[place] if seen else np.nan,
                    }
                )  # fmt: skip
        return pd.DataFrame(rows)


class Seen(NamedTuple):
    """Loans by month of life, each (A,): at risk, defaulted, paid off before maturity, and at maturity."""

    risk: Column
    defaults: Column
    prepaid: Column
    matured: Column

    @property
    def maturity(self) -> Column:
        """The share of those at risk whose term ends, (A,)."""
        return shares(self.matured, self.risk)


def seen_by_month(history: History, months: int, window: int | None = None) -> tuple[LifeTable, Seen]:
    """The life table of some loans, and its columns by month; what ends in that of origination is month 1.

    Raises
    ------
    UsageError : no loans, or none in the window
    """
    table = life_table_of(history, window=window)
    matured = ~history.defaulted & (history.ended != OPEN) & (history.age >= history.term)
    early = life_table_of(replace(history, ended=np.where(matured, OPEN, history.ended)), window=window)
    columns = []
    for values in (table.at_risk, table.defaults, early.others, table.others - early.others):
        found = np.zeros(months + 1)
        found[: min(len(values), months + 1)] = values[: months + 1]
        columns.append(found)
    risk, *ends = columns
    for ended in ends:
        ended[1] += ended[0]
    risk[1] = max(risk[0], risk[1])
    return table, Seen(*(column[1:] for column in columns))


def fit(history: History, by: tuple[str, ...] | list[str] = (), method: Method | None = None) -> Fit:
    """Default and prepayment by month of loan life, of all loans and of each segment.

    The hazards of a segment are blended with those of all loans, which count as `credibility` loans in every month, so
    that a thin segment follows the whole and a large one itself. Where even the whole was hardly seen, its tail is a
    curve.

    Parameters
    ----------
    history : N loans, as they are known
    by : columns whose values make the segments
    method : tail and credibility

    Returns
    -------
    Fit

    Raises
    ------
    UsageError : no such column, no loans, or none that defaulted

    Source: Aalen and Johansen (1978) for the hazards, Buehlmann (1967) for their blend.
    """
    how, paid = method if method is not None else Method(), history.paying()
    if not paid.defaulted.any():
        raise UsageError(TOO_YOUNG)
    table, seen = seen_by_month(paid, int(paid.term.max()), how.window)
    seen_by_all = default = with_tail(how.tail, seen.risk, seen.defaults)
    prepayment = with_tail("flat", seen.risk, seen.prepaid)
    trend = trend_of(paid, how, default)
    default = np.minimum(default * trend, LARGEST)
    whole = SegmentFit(
        (), len(paid), float(paid.original.sum()), default, prepayment, seen.maturity, received(paid), table
    )
    segments, place = paid.by(by)
    parts = {}
    for k, key in enumerate(segments if by else []):
        part = paid.take(np.flatnonzero(place == k))
        try:
            parts[key] = (part, *seen_by_month(part, int(part.term.max()), how.window))
        except UsageError:  # none of them in the window: they follow others
            continue
    levels = levels_of([one.defaults.sum() for _, _, one in parts.values()],
                       [np.sum(one.risk * seen_by_all[: len(one.risk)]) for _, _, one in parts.values()])  # fmt: skip
    found = {}
    for (key, (part, own, one)), level in zip(parts.items(), levels, strict=True):
        term = len(one.risk)
        blended = with_tail(how.tail, one.risk, one.defaults, seen_by_all[:term] * level, how.credibility)
        found[key] = SegmentFit(
            key, len(part), float(part.original.sum()), np.minimum(blended * trend, LARGEST),
            with_tail("flat", one.risk, one.prepaid, prepayment[:term], how.credibility), one.maturity,
            received(part), own,
        )  # fmt: skip
    shared: dict[tuple[str, str], SegmentFit] = {}
    if len(by) > 1:
        for name in by:
            alone = fit(history, (name,), how).segments
            shared |= {(name, key[0]): one for key, one in alone.items()}
    return Fit(tuple(by), how, history.observed, history.lag, whole, found, shared)


#: So many expected defaults weigh as much as those that young loans had, when their level is set against that of all.
STEADY = 20.0


def trend_of(paid: History, how: Method, default: Column) -> float:
    """The level of the youngest loans, at the ages that they have reached, against that of all."""
    if how.trend is None:
        return 1.0
    young = np.flatnonzero(paid.start > paid.observed - how.trend)
    if not len(young):
        return 1.0
    late = seen_by_month(paid.take(young), len(default))[1]
    return float((late.defaults.sum() + STEADY) / (np.sum(late.risk * default) + STEADY))


def levels_of(seen: Any, expected: Any) -> Column:
    """How many times the defaults of all loans each segment has, drawn to 1 where few were to be expected, (G,).

    (seen + s) / (expected + s), where 1 / s is the variance of the segments' levels beyond chance: sum of
    ((seen - expected)^2 - expected) / sum of expected^2.

    Parameters
    ----------
    seen, expected : (G,) defaults

    Returns
    -------
    (G,), pure numbers

    Source: Buehlmann and Straub (1970), moments of counts.

    >>> levels_of([10.0, 10.0], [10.0, 10.0]).tolist(), bool(levels_of([400.0, 0.1], [100.0, 100.0])[0] > 3.9)
    ([1.0, 1.0], True)
    """
    counts, due = np.asarray(seen, dtype=float), np.asarray(expected, dtype=float)
    if not np.sum(due**2) > 0.0:
        return np.ones(len(due))
    beyond = float(np.sum((counts - due) ** 2 - due) / np.sum(due**2))
    if beyond <= 0.0:
        return np.ones(len(due))
    found: Column = (counts + 1.0 / beyond) / (due + 1.0 / beyond)
    return found


def received(history: History) -> float:
    """Recoveries after costs, of principal lost; nan where nothing was lost."""
    lost = float(history.lost.sum())
    return float(history.recovered.sum()) / lost if lost > 0.0 else float("nan")
