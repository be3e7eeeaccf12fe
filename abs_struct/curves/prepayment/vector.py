"""A vector of prepayment rates."""

from __future__ import annotations

from typing import ClassVar

from abs_struct.curves.curve import PREPAYMENT
from abs_struct.curves.vector import Vector
from abs_struct.terms.numbers import choice


@PREPAYMENT.add("vector")
class PrepaymentVector(Vector):
    """CPR or SMM for each month of loan age (`by: age`) or of the deal (`by: period`); the last one holds on."""

    annual: ClassVar[str] = "cpr"

    unit: choice("cpr", "smm")  # type: ignore[valid-type]
