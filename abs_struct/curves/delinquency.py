"""Delinquency: who misses instalments on the way to default, or pays them late.

    delinquency: {enter: 2%, roll: [30%, 60%, 85%]}            arrears of 1-30, 31-60 and 61-90 days, then default
    delinquency: {enter: from default, roll: [30%, 60%, 85%]}  so many enter as the default curve asks for

A borrower in bucket k is k instalments behind. Each month the share `roll` of the bucket misses another instalment, out
of the last bucket into default; the others pay all that they owe. The default curve rules: what defaults is what it
says, with or without this block, and who defaults in month t has passed the buckets in the months before. `enter` are
the others, who pay in the end: a given share each month, or so many that those of the curve are what the roll rates
leave of all who entered.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any

from pydantic import BeforeValidator, Field, WithJsonSchema, field_validator, model_validator

from abs_struct.core.findings import nearest
from abs_struct.curves.buckets import BUCKETS
from abs_struct.terms.base import Terms
from abs_struct.terms.numbers import Rate, Share, number, share, shown

FROM_DEFAULT = "from default"


def as_entry(written: object) -> float | str:
    """A share of the loans each month, or the words `from default`.

    Parameters
    ----------
    written : scalar, a number or a text; pure number a month

    Returns
    -------
    scalar, a fraction in [0, 1], or the words

    Raises
    ------
    ValueError : neither of the two

    Source: definition.

    >>> as_entry("2%"), as_entry("from default")
    (0.02, 'from default')
    """
    if isinstance(written, str) and written.strip().replace("_", " ").lower() == FROM_DEFAULT:
        return FROM_DEFAULT
    try:
        number(written)
    except ValueError:
        hint = nearest(str(written), (FROM_DEFAULT,))
        raise ValueError(
            f"{shown(written)} is neither a share, such as 2%, nor the words 'from default'{hint}"
        ) from None
    return share(written)


Entry = Annotated[float | str, BeforeValidator(as_entry), WithJsonSchema({"type": ["number", "string"]})]


class Delinquency(Terms):
    """Roll rates by bucket of arrears, and who enters them."""

    enter: Entry = Field(
        default=FROM_DEFAULT,
        description="the share of the loans not in arrears that misses an instalment each month and pays in the end; "
        "`from default`: as many as the roll rates say for each one that the default curve takes",
    )
    roll: list[Share] = Field(
        min_length=1,
        description="of each bucket, 1-30, 31-60, ... days, the share that misses another instalment; of the last one "
        "the share that defaults; who does not roll pays what is overdue",
    )
    late_fee: Rate = Field(
        default=0.0, description="a day, of the overdue amount; paid with the instalments that are late"
    )

    @model_validator(mode="before")
    @classmethod
    def whole(cls, written: Any) -> Any:
        """Cures may be written down beside the rolls: each pair makes a whole."""
        if not isinstance(written, Mapping) or "cure" not in written:
            return written
        rolls, cures = written.get("roll", ()), written["cure"]
        if not isinstance(rolls, list) or not isinstance(cures, list) or len(rolls) != len(cures):
            raise ValueError("cure has one share for each bucket of roll; it may be left out: who does not roll pays")
        for place, (roll, cure) in enumerate(zip(rolls, cures, strict=True), 1):
            both = share(roll) + share(cure)
            if abs(both - 1.0) > 1e-9:
                raise ValueError(
                    f"roll and cure of bucket {place} sum to {100.0 * both:.10g}%; they must sum to 100%: who does not "
                    "roll pays (cure may be left out)"
                )
        return {key: value for key, value in written.items() if key != "cure"}

    @field_validator("roll")
    @classmethod
    def buckets(cls, roll: list[float]) -> list[float]:
        """As many as the field knows."""
        if len(roll) > len(BUCKETS):
            raise ValueError(
                f"roll has {len(roll)} buckets; there are {len(BUCKETS)} at most, from 1-30 to 151-180 days (what is "
                "later has defaulted)"
            )
        return roll

    @property
    def count(self) -> int:
        """How many buckets there are."""
        return len(self.roll)

    @property
    def from_default(self) -> bool:
        """Whether the default curve says how many enter."""
        return isinstance(self.enter, str)
