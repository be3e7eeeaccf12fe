"""The flat program: one period as a list of NumPy calls, written from the trace.

Thousands of scenarios side by side wait for memory more than for arithmetic. So only the lines that are recorded, and
those that they read, are computed; each expression once; every array is let go as soon as nothing reads it again, and
sums are added up as their terms appear, so that the next array lies in the cache of the processor. What is the same in
all scenarios stays a plain number. The run-off of purchases is one call a flow, over the months that bought. The text
is that of the trace: the bits are those of the walk through the parts.
"""

from __future__ import annotations

import pickle
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from hashlib import blake2b
from operator import itemgetter
from typing import Any

import numpy as np

from abs_struct.core.arithmetic.numbers import Value
from abs_struct.core.arithmetic.symbols import Symbol, leaves, line
from abs_struct.core.findings import DealError
from abs_struct.core.state import Program, State
from abs_struct.waterfall.calls import CALLS, PLAIN, convolved, spared
from abs_struct.waterfall.trace import Trace, trace

#: From so many scenarios on it pays to write a program flat.
FROM = 1024
#: The flat programs asked for last, by their parts, lines and what differs by scenario; a number where it does not pay
#: yet: the scenarios so far. None where a program cannot be written flat.
WRITTEN: dict[tuple[bytes, tuple[str, ...], frozenset[str]], Flat | int | None] = {}
MOST_WRITTEN = 16
#: What stands outside the period.
LEAVES = frozenset({"const", "input", "line"})
OUTSIDE = LEAVES | {"history"}
#: What was bought: the line, the profile by age, and the longest age.
Convolution = tuple[str, str, int]
#: One call: the function, what reads its arguments, the place of its result, the places that nothing reads after it.
Call = tuple[Callable[..., Any], Callable[[list[Any]], tuple[Any, ...]], int, tuple[int, ...]]


class NotFlatError(Exception):
    """A program whose trace holds what a flat program does not do."""


@dataclass
class Pending:
    """A call before its place in the list is settled."""

    function: Callable[..., Any]
    args: tuple[int, ...]
    result: int


