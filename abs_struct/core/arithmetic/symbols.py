"""Symbols: the same text, written down instead of computed.

A `Symbol` is a small expression tree. Its leaves are numbers, inputs of the deal, and lines (this period's or
those of n periods ago). The workbook turns the tree into a cell formula, `explain` into a sentence with values.
Asking a symbol whether it is true raises at once: a step may not branch on a value.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from abs_struct.core.arithmetic.floats import Floats
from abs_struct.core.arithmetic.numbers import TOLERANCE

ARITHMETIC = frozenset({"+", "-", "*", "/"})
COMPARISONS = frozenset({"<", "<=", ">", ">=", "==", "!="})


@dataclass(frozen=True, eq=False)
class Symbol:
    """One node: an operation and its arguments.

    `op` is "const" (a float), "input" (the path of a number in the deal), "line" (path, periods ago), one of
    the operators, or one of the functions of a numbers backend.
    """

    op: str
    args: tuple[Any, ...]

    def __bool__(self) -> bool:
        raise TypeError(f"a step may not ask whether a value is true (it asked about {self}); use x.where")

    def __add__(self, other: object) -> Symbol:
        return binary("+", self, other)

    def __radd__(self, other: object) -> Symbol:
        return binary("+", other, self)

    def __sub__(self, other: object) -> Symbol:
        return binary("-", self, other)

    def __rsub__(self, other: object) -> Symbol:
        return binary("-", other, self)

    def __mul__(self, other: object) -> Symbol:
        return binary("*", self, other)

    def __rmul__(self, other: object) -> Symbol:
        return binary("*", other, self)

    def __truediv__(self, other: object) -> Symbol:
        return binary("/", self, other)

    def __rtruediv__(self, other: object) -> Symbol:
        return binary("/", other, self)

    def __neg__(self) -> Symbol:
        return binary("-", 0.0, self)

    def __lt__(self, other: object) -> Symbol:
        return binary("<", self, other)

    def __le__(self, other: object) -> Symbol:
        return binary("<=", self, other)

    def __gt__(self, other: object) -> Symbol:
        return binary(">", self, other)

    def __ge__(self, other: object) -> Symbol:
        return binary(">=", self, other)

    def __eq__(self, other: object) -> Symbol:  # type: ignore[override]
        return binary("==", self, other)

    def __ne__(self, other: object) -> Symbol:  # type: ignore[override]
        return binary("!=", self, other)

    __hash__ = object.__hash__

    def __str__(self) -> str:
        return written(self)

    __repr__ = __str__


#: What an expression reads from outside: an input, a line some periods ago, a line in one fixed period.
LEAVES = {"input", "line", "at"}


def constant(value: float) -> Symbol:
    """A number as a leaf."""
    return Symbol("const", (float(value),))


def line(path: str, ago: int = 0) -> Symbol:
    """A line as a leaf: this period's value, or that of `ago` periods before; -1 is the period after."""
    return Symbol("line", (path, ago))


def at(path: str, period: int) -> Symbol:
    """A line as a leaf: its value in one period, the same for every period that reads it."""
    return Symbol("at", (path, period))


def symbol(value: object) -> Symbol:
    """A value as a symbol; numbers become constants."""
    return value if isinstance(value, Symbol) else constant(float(value))  # type: ignore[arg-type]


def is_constant(node: Symbol, value: float) -> bool:
    """Whether the node is this very number."""
    return node.op == "const" and node.args[0] == value


def binary(op: str, left: object, right: object) -> Symbol:
    """An operator's node; adding nothing and multiplying by one are left out, so that formulas stay short."""
    a, b = symbol(left), symbol(right)
    if op in "+-" and is_constant(b, 0.0):
        return a
    if op == "+" and is_constant(a, 0.0):
        return b
    if op in "*/" and is_constant(b, 1.0):
        return a
    if op == "*" and is_constant(a, 1.0):
        return b
    if a.op == "const" and b.op == "const" and op in ARITHMETIC and not (op == "/" and b.args[0] == 0.0):
        p, q = a.args[0], b.args[0]
        return constant({"+": p + q, "-": p - q, "*": p * q}[op] if op != "/" else p / q)
    return Symbol(op, (a, b))


def leaves(node: Symbol) -> Iterator[Symbol]:
    """Every input and line that the expression reads, from left to right."""
    if node.op in LEAVES:
        yield node
    for arg in node.args:
        if isinstance(arg, Symbol):
            yield from leaves(arg)


class Symbols:
    """The arithmetic that writes formulas.

    >>> x = Symbols()
    >>> print(x.maximum(0.0, line("notes.A.balance", 1) - line("pool.balance")))
    max(0, notes.A.balance[-1] - pool.balance)
    """

    @staticmethod
    def minimum(a: object, b: object) -> Symbol:
        return Symbol("min", (symbol(a), symbol(b)))

    @staticmethod
    def maximum(a: object, b: object) -> Symbol:
        return Symbol("max", (symbol(a), symbol(b)))

    @staticmethod
    def where(condition: object, a: object, b: object) -> Symbol:
        if isinstance(condition, bool):
            return symbol(a if condition else b)
        return Symbol("where", (condition, symbol(a), symbol(b)))

    @staticmethod
    def both(a: object, b: object) -> Symbol:
        return Symbol("and", (condition(a), condition(b)))

    @staticmethod
    def either(a: object, b: object) -> Symbol:
        return Symbol("or", (condition(a), condition(b)))

    @staticmethod
    def negate(value: object) -> Symbol:
        return Symbol("not", (condition(value),))

    @staticmethod
    def flag(value: object) -> Symbol:
        return Symbol("flag", (condition(value),))

    @staticmethod
    def exceeds(a: object, level: object) -> Symbol:
        return Symbol("exceeds", (symbol(a), symbol(level)))

    @staticmethod
    def ratio(a: object, b: object) -> Symbol:
        return Symbol("ratio", (symbol(a), symbol(b)))

    @staticmethod
    def total(values: Sequence[object]) -> Symbol:
        nodes = [symbol(value) for value in values]
        nodes = [node for node in nodes if not is_constant(node, 0.0)]
        if len(nodes) < 2:
            return nodes[0] if nodes else constant(0.0)
        return Symbol("total", tuple(nodes))

    @staticmethod
    def power(base: object, exponent: object) -> Symbol:
        return Symbol("power", (symbol(base), symbol(exponent)))

    @staticmethod
    def dot(values: Sequence[object], weights: Sequence[object]) -> Symbol:
        return Symbols.total([symbol(value) * symbol(weight) for value, weight in zip(values, weights, strict=True)])

    @staticmethod
    def lookup(table: Sequence[object], index: object) -> Symbol:
        if len(table) == 1:
            return symbol(table[0])
        return Symbol("lookup", (symbol(index), *(symbol(entry) for entry in table)))


