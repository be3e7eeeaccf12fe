"""The `pool` block of a deal document: where the loans come from and which of them belong."""

from __future__ import annotations

from decimal import Decimal
from typing import Annotated

from pydantic import BeforeValidator, Field, model_validator

from abs_struct.core.formula import Formula
from abs_struct.terms.base import Terms
from abs_struct.terms.names import Name
from abs_struct.terms.numbers import choice
from abs_struct.terms.structural import StructuralRate, StructuralShare


class Criterion(Terms):
    """An eligibility criterion: a formula over the columns of the tape."""

    rule: Formula
    name: str = ""
    optional: bool = Field(default=False, description="reported as untested where the tape lacks a column")


def as_criterion(value: object) -> object:
    """A formula alone is a criterion that must be testable."""
    return {"rule": value} if isinstance(value, str) else value


class Concentration(Terms):
    """The largest share of the pool that one value of a column may be, or the loans that meet a rule together."""

    name: str = ""
    by: str | None = Field(default=None, description="a column: no value of it exceeds the limit, such as borrower_id")
    rule: Formula | None = Field(default=None, description="loans that together do not exceed it, as in user_age < 22")
    limit: StructuralShare = Field(description="the largest share of the eligible balance")
    optional: bool = Field(default=False, description="reported as untested where the tape lacks a column")

    @model_validator(mode="after")
    def one_of_two(self) -> Concentration:
        """A column or a rule."""
        if (self.by is None) == (self.rule is None):
            raise ValueError("a concentration is `by` a column, such as province, or of a `rule`; write one of the two")
        return self


class Source(Terms):
    """One of several tapes: where it lies, and the deal's share of each of its loans."""

    tape: str = Field(description="the loan tape, as a path from the deal file")
    layout: str | None = Field(default=None, description="its layout; that of the pool, or recognised, when left out")
    share: StructuralShare = Field(
        default=Decimal(1), description="the deal's share of every loan; balances are rounded to the nearest cent"
    )


def as_source(value: object) -> object:
    """A path alone is a tape of which the deal has all."""
    return {"tape": value} if isinstance(value, str) else value


class Pool(Terms):
    """Where the loans come from and which of them belong."""

    tape: str | None = Field(default=None, description="the loan tape, as a path from the deal file")
    tapes: dict[Name, Annotated[Source, BeforeValidator(as_source)]] = Field(
        default_factory=dict,
        description="several tapes in its place, by name: {de: {tape: de.csv, share: 95%}, fr: fr.csv}; each loan has "
        "the name in its column `tape`",
    )
    kind: choice("loans", "cards") = Field(  # type: ignore[valid-type]
        default="loans",
        description="loans, which have a schedule; or cards: accounts whose total balance is projected by "
        "assumptions.cards until dates.legal_final",
    )
    series: bool = Field(
        default=False,
        description="whether the notes are one series of a trust, whose pool belongs to the seller and to other series "
        "too: sizes and enhancement are measured against the invested amount, the notes less what was charged off",
    )
    layout: str | None = Field(default=None, description="the tape's layout; recognised from its header when left out")
    as_of: choice("cutoff", "origination", "auto") = Field(  # type: ignore[valid-type]
        default="cutoff",
        description="cutoff: balances, ages and terms of the tape; origination: the original balance at age 0 (a "
        "history as tape); auto: origination where every current balance is zero, and said so, else cutoff",
    )
    groups: tuple[str, ...] = Field(default=(), description="columns by which curves may differ")
    eligibility: tuple[Annotated[Criterion, BeforeValidator(as_criterion)], ...] = ()
    concentrations: tuple[Concentration, ...] = Field(
        default=(),
        description="limits of the eligible pool: [{name: one province, by: province, limit: 12%}, {rule: user_age < "
        "22, limit: 8%}]; what exceeds one is reported with its excess, and belongs to the pool all the same",
    )
    accrual: choice("30/360", "actual/365") = Field(  # type: ignore[valid-type]
        default="30/360", description="how loans accrue interest"
    )
    yield_supplement: StructuralRate | None = Field(
        default=None,
        description="the required rate of a yield supplement overcollateralisation: makes the line "
        "pool.yield_supplement, from the loans whose rate lies below it",
    )

    @model_validator(mode="after")
    def one_or_several(self) -> Pool:
        """A tape, or several."""
        if self.tape is None and not self.tapes:
            raise ValueError("names no loans; write tape: FILE, or tapes: {NAME: {tape: FILE}, ...}")
        if self.tape is not None and self.tapes:
            raise ValueError("tape and tapes are both given; keep one of them")
        return self

    @property
    def sources(self) -> dict[str, Source]:
        """The tapes by name; the only one has no name."""
        return self.tapes or {"": Source(tape=str(self.tape), layout=self.layout)}
