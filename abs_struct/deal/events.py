"""Events: when each trigger became active or was cured, on what figures, and what it switched."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any

import numpy as np
from pydantic import BaseModel

from abs_struct.core.findings import UsageError
from abs_struct.core.formula import Formula
from abs_struct.core.state import Program
from abs_struct.deal.summary import number
from abs_struct.waterfall.engine import run
from abs_struct.waterfall.section import Clause, Section

#: A Result; it is not imported here, because it imports this module.
Run = Any

ACTIVE, CURED = "active", "cured"
BREACHED, BY_HAND, PASSED = "breached", "fired by hand", "test passed"
#: How many words of a path name a reader: `amounts.target_oc`, but `notes.B.coupon`.
WORDS = {"amounts": 2, "triggers": 2, "call": 1}
#: A line that a formula reads -> how many periods ago, the least.
Reads = dict[str, int]


@dataclass(frozen=True)
class Event:
    """A trigger that became active, or was cured.

    period, date : the payment in which it happened; what waits for a payment date is switched at the next one
    event : "active" or "cured"; cause : "breached", "fired by hand" or "test passed"
    value, level : what was tested then; nan for a condition
    sections_on, sections_off : sections that came into force, or went out of it
    clauses_on, clauses_off : clauses whose `when` began to hold, or ceased to, as `section.clause`
    read_by : amounts, requirements, coupons, triggers and clauses whose formulas read it, by path
    """

    trigger: str
    label: str
    period: int
    date: date
    event: str
    cause: str
    value: float
    level: float
    sections_on: tuple[str, ...] = ()
    sections_off: tuple[str, ...] = ()
    clauses_on: tuple[str, ...] = ()
    clauses_off: tuple[str, ...] = ()
    read_by: tuple[str, ...] = ()

    @property
    def side(self) -> str:
        """On which side of its level the tested value lies."""
        return "above" if self.value > self.level else "below" if self.value < self.level else "at"

    @property
    def switched(self) -> dict[str, tuple[str, ...]]:
        """What it changed, in words -> names; nothing that is empty."""
        found = {
            "into force": self.sections_on,
            "out of force": self.sections_off,
            "on": self.clauses_on,
            "off": self.clauses_off,
            "read by": self.read_by,
        }
        return {words: names for words, names in found.items() if names}

    def as_dict(self) -> dict[str, Any]:
        """The event as JSON holds it."""
        return {
            "trigger": self.trigger, "period": self.period, "date": self.date.isoformat(), "event": self.event,
            "cause": self.cause, "value": number(self.value), "level": number(self.level),
            "sections_on": list(self.sections_on), "sections_off": list(self.sections_off),
            "clauses_on": list(self.clauses_on), "clauses_off": list(self.clauses_off), "read_by": list(self.read_by),
        }  # fmt: skip


def events_of(result: Run) -> list[Event]:
    """The history of all triggers.

    Parameters
    ----------
    result : a run of one scenario with all its lines

    Returns
    -------
    list of events by period; those of one period in the order of the deal's triggers

    Raises
    ------
    UsageError : a result of many scenarios

    Source: definition.
    """
    if result.lines.scenarios is not None:
        raise UsageError(f"events are those of one scenario and this result has {result.lines.scenarios}")
    found = [event for name in result.terms.triggers for event in turns(result, name)]
    if not found:
        return []
    readers = {name: Readers(result, name) for name in dict.fromkeys(event.trigger for event in found)}
    held = conditions(result.program, set().union(*(reader.switches for reader in readers.values())))
    paying = [t for t in range(1, result.lines.periods + 1) if result.schedule.pays[t - 1]]
    found = [readers[event.trigger].completed(event, held, paying) for event in found]
    return sorted(found, key=lambda event: event.period)


def turns(result: Run, name: str) -> Iterator[Event]:
    """The periods in which a trigger's state turns, with value and level."""
    path, terms, lines = f"triggers.{name}", result.terms.triggers[name], result.lines
    active = lines[f"{path}.active"] > 0.5
    for period in (np.flatnonzero(active[1:] != active[:-1]) + 1).tolist():
        breached = lines[f"{path}.breached"][period] > 0.5
        cause = (BREACHED if breached else BY_HAND) if active[period] else PASSED
        measured = (float(lines[f"{path}.{word}"][period]) for word in ("value", "level"))
        value, level = measured if terms.levels is not None else (float("nan"), float("nan"))
        yield Event(
            name,
            terms.label or name,
            period,
            result.dates[period],
            ACTIVE if active[period] else CURED,
            cause,
            value,
            level,
        )


