"""The life table with competing risks: a loan defaults, or is paid off, or is still there.

Of n(a) loans at risk in the month of age a, d(a) default and c(a) end otherwise. What defaults by age a is

    F(a) = sum over k up to a of S(k - 1) d(k) / n(k)        S(k) = S(k - 1) (1 - (d(k) + c(k)) / n(k))

the estimate of Aalen and Johansen. Kaplan and Meier would take who is paid off for somebody who could still default,
and put too much on the defaults.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from abs_struct.core.findings import UsageError
from abs_struct.history.loans import OPEN, History

Column = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class LifeTable:
    """Ages, rising, with who was at risk, defaulted and ended otherwise; each (K,), loans or currency units."""

    age: NDArray[np.int64]
    at_risk: Column
    defaults: Column
    others: Column

    @cached_property
    def hazard(self) -> Column:
        """The share that defaults in the month of each age, of those at risk."""
        return shares(self.defaults, self.at_risk)

    @cached_property
    def leaving(self) -> Column:
        """The share that ends otherwise in the month of each age, of those at risk."""
        return shares(self.others, self.at_risk)

    @cached_property
    def survival(self) -> Column:
        """The share still there after the month of each age."""
        return np.asarray(np.cumprod(np.maximum(1.0 - self.hazard - self.leaving, 0.0)), dtype=float)

    @cached_property
    def incidence(self) -> Column:
        """What has defaulted by each age, of all: F(a)."""
        return np.cumsum(np.concatenate([[1.0], self.survival[:-1]]) * self.hazard)

    @cached_property
    def error(self) -> Column:
        """The standard error of F(a): Greenwood's formula for competing risks, by the delta method."""
        before = np.concatenate([[1.0], self.survival[:-1]])
        found = np.zeros(len(self.age))
        room = np.maximum(self.at_risk * np.maximum(self.at_risk - self.defaults - self.others, 1e-300), 1e-300)
        ended = (self.defaults + self.others) / room
        direct = before**2 * shares(self.defaults * (self.at_risk - self.defaults), self.at_risk**3)
        mixed = before * shares(self.defaults, self.at_risk**2)
        for k in range(len(self.age)):
            rest = self.incidence[k] - self.incidence[: k + 1]
            found[k] = np.sum(rest**2 * ended[: k + 1]) + np.sum(direct[: k + 1]) - 2.0 * np.sum(rest * mixed[: k + 1])
        return np.sqrt(np.maximum(found, 0.0))

    def at(self, age: int) -> float:
        """F at an age: 0 before the first, that of the last beyond it."""
        place = int(np.searchsorted(self.age, age, side="right"))
        return float(self.incidence[place - 1]) if place else 0.0


def shares(part: Column, whole: Column) -> Column:
    """Part / whole, 0 where there is nothing."""
    return np.divide(part, whole, out=np.zeros(len(part)), where=whole > 0.0)


def life_table(age: Any, at_risk: Any, defaults: Any, others: Any) -> LifeTable:
    """A life table from its columns.

    Parameters
    ----------
    age : (K,) months, rising
    at_risk, defaults, others : (K,) loans or currency units; what ends in a month was at risk in it

    Returns
    -------
    LifeTable

    Raises
    ------
    UsageError : ages that do not rise, or more that end than were at risk

    Source: Aalen and Johansen (1978); Greenwood (1926) with competing risks after Marubini and Valsecchi (1995).

    >>> found = life_table([1, 2], [100, 80], [10, 8], [10, 0])
    >>> [round(float(value), 4) for value in found.incidence]
    [0.1, 0.18]
    """
    ages = np.asarray(age, dtype=np.int64)
    columns = [np.asarray(values, dtype=float) for values in (at_risk, defaults, others)]
    if (np.diff(ages) <= 0).any():
        raise UsageError("the ages of a life table rise; there is one line for each")
    if (columns[1] + columns[2] > columns[0] * (1.0 + 1e-12)).any():
        k = int(np.argmax(columns[1] + columns[2] - columns[0]))
        raise UsageError(f"at age {int(ages[k])} more loans end than were at risk")
    return LifeTable(ages, *columns)


def life_table_of(
    history: History, rows: Any = None, *, by_amount: bool = False, window: int | None = None
) -> LifeTable:
    """The life table of some loans: at risk at an age are those that neither ended nor were cut off before it.

    With a window only its months count: a loan that is older comes in at the age that it has then. The table is one of
    the period, and follows a trend that the whole past would hide.

    Parameters
    ----------
    history : N loans
    rows : which of them, all when left out
    by_amount : weigh each by what was lent; else by number
    window : so many months up to the last that is known; all when left out

    Returns
    -------
    LifeTable of ages 0 to the greatest

    Raises
    ------
    UsageError : no loans
    """
    part = history if rows is None else history.take(np.asarray(rows))
    if not len(part):
        raise UsageError("a life table needs at least one loan")
    entered = np.zeros(len(part), dtype=np.int64)
    if window is not None:
        first = history.observed - window  # what happened up to this month does not count
        part = part.take(np.flatnonzero(part.end > first))
        if not len(part):
            raise UsageError(f"no loan was there in the last {window} months; take a longer window")
        entered = np.maximum(first - part.start, 0)
    weight = part.original if by_amount else np.ones(len(part))
    size = int(part.age.max()) + 1

    def ended(which: Any) -> Column:
        found: Column = np.bincount(part.age[which], weights=weight[which], minlength=size).astype(float)
        return found

    everyone = ended(np.ones(len(part), dtype=bool))
    at_risk = np.cumsum(everyone[::-1])[::-1]
    if window is not None:
        late = np.bincount(entered, weights=np.where(entered > 0, weight, 0.0), minlength=size)[:size]
        at_risk = at_risk - np.cumsum(late[::-1])[::-1]  # who came in at an age is at risk after it
    others = ended(~part.defaulted & (part.ended != OPEN))
    return life_table(np.arange(size), at_risk, ended(part.defaulted), others)
