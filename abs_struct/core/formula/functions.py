"""The functions of the formula language: how many values each takes, how it is written, and what it means."""

from __future__ import annotations

from typing import NamedTuple


class Function(NamedTuple):
    """One function: the least and most values it takes, an example, and its meaning."""

    least: int
    most: int
    written: str
    meaning: str


FUNCTIONS: dict[str, Function] = {
    "min": Function(2, 99, "min(a, b)", "the smallest of some values"),
    "max": Function(2, 99, "max(a, b)", "the largest of some values"),
    "abs": Function(1, 1, "abs(a)", "a value without its sign"),
    "if": Function(3, 3, "if(test, a, b)", "`a` where the test holds, else `b`"),
    "average": Function(2, 2, "average(line, 3)", "the average of a line over this and earlier periods"),
    "previous": Function(2, 2, "previous(line, 1)", "a line some periods ago; nil before closing"),
    "band": Function(
        4, 99, "band(value, 2%, 6.5%, 3%, 4%, 0%)", "6.5% where the value lies below 2%, 4% below 3%, else 0%"
    ),
    "collected": Function(
        1, 1, "collected(pool.defaulted)", "a line added up over the months that the payment collects"
    ),
}
