"""Accounts: the collections that arrive in them, their income, and what they have to hold."""

from __future__ import annotations

from dataclasses import dataclass

from abs_struct.core.arithmetic.numbers import Numbers, Value
from abs_struct.core.formula import Formula
from abs_struct.core.lines import Line, data, declare, flow, stock, tally
from abs_struct.core.state import State
from abs_struct.waterfall.rates import RateRule
from abs_struct.waterfall.take import COLLECTIONS

#: What every account has.
PLAIN: tuple[Line, ...] = (
    flow("required", "Required amount", "必备金额", "what the account has to hold"),
    tally("received", "Received", "收款", "what came in from outside: collections, hedges, income"),
    tally("paid_in", "Paid in", "存入", "added by the waterfall"),
    tally("released", "Released", "释放", "given back to available funds above the requirement"),
    tally("drawn", "Drawn", "支取", "paid out for clauses that the account supports"),
    flow("opening_balance", "Opening balance", "期初余额", "the balance at the start of the period"),
    stock("balance", "Balance", "余额", "what the account holds at the end of the period"),
)

#: Lines of accounts that earn, and of those whose requirement never declines.
EARNING = (
    data("year_fraction", "Year fraction", "年化期间", "the share of a year that the period is", unit="years"),
    flow("earned", "Income", "账户收益", "opening balance x yearly rate x year fraction, paid into collections"),
)
HIGHEST = (stock("highest_required", "Highest requirement", "历史最高必备金额", "the highest required amount so far"),)

ACCOUNTS = declare("accounts", *PLAIN, *EARNING, *HIGHEST)


#: The share of the collections that an interruption of the servicer costs.
LOST = "assumptions.interruption.lost"


@dataclass(frozen=True, eq=False, repr=False)
class AccountRules:
    """An account as the engine sees it."""

    name: str
    initial: Formula | None = None
    required: Formula | None = None
    non_declining: bool = False
    receives: Formula | None = None
    earns: RateRule | None = None


@dataclass(frozen=True, eq=False, repr=False)
class Collect:
    """Collections of the period arrive in the accounts; a clean-up call adds its price.

    An account that `receives` a part of them gets it first, the rest goes to the collection account. The call is
    exercised in the first period in which its test holds: the pool is bought at its balance, nothing of it remains
    with the deal, and what comes in later (recoveries too) belongs to the buyer.
    """

    accounts: tuple[AccountRules, ...] = ()
    call: Formula | None = None
    interrupted: bool = False
    reinvested: bool = False

    def open(self, x: Numbers, s: State) -> None:
        """What the accounts hold at closing."""
        for rules in self.accounts:
            if rules.initial is not None:
                s.accounts[rules.name].balance = rules.initial(x, s)

    def prepare(self, x: Numbers, s: State) -> None:
        """Nothing is known before the loop."""

    def apply(self, x: Numbers, s: State) -> None:
        """balance = what the account held + what it receives."""
        collections = s.accounts[COLLECTIONS]
        collections.opening_balance = collections.balance
        arrived = s.pool.collections if self.call is None else self.called(x, s, self.call)
        if self.reinvested:  # spent before it reaches the accounts
            arrived = x.maximum(arrived - s.pool.reinvested, 0.0)
        if self.interrupted:
            arrived = arrived * (1.0 - s.deal.interrupted * s.inputs[LOST])
        for rules in self.accounts:
            account = s.accounts[rules.name]
            account.opening_balance = account.balance
            if rules.receives is not None:
                part = x.minimum(x.maximum(rules.receives(x, s), 0.0), arrived)
                account.received = account.received + part
                account.balance = account.balance + part
                arrived = arrived - part
            if rules.earns is not None:
                rate = rules.earns.value(x, s, account)
                account.earned = x.maximum(account.opening_balance * rate * account.year_fraction, 0.0)
                collections.received = collections.received + account.earned
        collections.received = collections.received + arrived
        collections.balance = collections.opening_balance + collections.received

    def called(self, x: Numbers, s: State, call: Formula) -> Value:
        """What arrives where the call is assumed to be exercised: nothing of the pool once it has been bought."""
        from abs_struct.pool.arrears import sold

        before = s.deal.called
        now = x.both(before < 0.5, call(x, s))
        s.deal.call_proceeds = x.where(now, s.pool.balance * (s.deal.call_price / 100.0), 0.0)
        s.deal.called = x.flag(x.either(before > 0.5, now))
        s.pool.balance = x.where(now, 0.0, s.pool.balance)
        for cohort in s.cohorts:
            cohort.survival = x.where(now, 0.0, cohort.survival)
            cohort.balance = x.where(now, 0.0, cohort.balance)  # nothing is left to default in the period after
        for receivable in s.receivables.values():
            receivable.balance = x.where(now, 0.0, receivable.balance)
        sold(x, s, now)
        return x.where(before > 0.5, 0.0, s.pool.collections) + s.deal.call_proceeds


@dataclass(frozen=True, eq=False, repr=False)
class Requirement:
    """The required amount of an account."""

    name: str
    required: Formula
    non_declining: bool = False

    def open(self, x: Numbers, s: State) -> None:
        """Requirements are first worked out in period 1."""

    def prepare(self, x: Numbers, s: State) -> None:
        """Nothing is known before the loop."""

    def apply(self, x: Numbers, s: State) -> None:
        """required = max(formula, 0), and never below an earlier one where it may not decline."""
        account = s.accounts[self.name]
        required = x.maximum(self.required(x, s), 0.0)
        if self.non_declining:
            account.highest_required = x.maximum(account.highest_required, required)
            required = account.highest_required
        account.required = required
