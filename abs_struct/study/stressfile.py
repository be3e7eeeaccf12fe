"""The file of a stress run: multiples by level and base case, and what else each level has to stand."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property
from itertools import pairwise
from pathlib import Path
from typing import Annotated, Any

import numpy as np
from pydantic import BeforeValidator, Field, model_validator

from abs_struct.core.findings import DealError, UsageError, listed, nearest
from abs_struct.curves.default.stress import Multiple
from abs_struct.curves.interruption import Interruption
from abs_struct.deal.load import parse_document, validated
from abs_struct.study.implied import LevelTable, Years
from abs_struct.study.uncertainty import AssetCorrelation, Deviation
from abs_struct.terms.base import MisplacedError, Terms
from abs_struct.terms.numbers import Months, Share, choice, margin, number, shown

#: The file that stands beside this module.
OWN = Path(__file__).with_name("stresses.yaml")
BASE = "base"


def as_power(written: object) -> float:
    """A power of the cumulative timing."""
    value = number(written, "power")
    if not 0.1 <= value <= 10.0:
        raise ValueError(f"{shown(written)} is not a power of the timing; powers lie in [0.1, 10]")
    return value


def as_pace(written: object) -> float:
    """A multiple of the deal's own speed."""
    value = number(written, "multiple")
    if not 0.0 <= value <= 10.0:
        raise ValueError(f"{shown(written)} is not a multiple of a speed; multiples lie in [0, 10] (1.5 is 150%)")
    return value


def as_interruption(written: object) -> object:
    """The word `none` for nothing."""
    return None if written == "none" else written


Power = Annotated[float, BeforeValidator(as_power)]
Pace = Annotated[float, BeforeValidator(as_pace)]
Move = Annotated[float, BeforeValidator(margin)]


class Level(Terms):
    """What a class has to stand for one level."""

    multiples: list[Multiple] = Field(min_length=1, description="of the base case, one for each of `base_cases`")
    recovery_haircut: Share = Field(default=0.0, description="what is taken off recoveries, of them")
    slow: Pace = Field(default=1.0, description="of the deal's own speed")
    fast: Pace = Field(default=1.0, description="of the deal's own speed")
    rates_up: Move = Field(default=0.0, description="added to all indices")
    rates_down: Move = Field(default=0.0, description="added to all indices")
    expected_losses: list[Share] | None = Field(default=None, description="the most it allows, one for each of `years`")
    probability: Share | None = Field(default=None, description="of a default level beyond what the class bears")


class CardLevel(Terms):
    """What a class on card accounts has to stand for one level."""

    charge_off: Multiple = Field(description="a multiple of the base rate, at the peak")
    payment_rate: Pace = Field(default=1.0, description="a share of the base rate")
    yield_: Pace = Field(default=1.0, alias="yield", description="a share of the base yield")
    purchase_rate: Pace = Field(default=1.0, description="a share of the base rate")


class CardStresses(Terms):
    """The stresses of card accounts."""

    ramp: Months = Field(description="months until the peak")
    hold: Months = Field(default=0, description="months at the peak")
    decay: Months = Field(default=12, description="months in which charge-offs come back")
    levels: dict[str, CardLevel] = Field(min_length=1, description="strictest first")

    @model_validator(mode="after")
    def falling(self) -> CardStresses:
        """Strictest first; a ramp takes a month."""
        if self.ramp < 1 or self.decay < 1:
            raise ValueError("ramp and decay take 1 month or more")
        refuse_rising("charge_off", {name: level.charge_off for name, level in self.levels.items()}, "charge_off")
        return self