def condition(value: object) -> Symbol:
    """A truth value as a symbol."""
    if isinstance(value, bool):
        return Symbol("==", (constant(1.0), constant(1.0 if value else 0.0)))
    return value if isinstance(value, Symbol) else Symbol("!=", (symbol(value), constant(0.0)))


def evaluate(node: Symbol, read: Any) -> float | bool:
    """The value of an expression in floats, given `read(leaf)` for its inputs and lines.

    Used by `explain` and by the tests that hold the written text against the computed one.

    Parameters
    ----------
    node : expression
    read : leaf -> its value, a scalar in the unit of the line

    Returns
    -------
    scalar, in the unit of the expression

    Raises
    ------
    KeyError : an operation that no backend has

    Source: definition.

    >>> evaluate(line("a") * 2.0 + 1.0, lambda leaf: 20.5)
    42.0
    """
    op, args = node.op, node.args
    if op == "const":
        return float(args[0])
    if op in LEAVES:
        return float(read(node))
    if op == "lookup":
        return Floats.lookup([float(evaluate(a, read)) for a in args[1:]], float(evaluate(args[0], read)))
    got: list[Any] = [evaluate(a, read) for a in args]
    if op == "total":
        return Floats.total(got)
    return OPERATIONS[op](*got)  # type: ignore[no-any-return]


OPERATIONS: dict[str, Any] = {
    "+": lambda a, b: a + b,
    "-": lambda a, b: a - b,
    "*": lambda a, b: a * b,
    "/": lambda a, b: a / b,
    "<": lambda a, b: a < b,
    "<=": lambda a, b: a <= b,
    ">": lambda a, b: a > b,
    ">=": lambda a, b: a >= b,
    "==": lambda a, b: a == b,
    "!=": lambda a, b: a != b,
    "min": Floats.minimum,
    "max": Floats.maximum,
    "where": lambda c, a, b: a if c else b,
    "and": lambda a, b: a and b,
    "or": lambda a, b: a or b,
    "not": lambda a: not a,
    "flag": lambda c: 1.0 if c else 0.0,
    "exceeds": Floats.exceeds,
    "ratio": Floats.ratio,
    "power": Floats.power,
}

PRECEDENCE = {"+": 4, "-": 4, "*": 5, "/": 5, "<": 3, "<=": 3, ">": 3, ">=": 3, "==": 3, "!=": 3}
#: How tightly a written expression holds together: a sum is written with `+`, a ratio with `/`.
HOLDS = {**PRECEDENCE, "total": 4, "ratio": 5, "exceeds": 3}


def written(node: Symbol) -> str:
    """The expression in the words of the formula language."""
    op, args = node.op, node.args
    if op == "const":
        return f"{args[0]:g}"
    if op == "input":
        return str(args[0])
    if op == "at":
        return f"{args[0]}[{args[1]}]"
    if op == "line":
        return str(args[0]) if args[1] == 0 else f"{args[0]}[{-args[1]:+d}]"
    if op in PRECEDENCE:
        left, right = (written(arg) for arg in args)
        mine = PRECEDENCE[op]
        if HOLDS.get(args[0].op, 9) < mine:
            left = f"({left})"
        theirs = HOLDS.get(args[1].op, 9)
        if theirs < mine or (theirs == mine and op in "-/"):
            right = f"({right})"
        return f"{left} {op} {right}"
    inside = [written(arg) for arg in args]
    if op == "exceeds":
        return f"{inside[0]} > {inside[1]}"
    if op == "flag":
        return inside[0]
    if op == "where":
        return f"if({', '.join(inside)})"
    if op in {"and", "or"}:
        return f"({inside[0]} {op} {inside[1]})"
    if op == "not":
        return f"not {inside[0]}"
    if op == "total":
        return " + ".join(inside) if len(inside) <= 6 else f"{inside[0]} + ... + {inside[-1]} ({len(inside)} terms)"
    if op == "ratio":
        top = f"({inside[0]})" if HOLDS.get(args[0].op, 9) < HOLDS["ratio"] else inside[0]
        return f"{top} / {inside[1]}" if args[1].op == "line" else f"{top} / ({inside[1]})"
    if op == "lookup":
        return f"entry {inside[0]} of a table of {len(inside) - 1}"
    return f"{op}({', '.join(inside)})"


__all__ = [
    "ARITHMETIC",
    "COMPARISONS",
    "TOLERANCE",
    "Symbol",
    "Symbols",
    "at",
    "constant",
    "evaluate",
    "leaves",
    "line",
]
