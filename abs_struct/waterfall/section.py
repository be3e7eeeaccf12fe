"""A section of the priority of payments: pots of cash, and the clauses that empty them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import cast

from abs_struct.core.arithmetic.numbers import Numbers
from abs_struct.core.formula import Formula
from abs_struct.core.state import Entity, State
from abs_struct.waterfall.steps.step import Step
from abs_struct.waterfall.take import COLLECTIONS, CashState


@dataclass(frozen=True, eq=False, repr=False)
class Clause:
    """A step in its place: its name, and the path of the lines of each of its payments."""

    name: str
    step: Step
    legs: dict[str, str]


class Available(Entity):
    """What the word `available` means in a formula: the cash that the clauses above have left."""

    def __init__(self, state: CashState) -> None:
        super().__init__("scope")
        self.state = state

    @property
    def available(self) -> object:
        """Collections left for the clause being applied."""
        return self.state.pots[COLLECTIONS]


Resolved = list[tuple[Callable[[Numbers, CashState], None], dict[str, Entity]]]


@dataclass(frozen=True, eq=False, repr=False)
class Section:
    """Clauses in their order. A section that is not in force sees no cash, so states need no branches."""

    name: str
    clauses: tuple[Clause, ...]
    accounts: tuple[str, ...]
    when: Formula | None = None

    def open(self, x: Numbers, s: State) -> None:
        """Nothing is paid at closing."""

    def prepare(self, x: Numbers, s: State) -> None:
        """Nothing is known before the loop."""

    def apply(self, x: Numbers, s: State) -> None:
        """Fill the pots, apply the clauses, and write back what is left to the accounts."""
        cash = cast(CashState, s)
        section = s.entities[f"sections.{self.name}"]
        section.in_force = 1.0 if self.when is None else x.flag(self.when(x, s))
        in_force = None if self.when is None else section.in_force > 0.5
        cash.pots = {}
        for name in self.accounts:
            balance = s.accounts[name].balance
            cash.pots[name] = balance if in_force is None else x.where(in_force, balance, 0.0)
        section.available = cash.pots[COLLECTIONS]
        cash.pots[COLLECTIONS] = section.available
        for apply, legs in self.resolved(cash):
            cash.legs = legs
            apply(x, cash)
        for name in self.accounts:
            account = s.accounts[name]
            left = cash.pots[name]
            account.balance = left if in_force is None else x.where(in_force, left, account.balance)

    def resolved(self, s: CashState) -> Resolved:
        """The steps with the entities of their lines, looked up once for each state."""
        known: dict[str, Resolved] = s.resolved
        if self.name not in known:
            s.entities.setdefault("scope", Available(s))
            known[self.name] = [
                (clause.step.apply, {leg: s.entities[path] for leg, path in clause.legs.items()})
                for clause in self.clauses
            ]
        return known[self.name]
