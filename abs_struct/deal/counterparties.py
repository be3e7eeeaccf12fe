"""Counterparties: the liquidity facilities and hedges of a deal, their entities, and the parts that work them out."""

from __future__ import annotations

from abs_struct.core.findings import nearest
from abs_struct.core.state import Part
from abs_struct.deal.build import Build
from abs_struct.deal.readings import money
from abs_struct.waterfall.facilities import FACILITIES, CloseFacilities, FacilityRules, OpenFacilities
from abs_struct.waterfall.hedges import HEDGES, CloseHedges, HedgeRules, SettleHedges
from abs_struct.waterfall.rates import RateRule
from abs_struct.waterfall.take import COLLECTIONS


class Counterparties:
    """Who lends to a deal in need, and who swaps rates with it."""

    def __init__(self, build: Build, rates: dict[str, RateRule]) -> None:
        """`rates` are those of all liabilities by path, to which the rates of facilities and hedges are added."""
        self.build, self.rates = build, rates
        self.enter_facilities()
        self.enter_hedges()

    def enter_facilities(self) -> None:
        """Each facility with its lines."""
        build = self.build
        for name, facility in build.terms.facilities.items():
            path = f"facilities.{name}"
            if name in build.terms.accounts or name == COLLECTIONS:
                raise build.mistake(path, f"'{name}' is the name of an account too; rename one of them")
            lines = (*FACILITIES.lines, *self.rate(path, "rate", facility.rate).lines())
            build.slot(path, lines, inputs={"commitment_fee": f"{path}.commitment_fee"})
            build.series(f"{path}.year_fraction", [1.0 / 12.0] * build.periods)

    def enter_hedges(self) -> None:
        """Hedges, and the periods in which their counterparty performs."""
        build, dates = self.build, self.build.schedule.payment_dates
        for name, hedge in build.terms.hedges.items():
            path = f"hedges.{name}"
            rates = [self.rate(path, word, getattr(hedge, word)) for word in ("pays", "receives", "strike")]
            build.slot(path, (*HEDGES.lines, *(line for rate in rates for line in rate.lines())))
            known = (COLLECTIONS, *build.terms.accounts)
            if hedge.into not in known:
                raise build.mistake(f"{path}.into", f"no account '{hedge.into}'{nearest(hedge.into, known)}")
            build.series(f"{path}.accrual_fraction", build.schedule.accrual_fractions(hedge.day_count))
            ended = next(
                (p for p in range(1, build.periods + 1)
                 if hedge.counterparty_default is not None and dates[p - 1] >= hedge.counterparty_default),
                build.periods + 1,
            )  # fmt: skip
            build.flags(f"{path}.in_force", lambda period, last=ended: period < last)  # type: ignore[misc]
            build.flags(f"{path}.ends", lambda period, last=ended: period == last)  # type: ignore[misc]

    def rate(self, owner: str, word: str, terms: object) -> RateRule:
        """A rate of an entity, kept to be bound when all names are known."""
        rule = self.build.rate(owner, word, terms)  # type: ignore[arg-type]
        self.rates[rule.path] = rule
        return rule

    def parts(self) -> list[Part]:
        """Hedges are settled and facilities opened, after interest has accrued."""
        found: list[Part] = []
        if self.build.terms.hedges:
            found.append(SettleHedges(self.hedges()))
        if self.build.terms.facilities:
            found.append(OpenFacilities(self.facilities()))
        return found

    def closing_parts(self) -> list[Part]:
        """What is carried to the next period."""
        found: list[Part] = []
        if self.build.terms.hedges:
            found.append(CloseHedges(self.hedges()))
        if self.build.terms.facilities:
            found.append(CloseFacilities(self.facilities()))
        return found

    def facilities(self) -> tuple[FacilityRules, ...]:
        """Facilities as the engine sees them."""
        build = self.build
        return tuple(
            FacilityRules(name, build.bind(facility.limit, money, build.early), self.rates[f"facilities.{name}.rate"])
            for name, facility in build.terms.facilities.items()
        )

    def hedges(self) -> tuple[HedgeRules, ...]:
        """Hedges as the engine sees them."""
        build, found = self.build, []
        for name, hedge in build.terms.hedges.items():
            rates = {word: self.rates[f"hedges.{name}.{word}"] for word in ("pays", "receives", "strike")}
            if hedge.termination is not None:
                build.bind(hedge.termination, money, build.early)
            notional = build.bind(hedge.notional, money, build.early)
            found.append(
                HedgeRules(name, hedge.kind, notional, **rates, into=hedge.into, termination=hedge.termination)
            )
        return tuple(found)
