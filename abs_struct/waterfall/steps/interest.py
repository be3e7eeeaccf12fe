"""Interest of one class, or of several that rank equally."""

from __future__ import annotations

from functools import cached_property
from typing import ClassVar

from pydantic import Field

from abs_struct.core.arithmetic.numbers import Numbers, Value
from abs_struct.terms.names import Names
from abs_struct.waterfall.steps.step import STEPS, Step
from abs_struct.waterfall.take import COLLECTIONS, CashState, take


@STEPS.add("interest")
class PayInterest(Step):
    """Pay a note's interest due and its carried shortfall; what stays unpaid is carried.

    owed = interest due + shortfall carried - already paid. Several notes share in proportion to what they are
    owed (pari passu). With `support`, the named account pays what collections could not: the reserve draw of
    nearly every consumer deal. Amounts in currency units.
    """

    word: ClassVar[str] = "interest"
    example: ClassVar[str] = "{interest: A, support: reserve}"
    wrong: ClassVar[tuple[str, str]] = ("{interest: Z}", "no note 'Z'")
    en: ClassVar[str] = "interest on the {targets} notes"
    zh: ClassVar[str] = "支付{targets}档利息"

    interest: Names = Field(description="the note, or the notes that share equally")
    support: str | None = Field(default=None, description="the account that covers what collections cannot")

    def legs(self) -> tuple[str, ...]:
        legs = super().legs()
        return legs if self.support is None else (*legs, *(self.support_leg(t) for t in self.targets))

    def support_leg(self, target: str) -> str:
        """The leg of the draw on the supporting account."""
        leg = self.leg(target)
        return f"{leg}.from_{self.support}" if leg else f"from_{self.support}"

    def owners(self) -> dict[str, str]:
        return {"interest": "notes", "support": "accounts"}

    def apply(self, x: Numbers, s: CashState) -> None:
        self.pay_from(x, s, COLLECTIONS, self.payments)
        if self.support is not None:
            self.pay_from(x, s, self.support, self.support_payments)

    @cached_property
    def support_payments(self) -> tuple[tuple[str, str], ...]:
        """Each note and the leg of its draw on the supporting account."""
        return tuple((name, self.support_leg(name)) for name in self.targets)

    def pay_from(self, x: Numbers, s: CashState, source: str, payments: tuple[tuple[str, str], ...]) -> None:
        """Pay all notes from one source, in proportion when it is too small."""
        shares: list[Value | None] = [None]
        if len(payments) > 1:
            pot = s.pots[source]
            owed = [s.notes[name].interest_owed for name, _ in payments]
            whole = x.total(owed)
            shares = [x.where(pot >= whole, mine, pot * x.ratio(mine, whole)) for mine in owed]
        for (name, leg), share in zip(payments, shares, strict=True):
            note = s.notes[name]
            owed_now = note.interest_owed
            paid = take(x, s, owed_now, leg, source, share)
            note.interest_paid = note.interest_paid + paid
            note.interest_owed = owed_now - paid
