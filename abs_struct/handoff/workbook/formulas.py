"""Formulas: an expression of the trace as the text of a cell formula."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from abs_struct.core.arithmetic.numbers import TOLERANCE
from abs_struct.core.arithmetic.symbols import Symbol
from abs_struct.core.findings import AbsStructError
from abs_struct.handoff.workbook.addresses import Addresses

COMPARE, ADD, MULTIPLY, RAISE, ATOM = 1, 3, 4, 5, 9
OPERATORS = {"+": ADD, "-": ADD, "*": MULTIPLY, "/": MULTIPLY}
COMPARISONS = {"<": "<", "<=": "<=", ">": ">", ">=": ">=", "==": "=", "!=": "<>"}
FUNCTIONS = {"min": "MIN", "max": "MAX", "and": "AND", "or": "OR"}
PARTS_OF_A_YEAR = (12, 360, 365)
MOST_CHOICES = 254
#: So many alike terms are written as one SUM or SUMPRODUCT over a block of cells.
BLOCK = 3


def number(value: float) -> str:
    """A number as a formula writes it; a twelfth stays a twelfth.

    >>> number(1 / 12), number(0.5), number(250_000.0), number(-1.0)
    ('(1/12)', '0.5', '250000', '(-1)')
    """
    for parts in PARTS_OF_A_YEAR:
        if value == 1.0 / parts:
            return f"(1/{parts})"
    text = f"{value:.0f}" if value == int(value) and abs(value) < 1e15 else repr(value).upper()
    return f"({text})" if value < 0 else text


def flattened(op: str, args: Sequence[Symbol]) -> list[Symbol]:
    """The arguments of nested calls of one function: min(min(a, b), c) has three."""
    found: list[Symbol] = []
    for arg in args:
        found.extend(flattened(op, arg.args) if arg.op == op else [arg])
    return found


class Block(NamedTuple):
    """Expressions of one form as one text; `wide` when it runs over more than one cell."""

    text: str
    bind: int
    wide: bool


class FormulaText:
    """Writes expressions as they stand on one sheet."""

    def __init__(self, addresses: Addresses, sheet: str) -> None:
        self.addresses = addresses
        self.sheet = sheet

    def text(self, node: Symbol) -> str:
        """The expression without the leading `=`, a template over {t} and {p}."""
        return self.parts(node)[0]

    def parts(self, node: Symbol) -> tuple[str, int]:
        """Text and how tightly it binds."""
        op, args = node.op, node.args
        if op in OPERATORS:
            bind = OPERATORS[op]
            left = self.inside(args[0], bind)
            return f"{left}{op}{self.inside(args[1], bind + (op in '-/'))}", bind
        if op in COMPARISONS:
            return f"{self.inside(args[0], ADD)}{COMPARISONS[op]}{self.inside(args[1], ADD)}", COMPARE
        if op in FUNCTIONS:
            return f"{FUNCTIONS[op]}({','.join(self.text(a) for a in flattened(op, args))})", ATOM
        return self.other(op, args)

    def inside(self, node: Symbol, bind: int) -> str:
        """The text of an argument, in brackets where it binds less tightly."""
        text, own = self.parts(node)
        return f"({text})" if own < bind else text

    def other(self, op: str, args: tuple[Symbol, ...]) -> tuple[str, int]:
        """Leaves, and the functions that a spreadsheet spells in its own way."""
        text = self.text
        match op:
            case "const":
                return number(float(args[0])), ATOM  # type: ignore[arg-type]
            case "input":
                return self.addresses.input(str(args[0]), self.sheet), ATOM
            case "line":
                path, ago = args
                return self.addresses.line(str(path), int(ago), self.sheet), ATOM  # type: ignore[call-overload]
            case "at":
                path, period = args
                return self.addresses.at(str(path), int(period), self.sheet), ATOM  # type: ignore[call-overload]
            case "where":
                return f"IF({text(args[0])},{text(args[1])},{text(args[2])})", ATOM
            case "flag":
                return f"IF({text(args[0])},1,0)", ATOM
            case "not":
                return f"NOT({text(args[0])})", ATOM
            case "ratio":
                top, bottom = self.inside(args[0], MULTIPLY), self.inside(args[1], RAISE)
                return f"IF({text(args[1])}=0,0,{top}/{bottom})", ATOM
            case "exceeds":
                level = text(args[1])
                gap = f"{self.inside(args[0], ADD)}-{self.inside(args[1], ADD + 1)}"
                return f"{gap}>{number(TOLERANCE)}*MAX(1,ABS({level}))", COMPARE
            case "power":
                return f"{self.inside(args[0], ATOM)}^{self.inside(args[1], ATOM)}", RAISE
            case "total":
                return self.total(args)
            case "lookup":
                return self.lookup(args[0], list(args[1:])), ATOM
        raise AbsStructError(f"the workbook has no formula for '{op}'")

    def total(self, args: tuple[Symbol, ...]) -> tuple[str, int]:
        """SUM over cells that stand side by side, SUMPRODUCT over alike products of them, else a + b + c."""
        block = self.block(args) if len(args) >= BLOCK else None
        if block is not None and block.wide:
            return (f"SUM({block.text})" if block.bind == ATOM else f"SUMPRODUCT({block.text})"), ATOM
        return "+".join(self.inside(a, ADD) for a in args), ADD

    def block(self, nodes: Sequence[Symbol]) -> Block | None:
        """Expressions of one form as a single expression over blocks of cells, or None."""
        first = nodes[0]
        op = first.op
        if any(node.op != op for node in nodes):
            return None
        if op in {"const", "input", "line"} and len({node.args for node in nodes}) == 1:
            return Block(*self.parts(first), wide=False)
        if op == "line":
            ago = first.args[1]
            paths = [str(node.args[0]) for node in nodes]
            if any(node.args[1] != ago for node in nodes):
                return None
            found = self.addresses.lines_range(paths, int(ago), self.sheet)
            return None if found is None else Block(found, ATOM, wide=True)
        if op not in OPERATORS:
            return None
        left = self.block([node.args[0] for node in nodes])
        right = self.block([node.args[1] for node in nodes])
        if left is None or right is None:
            return None
        bind = OPERATORS[op]
        a = f"({left.text})" if left.bind < bind else left.text
        b = f"({right.text})" if right.bind < bind + (op in "-/") else right.text
        return Block(f"{a}{op}{b}", bind, left.wide or right.wide)

    def lookup(self, index: Symbol, table: list[Symbol]) -> str:
        """An entry of a table by its number: INDEX over input cells, a constant beyond them, or CHOOSE."""
        place = self.inside(index, ADD) + "+1"
        if place.endswith("-1+1"):
            place = place.removesuffix("-1+1")
        count = len(table)
        inputs = [str(entry.args[0]) for entry in table if entry.op == "input"]
        if len(inputs) >= count - 1 and all(entry.op == "input" for entry in table[:-1]):
            block = self.addresses.inputs_range(inputs, self.sheet)
            if block is not None:
                found = f"INDEX({block},MAX(1,MIN({len(inputs)},{place})))"
                return found if len(inputs) == count else f"IF({place}>{len(inputs)},{self.text(table[-1])},{found})"
        if count > MOST_CHOICES:
            raise AbsStructError(
                f"a table of {count} entries cannot stand in a cell formula (at most {MOST_CHOICES}); give its "
                "numbers one by one in the deal file"
            )
        return f"CHOOSE(MAX(1,MIN({count},{place})),{','.join(self.text(entry) for entry in table)})"
