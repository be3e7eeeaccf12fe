"""A trigger: any formula, against a level that may step with the periods."""

from __future__ import annotations

from dataclasses import dataclass

from abs_struct.core.arithmetic.numbers import Numbers
from abs_struct.core.formula import Formula
from abs_struct.core.lines import curve, data, declare, flow, stock
from abs_struct.core.state import State

TRIGGER = declare(
    "triggers",
    data("level_step", "Step of the level", "水平阶段", "which entry of the level's schedule applies", unit="number"),
    curve("level", "Level", "触发水平", "the level of the period"),
    flow("value", "Tested value", "测试值", "the value of the test", unit="rate"),
    flow("headroom", "Headroom", "缓冲", "the distance from the tested value to the level", unit="rate"),
    flow("breached", "Breached", "触发", "1 where the test fails in this period", unit="flag"),
    stock("active", "Active", "生效", "1 while the trigger has its effect", unit="flag"),
)


@dataclass(frozen=True, eq=False, repr=False)
class TriggerTest:
    """Test a formula against a level.

    breached = value > level (or value < level with `below`), with the one tolerance. A curable trigger is active
    while it is breached; one that is not stays active once it has been.
    """

    name: str
    test: Formula
    levels: tuple[Formula, ...] = ()
    below: bool = False
    curable: bool = False

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
            trigger.breached = x.flag(x.exceeds(trigger.level, trigger.value))
        else:
            trigger.headroom = trigger.level - trigger.value
            trigger.breached = x.flag(x.exceeds(trigger.value, trigger.level))
        trigger.active = trigger.breached if self.curable else x.maximum(trigger.active, trigger.breached)
