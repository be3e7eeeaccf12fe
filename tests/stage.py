"""A stage for one step: entities with the amounts that a test gives them, and one pot of cash."""

from __future__ import annotations

from collections import defaultdict
from typing import Any

from abs_struct.core.arithmetic.floats import Floats
from abs_struct.core.formula import Formula
from abs_struct.core.state import Entity
from abs_struct.waterfall.steps import STEPS
from abs_struct.waterfall.take import AVAILABLE, CashState


class Stage:
    """Run one step on amounts; read what it paid, and what it left."""

    def __init__(self, cash: float = 0.0, **owners: dict[str, dict[str, float]]) -> None:
        entities = {}
        for owner, things in owners.items():
            for name, amounts in things.items():
                entity = entities[f"{owner}.{name}"] = Entity(f"{owner}.{name}")
                for line, value in (DEFAULTS[owner] | amounts).items():
                    setattr(entity, line, value)
        self.state = CashState(entities, lambda path, ago: 0.0)
        self.state.pots = {AVAILABLE: cash}
        for name, account in self.state.accounts.items():
            self.state.pots[name] = account.balance
        for name, facility in self.state.group("facilities").items():
            self.state.pots[name] = facility.available
        self.state.support = {**self.state.accounts, **self.state.group("facilities")}
        self.state.gate = None
        self.state.in_force = None
        self.state.legs = defaultdict(lambda: Entity("leg"))

    def carry(self, leg: str, **amounts: float) -> None:
        """What a clause has carried from the last period."""
        for line, value in amounts.items():
            setattr(self.state.legs[leg], line, value)

    def apply(self, clause: dict[str, Any], gate: bool | None = None) -> Stage:
        """One clause; its formulas are numbers."""
        kind = next(word for word in clause if word in STEPS)
        step = STEPS[kind].model_validate(clause)
        for at, formula in enumerate(step.formulas()):
            number(self.state, formula, f"clause.{at}")
        self.state.gate = gate
        step.apply(Floats(), self.state)
        return self

    def __getitem__(self, path: str) -> float:
        """A line, or `cash`, or what an account holds: `held.reserve`."""
        owner, _, rest = path.partition(".")
        if path == "cash":
            return float(self.state.pots[AVAILABLE])
        if owner == "held":
            return float(self.state.pots[rest])
        if owner == "leg":
            leg, _, line = rest.rpartition(".")
            return float(getattr(self.state.legs[leg], line))
        thing, _, line = path.rpartition(".")
        return float(getattr(self.state.entities[thing], line))


def number(state: CashState, formula: Formula, path: str) -> None:
    """Bind a formula that is a number."""
    formula.path = path
    formula.number_nodes = formula.find_numbers()
    state.inputs |= formula.constants()
    formula.bind(lambda name: [])


DEFAULTS: dict[str, dict[str, float]] = {
    "notes": dict.fromkeys(
        ("balance", "initial_balance", "interest_owed", "interest_paid", "principal_paid", "target_balance",
         "written_down", "written_up", "unreimbursed", "pdl", "pdl_debited", "pdl_cured", "advanced"), 0.0),
    "fees": dict.fromkeys(("due", "owed", "paid", "paid_this_year", "cap"), 0.0) | {"capped": False, "waits": False},
    "accounts": dict.fromkeys(("balance", "required", "paid_in", "released", "drawn"), 0.0),
    "facilities": dict.fromkeys(("available", "limit", "opening_balance", "drawn", "repaid", "owed", "paid"), 0.0),
    "hedges": dict.fromkeys(("owed", "paid", "termination_owed", "termination_paid"), 0.0),
    "residuals": {"paid": 0.0},
}  # fmt: skip
