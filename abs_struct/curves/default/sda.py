"""SDA: the standard default assumption for mortgages."""

from __future__ import annotations

from abs_struct.core.arithmetic.numbers import Numbers, Value
from abs_struct.curves.curve import DEFAULT, Curve, Read, of_period
from abs_struct.terms.numbers import Speed


@DEFAULT.add("sda")
class Sda(Curve):
    """CDR = SDA x (0.02 % a month to 0.60 % in month 30, level to 60, falling to 0.03 % in month 120, then level)."""

    sda: Speed

    def rate(self, x: Numbers, value: Read, age: Value, period: Value, fraction: Value) -> Value:
        month = age + 1.0
        falling = x.maximum(0.0003, 0.006 - 0.000095 * (month - 60.0))
        cdr = x.minimum(0.006, x.minimum(0.0002 * month, falling))
        return of_period(x, x.minimum(1.0, value("sda") * cdr), fraction)

    def saturation(self) -> int | None:
        return 119
