"""The engine: run a program in floats (one scenario) or in arrays over a scenario axis.

Both walk the same parts in the same order and give the same bits. Curves are computed once for all periods,
always by NumPy; the loop over periods holds nothing but + - * /, comparisons, minimum, maximum and where.
"""

from __future__ import annotations

from array import array
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import cache, partial
from operator import attrgetter
from typing import TYPE_CHECKING, Any

import numpy as np

from abs_struct.core.arithmetic.arrays import Arrays
from abs_struct.core.arithmetic.floats import Floats
from abs_struct.core.arithmetic.numbers import Numbers, Value
from abs_struct.core.findings import DealError, nearest
from abs_struct.core.state import Entity, Program, Slot, State
from abs_struct.waterfall.ledger import Ledger

if TYPE_CHECKING:
    from abs_struct.waterfall.flat import Flat

#: Scenarios that are run side by side: 64 KB an array, the fastest size measured.
CHUNK = 8192

#: Walk through an iterator for its effects, without a Python loop.
drain: Callable[[Iterable[Any]], object] = partial(deque, maxlen=0)


def scenarios_of(program: Program) -> int | None:
    """The length of the scenario axis, or None when every input is a single number."""
    lengths = {len(value) for value in program.inputs.values() if np.ndim(value) == 1}
    if len(lengths) > 1:
        raise DealError(f"the inputs have scenario axes of different lengths: {sorted(lengths)}")
    return lengths.pop() if lengths else None


def run(program: Program, record: Iterable[str] | None = None) -> Ledger:
    """Run a program and record its lines (all, or those named).

    Parameters
    ----------
    program : compiled deal; inputs are scalars or arrays (S,)
    record : paths of lines; None records all

    Returns
    -------
    Ledger of arrays (T + 1,) or (T + 1, S), amounts in currency units

    Raises
    ------
    DealError : a line that does not exist, or scenario axes of different lengths
    """
    count = scenarios_of(program)
    names = recorded(program, record)
    if count is None:
        return run_floats(program, names)
    block = np.zeros((len(names), program.periods + 1, count))
    for start in range(0, count, CHUNK):
        stop = min(start + CHUNK, count)
        run_arrays(program, names, start, stop, block[:, :, start:stop])
    return Ledger(names, block, count)


def run_as_arrays(program: Program, record: Iterable[str] | None = None) -> Ledger:
    """Run one scenario on arrays of length one: the slow road, kept to compare speed and bits."""
    names = recorded(program, record)
    block = np.zeros((len(names), program.periods + 1, 1))
    run_arrays(program, names, 0, 1, block, walk=True)
    return Ledger(names, block, 1)


def recorded(program: Program, record: Iterable[str] | None) -> tuple[str, ...]:
    """The paths of the lines to record, in the order of their declaration."""
    known = [f"{slot.path}.{line.name}" for slot in program.slots.values() for line in slot.lines]
    if record is None:
        return tuple(known)
    wanted = tuple(dict.fromkeys(record))
    for path in wanted:
        if path not in set(known):
            raise DealError(f"no line '{path}' to record{nearest(path, known)}")
    return wanted


def run_floats(program: Program, names: tuple[str, ...]) -> Ledger:
    """One scenario in Python floats."""
    inputs = {key: float(value) for key, value in program.inputs.items()}
    loop = Loop(program, inputs, Floats())
    known = loop.known()
    computed = [name for name in names if name not in known]
    rows = [array("d", row) for row in loop.rows(computed)]
    table = dict(zip(computed, np.array(rows).reshape(len(rows), len(computed)).T, strict=True))
    loop.forget()
    block = np.array([table[name] if name in table else known[name] for name in names], dtype=float)
    return Ledger(names, block.reshape(len(names), program.periods + 1, 1) + 0.0, None)


def run_arrays(
    program: Program, names: tuple[str, ...], start: int, stop: int, block: Any, *, walk: bool = False
) -> None:
    """A chunk of scenarios side by side, written into its part of the block; with `walk` through the parts always."""
    inputs = {
        key: np.ascontiguousarray(value[start:stop]) if np.ndim(value) == 1 else float(value)
        for key, value in program.inputs.items()
    }
    loop = Loop(program, inputs, Arrays())
    flat = None if walk else loop.flat(names, stop - start)
    if flat is not None:
        flat.run(loop.state, loop.known(), program.periods, block)
    else:
        sinks = [block[i] for i in range(len(names))]
        for period, values in enumerate(loop.rows(names)):
            for sink, value in zip(sinks, values, strict=True):
                np.add(value, 0.0, out=sink[period])  # no negative zeros: the bits of the float run
    loop.forget()


