"""CDR: the conditional default rate, the share of a year's balance that defaults."""

from __future__ import annotations

from abs_struct.core.arithmetic.numbers import Numbers, Value
from abs_struct.curves.curve import DEFAULT, Ramped, Read, of_period
from abs_struct.curves.default.stress import Stressed
from abs_struct.terms.numbers import Rate


@DEFAULT.add("cdr")
class Cdr(Ramped, Stressed):
    """MDR = 1 - (1 - multiple x CDR)^(1/12), the CDR rising over `ramp` months of loan age when a ramp is given."""

    cdr: Rate

    def rate(self, x: Numbers, value: Read, age: Value, period: Value, fraction: Value) -> Value:
        return of_period(x, self.stressed(x, value, self.ramped(x, value("cdr"), age)), fraction)
