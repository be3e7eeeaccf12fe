"""The calls of a flat program: the operations on arrays, sparing what is nil in all scenarios.

In most periods much of a deal is nil: what is short, what a trigger would change, loans that have matured, purchases
after the last. Such a value is the plain number 0, and nothing is added, taken away or multiplied element by element
for it. Whether an array is nil is asked only where its first scenario is. The bits are those of the whole operation,
but for the sign of a zero, which nothing reads and the record does not keep.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from math import isfinite
from typing import Any

import numpy as np

from abs_struct.core.arithmetic.arrays import Arrays
from abs_struct.core.arithmetic.floats import Floats
from abs_struct.core.arithmetic.numbers import Value
from abs_struct.core.arithmetic.symbols import OPERATIONS


def spared(value: Any) -> Value:
    """An array, but the plain number where it is nil in all scenarios; what NumPy makes of plain numbers is plain.

    >>> spared(np.zeros(3)), spared(np.array([0.0, 2.0])).tolist()
    (0.0, [0.0, 2.0])
    """
    if value.ndim == 0:
        return float(value)
    nil = value[0] == 0.0 and value[value.argmax()] == 0.0 and value[value.argmin()] == 0.0  # faster than any()
    return 0.0 if nil else value


def plus(a: Value, b: Value) -> Value:
    """a + b."""
    if a.__class__ is float and a == 0.0:
        return b
    if b.__class__ is float and b == 0.0:
        return a
    return np.add(a, b)


def minus(a: Value, b: Value) -> Value:
    """a - b."""
    if b.__class__ is float and b == 0.0:
        return a
    return a - b if a.__class__ is float and b.__class__ is float else spared(np.subtract(a, b))


def times(a: Value, b: Value) -> Value:
    """a x b; nil x what is finite is nil."""
    if a.__class__ is float and a == 0.0:
        a, b = b, a
    if b.__class__ is float and b == 0.0 and isfinite(np.dot(a, a)):
        return 0.0
    return np.multiply(a, b)


def smaller(a: Value, b: Value) -> Value:
    """The smaller of two values."""
    if a.__class__ is float and b.__class__ is float:
        return Floats.minimum(a, b)
    if a.__class__ is float and a == 0.0:
        a, b = b, a
    if b.__class__ is float and b == 0.0 and (a >= 0.0 if np.ndim(a) == 0 else a[a.argmin()] >= 0.0):
        return 0.0
    return spared(np.minimum(a, b))


def larger(a: Value, b: Value) -> Value:
    """The larger of two values; most often an array is asked for what of it is above nil, and all or nothing is."""
    if a.__class__ is float and a == 0.0:
        a, b = b, a
    if a.__class__ is float and b.__class__ is float:
        return Floats.maximum(a, b)
    if b.__class__ is float and b == 0.0 and np.ndim(a):
        if a[0] > 0.0:
            return a if a[a.argmin()] >= 0.0 else np.maximum(a, b)
        if a[a.argmax()] <= 0.0:
            return 0.0
    return np.maximum(a, b)


def chosen(condition: Any, a: Value, b: Value) -> Value:
    """`np.where`, without a new array where all scenarios choose alike, as they mostly do."""
    holds = np.count_nonzero(condition)
    if holds == 0:
        return b
    return a if holds == np.size(condition) else np.where(condition, a, b)


def convolved(ages: int, bought: Sequence[Value], profile: Sequence[Value]) -> Value:
    """The sum over ages of what was bought x the profile at that age, from the youngest on; nil without purchases.

    >>> convolved(2, [0.0, 100.0, 50.0], [0.0, 0.5, 0.25])
    50.0
    """
    now = len(bought)
    terms = [(bought[now - age], profile[age]) for age in range(1, min(ages, now - 1) + 1)]
    terms = [(value, weight) for value, weight in terms if not is_nil(value) and not is_nil(weight)]
    return Arrays.dot(*zip(*terms, strict=True)) if terms else 0.0


def is_nil(value: Value) -> bool:
    """Whether a value is nil in all scenarios, as the plain number."""
    return value.__class__ is float and value == 0.0


#: The operations on arrays.
CALLS: dict[str, Callable[..., Any]] = {
    "+": plus, "-": minus, "*": times, "/": np.divide, "min": smaller, "max": larger,
    "<": np.less, "<=": np.less_equal, ">": np.greater, ">=": np.greater_equal, "==": np.equal, "!=": np.not_equal,
    "and": np.logical_and, "or": np.logical_or, "not": np.logical_not, "where": chosen,
    "flag": lambda condition: spared(Arrays.flag(condition)),
    "ratio": lambda a, b: spared(Arrays.ratio(a, b)), "exceeds": Arrays.exceeds,
    "lookup": lambda index, *table: Arrays.lookup(table, index),
}  # fmt: skip
#: The same on plain numbers.
PLAIN: dict[str, Callable[..., Any]] = OPERATIONS | {
    "total": lambda *values: Floats.total(values),
    "lookup": lambda index, *table: Floats.lookup(table, index),
}
