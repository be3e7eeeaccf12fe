"""Fees and costs."""

from __future__ import annotations

from functools import cached_property
from typing import ClassVar

from pydantic import Field

from abs_struct.core.arithmetic.numbers import Numbers
from abs_struct.terms.names import Names
from abs_struct.waterfall.steps.step import STEPS, Step
from abs_struct.waterfall.take import COLLECTIONS, CashState, take


@STEPS.add("pay")
class PayFees(Step):
    """Pay fees in the order named: what is due and what was carried, within the yearly cap of each.

    What the cap keeps back is carried, to be paid by a later clause with `uncapped: true` (costs above the cap
    after the notes, or all costs after an event of default). Amounts in currency units.
    """

    word: ClassVar[str] = "pay"
    example: ClassVar[str] = "{pay: [trustee, servicer]}"
    wrong: ClassVar[tuple[str, str]] = ("{pay: servicr}", "did you mean 'servicer'")
    en: ClassVar[str] = "fees of the {targets}"
    zh: ClassVar[str] = "支付{targets}费用"

    pay: Names = Field(description="the fee, or the fees in the order in which they are paid")
    uncapped: bool = Field(default=False, description="pay also what the yearly cap keeps back")
    support: str | None = Field(default=None, description="the account that covers what collections cannot")

    def legs(self) -> tuple[str, ...]:
        legs = super().legs()
        return legs if self.support is None else (*legs, *(self.support_leg(t) for t in self.targets))

    def support_leg(self, target: str) -> str:
        """The leg of the draw on the supporting account."""
        leg = self.leg(target)
        return f"{leg}.from_{self.support}" if leg else f"from_{self.support}"

    def default_name(self) -> str:
        return super().default_name() + ("_uncapped" if self.uncapped else "")

    def owners(self) -> dict[str, str]:
        return {"pay": "fees", "support": "accounts"}

    def apply(self, x: Numbers, s: CashState) -> None:
        for name, leg, source in self.sources:
            fee = s.fees[name]
            capped = fee.capped and not self.uncapped  # structure of the deal, not a value
            paid = take(x, s, fee.owed, leg, source, fee.cap - fee.paid_this_year if capped else None)
            fee.paid = fee.paid + paid
            fee.owed = fee.owed - paid
            if capped:
                fee.paid_this_year = fee.paid_this_year + paid

    @cached_property
    def sources(self) -> tuple[tuple[str, str, str], ...]:
        """Fee, leg and account of each payment, in their order."""
        found = []
        for name, leg in self.payments:
            found.append((name, leg, COLLECTIONS))
            if self.support is not None:
                found.append((name, self.support_leg(name), self.support))
        return tuple(found)
