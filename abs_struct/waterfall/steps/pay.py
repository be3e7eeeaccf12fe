"""Fees and costs."""

from __future__ import annotations

from functools import cached_property
from typing import ClassVar

from pydantic import Field, model_validator

from abs_struct.core.arithmetic.numbers import Numbers
from abs_struct.core.formula import Formula
from abs_struct.terms.names import Names
from abs_struct.waterfall.sentences import EN
from abs_struct.waterfall.steps.step import STEPS, Step
from abs_struct.waterfall.take import AVAILABLE, CashState, draw, take


@STEPS.add("pay")
class PayFees(Step):
    """Pay fees in the order named: what is due and what was carried, within the yearly cap of each.

    What the cap keeps back is carried, to be paid by a later clause with `uncapped: true` (costs above the cap after
    the notes, or all costs after an event of default). `part: 50%` pays that share of what is due in the period, and
    a later clause the rest: the split of a servicing fee into a senior and a junior part. Met at the top of every
    priority of payments, taxes first. Amounts in currency units.
    """

    word: ClassVar[str] = "pay"
    example: ClassVar[str] = "{pay: [trustee, servicer]}"
    wrong: ClassVar[tuple[str, str]] = ("{pay: servicr}", "did you mean 'servicer'")
    en: ClassVar[str] = "fees: {targets}{order}"
    zh: ClassVar[str] = "{order}支付{targets}费用"

    pay: Names = Field(description="the fee, or the fees in the order in which they are paid")
    uncapped: bool = Field(default=False, description="pay also what the yearly cap keeps back")
    part: Formula | None = Field(default=None, description="pay no more than this share of what is due in the period")
    support: Names | None = Field(default=None, description="what covers what collections cannot, in turn")

    @model_validator(mode="after")
    def a_part(self) -> PayFees:
        """A part that is a number lies between nothing and the whole."""
        if self.part is not None and not self.part.names():
            found = self.part.numbers()
            if len(found) == 1 and not (0.0 < found[0] <= 1.0 and "-" not in self.part.text):
                raise ValueError(f"part {self.part.text} is not a share of a fee; write one above 0% and up to 100%")
        return self

    def default_name(self) -> str:
        return super().default_name() + ("_uncapped" if self.uncapped else "") + ("_part" if self.part else "")

    def owners(self) -> dict[str, str]:
        return {"pay": "fees", "support": "support"}

    @cached_property
    def by_fee(self) -> tuple[tuple[str, tuple[tuple[str, str], ...]], ...]:
        """Each fee, with each source and the leg that pays it from there: a fee is paid in full before the next."""
        return tuple(
            (name, tuple((source, self.leg(name, source)) for source in self.sources)) for name in self.targets
        )

    def detail(self, language: str) -> str:
        share = "" if self.part is None else self.part.text
        if language == EN:
            return (f", up to {share} of what is due" if share else "") + (", beyond the cap" * self.uncapped)
        return (f"（不超过当期应付的{share}）" if share else "") + ("（不受年度上限限制）" * self.uncapped)

    def apply(self, x: Numbers, s: CashState) -> None:
        for name, sources in self.by_fee:
            fee = s.fees[name]
            capped = fee.capped and not self.uncapped  # structure of the deal, not a value
            for source, leg in sources:
                owed = fee.owed
                if self.part is not None:
                    due = fee.accrued if fee.waits else fee.due  # of all months that the payment collects
                    owed = x.minimum(owed, self.part(x, s) * due - fee.paid)
                limit = fee.cap - fee.paid_this_year if capped else None
                paid = (take if source == AVAILABLE else draw)(x, s, owed, leg, source, limit)
                fee.paid = fee.paid + paid
                fee.owed = fee.owed - paid
                if capped:
                    fee.paid_this_year = fee.paid_this_year + paid
