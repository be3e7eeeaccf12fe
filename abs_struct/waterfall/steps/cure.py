"""Principal deficiency ledgers: revenue that makes them good."""

from __future__ import annotations

from typing import ClassVar

from pydantic import Field

from abs_struct.core.arithmetic.numbers import Numbers
from abs_struct.terms.names import Names
from abs_struct.waterfall.order import InTurn, allocate, by_initial_balance, plain
from abs_struct.waterfall.steps.step import STEPS, Step
from abs_struct.waterfall.take import AVAILABLE, CashState, draw, put, take


@STEPS.add("cure")
class Cure(Step):
    """Make a class's principal deficiency ledger good from revenue: the cash becomes principal.

    due = the ledger; paid into the account named `into`, from which the redemption section pays. Met beside `debit`,
    class by class, in revenue priorities of European deals. Amounts in currency units.
    """

    word: ClassVar[str] = "cure"
    example: ClassVar[str] = "{cure: A, into: reserve}"
    wrong: ClassVar[tuple[str, str]] = ("{cure: A, into: reserv}", "did you mean 'reserve'")
    en: ClassVar[str] = "cure of the principal deficiency ledger of {targets}{order}"
    zh: ClassVar[str] = "{order}补足{targets}档本金缺口账"

    cure: InTurn = Field(description="the note, or the notes in the order in which they are cured")
    into: str = Field(description="the account that gets the cash, such as principal")
    support: Names | None = Field(default=None, description="what covers what collections cannot, in turn")

    def owners(self) -> dict[str, str]:
        return {"cure": "notes", "into": "accounts", "support": "support"}

    def apply(self, x: Numbers, s: CashState) -> None:
        account = s.accounts[self.into]
        for source, payments in self.rounds:
            shares = None
            if not plain(self.cure):
                ledgers = {name: s.notes[name].pdl for name in self.targets}
                shares = allocate(x, s, self.cure, s.pots[source], ledgers, by_initial_balance(s))
            pay = take if source == AVAILABLE else draw
            for name, leg in payments:
                note = s.notes[name]
                paid = pay(x, s, note.pdl, leg, source, None if shares is None else shares[name])
                note.pdl_cured = note.pdl_cured + paid
                note.pdl = note.pdl - paid
                account.paid_in = account.paid_in + paid
                put(s, paid, self.into)
