"""The `pool` block of a deal document: where the loans come from and which of them belong."""

from __future__ import annotations

from typing import Annotated

from pydantic import BeforeValidator, Field

from abs_struct.core.formula import Formula
from abs_struct.terms.base import Terms
from abs_struct.terms.numbers import choice
from abs_struct.terms.structural import StructuralRate


class Criterion(Terms):
    """An eligibility criterion: a formula over the columns of the tape."""

    rule: Formula
    name: str = ""
    optional: bool = Field(default=False, description="reported as untested where the tape lacks a column")


def as_criterion(value: object) -> object:
    """A formula alone is a criterion that must be testable."""
    return {"rule": value} if isinstance(value, str) else value


class Pool(Terms):
    """Where the loans come from and which of them belong."""

    tape: str = Field(description="the loan tape, as a path from the deal file")
    layout: str | None = Field(default=None, description="the tape's layout; recognised from its header when left out")
    as_of: choice("cutoff", "origination", "auto") = Field(  # type: ignore[valid-type]
        default="cutoff",
        description="cutoff: balances, ages and terms of the tape; origination: the original balance at age 0 (a "
        "history as tape); auto: origination where every current balance is zero, and said so, else cutoff",
    )
    groups: tuple[str, ...] = Field(default=(), description="columns by which curves may differ")
    eligibility: tuple[Annotated[Criterion, BeforeValidator(as_criterion)], ...] = ()
    accrual: choice("30/360", "actual/365") = Field(  # type: ignore[valid-type]
        default="30/360", description="how loans accrue interest"
    )
    yield_supplement: StructuralRate | None = Field(
        default=None,
        description="the required rate of a yield supplement overcollateralisation: makes the line "
        "pool.yield_supplement, from the loans whose rate lies below it",
    )