class Flat:
    """A period of a program as calls over numbered places.

    names : the lines that are recorded; wide : the lines and inputs that differ by scenario
    """

    def __init__(self, written: Trace, names: Sequence[str], wide: Iterable[str], known: Iterable[str]) -> None:
        self.trace = written
        self.names = tuple(names)
        self.known = frozenset(known)
        needed = read_by_any(written, names)
        self.order = [path for path in written.formulas if path in needed]
        self.computed = frozenset(self.order)
        self.wide = widened(written, self.order, wide)
        self.places: dict[tuple[Any, ...], int] = {}
        self.differs: list[bool] = []
        self.pending: list[Pending] = []
        self.now: dict[str, int] = {}
        for path in self.order:
            self.now[path] = self.put(written.formulas[path])
        self.outputs = [self.now[path] if path in self.now else self.leaf(line(path)) for path in self.names]
        self.leaves = {key: place for key, place in self.places.items() if key[0] in OUTSIDE}
        self.calls = self.settled()

    # ---- writing --------------------------------------------------------------------------------------

    def place(self, key: tuple[Any, ...], differs: bool) -> int:
        """A new place, found again by its key."""
        self.differs.append(differs)
        self.places[key] = len(self.differs) - 1
        return self.places[key]

    def leaf(self, node: Symbol) -> int:
        """The place of what stands outside the period: a number, an input, a line known or of an earlier period."""
        if node.op == "line" and node.args[1] == 0 and node.args[0] in self.computed:
            return self.now[node.args[0]]
        key = (node.op, *node.args)
        if key in self.places:
            return self.places[key]
        return self.place(key, node.op != "const" and node.args[0] in self.wide)

    def put(self, node: Symbol) -> int:
        """The place of an expression."""
        if node.op in LEAVES:
            return self.leaf(node)
        convolution = convolution_of(node)
        if convolution is not None:
            return self.convolve(convolution)
        if node.op == "at":
            raise NotFlatError(node.op)
        args = tuple(self.put(arg) for arg in node.args)
        key = (node.op, args)
        if key in self.places:
            return self.places[key]
        differs = any(self.differs[at] for at in args)
        if differs and node.op == "total":  # added from left to right
            result = args[0]
            for term in args[1:]:
                partial = ("+", (result, term))
                result = self.places[partial] if partial in self.places else self.call(partial)
            self.places[key] = result
            return result
        return self.call(key, differs)

    def convolve(self, convolution: Convolution) -> int:
        """The place of the sum over ages of what was bought, in one piece."""
        path, profile, ages = convolution
        key = ("convolution", *convolution)
        if key not in self.places:
            if not {path, profile} <= self.computed:
                raise NotFlatError(f"{path} and {profile} are known before the loop")
            histories = tuple(self.history(of) for of in (path, profile))
            result = self.place(key, path in self.wide or profile in self.wide)
            self.pending.append(Pending(partial(convolved, ages), histories, result))
        return self.places[key]

    def history(self, path: str) -> int:
        """The place of all earlier values of a line, closing first."""
        key = ("history", path)
        return self.places[key] if key in self.places else self.place(key, path in self.wide)

    def call(self, key: tuple[Any, ...], differs: bool = True) -> int:
        """The place of the result of a call."""
        operations = CALLS if differs else PLAIN
        if key[0] not in operations:
            raise NotFlatError(key[0])
        result = self.place(key, differs)
        self.pending.append(Pending(operations[key[0]], key[1], result))
        return result

    def settled(self) -> list[Call]:
        """The calls in their order: the only one left to read an array comes as soon as its arguments are there."""
        readers: dict[int, list[Pending]] = {}
        for one in self.pending:
            for at in set(one.args):
                readers.setdefault(at, []).append(one)
        waiting = {one.result for one in self.pending}
        ordered: list[Pending] = []
        for first in self.pending:
            following = [first] if first.result in waiting else []
            while following:
                ordered.append(following[0])
                result = ordered[-1].result
                waiting.discard(result)
                left = [other for other in readers.get(result, ()) if other.result in waiting]
                following = left if len(left) == 1 and waiting.isdisjoint(left[0].args) else []
        last = {at: number for number, one in enumerate(ordered) for at in (*one.args, one.result)}
        let_go = ({one.result for one in self.pending} | set(self.earlier().values())) - self.held()
        return [
            (
                one.function,
                reader(one.args),
                one.result,
                tuple({at for at in (*one.args, one.result) if last[at] == k} & let_go),
            )
            for k, one in enumerate(ordered)
        ]

    def earlier(self) -> dict[str, int]:
        """The computed lines that are read one period later, with the places of their earlier values."""
        return {
            key[1]: place
            for key, place in self.leaves.items()
            if key[0] == "line" and key[2] == 1 and key[1] in self.computed
        }

    def held(self) -> set[int]:
        """The places whose values outlive the period: what is recorded, and what a later period reads."""
        read = {key[1] for key in self.leaves if key[0] == "history" or (key[0] == "line" and key[2] > 0)}
        return {*self.outputs, *(self.now[path] for path in read if path in self.now)}

    # ---- running --------------------------------------------------------------------------------------

    def run(self, state: State, known: Mapping[str, Sequence[Value]], periods: int, block: Any) -> None:
        """Walk through the periods from the state of the closing date, and record the lines into (K, T + 1, S)."""
        values: list[Any] = [None] * len(self.differs)
        moving: list[tuple[int, Sequence[Value], int]] = []
        before = {place: self.now[path] for path, place in self.earlier().items()}
        long_ago: list[tuple[int, list[Value], int]] = []
        history: dict[str, list[Value]] = {}
        for key, place in self.leaves.items():
            if key[0] == "history":
                values[place] = history.setdefault(key[1], [closing(state, key[1])])
            elif key[0] == "const":
                values[place] = key[1]
            elif key[0] == "input":
                values[place] = state.inputs[key[1]]
            elif key[1] in self.known:
                moving.append((place, known[key[1]], key[2]))
            elif key[1] not in self.computed:
                moving.append((place, self.untouched(state, key[1], periods), key[2]))
            elif key[2] == 1:
                values[place] = closing(state, key[1])
            else:
                long_ago.append((place, history.setdefault(key[1], [closing(state, key[1])]), key[2]))
        grown = [(series, self.now[path]) for path, series in history.items()]
        sinks = [(block[k], place) for k, place in enumerate(self.outputs)]
        for k, path in enumerate(self.names):
            block[k, 0] = (known[path][0] if path in self.known else closing(state, path)) + 0.0
        for period in range(1, periods + 1):
            for place, series, ago in moving:
                values[place] = series[period - ago] if period >= ago else 0.0
            for place, series, ago in long_ago:
                values[place] = series[period - ago] if period >= ago else 0.0
            for function, read, result, dead in self.calls:
                values[result] = function(*read(values))
                for at in dead:
                    values[at] = None
            for sink, place in sinks:
                np.add(values[place], 0.0, out=sink[period])  # no negative zeros: the bits of the float run
            for series, place in grown:
                series.append(values[place] if np.ndim(values[place]) == 0 else spared(values[place]))
            for place, value in zip(before, [values[source] for source in before.values()], strict=True):
                values[place] = value

    def untouched(self, state: State, path: str, periods: int) -> list[Value]:
        """A line that no period writes: what it was at closing, but for tallies, which start each period at nil."""
        first = closing(state, path)
        return [first, *[0.0 if self.trace.lines[path].kind == "tally" else first] * periods]


