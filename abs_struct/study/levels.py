"""Default levels: what share of its receivables defaults over a deal's life, and at which multiple of the curves.

A distribution speaks of the level, a deal file of curves. A ladder of multiples, run once through the pool, ties the
two: between two rungs the level is taken to be a straight line.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from abs_struct.core.findings import UsageError
from abs_struct.deal import Deal
from abs_struct.study.levers import Lever, default_levers
from abs_struct.study.scenarios import evaluate

#: Rungs of the ladder below and above the deal's own curves.
BELOW, ABOVE = 256, 768


@dataclass(frozen=True, eq=False)
class Levels:
    """The ladder of a deal.

    levers : the numbers that are raised together
    mean : the level of the deal as it stands, a fraction: all defaults / (initial pool + all that was bought); of card
        accounts, the charge-off rate a year
    multiples, levels : (K,), rising
    """

    levers: tuple[Lever, ...]
    mean: float
    multiples: Any
    levels: Any

    @property
    def most(self) -> float:
        """The level beyond which the pool can bear no more."""
        return float(self.levels[-1])

    def multiple(self, level: Any) -> Any:
        """The multiple of the deal's own curves at which so much defaults, (S,); that of the most where it is more."""
        return np.interp(level, self.levels, self.multiples)


def levels_of(deal: Deal) -> Levels:
    """The ladder of a deal, from no defaults to all that its pool can bear.

    Raises
    ------
    UsageError : a deal without defaults
    """
    levers = default_levers(deal)
    if deal.terms.assumptions.cards is not None:
        one = levers[0]
        mean = one.base if not one.path.endswith("multiple") else first_rate(deal)
        return Levels((one,), mean, np.array([0.0, one.most / one.base]), np.array([0.0, mean * one.most / one.base]))
    most = min(lever.most / lever.base for lever in levers if lever.base > 0.0)
    multiples = np.concatenate([np.linspace(0.0, 1.0, BELOW, endpoint=False), np.geomspace(1.0, most, ABOVE)])
    bought = [PURCHASED] if deal.terms.revolving is not None else []
    varied = [lever.times(multiples) for lever in levers]
    found = evaluate(deal, varied, ["pool.defaulted"], record=[INITIAL, *bought])
    receivables = found.recorded[INITIAL][-1] + sum(found.recorded[path].sum(axis=0) for path in bought)
    levels = found.columns["pool.defaulted"] / receivables
    if not levels[BELOW] > 0.0:
        raise UsageError("nothing defaults in the deal as it stands; a distribution needs a mean above 0%")
    rising = np.concatenate([[True], np.diff(np.maximum.accumulate(levels)) > 1e-12])
    return Levels(tuple(levers), float(levels[BELOW]), multiples[rising], levels[rising])


INITIAL, PURCHASED = "pool.initial_balance", "pool.purchased"


def first_rate(deal: Deal) -> float:
    """The charge-off rate with which a path begins."""
    cards = deal.terms.assumptions.cards
    terms: Any = cards.charge_off if cards is not None else 0.0
    for found in (terms.rate, terms.begin):
        if found is not None:
            return float(found)
    return float(next(iter((terms.steps or terms.linear).values())))
