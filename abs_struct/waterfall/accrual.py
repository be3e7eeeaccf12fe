"""What becomes due at the start of a period, and what is written down at its end.

Interest and fees accrue by themselves: a deal file cannot forget the step.
"""

from __future__ import annotations

from dataclasses import dataclass

from abs_struct.core.arithmetic.numbers import Numbers
from abs_struct.core.formula import Formula
from abs_struct.core.state import State


@dataclass(frozen=True, eq=False, repr=False)
class NoteTerms:
    """A note as the engine sees it: its name and the formula of its size."""

    name: str
    balance: Formula


@dataclass(frozen=True, eq=False, repr=False)
class FeeTerms:
    """A fee as the engine sees it; `base` is what its rate is charged on."""

    name: str
    base: Formula | None
    fixed: bool
    capped: bool


@dataclass(frozen=True, eq=False, repr=False)
class Accrue:
    """Interest and fees that become due: the first part after the pool."""

    notes: tuple[NoteTerms, ...]
    fees: tuple[FeeTerms, ...]

    def open(self, x: Numbers, s: State) -> None:
        """Sizes of the notes at closing, from the formulas of the deal."""
        for terms in self.notes:
            note = s.notes[terms.name]
            note.initial_balance = terms.balance(x, s)
            note.balance = note.initial_balance

    def prepare(self, x: Numbers, s: State) -> None:
        """Nothing is known before the loop."""

    def apply(self, x: Numbers, s: State) -> None:
        """interest due = balance x coupon x accrual fraction; fee due = rate x base x year fraction + fixed."""
        alive = s.pool.opening_balance > 0.0
        for terms in self.notes:
            note = s.notes[terms.name]
            note.opening_balance = note.balance
            note.interest_due = note.opening_balance * note.coupon * note.accrual_fraction
            note.interest_owed = note.interest_shortfall + note.interest_due
            alive = x.either(alive, note.opening_balance > 0.0)
        for charge in self.fees:
            fee = s.fees[charge.name]
            due = 0.0
            if charge.base is not None:
                due = fee.rate * x.maximum(charge.base(x, s), 0.0) * fee.year_fraction
            if charge.fixed:
                due = due + x.where(alive, fee.plus * fee.year_fraction, 0.0)
            fee.due = due
            fee.owed = fee.shortfall + fee.due
            if charge.capped:
                fee.paid_this_year = x.where(fee.new_year > 0.5, 0.0, fee.paid_this_year)


@dataclass(frozen=True, eq=False, repr=False)
class Close:
    """What is written down when all sections have paid."""

    notes: tuple[str, ...]
    fees: tuple[str, ...]
    reserves: tuple[str, ...]

    def open(self, x: Numbers, s: State) -> None:
        """The same figures at closing."""
        self.totals(x, s)

    def prepare(self, x: Numbers, s: State) -> None:
        """Nothing is known before the loop."""

    def apply(self, x: Numbers, s: State) -> None:
        """Shortfalls carried, factors, enhancement and overcollateralisation after payment."""
        for name in self.notes:
            s.notes[name].interest_shortfall = s.notes[name].interest_owed
        for name in self.fees:
            s.fees[name].shortfall = s.fees[name].owed
        self.totals(x, s)

    def totals(self, x: Numbers, s: State) -> None:
        """Factor, enhancement by class, total of the notes, overcollateralisation."""
        support = x.total([s.accounts[name].balance for name in self.reserves])
        ahead = 0.0
        for name in self.notes:
            note = s.notes[name]
            note.factor = x.ratio(note.balance, note.initial_balance)
            ahead = ahead + note.balance
            covered = x.ratio(s.pool.balance - ahead + support, s.pool.balance)
            repaid = x.where(ahead > 0.0, 0.0, 1.0)  # what a class has when the pool is gone
            note.enhancement = x.where(s.pool.balance > 0.0, covered, repaid)
        s.deal.notes_balance = x.total([s.notes[name].balance for name in self.notes])
        s.deal.overcollateralisation = s.pool.balance - s.deal.notes_balance
