"""The trigger log: when triggers turned, on what figures, and what they switched."""

from __future__ import annotations

import math

import pytest
from small import TERMS, WATERFALL, small

from abs_struct import UsageError
from abs_struct.deal.events import events_of

SWITCH = """\
waterfall:
  every_month:
    - interest: A
    - interest: B
    - principal: {pro_rata: [A, B]}
      when: not triggers.losses.active
    - principal: [A, B]
      when: spent > 0.5 and deal.payment_date >= 2027-01-01
    - residual: holder
"""
QUARTERLY = {"legal_final: 2030-12-15": "legal_final: 2030-12-15, every: 3 months", "2027-02-15": "2027-04-15"}


def terms(**lines):
    """The small deal's terms with an amount that reads the trigger `losses`."""
    return TERMS.replace("amounts:\n", "amounts:\n  spent: if(triggers.losses.active, 1, 0)\n")


def test_event_of_default_turns_the_sections(tmp_path):
    """A default takes one section out of force and puts the other into it; the record has the day."""
    (tmp_path / "a").mkdir()
    result = small(tmp_path / "a", **{"triggers.event_of_default.fired": "7"}).run()
    [event] = [event for event in result.events if event.trigger == "event_of_default"]
    assert (event.period, event.event, event.cause) == (7, "active", "fired by hand")
    assert event.date == result.dates[7]
    assert math.isnan(event.value)
    assert (event.sections_on, event.sections_off) == (("after_default",), ("before_default",))
    for section, flips in (("after_default", [0.0, 1.0]), ("before_default", [1.0, 0.0])):
        assert result.lines[f"sections.{section}.in_force"][6:8].tolist() == flips


def test_value_level_and_cure(tmp_path):
    """Each turn of a curable trigger carries the value and the level that the engine tested in that period."""
    result = small(tmp_path).run()
    found = [event for event in result.events if event.trigger == "losses"]
    turns = [(event.event, event.cause) for event in found]
    assert turns == [("active", "breached"), ("cured", "test passed"), ("active", "breached")]
    for event in found:
        path = "triggers.losses"
        assert event.value == result.lines[f"{path}.value"][event.period]
        assert event.level == result.lines[f"{path}.level"][event.period]
        assert result.lines[f"{path}.active"][event.period] != result.lines[f"{path}.active"][event.period - 1]
        assert event.read_by == ("waterfall.before_default.principal_A_B",)
    assert [event.side for event in found] == ["above", "below", "above"]


def test_clauses_are_switched_through_amounts(tmp_path):
    """A clause whose `when` reads the trigger through an amount is switched by it, and the amount is named."""
    result = small(tmp_path, terms(), SWITCH).run()
    first, second, _ = [event for event in result.events if event.trigger == "losses"]
    names = ("every_month.principal_A_B_2",), ("every_month.principal_A_B",)
    assert (first.clauses_on, first.clauses_off) == names
    assert (second.clauses_on, second.clauses_off) == names[::-1]
    assert first.read_by == ("amounts.spent",)
    paid = result.lines["waterfall.every_month.principal_A_B_2.A.paid"]
    assert paid[first.period - 1] == 0.0 < paid[first.period]


def test_readers_of_the_period_before_follow_later(tmp_path):
    """A clause that reads the trigger of the last payment is found switched one period later."""
    text = SWITCH.replace("not triggers.losses.active", "not previous(triggers.losses.active, 1)")
    result = small(tmp_path, terms(), text).run()
    event = result.events[0]
    due = result.lines["waterfall.every_month.principal_A_B.A.due"]
    assert due[event.period] > 0.0 == due[event.period + 1]
    assert "every_month.principal_A_B" in event.clauses_off


def test_a_trigger_fired_between_payments_waits_for_the_next(tmp_path):
    """In a quarterly deal a trigger fired in a month without payment switches the sections of the next payment."""
    text = TERMS
    for old, new in QUARTERLY.items():
        text = text.replace(old, new)
    result = small(tmp_path, text, WATERFALL, **{"triggers.event_of_default.fired": "5"}).run()
    assert not result.schedule.pays[4]
    [event] = [event for event in result.events if event.trigger == "event_of_default"]
    assert event.sections_on == ("after_default",)
    assert event.period == 5


def test_summary_holds_them(tmp_path):
    """The JSON of a run has every event, a condition's value as null."""
    result = small(tmp_path, **{"triggers.event_of_default.fired": "7"}).run()
    found = result.summary()["events"]
    assert [event["trigger"] for event in found] == [event.trigger for event in result.events]
    assert next(e for e in found if e["trigger"] == "event_of_default")["value"] is None


def test_many_scenarios_have_no_log(tmp_path):
    """The log of a sweep is refused with a sentence."""
    from dataclasses import replace

    from abs_struct.waterfall.engine import run_as_arrays

    deal = small(tmp_path)
    result = deal.run()
    with pytest.raises(UsageError, match="events are those of one scenario"):
        events_of(replace(result, lines=run_as_arrays(deal.program)))
