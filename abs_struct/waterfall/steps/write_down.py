"""Write notes down for losses of the pool."""

from __future__ import annotations

from typing import ClassVar

from pydantic import Field

from abs_struct.core.arithmetic.numbers import Numbers
from abs_struct.core.formula import Formula
from abs_struct.core.lines import Line, flow
from abs_struct.waterfall.order import InTurn, allocate, by_initial_balance
from abs_struct.waterfall.steps.step import STEPS, WHOLE, Step
from abs_struct.waterfall.take import CashState, gated


@STEPS.add("write_down")
class WriteDown(Step):
    """Reduce the balances of notes by losses, the most junior first: no cash moves.

    Each note named loses min(its balance, what is left of the amount); what no note can bear is kept as `unplaced`.
    An order pro_rata shares a loss within a rank. Met in agency and credit-risk-transfer deals, and in deals that
    allocate losses to classes. Amounts in currency units.
    """

    word: ClassVar[str] = "write_down"
    example: ClassVar[str] = "{write_down: [B, A], amount: pool.net_loss * 10%}"
    wrong: ClassVar[tuple[str, str]] = ("{write_down: [B, C], amount: pool.net_loss}", "no note 'C'")
    lines: ClassVar[tuple[Line, ...]] = (
        flow("amount", "Amount", "核减总额", "the loss to be allocated in all"),
        flow("unplaced", "Unplaced", "未能核减金额", "the part of it that no note can bear"),
    )
    en: ClassVar[str] = "write-down of {targets} by losses{order}"
    zh: ClassVar[str] = "{order}以损失核减{targets}档本金"

    write_down: InTurn = Field(description="the notes in the order in which they bear losses, most junior first")
    amount: Formula = Field(description="the loss to be allocated, such as pool.net_loss")

    def legs(self) -> tuple[str, ...]:
        return ()

    def owners(self) -> dict[str, str]:
        return {"write_down": "notes"}

    def apply(self, x: Numbers, s: CashState) -> None:
        clause = s.legs[WHOLE]
        clause.amount = gated(x, s, self.amount(x, s))
        room = {name: s.notes[name].balance for name in self.targets}
        lost = allocate(x, s, self.write_down, clause.amount, room, by_initial_balance(s))
        for name in self.targets:
            note = s.notes[name]
            note.written_down = note.written_down + lost[name]
            note.unreimbursed = note.unreimbursed + lost[name]
            note.balance = note.balance - lost[name]
        clause.unplaced = clause.amount - x.total(list(lost.values()))
