"""A vector of default rates."""

from __future__ import annotations

from typing import ClassVar

from abs_struct.core.arithmetic.numbers import Numbers, Value
from abs_struct.curves.curve import DEFAULT, Read
from abs_struct.curves.default.stress import Stressed
from abs_struct.curves.vector import Vector
from abs_struct.terms.numbers import choice


@DEFAULT.add("vector")
class DefaultVector(Vector, Stressed):
    """Multiple x CDR or MDR by month of loan age (`by: age`) or of the deal (`by: period`); the last one holds on."""

    annual: ClassVar[str] = "cdr"

    unit: choice("cdr", "mdr")  # type: ignore[valid-type]

    def level(self, x: Numbers, value: Read, found: Value) -> Value:
        return self.stressed(x, value, found)
