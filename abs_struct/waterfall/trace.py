"""The trace: one period of a program, written down as formulas.

The parts are walked with symbols twice: first to count how often each line is written in a period, then to write
the formulas. A line that a period writes once is read by its name from then on; a line that several clauses
change (a note's balance) is read as the expression so far until its last change, so that formulas stay short and
every cell of a line holds the same formula.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from abs_struct.core.arithmetic.numbers import Numbers
from abs_struct.core.arithmetic.symbols import Symbol, Symbols, at, constant, line, symbol
from abs_struct.core.lines import Line
from abs_struct.core.state import Entity, Program, State


@dataclass(frozen=True, eq=False, repr=False)
class Trace:
    """The formulas of a program.

    openings : path -> expression at closing (period 0)
    curves   : path -> expression of a curve line in any period
    formulas : path -> expression of a stock or flow in any period, in the order of calculation
    clauses  : path -> the clause of the deal that wrote it
    """

    program: Program
    openings: dict[str, Symbol]
    curves: dict[str, Symbol]
    formulas: dict[str, Symbol]
    lines: dict[str, Line] = field(default_factory=dict)

    def formula(self, path: str) -> Symbol | None:
        """The expression of a line in a period, or None for data and untouched lines."""
        return self.formulas.get(path, self.curves.get(path))


class TracedEntity(Entity):
    """An entity whose lines are read and written through the tracer."""

    def __init__(self, path: str, lines: dict[str, Line], tracer: Tracer) -> None:
        object.__setattr__(self, "path", path)
        object.__setattr__(self, "known", lines)
        object.__setattr__(self, "tracer", tracer)

    def __getattr__(self, name: str) -> Any:
        known: dict[str, Line] = self.__dict__["known"]
        if name not in known:
            raise AttributeError(f"{self.path} has no line or input '{name}'")
        return self.__dict__["tracer"].read(self.path, known[name])

    def __setattr__(self, name: str, value: Any) -> None:
        known: dict[str, Line] = self.__dict__["known"]
        if name in known:
            self.__dict__["tracer"].write(f"{self.path}.{name}", value)
        else:
            object.__setattr__(self, name, value)


class Tracer:
    """One walk through a phase ("open", "prepare" or "apply") with symbols."""

    def __init__(self, program: Program, phase: str, expected: dict[str, int] | None) -> None:
        self.program = program
        self.phase = phase
        self.expected = expected
        self.written: dict[str, int] = {}
        self.current: dict[str, Symbol] = {}
        entities: dict[str, Entity] = {}
        for slot in program.slots.values():
            entity = TracedEntity(slot.path, {ln.name: ln for ln in slot.lines}, self)
            entity.__dict__.update(slot.structure)
            for attribute, key in slot.inputs.items():
                setattr(entity, attribute, Symbol("input", (key,)))
            entities[slot.path] = entity
        self.state = State(entities, self.past, self.convolved)
        self.state.inputs = {key: Symbol("input", (key,)) for key in program.inputs}

    def walk(self) -> Tracer:
        """Apply the phase of every part."""
        x = Symbols()
        for part in self.program.parts:
            getattr(part, self.phase)(x, self.state)
        return self

    def read(self, owner: str, known: Line) -> Symbol:
        path = f"{owner}.{known.name}"
        if path in self.current:
            complete = self.expected is not None and self.written[path] == self.expected.get(path)
            return line(path) if complete else self.current[path]
        if self.phase == "open" and known.kind != "data":
            return constant(0.0)
        if known.kind in {"data", "curve", "constant"}:
            return line(path)
        if known.kind == "flow":
            raise TypeError(f"{path} is read before it is written in a period; declare it a stock or a tally")
        return line(path, 1) if known.kind == "stock" else constant(0.0)

    def write(self, path: str, value: object) -> None:
        self.written[path] = self.written.get(path, 0) + 1
        self.current.pop(path, None)  # keep the order of the last change: the order of calculation
        self.current[path] = symbol(value)

    def convolved(self, x: Numbers, path: str, profile: str, length: int, last: int) -> Symbol:
        """The convolution written out: the line's earlier values, each times a fixed period of the profile."""
        ages = range(1, min(length, self.program.periods) + 1)
        return symbol(x.dot([line(path, age) for age in ages], [at(profile, age) for age in ages]))

    def past(self, path: str, ago: int) -> Symbol:
        if ago == 0:
            owner, _, name = path.rpartition(".")
            return self.read(owner, next(ln for ln in self.program.slots[owner].lines if ln.name == name))
        return line(path, ago)


def trace(program: Program) -> Trace:
    """Write down a program.

    >>> # see tests/waterfall/test_trace.py: the formulas of a small deal, and their values against the engine
    """
    found: dict[str, dict[str, Symbol]] = {}
    for phase in ("open", "prepare", "apply"):
        counts = Tracer(program, phase, None).walk().written
        found[phase] = Tracer(program, phase, counts).walk().current
    lines = {f"{slot.path}.{ln.name}": ln for slot in program.slots.values() for ln in slot.lines}
    return Trace(program, found["open"], found["prepare"], found["apply"], lines)
