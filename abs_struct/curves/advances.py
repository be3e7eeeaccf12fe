"""Servicer advances: whether the servicer pays the instalments of defaulted loans, and when it stops.

    advances: true             until the loan is liquidated, `lag` months after the default
    advances: {months: 6}      in the month of the default and the five after it, 6 in all

A servicer advances what it expects to get back, and stops when the recovery no longer covers it; how many instalments
that are is an assumption of the deal, and structure.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any

from pydantic import Discriminator, Field, Tag

from abs_struct.curves.relief import Counted
from abs_struct.terms.base import Terms


class StoppedAdvances(Terms):
    """Advances that stop before the liquidation."""

    months: Counted = Field(description="instalments that are advanced, that of the month of the default included")


def tag_of(written: Any) -> str:
    """Yes or no, or advances that stop."""
    return "stopped advances" if isinstance(written, Mapping | StoppedAdvances) else "all advances"


Advances = Annotated[
    Annotated[bool, Tag("all advances")] | Annotated[StoppedAdvances, Tag("stopped advances")], Discriminator(tag_of)
]