class Readers:
    """What reads a trigger, directly or through named amounts.

    switches : section, or (section, clause) -> after how many periods its condition follows the trigger
    formulas : the paths of everything else whose formula reads it
    """

    def __init__(self, result: Run, name: str) -> None:
        self.reach: Reads = {f"triggers.{name}.active": 0}
        terms = result.terms
        amounts = {word: list(formulas_in(written)) for word, written in terms.amounts.items()}
        for _ in amounts:  # an amount may read an amount that stands below it
            for word, formulas in amounts.items():
                self.learn(f"amounts.{word}", formulas)
        self.switches: dict[tuple[str, str], int] = {}
        self.formulas: dict[str, None] = {}
        for owner in type(terms).model_fields:
            if owner != "waterfall":
                self.look(getattr(terms, owner))
        for section in (part for part in result.program.parts if isinstance(part, Section)):
            self.switch((section.name, ""), section.when)
            for clause in section.clauses:
                self.switch((section.name, clause.name), clause.step.when)
                if any(self.lag(formula) is not None for formula in clause.step.formulas()):
                    self.formulas[f"waterfall.{section.name}.{clause.name}"] = None
        self.formulas.pop(f"triggers.{name}", None)

    def learn(self, path: str, formulas: list[Formula]) -> None:
        """An amount that reads what is reached is reached itself."""
        lags = [lag for lag in map(self.lag, formulas) if lag is not None]
        if lags:
            self.reach[path] = min([*lags, self.reach.get(path, lags[0])])

    def lag(self, formula: Formula) -> int | None:
        """After how many periods a formula follows the trigger, or None where it does not."""
        if formula.bound is None:
            return None
        found = [ago + self.reach[path] for path, ago in reads(formula.bound.node) if path in self.reach]
        return min(found, default=None)

    def look(self, terms: Any) -> None:
        """Every formula of a block of the deal."""
        for formula in formulas_in(terms):
            if self.lag(formula) is not None:
                words = formula.path.split(".")
                self.formulas[".".join(words[: WORDS.get(words[0], 3)])] = None

    def switch(self, key: tuple[str, str], when: Formula | None) -> None:
        """A section or a clause with a condition."""
        lag = None if when is None else self.lag(when)
        if lag is not None:
            self.switches[key] = lag

    def completed(self, event: Event, held: dict[tuple[str, str], list[bool]], paying: list[int]) -> Event:
        """The event with what it switched: conditions that differ from those of the payment before."""
        turned: dict[tuple[bool, bool], list[str]] = {}
        for (section, clause), lag in self.switches.items():
            at = next((i for i, t in enumerate(paying) if t >= event.period + lag), None)
            if at is None:
                continue
            now = held[section, clause][paying[at] - 1]
            if at == 0 or now != held[section, clause][paying[at - 1] - 1]:
                turned.setdefault((bool(clause), now), []).append(f"{section}.{clause}" if clause else section)
        return replace(
            event,
            sections_on=tuple(turned.get((False, True), ())),
            sections_off=tuple(turned.get((False, False), ())),
            clauses_on=tuple(turned.get((True, True), ())),
            clauses_off=tuple(turned.get((True, False), ())),
            read_by=tuple(self.formulas),
        )


def formulas_in(value: Any) -> Iterator[Formula]:
    """Every formula of a part of a document."""
    if isinstance(value, Formula):
        yield value
    elif isinstance(value, BaseModel):
        for name in type(value).model_fields:
            yield from formulas_in(getattr(value, name))
    elif isinstance(value, dict):
        for entry in value.values():
            yield from formulas_in(entry)
    elif isinstance(value, list | tuple):
        for entry in value:
            yield from formulas_in(entry)


def reads(node: tuple[Any, ...]) -> Iterator[tuple[str, int]]:
    """The lines that a bound formula reads, each with how many periods ago."""
    if node[0] in {"line", "collected"}:
        yield f"{node[1]}.{node[2]}", 0
    elif node[0] == "past":
        yield f"{node[1]}.{node[2]}", node[3]
    else:
        for child in node[1:]:
            if isinstance(child, tuple):
                yield from reads(child)


@dataclass(frozen=True, eq=False)
class Watched:
    """A condition that remembers whether it held, period by period."""

    when: Formula
    held: list[bool] = field(default_factory=list)

    def __call__(self, x: Any, s: Any) -> Any:
        """The condition's value, as it was."""
        value = self.when(x, s)
        self.held.append(bool(value))
        return value


def conditions(program: Program, wanted: set[tuple[str, str]]) -> dict[tuple[str, str], list[bool]]:
    """Whether the conditions of some sections and clauses held, period by period.

    A condition is worked out between two clauses, where no line keeps it: the program is run again and listens.
    """
    if not wanted:
        return {}
    watched: dict[tuple[str, str], Watched] = {}

    def listening(key: tuple[str, str], when: Formula | None) -> Any:
        if key not in wanted or when is None:
            return when
        return watched.setdefault(key, Watched(when))

    def replaced(section: Section) -> Section:
        clauses = tuple(
            Clause(c.name, c.step.model_copy(update={"when": listening((section.name, c.name), c.step.when)}), c.legs)
            for c in section.clauses
        )
        return replace(section, clauses=clauses, when=listening((section.name, ""), section.when))

    parts = [replaced(part) if isinstance(part, Section) else part for part in program.parts]
    run(replace(program, parts=parts), ["deal.period"])
    return {key: watch.held for key, watch in watched.items()}
