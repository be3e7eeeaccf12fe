"""Whether the deal buys receivables in a period."""

from __future__ import annotations

from dataclasses import dataclass

from abs_struct.core.arithmetic.numbers import Numbers
from abs_struct.core.formula import Formula
from abs_struct.core.state import State


@dataclass(frozen=True, eq=False, repr=False)
class RevolvingState:
    """active = the day of the last purchase has not passed, and `when` holds; it may hold again after it did not.

    It has passed on the payment dates after it; with a purchase clock of its own, on those that pay for the month of
    that day or for later ones.
    """

    when: Formula | None = None
    clocked: bool = False

    def open(self, x: Numbers, s: State) -> None:
        """Nothing is bought at closing."""

    def prepare(self, x: Numbers, s: State) -> None:
        """Nothing is known before the loop."""

    def apply(self, x: Numbers, s: State) -> None:
        """The state of the period."""
        own = s.entities["revolving"]
        if self.when is None:
            own.active = own.open
        else:
            own.active = x.where(self.when(x, s), own.open, 0.0)
        if self.clocked:
            own.buying = own.active
