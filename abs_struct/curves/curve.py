"""What every curve is: a frozen model of the words in the deal file, and one formula over a numbers backend.

A curve gives the share of the balance that prepays or defaults in one collection period. Its formula is written
once; floats, arrays and symbols (the workbook) all run it. Annual rates become those of the period through one
function, `of_period`.
"""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Callable

from abs_struct.core.arithmetic.numbers import Numbers, Value
from abs_struct.core.registry import Registry
from abs_struct.terms.base import Terms
from abs_struct.terms.numbers import Months

#: The number of the deal behind a field of the curve: `value("cpr")`.
Read = Callable[[str], Value]


def of_period(x: Numbers, annual: Value, fraction: Value) -> Value:
    """The rate of a period that is `fraction` of a year: 1 - (1 - annual)^fraction."""
    return 1.0 - x.power(1.0 - annual, fraction)


class Curve(Terms):
    """One kind of prepayment or default assumption."""

    @abstractmethod
    def rate(self, x: Numbers, value: Read, age: Value, period: Value, fraction: Value) -> Value:
        """The share of the balance that leaves in one period.

        Parameters
        ----------
        x : numbers backend
        value : field of the curve -> input of the deal, scalar or (S,), a fraction
        age : (T, 1), months since origination at the start of the period (0 in a loan's first month)
        period : (T, 1), number of the collection period, from 1
        fraction : scalar 1/12, or (T, 1) days of the period / 365, in years

        Returns
        -------
        what broadcasts to (T, S), a fraction of the balance
        """

    def saturation(self) -> int | None:
        """The age in months from which the rate no longer depends on age (0: it never does; None: it always does)."""
        return 0

    def by_period(self) -> bool:
        """Whether the rate depends on the number of the period, and not only on age."""
        return False


class Ramped(Curve):
    """A curve that rises in equal steps to its level over the first `ramp` months of a loan."""

    ramp: Months = 0

    def ramped(self, x: Numbers, level: Value, age: Value) -> Value:
        """The level at an age: level x min(1, (age + 1) / ramp)."""
        return level * x.minimum(1.0, (age + 1.0) / float(self.ramp)) if self.ramp > 1 else level

    def saturation(self) -> int | None:
        return max(0, self.ramp - 1)


PREPAYMENT: Registry[Curve] = Registry("prepayment curve", "abs_struct.curves.prepayment")
DEFAULT: Registry[Curve] = Registry("default curve", "abs_struct.curves.default", besides=("stress", "timing"))
