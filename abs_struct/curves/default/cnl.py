"""CNL: a cumulative net loss, placed over time; an amount, not a rate."""

from __future__ import annotations

from typing import Any

from pydantic import Field, model_validator

from abs_struct.core.arithmetic.numbers import Numbers, Value
from abs_struct.curves.curve import DEFAULT, Curve, Read
from abs_struct.terms.base import Terms
from abs_struct.terms.numbers import Rate, Share


class Timing(Terms):
    """The share of the loss in each year of the deal (spread evenly over its months), or in each month."""

    by_year: list[Share] | None = Field(default=None, min_length=1)
    by_month: list[Share] | None = Field(default=None, min_length=1)

    @model_validator(mode="after")
    def complete(self) -> Timing:
        """One of the two, and the shares make a whole."""
        if (self.by_year is None) == (self.by_month is None):
            raise ValueError("a timing is by_year: [...] or by_month: [...], one of the two")
        found = float(sum(self.shares))
        if abs(found - 1.0) > 1e-9:
            raise ValueError(f"timing.{self.key} sums to {100.0 * found:.10g}%; the shares must sum to 100%")
        return self

    @property
    def key(self) -> str:
        """`by_year` or `by_month`."""
        return "by_year" if self.by_year is not None else "by_month"

    @property
    def shares(self) -> list[float]:
        """The shares as written."""
        return self.by_year if self.by_year is not None else self.by_month or []


@DEFAULT.add("cnl")
class Cnl(Curve):
    """Defaults of initial balance x CNL / (1 - recovery rate) x timing, so that losses after recoveries reach the CNL.

    One monthly default rate serves all loans it covers; what they can no longer bear is kept as unplaced loss.
    """

    cnl: Rate
    timing: Timing

    @model_validator(mode="before")
    @classmethod
    def with_timing(cls, written: Any) -> Any:
        """Without a timing the words `cnl: 9%` say too little."""
        if isinstance(written, dict) and "cnl" in written and "timing" not in written:
            raise ValueError("cnl needs a timing, such as timing: {by_year: [40%, 35%, 25%]}")
        return written

    def weight(self, x: Numbers, value: Read, period: Value, year: Value) -> Value:
        """The share of the loss that falls in a period; `year` is the year of the deal it lies in, from 1."""
        timing = self.timing
        table: list[Value] = [value(f"timing.{timing.key}.{i}") for i in range(len(timing.shares))]
        if timing.key == "by_year":
            return x.lookup([*table, 0.0], year - 1.0) / 12.0
        return x.lookup([*table, 0.0], period - 1.0)

    def rate(self, x: Numbers, value: Read, age: Value, period: Value, fraction: Value) -> Value:
        raise NotImplementedError("a cumulative net loss is an amount; the pool turns it into a rate")
