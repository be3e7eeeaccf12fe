"""What every step of the waterfall is: named fields, the legs it pays, and one method of arithmetic."""

from __future__ import annotations

from functools import cached_property
from typing import Any, ClassVar

from pydantic import Field

from abs_struct.core.arithmetic.numbers import Numbers
from abs_struct.core.formula import Formula
from abs_struct.core.lines import Line
from abs_struct.core.registry import Registry
from abs_struct.terms.base import Terms
from abs_struct.terms.names import Name
from abs_struct.waterfall.take import CashState

#: The leg under which a step finds the lines of its clause as a whole.
WHOLE = "*"

STEPS: Registry[Step] = Registry("waterfall step")


class Step(Terms):
    """One clause of the priority of payments.

    `word` is the key that names the kind in the deal file and holds its target: `- interest: A`.
    `example` is a clause as it may stand in a deal file; `wrong` is one that must be refused, with words of
    the message that it gets. The tests over the registry run both. `lines` are those of the clause as a whole,
    beside due, paid and left of each payment; a step writes them to `s.legs[WHOLE]`.
    """

    word: ClassVar[str] = ""
    example: ClassVar[str] = ""
    wrong: ClassVar[tuple[str, str]] = ("", "")
    lines: ClassVar[tuple[Line, ...]] = ()
    en: ClassVar[str] = ""
    zh: ClassVar[str] = ""

    name: Name | None = Field(default=None, description="the clause's name in lines and reports")

    @cached_property
    def targets(self) -> tuple[str, ...]:
        """What the step pays or fills, by name."""
        value: Any = getattr(self, self.word)
        return tuple(value) if isinstance(value, list | tuple) else (value,)

    @cached_property
    def payments(self) -> tuple[tuple[str, str], ...]:
        """Each target and the leg that pays it."""
        return tuple((target, self.leg(target)) for target in self.targets)

    def legs(self) -> tuple[str, ...]:
        """The names of its payments below the clause; "" is the clause itself."""
        targets = self.targets
        return ("",) if len(targets) == 1 else targets

    def leg(self, target: str) -> str:
        """The leg that pays one target."""
        return "" if len(self.targets) == 1 else target

    def default_name(self) -> str:
        """The clause's name where the deal gives none: kind and targets."""
        return "_".join((self.word, *self.targets))

    def owners(self) -> dict[str, str]:
        """Field -> the part of the deal ("notes", "fees", "accounts") in which its names must exist."""
        return {}

    def formulas(self) -> dict[str, Formula]:
        """Field -> the formulas it holds, to be given their names when the deal is compiled."""
        return {field: value for field in type(self).model_fields if isinstance(value := getattr(self, field), Formula)}

    def apply(self, x: Numbers, s: CashState) -> None:
        """Pay, in the arithmetic of `x`."""
        raise NotImplementedError(f"{type(self).__name__} has no arithmetic")
