"""The terms of triggers and of the call."""

from __future__ import annotations

from typing import Annotated

from pydantic import BeforeValidator, Field, WithJsonSchema, model_validator

from abs_struct.core.formula import Formula
from abs_struct.terms.base import Terms
from abs_struct.terms.numbers import Amount, choice, months, shown
from abs_struct.terms.schedules import Schedule

WORDS = ("when the test passes", "never")


def count(written: object) -> int:
    """A whole number of periods, 1 or more."""
    found = months(written)
    if found < 1:
        raise ValueError(f"{shown(written)} is not a number of periods; it is a whole number from 1 on")
    return found


Count = Annotated[int, BeforeValidator(count), WithJsonSchema({"type": "integer", "minimum": 1})]


class Passes(Terms):
    """A cure after some tests in a row that pass."""

    passes: Count = Field(description="tests in a row that have to pass")


def as_cure(written: object) -> object:
    """`never`, `when the test passes`, or {passes: 3}."""
    if isinstance(written, dict):
        return Passes.model_validate(written)
    return written if isinstance(written, Passes) else choice_of(written)


def choice_of(written: object) -> str:
    """One of the words of a cure."""
    from pydantic import TypeAdapter

    return str(TypeAdapter(choice(*WORDS)).validate_python(written))


Cure = Annotated[
    str | Passes,
    BeforeValidator(as_cure),
    WithJsonSchema(
        {"anyOf": [{"enum": list(WORDS)}, {"type": "object", "properties": {"passes": {"type": "integer"}}}]}
    ),
]


def grace_of(written: str) -> tuple[int, bool]:
    """The business days of a grace period in words, and whether they run since the payment date before.

    >>> grace_of("5 business days"), grace_of("10 business days since the last payment")
    ((5, False), (10, True))
    """
    number, _, words = written.strip().partition(" ")
    unit, _, since = words.partition(" since ")
    known = unit in {"business days", "business day"} and since in {"", "the last payment"}
    if not known or not number.isdigit() or int(number) < 1 or (since == "") == (" since" in words):
        raise ValueError(
            f"'{written}' is not a grace period; write 5 business days, or 5 business days since the last payment"
        )
    return int(number), bool(since)


def as_grace(written: object) -> str:
    """A grace period in words, as the document writes it."""
    grace_of(str(written))
    return str(written)


class Trigger(Terms):
    """A test with a level that may step with the periods, or a condition that holds or not."""

    test: Formula = Field(description="the tested value, or a condition")
    above: Schedule | None = Field(
        default=None, description="breached above this level; {1: 2%, 7: 4.5%} steps from those periods on"
    )
    below: Schedule | None = Field(default=None, description="breached below this level")
    in_a_row: Count = Field(default=1, description="tests in a row that have to fail before the trigger is active")
    cure: Cure = Field(
        default="never",
        description="whether the effect ends: never, when the test passes, or {passes: 3} tests in a row",
    )
    grace: Annotated[str, BeforeValidator(as_grace)] | None = Field(
        default=None,
        description="how long it has to go on failing before the trigger is active: 5 business days of the deal's "
        "calendar from the first payment date that fails; for what the payment date before left unpaid: 5 business "
        "days since the last payment. A test that passes meanwhile cures it",
    )
    from_period: Count = Field(default=1, description="the first period in which it is tested")
    until_period: Count | None = Field(default=None, description="the last period in which it is tested")
    fired: Count | None = Field(
        default=None, description="fired by hand: active from this period on, whatever the test says"
    )
    label: str = Field(default="", description="the name to print")

    @model_validator(mode="after")
    def one_level(self) -> Trigger:
        """At most one of above and below; a window that can be met."""
        if self.above is not None and self.below is not None:
            raise ValueError("a trigger has either `above` or `below`, not both")
        if self.until_period is not None and self.until_period < self.from_period:
            raise ValueError(f"until_period {self.until_period} lies before from_period {self.from_period}")
        return self

    @property
    def levels(self) -> dict[int, Formula] | None:
        """The levels by period, whichever side they are on; None for a condition."""
        return self.above if self.above is not None else self.below

    @property
    def passes_to_cure(self) -> int:
        """Tests in a row that have to pass; 0 where nothing cures it."""
        if isinstance(self.cure, Passes):
            return self.cure.passes
        return 1 if self.cure == "when the test passes" else 0


class Call(Terms):
    """A clean-up call: the pool is bought back in the first period in which the test holds."""

    when: Formula = Field(description="the test, such as pool.balance <= 10% of pool")
    price: Amount = Field(default=100.0, description="per 100 of the pool balance")
    exercised: bool = Field(default=False, description="whether the run assumes that it is exercised")

    @model_validator(mode="after")
    def per_hundred(self) -> Call:
        """A price of 1 is par that was written as a share."""
        if not 2.0 < self.price <= 1_000.0:
            raise ValueError(f"price {self.price:g} is not a price per 100 of the pool balance; par is 100")
        return self
