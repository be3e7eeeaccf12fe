"""PPC: a prospectus prepayment curve, a stated ramp of CPR times a multiple."""

from __future__ import annotations

from abs_struct.core.arithmetic.numbers import Numbers, Value
from abs_struct.curves.curve import PREPAYMENT, Curve, Read, of_period
from abs_struct.terms.numbers import Months, Rate, Speed


@PREPAYMENT.add("ppc")
class Ppc(Curve):
    """CPR = PPC x (start, in the first month of a loan, rising in equal steps to end, in month `months`)."""

    ppc: Speed
    start: Rate
    end: Rate
    months: Months

    def rate(self, x: Numbers, value: Read, age: Value, period: Value, fraction: Value) -> Value:
        level = value("end")
        if self.months > 1:
            done = x.minimum(1.0, age / float(self.months - 1))
            level = value("start") + (value("end") - value("start")) * done
        return of_period(x, x.minimum(1.0, value("ppc") * level), fraction)

    def saturation(self) -> int | None:
        return max(0, self.months - 1)
