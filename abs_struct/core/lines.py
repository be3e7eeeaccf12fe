"""Lines: the named series of a deal, each declared once, beside the thing that computes it.

A line is a path with dots whose last word has underscores: `notes.A.interest_paid`. The same name is a path in
the deal file, an attribute in Python, a key in JSON and a header in the workbook. Its declaration says unit,
kind, English and Chinese words and a definition; the registry of quantities prints them for the documents, and
nothing is recorded that is not declared.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Unit = Literal["money", "rate", "flag", "factor", "number", "date", "years"]
Kind = Literal["stock", "flow", "tally", "constant", "data", "curve"]


@dataclass(frozen=True)
class Line:
    """One declared quantity.

    kind says how it lives: a `stock` keeps its value from period to period until it is rewritten; a `flow` is
    written once a period; a `tally` is 0 at the start of each period and clauses add to it; a `constant` is computed
    at closing; `data` is known before the run (a schedule, a day count); a `curve` is computed for all periods before
    the loop, from inputs and data.
    """

    name: str
    unit: Unit
    kind: Kind
    en: str
    zh: str
    definition: str = ""


@dataclass(frozen=True, eq=False, repr=False)
class Quantities:
    """The lines that one sort of thing has: `owner` is "notes", "fees", "pool" ..."""

    owner: str
    lines: tuple[Line, ...]

    def names(self) -> tuple[str, ...]:
        """The last words of the paths."""
        return tuple(line.name for line in self.lines)


QUANTITIES: dict[str, Quantities] = {}


def declare(owner: str, *lines: Line) -> Quantities:
    """Declare the lines of one sort of thing and enter them into the table of all quantities."""
    quantities = Quantities(owner, lines)
    QUANTITIES[owner] = quantities
    return quantities


def stock(name: str, en: str, zh: str, definition: str = "", unit: Unit = "money") -> Line:
    """A line that keeps its value until it is rewritten."""
    return Line(name, unit, "stock", en, zh, definition)


def flow(name: str, en: str, zh: str, definition: str = "", unit: Unit = "money") -> Line:
    """A line that is written anew in each period."""
    return Line(name, unit, "flow", en, zh, definition)


def tally(name: str, en: str, zh: str, definition: str = "", unit: Unit = "money") -> Line:
    """A line that is 0 at the start of each period, and that clauses add to."""
    return Line(name, unit, "tally", en, zh, definition)


def fixed(name: str, en: str, zh: str, definition: str = "", unit: Unit = "money") -> Line:
    """A line that is computed once, at closing."""
    return Line(name, unit, "constant", en, zh, definition)


def data(name: str, en: str, zh: str, definition: str = "", unit: Unit = "money") -> Line:
    """A line that is known before the run."""
    return Line(name, unit, "data", en, zh, definition)


def curve(name: str, en: str, zh: str, definition: str = "", unit: Unit = "rate") -> Line:
    """A line that is computed for all periods at once, before the loop."""
    return Line(name, unit, "curve", en, zh, definition)
