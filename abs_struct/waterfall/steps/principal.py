"""Principal: in turn, together, or in nested groups; down to nil or to a planned balance."""

from __future__ import annotations

from functools import cached_property
from typing import ClassVar

from pydantic import Field

from abs_struct.core.arithmetic.numbers import Numbers, Value
from abs_struct.core.formula import Formula
from abs_struct.core.lines import Line, flow
from abs_struct.terms.names import Names
from abs_struct.terms.numbers import choice
from abs_struct.waterfall.order import InTurn, allocate, by_initial_balance, plain
from abs_struct.waterfall.sentences import EN
from abs_struct.waterfall.steps.step import STEPS, WHOLE, Step
from abs_struct.waterfall.take import AVAILABLE, CashState, draw, gated, take

#: Each note and the leg that pays it.
Payments = tuple[tuple[str, str], ...]


@STEPS.add("principal")
class PayPrincipal(Step):
    """Pay principal to the notes named, in their order, up to `amount`.

    A list is paid in turn: each note gets min(its balance, what is left of the amount). {pro_rata: [A, B]} pays
    together by balance (or `by: initial balance`), {shares: {A: 60%, B: 40%}} in fixed shares, and groups nest:
    {sequential: [{pro_rata: [A1, A2]}, B]}. Without an amount the notes are paid down to nil with all that is
    available; with `to: target` each only down to its planned balance (scheduled, PAC). A priority (parity) payment is
    `amount: notes.A.balance - pool.balance`; a payment to a target overcollateralisation is
    `amount: notes.balance - (pool.balance - target_oc)`; a turbo is `amount: available`; a lock-out or a bullet is
    `when: deal.payment_date >= 2030-01-15`; a switch is two clauses with opposite `when`. An amount below nil pays
    nothing. Met in every deal. Amounts in currency units.
    """

    word: ClassVar[str] = "principal"
    example: ClassVar[str] = '{principal: [A, B], amount: "notes.balance - pool.balance"}'
    wrong: ClassVar[tuple[str, str]] = ('{principal: A, amount: "notes.A.balanse"}', "balance")
    lines: ClassVar[tuple[Line, ...]] = (
        flow("amount", "Amount", "应付本金总额", "the amount of principal that the clause asks for in all"),
    )
    en: ClassVar[str] = "principal of {targets}{order}"
    zh: ClassVar[str] = "{order}偿付{targets}档本金"

    principal: InTurn = Field(description="the note, the notes in the order in which they are paid, or an order")
    amount: Formula | None = Field(default=None, description="how much in all; without it, down to nil")
    to: choice("nil", "target") = Field(  # type: ignore[valid-type]
        default="nil", description="how far: down to nil, or to the planned balance (`target`) of each note"
    )
    support: Names | None = Field(default=None, description="what covers what collections cannot, in turn")

    def owners(self) -> dict[str, str]:
        return {"principal": "notes", "support": "support"}

    def detail(self, language: str) -> str:
        if self.to == "nil":
            return ""
        return ", down to the planned balance" if language == EN else "至计划余额"

    def apply(self, x: Numbers, s: CashState) -> None:
        wanted = None
        if self.amount is not None:
            clause = s.legs[WHOLE]
            clause.amount = gated(x, s, self.amount(x, s))
            wanted = clause.amount
        for source, payments in self.rounds:
            pay = self.in_turn if self.plain else self.shared
            wanted = pay(x, s, source, payments, wanted)

    @cached_property
    def plain(self) -> bool:
        """Whether the notes are simply paid in turn."""
        return plain(self.principal)

    def in_turn(self, x: Numbers, s: CashState, source: str, payments: Payments, wanted: Value | None) -> Value | None:
        """Pay one note after the other; what is still wanted."""
        asked, left = wanted, wanted
        pay, planned = take if source == AVAILABLE else draw, self.to == "target"
        for name, leg in payments:
            note = s.notes[name]
            most = self.above_target(x, s, name) if planned else note.balance
            paid = pay(x, s, most if asked is None else x.minimum(most, asked), leg, source)
            note.principal_paid = note.principal_paid + paid
            note.balance = note.balance - paid
            if asked is not None:  # the next note is asked for what this one's balance cannot take, paid or not
                asked, left = asked - s.legs[leg].due, left - paid
        return left

    def above_target(self, x: Numbers, s: CashState, name: str) -> Value:
        """What a note holds above its planned balance."""
        note = s.notes[name]
        return x.maximum(note.balance - note.target_balance, 0.0)

    def shared(self, x: Numbers, s: CashState, source: str, payments: Payments, wanted: Value | None) -> Value | None:
        """Pay an order: its parts of what is wanted are due, its parts of the cash there is are paid."""
        weight = by_initial_balance(s)
        if self.to == "nil":
            room = {name: s.notes[name].balance for name in self.targets}
        else:
            room = {name: self.above_target(x, s, name) for name in self.targets}
            weight["balance"] = lambda name: s.notes[name].balance
        asked = x.total(list(room.values())) if wanted is None else wanted
        due = allocate(x, s, self.principal, asked, room, weight)
        cash = allocate(x, s, self.principal, x.minimum(asked, s.pots[source]), room, weight)
        pay, left = take if source == AVAILABLE else draw, wanted
        for name, leg in payments:
            note = s.notes[name]
            paid = pay(x, s, due[name], leg, source, cash[name])
            note.principal_paid = note.principal_paid + paid
            note.balance = note.balance - paid
            left = None if left is None else left - paid
        return left
