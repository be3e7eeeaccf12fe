"""Principal deficiency ledgers: what defaults cost each class on paper."""

from __future__ import annotations

from typing import ClassVar

from pydantic import Field

from abs_struct.core.arithmetic.numbers import Numbers
from abs_struct.core.formula import Formula
from abs_struct.core.lines import Line, flow
from abs_struct.waterfall.order import InTurn, allocate, by_initial_balance
from abs_struct.waterfall.steps.step import STEPS, WHOLE, Step
from abs_struct.waterfall.take import CashState, gated


@STEPS.add("debit")
class Debit(Step):
    """Debit principal deficiency ledgers, the most junior first: no cash moves.

    Each class named is debited min(its balance - its ledger, what is left of the amount); what no ledger can hold is
    kept as `unplaced`. The amount is the period's defaulted balance plus principal used to pay revenue. Met in nearly
    every European consumer deal. Amounts in currency units.
    """

    word: ClassVar[str] = "debit"
    example: ClassVar[str] = "{debit: [B, A], amount: pool.defaulted}"
    wrong: ClassVar[tuple[str, str]] = ("{debit: [B, C], amount: pool.defaulted}", "no note 'C'")
    lines: ClassVar[tuple[Line, ...]] = (
        flow("amount", "Amount", "借记总额", "the deficiency to be recorded in all"),
        flow("unplaced", "Unplaced", "未能借记金额", "the part of it that no ledger can hold"),
    )
    en: ClassVar[str] = "debit of the principal deficiency ledgers of {targets}{order}"
    zh: ClassVar[str] = "{order}借记{targets}档本金缺口账"

    debit: InTurn = Field(description="the notes in the order in which they are debited, most junior first")
    amount: Formula = Field(description="what is debited, such as pool.defaulted + accounts.principal.drawn")

    def legs(self) -> tuple[str, ...]:
        return ()

    def owners(self) -> dict[str, str]:
        return {"debit": "notes"}

    def apply(self, x: Numbers, s: CashState) -> None:
        clause = s.legs[WHOLE]
        clause.amount = gated(x, s, self.amount(x, s))
        room = {name: x.maximum(s.notes[name].balance - s.notes[name].pdl, 0.0) for name in self.targets}
        debited = allocate(x, s, self.debit, clause.amount, room, by_initial_balance(s))
        for name in self.targets:
            note = s.notes[name]
            note.pdl_debited = note.pdl_debited + debited[name]
            note.pdl = note.pdl + debited[name]
        clause.unplaced = clause.amount - x.total(list(debited.values()))
