"""What every step of the waterfall is: named fields, the legs it pays, and one method of arithmetic."""

from __future__ import annotations

from abc import abstractmethod
from functools import cached_property
from typing import Any, ClassVar

from pydantic import Field

from abs_struct.core.arithmetic.numbers import Numbers
from abs_struct.core.formula import Formula
from abs_struct.core.lines import Line
from abs_struct.core.registry import Registry
from abs_struct.terms.base import Terms
from abs_struct.terms.names import DRAWN, Name
from abs_struct.waterfall.order import ProRata, Sequential, Shares, formulas_of, leaves_of
from abs_struct.waterfall.sentences import EN, Say, condition, spoken, supported
from abs_struct.waterfall.take import AVAILABLE, CashState

#: The leg under which a step finds the lines of its clause as a whole.
WHOLE = "*"

STEPS: Registry[Step] = Registry("waterfall step", "abs_struct.waterfall.steps", besides=("step",))


class Step(Terms):
    """One clause of the priority of payments.

    `word` is the key that names the kind in the deal file and holds its target: `- interest: A`.
    `example` is a clause as it may stand in a deal file; `wrong` is one that must be refused, with words of
    the message that it gets. The tests over the registry run both. `lines` are those of the clause as a whole,
    beside due, paid and left of each payment; a step writes them to `s.legs[WHOLE]`. `en` and `zh` are its words,
    with places for its targets and their rank.
    """

    word: ClassVar[str] = ""
    example: ClassVar[str] = ""
    wrong: ClassVar[tuple[str, str]] = ("", "")
    lines: ClassVar[tuple[Line, ...]] = ()
    en: ClassVar[str] = ""
    zh: ClassVar[str] = ""

    name: Name | None = Field(default=None, description="the clause's name in lines and reports")
    when: Formula | None = Field(default=None, description="the clause applies while this holds")

    @cached_property
    def targets(self) -> tuple[str, ...]:
        """What the step pays or fills, by name."""
        return self.named(self.word)

    def named(self, field: str) -> tuple[str, ...]:
        """The names in a field: one, several, or the targets of an order."""
        value: Any = getattr(self, field)
        if value is None:
            return ()
        if isinstance(value, Sequential | ProRata | Shares):
            return tuple(leaves_of(value))
        return tuple(value) if isinstance(value, list | tuple) else (value,)

    @cached_property
    def sources(self) -> tuple[str, ...]:
        """Where its cash comes from: what is available, then the accounts and facilities that support it."""
        return (AVAILABLE, *(self.named("support") if "support" in type(self).model_fields else ()))

    @cached_property
    def rounds(self) -> tuple[tuple[str, tuple[tuple[str, str], ...]], ...]:
        """Each source in turn, with each target and the leg that pays it from there."""
        return tuple(
            (source, tuple((name, self.leg(name, source)) for name in self.targets)) for source in self.sources
        )

    @cached_property
    def payments(self) -> tuple[tuple[str, str], ...]:
        """Each target and the leg that pays it from what is available."""
        return tuple((target, self.leg(target)) for target in self.targets)

    def legs(self) -> tuple[str, ...]:
        """The names of its payments below the clause; "" is the clause itself."""
        return tuple(self.leg(target, source) for source in self.sources for target in self.targets)

    def leg(self, target: str, source: str = AVAILABLE) -> str:
        """The leg that pays one target from one source."""
        own = "" if len(self.targets) == 1 else target
        if source == AVAILABLE:
            return own
        return f"{own}.{DRAWN}{source}" if own else f"{DRAWN}{source}"

    def default_name(self) -> str:
        """The clause's name where the deal gives none: kind and targets."""
        return "_".join((self.word, *self.targets))

    def owners(self) -> dict[str, str]:
        """Field -> the part of the deal ("notes", "fees", "accounts", "support") in which its names must exist."""
        return {}

    def touched(self) -> tuple[str, ...]:
        """The accounts and facilities beside the section's own cash that the step takes from or pays into."""
        accounts = [self.named(field) for field, owner in self.owners().items() if owner in {"accounts", "support"}]
        return tuple(dict.fromkeys(name for names in accounts for name in names))

    def formulas(self) -> tuple[Formula, ...]:
        """The amounts it holds, to be given their names when the deal is compiled (not its condition)."""
        fields = [getattr(self, field) for field in type(self).model_fields if field != "when"]
        found = [value for value in fields if isinstance(value, Formula)]
        orders = [value for value in fields if isinstance(value, Sequential | ProRata | Shares)]
        return (*found, *(formula for order in orders for formula in formulas_of(order)))

    def sentence(self, say: Say, language: str = EN) -> str:
        """The clause in words: its heading, what else it is paid from, and while what holds."""
        support = [say("support", name) for name in self.sources[1:]]
        return f"{self.heading(say, language)}{supported(support, language)}{condition(self.when, language)}"

    def heading(self, say: Say, language: str = EN) -> str:
        """What the clause pays, to whom, and in which rank."""
        said = spoken(getattr(self, self.word), lambda name: say(self.owners().get(self.word, ""), name), language)
        return self.wording(language).format(targets=said.targets, order=said.order) + self.detail(language)

    def wording(self, language: str) -> str:
        """The words of the kind, with places for targets and rank."""
        return self.en if language == EN else self.zh

    def detail(self, language: str) -> str:
        """What the fields of this clause add to the words of its kind."""
        return ""

    @abstractmethod
    def apply(self, x: Numbers, s: CashState) -> None:
        """Pay, in the arithmetic of `x`."""