def flat_of(
    program: Program, names: tuple[str, ...], wide: frozenset[str], known: frozenset[str], count: int
) -> Flat | None:
    """The flat program of some lines, written once for all programs of the same parts.

    None where there is none, and until so many scenarios have been asked for that writing it pays: a search for a
    level asks for a few at a time, often.
    """
    try:
        parts = pickle.dumps((program.parts, program.slots, tuple(program.inputs), program.periods))
    except (pickle.PicklingError, AttributeError, TypeError):  # parts of somebody's own that are known by no name
        return None
    key = (blake2b(parts).digest(), names, wide)
    asked = WRITTEN.pop(key, 0)
    if isinstance(asked, int):
        asked += count
        if asked >= FROM:
            try:
                asked = Flat(trace(program), names, wide, known)
            except (NotFlatError, TypeError, DealError):  # the parts do what a trace cannot write down: they are walked
                asked = None
    WRITTEN[key] = asked
    if len(WRITTEN) > MOST_WRITTEN:
        del WRITTEN[next(iter(WRITTEN))]  # the one not asked for the longest
    return None if isinstance(asked, int) else asked


def convolution_of(node: Symbol) -> Convolution | None:
    """A convolution, where an expression is one: the line 1, 2, .. n periods ago, each x the profile in that period."""
    terms = node.args if node.op == "total" else (node,)
    found: Convolution | None = None
    for age, term in enumerate(terms, 1):
        if term.op != "*":
            return None
        value, weight = term.args
        if (value.op, weight.op) != ("line", "at") or (value.args[1], weight.args[1]) != (age, age):
            return None
        one = (value.args[0], weight.args[0])
        if found is not None and found[:2] != one:
            return None
        found = (*one, age)
    return found


def reader(places: tuple[int, ...]) -> Callable[[list[Any]], tuple[Any, ...]]:
    """What takes the values of some places out of a list."""
    if len(places) > 1:
        return itemgetter(*places)
    return lambda values: (values[places[0]],)


def closing(state: State, path: str) -> Value:
    """A line at closing."""
    owner, _, name = path.rpartition(".")
    return getattr(state.entities[owner], name)


def read_by_any(written: Trace, names: Iterable[str]) -> set[str]:
    """Some lines, and all that they read in any period."""
    todo, seen = list(names), set[str]()
    while todo:
        path = todo.pop()
        if path not in seen:
            seen.add(path)
            if path in written.formulas:
                todo += [leaf.args[0] for leaf in leaves(written.formulas[path]) if leaf.op != "input"]
    return seen


def widened(written: Trace, order: Sequence[str], wide: Iterable[str]) -> frozenset[str]:
    """The inputs and lines that differ by scenario, and those that follow from them."""
    found = set(wide)
    read = {path: {leaf.args[0] for leaf in leaves(written.formulas[path])} for path in order}
    grew = True
    while grew:  # a line may read a later one of the period before
        grew = False
        for path in order:
            if path not in found and not found.isdisjoint(read[path]):
                found.add(path)
                grew = True
    return frozenset(found)
