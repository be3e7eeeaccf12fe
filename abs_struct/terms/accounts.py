"""The terms of cash accounts."""

from __future__ import annotations

from pydantic import Field, model_validator

from abs_struct.core.formula import Formula
from abs_struct.terms.base import Terms
from abs_struct.terms.coupons import CouponTerms


class Account(Terms):
    """A cash account beside collections: a reserve, a spread account, the principal account."""

    initial: Formula | None = Field(default=None, description="what it holds at closing: 1_500_000 or 0.50% of pool")
    required: Formula | None = Field(default=None, description="what it has to hold, worked out each period")
    non_declining: bool = Field(
        default=False, description="the required amount never falls below that of the period before"
    )
    receives: Formula | None = Field(
        default=None,
        description="its part of what comes in each period, such as pool.principal_collections; the rest goes to the "
        "collection account",
    )
    earns: CouponTerms = Field(
        default=0.0,
        description="yearly income on what it held, paid into collections: a rate, or {index: ..., margin: ...}",
    )
    label: str = Field(default="", description="the name to print")

    @model_validator(mode="after")
    def required_is_known(self) -> Account:
        """What never declines has to be required."""
        if self.non_declining and self.required is None:
            raise ValueError("non_declining says how the required amount moves; write `required:`")
        return self
