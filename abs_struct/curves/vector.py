"""Vectors: a rate for each month, by loan age or by period of the deal; the last one holds for ever."""

from __future__ import annotations

from typing import ClassVar

from pydantic import Field

from abs_struct.core.arithmetic.numbers import Numbers, Value
from abs_struct.curves.curve import Curve, Read, of_period
from abs_struct.terms.numbers import Rate, choice


class Vector(Curve):
    """Rates by month of loan life (`by: age`, the first is a loan's first month) or of the deal (`by: period`)."""

    annual: ClassVar[str]  # the unit that is a yearly rate

    vector: list[Rate] = Field(min_length=1)
    unit: str
    by: choice("age", "period") = "age"  # type: ignore[valid-type]

    def rate(self, x: Numbers, value: Read, age: Value, period: Value, fraction: Value) -> Value:
        table = [value(f"vector.{i}") for i in range(len(self.vector))]
        found = self.level(x, value, x.lookup(table, age if self.by == "age" else period - 1.0))
        return of_period(x, found, fraction) if self.unit == self.annual else found

    def level(self, x: Numbers, value: Read, found: Value) -> Value:
        """The rate that an entry of the table stands for, in the table's unit."""
        return found

    def saturation(self) -> int | None:
        return len(self.vector) - 1 if self.by == "age" else 0

    def by_period(self) -> bool:
        return bool(self.by == "period")
