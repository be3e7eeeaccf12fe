"""NumPy arrays: many scenarios side by side, every one with the bits of its single run."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from abs_struct.core.arithmetic.numbers import TOLERANCE

Array = NDArray[Any]


def power(base: object, exponent: object) -> Array:
    """base ** exponent, element by element, always through the same contiguous NumPy loop.

    Python's own power, NumPy's scalar power and its short cuts for whole exponents differ from the array loop
    in the last bit; here one scenario and a million of them take the same road.

    Parameters
    ----------
    base, exponent : scalar or array of any shape that broadcasts, pure numbers

    Returns
    -------
    array of the broadcast shape, pure number

    Raises
    ------
    Nothing : a negative base with a fraction as exponent gives nan

    Source: definition.

    >>> power([0.82, 0.82], 1 / 12).tolist()[0] == float(power(0.82, 1 / 12))
    True
    """
    b, e = np.broadcast_arrays(np.asarray(base, dtype=float), np.asarray(exponent, dtype=float))
    flat: Array = np.power(np.array(b, copy=True).ravel(), np.array(e, copy=True).ravel())
    return flat.reshape(b.shape)


class Arrays:
    """The arithmetic of arrays over a scenario axis, shape (S,), or over periods and scenarios, (T, S).

    >>> x = Arrays()
    >>> x.ratio(np.array([1.0, 1.0]), np.array([4.0, 0.0])).tolist()
    [0.25, 0.0]
    """

    minimum = staticmethod(np.minimum)
    maximum = staticmethod(np.maximum)
    where = staticmethod(np.where)
    both = staticmethod(np.logical_and)
    either = staticmethod(np.logical_or)
    negate = staticmethod(np.logical_not)

    @staticmethod
    def flag(condition: Array) -> Array:
        return np.asarray(condition, dtype=bool).astype(float)

    @staticmethod
    def exceeds(a: Array, level: Array) -> Array:
        result: Array = (a - level) > TOLERANCE * np.maximum(np.abs(level), 1.0)
        return result

    @staticmethod
    def ratio(a: Array, b: Array) -> Array:
        nothing = np.equal(b, 0.0)
        if not nothing.any():
            result: Array = np.asarray(a / b)
            return result
        return np.where(nothing, 0.0, a / np.where(nothing, 1.0, b))

    @staticmethod
    def total(values: Sequence[Array]) -> Any:
        result: Any = 0.0
        for value in values:
            result = result + value
        return result

    @staticmethod
    def dot(values: Sequence[Array], weights: Sequence[Array]) -> Any:
        wide = next((part for part in (*values, *weights) if np.ndim(part)), None)
        if wide is None:  # nothing varies by scenario
            return Arrays.total([value * weight for value, weight in zip(values, weights, strict=True)])
        result, product = np.zeros(np.shape(wide)), np.empty(np.shape(wide))
        for value, weight in zip(values, weights, strict=True):  # one buffer for all: new ones cost more than the sums
            np.multiply(value, weight, out=product)
            np.add(result, product, out=result)
        return result

    @staticmethod
    def power(base: Array, exponent: Array) -> Array:
        return power(base, exponent)

    @staticmethod
    def lookup(table: Sequence[Any], index: Array) -> Any:
        at = np.clip(np.asarray(index), 0, len(table) - 1).astype(int)
        if all(np.ndim(entry) == 0 for entry in table):
            return np.asarray(table, dtype=float)[at]
        stacked = np.stack(np.broadcast_arrays(*[np.asarray(entry, dtype=float) for entry in table]))
        return stacked[at.ravel()].reshape(*at.shape[:-1], -1) if at.ndim > 1 else stacked[at]
