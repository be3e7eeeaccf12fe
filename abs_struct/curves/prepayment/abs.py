"""ABS: the absolute prepayment model, a constant share of the original number of loans each month."""

from __future__ import annotations

from abs_struct.core.arithmetic.numbers import Numbers, Value
from abs_struct.curves.curve import PREPAYMENT, Curve, Read
from abs_struct.terms.numbers import Rate


@PREPAYMENT.add("abs")
class AbsSpeed(Curve):
    """SMM = ABS / (1 - ABS x age), age counted from origination; what is left below one month's ABS goes at once."""

    abs: Rate

    def rate(self, x: Numbers, value: Read, age: Value, period: Value, fraction: Value) -> Value:
        speed = value("abs")
        return x.ratio(speed, x.maximum(1.0 - speed * age, speed))

    def saturation(self) -> int | None:
        return None
