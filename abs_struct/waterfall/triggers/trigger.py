"""A trigger: any formula, against a level that may step with the periods."""

from __future__ import annotations

from dataclasses import dataclass

from abs_struct.core.arithmetic.numbers import Numbers, Value
from abs_struct.core.formula import Formula
from abs_struct.core.lines import Line, curve, data, declare, flow, stock
from abs_struct.core.state import Entity, State

#: What every trigger has.
PLAIN: tuple[Line, ...] = (
    data("level_step", "Step of the level", "水平阶段", "which entry of the level's schedule applies", unit="number"),
    curve("level", "Level", "触发水平", "the level of the period"),
    flow("value", "Tested value", "测试值", "the value of the test", unit="rate"),
    flow("headroom", "Headroom", "缓冲", "the distance from the tested value to the level", unit="rate"),
    flow("breached", "Breached", "触发", "1 where the test fails in this period", unit="flag"),
    stock("active", "Active", "生效", "1 while the trigger has its effect", unit="flag"),
)
#: What a trigger has that is tested in some periods only, that counts tests in a row, or that is fired by hand.
TESTED = (data("tested", "Tested", "测试期", "1 in the periods in which it is tested", unit="flag"),)
FAILED = (stock("failed_in_a_row", "Failed in a row", "连续触发次数", "tests in a row that failed", unit="number"),)
PASSED = (stock("passed_in_a_row", "Passed in a row", "连续通过次数", "tests in a row that passed", unit="number"),)
FIRED = (data("fired", "Fired", "人工触发", "1 from the period in which it is fired by hand", unit="flag"),)

#: What a trigger with a grace period has; it counts tests that failed in a row too.
GRACE = (
    data(
        "business_days",
        "Business days",
        "工作日数",
        "business days of the deal's calendar from the payment date before to this one",
        unit="number",
    ),
    stock(
        "failing_days",
        "Failing for business days",
        "持续触发工作日数",
        "business days for which the test has been failing",
        unit="number",
    ),
)

TRIGGER = declare("triggers", *PLAIN, *TESTED, *FAILED, *PASSED, *FIRED, *GRACE)


@dataclass(frozen=True, eq=False, repr=False)
class TriggerTest:
    """Test a formula against a level.

    breached = value > level (or value < level with `below`), with the one tolerance. It becomes active after
    `in_a_row` breaches, with a grace period when it has failed for so many business days, and stays so until `passes`
    tests in a row have passed (0: for ever). Outside its window, and in periods without a payment date, it is not
    tested and keeps its state; fired by hand, it is active.
    """

    name: str
    test: Formula
    levels: tuple[Formula, ...] = ()
    below: bool = False
    in_a_row: int = 1
    passes: int = 0
    windowed: bool = False
    by_hand: bool = False
    grace: int = 0
    since_last_payment: bool = False

    def open(self, x: Numbers, s: State) -> None:
        """No trigger is active at closing."""

    def prepare(self, x: Numbers, s: State) -> None:
        """The level of every period, from its schedule."""
        trigger = s.triggers[self.name]
        levels = [level(x, s) for level in self.levels] or [0.0]
        trigger.level = x.lookup(levels, trigger.level_step)

    def apply(self, x: Numbers, s: State) -> None:
        """Value, headroom, breached, active."""
        trigger = s.triggers[self.name]
        trigger.value = self.test(x, s) if self.levels else x.flag(self.test(x, s))
        if self.below:
            trigger.headroom = trigger.value - trigger.level
            fails = x.exceeds(trigger.level, trigger.value)
        else:
            trigger.headroom = trigger.level - trigger.value
            fails = x.exceeds(trigger.value, trigger.level)
        if self.windowed:
            fails = x.both(fails, trigger.tested > 0.5)
        trigger.breached = x.flag(fails)
        active = self.state(x, trigger)
        if self.by_hand:
            active = x.maximum(active, trigger.fired)
        trigger.active = active

    def state(self, x: Numbers, trigger: Entity) -> Value:
        """Whether the trigger is active after this test."""
        fired, breached = trigger.breached, trigger.breached > 0.5
        if self.grace:
            days = x.where(
                trigger.failed_in_a_row > 0.5,
                trigger.failing_days + trigger.business_days,
                trigger.business_days if self.since_last_payment else 0.0,
            )
            trigger.failing_days = x.where(breached, days, self.kept(x, trigger, trigger.failing_days))
        if self.in_a_row > 1 or self.grace:
            count = x.where(breached, trigger.failed_in_a_row + 1.0, self.kept(x, trigger, trigger.failed_in_a_row))
            trigger.failed_in_a_row = count
        if self.in_a_row > 1:
            fired = x.flag(trigger.failed_in_a_row > self.in_a_row - 0.5)
        if self.grace:
            fired = x.flag(x.both(fired > 0.5, trigger.failing_days > self.grace - 0.5))
        if self.passes == 0:
            return x.maximum(trigger.active, fired)
        if self.passes == 1 and self.in_a_row == 1 and not self.windowed:
            return fired
        kept = self.kept(x, trigger, trigger.passed_in_a_row, trigger.passed_in_a_row + 1.0)
        trigger.passed_in_a_row = x.where(breached, 0.0, kept)
        cured = trigger.passed_in_a_row > self.passes - 0.5
        return x.maximum(fired, x.where(cured, 0.0, trigger.active))

    def kept(self, x: Numbers, trigger: Entity, before: Value, passed: Value = 0.0) -> Value:
        """A count after a test that did not fail: `passed` where it was tested, else what it was."""
        return x.where(trigger.tested > 0.5, passed, before) if self.windowed else passed
