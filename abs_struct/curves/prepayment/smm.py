"""SMM: the single monthly mortality, the share of a month's balance that prepays."""

from __future__ import annotations

from abs_struct.core.arithmetic.numbers import Numbers, Value
from abs_struct.curves.curve import PREPAYMENT, Ramped, Read
from abs_struct.terms.numbers import Rate


@PREPAYMENT.add("smm")
class Smm(Ramped):
    """A monthly rate as it stands, rising over `ramp` months of loan age when a ramp is given."""

    smm: Rate

    def rate(self, x: Numbers, value: Read, age: Value, period: Value, fraction: Value) -> Value:
        return self.ramped(x, value("smm"), age)
