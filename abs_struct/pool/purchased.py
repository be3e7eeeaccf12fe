"""Purchased receivables: what collections buy, and how all purchases together run off.

A kind of receivable has one *unit*: a pool of 1, bought in period 0, that runs off under the kind's own curves; in
period a it shows what each unit of par pays at age a. The flows of all purchases are the causal convolution

    flow(t) = sum over a = 1 .. term of  purchased(t - a) x unit flow(a)

so a scenario costs the same for one receivable bought and for a million, and no purchase needs a loop of its own.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from abs_struct.core.arithmetic.numbers import DUST, Numbers, Value
from abs_struct.core.findings import CurveError
from abs_struct.core.lines import curve, data, declare, flow, stock, tally
from abs_struct.core.state import Slot, State
from abs_struct.curves import Assumptions
from abs_struct.pool import arrears
from abs_struct.pool import lines as declared
from abs_struct.pool.book import Book, delay_of
from abs_struct.pool.products import unit_of
from abs_struct.pool.project import Placed, Projection, ProjectPool, RateTable
from abs_struct.pool.returns import Returns, returns_of
from abs_struct.terms.revolving import Receivable

RECEIVABLES = declare(
    "receivables",
    flow("opening_balance", "Opening balance", "期初余额", "par at the start of the period"),
    flow("scheduled_principal", "Scheduled principal", "计划本金", "scheduled principal of all purchases"),
    flow("prepaid", "Prepaid", "早偿金额", "principal prepaid"),
    flow("interest", "Income", "收入", "interest and fees received"),
    *declared.OWN,
    tally("purchased", "Purchased", "购买本金", "par bought in the period"),
    tally("price_paid", "Price paid", "购买价款", "cash paid for it on payment dates"),
    tally(
        "held", "Held", "购买前持有", "with mix: balance, what the pool holds of the kind before a purchase, loans too"
    ),
    tally(
        "lacking", "Lacking", "占比缺口", "with mix: balance, what it lacks of its share of the pool after the purchase"
    ),
    stock("balance", "Balance", "期末余额", "opening balance less principal and defaults, plus purchases"),
)
UNITS = declare(
    "units",
    *(line for line in declared.COHORTS.lines if line.name != "default_rate"),
    curve("default_rate", "Default rate", "违约率", "the share of the opening balance that defaults (MDR), by age"),
    data("initial_balance", "Initial balance", "初始余额", "1", unit="number"),
)
REVOLVING = declare(
    "revolving",
    data("open", "Open", "循环期内", "1 while the day of the last purchase has not passed", unit="flag"),
    flow("active", "Active", "循环购买", "1 while receivables are bought", unit="flag"),
)
#: Where the mix drifts.
DRIFTED = data(
    "drifted", "Drifted", "占比变动进度", "the part of the way from the first mix to the last", unit="number"
)
#: Where purchases have a clock of their own.
REINVESTED = flow("reinvested", "Reinvested", "循环再投资", "cash spent on purchases between payment dates")
DAYS = data(
    "days", "Days of purchases", "可购买日数", "the days of the month, of 30, until the last to buy", unit="number"
)
BUYING = stock("buying", "Buying", "可循环购买", "1 where the last payment date left the deal free to buy", unit="flag")

#: The flows of a purchase, by convolution: of the receivable, and of its unit.
FLOWS = ("scheduled_principal", "prepaid", "interest", "defaulted", "refunds", "dilution")


@dataclass(frozen=True, eq=False, repr=False)
class Kind:
    """One kind of receivable: its name, its life in months, and its curves with their places in the deal."""

    name: str
    term: int
    prepayment: Placed
    default: Placed
    unit_book: Book
    book: Book
    returns: Returns

    @property
    def path(self) -> str:
        """The entity of its purchases."""
        return f"receivables.{self.name}"

    @property
    def unit(self) -> str:
        """The entity of its unit."""
        return f"units.{self.name}"

    @property
    def delay(self) -> arrears.Delay | None:
        """The arrears of its unit."""
        return self.unit_book.delay

    @property
    def length(self) -> int:
        """Months from a purchase until the last instalment is in, late ones too."""
        return self.term + (0 if self.delay is None else self.delay.count)

    def lines(self) -> tuple[str, ...]:
        """Its flows, nil or not."""
        return (*FLOWS[:4], *(line.name for line in self.returns.lines))

    def profile(self, name: str) -> str:
        """The line of the unit that says what a flow is: with arrears, what is received and not what is due."""
        if self.delay is None:
            return name
        return {"scheduled_principal": "received_principal", "interest": "received_interest"}.get(name, name)

    def lent(self) -> tuple[str, ...]:
        """Its lines of arrears, each by convolution too."""
        return () if self.delay is None else tuple(line.name for line in self.delay.shown())

    def flows(self) -> tuple[str, ...]:
        """The flows that are not nil for want of a curve."""
        absent = {"prepaid": self.prepayment[0] is None, "defaulted": self.default[0] is None}
        absent |= {name: name not in [line.name for line in self.returns.lines] for name in ("refunds", "dilution")}
        return tuple(name for name in FLOWS if not absent.get(name, False))


@dataclass(frozen=True, eq=False, repr=False)
class RunOffPurchases:
    """The part of a program that runs off what was bought, after the initial pool, and adds it to the pool's totals."""

    kinds: tuple[Kind, ...]
    pool: ProjectPool
    last: int = 0  # the last period in which anything may be bought
    sold: bool = False  # whether the run assumes that the pool is sold by a call

    def open(self, x: Numbers, s: State) -> None:
        """Every unit is whole at closing; nothing has been bought."""
        for kind in self.kinds:
            unit = s.entities[kind.unit]
            unit.survival = 1.0
            unit.balance = 1.0
            if kind.delay is not None:
                unit.punctual_balance = 1.0

    def prepare(self, x: Numbers, s: State) -> None:
        """The monthly rates of the units, by age."""
        table = RateTable(x, s, 1.0 / 12.0)
        for kind in self.kinds:
            unit = s.entities[kind.unit]
            unit.prepayment_rate = table.rate(*kind.prepayment, unit.age)
            if kind.unit_book.amount:
                kind.unit_book.prepare(x, s)
            else:
                unit.default_rate = table.rate(*kind.default, unit.age)
            if kind.delay is not None:
                kind.delay.prepare(x, s)

    def apply(self, x: Numbers, s: State) -> None:
        """One more month of every unit, and the flows of all that was bought."""
        for kind in self.kinds:
            self.run_off_kind(x, s, kind)
        self.add(x, s)

    def run_off_kind(self, x: Numbers, s: State, kind: Kind) -> None:
        """One more month of a unit, and the flows of all purchases of its kind."""
        own = s.entities[kind.path]
        self.age(x, s, kind)
        own.opening_balance = own.balance
        wanted = kind.flows()
        path = f"{kind.path}.purchased"
        for name in kind.lines():
            value = 0.0
            if name in wanted:
                value = s.convolved(x, path, f"{kind.unit}.{kind.profile(name)}", kind.length, self.last)
            setattr(own, name, self.kept(x, s, value))
        for name in kind.lent():
            value = s.convolved(x, path, f"{kind.unit}.{name}", kind.length, self.last)
            setattr(own, name, self.kept(x, s, value))
        own.interest = own.interest * own.income
        left = own.opening_balance - own.scheduled_principal - own.prepaid - own.defaulted
        for line in kind.returns.lines:
            left = left - getattr(own, line.name)
        own.balance = cleared(x, s, left)
        kind.book.recover(x, s)

    def kept(self, x: Numbers, s: State, value: Value) -> Value:
        """A flow or balance of what was bought: nothing once it has been sold with the pool."""
        return x.where(s.deal.called > 0.5, 0.0, value) if self.sold else value

    def age(self, x: Numbers, s: State, kind: Kind) -> None:
        """One more month of a unit."""
        unit = s.entities[kind.unit]
        unit.opening_balance = unit.balance
        if kind.unit_book.amount:
            kind.unit_book.place(x, s)
        self.pool.run_off(x, s, [unit], [kind.returns])
        if kind.delay is not None:
            kind.delay.apply(x, s, unit.scheduled_principal, unit.interest, unit.balance)

    def add(self, x: Numbers, s: State) -> None:
        """The pool in total, with what was bought."""
        pool, owners = s.pool, [s.entities[kind.path] for kind in self.kinds]

        def total(name: str) -> Any:
            return x.total([getattr(own, name) for own in owners])

        for name in ("scheduled_principal", "prepaid", "interest", "balance"):
            setattr(pool, name, getattr(pool, name) + total(name))
        for name in ("defaulted", "recovered", "liquidated", "pending_default", "pending_recovery"):
            setattr(pool, name, getattr(pool, name) + total(name))
        principal = total("scheduled_principal") + total("prepaid")
        for name in ("refunds", "dilution"):
            found = [s.entities[kind.path] for kind in self.kinds if name in kind.flows()]
            if found:
                more = x.total([getattr(own, name) for own in found])
                tape = name in [line.name for line in self.pool.returned]
                setattr(pool, name, getattr(pool, name) + more if tape else more)
                principal = principal + more if name == "refunds" else principal
        pool.principal_collections = pool.principal_collections + principal
        pool.collections = pool.collections + total("interest") + principal + total("recovered")
        at_default = self.pool.convention.loss_at == "default"
        lost = total("defaulted" if at_default else "liquidated") - total("recovered")
        pool.net_loss = pool.net_loss + lost
        pool.cumulative_defaulted = pool.cumulative_defaulted + total("defaulted")
        pool.cumulative_recovered = pool.cumulative_recovered + total("recovered")
        pool.cumulative_net_loss = pool.cumulative_net_loss + lost
        pool.wac = x.ratio(12.0 * pool.interest, pool.opening_balance)
        pool.factor = x.ratio(pool.balance, pool.initial_balance)
        delayed = [kind for kind in self.kinds if kind.delay is not None]
        if delayed:
            lines = arrears.shown_of([*self.pool.delays, *(kind.delay for kind in delayed if kind.delay is not None)])
            more = {line.name for line in arrears.shown_of(self.pool.delays)}
            paths = [kind.path for kind in delayed]
            for line in lines:
                arrears.add_up(x, s, paths, [line.name], more=line.name in more)


