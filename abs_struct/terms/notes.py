"""The terms of a class of notes."""

from __future__ import annotations

from pydantic import Field, model_validator

from abs_struct.core.formula import Formula
from abs_struct.terms.base import Terms
from abs_struct.terms.coupons import Coupon, CouponTerms
from abs_struct.terms.dates import Day, DayCount
from abs_struct.terms.numbers import Amount, choice
from abs_struct.terms.schedules import ByPeriod

UnpaidInterest = choice("carried", "with interest", "capitalised", "lost")


class Note(Terms):
    """A class of notes. Interest due = balance x coupon x accrual fraction, by itself, every period."""

    balance: Formula = Field(description="an amount, or a share: 165_750_000 or 55.25% of pool")
    coupon: CouponTerms = Field(
        default=0.0, description="the fixed yearly rate, or {index: EURIBOR_1M, margin: 0.70%, floor: 0%} (see coupon)"
    )
    day_count: DayCount = Field(default="30/360", description="how the accrual period is counted")
    notional: Formula | None = Field(
        default=None, description="interest is counted on this and not on the balance (interest-only class)"
    )
    unpaid_interest: UnpaidInterest = Field(  # type: ignore[valid-type]
        default="carried",
        description="what becomes of interest due and unpaid: carried; carried and earning interest at the coupon; "
        "added to the balance; or lost (a cap without carry-over)",
    )
    deferrable: bool = Field(
        default=False, description="whether interest may be deferred; if not, unpaid interest is reported as missed"
    )
    accrues_while: Formula | None = Field(
        default=None, description="accrual (Z) class: while this holds interest is added to the balance"
    )
    target: ByPeriod | None = Field(
        default=None,
        description="the planned balance after each payment, by period ({1: 90_000_000, 2: ...}) or as a formula; "
        "the step `principal` with `to: target` pays down to it",
    )
    expected_maturity: Day | None = Field(default=None, description="when the class is expected to be repaid")
    legal_maturity: Day | None = Field(default=None, description="when the class has to be repaid")
    subordinated_loan: bool = Field(
        default=False,
        description="a loan that funds an account: not counted in the balance of all notes, enhancement and "
        "overcollateralisation",
    )
    rating: str = Field(default="", description="as the deal's documents print it; the engine does not read it")
    label: str = Field(default="", description="the name to print, such as Class A-1")
    issue_price: Amount = Field(default=100.0, description="per 100 of balance, clean, at closing")

    @model_validator(mode="after")
    def maturities(self) -> Note:
        """Expected before legal maturity."""
        if self.expected_maturity and self.legal_maturity and self.expected_maturity > self.legal_maturity:
            raise ValueError(
                f"expected_maturity {self.expected_maturity} lies after legal_maturity {self.legal_maturity}"
            )
        return self

    @property
    def floats(self) -> bool:
        """Whether the coupon is worked out each period."""
        return isinstance(self.coupon, Coupon)

    @property
    def index(self) -> str | None:
        """The index of a floating class."""
        return self.coupon.index if isinstance(self.coupon, Coupon) else None
