"""Conventions: in which order default, interest, scheduled principal and prepayment share a month.

Engines differ here by whole per cents of the losses; a deal therefore names its set, and may override a member:

    order         together | default_first               prepayment is taken from the opening balance, or
                                                         from what default leaves of it
    period        month | days                           a period is 1/12 of a year, or its actual days / 365
    interest_on   opening | after_default | after_both   whose interest is received
    scheduled_on  after_default | after_both             whose scheduled principal is received
    loss_at       default | liquidation                  net loss is defaulted - recovered, or booked when the
                                                         recovery arrives
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from pydantic import model_validator

from abs_struct.terms.base import Terms
from abs_struct.terms.numbers import choice

Order = choice("together", "default_first")
Period = choice("month", "days")
InterestOn = choice("opening", "after_default", "after_both")
ScheduledOn = choice("after_default", "after_both")
LossAt = choice("default", "liquidation")


@dataclass(frozen=True)
class Convention:
    """A set with all its members decided."""

    order: str
    period: str
    interest_on: str
    scheduled_on: str
    loss_at: str


#: The named sets: the US standard of SIFMA, and the one common in other engines.
SETS = {
    "sifma": Convention("together", "month", "after_default", "after_default", "default"),
    "survivor-days": Convention("default_first", "days", "after_both", "after_both", "liquidation"),
}


class Conventions(Terms):
    """A named set, `sifma` or `survivor-days`, and the members in which the deal differs from it."""

    set: choice(*SETS) = "sifma"  # type: ignore[valid-type]
    order: Order | None = None  # type: ignore[valid-type]
    period: Period | None = None  # type: ignore[valid-type]
    interest_on: InterestOn | None = None  # type: ignore[valid-type]
    scheduled_on: ScheduledOn | None = None  # type: ignore[valid-type]
    loss_at: LossAt | None = None  # type: ignore[valid-type]

    @model_validator(mode="before")
    @classmethod
    def named(cls, written: Any) -> Any:
        """`conventions: sifma` is short for `conventions: {set: sifma}`."""
        return {"set": written} if isinstance(written, str) else written

    @property
    def resolved(self) -> Convention:
        """The set with the members that the deal overrides."""
        base = SETS[self.set].__dict__
        return Convention(**{member: getattr(self, member) or word for member, word in base.items()})
