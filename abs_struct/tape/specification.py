"""The specification of a synthetic pool: a short document that says what the loans look like."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Annotated

from pydantic import BeforeValidator, Field, ValidationError, model_validator

from abs_struct.core.findings import TapeError
from abs_struct.tape.layout import read_yaml
from abs_struct.terms.base import Terms, problems
from abs_struct.terms.numbers import Amount, Months, Rate, Share


def as_whole(written: object) -> object:
    """`23_000` as a text is 23000."""
    return int(written.replace("_", "")) if isinstance(written, str) else written


Count = Annotated[int, BeforeValidator(as_whole), Field(ge=0)]
Weights = dict[str, Share]


class Term(Terms):
    """Loans of one original term."""

    share: Share = Field(description="of the number of loans")
    sizes: tuple[Amount, ...] = Field(
        min_length=2, description="original balances at evenly spaced quantiles; scaled to meet the total"
    )


class Grade(Terms):
    """Loans of one credit grade."""

    share: Share = Field(description="of the number of loans")
    rates: tuple[Rate, ...] = Field(min_length=1, description="of its sub-grades, equally many loans each")
    fico: tuple[Count, ...] | None = Field(
        default=None, min_length=2, description="scores at evenly spaced quantiles; without them no column fico"
    )


class Borrowers(Terms):
    """Who owes the loans: each borrower one, and some of them several."""

    count: Count = Field(ge=1, description="how many borrowers there are")
    id: str = Field(default="B{:06d}", description="how borrower ids are written")
    same: tuple[str, ...] = Field(default=(), description="columns that are the same for all loans of a borrower")


class Specification(Terms):
    """A synthetic pool: shares are met exactly, totals to the cent, the rate within 0.5 bp.

    Loans are level pay, unless a column `repayment` says interest_first: then nothing of their balance is repaid.
    """

    name: str
    seed: Count
    currency: str = Field(default="USD", pattern="^[A-Z]{3}$")
    cutoff: date
    loans: Count = Field(ge=1)
    balance: Amount = Field(gt=0, description="the total current balance, to the cent")
    rate: Rate = Field(description="the average weighted by current balance; the grades' rates are moved in parallel")
    id: str = Field(default="L{:06d}", description="how loan ids are written")
    smallest: Amount = Field(default=1_000.0, description="of the original balances")
    largest: Amount = Field(default=50_000.0, description="of the original balances")
    step: Amount = Field(default=25.0, gt=0, description="original balances are multiples of it (but for a few loans)")
    terms: dict[Months, Term]
    ages: dict[Months, Share] = Field(description="months since origination -> share of the number of loans")
    grades: dict[str, Grade]
    days_past_due: dict[Count, Share] = Field(default_factory=lambda: {0: 1.0})
    columns: dict[str, Weights] = Field(default_factory=dict, description="further columns: word -> share")
    borrowers: Borrowers | None = Field(
        default=None, description="makes a column borrower_id; without it there is none"
    )

    @model_validator(mode="after")
    def shares_are_whole(self) -> Specification:
        """Every list of shares comes to 100%, and the sizes can come to the total."""
        lists: dict[str, list[float]] = {
            "terms": [term.share for term in self.terms.values()],
            "ages": list(self.ages.values()),
            "grades": [grade.share for grade in self.grades.values()],
            "days_past_due": list(self.days_past_due.values()),
        }
        lists |= {f"columns.{name}": list(words.values()) for name, words in self.columns.items()}
        for name, shares in lists.items():
            if abs(sum(shares) - 1.0) > 1e-9:
                raise ValueError(f"the shares of {name} come to {sum(shares):.4%}, not to 100%")
        if self.borrowers is not None and self.borrowers.count > self.loans:
            raise ValueError(
                f"{self.borrowers.count:,} borrowers cannot owe {self.loans:,} loans; each has one at least"
            )
        unknown = [name for name in self.borrowers.same if name not in self.columns] if self.borrowers else []
        if unknown:
            raise ValueError(f"borrowers.same names the column '{unknown[0]}', which columns does not have")
        if not self.ages[min(self.ages)]:
            raise ValueError("ages needs some loans at its lowest age: they carry what is left to meet the total")
        scored = [name for name, grade in self.grades.items() if grade.fico is not None]
        if scored and len(scored) < len(self.grades):
            without = next(name for name in self.grades if name not in scored)
            raise ValueError(f"grades.{without} has no fico, and grades.{scored[0]} has; give it to all grades or none")
        if not self.smallest < self.largest:
            raise ValueError(f"smallest {self.smallest:,.0f} must lie below largest {self.largest:,.0f}")
        if not self.smallest * self.loans <= self.balance <= self.largest * self.loans:
            raise ValueError(f"{self.loans:,} loans cannot come to {self.balance:,.2f} between smallest and largest")
        if max(self.ages) >= min(self.terms):
            raise ValueError(f"a loan of {min(self.terms)} months cannot be {max(self.ages)} months old")
        return self


def read_specification(path: str | Path) -> Specification:
    """A specification file.

    Raises
    ------
    TapeError : no such file, not YAML, or a field that a specification does not have
    """
    document = read_yaml(Path(path), "specification")
    try:
        return Specification.model_validate(document)
    except ValidationError as error:
        where, sentence = problems(error, document)[0]
        raise TapeError(f"{path}: {f'{where}: ' if where else ''}{sentence}") from None