class Loop:
    """One walk through the periods."""

    def __init__(self, program: Program, inputs: dict[str, Any], x: Numbers) -> None:
        self.program = program
        self.x = x
        self.kept: dict[str, list[Value]] = {path: [] for path in program.past}
        self.state = State(entities_of(program, inputs), self.past, self.convolved)
        self.state.inputs = inputs
        self.period = 0
        self.open()
        self.series = self.prepared(inputs)

    def past(self, path: str, ago: int) -> Value:
        """The line `ago` periods before this one, 0 before closing."""
        at = self.period - ago
        return self.kept[path][at] if at >= 0 else 0.0

    def convolved(self, x: Numbers, path: str, profile: str, length: int, last: int) -> Value:
        """The sum over a = 1 .. length of a line `a` periods ago x the profile in period a, from the youngest on."""
        line, unit, now = self.kept[path], self.kept[profile], self.period
        ages = range(max(1, now - last), min(length, now - 1) + 1)
        return x.dot([line[now - age] for age in ages], [unit[age] for age in ages])

    def open(self) -> None:
        """Set every line to nil, data to closing, and let the parts set the closing date."""
        for slot in self.program.slots.values():
            entity = self.state.entities[slot.path]
            for line in slot.lines:
                at_close = 0.0
                if line.kind == "data":
                    at_close = float(self.program.data[f"{slot.path}.{line.name}"][0])
                setattr(entity, line.name, at_close)
        for part in self.program.parts:
            part.open(self.x, self.state)

    def prepared(self, inputs: dict[str, Any]) -> list[tuple[Entity, str, list[Any]]]:
        """The data and curves of every period: entity, name, values by period."""
        entities = entities_of(self.program, inputs)
        whole = State(entities, partial(ahead, entities, self.program.periods))
        whole.inputs = inputs
        for slot in self.program.slots.values():
            here, there = self.state.entities[slot.path], whole.entities[slot.path]
            for line in slot.lines:
                if line.kind == "data":
                    setattr(there, line.name, self.program.data[f"{slot.path}.{line.name}"][1:, None])
                elif line.kind == "constant":
                    setattr(there, line.name, getattr(here, line.name))
        arrays = Arrays()
        for part in self.program.parts:
            part.prepare(arrays, whole)
        found = [
            (self.state.entities[slot.path], name, values)
            for slot in self.program.slots.values()
            for name, values in self.known_values(slot, whole.entities[slot.path])
        ]
        for entity in entities.values():  # formulas that only curves read remember this state
            entity.__dict__.clear()
        return found

    def known_values(self, slot: Slot, whole: Entity) -> Iterator[tuple[str, list[Any]]]:
        """Name and values by period, closing first, of the data and curve lines of an entity."""
        periods = self.program.periods
        for line in slot.lines:
            if line.kind == "data":
                yield line.name, self.program.data[f"{slot.path}.{line.name}"].tolist()
            elif line.kind == "curve":
                grid = np.asarray(getattr(whole, line.name), dtype=float)
                wide = np.broadcast_to(grid, (periods, grid.shape[-1] if grid.ndim else 1))  # one for all periods, too
                yield line.name, [0.0, *(wide[:, 0].tolist() if wide.shape[1] == 1 else list(wide))]

    def known(self) -> dict[str, list[Any]]:
        """The data and curve lines by path: what no period has to be walked for."""
        return {f"{entity.path}.{name}": values for entity, name, values in self.series}

    def flat(self, names: tuple[str, ...], count: int) -> Flat | None:
        """The flat program of these lines, or None where there is none or it does not pay for so many scenarios."""
        from abs_struct.waterfall.flat import flat_of

        known = self.known()
        wide = {key for key, value in self.program.inputs.items() if np.ndim(value) == 1}
        wide |= {path for path, values in known.items() if np.ndim(values[-1]) == 1}
        for slot in self.program.slots.values():
            entity = self.state.entities[slot.path]
            wide |= {f"{slot.path}.{line.name}" for line in slot.lines if np.ndim(getattr(entity, line.name)) == 1}
        return flat_of(self.program, names, frozenset(wide), frozenset(known), count)

    def forget(self) -> None:
        """Let go of all values: state and entities know each other, and would wait for the garbage collector."""
        for entity in self.state.entities.values():
            entity.__dict__.clear()
        self.state.__dict__.clear()
        self.__dict__.clear()

    def tallies(self) -> tuple[list[Entity], list[str]]:
        """What clauses add to, and what therefore starts each period at nil: entities and the names of their lines."""
        found = [
            (self.state.entities[slot.path], line.name)
            for slot in self.program.slots.values()
            for line in slot.lines
            if line.kind == "tally"
        ]
        return [entity for entity, _ in found], [name for _, name in found]

    def rows(self, names: Sequence[str]) -> Iterator[list[Value]]:
        """The values of the recorded lines, period by period, closing first."""
        state, x = self.state, self.x
        kept = [(self.kept[path], *self.address(path)) for path in self.program.past]
        readers = [(attrgetter(*words), entity, len(words)) for entity, words in self.addresses(names)]
        applies = [part.apply for part in self.program.parts]
        tallies, tallied = self.tallies()
        nil = [0.0] * len(tallies)
        moving = [line for line in self.series if not steady(line[2])]
        known = [entity for entity, _, _ in moving]
        words = [name for _, name, _ in moving]
        series = list(zip(*(values for _, _, values in moving), strict=True)) or [()] * (self.program.periods + 1)

        def values() -> list[Value]:
            for series, entity, name in kept:
                series.append(getattr(entity, name))
            row: list[Value] = []
            for read, entity, count in readers:
                if count == 1:
                    row.append(read(entity))
                else:
                    row += read(entity)
            return row

        yield values()
        for entity, name, values_known in self.series:  # those that never move are set once
            setattr(entity, name, values_known[1])
        for period in range(1, self.program.periods + 1):
            self.period = period
            drain(map(setattr, tallies, tallied, nil))
            drain(map(setattr, known, words, series[period]))
            for apply in applies:
                apply(x, state)
            yield values()

    def address(self, path: str) -> tuple[Entity, str]:
        """Where a line lives: its entity, and its name there."""
        owner, _, name = path.rpartition(".")
        return self.state.entities[owner], name

    def addresses(self, names: Sequence[str]) -> list[tuple[Entity, list[str]]]:
        """Where some lines live, neighbours of one entity together, in the order of the names."""
        found: list[tuple[Entity, list[str]]] = []
        for path in names:
            entity, name = self.address(path)
            if found and found[-1][0] is entity:
                found[-1][1].append(name)
            else:
                found.append((entity, [name]))
        return found


