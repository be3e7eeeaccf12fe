"""Levers: the numbers of a deal that raise its defaults, cut its recoveries, or change its speed, wherever they stand.

A deal has one default curve, or one a group of loans, or card accounts with a charge-off rate; a stress or a simulation
moves all of them together. Each lever knows its path in the deal and its value there.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np

from abs_struct.core.findings import UsageError
from abs_struct.curves.default.timing import Placed
from abs_struct.study.varied import Varied

if TYPE_CHECKING:
    from abs_struct.deal import DealFile

#: The numbers of prepayment curves, with the most that each may be.
SPEEDS = {"cpr": 0.9999, "smm": 0.9999, "abs": 0.9999, "psa": 20.0, "ppc": 20.0, "multiple": 20.0}
#: The largest multiple of a default curve, as the deal file takes it.
MOST = 100.0


class Stated(Protocol):
    """What states the terms of a deal: a deal, or a run of it."""

    @property
    def terms(self) -> DealFile:
        """The deal file."""


@dataclass(frozen=True)
class Lever:
    """A number of the deal: its path, its value there, and the most that it may be."""

    path: str
    base: float
    most: float = float("inf")

    def times(self, multiple: Any) -> Varied:
        """The field at so many times its value, (S,)."""
        return Varied.of_numbers(self.path, np.minimum(self.base * np.asarray(multiple, dtype=float), self.most))


@dataclass(frozen=True)
class Recovered:
    """A recovery: the path of its rate or severity, and the share that is received."""

    path: str
    share: float

    @property
    def lost(self) -> bool:
        """Whether the deal writes what is lost, and not what is received."""
        return self.path.endswith("severity")

    def of(self, shares: Any) -> Varied:
        """The field where these shares are received, (S,)."""
        found = np.asarray(shares, dtype=float)
        return Varied.of_numbers(self.path, 1.0 - found if self.lost else found)


@dataclass(frozen=True)
class Timed:
    """The timing of an amount: its path, whether by year or by month, and its shares."""

    path: str
    key: str
    shares: tuple[float, ...]

    def shaped(self, power: float) -> str:
        """The timing whose cumulative shares are raised to a power: below 1 earlier, above 1 later."""
        if power == 1.0:
            return self.text(self.shares)
        ends = np.minimum(np.cumsum(self.shares), 1.0) ** power
        ends[-1] = 1.0
        return self.text(np.diff(ends, prepend=0.0))

    def text(self, shares: Any) -> str:
        """A timing as the deal file would write it."""
        return f"{{{self.key}: [{', '.join(repr(float(share)) for share in shares)}]}}"


def curves(deal: Stated, field: str) -> Iterator[tuple[str, Any]]:
    """Each curve of a kind with its path: that of the pool, and those of groups that have their own."""
    assumptions = deal.terms.assumptions
    own = getattr(assumptions, field)
    if own is not None:
        yield f"assumptions.{field}", own
    for group, terms in assumptions.groups.items():
        found = getattr(terms, field)
        if found is not None:
            yield f"assumptions.groups.{group}.{field}", found


def default_levers(deal: Stated) -> list[Lever]:
    """The multiples of all default curves, or the charge-off of card accounts.

    Raises
    ------
    UsageError : the deal has no default that could be raised
    """
    cards = deal.terms.assumptions.cards
    if cards is not None:
        path = "assumptions.cards.charge_off"
        if isinstance(cards.charge_off, float) and cards.charge_off > 0.0:
            return [Lever(path, cards.charge_off, 0.9999)]
        multiple = getattr(cards.charge_off, "multiple", None)
        if isinstance(multiple, float):
            return [Lever(f"{path}.multiple", multiple, 20.0)]
        raise UsageError(f"{path}: moves by period; write {{steps: ..., multiple: 1}}, so that it can be raised")
    found = []
    for path, curve in curves(deal, "default"):
        if not hasattr(curve, "multiple"):
            raise UsageError(f"{path}: has no multiple; write cdr, mdr, cnl, cgd or a vector, so that it can be raised")
        found.append(Lever(f"{path}.multiple", curve.multiple, MOST))
    if not found:
        raise UsageError("the deal has no default curve that could be raised; write one under assumptions.default")
    return found


def recovery_levers(deal: Stated) -> list[Recovered]:
    """All recoveries; none where the deal recovers nothing."""
    found = []
    for path, terms in curves(deal, "recovery"):
        if terms.severity is not None:
            found.append(Recovered(f"{path}.severity", 1.0 - terms.severity))
        elif terms.rate:
            found.append(Recovered(f"{path}.rate", terms.rate))
    return found


def speed_levers(deal: Stated) -> list[Lever]:
    """The numbers of all prepayment curves, or the payment rate of card accounts; none where nothing is prepaid.

    Raises
    ------
    UsageError : a rate of cards that moves by period
    """
    cards = deal.terms.assumptions.cards
    if cards is not None:
        path = "assumptions.cards.payment_rate"
        if isinstance(cards.payment_rate, float):
            return [Lever(path, cards.payment_rate, 1.0)]
        multiple = getattr(cards.payment_rate, "multiple", None)
        if isinstance(multiple, float):
            return [Lever(f"{path}.multiple", multiple, 20.0)]
        raise UsageError(f"{path}: moves by period; write {{steps: ..., multiple: 1}}, so that it can be changed")
    found = []
    for path, curve in curves(deal, "prepayment"):
        word = next(word for word in SPEEDS if hasattr(curve, word))
        found.append(Lever(f"{path}.{word}", getattr(curve, word), SPEEDS[word]))
    return [lever for lever in found if lever.base > 0.0]


def timing_levers(deal: Stated) -> list[Timed]:
    """The timings of all default curves that are amounts; none where defaults are a rate."""
    return [
        Timed(f"{path}.timing", curve.timing.key, tuple(curve.timing.shares))
        for path, curve in curves(deal, "default")
        if isinstance(curve, Placed)
    ]
