"""The nodes of a parsed formula."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

#: The day from which spreadsheets count.
EPOCH = date(1899, 12, 30)


def serial_of(day: date) -> float:
    """A day as a number of days, as lines hold it."""
    return float((day - EPOCH).days)


def day_of(serial: float) -> date:
    """The day that a number of days stands for."""
    return EPOCH + timedelta(days=round(serial))


@dataclass(frozen=True)
class Number:
    """A number; `index` counts the numbers of a formula, so that each can be an input of its own."""

    value: float
    index: int


@dataclass(frozen=True)
class Text:
    """A word in quotes; only the columns of a tape hold words."""

    value: str


@dataclass(frozen=True)
class Date:
    """A day, such as 2031-02-25; compared with dates only."""

    day: date

    @property
    def serial(self) -> float:
        """The day as spreadsheets count it, 1 for 1900-01-01 (and right from 1900-03-01 on)."""
        return serial_of(self.day)


@dataclass(frozen=True)
class Name:
    """A line, an amount, or a column."""

    path: str
    at: int = 0


@dataclass(frozen=True)
class Operation:
    """An operator with its operands: + - * / of < <= > >= == != and or not neg in."""

    op: str
    args: tuple[Node, ...]


@dataclass(frozen=True)
class Call:
    """A function with its arguments."""

    function: str
    args: tuple[Node, ...]


@dataclass(frozen=True)
class Words:
    """The list after `in`."""

    items: tuple[Node, ...]


Node = Number | Text | Date | Name | Operation | Call | Words


def children(node: Node) -> tuple[Node, ...]:
    """The nodes directly below one."""
    if isinstance(node, Operation | Call):
        return node.args
    return node.items if isinstance(node, Words) else ()


def walk(node: Node) -> Iterator[Node]:
    """A node and everything below it, from left to right."""
    yield node
    for child in children(node):
        yield from walk(child)


def shape(node: Node) -> str:
    """The formula with every number blanked: two formulas of one shape differ in numbers alone.

    >>> from abs_struct.core.formula.parse import parse
    >>> shape(parse("5% of pool")) == shape(parse("6% of pool"))
    True
    """
    if isinstance(node, Number):
        return "#"
    if isinstance(node, Name):
        return node.path
    if isinstance(node, Text):
        return repr(node.value)
    if isinstance(node, Date):
        return node.day.isoformat()
    word = node.op if isinstance(node, Operation) else node.function if isinstance(node, Call) else "in"
    return f"{word}({','.join(shape(child) for child in children(node))})"
