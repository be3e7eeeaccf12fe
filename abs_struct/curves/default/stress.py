"""Stress: a multiple of a default curve, so that a rating stress or a break-even is one number of the deal."""

from __future__ import annotations

from typing import Annotated

from pydantic import BeforeValidator, Field

from abs_struct.core.arithmetic.numbers import Numbers, Value
from abs_struct.curves.curve import Curve, Read
from abs_struct.terms.numbers import number, shown, written_as

#: No stress is larger; beyond it a percentage lost its sign.
LARGEST = 100.0


def as_multiple(written: object) -> float:
    """A multiple of a base curve: 1 leaves it as it is, 2.5 or 250% stresses it.

    Parameters
    ----------
    written : scalar, a number or a text such as "250%"; pure number

    Returns
    -------
    scalar, pure number from 0 to 100

    Raises
    ------
    ValueError : no number, or one outside its range

    Source: definition.

    >>> as_multiple("250%"), as_multiple(2.5)
    (2.5, 2.5)
    """
    value = number(written, "multiple")
    if not 0.0 <= value <= LARGEST:
        hint = f": write {value:g}% or {value / 100:g}" if LARGEST < value <= 100.0 * LARGEST else ""
        raise ValueError(f"{shown(written)} is not a multiple; multiples lie in [0, 100] (2.5 is 250%){hint}")
    return value


Multiple = Annotated[float, BeforeValidator(as_multiple), written_as("a multiple of the base curve", [2.5, "250%"])]


class Stressed(Curve):
    """A default curve with a multiple on its level, 1 when left out."""

    multiple: Multiple = Field(default=1.0, description="of the level of the curve: a stress, and a scenario axis")

    def stressed(self, x: Numbers, value: Read, level: Value) -> Value:
        """The level of a rate under stress: multiple x level, at most 1."""
        return x.minimum(1.0, value("multiple") * level)
