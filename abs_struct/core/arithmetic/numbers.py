"""What every arithmetic offers to a step."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Protocol

#: A float, an array over scenarios (S,), or a symbol: a step must not care which.
Value = Any

#: The one tolerance of every test in a deal: `a` exceeds `level` when a - level > TOLERANCE * max(1, |level|).
TOLERANCE = 1e-12

#: What is left of the rounding of many months, as a share of the initial pool, is nothing: far below a cent.
DUST = 1e-14


class Numbers(Protocol):
    """The functions of a numbers backend, beside the operators of its values."""

    def minimum(self, a: Value, b: Value) -> Value:
        """The smaller of two values."""

    def maximum(self, a: Value, b: Value) -> Value:
        """The larger of two values."""

    def where(self, condition: Value, a: Value, b: Value) -> Value:
        """`a` where the condition holds, else `b`; both are computed."""

    def both(self, a: Value, b: Value) -> Value:
        """Logical and of two conditions."""

    def either(self, a: Value, b: Value) -> Value:
        """Logical or of two conditions."""

    def negate(self, condition: Value) -> Value:
        """Logical not."""

    def flag(self, condition: Value) -> Value:
        """A condition as a number: 1.0 or 0.0, so that it can be a line."""

    def exceeds(self, a: Value, level: Value) -> Value:
        """Whether `a` lies above `level` by more than the one tolerance."""

    def ratio(self, a: Value, b: Value) -> Value:
        """a / b, and 0 where b is 0."""

    def total(self, values: Sequence[Value]) -> Value:
        """The sum, added from left to right."""

    def dot(self, values: Sequence[Value], weights: Sequence[Value]) -> Value:
        """The sum of the products, added from left to right."""

    def power(self, base: Value, exponent: Value) -> Value:
        """base ** exponent; only before the period loop."""

    def lookup(self, table: Sequence[Value], index: Value) -> Value:
        """The entry of `table` at a whole-number index, held at the first and last entry outside the table."""
