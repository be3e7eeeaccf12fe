"""Liquidity facilities: a lender pays what a clause cannot, up to a limit, and is repaid with interest."""

from __future__ import annotations

from dataclasses import dataclass

from abs_struct.core.arithmetic.numbers import Numbers
from abs_struct.core.formula import Formula
from abs_struct.core.lines import data, declare, flow, stock, tally
from abs_struct.core.state import State
from abs_struct.waterfall.rates import RateRule

FACILITIES = declare(
    "facilities",
    data("year_fraction", "Year fraction", "年化期间", "the share of a year that the period is", unit="years"),
    flow("opening_balance", "Opening balance", "期初余额", "outstanding at the start of the period"),
    flow("limit", "Limit", "额度", "the most that may be outstanding"),
    flow("available", "Available", "可用额度", "what may still be drawn: limit - outstanding, as clauses are applied"),
    flow("due", "Interest due", "应付利息", "opening balance x rate + undrawn limit x commitment fee, for the period"),
    flow("owed", "Owed", "欠付", "due plus carried shortfall less paid, as clauses are applied"),
    tally("drawn", "Drawn", "提款", "drawn in the period"),
    tally("repaid", "Repaid", "偿还", "repaid in the period"),
    tally("paid", "Interest paid", "实付利息", "interest and commitment fee paid in the period"),
    stock("shortfall", "Shortfall", "未付", "interest due and unpaid, carried to the next period"),
    stock("balance", "Outstanding", "未偿余额", "drawn and not repaid"),
)


@dataclass(frozen=True, eq=False, repr=False)
class FacilityRules:
    """A facility as the engine sees it."""

    name: str
    limit: Formula
    rate: RateRule


@dataclass(frozen=True, eq=False, repr=False)
class OpenFacilities:
    """What may be drawn, and what has become due, before anything is paid."""

    facilities: tuple[FacilityRules, ...]

    def open(self, x: Numbers, s: State) -> None:
        """Nothing is drawn at closing."""

    def prepare(self, x: Numbers, s: State) -> None:
        """Nothing is known before the loop."""

    def apply(self, x: Numbers, s: State) -> None:
        """available = limit - outstanding; due = opening x rate + undrawn x commitment fee."""
        for rules in self.facilities:
            own = s.entities[f"facilities.{rules.name}"]
            own.opening_balance = own.balance
            own.limit = x.maximum(rules.limit(x, s), 0.0)
            undrawn = x.maximum(own.limit - own.balance, 0.0)
            rate = x.maximum(rules.rate.value(x, s, own), 0.0)
            own.due = (own.opening_balance * rate + undrawn * own.commitment_fee) * own.year_fraction
            own.owed = own.shortfall + own.due
            own.available = undrawn


@dataclass(frozen=True, eq=False, repr=False)
class CloseFacilities:
    """What is outstanding and carried after payment."""

    facilities: tuple[FacilityRules, ...]

    def open(self, x: Numbers, s: State) -> None:
        """Nothing is drawn at closing."""

    def prepare(self, x: Numbers, s: State) -> None:
        """Nothing is known before the loop."""

    def apply(self, x: Numbers, s: State) -> None:
        """outstanding = opening + drawn - repaid."""
        for rules in self.facilities:
            own = s.entities[f"facilities.{rules.name}"]
            own.balance = own.opening_balance + own.drawn - own.repaid
            own.shortfall = own.owed
