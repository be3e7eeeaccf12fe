"""Named amounts of a deal, worked out on the determination date."""

from __future__ import annotations

from dataclasses import dataclass

from abs_struct.core.arithmetic.numbers import Numbers
from abs_struct.core.formula import Formula
from abs_struct.core.state import State


@dataclass(frozen=True, eq=False, repr=False)
class Amount:
    """A named amount, worked out once a period; with several formulas, the one whose period has come."""

    name: str
    formulas: tuple[Formula, ...]
    stage: str = ""

    def open(self, x: Numbers, s: State) -> None:
        """Amounts are first worked out in period 1."""

    def prepare(self, x: Numbers, s: State) -> None:
        """Nothing is known before the loop."""

    def apply(self, x: Numbers, s: State) -> None:
        """The value of the formula, as a line."""
        values = [formula(x, s) for formula in self.formulas]
        value = values[0] if len(values) == 1 else x.lookup(values, getattr(s.amounts, self.stage))
        bound = self.formulas[0].bound
        assert bound is not None  # it has just been used
        truth = bound.unit == "flag" and bound.node[0] not in {"line", "past"}
        setattr(s.amounts, self.name, x.flag(value) if truth else value)
