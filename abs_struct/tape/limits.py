"""Concentration limits: what a pool may hold of one state, product, term or obligor, and the excess above it.

    eligibility: [days_past_due <= 30]
    limits:
      - {by: state, each: 15%}                      # no state above 15% of the pool
      - {by: borrower_id, each: 0.5%}               # no obligor above 0.5%
      - {by: borrower_id, largest: 10, share: 4%}   # the ten largest obligors together
      - {where: original_term > 36, share: 40%}     # long loans together
      - {average: rate, at_least: 12%}              # weighted by balance

Shares are of the eligible balance. The excess of a limit is what lies above it; balances that are in excess of several
limits count once in the total, in the order of the file.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

import numpy as np
from numpy.typing import NDArray
from pydantic import BeforeValidator, Field, ValidationError, model_validator

from abs_struct.core.findings import TapeError
from abs_struct.core.formula import Formula
from abs_struct.tape.eligibility import Criterion, meets, test_eligibility
from abs_struct.tape.layout import read_yaml
from abs_struct.tape.tape import Column, Tape, total_cents
from abs_struct.terms.base import Terms, problems
from abs_struct.terms.numbers import Share, number

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]


def as_number(written: object) -> float:
    """A number as a document writes it: 12%, 700."""
    return number(written, "number")


Level = Annotated[float, BeforeValidator(as_number)]


class Limit(Terms):
    """One limit: on each value of a column, on its largest together, on the loans of a rule, or on an average."""

    name: str = ""
    by: str = Field(default="", description="a column, whose values are limited")
    each: Share | None = Field(default=None, description="the largest share of one value")
    largest: int = Field(default=0, ge=0, description="so many of the largest values together")
    where: Formula | None = Field(default=None, description="a rule, whose loans are limited together")
    share: Share | None = Field(default=None, description="their largest share")
    average: str = Field(default="", description="a column of numbers, averaged by balance")
    at_least: Level | None = None
    at_most: Level | None = None

    @model_validator(mode="after")
    def one_form(self) -> Limit:
        """A limit has one of its four forms, whole."""
        bounds = self.at_least is not None or self.at_most is not None
        forms = {
            "{by, each}": bool(self.by) and self.each is not None and not self.largest and self.share is None,
            "{by, largest, share}": bool(self.by) and self.largest > 0 and self.share is not None and self.each is None,
            "{where, share}": self.where is not None and self.share is not None and not self.by,
            "{average, at_least or at_most}": bool(self.average) and bounds,
        }
        parts = (bool(self.by), self.where is not None, bool(self.average))
        if sum(forms.values()) != 1 or sum(parts) != 1 or (bounds and not self.average):
            raise ValueError(f"is no limit; it has one of the forms {', '.join(forms)}")
        return self

    def __str__(self) -> str:
        if self.name:
            return self.name
        if self.average:
            sides = [f"at least {self.at_least:g}"] if self.at_least is not None else []
            sides += [f"at most {self.at_most:g}"] if self.at_most is not None else []
            return f"average {self.average} {' and '.join(sides)}"
        if self.where is not None:
            return str(self.where)
        return f"{self.largest} largest {self.by}" if self.largest else f"each {self.by}"


class Limits(Terms):
    """The limits of a pool, and which loans may be in it at all."""

    name: str = ""
    eligibility: tuple[Formula, ...] = ()
    limits: tuple[Limit, ...] = Field(min_length=1)


def read_limits(path: str | Path) -> Limits:
    """A file of limits.

    Raises
    ------
    TapeError : no such file, not YAML, or no limits
    """
    document = read_yaml(Path(path), "file of limits")
    try:
        return Limits.model_validate(document)
    except ValidationError as error:
        place, sentence = problems(error, document)[0]
        raise TapeError(f"{path}: {f'{place}: ' if place else ''}{sentence}") from None


@dataclass(frozen=True)
class Measured:
    """What one limit found: the worst value with its share (or the average), the level, and the excess in cents.

    counted : the excess that no limit before it has counted already
    """

    name: str
    worst: str
    actual: float
    level: float
    met: bool
    excess_cents: int = 0
    counted_cents: int = 0


@dataclass(frozen=True, eq=False)
class Concentration:
    """A pool against its limits: balances in cents; mask (N,) of the eligible loans of the tape."""

    mask: Bools
    limits: tuple[Measured, ...]
    pool_cents: int
    eligible_cents: int

    @property
    def excess_cents(self) -> int:
        """The excess concentration, each balance counted once."""
        return sum(limit.counted_cents for limit in self.limits)

    @property
    def adjusted_cents(self) -> int:
        """The eligible balance less the excess concentration."""
        return self.eligible_cents - self.excess_cents

    @property
    def met(self) -> bool:
        """Whether every limit is met."""
        return all(limit.met for limit in self.limits)


def eligible(tape: Tape, limits: Limits) -> Bools:
    """Which loans (N,) meet the criteria of a file of limits."""
    return test_eligibility(tape, [Criterion(str(rule), rule) for rule in limits.eligibility]).mask


def buckets(tape: Tape, column: str) -> tuple[Column, NDArray[np.intp]]:
    """The values of a column, and which of them each loan (N,) has."""
    values, place = np.unique(tape.column(column), return_inverse=True)
    return values, place


def numbers_of(tape: Tape, column: str) -> Floats:
    """A column (N,) of numbers.

    Raises
    ------
    TapeError : it holds texts
    """
    values = tape.column(column)
    if values.dtype.kind not in "fi":
        raise TapeError(f"{tape.file}: the column '{column}' holds texts, and an average needs numbers")
    return values.astype(float)


def test_limits(tape: Tape, limits: Limits) -> Concentration:
    """The eligible loans of a tape against concentration limits.

    Parameters
    ----------
    tape : N accepted loans
    limits : criteria and limits; shares as fractions of the eligible balance

    Raises
    ------
    TapeError : a column that the tape lacks, or no loan is eligible
    """
    mask = eligible(tape, limits)
    cents = np.where(mask, tape.columns["balance_cents"], 0)
    base = total_cents(cents)
    if not base:
        raise TapeError(f"{tape.file}: no loan is eligible under the limits")
    left = cents.astype(float)  # what no limit has taken off yet
    found = []
    for limit in limits.limits:
        measured, left = measure(tape, limit, cents, mask, base, left)
        found.append(measured)
    return Concentration(mask, tuple(found), tape.balance_cents, base)


def measure(tape: Tape, limit: Limit, cents: Column, mask: Bools, base: int, left: Floats) -> tuple[Measured, Floats]:
    """One limit against the eligible balance, and what is left (N,) of each loan when its excess is taken off."""
    if limit.average:
        return measure_average(tape, limit, cents, mask), left
    if limit.where is not None:
        inside = meets(tape, Criterion(str(limit), limit.where)) & mask
        values, place, level = np.array(["others", str(limit.where)]), inside.astype(np.intp), limit.share or 0.0
        sums = sums_of(place, cents, 2)
        chosen = [np.array([1])]
    else:
        values, place = buckets(tape, limit.by)
        sums = sums_of(place, cents, len(values))
        ranked = np.argsort(-sums, kind="stable")
        level = (limit.share if limit.largest else limit.each) or 0.0
        chosen = [ranked[: limit.largest]] if limit.largest else [np.array([k]) for k in ranked.tolist()]
    allowed, excess, counted = int(np.floor(level * base + 1e-9 * base)), 0, 0
    for group in chosen:
        held = int(sums[group].sum())
        if held <= allowed:
            continue
        excess += held - allowed
        members = np.isin(place, group)
        now = float(left[members].sum())
        if now > allowed:
            counted += round(now - allowed)
            left = np.where(members, left * (allowed / now), left)
    first = chosen[0]
    worst = ", ".join(str(values[k]) or "not given" for k in first[:3].tolist()) + (" ..." if len(first) > 3 else "")
    actual = int(sums[first].sum()) / base
    return Measured(str(limit), worst, actual, level, excess == 0, excess, counted), left


def measure_average(tape: Tape, limit: Limit, cents: Column, mask: Bools) -> Measured:
    """An average against its bounds; loans whose value is missing are left out, and the limit says how many."""
    values = numbers_of(tape, limit.average)
    known = mask & ~np.isnan(values)
    weights = np.where(known, cents, 0).astype(float)
    actual = float((np.where(known, values, 0.0) * weights).sum() / weights.sum()) if weights.any() else float("nan")
    low, high = limit.at_least, limit.at_most
    met = (low is None or actual >= low - 1e-12) and (high is None or actual <= high + 1e-12)
    level = low if low is not None and (high is None or actual < low) else high
    missing = int((mask & ~known).sum())
    return Measured(str(limit), f"{missing:,} not given" if missing else "", actual, float(level or 0.0), met)


def sums_of(place: NDArray[np.intp], cents: Column, count: int) -> NDArray[np.int64]:
    """The balance in cents of each of so many values, exact below 2^53."""
    return np.bincount(place, weights=cents, minlength=count).astype(np.int64)
