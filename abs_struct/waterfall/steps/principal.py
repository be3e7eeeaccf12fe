"""Principal, one class after the other."""

from __future__ import annotations

from typing import ClassVar

from pydantic import Field

from abs_struct.core.arithmetic.numbers import Numbers
from abs_struct.core.formula import Formula
from abs_struct.core.lines import Line, flow
from abs_struct.terms.names import Names
from abs_struct.waterfall.steps.step import STEPS, WHOLE, Step
from abs_struct.waterfall.take import CashState, take


@STEPS.add("principal")
class PayPrincipal(Step):
    """Pay principal to the notes named, in their order, up to `amount`.

    Each note gets min(its balance, what is left of the amount). Without an amount the notes are paid down to nil
    with all that is available. A priority (parity) payment is `amount: notes.A.balance - pool.balance`; a
    payment to a target overcollateralisation is `amount: notes.balance - (pool.balance - target_oc)`; a turbo is
    `amount: available`. An amount below nil pays nothing. Amounts in currency units.
    """

    word: ClassVar[str] = "principal"
    example: ClassVar[str] = '{principal: [A, B], amount: "notes.balance - pool.balance"}'
    wrong: ClassVar[tuple[str, str]] = ('{principal: A, amount: "notes.A.balanse"}', "balance")
    lines: ClassVar[tuple[Line, ...]] = (
        flow("amount", "Amount", "应付本金总额", "the amount of principal that the clause asks for in all"),
    )
    en: ClassVar[str] = "principal of the {targets} notes, in that order"
    zh: ClassVar[str] = "依次偿付{targets}档本金"

    principal: Names = Field(description="the note, or the notes in the order in which they are paid")
    amount: Formula | None = Field(default=None, description="how much in all; without it, down to nil")

    def owners(self) -> dict[str, str]:
        return {"principal": "notes"}

    def apply(self, x: Numbers, s: CashState) -> None:
        wanted = None
        if self.amount is not None:
            clause = s.legs[WHOLE]
            clause.amount = x.maximum(self.amount(x, s), 0.0)
            wanted = clause.amount
        for name, leg in self.payments:
            note = s.notes[name]
            balance = note.balance
            paid = take(x, s, balance if wanted is None else x.minimum(balance, wanted), leg)
            note.principal_paid = note.principal_paid + paid
            note.balance = balance - paid
            if wanted is not None:
                wanted = wanted - s.legs[leg].due
