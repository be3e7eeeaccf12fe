"""Card pools: accounts without a schedule, which pay, are charged off, and are used again.

Of the opening principal B of a month, in this order, each at most what the ones before it leave:

    charged off   B x charge-off rate / 12            returned (dilution)   B x dilution rate
    collected     B x payment rate                    finance charges       B x (yield + interchange) / 12
    purchased     purchase rate x (charged off + returned + collected)

so that opening balance - principal collections - defaulted - dilution + purchased = balance, and nothing is negative.
At a purchase rate of 100 % the pool stays level; at 0 % it runs off. All principal collected arrives as cash: what is
paid for new receivables is for the deal's waterfall to say.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from abs_struct.analytics import cards as ratios
from abs_struct.core.arithmetic.numbers import Numbers
from abs_struct.core.findings import CurveError
from abs_struct.core.lines import Line, curve, declare, flow
from abs_struct.core.state import Slot, State
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


@dataclass(frozen=True, eq=False, repr=False)
class ProjectCards:
    """The part of a program that runs a card pool, before everything else in a period."""

    cards: Cards
    book: Book
    at: str

    def open(self, x: Numbers, s: State) -> None:
        """The principal receivables at closing."""
        pool = s.pool
        pool.balance = pool.cutoff_balance
        pool.initial_balance = pool.cutoff_balance
        pool.factor = 1.0

    def prepare(self, x: Numbers, s: State) -> None:
        """The rates of all periods."""
        rates = self.cards.rates(x, reader(s, self.at), s.pool.period)
        for field, line in RATES.items():
            setattr(s.pool, line, rates[field])

    def apply(self, x: Numbers, s: State) -> None:
        """One month of the pool."""
        pool = s.pool
        pool.opening_balance = pool.balance
        opening = pool.opening_balance
        pool.finance_charges = opening * pool.yield_rate / 12.0
        pool.interchange = opening * pool.interchange_rate / 12.0
        pool.interest = pool.finance_charges + pool.interchange
        pool.wac = x.ratio(12.0 * pool.interest, opening)
        pool.defaulted = x.minimum(opening * pool.charge_off_rate / 12.0, opening)
        pool.dilution = x.minimum(opening * pool.dilution_rate, opening - pool.defaulted)
        collectable = opening - pool.defaulted - pool.dilution
        pool.scheduled_principal = x.minimum(opening * pool.payment_rate, collectable)
        pool.principal_collections = pool.scheduled_principal
        pool.purchased = pool.purchase_rate * (pool.defaulted + pool.dilution + pool.principal_collections)
        pool.balance = collectable - pool.principal_collections + pool.purchased
        self.book.recover(x, s)
        self.total(x, s)

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
) -> Projection:
    """Everything a program needs to run a pool of cards.

    Parameters
    ----------
    assumptions : with `cards`, and a recovery where charge-offs bring one
    balance : principal receivables at the cut-off date, in currency units
    periods : number of months T
    days : (T,), days of each month
    prefix : path of the assumptions in the deal

    Returns
    -------
    Projection : slots, inputs by path, data by path (T + 1,), the part and its past lines

    Raises
    ------
    CurveError : no assumptions for cards, or days that do not fit the periods

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
    part = ProjectCards(assumptions.cards, book, f"{prefix}.cards")
    period = np.arange(periods + 1, dtype=float)
    data: dict[str, Column] = {
        "pool.cutoff_balance": np.where(period == 0.0, balance, 0.0),
        "pool.period": period,
        "pool.year": np.floor((np.maximum(period, 1.0) - 1.0) / 12.0) + 1.0,
        "pool.days_in_period": np.concatenate(([0.0], days)).astype(float),
        "pool.prepaid": np.zeros(periods + 1),
    }
    return Projection((Slot(POOL, pool_lines()),), assumptions.inputs(prefix), data, part, book.past())


def pool_lines() -> tuple[Line, ...]:
    """The lines of the pool: those of every pool in their order, then those of cards."""
    found = [replace(line, **SHARED[line.name]) for line in declared.POOL.lines if line.name in SHARED]  # type: ignore[arg-type]
    lines = [replace(line, kind="data") if line.name == "prepaid" else line for line in found]
    return (*lines, *CARDS.lines)
