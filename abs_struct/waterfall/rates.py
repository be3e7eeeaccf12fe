"""Yearly rates that are worked out each period: coupons, the two sides of a hedge, income of an account."""

from __future__ import annotations

from dataclasses import dataclass

from abs_struct.core.arithmetic.numbers import Numbers, Value
from abs_struct.core.lines import Line, data
from abs_struct.core.state import Entity, State
from abs_struct.terms.coupons import Coupon


@dataclass(frozen=True, eq=False, repr=False)
class RateRule:
    """A rate by its terms: `word` names it on its entity, `path` is where the deal writes it.

    rate = (fixed, index + margin, schedule or formula) + step-up, at least `floor`, at most `cap`.
    """

    word: str
    path: str
    terms: float | Coupon

    def lines(self) -> tuple[Line, ...]:
        """The data lines it needs on its entity: the stage of its schedule, and whether its step-up date has come."""
        if not isinstance(self.terms, Coupon):
            return ()
        stage = data(
            f"{self.word}_stage", "Stage of the rate", "利率阶段", "which entry of its schedule", unit="number"
        )
        stepped = data(f"{self.word}_stepped_up", "Stepped up", "利率已上调", "1 from the step-up date", unit="flag")
        return (*([stage] if self.terms.schedule else []), *([stepped] if self.terms.step_date else []))

    def value(self, x: Numbers, s: State, own: Entity) -> Value:
        """The yearly rate of the period, scalar or (S,)."""
        terms, inputs = self.terms, s.inputs
        if not isinstance(terms, Coupon):
            return inputs[self.path]
        if terms.schedule is not None:
            entries = [entry(x, s) for entry in terms.schedule.values()]
            rate = x.lookup(entries, getattr(own, f"{self.word}_stage"))
        elif terms.index is not None:
            rate = inputs[f"{self.path}.margin"]
        elif terms.formula is not None:
            rate = terms.formula(x, s)
        else:
            rate = inputs[f"{self.path}.fixed"]
        if terms.index is not None:
            rate = s.entities[f"indices.{terms.index}"].rate + rate
        return self.limited(x, s, own, rate)

    def limited(self, x: Numbers, s: State, own: Entity, rate: Value) -> Value:
        """The rate with its step-up, floor and cap."""
        terms = self.terms
        assert isinstance(terms, Coupon)  # a plain rate has none of them
        if terms.step_up is not None:
            when = terms.step_up.when
            now = getattr(own, f"{self.word}_stepped_up") > 0.5 if when is None else when(x, s)
            rate = rate + x.where(now, s.inputs[f"{self.path}.step_up.add"], 0.0)
        if terms.floor is not None:
            rate = x.maximum(rate, terms.floor(x, s))
        if terms.cap is not None:
            rate = x.minimum(rate, terms.cap(x, s))
        return rate
