"""Returns: goods that are sent back and receivables that are cancelled, month by month.

Of the opening balance of a month, after default and before anything is paid:

    refunds    cancelled against cash: merchant or originator pays the balance to the pool
    dilution   cancelled without cash: disputes, rebates, fraud by the merchant; lost, but no default

each at most what the one before it leaves: default first, then refunds, then dilution.
"""

from __future__ import annotations

from dataclasses import dataclass

from abs_struct.core.arithmetic.numbers import Numbers, Value
from abs_struct.core.lines import Line, declare, flow
from abs_struct.core.state import Entity, State
from abs_struct.curves import Assumptions

REFUNDS = flow("refunds", "Refunds", "退款金额", "cancelled against cash of merchant or originator")
DILUTION = flow("dilution", "Dilution", "稀释金额", "cancelled without cash: principal that is lost, but no default")
RETURNS = declare("pool with returns", REFUNDS, DILUTION)
#: The fields of the assumptions, each with its line, in the order in which they are taken.
KINDS: dict[str, Line] = {"refunds": REFUNDS, "dilution": DILUTION}


@dataclass(frozen=True, eq=False, repr=False)
class Returns:
    """What is returned of some loans: which fields the assumptions have, and where in the deal."""

    at: tuple[tuple[str, str], ...]

    @property
    def lines(self) -> tuple[Line, ...]:
        """The lines that it fills."""
        return tuple(KINDS[field] for field, _ in self.at)

    def shares(self, x: Numbers, s: State, alive: Value) -> list[Value]:
        """The share of the opening balance that each takes, of what is alive after default."""
        found: list[Value] = []
        for _, at in self.at:
            share = x.minimum(s.inputs[at], alive)
            found.append(share)
            alive = alive - share
        return found

    def apply(self, x: Numbers, s: State, c: Entity, alive: Value) -> Value:
        """Cancel the returns of a month; the share that is alive after them.

        Parameters
        ----------
        x : numbers backend; s : state; c : cohort or unit
        alive : the share of the opening balance that has not defaulted, scalar or (S,), a fraction

        Returns
        -------
        scalar or (S,), a fraction
        """
        for (field, _), share in zip(self.at, self.shares(x, s, alive), strict=True):
            setattr(c, field, share * c.opening_balance)
            alive = alive - share
        return alive


def returns_of(assumptions: Assumptions, group: str | None, prefix: str) -> Returns:
    """What is returned of the loans of a group."""
    found = []
    for field in KINDS:
        value, at = assumptions.own(group, field)
        if value is not None:
            found.append((field, f"{prefix}.{at}"))
    return Returns(tuple(found))