def cleared(x: Numbers, s: State, left: Value) -> Value:
    """A balance without the dust of rounding, so that ratios to an empty pool are nil."""
    return x.where(left > DUST * s.pool.initial_balance, left, 0.0)


def cash_parts(x: Numbers, s: State, names: Sequence[str], cash: Value) -> list[Value]:
    """The share of the cash that each kind gets.

    Par is bought in the shares of the deal, with `mix: drifting` on the way to others; with `mix: balance` each kind
    gets what it lacks of its share of the pool after the purchase. Cash is par x price.
    """
    kinds = [s.entities[f"receivables.{name}"] for name in names]
    revolving = s.entities["revolving"]
    shares = [kind.share for kind in kinds]
    if revolving.drifts:  # structure of the deal, not a value
        shares = [kind.share + (kind.becomes - kind.share) * revolving.drifted for kind in kinds]
    if revolving.by_balance:  # structure of the deal, not a value
        for kind, name in zip(kinds, names, strict=True):
            kind.held = holding(x, s, name)
        whole = x.total([kind.held for kind in kinds]) + cash
        for kind, share in zip(kinds, shares, strict=True):
            kind.lacking = x.maximum(share * whole - kind.held, 0.0)
        short = x.total([kind.lacking for kind in kinds]) > 0.0
        shares = [x.where(short, kind.lacking, share) for kind, share in zip(kinds, shares, strict=True)]
    spent = [share * kind.price for share, kind in zip(shares, kinds, strict=True)]
    total = x.total(spent)
    return [x.ratio(part, total) for part in spent]


