"""MDR: the monthly default rate, the share of a month's balance that defaults."""

from __future__ import annotations

from abs_struct.core.arithmetic.numbers import Numbers, Value
from abs_struct.curves.curve import DEFAULT, Ramped, Read
from abs_struct.curves.default.stress import Stressed
from abs_struct.terms.numbers import Rate


@DEFAULT.add("mdr")
class Mdr(Ramped, Stressed):
    """Multiple x a monthly rate, rising over `ramp` months of loan age when a ramp is given."""

    mdr: Rate

    def rate(self, x: Numbers, value: Read, age: Value, period: Value, fraction: Value) -> Value:
        return self.stressed(x, value, self.ramped(x, value("mdr"), age))
