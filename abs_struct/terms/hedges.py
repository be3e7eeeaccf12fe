"""The terms of hedges: swaps, caps and floors."""

from __future__ import annotations

from pydantic import Field, model_validator

from abs_struct.core.formula import Formula
from abs_struct.terms.base import Terms
from abs_struct.terms.coupons import CouponTerms
from abs_struct.terms.dates import Day, DayCount
from abs_struct.terms.names import Name
from abs_struct.terms.numbers import choice

Kind = choice("swap", "cap", "floor")


class Hedge(Terms):
    """An interest-rate hedge of the issuer with a counterparty.

    A swap exchanges `pays` for `receives` on the notional. A cap pays the issuer max(receives - strike, 0), a floor
    max(strike - receives, 0), and `pays` is a running premium. Only the net changes hands.
    """

    kind: Kind = Field(default="swap", description="swap, cap or floor")  # type: ignore[valid-type]
    notional: Formula = Field(description="what the rates are counted on: notes.A.opening_balance, a formula or amount")
    pays: CouponTerms = Field(default=0.0, description="the yearly rate that the issuer pays")
    receives: CouponTerms = Field(
        description="the yearly rate that the issuer receives: {index: EURIBOR_1M, floor: 0%}"
    )
    strike: CouponTerms = Field(default=0.0, description="the strike of a cap or floor")
    day_count: DayCount = Field(default="actual/360", description="how the period is counted, on both sides")
    into: Name = Field(default="collections", description="the account that gets what the counterparty pays")
    counterparty_default: Day | None = Field(
        default=None, description="from this payment date the counterparty pays nothing and the hedge ends"
    )
    termination: Formula | None = Field(
        default=None,
        description="what the issuer owes when the counterparty defaults, worked out then; paid by a clause with "
        "`part: termination`",
    )
    label: str = Field(default="", description="the name to print")

    @model_validator(mode="after")
    def complete(self) -> Hedge:
        """A strike for an option, none for a swap; a termination payment needs a default."""
        strikes = "strike" in self.model_fields_set
        if (self.kind != "swap") != strikes:
            raise ValueError(f"a {self.kind} " + ("has no strike" if strikes else "needs a strike"))
        if self.termination is not None and self.counterparty_default is None:
            raise ValueError("termination is owed on a counterparty_default; write its date")
        return self
