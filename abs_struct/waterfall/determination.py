"""What is worked out on the determination date, before cash is paid: amounts, requirements, collections."""

from __future__ import annotations

from dataclasses import dataclass

from abs_struct.core.arithmetic.numbers import Numbers
from abs_struct.core.formula import Formula
from abs_struct.core.state import State
from abs_struct.waterfall.take import COLLECTIONS


@dataclass(frozen=True, eq=False, repr=False)
class Amount:
    """A named amount of the deal, worked out once a period."""

    name: str
    formula: Formula

    def open(self, x: Numbers, s: State) -> None:
        """Amounts are first worked out in period 1."""

    def prepare(self, x: Numbers, s: State) -> None:
        """Nothing is known before the loop."""

    def apply(self, x: Numbers, s: State) -> None:
        """The value of the formula, as a line."""
        value = self.formula(x, s)
        assert self.formula.bound is not None  # it has just been used
        truth = self.formula.bound.unit == "flag" and self.formula.bound.node[0] not in {"line", "past"}
        setattr(s.amounts, self.name, x.flag(value) if truth else value)


@dataclass(frozen=True, eq=False, repr=False)
class Requirement:
    """The required amount of an account, and what it holds at closing."""

    name: str
    required: Formula | None
    initial: Formula | None

    def open(self, x: Numbers, s: State) -> None:
        """The balance at closing."""
        if self.initial is not None:
            s.accounts[self.name].balance = self.initial(x, s)

    def prepare(self, x: Numbers, s: State) -> None:
        """Nothing is known before the loop."""

    def apply(self, x: Numbers, s: State) -> None:
        """required = max(formula, 0)."""
        account = s.accounts[self.name]
        account.opening_balance = account.balance
        if self.required is not None:
            account.required = x.maximum(self.required(x, s), 0.0)


@dataclass(frozen=True, eq=False, repr=False)
class Collect:
    """Collections of the period arrive in the collection account; a clean-up call adds its price.

    The call is exercised in the first period in which its test holds: the pool is bought at its balance, nothing
    of it remains with the deal, and what comes in later (recoveries too) belongs to the buyer.
    """

    call: Formula | None = None

    def open(self, x: Numbers, s: State) -> None:
        """No cash at closing."""

    def prepare(self, x: Numbers, s: State) -> None:
        """Nothing is known before the loop."""

    def apply(self, x: Numbers, s: State) -> None:
        """collections account = what it held + the pool's collections + the call price."""
        account = s.accounts[COLLECTIONS]
        account.opening_balance = account.balance
        if self.call is not None:
            before = s.deal.called
            now = x.both(before < 0.5, self.call(x, s))
            s.deal.call_proceeds = x.where(now, s.pool.balance * s.deal.call_price, 0.0)
            s.deal.called = x.flag(x.either(before > 0.5, now))
            s.pool.balance = x.where(now, 0.0, s.pool.balance)
            for cohort in s.cohorts:
                cohort.survival = x.where(now, 0.0, cohort.survival)
            account.paid_in = x.where(before > 0.5, 0.0, s.pool.collections) + s.deal.call_proceeds
        else:
            account.paid_in = s.pool.collections
        account.balance = account.opening_balance + account.paid_in
