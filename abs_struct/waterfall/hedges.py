"""Hedges: swaps, caps and floors; only the net changes hands."""

from __future__ import annotations

from dataclasses import dataclass

from abs_struct.core.arithmetic.numbers import Numbers, Value
from abs_struct.core.formula import Formula
from abs_struct.core.lines import data, declare, flow, stock, tally
from abs_struct.core.state import Entity, State
from abs_struct.waterfall.rates import RateRule

HEDGES = declare(
    "hedges",
    data("accrual_fraction", "Accrual fraction", "计息年数", "the year fraction of the period", unit="years"),
    data("in_force", "In force", "有效", "1 until the counterparty defaults", unit="flag"),
    data("ends", "Ends", "终止期", "1 in the period in which the counterparty defaults", unit="flag"),
    flow("notional", "Notional", "名义本金", "what the rates are counted on"),
    flow("pays_rate", "Rate paid", "支付利率", "the yearly rate that the issuer pays", unit="rate"),
    flow("receives_rate", "Rate received", "收取利率", "the yearly rate that the issuer receives", unit="rate"),
    flow("net_due", "Net due", "净应付", "what the issuer owes for the period, if it owes"),
    flow("received", "Net received", "净收款", "what the counterparty pays for the period, if it owes"),
    flow("owed", "Owed", "欠付", "net due plus carried shortfall less paid, as clauses are applied"),
    tally("paid", "Paid", "实付", "net payments to the counterparty in the period"),
    stock("shortfall", "Shortfall", "未付", "net due and unpaid, carried to the next period"),
    flow("termination_due", "Termination due", "应付终止款", "what becomes owed when the hedge ends"),
    flow("termination_owed", "Termination owed", "欠付终止款", "due plus carried less paid, as clauses are applied"),
    tally("termination_paid", "Termination paid", "实付终止款", "termination payments in the period"),
    stock("termination_shortfall", "Termination shortfall", "未付终止款", "termination payments due and unpaid"),
)


@dataclass(frozen=True, eq=False, repr=False)
class HedgeRules:
    """A hedge as the engine sees it."""

    name: str
    kind: str
    notional: Formula
    pays: RateRule
    receives: RateRule
    strike: RateRule
    into: str
    termination: Formula | None = None


@dataclass(frozen=True, eq=False, repr=False)
class SettleHedges:
    """The net of each hedge: what the counterparty pays arrives, what the issuer owes becomes due."""

    hedges: tuple[HedgeRules, ...]

    def open(self, x: Numbers, s: State) -> None:
        """Nothing is exchanged at closing."""

    def prepare(self, x: Numbers, s: State) -> None:
        """Nothing is known before the loop."""

    def apply(self, x: Numbers, s: State) -> None:
        """net = (rate paid - rate received) x notional x year fraction, while the counterparty performs."""
        for rules in self.hedges:
            own = s.entities[f"hedges.{rules.name}"]
            own.notional = x.maximum(rules.notional(x, s), 0.0)
            own.pays_rate = rules.pays.value(x, s, own)
            own.receives_rate = self.received_rate(x, s, rules, own)
            count = own.notional * own.accrual_fraction * own.in_force
            net = (own.pays_rate - own.receives_rate) * count
            own.net_due = x.maximum(net, 0.0)
            own.received = x.maximum(0.0 - net, 0.0)
            own.owed = own.shortfall + own.net_due
            account = s.accounts[rules.into]
            account.received = account.received + own.received
            account.balance = account.balance + own.received
            own.termination_due = 0.0
            if rules.termination is not None:
                own.termination_due = x.maximum(rules.termination(x, s), 0.0) * own.ends
            own.termination_owed = own.termination_shortfall + own.termination_due

    def received_rate(self, x: Numbers, s: State, rules: HedgeRules, own: Entity) -> Value:
        """The rate of the counterparty's side: of an option, what is in the money."""
        rate = rules.receives.value(x, s, own)
        if rules.kind == "swap":
            return rate
        strike = rules.strike.value(x, s, own)
        return x.maximum(rate - strike if rules.kind == "cap" else strike - rate, 0.0)


@dataclass(frozen=True, eq=False, repr=False)
class CloseHedges:
    """What is owed and unpaid is carried."""

    hedges: tuple[HedgeRules, ...]

    def open(self, x: Numbers, s: State) -> None:
        """Nothing is carried at closing."""

    def prepare(self, x: Numbers, s: State) -> None:
        """Nothing is known before the loop."""

    def apply(self, x: Numbers, s: State) -> None:
        """shortfall = what is still owed."""
        for rules in self.hedges:
            own = s.entities[f"hedges.{rules.name}"]
            own.shortfall = own.owed
            own.termination_shortfall = own.termination_owed
