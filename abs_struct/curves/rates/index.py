"""The model of an index: a flat rate, or a curve with the way in which it is fixed."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Annotated

from pydantic import BeforeValidator, Discriminator, Field, Tag, WithJsonSchema, model_validator

from abs_struct.core.findings import DateError
from abs_struct.curves.rates.points import as_day, index_rate, rising
from abs_struct.dates.calendars import known
from abs_struct.terms.base import Terms
from abs_struct.terms.numbers import choice, number, shown, written_as

IN_ADVANCE, COMPOUNDED, AVERAGED = "in advance", "compounded in arrears", "averaged in arrears"
#: The most business days that a lookback goes back: a quarter.
LONGEST = 66


def as_curve(written: object) -> object:
    """Rates by date; decimals, because they are what the deal is made of and no axis of scenarios by themselves."""
    if not isinstance(written, Mapping):
        raise ValueError(f"{shown(written)} is not a curve; write {{2027-01-01: 4.3%, 2028-01-01: 4.0%}}")
    if not written:
        raise ValueError("a curve needs at least one date, as in {2027-01-01: 4.3%}")
    curve = {}
    for key, rate in written.items():
        try:
            curve[as_day(key)] = Decimal(repr(index_rate(rate)))
        except ValueError as error:
            raise ValueError(f"{key}: {error}" if isinstance(key, date) else str(error)) from None
    rising(list(curve))
    return curve


def as_shift(written: object) -> object:
    """A parallel move of the whole curve."""
    return index_rate(written, "shift")


def as_lookback(written: object) -> object:
    """Business days."""
    days = number(written, "number of business days")
    if days != int(days) or not 0 <= days <= LONGEST:
        raise ValueError(f"{shown(written)} is not a number of business days; it is a whole number from 0 to {LONGEST}")
    return int(days)


def as_calendar(written: object) -> str:
    """A known calendar, or several joined by a plus."""
    try:
        return known(str(written))
    except DateError as error:
        raise ValueError(str(error)) from None


IndexRate = Annotated[
    float, BeforeValidator(index_rate), written_as("a rate in [-20%, 100%)", ["2.45%", 0.0245, "-50 bp"])
]
Shift = Annotated[float, BeforeValidator(as_shift), written_as("a parallel move of the curve", ["25 bp", -0.01])]
Curve = Annotated[
    dict[date, Decimal],
    BeforeValidator(as_curve),
    WithJsonSchema({"type": "object", "description": "rates by date", "examples": [{"2027-01-01": "4.3%"}]}),
]
Lookback = Annotated[int, BeforeValidator(as_lookback), WithJsonSchema({"type": "integer", "minimum": 0})]
CalendarName = Annotated[str, BeforeValidator(as_calendar), WithJsonSchema({"type": "string"})]


class Index(Terms):
    """An index by a flat rate, by a curve, or by a file."""

    rate: IndexRate | None = Field(default=None, description="one rate for every period, as it stands")
    curve: Curve | None = Field(default=None, description="rates by date; a rate holds until the next date")
    file: str | None = Field(default=None, description="a CSV file with the columns date and rate")
    shift: Shift = Field(default=0.0, description="is added to the rate of every period")
    fixing: choice(IN_ADVANCE, COMPOUNDED, AVERAGED) = Field(  # type: ignore[valid-type]
        default=IN_ADVANCE, description="how a curve gives the rate of an accrual period"
    )
    lookback: Lookback = Field(default=0, description="business days that a rate is taken before the day it is for")
    calendar: CalendarName = Field(default="weekends", description="the business days on which the index is fixed")
    day_count: choice("actual/360", "actual/365") = Field(  # type: ignore[valid-type]
        default="actual/360", description="the year in which daily rates are compounded"
    )

    @model_validator(mode="after")
    def one_source(self) -> Index:
        """One of rate, curve and file; a flat rate is not fixed."""
        given = [name for name in ("rate", "curve", "file") if getattr(self, name) is not None]
        if len(given) != 1:
            got = f" (got {' and '.join(given)})" if given else ""
            raise ValueError(f"an index is rate: ..., curve: ... or file: ..., one of the three{got}")
        if self.rate is not None and (self.fixing != IN_ADVANCE or self.lookback):
            word = "fixing" if self.fixing != IN_ADVANCE else "lookback"
            raise ValueError(
                f"a flat rate is the rate of each period as it stands and has no {word}; "
                "to compound it write curve: {<a date before closing>: ...}"
            )
        return self


def kind_of(written: object) -> str:
    """Whether an index is one number or a set of fields."""
    return "fields of an index" if isinstance(written, Mapping | Index) else "flat index"


OneIndex = Annotated[
    Annotated[IndexRate, Tag("flat index")] | Annotated[Index, Tag("fields of an index")], Discriminator(kind_of)
]
