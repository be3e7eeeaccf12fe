"""Triggers: a tested value, its level, the headroom, and whether the trigger is active."""

from abs_struct.waterfall.triggers.trigger import TRIGGER, TriggerTest

__all__ = ["TRIGGER", "TriggerTest"]
