"""Coupons: how the yearly rate of a note, a loan or one side of a hedge is worked out, period by period."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Annotated, Any

from pydantic import BeforeValidator, Field, WithJsonSchema, model_validator

from abs_struct.core.formula import Formula
from abs_struct.terms.base import Terms
from abs_struct.terms.dates import Day
from abs_struct.terms.names import Name
from abs_struct.terms.numbers import Margin, Rate, rate
from abs_struct.terms.schedules import Schedule


class StepUp(Terms):
    """What is added to a coupon from a date on, or while a condition holds."""

    add: Margin = Field(description="the yearly rate that is added")
    from_: Day | None = Field(
        default=None, alias="from", description="added to periods that begin on this day or later"
    )
    when: Formula | None = Field(
        default=None,
        description="added while this holds; a trigger of the last payment is previous(triggers.x.active, 1)",
    )

    @model_validator(mode="after")
    def one_of_both(self) -> StepUp:
        """A date or a condition."""
        if (self.from_ is None) == (self.when is None):
            raise ValueError("a step-up has `from:`, a date, or `when:`, a condition; one of the two")
        return self


class Coupon(Terms):
    """A coupon that is not one fixed rate.

    rate = (fixed rate, or index + margin, or the schedule's entry, or a formula) + step-up, not below `floor` and
    not above `cap`. A cap that reads the pool is an available-funds (WAC) cap: `cap: pool.wac - 1%`.
    """

    fixed: Rate | None = Field(default=None, description="the fixed yearly rate, where something is added to it")
    index: Name | None = Field(default=None, description="an index of assumptions.indices, such as EURIBOR_1M")
    margin: Margin = Field(default=0.0, description="added to the index; may be negative")
    schedule: Schedule | None = Field(
        default=None, description="{1: 3%, 25: 3.5%}: the rate from these periods on; with an index, the margin"
    )
    formula: Formula | None = Field(default=None, description="the yearly rate as a formula, such as pool.wac - 6%")
    step_up: StepUp | None = Field(default=None, description="what is added from a date or while a condition holds")
    floor: Formula | None = Field(default=None, description="the lowest rate in all, such as 0%")
    cap: Formula | None = Field(default=None, description="the highest rate in all: a rate or a formula")

    @model_validator(mode="after")
    def one_base(self) -> Coupon:
        """One way to say the rate."""
        bases = [word for word in ("fixed", "index", "formula") if getattr(self, word) is not None]
        if self.schedule is not None and "index" not in bases:
            bases.append("schedule")
        if len(bases) != 1:
            found = " and ".join(bases) or "none of them"
            raise ValueError(f"a coupon has fixed, index, schedule or formula; found {found}")
        if self.margin and self.index is None:
            raise ValueError("a margin is added to an index; name the index, or write the whole rate as fixed")
        if self.margin and self.schedule is not None:
            raise ValueError("the margin is written twice, as margin and as schedule; keep one of them")
        return self

    @property
    def formulas(self) -> tuple[Formula, ...]:
        """Every formula of the coupon."""
        step = self.step_up.when if self.step_up is not None else None
        scheduled = self.schedule.values() if self.schedule is not None else ()
        return tuple(f for f in (self.formula, step, self.floor, self.cap, *scheduled) if f is not None)

    @property
    def step_date(self) -> date | None:
        """The day from which the step-up is added."""
        return self.step_up.from_ if self.step_up is not None else None


def as_coupon(written: object) -> object:
    """A rate alone is a fixed coupon and stays a number."""
    return written if isinstance(written, Mapping | Coupon) else rate(written)


def coupon_schema() -> WithJsonSchema:
    """The JSON Schema of a coupon: a rate, or an object."""
    return WithJsonSchema({"anyOf": [{"type": "number"}, {"type": "string"}, {"type": "object"}]})


def coupon_of(written: object) -> float | Coupon:
    """A coupon as a document writes it.

    Raises
    ------
    ValueError : not a rate; ValidationError: what is wrong with the fields

    >>> coupon_of("5%"), coupon_of({"index": "SOFR", "margin": "55 bp"}).margin
    (0.05, 0.0055)
    """
    found = as_coupon(written)
    return Coupon.model_validate(found) if isinstance(found, Mapping) else found  # type: ignore[return-value]


#: A fixed yearly rate, or a `Coupon`.
CouponTerms = Annotated[Any, BeforeValidator(coupon_of), coupon_schema()]
