"""Fitting: default and prepayment by age, and recovery, of each segment of a history; and the losses they project."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from abs_struct.core.findings import UsageError
from abs_struct.history.hazards import with_tail
from abs_struct.history.lifetable import LifeTable, life_table_of
from abs_struct.history.loans import History

if TYPE_CHECKING:
    import pandas as pd

Column = NDArray[np.float64]


@dataclass(frozen=True)
class Method:
    """How hazards are estimated.

    tail : the curve where too few were at risk; credibility : the loans that all loans count as in a segment
    window : so many months up to the last that is known; all when None
    trend : loans made in so many last months set the level of the default curve, at the ages that they have reached; all
        loans when None
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

    table : what was seen; recovery : the share of lost principal received since, nan where nothing was lost
    """

    key: tuple[str, ...]
    loans: int
    original: float
    default: Column
    prepayment: Column
    recovery: float
    table: LifeTable

    def incidence(self, months: int) -> Column:
        """The share of loans that has defaulted by each month of a life of so many, (months,)."""
        alive, total, found = 1.0, 0.0, np.zeros(months)
        for k in range(months):
            default, gone = at(self.default, k), at(self.prepayment, k)
            total += alive * default
            alive *= max(1.0 - default - gone, 0.0)
            found[k] = total
        return found

    def loss(self, rate: float, term: int, lag: int) -> Column:
        """Cumulative gross loss of a new level-pay loan, of what was lent, by month of its life and `lag` after it.

        A loan that is charged off in a month paid `lag` months before for the last time, and owes its balance then.
        """
        months = term + lag
        steps = np.diff(self.incidence(months), prepend=0.0)
        paid = np.maximum(np.arange(1, months + 1) - lag, 0)
        found: Column = np.cumsum(steps * balance(rate, term, paid))
        return found


@dataclass(frozen=True, eq=False)
class Fit:
    """The curves of all segments, and of all loans together (the segment `()`), up to A months."""

    by: tuple[str, ...]
    method: Method
    observed: int
    lag: int
    whole: SegmentFit
    segments: dict[tuple[str, ...], SegmentFit]

    def of(self, key: tuple[str, ...]) -> SegmentFit:
        """The segment, or all loans where it was never seen."""
        return self.segments.get(key, self.whole)

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
                        "segment": " ".join(fit.key) or "all", "month": place,
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


def at(hazards: Column, month: int) -> float:
    """The hazard of a month; the last one holds for ever."""
    return float(hazards[min(month, len(hazards) - 1)])


def balance(rate: float, term: int, paid: Any) -> Any:
    """What a level-pay loan of 1 owes after so many payments: ((1 + i)^n - (1 + i)^m) / ((1 + i)^n - 1).

    Parameters
    ----------
    rate : scalar, fraction a year
    term : months n
    paid : scalar or (A,), payments m

    Returns
    -------
    scalar or (A,), fraction of what was lent

    Raises
    ------
    Nothing

    Source: definition of an annuity.

    >>> balance(0.12, 12, 0), round(float(balance(0.12, 12, 6)), 6), balance(0.0, 4, 1)
    (1.0, 0.514925, 0.75)
    """
    done = np.minimum(np.asarray(paid, dtype=float), term)
    if rate == 0.0:
        found = 1.0 - done / term
    else:
        growth = (1.0 + rate / 12.0) ** term
        found = (growth - (1.0 + rate / 12.0) ** done) / (growth - 1.0)
    return float(found) if np.ndim(found) == 0 else found


def by_month(table: LifeTable, months: int) -> tuple[Column, Column, Column]:
    """At risk, defaults and other ends by month of life, (months,); what ends in that of origination is month 1."""
    columns = []
    for values in (table.at_risk, table.defaults, table.others):
        found = np.zeros(months + 1)
        found[: min(len(values), months + 1)] = values[: months + 1]
        columns.append(found)
    risk, defaults, others = columns
    defaults[1], others[1], risk[1] = defaults[1] + defaults[0], others[1] + others[0], max(risk[0], risk[1])
    return risk[1:], defaults[1:], others[1:]


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
    how = method if method is not None else Method()
    if not history.defaulted.any():
        raise UsageError("no loan of the history defaulted; there is no default curve to fit")
    months = int(history.term.max()) + history.lag
    table = life_table_of(history, window=how.window)
    risk, defaults, others = by_month(table, months)
    seen_by_all = default = with_tail(how.tail, risk, defaults)
    prepayment = with_tail("flat", risk, others)
    trend = 1.0
    if how.trend is not None:
        young = np.flatnonzero(history.start > history.observed - how.trend)
        if len(young):
            seen, bad, _ = by_month(life_table_of(history, young), months)
            trend = level_of(seen, bad, default)
            default = np.minimum(default * trend, 0.999)
    whole = SegmentFit((), len(history), float(history.original.sum()), default, prepayment, received(history), table)
    segments, place = history.by(by)
    found = {}
    for k, key in enumerate(segments if by else []):
        rows = np.flatnonzero(place == k)
        part = history.take(rows)
        try:
            own = life_table_of(part, window=how.window)
        except UsageError:  # none of them in the window: they follow the whole
            continue
        risk, defaults, others = by_month(own, months)
        scale = level_of(risk, defaults, seen_by_all)
        found[key] = SegmentFit(
            key, len(part), float(part.original.sum()),
            np.minimum(with_tail(how.tail, risk, defaults, seen_by_all * scale, how.credibility) * trend, 0.999),
            with_tail("flat", risk, others, prepayment, how.credibility), received(part), own,
        )  # fmt: skip
    return Fit(tuple(by), how, history.observed, history.lag, whole, found)


#: So many expected defaults weigh as much as those that a segment had, when its level is set against that of all.
STEADY = 20.0


def level_of(risk: Column, defaults: Column, prior: Column) -> float:
    """How many times the defaults of all loans a segment has, drawn to 1 where few were to be expected."""
    expected = float(np.sum(risk * prior))
    return float((defaults.sum() + STEADY) / (expected + STEADY))


def received(history: History) -> float:
    """Recoveries after costs, of principal lost; nan where nothing was lost."""
    lost = float(history.lost.sum())
    return float(history.recovered.sum()) / lost if lost > 0.0 else float("nan")


def projected(found: Fit, history: History, until: Any = None) -> Column:
    """The gross loss of new loans that a fit projects, (N,), currency units.

    Parameters
    ----------
    found : the curves
    history : N loans, of which rates are taken as their means by segment and term
    until : (N,) the age to which each is projected, months; its whole life when left out

    Returns
    -------
    (N,), currency units

    Raises
    ------
    UsageError : no such column
    """
    segments, place = history.by(found.by)
    result = np.zeros(len(history))
    for k, key in enumerate(segments):
        for term in np.unique(history.term[place == k]):
            rows = np.flatnonzero((place == k) & (history.term == term))
            rate = float(np.average(history.rate[rows], weights=history.original[rows]))
            path = found.of(key).loss(rate, int(term), found.lag)
            ages = np.full(len(rows), len(path)) if until is None else np.clip(until[rows], 0, len(path))
            shares = np.concatenate([[0.0], path])[ages]
            result[rows] = history.original[rows] * shares
    return result
