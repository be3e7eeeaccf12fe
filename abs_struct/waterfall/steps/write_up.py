"""Restore the balances of notes that were written down."""

from __future__ import annotations

from typing import ClassVar

from pydantic import Field

from abs_struct.core.arithmetic.numbers import Numbers
from abs_struct.core.formula import Formula
from abs_struct.core.lines import Line, flow
from abs_struct.waterfall.order import InTurn, allocate, by_initial_balance
from abs_struct.waterfall.steps.step import STEPS, WHOLE, Step
from abs_struct.waterfall.take import CashState, gated


@STEPS.add("write_up")
class WriteUp(Step):
    """Restore balances that were written down, up to what was: no cash moves.

    Each note named gains min(written down and not yet restored, what is left of the amount): later recoveries, or
    excess spread, undo earlier losses. Met beside `write_down`. Amounts in currency units.
    """

    word: ClassVar[str] = "write_up"
    example: ClassVar[str] = "{write_up: [A, B], amount: pool.recovered}"
    wrong: ClassVar[tuple[str, str]] = ("{write_up: [A, C], amount: pool.recovered}", "no note 'C'")
    lines: ClassVar[tuple[Line, ...]] = (flow("amount", "Amount", "回拨总额", "the amount to be restored in all"),)
    en: ClassVar[str] = "write-up of {targets}{order}"
    zh: ClassVar[str] = "{order}回拨{targets}档已核减本金"

    write_up: InTurn = Field(description="the notes in the order in which they are restored, most senior first")
    amount: Formula = Field(description="the most that is restored in all")

    def legs(self) -> tuple[str, ...]:
        return ()

    def owners(self) -> dict[str, str]:
        return {"write_up": "notes"}

    def apply(self, x: Numbers, s: CashState) -> None:
        clause = s.legs[WHOLE]
        clause.amount = gated(x, s, self.amount(x, s))
        room = {name: s.notes[name].unreimbursed for name in self.targets}
        gained = allocate(x, s, self.write_up, clause.amount, room, by_initial_balance(s))
        for name in self.targets:
            note = s.notes[name]
            note.written_up = note.written_up + gained[name]
            note.unreimbursed = note.unreimbursed - gained[name]
            note.balance = note.balance + gained[name]
