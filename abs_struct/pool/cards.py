"""Card pools: accounts without a schedule, which pay, are charged off, and are used again.

Of the opening principal B of a month, in this order, each at most what the ones before it leave:

    charged off   B x charge-off rate / 12            returned (dilution)   B x dilution rate
    collected     B x payment rate                    finance charges       B x (yield + interchange) / 12
    purchased     purchase rate x (charged off + returned + collected)

so that opening balance - principal collections - defaulted - dilution + purchased = balance, and nothing is negative.
At a purchase rate of 100 % the pool stays level; at 0 % it runs off. All principal collected arrives as cash: what is
paid for new receivables is for the deal's waterfall to say. Groups of accounts that have rates of their own run apart,
and the pool is their sum.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from abs_struct.analytics import cards as ratios
from abs_struct.core.arithmetic.numbers import Numbers
from abs_struct.core.findings import CurveError
from abs_struct.core.lines import Line, curve, data, declare, flow, stock, tally
from abs_struct.core.state import Entity, Slot, State
from abs_struct.curves import Assumptions
from abs_struct.curves.cards import Cards
from abs_struct.pool import lines as declared
from abs_struct.pool.book import POOL, Book, reader
from abs_struct.pool.loans import Column
from abs_struct.pool.project import Projection

#: What a pool of cards has beside the lines of every pool.
CARDS = declare(
    "pool of cards",
    curve("yield_rate", "Yield", "收益率", "finance charges a year / opening balance"),
    curve("interchange_rate", "Interchange rate", "交换费率", "interchange a year / opening balance"),
    curve("payment_rate", "Payment rate", "还款率", "principal paid in the month / opening balance"),
    curve("charge_off_rate", "Charge-off rate", "核销率", "charged off a year / opening balance"),
    curve("dilution_rate", "Dilution rate", "稀释率", "returned in the month / opening balance"),
    curve("purchase_rate", "Purchase rate", "购买率", "new receivables / what left the pool in the month"),
    flow("finance_charges", "Finance charges", "财务费用回收", "finance charges and fees collected"),
    flow("interchange", "Interchange", "交换费", "interchange collected"),
    flow("dilution", "Dilution", "稀释金额", "returns, rebates and fraud: principal that brings no cash"),
    flow(
        "reported_payment_rate",
        "Reported payment rate",
        "披露还款率",
        "principal collections / opening balance x 30 / days of the period",
        unit="rate",
    ),
    flow(
        "reported_default_rate",
        "Reported default rate",
        "披露违约率",
        "charge-offs / closing balance x 365 / days of the period",
        unit="rate",
    ),
)

#: Lines of every pool that a pool of cards fills, and what they mean here where that differs.
SHARED: dict[str, dict[str, str]] = {
    "period": {}, "cutoff_balance": {}, "year": {}, "days_in_period": {}, "initial_balance": {}, "opening_balance": {},
    "wac": {"definition": "12 x finance charge collections / opening balance, a rate a year"},
    "scheduled_principal": {"en": "Principal payments", "zh": "本金还款",
                            "definition": "principal paid by cardholders"},
    "prepaid": {"definition": "nil: cards have no schedule to be ahead of"},
    "interest": {"en": "Finance charge collections", "zh": "财务费用回收合计",
                 "definition": "finance charges, fees and interchange received"},
    "defaulted": {"en": "Charged off", "zh": "核销金额", "definition": "charge-off rate / 12 x opening balance"},
    "recovered": {}, "liquidated": {}, "pending_default": {}, "pending_recovery": {},
    "purchased": {"en": "New receivables", "zh": "新增应收款", "definition": "new sales on the accounts"},
    "balance": {"definition": "principal receivables"},
    "principal_collections": {"definition": "principal paid by cardholders"}, "collections": {}, "net_loss": {},
    "cumulative_defaulted": {}, "cumulative_recovered": {}, "cumulative_net_loss": {}, "factor": {},
}  # fmt: skip

#: Field of the assumptions -> the line that holds it by period.
RATES = {
    "yield_": "yield_rate", "interchange": "interchange_rate", "payment_rate": "payment_rate",
    "charge_off": "charge_off_rate", "dilution": "dilution_rate", "purchase_rate": "purchase_rate",
}  # fmt: skip


#: What a group of card accounts has that pays, loses and buys at rates of its own.
GROUP = declare(
    "groups of cards",
    data("cutoff_balance", "Balance at cut-off", "初始起算日余额", "the cents of its accounts, added up, at closing"),
    *(line for line in CARDS.lines if line.name in RATES.values()),
    flow("opening_balance", "Opening balance", "期初余额", "the balance at the start of the period"),
    *(line for line in CARDS.lines if line.name in {"finance_charges", "interchange", "dilution"}),
    flow(
        "interest", "Finance charge collections", "财务费用回收合计", "finance charges, fees and interchange received"
    ),
    flow("defaulted", "Charged off", "核销金额", "charge-off rate / 12 x opening balance"),
    flow("scheduled_principal", "Principal payments", "本金还款", "principal paid by cardholders"),
    tally("purchased", "New receivables", "新增应收款", "new sales on the accounts"),
    stock("balance", "Balance", "期末余额", "principal receivables"),
)
#: The lines of groups that add up to those of the pool.
ADDED = (
    "opening_balance", "finance_charges", "interchange", "interest", "defaulted", "dilution", "scheduled_principal",
    "purchased", "balance",
)  # fmt: skip


@dataclass(frozen=True, eq=False, repr=False)
class CardGroup:
    """Accounts with rates of their own: the entity of their lines, their rates, and where in the deal these stand."""

    path: str
    cards: Cards
    at: str


@dataclass(frozen=True, eq=False, repr=False)
class ProjectCards:
    """The part of a program that runs a card pool, before everything else in a period."""

    groups: tuple[CardGroup, ...]
    book: Book

    def open(self, x: Numbers, s: State) -> None:
        """The principal receivables at closing."""
        for group in self.groups:
            own = s.entities[group.path]
            own.balance = own.cutoff_balance
        s.pool.balance = s.pool.cutoff_balance
        s.pool.initial_balance = s.pool.cutoff_balance
        s.pool.factor = 1.0

    def prepare(self, x: Numbers, s: State) -> None:
        """The rates of all periods."""
        for group in self.groups:
            rates = group.cards.rates(x, reader(s, group.at), s.pool.period)
            for field, line in RATES.items():
                setattr(s.entities[group.path], line, rates[field])

    def apply(self, x: Numbers, s: State) -> None:
        """One month of the pool: of each group, and of all together."""
        owners = [s.entities[group.path] for group in self.groups]
        for own in owners:
            self.month(x, own)
        pool = s.pool
        if pool not in owners:
            for name in ADDED:
                setattr(pool, name, x.total([getattr(own, name) for own in owners]))
        pool.wac = x.ratio(12.0 * pool.interest, pool.opening_balance)
        pool.principal_collections = pool.scheduled_principal
        self.book.recover(x, s)
        self.total(x, s)

    def month(self, x: Numbers, own: Entity) -> None:
        """One month of a group, or of the pool where it is one."""
        own.opening_balance = own.balance
        opening = own.opening_balance
        own.finance_charges = opening * own.yield_rate / 12.0
        own.interchange = opening * own.interchange_rate / 12.0
        own.interest = own.finance_charges + own.interchange
        own.defaulted = x.minimum(opening * own.charge_off_rate / 12.0, opening)
        own.dilution = x.minimum(opening * own.dilution_rate, opening - own.defaulted)
        collectable = opening - own.defaulted - own.dilution
        own.scheduled_principal = x.minimum(opening * own.payment_rate, collectable)
        own.purchased = own.purchase_rate * (own.defaulted + own.dilution + own.scheduled_principal)
        own.balance = collectable - own.scheduled_principal + own.purchased

    def total(self, x: Numbers, s: State) -> None:
        """What came in, what is lost, and the ratios that the trust reports."""
        pool = s.pool
        pool.collections = pool.interest + pool.principal_collections + pool.recovered
        pool.net_loss = pool.defaulted - pool.recovered
        pool.cumulative_defaulted = pool.cumulative_defaulted + pool.defaulted
        pool.cumulative_recovered = pool.cumulative_recovered + pool.recovered
        pool.cumulative_net_loss = pool.cumulative_net_loss + pool.net_loss
        pool.factor = x.ratio(pool.balance, pool.initial_balance)
        days = pool.days_in_period
        pool.reported_payment_rate = ratios.payment_rate(pool.principal_collections, pool.opening_balance, days, x=x)
        pool.reported_default_rate = ratios.default_rate(pool.defaulted, pool.balance, days, x=x)


def project_cards(
    assumptions: Assumptions,
    balance: float,
    periods: int,
    days: Sequence[int] | Any,
    prefix: str = "assumptions",
    groups: Mapping[str, float] | None = None,
) -> Projection:
    """Everything a program needs to run a pool of cards.

    Parameters
    ----------
    assumptions : with `cards`, and a recovery where charge-offs bring one
    balance : principal receivables at the cut-off date, in currency units
    periods : number of months T
    days : (T,), days of each month
    prefix : path of the assumptions in the deal
    groups : balance of each group of accounts, in currency units; those with cards of their own are run apart

    Returns
    -------
    Projection : slots, inputs by path, data by path (T + 1,), the part and its past lines

    Raises
    ------
    CurveError : no assumptions for cards, a group that there is not, or days that do not fit the periods

    Source: definition; at a purchase rate of 0 % the balance is B x (1 - charge-off - dilution - payment rate)^t.

    >>> from abs_struct.curves import read
    >>> given = read({"cards": {"yield": "18%", "payment_rate": "15%"}})
    >>> project_cards(given, 1e6, 2, [31, 28]).inputs["assumptions.cards.payment_rate"]
    0.15
    """
    if assumptions.cards is None:
        raise CurveError("a pool of cards needs assumptions.cards: {yield: ..., payment_rate: ..., charge_off: ...}")
    if len(days) != periods:
        raise CurveError(f"{periods} periods need their days (got {len(days)})")
    book = Book(POOL, (), None, "", assumptions.recovery, f"{prefix}.recovery", "default", advances=False)
    assumptions.check_groups(groups or {})
    balances: dict[str, float] = {}
    for name, held in (groups or {}).items():
        path = f"groups.{name if assumptions.own(name, 'cards')[1] != 'cards' else 'others'}"
        balances[path] = balances.get(path, 0.0) + held
    apart = set(balances) - {"groups.others"}
    parts = []
    for path in balances if apart else [POOL]:
        cards, at = assumptions.own(path.partition(".")[2] or None, "cards")
        parts.append(CardGroup(path, cards, f"{prefix}.{at}"))
    part = ProjectCards(tuple(parts), book)
    period = np.arange(periods + 1, dtype=float)
    data: dict[str, Column] = {
        "pool.cutoff_balance": np.where(period == 0.0, balance, 0.0),
        "pool.period": period,
        "pool.year": np.floor((np.maximum(period, 1.0) - 1.0) / 12.0) + 1.0,
        "pool.days_in_period": np.concatenate(([0.0], days)).astype(float),
        "pool.prepaid": np.zeros(periods + 1),
    }
    own = [Slot(group.path, GROUP.lines) for group in parts if group.path != POOL]
    data |= {f"{slot.path}.cutoff_balance": np.where(period == 0.0, balances[slot.path], 0.0) for slot in own}
    slots = (*own, Slot(POOL, pool_lines(rates=not own)))
    return Projection(slots, assumptions.inputs(prefix), data, part, book.past())


def pool_lines(*, rates: bool = True) -> tuple[Line, ...]:
    """The lines of the pool: those of every pool in their order, then those of cards, its rates where it has any."""
    found = [replace(line, **SHARED[line.name]) for line in declared.POOL.lines if line.name in SHARED]  # type: ignore[arg-type]
    lines = [replace(line, kind="data") if line.name == "prepaid" else line for line in found]
    return (*lines, *(line for line in CARDS.lines if rates or line.name not in RATES.values()))
