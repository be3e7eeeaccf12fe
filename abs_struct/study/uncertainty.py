"""What is uncertain of a deal: the document that a simulation draws from.

    default:    {distribution: lognormal, deviation: 40%}           or inverse normal, or copula: {correlation: 8%}
    recovery:   {deviation: 25%, correlation: -30%}                 beta, with the deal's own recovery as its mean
    prepayment: {deviation: 20%, correlation: -20%}                 a lognormal multiple of the deal's own speed
    timing:     {front: 25%, base: 50%, back: 25%}                  how early the defaults come

A deviation is a share of the mean. A correlation is with the factor that makes defaults high. What is left out is
certain: it stays as the deal has it.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any

from pydantic import BeforeValidator, Field, model_validator

from abs_struct.core.findings import DealError, UsageError
from abs_struct.deal.load import changed, parse_document, validated
from abs_struct.terms.base import Terms
from abs_struct.terms.numbers import Share, choice, number, shown, written_as

LOGNORMAL, INVERSE_NORMAL, COPULA = "lognormal", "inverse normal", "copula"
BASE = "base"
#: What a shape of the timing does to the cumulative share: it is raised to this power.
POWERS = {"front": 2.0 / 3.0, BASE: 1.0, "back": 1.5}


def as_deviation(written: object) -> float:
    """A standard deviation as a share of the mean: above 0, and at most 5."""
    value = number(written, "deviation")
    if not 0.0 < value <= 5.0:
        raise ValueError(f"{shown(written)} is not a deviation; it is a share of the mean above 0 and up to 5 (500%)")
    return value


def as_correlation(written: object) -> float:
    """A correlation in [-1, 1]."""
    value = number(written, "correlation")
    if not -1.0 <= value <= 1.0:
        raise ValueError(f"{shown(written)} is not a correlation; it lies in [-1, 1]")
    return value


def as_asset_correlation(written: object) -> float:
    """The correlation of borrowers, above 0 and below 1."""
    value = number(written, "correlation")
    if not 0.0 < value < 1.0:
        raise ValueError(f"{shown(written)} is not a correlation of borrowers; it lies above 0% and below 100%")
    return value


def as_loans(written: object) -> int:
    """A number of loans."""
    value = number(written, "number of loans")
    if value < 1 or value != int(value) or value > 1e9:
        raise ValueError(f"{shown(written)} is not a number of loans; it is a whole number from 1 to 1,000,000,000")
    return int(value)


Deviation = Annotated[
    float, BeforeValidator(as_deviation), written_as("a standard deviation as a share of the mean", ["40%"])
]
Correlation = Annotated[float, BeforeValidator(as_correlation), written_as("a correlation", ["-30%"])]
AssetCorrelation = Annotated[
    float, BeforeValidator(as_asset_correlation), written_as("the correlation of borrowers", ["8%"])
]
LoanCount = Annotated[int, BeforeValidator(as_loans), written_as("a number of equal loans", [23000])]


class UncertainDefault(Terms):
    """The default level of the pool over its life; its mean is that of the deal."""

    distribution: choice(LOGNORMAL, INVERSE_NORMAL, COPULA) = Field(  # type: ignore[valid-type]
        default=LOGNORMAL, description="lognormal; inverse normal (Vasicek, a large pool); copula (a number of loans)"
    )
    deviation: Deviation | None = Field(default=None, description="standard deviation as a share of the mean")
    correlation: AssetCorrelation | None = Field(default=None, description="of borrowers, in place of a deviation")
    loans: LoanCount | None = Field(default=None, description="of a copula; those of the tape when left out")

    @model_validator(mode="after")
    def one_width(self) -> UncertainDefault:
        """Each distribution has one number that says how wide it is."""
        if self.distribution == LOGNORMAL:
            if self.deviation is None or self.correlation is not None:
                raise ValueError("a lognormal default level has a deviation, and no correlation: deviation: 40%")
        elif (self.deviation is None) == (self.correlation is None):
            raise ValueError(f"{self.distribution}: write correlation: 8%, or deviation: 40%, one of the two")
        if self.loans is not None and self.distribution != COPULA:
            raise ValueError(f"loans belong to a copula; {self.distribution} speaks of a pool of very many")
        return self


class UncertainFactor(Terms):
    """A recovery or a speed around the deal's own."""

    deviation: Deviation = Field(description="standard deviation as a share of the mean")
    correlation: Correlation = Field(default=0.0, description="with the factor that makes defaults high")


class UncertainTiming(Terms):
    """How probable it is that the defaults come early (front), as the deal says (base), or late (back)."""

    front: Share = Field(default=0.0, description="cumulative timing raised to the power of 2/3")
    base: Share = Field(default=0.0, description="as the deal has it")
    back: Share = Field(default=0.0, description="cumulative timing raised to the power of 3/2")

    @model_validator(mode="after")
    def complete(self) -> UncertainTiming:
        """The probabilities make a whole."""
        total = self.front + self.base + self.back
        if abs(total - 1.0) > 1e-9:
            raise ValueError(f"front, base and back sum to {100.0 * total:.10g}%; they must sum to 100%")
        return self


class Uncertainty(Terms):
    """All that is uncertain."""

    default: UncertainDefault = Field(
        default=UncertainDefault(distribution=LOGNORMAL, deviation=0.40), description="the default level"
    )
    recovery: UncertainFactor | None = Field(default=None, description="what is received of a default")
    prepayment: UncertainFactor | None = Field(default=None, description="the speed")
    timing: UncertainTiming | None = Field(default=None, description="when defaults come")

    @property
    def words(self) -> str:
        """What is drawn, in one line."""
        own = self.default
        width = f"deviation {own.deviation:.6g}" if own.correlation is None else f"correlation {own.correlation:.6g}"
        found = [f"default level {own.distribution}, {width}"]
        for name in ("recovery", "prepayment"):
            factor = getattr(self, name)
            if factor is not None:
                found.append(f"{name} deviation {factor.deviation:.6g}, correlation {factor.correlation:.6g}")
        if self.timing is not None:
            shares = {word: getattr(self.timing, word) for word in POWERS}
            found.append("timing " + ", ".join(f"{word} {share:.6g}" for word, share in shares.items() if share))
        return "; ".join(found)


def uncertainty_of(file: str | Path | None = None, changes: Mapping[str, object] | None = None) -> Uncertainty:
    """The uncertainty of a file, with some of its fields changed.

    Raises
    ------
    UsageError : no such file, or one sentence with its line for each mistake

    >>> uncertainty_of(None, {"default": "{distribution: copula, correlation: 8%, loans: 100}"}).default.loans
    100
    """
    text, name = "{}\n", "uncertainty"
    if file is not None:
        name = str(file)
        try:
            text = Path(file).read_text("utf-8-sig")
        except UnicodeDecodeError as error:
            raise UsageError(f"{name}: byte {error.start} is not UTF-8; save the file as UTF-8") from None
        except OSError as error:
            raise UsageError(f"{name}: cannot be read ({(error.strerror or 'no file').lower()})") from None
    try:
        document = parse_document(text, name)
        found: Any = validated(Uncertainty, changed(document, changes) if changes else document)
    except DealError as error:
        raise UsageError(str(error).replace("--set", "--draw")) from None
    return found  # type: ignore[no-any-return]
