"""Python floats: one scenario, about a millisecond a deal."""

from __future__ import annotations

from collections.abc import Sequence

from abs_struct.core.arithmetic.numbers import TOLERANCE


class Floats:
    """The arithmetic of one scenario in plain Python floats, bit for bit that of `Arrays`.

    >>> x = Floats()
    >>> x.minimum(3.0, x.maximum(1.0, 2.0)), x.ratio(1.0, 0.0), x.flag(x.exceeds(0.05, 0.04))
    (2.0, 0.0, 1.0)
    """

    @staticmethod
    def minimum(a: float, b: float) -> float:
        return a if a < b else b

    @staticmethod
    def maximum(a: float, b: float) -> float:
        return a if a > b else b

    @staticmethod
    def where(condition: bool, a: float, b: float) -> float:
        return a if condition else b

    @staticmethod
    def both(a: bool, b: bool) -> bool:
        return a and b

    @staticmethod
    def either(a: bool, b: bool) -> bool:
        return a or b

    @staticmethod
    def negate(condition: bool) -> bool:
        return not condition

    @staticmethod
    def flag(condition: bool) -> float:
        return 1.0 if condition else 0.0

    @staticmethod
    def exceeds(a: float, level: float) -> bool:
        size = level if level > 0.0 else -level
        return a - level > TOLERANCE * (size if size > 1.0 else 1.0)

    @staticmethod
    def ratio(a: float, b: float) -> float:
        return 0.0 if b == 0.0 else a / b

    @staticmethod
    def total(values: Sequence[float]) -> float:
        result = 0.0
        for value in values:
            result = result + value
        return result

    @staticmethod
    def dot(values: Sequence[float], weights: Sequence[float]) -> float:
        result = 0.0
        for value, weight in zip(values, weights, strict=True):
            result = result + value * weight
        return result

    @staticmethod
    def power(base: float, exponent: float) -> float:
        from abs_struct.core.arithmetic.arrays import power

        return float(power(base, exponent))

    @staticmethod
    def lookup(table: Sequence[float], index: float) -> float:
        return table[max(0, min(len(table) - 1, int(index)))]