def holding(x: Numbers, s: State, name: str) -> Value:
    """What the pool holds of a kind: what was bought, and the loans of the group of this name."""
    own = s.entities[f"receivables.{name}"].balance
    group = s.entities.get(f"groups.{name}")
    overdue = [group.arrears_principal] if group is not None and hasattr(group, "delayed") else []
    return x.total([own, *(cohort.balance for cohort in s.cohorts if cohort.group == name), *overdue])


def purchased(
    receivables: Mapping[str, Receivable],
    assumptions: Assumptions,
    pool: Projection,
    periods: int,
    prefix: str = "assumptions",
    *,
    sold: bool = False,
    clocked: bool = False,
    last: int,
) -> tuple[list[Slot], dict[str, Any], RunOffPurchases, list[str]]:
    """Everything that a program needs to run off purchases: entities, data (T + 1,), the part, the past it reads.

    Raises
    ------
    CurveError : a curve by period of the deal, which says nothing of the age of a purchase
    """
    slots: list[Slot] = []
    series: dict[str, Any] = {}
    kinds, past = [], []
    for name, receivable in receivables.items():
        kind = kind_of(name, receivable, assumptions, prefix)
        kinds.append(kind)
        series |= unit_data(kind.unit, receivable, periods)
        slots.append(Slot(kind.unit, unit_lines(kind)))
        lent = () if kind.delay is None else kind.delay.shown()
        income = {"income": f"revolving.receivables.{name}.income", "price": f"revolving.receivables.{name}.price"}
        share = {"share": f"revolving.receivables.{name}.share"}
        if receivable.becomes is not None:
            share["becomes"] = f"revolving.receivables.{name}.becomes"
        lines = (*RECEIVABLES.lines, *lent, *((REINVESTED,) if clocked else ()))
        slots.append(Slot(kind.path, (*lines, *kind.returns.lines), income | share))
        flows = [kind.profile(name) for name in kind.flows()]
        past += [f"{kind.path}.purchased", *(f"{kind.unit}.{name}" for name in (*flows, *kind.lent()))]
        past += kind.book.past()
    return slots, series, RunOffPurchases(tuple(kinds), pool.part, last, sold), past


