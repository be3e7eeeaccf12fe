"""The terms of a deal document other than its pool and its waterfall."""

from __future__ import annotations

from datetime import date
from typing import Annotated

from pydantic import BeforeValidator, Field, WithJsonSchema, model_validator

from abs_struct.core.formula import Formula
from abs_struct.dates.calendars import CALENDARS, ROLLS
from abs_struct.terms.base import Terms
from abs_struct.terms.numbers import Amount, Rate, choice


def as_date(value: object) -> object:
    """A date as YAML gives it, or in ISO text; anything else is refused with one sentence."""
    if isinstance(value, date):
        return date(value.year, value.month, value.day)
    try:
        return date.fromisoformat(str(value))
    except ValueError as error:
        raise ValueError(f"'{value}' is not a date ({error}); write it as 2027-01-20") from None


Day = Annotated[date, BeforeValidator(as_date), WithJsonSchema({"type": "string", "format": "date"})]
DayCount = choice("30/360", "30E/360", "actual/360", "actual/365", "actual/actual")
Collection = choice("calendar month")
Calendar = choice(*CALENDARS)
Roll = choice(*ROLLS)
Accrual = choice("unadjusted", "adjusted")
Cure = choice("when the test passes", "never")


class Dates(Terms):
    """The calendar of a deal: cut-off, closing, and the payment dates."""

    cutoff: Day = Field(description="the day on which the pool is measured")
    closing: Day = Field(description="the day on which the notes are issued; interest runs from here")
    first_payment: Day = Field(description="the first payment date, before business-day adjustment")
    every: str = Field(default="1 month", description="the time between payment dates")
    collection: Collection = Field(  # type: ignore[valid-type]
        default="calendar month", description="collections of which period are paid: the month before the payment"
    )
    calendar: Calendar = Field(  # type: ignore[valid-type]
        default="none", description="the business-day calendar, such as US-NY, TARGET, CN"
    )
    roll: Roll = Field(  # type: ignore[valid-type]
        default="following", description="where a payment date moves that is not a business day"
    )
    accrual: Accrual = Field(  # type: ignore[valid-type]
        default="unadjusted", description="whether interest runs to the unadjusted or the adjusted payment date"
    )
    wal_from: Day | None = Field(
        default=None, description="the day from which weighted average life is counted; closing when left out"
    )
    legal_final: Day | None = Field(default=None, description="the day on which every note has to be repaid")

    @model_validator(mode="after")
    def in_order(self) -> Dates:
        """Cut-off <= closing < first payment < legal final."""
        if self.closing < self.cutoff:
            raise ValueError(f"closing {self.closing} must not lie before cutoff {self.cutoff}")
        if self.wal_from is not None and self.wal_from > self.first_payment:
            raise ValueError(f"wal_from {self.wal_from} lies after first_payment {self.first_payment}")
        if self.first_payment <= self.closing:
            raise ValueError(f"first_payment {self.first_payment} must lie after closing {self.closing}")
        if self.first_payment <= self.cutoff:
            raise ValueError(f"first_payment {self.first_payment} must lie after cutoff {self.cutoff}")
        if self.legal_final is not None and self.legal_final < self.first_payment:
            raise ValueError(f"legal_final {self.legal_final} lies before first_payment {self.first_payment}")
        if self.every != "1 month":
            raise ValueError(f"every '{self.every}' is not supported: this version pays every '1 month'")
        return self


class Note(Terms):
    """A class of notes. Interest due = balance x coupon x accrual fraction, by itself, every period."""

    balance: Formula = Field(description="an amount, or a share: 165_750_000 or 55.25% of pool")
    coupon: Rate = Field(default=0.0, description="the fixed yearly rate")
    day_count: DayCount = Field(  # type: ignore[valid-type]
        default="30/360", description="how the accrual period is counted"
    )
    rating: str = Field(default="", description="as the deal's documents print it; the engine does not read it")
    label: str = Field(default="", description="the name to print, such as Class A-1")
    issue_price: Amount = Field(default=100.0, description="per 100 of balance, clean, at closing")


class Fee(Terms):
    """A fee or a cost: due = rate x base x year fraction + a fixed amount; accrues by itself, and is carried."""

    rate: Rate = Field(default=0.0, description="per year, of the base")
    of: Formula | None = Field(default=None, description="the base: any line, such as pool.opening_balance")
    plus: Amount = Field(default=0.0, description="a fixed amount per year, due in equal parts while the deal lives")
    cap: Amount | None = Field(default=None, description="the most that is paid in twelve months where the cap applies")
    label: str = Field(default="", description="the name to print")

    @model_validator(mode="after")
    def has_a_base(self) -> Fee:
        """A rate needs something to be charged on."""
        if self.rate and self.of is None:
            raise ValueError("a fee with a rate needs `of:`, the line it is charged on, such as pool.opening_balance")
        if not self.rate and not self.plus:
            raise ValueError("a fee needs a rate or a fixed amount (`plus`)")
        return self


class Account(Terms):
    """A cash account beside collections, such as a reserve."""

    initial: Formula | None = Field(default=None, description="what it holds at closing: 1_500_000 or 0.50% of pool")
    required: Formula | None = Field(default=None, description="what it has to hold, worked out each period")
    label: str = Field(default="", description="the name to print")


def as_levels(value: object) -> object:
    """A level, or levels by the period from which they hold; one level holds from period 1."""
    return value if isinstance(value, dict) or value is None else {1: value}


Levels = Annotated[dict[int, Formula], BeforeValidator(as_levels)]


class Trigger(Terms):
    """A test with a level that may step with the periods, or a condition that holds or not."""

    test: Formula = Field(description="the tested value, or a condition")
    above: Levels | None = Field(
        default=None, description="breached above this level; {1: 2%, 7: 4.5%} steps from those periods on"
    )
    below: Levels | None = Field(default=None, description="breached below this level")
    cure: Cure = Field(  # type: ignore[valid-type]
        default="never", description="whether the effect ends when the test passes again"
    )
    label: str = Field(default="", description="the name to print")

    @model_validator(mode="after")
    def one_level(self) -> Trigger:
        """At most one of above and below; schedules start in period 1 and rise."""
        if self.above is not None and self.below is not None:
            raise ValueError("a trigger has either `above` or `below`, not both")
        if self.levels is not None:
            periods = list(self.levels)
            if not periods or periods[0] != 1:
                raise ValueError(f"a schedule of levels starts in period 1, not in {periods[0] if periods else 'none'}")
            if periods != sorted(set(periods)):
                raise ValueError(f"the periods of a schedule must rise; found {periods}")
        return self

    @property
    def levels(self) -> dict[int, Formula] | None:
        """The levels by period, whichever side they are on; None for a condition."""
        return self.above if self.above is not None else self.below


class Call(Terms):
    """A clean-up call: the pool is bought back in the first period in which the test holds."""

    when: Formula = Field(description="the test, such as pool.balance <= 10% of pool")
    price: Amount = Field(default=100.0, description="per 100 of the pool balance")
    exercised: bool = Field(default=False, description="whether the run assumes that it is exercised")

    @model_validator(mode="after")
    def per_hundred(self) -> Call:
        """A price of 1 is par that was written as a share."""
        if not 2.0 < self.price <= 1_000.0:
            raise ValueError(f"price {self.price:g} is not a price per 100 of the pool balance; par is 100")
        return self
