"""CPR: the conditional prepayment rate, the share of a year's balance that prepays."""

from __future__ import annotations

from abs_struct.core.arithmetic.numbers import Numbers, Value
from abs_struct.curves.curve import PREPAYMENT, Ramped, Read, of_period
from abs_struct.terms.numbers import Rate


@PREPAYMENT.add("cpr")
class Cpr(Ramped):
    """SMM = 1 - (1 - CPR)^(1/12), the CPR rising over `ramp` months of loan age when a ramp is given."""

    cpr: Rate

    def rate(self, x: Numbers, value: Read, age: Value, period: Value, fraction: Value) -> Value:
        return of_period(x, self.ramped(x, value("cpr"), age), fraction)
