"""Structural numbers: what shapes the schedules of the loans before any run, and so is no scenario axis.

They are exact decimals and not floats: a sweep over one of them makes a pool for each of its values.
"""

from __future__ import annotations

from decimal import Decimal
from typing import Annotated

from pydantic import BeforeValidator, PlainSerializer

from abs_struct.terms.numbers import rate, share, written_as


def plain(written: object) -> object:
    """A decimal as its text, so that a number that was read once can be read again."""
    return str(written) if isinstance(written, Decimal) else written


def structural_rate(written: object) -> Decimal:
    """A rate in [0, 1) as a decimal."""
    return Decimal(repr(rate(plain(written))))


def structural_share(written: object) -> Decimal:
    """A share of a whole, above 0 and at most 1, as a decimal."""
    value = share(plain(written))
    if value == 0.0:
        raise ValueError("a share of nil has no effect; leave the field out, or write a share above 0%")
    return Decimal(repr(value))


as_number = PlainSerializer(float, return_type=float, when_used="json")

StructuralRate = Annotated[
    Decimal, BeforeValidator(structural_rate), as_number, written_as("a rate in [0, 1)", ["9.7%", 0.097])
]
StructuralShare = Annotated[
    Decimal, BeforeValidator(structural_share), as_number, written_as("a share in (0, 1]", ["95%", 0.95])
]
