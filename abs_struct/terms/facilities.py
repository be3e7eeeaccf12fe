"""The terms of liquidity facilities."""

from __future__ import annotations

from pydantic import Field

from abs_struct.core.formula import Formula
from abs_struct.terms.base import Terms
from abs_struct.terms.coupons import CouponTerms
from abs_struct.terms.numbers import Rate


class Facility(Terms):
    """A liquidity facility: a lender pays what a clause with `support` cannot, up to a limit, and is repaid."""

    limit: Formula = Field(description="the most that may be outstanding, worked out each period")
    rate: CouponTerms = Field(default=0.0, description="yearly interest on what is outstanding")
    commitment_fee: Rate = Field(default=0.0, description="yearly, on the part of the limit that is not drawn")
    label: str = Field(default="", description="the name to print")