def kind_of(name: str, receivable: Receivable, assumptions: Assumptions, prefix: str) -> Kind:
    """A kind of receivable with the curves of its group."""
    placed = []
    for field in ("prepayment", "default"):
        curve, at = assumptions.own(name, field)
        if curve is not None and curve.by_period():
            raise CurveError(
                f"{prefix}.{at}: a curve by period says nothing of the age of a purchase; write by: age, or give the "
                f"group {name} a curve of its own"
            )
        placed.append((curve, f"{prefix}.{at}"))
    recovery, recovery_at = assumptions.own(name, "recovery")
    loss_at = assumptions.conventions.resolved.loss_at
    unit = f"units.{name}"
    delay = delay_of(assumptions, name, unit, {unit: name}, prefix)
    unit_book = Book(unit, (), *placed[1], recovery, f"{prefix}.{recovery_at}", loss_at, False, delay=delay)
    book = Book(f"receivables.{name}", (), None, "", recovery, f"{prefix}.{recovery_at}", loss_at, False)
    returns = returns_of(assumptions, name, prefix)
    return Kind(name, receivable.term, placed[0], placed[1], unit_book, book, returns)


def unit_lines(kind: Kind) -> tuple[Any, ...]:
    """The lines of a unit; a default that is an amount is placed by it, as by a pool."""
    delay = kind.delay
    more = kind.returns.lines if delay is None else (*kind.returns.lines, *delay.lines(), *delay.of_members())
    if not kind.unit_book.amount:
        return (*UNITS.lines, *more)
    rest = tuple(line for line in UNITS.lines if line.name != "default_rate")
    return (*rest, *declared.AMOUNT, *more)


def unit_data(path: str, receivable: Receivable, periods: int) -> dict[str, Any]:
    """The schedule of one unit of par and its age at the start of each period."""
    balance, income = (np.zeros(periods + 1) for _ in range(2))
    found, earned = unit_of(receivable)
    count = min(len(found), periods + 1)
    balance[:count], income[:count] = found[:count], earned[:count]
    return {
        f"{path}.scheduled_balance": balance,
        f"{path}.scheduled_repayment": np.concatenate(([0.0], balance[:-1] - balance[1:])),
        f"{path}.scheduled_interest": income,
        f"{path}.initial_balance": np.ones(periods + 1),
        f"{path}.age": np.maximum(np.arange(periods + 1, dtype=float) - 1.0, 0.0),
    }