def steady(values: Sequence[Value]) -> bool:
    """Whether a known line has one value in all periods after closing, a plain number."""
    return all(type(value) is float for value in values) and len(set(values[1:])) == 1


@cache
def kind_of(owner: str) -> type[Entity]:
    """A class for each sort of thing: objects of one class and one set of attributes are fast to read and write."""
    return type(owner, (Entity,), {})


def entities_of(program: Program, inputs: dict[str, Any]) -> dict[str, Entity]:
    """Fresh entities, each with the inputs of the deal that belong to it."""
    entities = {}
    for slot in program.slots.values():
        entity = kind_of(slot.path.partition(".")[0])(slot.path)
        for attribute, value in slot.structure.items():
            setattr(entity, attribute, value)
        for attribute, key in slot.inputs.items():
            setattr(entity, attribute, inputs[key])
        entities[slot.path] = entity
    return entities


def ahead(entities: dict[str, Entity], periods: int, path: str, ago: int) -> Value:
    """Before the loop: a line that is known for all periods, of one period later; nil after the last."""
    if ago != -1:
        raise DealError(f"a curve may not read earlier periods, but asked for {path} {ago} periods ago")
    owner, _, name = path.rpartition(".")
    found = np.asarray(getattr(entities[owner], name), dtype=float)
    wide = np.broadcast_to(found, (periods, found.shape[-1] if found.ndim else 1))
    return np.concatenate([wide[1:], np.zeros_like(wide[:1])])