class StressFile(Terms):
    """The whole file."""

    date: str = Field(default="", description="of the calibration")
    note: str = Field(default="", description="where the multiples come from")
    base_cases: list[Share] = Field(min_length=1, description="default levels for which multiples are given, rising")
    levels: dict[str, Level] = Field(min_length=1, description="strictest first")
    timing: dict[str, Power] = Field(
        default_factory=lambda: {BASE: 1.0}, description="word -> power of the cumulative timing of defaults"
    )
    prepayment: list[choice(BASE, "slow", "fast")] = Field(default=[BASE], min_length=1)  # type: ignore[valid-type]
    rates: list[choice(BASE, "up", "down")] = Field(default=[BASE], min_length=1)  # type: ignore[valid-type]
    interruption: Annotated[Interruption | None, BeforeValidator(as_interruption)] = Field(
        default=None, description="collections that the servicer loses, tried beside none"
    )
    cards: CardStresses | None = Field(default=None, description="of card accounts, in place of the rest")
    years: list[Years] | None = Field(default=None, description="the lives for which expected losses are given")
    deviation: Deviation | None = Field(default=None, description="of a lognormal default level, of its mean")
    correlation: AssetCorrelation | None = Field(default=None, description="of borrowers, in a large pool")

    @model_validator(mode="before")
    @classmethod
    def date_as_text(cls, written: Any) -> Any:
        """A date that YAML has read as one."""
        return written | {"date": str(written["date"])} if isinstance(written, dict) and "date" in written else written

    @model_validator(mode="after")
    def consistent(self) -> StressFile:
        """Base cases rise, every level has its multiples, and a stricter level has the larger ones."""
        if any(later <= earlier for earlier, later in pairwise(self.base_cases)):
            raise MisplacedError("do not rise", "base_cases")
        for name, level in self.levels.items():
            if len(level.multiples) != len(self.base_cases):
                raise MisplacedError(
                    f"level '{name}' has {len(level.multiples)} multiples for {len(self.base_cases)} base cases",
                    "levels", name, "multiples",
                )  # fmt: skip
            refuse_turned(name, level)
        for k, base in enumerate(self.base_cases):
            multiples = {name: level.multiples[k] for name, level in self.levels.items()}
            refuse_rising(f"at a base case of {base:g}", multiples, "multiples", k)
        for name in self.cards.levels if self.cards is not None else ():
            if name not in self.levels:
                raise MisplacedError(
                    f"no level '{name}'{nearest(name, self.levels)} (levels: {listed(self.levels)})",
                    "cards", "levels", name,
                )  # fmt: skip
        for axis in ("prepayment", "rates"):
            words = getattr(self, axis)
            if len(set(words)) < len(words):
                raise MisplacedError("a word stands twice", axis)
        if self.years is not None:
            _ = self.table  # refuses limits that do not rise
        chances = [level.probability for level in self.levels.values() if level.probability is not None]
        if any(weak <= strict for strict, weak in pairwise(chances)):
            raise MisplacedError("the probabilities of the levels do not rise from the strictest on", "levels")
        if not self.timing:
            raise MisplacedError("is empty; write timing: {base: 1}, or leave it out", "timing")
        return self

    @cached_property
    def table(self) -> LevelTable | None:
        """The limits of expected loss; None where some level has none.

        Raises
        ------
        ValueError : limits that do not rise
        """
        given = {name: level.expected_losses for name, level in self.levels.items()}
        if self.years is None or any(limits is None for limits in given.values()):
            return None
        return LevelTable(years=self.years, levels={name: limits or [] for name, limits in given.items()})

    def multiple(self, level: str, base_case: float) -> float:
        """The multiple of a level at a base case, a fraction; that of the nearest where it lies outside the table.

        >>> own = stress_file()
        >>> [round(own.multiple(level, 0.09), 2) for level in ("AAA", "A", "B")]
        [3.9, 2.92, 1.1]
        """
        return float(np.interp(base_case, self.base_cases, self.levels[level].multiples))


def refuse_turned(name: str, level: Level) -> None:
    """A move has the direction of its word: slow is no faster than the deal, and rates down do not rise."""
    for word, wrong, said in (
        ("slow", level.slow > 1.0, "is faster than the deal itself; slow is at most 100%"),
        ("fast", level.fast < 1.0, "is slower than the deal itself; fast is at least 100%"),
        ("rates_up", level.rates_up < 0.0, "goes down; rates_up is at least 0"),
        ("rates_down", level.rates_down > 0.0, "goes up; rates_down is at most 0, as in -200 bp"),
    ):
        if wrong:
            raise MisplacedError(f"{getattr(level, word):g} {said}", "levels", name, word)


def refuse_rising(what: str, multiples: Mapping[str, float], *at: str | int) -> None:
    """A stricter level stands before a weaker one, and has no smaller multiple."""
    for (strict, large), (weak, small) in pairwise(multiples.items()):
        if small > large:
            said = f"{what}, level '{weak}' has {small:g} and '{strict}' above it only {large:g}"
            raise MisplacedError(said, "levels", weak, *at)


def stress_file(path: str | Path | None = None) -> StressFile:
    """The stresses of a file, or those that come with the toolkit.

    Raises
    ------
    UsageError : no such file; one sentence with its line for each mistake
    """
    file = OWN if path is None else Path(path)
    try:
        text = file.read_text("utf-8-sig")
    except UnicodeDecodeError as error:
        raise UsageError(f"{file}: byte {error.start} is not UTF-8; save the file as UTF-8") from None
    except OSError as error:
        hint = "; write one with --write FILE"
        raise UsageError(f"{file}: cannot be read ({(error.strerror or 'no file').lower()}){hint}") from None
    try:
        found: Any = validated(StressFile, parse_document(text, str(file)))
    except DealError as error:
        raise UsageError(str(error)) from None
    return found  # type: ignore[no-any-return]
