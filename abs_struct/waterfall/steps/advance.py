"""Advance on a variable funding note: its balance grows, and the cash is there for the clauses below."""

from __future__ import annotations

from typing import ClassVar

from pydantic import Field

from abs_struct.core.arithmetic.numbers import Numbers
from abs_struct.core.formula import Formula
from abs_struct.core.lines import Line, flow
from abs_struct.waterfall.steps.step import STEPS, WHOLE, Step
from abs_struct.waterfall.take import AVAILABLE, CashState, gated, put


@STEPS.add("advance")
class Advance(Step):
    """Raise the balance of a note by `amount`; its holder pays the same in cash.

    Met in variable funding notes, and where a retained class grows when others are paid down (supplemental reductions
    of credit-risk-transfer deals). Amounts in currency units.
    """

    word: ClassVar[str] = "advance"
    example: ClassVar[str] = "{advance: B, amount: 100}"
    wrong: ClassVar[tuple[str, str]] = ("{advance: C, amount: 100}", "no note 'C'")
    lines: ClassVar[tuple[Line, ...]] = (flow("amount", "Amount", "增发金额", "what the note's holder pays in"),)
    en: ClassVar[str] = "advance on {targets}"
    zh: ClassVar[str] = "{targets}档增加出资"

    advance: str = Field(description="the note")
    amount: Formula = Field(description="how much")

    def legs(self) -> tuple[str, ...]:
        return ()

    def owners(self) -> dict[str, str]:
        return {"advance": "notes"}

    def apply(self, x: Numbers, s: CashState) -> None:
        clause, note = s.legs[WHOLE], s.notes[self.advance]
        clause.amount = gated(x, s, self.amount(x, s))
        note.advanced = note.advanced + clause.amount
        note.balance = note.balance + clause.amount
        put(s, clause.amount, AVAILABLE)
