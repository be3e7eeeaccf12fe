"""What is worked out on the determination date: amounts, requirements, plans and triggers, each after what it reads."""

from __future__ import annotations

from graphlib import CycleError, TopologicalSorter

from abs_struct.core.findings import DealError
from abs_struct.core.formula import Formula
from abs_struct.core.lines import data, flow
from abs_struct.core.state import Part
from abs_struct.dates.calendars import business_days_between, calendar_of
from abs_struct.deal.build import Build, where_of
from abs_struct.deal.collateral import holidays_file
from abs_struct.deal.readings import a_condition, a_value, determination_of, known_in_advance, money
from abs_struct.terms.schedules import entries
from abs_struct.terms.triggers import Trigger, grace_of
from abs_struct.waterfall.accounts import Requirement
from abs_struct.waterfall.amounts import Amount
from abs_struct.waterfall.notes import PlannedBalance
from abs_struct.waterfall.revolving import RevolvingState
from abs_struct.waterfall.triggers import TriggerTest
from abs_struct.waterfall.triggers import trigger as declared


class Determinations:
    """The named amounts, requirements, plans and triggers of a deal."""

    def __init__(self, build: Build) -> None:
        self.build = build
        self.made: dict[str, Part] = {}
        self.reads: dict[str, set[str]] = {}
        for name, trigger in build.terms.triggers.items():
            self.enter_trigger(name, trigger)
        self.enter_amounts()

    # ---- entities -------------------------------------------------------------------------------------

    def enter_amounts(self) -> None:
        """One entity holds all named amounts."""
        build, lines = self.build, []
        for name, written in build.terms.amounts.items():
            schedule = entries(written)
            words = "; ".join(formula.text for formula in schedule.values())
            lines.append(flow(name, name.replace("_", " ").capitalize(), name, words))
            if len(schedule) > 1:
                lines.append(data(stage(name), "Stage", "阶段", f"which entry of {name} applies", unit="number"))
                build.stages(f"amounts.{stage(name)}", schedule)
        if lines:
            build.slot("amounts", lines)

    def learn_units(self) -> None:
        """Give each named amount the unit of its formula, so that a share times money is money."""
        build, amounts = self.build, self.build.terms.amounts
        reads = {
            name: {word for formula in entries(written).values() for word in formula.names()} & set(amounts) - {name}
            for name, written in amounts.items()
        }  # not itself: it may look back, as in previous(name, 1)
        try:
            order = list(TopologicalSorter(reads).static_order())
        except CycleError:
            return  # reported when the parts are put in order
        for name in order:
            formula = next(iter(entries(amounts[name]).values()))
            build.bind(formula, build.unpaid)
            assert formula.bound is not None  # it has just been bound
            build.set_unit("amounts", name, formula.bound.unit)

    def enter_trigger(self, name: str, trigger: Trigger) -> None:
        """A trigger with the lines that its terms ask for."""
        build, path = self.build, f"triggers.{name}"
        lines = declared.PLAIN
        if self.windowed(trigger):
            lines += declared.TESTED
            last = build.periods if trigger.until_period is None else trigger.until_period
            pays = build.schedule.pays
            build.flags(f"{path}.tested", lambda t: trigger.from_period <= t <= last and pays[t - 1])
        if trigger.in_a_row > 1 or trigger.grace is not None:
            lines += declared.FAILED
        if trigger.grace is not None:
            lines += declared.GRACE
            build.series(f"{path}.business_days", self.business_days())
        if trigger.passes_to_cure and (trigger.passes_to_cure > 1 or trigger.in_a_row > 1 or self.windowed(trigger)):
            lines += declared.PASSED
        if trigger.fired is not None:
            lines += declared.FIRED
            first = trigger.fired
            build.flags(f"{path}.fired", lambda t: t >= first)
        build.slot(path, lines)
        build.stages(f"{path}.level_step", trigger.levels or (1,))

    def business_days(self) -> list[float]:
        """Business days from the last payment date, first the closing date, to each payment date; nil where none is."""
        terms, schedule = self.build.terms.dates, self.build.schedule
        calendar = calendar_of(terms.calendar, holidays_file(terms.holidays, self.build.document))
        found, last = [], schedule.closing
        for day, pays in zip(schedule.payment_dates, schedule.pays, strict=True):
            found.append(float(business_days_between(last, day, calendar)) if pays else 0.0)
            last = day if pays else last
        return found

    def windowed(self, trigger: Trigger) -> bool:
        """Whether it is tested in some periods only."""
        return trigger.from_period > 1 or trigger.until_period is not None or not all(self.build.schedule.pays)

    # ---- parts ----------------------------------------------------------------------------------------

    def parts(self) -> list[Part]:
        """All of them, each after what it reads.

        Raises
        ------
        DealError : amounts that need each other
        """
        build, terms = self.build, self.build.terms
        for name, written in terms.amounts.items():
            formulas = tuple(build.bind(formula, build.unpaid) for formula in entries(written).values())
            self.enter(f"amounts.{name}", Amount(name, formulas, stage(name)), *formulas)
        for name, account in terms.accounts.items():
            if account.required is not None:
                required = build.bind(account.required, money, build.unpaid)
                self.enter(f"accounts.{name}.required", Requirement(name, required, account.non_declining), required)
        for name, note in terms.notes.items():
            if note.target is not None:
                plan = tuple(build.bind(entry, money, build.unpaid) for entry in entries(note.target).values())
                self.enter(f"notes.{name}.target_balance", PlannedBalance(name, plan), *plan)
        if terms.revolving is not None:
            when = terms.revolving.when
            if terms.revolving.retain is not None:
                build.bind(terms.revolving.retain, money, build.early)
            held = [] if when is None else [build.bind(when, a_condition, build.unpaid)]
            clocked = terms.revolving.clock != "payment dates"
            self.enter("revolving.active", RevolvingState(when, clocked), *held)
        for name, trigger in terms.triggers.items():
            self.enter(f"triggers.{name}", self.test(name, trigger), trigger.test)
        return [self.made[key] for key in self.order()]

    def enter(self, key: str, part: Part, *formulas: Formula) -> None:
        """A part and the determinations that it reads."""
        self.made[key] = part
        read = [line for formula in formulas if formula.bound is not None for line in formula.bound.reads]
        nodes = {determination_of(*line) for line in read} - {""}
        self.reads[key] = nodes - {key} if key.startswith("triggers.") else nodes  # a trigger may look at itself

    def test(self, name: str, trigger: Trigger) -> TriggerTest:
        """A trigger as the engine sees it."""
        build = self.build
        levels = tuple((trigger.levels or {}).values())
        build.bind(trigger.test, a_value if levels else a_condition, build.unpaid)
        for formula in levels:
            build.bind(formula, lambda level: known_in_advance(level, build.slots))
        return TriggerTest(
            name,
            trigger.test,
            levels,
            trigger.below is not None,
            trigger.in_a_row,
            trigger.passes_to_cure,
            self.windowed(trigger),
            trigger.fired is not None,
            *((0, False) if trigger.grace is None else grace_of(trigger.grace)),
        )

    def order(self) -> list[str]:
        """The parts, each after what it reads."""
        known = {key: {node for node in nodes if node in self.made} for key, nodes in self.reads.items()}
        try:
            return list(TopologicalSorter(known).static_order())
        except CycleError as error:
            cycle = " <- ".join(reversed(error.args[1]))
            place = self.build.document.place(where_of(error.args[1][0], self.build.document))
            raise DealError(
                f"{place}: the amount is circular: {cycle}; break the circle with previous(line, 1)"
            ) from None


def stage(name: str) -> str:
    """The data line that says which entry of a scheduled amount applies."""
    return f"{name}_stage"
