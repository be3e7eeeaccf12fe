"""A vector of prepayment rates."""

from __future__ import annotations

from typing import ClassVar

from pydantic import Field

from abs_struct.core.arithmetic.numbers import Numbers, Value
from abs_struct.curves.curve import PREPAYMENT, Read
from abs_struct.curves.default.stress import Multiple
from abs_struct.curves.vector import Vector
from abs_struct.terms.numbers import choice

#: A rate stays below 1, whatever its multiple.
MOST = 0.9999


@PREPAYMENT.add("vector")
class PrepaymentVector(Vector):
    """Multiple x CPR or SMM for each month of loan age (`by: age`) or of the deal (`by: period`); the last holds on."""

    annual: ClassVar[str] = "cpr"

    unit: choice("cpr", "smm")  # type: ignore[valid-type]
    multiple: Multiple = Field(default=1.0, description="of all rates: slower or faster, and a scenario axis")

    def level(self, x: Numbers, value: Read, found: Value) -> Value:
        return x.minimum(MOST, value("multiple") * found)
