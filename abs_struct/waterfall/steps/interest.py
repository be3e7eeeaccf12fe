"""Interest of one class, or of several that rank equally."""

from __future__ import annotations

from typing import ClassVar

from pydantic import Field

from abs_struct.core.arithmetic.numbers import Numbers
from abs_struct.terms.names import Names
from abs_struct.waterfall.order import Together, allocate, by_initial_balance
from abs_struct.waterfall.steps.step import STEPS, Step
from abs_struct.waterfall.take import AVAILABLE, CashState, draw, take


@STEPS.add("interest")
class PayInterest(Step):
    """Pay a note's interest due and its carried shortfall; what stays unpaid is carried.

    owed = interest due + shortfall carried - already paid. Several notes share in proportion to what they are owed
    (pari passu), unless an order says otherwise: {sequential: [A1, A2]}. With `support`, the named accounts and
    facilities pay, one after the other, what collections could not. Met in every deal: the reserve draw of consumer
    deals, and principal used to pay interest where there is a principal deficiency ledger. Amounts in currency units.
    """

    word: ClassVar[str] = "interest"
    example: ClassVar[str] = "{interest: A, support: reserve}"
    wrong: ClassVar[tuple[str, str]] = ("{interest: Z}", "no note 'Z'")
    en: ClassVar[str] = "interest on {targets}{order}"
    zh: ClassVar[str] = "{order}支付{targets}档利息"

    interest: Together = Field(description="the note, or the notes that share equally, or an order")
    support: Names | None = Field(default=None, description="what covers what collections cannot, in turn")

    def owners(self) -> dict[str, str]:
        return {"interest": "notes", "support": "support"}

    def apply(self, x: Numbers, s: CashState) -> None:
        for source, payments in self.rounds:
            shares = None
            if len(payments) > 1:
                owed = {name: s.notes[name].interest_owed for name in self.targets}
                shares = allocate(x, s, self.interest, s.pots[source], owed, by_initial_balance(s))
            pay = take if source == AVAILABLE else draw
            for name, leg in payments:
                note = s.notes[name]
                owed_now = note.interest_owed
                paid = pay(x, s, owed_now, leg, source, None if shares is None else shares[name])
                note.interest_paid = note.interest_paid + paid
                note.interest_owed = owed_now - paid
