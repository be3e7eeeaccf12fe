"""Cards: what is assumed of card accounts, which have no schedule: yield, payments, charge-offs, new sales.

    cards: {yield: 16.19%, payment_rate: 16.98%, charge_off: 3.25%}
    charge_off: {1: 3.25%, 13: 6%}                         from these periods on
    charge_off: {from: 6%, to: 9%, months: 12}             in equal steps; `start: 6` begins six months later
    charge_off: {linear: {0: 3.25%, 9: 16.25%, 21: 16.25%, 33: 3.25%}}     on straight lines between points
    charge_off: {rate: 3.25%, multiple: 5}                 any of them (steps: {1: ...}) times a multiple
    payment_rate: {rate: 16.98%, multiple: {from: 1, to: 55%, months: 9}}

Every number is an input of the deal; period 0 of a path is the cut-off date.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from itertools import pairwise
from typing import Annotated, Any

from pydantic import BeforeValidator, Field, WithJsonSchema, model_validator

from abs_struct.core.arithmetic.numbers import Numbers, Value
from abs_struct.curves.curve import Read
from abs_struct.terms.base import Terms
from abs_struct.terms.numbers import Months, months, rate, share, speed

Check = Callable[[object], float]
ANY = WithJsonSchema({"anyOf": [{"type": "number"}, {"type": "string"}, {"type": "object"}]})
#: The words that say how a rate moves; one of them stands in a mapping.
KINDS = ("rate", "steps", "from", "linear")


def numbered(written: Mapping[Any, Any], check: Check, word: str, first: int) -> dict[int, float]:
    """Values by period, which begin with period `first` and rise.

    Parameters
    ----------
    written : period -> value, as the document writes them
    check : the rule of one value
    word : what they are called in the message
    first : the period with which they begin

    Returns
    -------
    dict: period -> scalar, a fraction

    Raises
    ------
    ValueError : they begin with another period, or do not rise

    Source: definition.

    >>> numbered({1: "6%", 10: "9%"}, rate, "a schedule", 1)
    {1: 0.06, 10: 0.09}
    """
    found = {months(period): check(value) for period, value in written.items()}
    periods = list(found)
    if not periods or periods[0] != first or periods != sorted(periods):
        raise ValueError(f"the periods of {word} begin with {first} and rise; found {periods}")
    return found


def level(check: Check) -> Callable[[object], Any]:
    """How a rate is read: a number, values by period, or a path with a multiple; each number by one rule."""

    def read(written: object) -> Any:
        if isinstance(written, Path) or not isinstance(written, Mapping):
            return written if isinstance(written, Path) else check(written)
        if written and all(isinstance(key, int) or str(key).isdigit() for key in written):
            return numbered(written, check, "a schedule", 1)
        given = dict(written)
        for word in {"rate", "from", "to"} & set(given):
            given[word] = check(given[word])
        for word, first in (("steps", 1), ("linear", 0)):
            if isinstance(given.get(word), Mapping):
                given[word] = numbered(given[word], check, word, first)
        return Path.model_validate(given)

    return read


Multiple = Annotated[Any, BeforeValidator(level(speed)), ANY]


class Path(Terms):
    """How a rate moves with the periods of the deal, times a multiple."""

    rate: float | None = Field(default=None, description="the same in every period")
    steps: dict[int, float] | None = Field(default=None, description="{1: 6%, 10: 9%}: from these periods on")
    begin: float | None = Field(default=None, alias="from", description="the level from which it moves in equal steps")
    to: float | None = Field(default=None, description="the level that it reaches, and keeps")
    months: Months | None = Field(default=None, description="after so many months")
    start: Months = Field(default=0, description="the period after which it begins to move")
    linear: dict[int, float] | None = Field(
        default=None, description="{0: 3%, 9: 15%, 21: 15%, 33: 3%}: on straight lines between these periods"
    )
    multiple: Multiple = Field(default=1.0, description="times this: a number, or a path again")

    @model_validator(mode="after")
    def one_kind(self) -> Path:
        """One way in which it moves, and all that it needs."""
        given = [name for name, value in zip(KINDS, (self.rate, self.steps, self.begin, self.linear), strict=True)
                 if value is not None]  # fmt: skip
        if len(given) != 1:
            found = " and ".join(given) or "none"
            raise ValueError(f"a path is one of rate, steps, from (with to and months) or linear; found {found}")
        if (self.begin is None) != (self.to is None) or (self.to is None) != (self.months is None):
            raise ValueError("a ramp is {from: 6%, to: 9%, months: 12}, all three of them")
        if self.months == 0:
            raise ValueError("a ramp takes 1 month or more; write rate: ... for a level that is there at once")
        return self


def at(x: Numbers, terms: Any, value: Read, field: str, period: Value) -> Value:
    """A rate in each period.

    Parameters
    ----------
    x : numbers backend
    terms : a number, values by period, or a Path
    value : field -> input of the deal, scalar or (S,), as a fraction
    field : where the rate stands
    period : (T, 1), number of the period

    Returns
    -------
    what broadcasts to (T, S), a fraction

    Raises
    ------
    Nothing

    Source: definition.

    >>> from abs_struct.core.arithmetic.arrays import Arrays
    >>> import numpy as np
    >>> ramp = level(rate)({"from": "6%", "to": "9%", "months": 12})
    >>> numbers = {"charge_off.from": 0.06, "charge_off.to": 0.09, "charge_off.multiple": 1.0}
    >>> [round(float(v), 6) for v in at(Arrays(), ramp, numbers.get, "charge_off", np.array([3.0, 12.0, 40.0]))]
    [0.0675, 0.09, 0.09]
    """
    if isinstance(terms, float):
        return value(field)
    if isinstance(terms, Mapping):
        return stepped(x, terms, value, field, period)
    if terms.rate is not None:
        found = value(f"{field}.rate")
    elif terms.steps is not None:
        found = stepped(x, terms.steps, value, f"{field}.steps", period)
    elif terms.linear is not None:
        found = straight(x, terms.linear, value, f"{field}.linear", period)
    else:
        rise = value(f"{field}.to") - value(f"{field}.from")
        found = value(f"{field}.from") + rise * progress(x, period, terms.start, terms.start + terms.months)
    return found * at(x, terms.multiple, value, f"{field}.multiple", period)


def stepped(x: Numbers, steps: Mapping[int, float], value: Read, field: str, period: Value) -> Value:
    """The value of the last step that has come."""
    first, *later = steps
    found = value(f"{field}.{first}")
    for step in later:
        found = x.where(period > step - 0.5, value(f"{field}.{step}"), found)
    return found


def straight(x: Numbers, points: Mapping[int, float], value: Read, field: str, period: Value) -> Value:
    """Straight lines between points, and level after the last."""
    found = value(f"{field}.{next(iter(points))}")
    for before, after in pairwise(points):
        found = found + (value(f"{field}.{after}") - value(f"{field}.{before}")) * progress(x, period, before, after)
    return found


def progress(x: Numbers, period: Value, first: int, last: int) -> Value:
    """The part of the way from one period to another that is behind: 0 before, 1 after."""
    return x.minimum(x.maximum((period - float(first)) / float(last - first), 0.0), 1.0)


Yearly = Annotated[Any, BeforeValidator(level(rate)), ANY]
Monthly = Annotated[Any, BeforeValidator(level(share)), ANY]


class Cards(Terms):
    """Card accounts: rates a year or a month, each a number, a schedule by period, or a path with a multiple."""

    yield_: Yearly = Field(alias="yield", description="finance charges and fees, a year, of opening principal")
    payment_rate: Monthly = Field(
        description="principal collected, a month, of opening principal; where a monthly payment rate counts finance "
        "charges too, take the yield / 12 away"
    )
    charge_off: Yearly = Field(default=0.0, description="charged off, a year, of opening principal, in twelve parts")
    purchase_rate: Multiple = Field(
        default=1.0,
        description="new receivables, of what left the pool in the month by payment, charge-off and dilution: 100% "
        "keeps the pool level, 0% is a run-off",
    )
    interchange: Yearly = Field(default=0.0, description="interchange collected, a year, of opening principal")
    dilution: Monthly = Field(
        default=0.0, description="returns, rebates and fraud, a month, of opening principal: no cash and no loss"
    )

    def rates(self, x: Numbers, value: Read, period: Value) -> dict[str, Value]:
        """All of them by the name of their line, (T, S); `value` reads a field by its path below the block."""
        words = {name: field.alias or name for name, field in type(self).model_fields.items()}
        return {name: at(x, getattr(self, name), value, word, period) for name, word in words.items()}
