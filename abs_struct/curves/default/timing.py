"""Amounts placed over time: the base of the default curves that say how much is lost or defaults, and when."""

from __future__ import annotations

from typing import Any, ClassVar

from pydantic import Field, model_validator

from abs_struct.core.arithmetic.numbers import Numbers, Value
from abs_struct.curves.curve import Read
from abs_struct.curves.default.stress import Stressed
from abs_struct.terms.base import Terms
from abs_struct.terms.numbers import Share


class Timing(Terms):
    """The share of the amount in each year of the deal (spread evenly over its months), or in each month."""

    by_year: list[Share] | None = Field(default=None, min_length=1)
    by_month: list[Share] | None = Field(default=None, min_length=1)

    @model_validator(mode="after")
    def complete(self) -> Timing:
        """One of the two, and the shares make a whole."""
        if (self.by_year is None) == (self.by_month is None):
            raise ValueError("a timing is by_year: [...] or by_month: [...], one of the two")
        whole(self.shares, f"timing.{self.key}")
        return self

    @property
    def key(self) -> str:
        """`by_year` or `by_month`."""
        return "by_year" if self.by_year is not None else "by_month"

    @property
    def shares(self) -> list[float]:
        """The shares as written."""
        return self.by_year if self.by_year is not None else self.by_month or []


def whole(shares: list[float], name: str) -> None:
    """Refuse shares that do not make a whole."""
    found = float(sum(shares))
    if abs(found - 1.0) > 1e-9:
        raise ValueError(f"{name} sums to {100.0 * found:.10g}%; the shares must sum to 100%")


class Placed(Stressed):
    """A default curve that is an amount and not a rate: a share of the initial balance, with its timing.

    One monthly default rate serves all loans it covers; what they can no longer bear is kept as unplaced loss.
    """

    key: ClassVar[str]  # the field of the amount, which names the kind
    net: ClassVar[bool]  # whether the amount is what is lost after recoveries

    timing: Timing

    @model_validator(mode="before")
    @classmethod
    def with_timing(cls, written: Any) -> Any:
        """Without a timing the words `cnl: 9%` say too little."""
        if isinstance(written, dict) and cls.key in written and "timing" not in written:
            raise ValueError(f"{cls.key} needs a timing, such as timing: {{by_year: [40%, 35%, 25%]}}")
        return written

    def gross(self, x: Numbers, value: Read, lost: Value) -> Value:
        """The balance that defaults in all, as a share of the initial balance; `lost` is the share lost for good."""
        target = value("multiple") * value(self.key)
        return x.ratio(target, lost) if self.net else target

    def weight(self, x: Numbers, value: Read, period: Value, year: Value) -> Value:
        """The share of the amount that falls in a period; `year` is the year of the deal it lies in, from 1."""
        timing = self.timing
        table: list[Value] = [value(f"timing.{timing.key}.{i}") for i in range(len(timing.shares))]
        if timing.key == "by_year":
            return x.lookup([*table, 0.0], year - 1.0) / 12.0
        return x.lookup([*table, 0.0], period - 1.0)

    def rate(self, x: Numbers, value: Read, age: Value, period: Value, fraction: Value) -> Value:
        raise TypeError(f"a {self.key} is an amount; the pool turns it into a rate")
