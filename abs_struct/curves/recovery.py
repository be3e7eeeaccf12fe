"""Recoveries: what is received of a defaulted balance, and when.

All of it `lag` months after the default; or spread, the first part `lag` months after the default:

    timing: {months: 36}                       equal parts in so many months
    timing: {by_year: [50%, 30%, 20%]}         a year's share in twelve equal parts
    timing: {by_month: [10%, 60%, 30%]}        a share a month; a plain list means the same
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated

from pydantic import BeforeValidator, Field, model_validator

from abs_struct.core.arithmetic.numbers import Numbers, Value
from abs_struct.curves.curve import Read
from abs_struct.curves.default.timing import whole
from abs_struct.terms.base import Terms
from abs_struct.terms.numbers import Months, Share

#: So many months a recovery may be spread over: each is a cell that the workbook's formula reads.
LONGEST = 60


class RecoveryTiming(Terms):
    """How a recovery is spread over the months from `lag` on: in equal parts, by year or by month."""

    months: Months | None = Field(default=None, description="equal parts in so many months")
    by_year: list[Share] | None = Field(default=None, min_length=1, description="a share a year, in twelve equal parts")
    by_month: list[Share] | None = Field(default=None, min_length=1, description="a share a month")

    @model_validator(mode="after")
    def complete(self) -> RecoveryTiming:
        """One of the three; shares make a whole; from 1 to 60 months."""
        given = [name for name in ("months", "by_year", "by_month") if getattr(self, name) is not None]
        if len(given) != 1:
            raise ValueError(
                "a timing of recoveries is months: ..., by_year: [...] or by_month: [...], one of the three"
            )
        if given[0] != "months":
            whole(getattr(self, given[0]), f"timing.{given[0]}")
        if not 1 <= self.length <= LONGEST:
            raise ValueError(f"the recovery is spread over {self.length} months; it is spread over 1 to {LONGEST}")
        return self

    @property
    def length(self) -> int:
        """Months from the first part to the last, both counted."""
        if self.by_year is not None:
            return 12 * len(self.by_year)
        return self.months if self.months is not None else len(self.by_month or ())

    def spread(self, x: Numbers, value: Read, ago: Callable[[int], Value]) -> Value:
        """The sum of earlier amounts by their shares; `ago(i)` is the amount whose part i, from 0, falls in this month.

        Equal parts are added up before they are divided, so that formulas stay short.
        """
        if self.by_year is not None:
            years = [x.total([ago(12 * k + i) for i in range(12)]) for k in range(len(self.by_year))]
            return x.total([value(f"timing.by_year.{k}") / 12.0 * year for k, year in enumerate(years)])
        if self.by_month is not None:
            return x.total([value(f"timing.by_month.{i}") * ago(i) for i in range(len(self.by_month))])
        return x.total([ago(i) for i in range(self.length)]) / float(self.length)


def as_timing(written: object) -> object:
    """A plain list is a list by month."""
    return {"by_month": written} if isinstance(written, list) else written


class Recovery(Terms):
    """A recovery rate, or the severity it leaves, received from `lag` months after the default on."""

    rate: Share | None = Field(default=None, description="the share of a defaulted balance that is received")
    severity: Share | None = Field(default=None, description="the share that is lost: 1 - rate, in its place")
    lag: Months = Field(default=0, description="months from the default to the recovery, or to its first part")
    timing: Annotated[RecoveryTiming | None, BeforeValidator(as_timing)] = Field(
        default=None, description="how it is spread from there on; all at once when left out"
    )

    @model_validator(mode="after")
    def complete(self) -> Recovery:
        """One of the two."""
        if (self.rate is None) == (self.severity is None):
            raise ValueError("a recovery is rate: ... or severity: ..., one of the two")
        return self

    @property
    def last(self) -> int:
        """Months from the default until the last of the recovery is in."""
        return self.lag + (0 if self.timing is None else self.timing.length - 1)

    def recovered(self, value: Read) -> Value:
        """The share of a defaulted balance that is received."""
        return value("rate") if self.rate is not None else 1.0 - value("severity")

    def lost(self, value: Read) -> Value:
        """The share of a defaulted balance that is lost."""
        return 1.0 - value("rate") if self.rate is not None else value("severity")
