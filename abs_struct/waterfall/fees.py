"""Fees, costs and taxes: what becomes due by itself, and what is carried."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from abs_struct.core.arithmetic.numbers import DUST, Numbers, Value
from abs_struct.core.formula import Formula
from abs_struct.core.lines import Line, curve, data, declare, flow, stock, tally
from abs_struct.core.state import Entity, State

#: What every fee has.
PLAIN: tuple[Line, ...] = (
    data("year_fraction", "Year fraction", "年化期间", "the share of a year that the period is", unit="years"),
    data("new_year", "New year", "新年度标志", "1 in the first period of each twelve months", unit="flag"),
    flow("due", "Due", "应付", "rate x base x year fraction + the fixed amount"),
    flow("owed", "Owed", "欠付", "due plus carried shortfall less paid, as clauses are applied"),
    tally("paid", "Paid", "实付", "paid in the period"),
    stock("shortfall", "Shortfall", "未付", "due and unpaid, carried to the next period"),
    stock("paid_this_year", "Paid this year", "本年已付", "paid under the cap since the year of the deal began"),
)

#: Lines of fees that name amounts by date.
DATED = (
    data("entry", "Entry of the table", "表项", "which dated amount falls due, 0 for none", unit="number"),
    curve("dated", "Dated amount", "按日期应付", "the amount of the table that falls due", unit="money"),
)

#: A line of fees in a deal in which a payment collects several months.
WAITING = (stock("accrued", "Accrued", "计提", "due in the months that the payment collects"),)

FEES = declare("fees", *PLAIN, *DATED, *WAITING)


@dataclass(frozen=True, eq=False, repr=False)
class FeeRules:
    """A fee as the engine sees it; `base` is what its rate is charged on."""

    name: str
    base: Formula | None
    fixed: bool
    capped: bool
    per_period: bool = False
    plus_per_period: bool = False
    minimum: bool = False
    dated: tuple[str, ...] = ()
    waits: bool = False


@dataclass(frozen=True, eq=False, repr=False)
class AccrueFees:
    """Fees that become due: a deal file cannot forget the step."""

    fees: tuple[FeeRules, ...]
    notes: Sequence[str]

    def open(self, x: Numbers, s: State) -> None:
        """Nothing is due at closing."""

    def prepare(self, x: Numbers, s: State) -> None:
        """The amounts that fall due by date."""
        for rules in self.fees:
            if rules.dated:
                fee = s.fees[rules.name]
                fee.dated = x.lookup([0.0, *(s.inputs[path] for path in rules.dated)], fee.entry)

    def apply(self, x: Numbers, s: State) -> None:
        """due = rate x base x year fraction (at least the minimum) + fixed amounts, while the deal lives."""
        dust = DUST * s.pool.initial_balance  # a class repaid but for rounding does not keep a deal alive
        alive = s.pool.opening_balance > 0.0
        for name in self.notes:
            alive = x.either(alive, s.notes[name].opening_balance > dust)
        for rules in self.fees:
            fee = s.fees[rules.name]
            due = self.charged(x, s, rules, fee, alive)
            if rules.fixed:
                fixed = fee.plus if rules.plus_per_period else fee.plus * fee.year_fraction
                due = due + x.where(alive, fixed, 0.0)
            if rules.dated:
                due = due + fee.dated
            fee.due = due
            fee.owed = fee.shortfall + fee.due
            if rules.waits:
                fee.accrued = x.where(s.deal.months_collected > 1.5, fee.accrued, 0.0) + due
            if rules.capped:
                fee.paid_this_year = x.where(fee.new_year > 0.5, 0.0, fee.paid_this_year)

    def charged(self, x: Numbers, s: State, rules: FeeRules, fee: Entity, alive: Value) -> Value:
        """What the rate gives."""
        due: Value = 0.0
        if rules.base is not None:
            due = fee.rate * x.maximum(rules.base(x, s), 0.0)
            due = due if rules.per_period else due * fee.year_fraction
        if rules.minimum:
            due = x.where(alive, x.maximum(due, fee.minimum * fee.year_fraction), due)
        return due


@dataclass(frozen=True, eq=False, repr=False)
class CloseFees:
    """What is due and unpaid is carried."""

    fees: tuple[FeeRules, ...]

    def open(self, x: Numbers, s: State) -> None:
        """Nothing is carried at closing."""

    def prepare(self, x: Numbers, s: State) -> None:
        """Nothing is known before the loop."""

    def apply(self, x: Numbers, s: State) -> None:
        """shortfall = what is still owed."""
        for rules in self.fees:
            s.fees[rules.name].shortfall = s.fees[rules.name].owed
