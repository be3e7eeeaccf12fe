"""PSA: the standard mortgage prepayment curve."""

from __future__ import annotations

from abs_struct.core.arithmetic.numbers import Numbers, Value
from abs_struct.curves.curve import PREPAYMENT, Curve, Read, of_period
from abs_struct.terms.numbers import Speed


@PREPAYMENT.add("psa")
class Psa(Curve):
    """CPR = PSA x 0.2 % x month of loan life, level from month 30 (6 %); month 1 is the first month of a loan."""

    psa: Speed

    def rate(self, x: Numbers, value: Read, age: Value, period: Value, fraction: Value) -> Value:
        cpr = value("psa") * x.minimum(0.06, 0.002 * (age + 1.0))
        return of_period(x, x.minimum(1.0, cpr), fraction)

    def saturation(self) -> int | None:
        return 29
