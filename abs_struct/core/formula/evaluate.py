"""A formula with its names resolved: units checked once, then computed over any numbers backend."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from abs_struct.core.findings import FormulaError
from abs_struct.core.formula.nodes import Call, Date, Name, Node, Number, Operation, Text, Words
from abs_struct.core.formula.parse import shortened

COMPARISONS = {"<", "<=", ">", ">=", "==", "!="}
TRUTH = "flag"
ANY = "number"
DATE = "date"


Function = Callable[[Any], Any]


class Bound:
    """A resolved tree. `value(x, s)` computes it, through a closure over the entities of the state it is asked in.

    `reads` are the lines of this period that it reads, as (entity, attribute).
    """

    __slots__ = ("made", "node", "reads", "unit")

    def __init__(self, node: tuple[Any, ...], unit: str, reads: tuple[tuple[str, str], ...]) -> None:
        self.node = node
        self.unit = unit
        self.reads = reads
        self.made: tuple[Any, Function] | None = None

    def value(self, x: Any, s: Any) -> Any:
        made = self.made
        if made is None or made[0] is not s:
            made = self.made = (s, closure(self.node, s))  # one name, so that threads never mix two states
        return made[1](x)

    def __getstate__(self) -> tuple[Any, ...]:
        return self.node, self.unit, self.reads

    def __setstate__(self, state: tuple[Any, ...]) -> None:
        self.node, self.unit, self.reads = state
        self.made = None


def bind_node(tree: Node, resolve: Callable[[str], Any], keys: dict[int, str], text: str) -> Bound:
    """Resolve names and check units.

    Raises
    ------
    FormulaError : an unknown name, or money added to a rate
    """
    reads: list[tuple[str, str]] = []

    def refuse(what: str) -> FormulaError:
        return FormulaError(f"the formula '{shortened(text)}' {what}")

    def same(a: str, b: str, word: str) -> str:
        if a == b:
            return a
        if DATE not in {a, b} and ANY in {a, b}:
            return b if a == ANY else a
        raise refuse(f"{word} {a} and {b}")

    def truth(got: tuple[tuple[Any, ...], str]) -> tuple[Any, ...]:
        node, unit = got
        return node if unit == TRUTH and node[0] not in {"line", "past"} else ("truth", node)

    def bound(node: Node) -> tuple[tuple[Any, ...], str]:
        if isinstance(node, Number):
            return ("input", keys[node.index]), ANY
        if isinstance(node, Text):
            return ("text", node.value), "text"
        if isinstance(node, Date):
            return ("day", node.serial), DATE
        if isinstance(node, Name):
            targets = resolve(node.path)
            reads.extend((entity, attribute) for entity, attribute, _ in targets)
            lines = tuple(("line", entity, attribute) for entity, attribute, _ in targets)
            return (lines[0] if len(lines) == 1 else ("total", *lines)), targets[0][2]
        if isinstance(node, Operation):
            return operation(node)
        if isinstance(node, Call):
            return call(node)
        raise refuse("has a list where a number must stand")

    def operation(node: Operation) -> tuple[tuple[Any, ...], str]:
        op = node.op
        if op == "in":
            words = node.args[1]
            assert isinstance(words, Words)  # the parser allows nothing else
            subject = bound(node.args[0])[0]
            return ("in", subject, *(bound(item)[0] for item in words.items)), TRUTH
        parts = [bound(arg) for arg in node.args]
        units = [unit for _, unit in parts]
        nodes = [part for part, _ in parts]
        if op in {"and", "or"}:
            return (op, truth(parts[0]), truth(parts[1])), TRUTH
        if op == "not":
            return (op, truth(parts[0])), TRUTH
        if op == "neg":
            return (op, *nodes), units[0]
        if op in COMPARISONS:
            same(units[0], units[1], "compares")
            return (op, *nodes), TRUTH
        if "text" in units:
            raise refuse("computes with a text")
        if DATE in units:
            raise refuse("computes with a date; a date can be compared, as in deal.payment_date >= 2031-02-25")
        if op in {"+", "-"}:
            return (op, *nodes), same(units[0], units[1], "adds" if op == "+" else "subtracts")
        if op == "/":
            if isinstance(node.args[1], Number) and node.args[1].value == 0.0:
                raise refuse("divides by 0")
            unit = units[0] if units[1] in {ANY, "rate"} else "rate" if units[0] in {units[1], ANY} else ANY
            return ("ratio", *nodes), unit
        if units == ["money", "money"]:
            raise refuse("multiplies money by money")
        return ("*", *nodes), "money" if "money" in units else same(units[0], units[1], "multiplies")

    def call(node: Call) -> tuple[tuple[Any, ...], str]:
        if node.function in {"average", "previous"}:
            name, count = node.args
            assert isinstance(name, Name)  # the parser allows nothing else
            assert isinstance(count, Number)
            targets = resolve(name.path)
            if len(targets) != 1:
                raise refuse(f"takes {node.function}() of several lines; name one")
            entity, attribute, unit = targets[0]
            ago = int(count.value)
            periods = range(ago) if node.function == "average" else range(ago, ago + 1)
            reads.extend((entity, attribute) for n in periods if n == 0)
            lines = tuple(("past", entity, attribute, n) if n else ("line", entity, attribute) for n in periods)
            if node.function == "previous":
                return lines[0], unit
            return ("average", *lines), unit
        if node.function == "collected":
            return collected(node)
        parts = [bound(arg) for arg in node.args]
        if node.function == "band":
            return band(parts)
        if node.function == "if":
            unit = same(parts[1][1], parts[2][1], "chooses between")
            return ("where", truth(parts[0]), parts[1][0], parts[2][0]), unit
        unit = parts[0][1]
        for _, other in parts[1:]:
            unit = same(unit, other, "compares")
        return (node.function, *(part for part, _ in parts)), unit

    def collected(node: Call) -> tuple[tuple[Any, ...], str]:
        """A flow over all months that the payment collects: this one and those before it that did not pay."""
        name = node.args[0]
        assert isinstance(name, Name)  # the parser allows nothing else
        targets = resolve(name.path)
        if len(targets) != 1:
            raise refuse("takes collected() of several lines; name one")
        entity, attribute, unit = targets[0]
        reads.append((entity, attribute))
        return ("collected", entity, attribute), unit

    def band(parts: list[tuple[tuple[Any, ...], str]]) -> tuple[tuple[Any, ...], str]:
        """What holds below the first level that the value lies below; the last entry where it lies below none."""
        value, *pairs, (result, unit) = parts
        for level, entry in reversed(list(zip(pairs[::2], pairs[1::2], strict=True))):
            same(value[1], level[1], "compares")
            unit = same(entry[1], unit, "chooses between")
            result = ("where", ("<", value[0], level[0]), entry[0], result)
        return result, unit

    node, unit = bound(tree)
    return Bound(node, unit, tuple(dict.fromkeys(reads)))


def closure(node: tuple[Any, ...], s: Any) -> Function:
    """The function of a resolved node over a numbers backend, in one state."""
    op = node[0]
    if op in {"input", "text", "day"}:
        value = s.inputs[node[1]] if op == "input" else node[1]
        return lambda x: value
    if op == "line":
        entity, attribute = s.entities[node[1]], node[2]
        return lambda x: getattr(entity, attribute)
    if op == "past":
        past, path, ago = s.past, f"{node[1]}.{node[2]}", node[3]
        return lambda x: past(path, ago)
    if op == "collected":
        return collected_over(s, node[1], node[2])
    parts = [closure(child, s) for child in node[1:]]
    return combined(op, parts)


def collected_over(s: Any, owner: str, attribute: str) -> Function:
    """A line added up over the months since the last payment; the line itself where every month pays."""
    entity, past, deal = s.entities[owner], s.past, s.entities["deal"]
    path = f"{owner}.{attribute}"

    def value(x: Any) -> Any:
        result = getattr(entity, attribute)
        for ago in range(1, deal.longest_collection):
            result = result + x.where(deal.months_collected > ago + 0.5, past(path, ago), 0.0)
        return result

    return value


def combined(op: str, parts: list[Function]) -> Function:
    """The function of an operator over the functions of its operands."""
    if op in {"total", "average"}:
        count = float(len(parts))
        if op == "average":
            return lambda x: x.total([part(x) for part in parts]) / count
        return lambda x: x.total([part(x) for part in parts])
    if op == "in":
        return lambda x: contained(x, parts[0](x), [part(x) for part in parts[1:]])
    if op in {"min", "max"}:
        name = "minimum" if op == "min" else "maximum"
        return lambda x: chained(getattr(x, name), [part(x) for part in parts])
    return OPERATORS[op](*parts)


OPERATORS: dict[str, Callable[..., Function]] = {
    "+": lambda a, b: lambda x: a(x) + b(x),
    "-": lambda a, b: lambda x: a(x) - b(x),
    "*": lambda a, b: lambda x: a(x) * b(x),
    "of": lambda a, b: lambda x: a(x) * b(x),
    "ratio": lambda a, b: lambda x: x.ratio(a(x), b(x)),
    "<": lambda a, b: lambda x: a(x) < b(x),
    "<=": lambda a, b: lambda x: a(x) <= b(x),
    ">": lambda a, b: lambda x: a(x) > b(x),
    ">=": lambda a, b: lambda x: a(x) >= b(x),
    "==": lambda a, b: lambda x: a(x) == b(x),
    "!=": lambda a, b: lambda x: a(x) != b(x),
    "and": lambda a, b: lambda x: x.both(a(x), b(x)),
    "or": lambda a, b: lambda x: x.either(a(x), b(x)),
    "not": lambda a: lambda x: x.negate(a(x)),
    "truth": lambda a: lambda x: a(x) != 0.0,
    "neg": lambda a: lambda x: 0.0 - a(x),
    "abs": lambda a: lambda x: x.maximum(a(x), 0.0 - a(x)),
    "where": lambda c, a, b: lambda x: x.where(c(x), a(x), b(x)),
}


def chained(function: Callable[[Any, Any], Any], values: list[Any]) -> Any:
    """min or max of several values, from left to right."""
    result = values[0]
    for value in values[1:]:
        result = function(result, value)
    return result


def contained(x: Any, value: Any, items: list[Any]) -> Any:
    """Whether a value is one of several."""
    result = value == items[0]
    for item in items[1:]:
        result = x.either(result, value == item)
    return result
