"""A purchase clock of its own: collections are spent several times between two payment dates, up to every day.

A month has `n` equal steps. In each step the initial pool pays an n-th of its month, what was bought pays what falls
due, and the cash that has come in, beyond what the deal retains, buys again:

    bought by step j = max(collections of the steps so far - retained - spent so far, 0),   par = cash / price

A receivable bought in a step has its instalments in the same step of later months; a bill with a due day is due in the
step of that day of the next month, whenever it was bought. As receivables age by whole months, a finer clock moves cash
within a month and not from one month to another: what it changes is what is spent before a payment date and what after.

The last day of purchases is a day of a month: steps that end on it or before it buy, later ones do not. To the clauses
of the waterfall the deal revolves while it pays months that ended by that day, and no longer when it pays the month of
that day: what comes in after it goes to the notes.

Sums over the steps are the lines of the month; what was spent never reaches the accounts. The steps themselves are no
lines, so that such a deal has no live workbook.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import ceil

from abs_struct.core.arithmetic.numbers import Numbers, Value
from abs_struct.core.arithmetic.symbols import Symbols
from abs_struct.core.findings import DealError
from abs_struct.core.formula import Formula
from abs_struct.core.state import State
from abs_struct.pool.purchased import Kind, RunOffPurchases, cash_parts, cleared
from abs_struct.terms.clock import MONTH

#: The flows of a purchase that bring principal in cash.
PRINCIPAL = ("scheduled_principal", "prepaid", "refunds")


@dataclass(frozen=True, eq=False, repr=False)
class BuyWithinMonths(RunOffPurchases):
    """Run off what was bought and buy again, step by step.

    steps : steps a month, n; retained : cash that a month's purchases leave untouched; everything : whether income is
    spent beside principal; due_days : of the bills that are due on a day of the next month
    """

    steps: int = 1
    retained: Formula | None = None
    everything: bool = True
    due_days: tuple[int | None, ...] = ()

    def open(self, x: Numbers, s: State) -> None:
        """Nothing has been bought; the deal may buy from the first day."""
        super().open(x, s)
        s.entities["revolving"].buying = 1.0
        for kind in self.kinds:
            s.entities[kind.path].history = []
            s.entities[kind.unit].by_age = [dict.fromkeys(kind.lines(), 0.0)]

    def apply(self, x: Numbers, s: State) -> None:
        """One month: the units grow older, then step after step of collections and purchases."""
        if isinstance(x, Symbols):
            raise DealError(
                "purchases between payment dates have no formulas: the live workbook and `explain` know deals that buy "
                "on payment dates (leave out revolving.clock)"
            )
        for kind in self.kinds:
            unit, own = s.entities[kind.unit], s.entities[kind.path]
            self.age(x, s, kind)
            flows = {name: getattr(unit, kind.profile(name)) for name in kind.lines()}
            unit.by_age.append(flows | {name: getattr(unit, name) for name in kind.lent()})
            own.opening_balance = own.balance
            own.reinvested = 0.0
            for name in kind.lines():
                setattr(own, name, 0.0)
        self.month(x, s)
        for kind in self.kinds:
            self.fall_behind(x, s, kind)
            kind.book.recover(x, s)
        self.add(x, s)
        pool = s.pool
        pool.reinvested = x.total([s.entities[kind.path].reinvested for kind in self.kinds])

    def month(self, x: Numbers, s: State) -> None:
        """The steps of a month."""
        pool, revolving = s.pool, s.entities["revolving"]
        own_collections = pool.collections if self.everything else pool.principal_collections
        arriving = own_collections / float(self.steps)
        kept = 0.0 if self.retained is None else x.maximum(self.retained(x, s), 0.0)
        arrived: Value = 0.0
        spent: Value = 0.0
        first = len(s.entities[self.kinds[0].path].history)
        for step in range(self.steps):
            arrived = arrived + arriving
            for kind, due_day in zip(self.kinds, self.due_days, strict=True):
                arrived = arrived + self.pay(x, s, kind, due_day, first + step)
            gate = x.both(revolving.days > ceil((step + 1) * MONTH / self.steps) - 0.5, revolving.buying > 0.5)
            cash = x.where(gate, x.maximum(arrived - kept - spent, 0.0), 0.0)
            spent = spent + self.buy(x, s, cash)

    def pay(self, x: Numbers, s: State, kind: Kind, due_day: int | None, now: int) -> Value:
        """What the purchases of one kind pay in a step; the cash of it that may be spent."""
        own, unit = s.entities[kind.path], s.entities[kind.unit]
        history = own.history
        paid: Value = 0.0
        for age, bought in self.due(history, kind, due_day, now):
            flows = unit.by_age[age]
            for name in kind.lines():
                amount = bought * flows[name]
                if name == "interest":
                    amount = amount * own.income
                if self.sold:
                    amount = x.where(s.deal.called > 0.5, 0.0, amount)
                setattr(own, name, getattr(own, name) + amount)
                own.balance = own.balance - (0.0 if name == "interest" else amount)
                if name in PRINCIPAL or (name == "interest" and self.everything):
                    paid = paid + amount
        own.balance = cleared(x, s, own.balance)
        return paid

    def due(self, history: list[Value], kind: Kind, due_day: int | None, now: int) -> list[tuple[int, Value]]:
        """The purchases that pay in a step, with their age in months."""
        steps = self.steps
        if due_day is None:
            ages = range(1, min(kind.length, now // steps) + 1)
            return [(age, history[now - age * steps]) for age in ages]
        month, step = divmod(now, steps)
        if step != ceil(due_day / MONTH * steps) - 1:
            return []
        ages = range(1, min(kind.length, month) + 1)
        return [(age, par) for age in ages for par in history[(month - age) * steps : (month - age + 1) * steps]]

    def fall_behind(self, x: Numbers, s: State, kind: Kind) -> None:
        """The arrears of all purchases of one kind at the end of a month."""
        own, unit = s.entities[kind.path], s.entities[kind.unit]
        history, steps = own.history, self.steps
        months = len(history) // steps
        ages = range(1, min(kind.length, months - 1) + 1) if kind.lent() else ()
        bought = [x.total(history[(months - 1 - age) * steps : (months - age) * steps]) for age in ages]
        for name in kind.lent():
            setattr(own, name, self.kept(x, s, x.dot(bought, [unit.by_age[age][name] for age in ages])))

    def buy(self, x: Numbers, s: State, cash: Value) -> Value:
        """Spend cash on the mix; what was spent."""
        names = [kind.name for kind in self.kinds]
        spent: Value = 0.0
        for name, part in zip(names, cash_parts(x, s, names, cash), strict=True):
            own = s.entities[f"receivables.{name}"]
            price = cash * part
            par = x.ratio(price, own.price / 100.0)
            own.history.append(par)
            own.reinvested = own.reinvested + price
            own.purchased = own.purchased + par
            own.balance = own.balance + par
            s.pool.purchased = s.pool.purchased + par
            spent = spent + price
        return spent
