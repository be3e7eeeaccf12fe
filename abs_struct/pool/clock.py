"""A purchase clock of its own: collections are spent several times between two payment dates, up to every day.

A month has `n` equal steps. In each step the initial pool pays an n-th of its month, what was bought pays what falls
due, and the cash that has come in, beyond what the deal retains, buys again:

    bought by step j = max(collections of the steps so far - retained - spent so far, 0),   par = cash / price

What a month brings is the convolution over whole months, as on payment dates; the steps ask for no more than the cash
that may be spent in each, and are walked only in months that may buy.

A receivable bought in a step has its instalments in the same step of later months; a bill with a due day is due in the
step of that day of the next month, whenever it was bought, and its price may be that of the days until then. As
receivables age by whole months, a finer clock moves cash within a month and not from one month to another: what it
changes is what is spent before a payment date and what after.

The last day of purchases is a day of a month: steps that end on it or before it buy, later ones do not. To the clauses
of the waterfall the deal revolves while it pays months that ended by that day, and no longer when it pays the month of
that day: what comes in after it goes to the notes.

Sums over the steps are the lines of the month; what was spent never reaches the accounts. The steps themselves are no
lines, so that such a deal has no live workbook.
"""

from __future__ import annotations

from collections.abc import Sequence
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


@dataclass(frozen=True)
class Step:
    """One step of a clock: the cash that came in, what was spent, and what runs off and is bought of each kind."""

    collected: float
    spent: float
    run_off: tuple[float, ...]
    bought: tuple[float, ...]


