"""A formula of a deal file: text, tree, and what it means once its names are known."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any, Protocol

from abs_struct.core.findings import FormulaError
from abs_struct.core.formula.evaluate import Bound, bind_node
from abs_struct.core.formula.nodes import Call, Name, Node, Number, shape, walk
from abs_struct.core.formula.parse import LARGEST, parse


class Scope(Protocol):
    """What a formula reads: entities by path, the inputs of the deal, and earlier periods."""

    entities: dict[str, Any]
    inputs: dict[str, Any]
    past: Callable[[str, int], Any]


#: From a name in a formula to (entity path, attribute, unit), several of them when the name stands for a total.
Resolver = Callable[[str], "list[tuple[str, str, str]]"]


class Formula:
    """A formula as written; numbers are accepted and become the formula of that number.

    `path` is its place in the deal file; each number in it is the input `path` (when it is the only one) or
    `path#0`, `path#1` ... so that any number of a deal can vary.

    >>> Formula("2% * 100").constants("amounts.floor")
    {'amounts.floor#0': 0.02, 'amounts.floor#1': 100.0}
    """

    __slots__ = ("bound", "number_nodes", "path", "text", "tree")

    def __init__(self, text: str | float, path: str = "") -> None:
        self.text = f"{text!r}" if isinstance(text, float | int) else str(text).strip()
        self.tree: Node = parse(self.text)
        self.path = path
        self.bound: Bound | None = None
        self.number_nodes = self.find_numbers()

    def names(self) -> set[str]:
        """The names it reads."""
        return {node.path for node in walk(self.tree) if isinstance(node, Name)}

    def numbers(self) -> list[float]:
        """The numbers it holds, from left to right."""
        return [node.value for node in self.number_nodes]

    def find_numbers(self) -> list[Number]:
        """The numbers that may vary: not the whole number of periods in average() and previous()."""
        fixed = {
            id(node.args[1])
            for node in walk(self.tree)
            if isinstance(node, Call) and node.function in {"average", "previous"}
        }
        return [node for node in walk(self.tree) if isinstance(node, Number) and id(node) not in fixed]

    def key(self, number: Number, path: str | None = None) -> str:
        """The input path of one of its numbers."""
        base = self.path if path is None else path
        return base if len(self.number_nodes) == 1 else f"{base}#{number.index}"

    def constants(self, path: str | None = None) -> dict[str, float]:
        """Its numbers by input path."""
        return {self.key(node, path): node.value for node in self.number_nodes}

    def shape(self) -> str:
        """The formula with its numbers blanked."""
        return shape(self.tree)

    def bind(self, resolve: Resolver) -> Bound:
        """Give every name its meaning; raises FormulaError for a name that has none."""
        keys = {node.index: self.key(node) for node in self.number_nodes}
        self.bound = bind_node(self.tree, resolve, keys, self.text)
        return self.bound

    def __call__(self, x: Any, s: Scope) -> Any:
        """The value over a numbers backend; `bind` must have been called."""
        if self.bound is None:
            raise FormulaError(f"the formula '{self.text}' was used before its names were known")
        return self.bound.value(x, s)

    def __repr__(self) -> str:
        return f"Formula({self.text!r})"

    def __str__(self) -> str:
        return self.text

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Formula) and other.text == self.text

    def __hash__(self) -> int:
        return hash(self.text)

    def __getstate__(self) -> dict[str, Any]:
        return {"text": self.text, "path": self.path, "bound": self.bound}

    def __setstate__(self, state: dict[str, Any]) -> None:
        self.text, self.path, self.bound = state["text"], state["path"], state["bound"]
        self.tree = parse(self.text)
        self.number_nodes = self.find_numbers()

    @classmethod
    def __get_pydantic_core_schema__(cls, source: Any, handler: Any) -> Any:
        from pydantic_core import core_schema

        return core_schema.no_info_plain_validator_function(
            accept_formula, serialization=core_schema.plain_serializer_function_ser_schema(str)
        )

    @classmethod
    def __get_pydantic_json_schema__(cls, source: Any, handler: Any) -> dict[str, Any]:
        return {"anyOf": [{"type": "string"}, {"type": "number"}], "description": "a formula or a number"}


def accept_formula(value: object) -> Formula:
    """A formula from what a deal file holds; a sentence where it is something else."""
    if isinstance(value, Formula):
        return value
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        raise ValueError(f"a formula or a number is wanted here; found {value!r}")
    if isinstance(value, int | float) and not abs(value) <= LARGEST:
        raise ValueError(f"{value if isinstance(value, float) else 'a number of so many digits'} is not a number here")
    try:
        return Formula(value)
    except FormulaError as error:
        raise ValueError(str(error)) from None


def names_of(formulas: Iterable[Formula]) -> set[str]:
    """All names that some formulas read."""
    return {name for formula in formulas for name in formula.names()}
