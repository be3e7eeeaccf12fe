"""The dates of a deal document."""

from __future__ import annotations

from datetime import date
from typing import Annotated

from pydantic import BeforeValidator, Field, WithJsonSchema, model_validator

from abs_struct.core.findings import DateError
from abs_struct.dates.calendars import CALENDARS, ROLLS, known
from abs_struct.dates.frequency import months_of
from abs_struct.terms.base import Terms
from abs_struct.terms.numbers import Months, choice


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
Roll = choice(*ROLLS)
Accrual = choice("unadjusted", "adjusted")


def as_calendar(written: object) -> str:
    """The name of a calendar, or of several joined with +."""
    try:
        known(str(written))
    except DateError as error:
        raise ValueError(str(error)) from None
    return str(written)


Calendar = Annotated[str, BeforeValidator(as_calendar), WithJsonSchema({"type": "string", "examples": list(CALENDARS)})]


class Dates(Terms):
    """The calendar of a deal: cut-off, closing, and the payment dates."""

    cutoff: Day = Field(description="the day on which the pool is measured")
    closing: Day = Field(description="the day on which the notes are issued; interest runs from here")
    first_payment: Day = Field(description="the first payment date, before business-day adjustment")
    every: str = Field(
        default="1 month", description="the time between payment dates: 1 month, 3 months, 6 months, 1 year"
    )
    collection: Collection = Field(  # type: ignore[valid-type]
        default="calendar month", description="collections of which period are paid: the month before the payment"
    )
    calendar: Calendar = Field(
        default="none", description="the business-day calendar, such as US-NY, TARGET, CN, or TARGET+UK-London"
    )
    holidays: str | None = Field(
        default=None,
        description="a file of further holidays, one date a line, as a path from the deal file; `2027-02-06 open` is a "
        "working weekend",
    )
    determination: Months = Field(
        default=0, description="business days from the determination date to the payment date"
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
        try:
            months_of(self.every)
        except DateError as error:
            raise ValueError(str(error)) from None
        return self