@dataclass(frozen=True, eq=False, repr=False)
class BuyWithinMonths(RunOffPurchases):
    """Run off what was bought and buy again, step by step.

    steps : steps a month, n; retained : cash that a month's purchases leave untouched; everything : whether income is
    spent beside principal; due_days : of the bills that are due on a day of the next month
    by_days : of the bills whose discount is in proportion to the days to that day
    log : where a run in floats writes down its steps, for who asks for each purchase date; None: nowhere
    """

    steps: int = 1
    retained: Formula | None = None
    everything: bool = True
    due_days: tuple[int | None, ...] = ()
    by_days: tuple[bool, ...] = ()
    log: list[Step] | None = None

    def open(self, x: Numbers, s: State) -> None:
        """Nothing has been bought; the deal may buy from the first day."""
        super().open(x, s)
        s.entities["revolving"].buying = 1.0
        for kind in self.kinds:
            s.entities[kind.path].history = []
            s.entities[kind.unit].by_age = {"spendable": [0.0], "gone": [0.0]}

    def apply(self, x: Numbers, s: State) -> None:
        """One month: what was bought runs off, then step after step of collections and purchases."""
        if isinstance(x, Symbols):
            raise DealError(
                "purchases between payment dates have no formulas: the live workbook, the live page and `explain` know "
                "deals that buy on payment dates (leave out revolving.clock)"
            )
        for kind in self.kinds:
            self.run_off_kind(x, s, kind)
            self.remember(s, kind)
            s.entities[kind.path].reinvested = 0.0
        if len(s.entities[self.kinds[0].path].history) < self.last:
            self.month(x, s)
        elif s.entities["revolving"].by_balance:  # what is held, and would be lacking
            self.shares(x, s, 0.0)
        self.add(x, s)
        pool = s.pool
        pool.reinvested = x.total([s.entities[kind.path].reinvested for kind in self.kinds])

    def remember(self, s: State, kind: Kind) -> None:
        """What a unit of this age pays that may be spent, and by how much its balance falls."""
        unit = s.entities[kind.unit]
        spendable: Value = 0.0
        gone: Value = 0.0
        for name in kind.flows():
            amount = getattr(unit, kind.profile(name))
            if name == "interest":
                amount = amount * s.entities[kind.path].income
            else:
                gone = gone + amount
            if name in PRINCIPAL or (name == "interest" and self.everything):
                spendable = spendable + amount
        unit.by_age["spendable"].append(spendable)
        unit.by_age["gone"].append(gone)

    def month(self, x: Numbers, s: State) -> None:
        """The steps of a month."""
        pool, revolving = s.pool, s.entities["revolving"]
        owners = [s.entities[kind.path] for kind in self.kinds]
        own_collections = pool.collections if self.everything else pool.principal_collections
        arriving = own_collections / float(self.steps)
        kept = 0.0 if self.retained is None else x.maximum(self.retained(x, s), 0.0)
        paid = [self.by_step(x, s, kind, due_day, "spendable") for kind, due_day in self.due()]
        by_balance = revolving.by_balance  # structure of the deal, not a value
        wanted = by_balance or self.log is not None
        gone = [self.by_step(x, s, kind, due_day, "gone") for kind, due_day in self.due()] if wanted else []
        run_off = [own.balance for own in owners]
        for own in owners:
            own.balance = own.opening_balance
            own.history.append([])
        given = [own.price for own in owners]
        moving = by_balance or any(self.by_days)
        shares = [] if moving else self.shares(x, s, 0.0)
        arrived: Value = 0.0
        spent: Value = 0.0
        for step in range(self.steps):
            before = arrived
            arrived = x.total([arrived, arriving, *(steps[step] for steps in paid)])
            for own, steps in zip(owners, gone, strict=False):
                own.balance = cleared(x, s, own.balance - steps[step])
            gate = x.both(revolving.days > ceil((step + 1) * MONTH / self.steps) - 0.5, revolving.buying > 0.5)
            cash = x.where(gate, x.maximum(arrived - kept - spent, 0.0), 0.0)
            self.price(s, given, step)
            used = self.buy(s, cash, self.shares(x, s, cash) if moving else shares)
            spent = spent + used
            if self.log is not None:
                par = tuple(float(own.history[-1][-1]) for own in owners)
                run_offs = tuple(float(steps[step]) for steps in gone)
                self.log.append(Step(float(arrived - before), float(used), run_offs, par))
        for own, left, price in zip(owners, run_off, given, strict=True):
            own.balance, own.price = left + own.purchased, price

    def due(self) -> list[tuple[Kind, int | None]]:
        """The kinds with the day on which all purchases of a month are due, if there is one."""
        return list(zip(self.kinds, self.due_days, strict=True))

    def by_step(self, x: Numbers, s: State, kind: Kind, due_day: int | None, name: str) -> list[Value]:
        """What the purchases of one kind pay, or how far their balance falls, in each step of the month."""
        history, profile = s.entities[kind.path].history, s.entities[kind.unit].by_age[name]
        ages = range(1, min(kind.length, len(history)) + 1)
        weights = [profile[age] for age in ages]
        if due_day is None:
            found = [x.dot([history[-age][step] for age in ages], weights) for step in range(self.steps)]
        else:
            found = [0.0] * self.steps
            months = [s.past(f"{kind.path}.purchased", age) for age in ages]
            found[ceil(due_day / MONTH * self.steps) - 1] = x.dot(months, weights)
        return [self.kept(x, s, value) for value in found]

    def price(self, s: State, given: Sequence[Value], step: int) -> None:
        """The price of a step: where the discount goes by days, that of the days to the due day of the next month."""
        for kind, price, due_day, by_days in zip(self.kinds, given, self.due_days, self.by_days, strict=True):
            if by_days and due_day is not None:
                days = days_to_due(due_day, step, self.steps)
                s.entities[kind.path].price = 100.0 - (100.0 - price) * (days / float(MONTH))

    def shares(self, x: Numbers, s: State, cash: Value) -> list[tuple[Value, Value]]:
        """What each kind gets of a unit of cash, and the par that is bought with it."""
        names = [kind.name for kind in self.kinds]
        parts = cash_parts(x, s, names, cash)
        prices = [s.entities[kind.path].price / 100.0 for kind in self.kinds]
        return [(part, x.ratio(part, price)) for part, price in zip(parts, prices, strict=True)]

    def buy(self, s: State, cash: Value, shares: Sequence[tuple[Value, Value]]) -> Value:
        """Spend cash on the mix; what was spent."""
        spent: Value = 0.0
        for kind, (part, share) in zip(self.kinds, shares, strict=True):
            own = s.entities[kind.path]
            price, par = cash * part, cash * share
            own.history[-1].append(par)
            own.reinvested = own.reinvested + price
            own.purchased = own.purchased + par
            own.balance = own.balance + par
            s.pool.purchased = s.pool.purchased + par
            spent = spent + price
        return spent


def days_to_due(due_day: int, step: int, steps: int) -> int:
    """The days from the end of a step to a day of the next month; a month counts 30.

    Parameters
    ----------
    due_day : scalar, 1 to 30; step : scalar, from 0; steps : scalar, of a month

    Returns
    -------
    scalar, days

    Raises
    ------
    Nothing

    Source: definition.

    >>> [days_to_due(10, step, 30) for step in (0, 9, 29)]
    [39, 30, 10]
    """
    return MONTH + due_day - ceil((step + 1) * MONTH / steps)
