"""Interruption of the servicer: months in which collections do not reach the deal, as rating agencies stress them."""

from __future__ import annotations

from pydantic import Field

from abs_struct.curves.relief import Counted
from abs_struct.terms.base import Terms
from abs_struct.terms.numbers import Share


class Interruption(Terms):
    """Collections lost in the hands of the servicer (commingling): `lost` of what the pool pays in some months.

    The loans have paid; the deal never gets the money. Reserves, facilities and later collections bear it.
    """

    from_: Counted = Field(alias="from", description="the first period whose collections are lost")
    months: Counted = Field(default=1, description="for so many periods")
    lost: Share = Field(default=1.0, description="the share of the collections that is lost")

    def hits(self, period: int) -> bool:
        """Whether the collections of a period are lost.

        >>> [Interruption.model_validate({"from": 6}).hits(period) for period in (5, 6, 7)]
        [False, True, False]
        """
        return self.from_ <= period < self.from_ + self.months
