"""A section of the priority of payments: pots of cash, and the clauses that empty them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import cast

from abs_struct.core.arithmetic.numbers import Numbers, Value
from abs_struct.core.formula import Formula
from abs_struct.core.state import Entity, State
from abs_struct.waterfall.steps.step import Step
from abs_struct.waterfall.take import AVAILABLE, COLLECTIONS, CashState


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
        """Cash left for the clause being applied."""
        return self.state.pots[AVAILABLE]


Resolved = list[tuple[Callable[[Numbers, CashState], None], dict[str, Entity], Formula | None]]


@dataclass(frozen=True, eq=False, repr=False)
class Section:
    """Clauses in their order. A section that is not in force sees no cash, so states need no branches.

    source : the account whose cash it distributes; accounts, facilities : what else its clauses touch
    every_period : whether each period has a payment date; if not, a section pays only in those that have one
    """

    name: str
    clauses: tuple[Clause, ...]
    accounts: tuple[str, ...]
    when: Formula | None = None
    source: str = COLLECTIONS
    facilities: tuple[str, ...] = ()
    every_period: bool = True

    def open(self, x: Numbers, s: State) -> None:
        """Nothing is paid at closing."""

    def prepare(self, x: Numbers, s: State) -> None:
        """Nothing is known before the loop."""

    def apply(self, x: Numbers, s: State) -> None:
        """Fill the pots, apply the clauses, and write back what is left."""
        cash = cast(CashState, s)
        section = s.entities[f"sections.{self.name}"]
        in_force = self.decide(x, s, section)
        giving, clauses = self.resolved(cash)
        cash.pots = {}
        cash.in_force = in_force
        for pot, entity, line in giving:
            held = getattr(entity, line)
            cash.pots[pot] = held if in_force is None else x.where(in_force, held, 0.0)
        section.available = cash.pots[AVAILABLE]
        cash.pots[AVAILABLE] = section.available
        for apply, legs, when in clauses:
            cash.legs = legs
            cash.gate = None if when is None else when(x, cash)
            apply(x, cash)
        for pot, entity, line in giving:
            left = cash.pots[pot]
            setattr(entity, line, left if in_force is None else x.where(in_force, left, getattr(entity, line)))

    def decide(self, x: Numbers, s: State, section: Entity) -> Value | None:
        """Whether the section distributes cash; None where it always does."""
        if self.when is None and self.every_period:
            section.in_force = 1.0
            return None
        holds = s.deal.pays > 0.5 if self.when is None else self.when(x, s)
        if self.when is not None and not self.every_period:
            holds = x.both(holds, s.deal.pays > 0.5)
        section.in_force = x.flag(holds)
        return section.in_force > 0.5

    def resolved(self, s: CashState) -> tuple[list[tuple[str, Entity, str]], Resolved]:
        """The pots with the lines that hold their cash, and the steps with theirs, looked up once for each state."""
        known = s.resolved
        if self.name not in known:
            s.entities.setdefault("scope", Available(s))
            accounts = {name: s.accounts[name] for name in self.accounts}
            facilities = {name: s.entities[f"facilities.{name}"] for name in self.facilities}
            s.support = getattr(s, "support", {}) | accounts | facilities
            giving = [(AVAILABLE, s.accounts[self.source], "balance")]
            giving += [(name, entity, "balance") for name, entity in accounts.items()]
            giving += [(name, entity, "available") for name, entity in facilities.items()]
            clauses: Resolved = [
                (clause.step.apply, {leg: s.entities[path] for leg, path in clause.legs.items()}, clause.step.when)
                for clause in self.clauses
            ]
            known[self.name] = giving, clauses
        found: tuple[list[tuple[str, Entity, str]], Resolved] = known[self.name]
        return found
