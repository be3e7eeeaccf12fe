"""What is printed: a report as tables of numbered rows and tie-outs, ready for any format."""

from __future__ import annotations

from dataclasses import dataclass

from abs_struct.handoff.forms.figures import Value


@dataclass(frozen=True)
class Cell:
    """One figure and how it prints."""

    value: Value
    kind: str


@dataclass(frozen=True)
class Row:
    """A printed line: its number, its name for machines, its label, its figures, and how they follow from others."""

    number: int | None
    key: str
    label: str
    cells: tuple[Cell, ...]
    cites: str = ""
    sources: tuple[str, ...] = ()
    style: str = "line"


@dataclass(frozen=True)
class Table:
    """A section: its letter and title, the heads of its columns, and its rows."""

    id: str
    title: str
    heads: tuple[str, ...]
    keys: tuple[str, ...]
    rows: tuple[Row, ...]
    note: str = ""


@dataclass(frozen=True)
class TiedOut:
    """A tie-out: both sides, their difference, the tolerance, and whether it holds."""

    key: str
    statement: str
    left: float
    right: float
    tolerance: float
    difference: float
    passed: bool


@dataclass(frozen=True)
class Report:
    """A filled template, ready for any format."""

    name: str
    title: str
    subtitle: str
    stamp: str
    language: str
    tables: tuple[Table, ...]
    tied: tuple[TiedOut, ...]
    left_out: tuple[str, ...]
    whole_life: bool = False
    notes: tuple[str, ...] = ()

    @property
    def failed(self) -> list[TiedOut]:
        """The tie-outs that do not hold."""
        return [check for check in self.tied if not check.passed]

    @property
    def draft(self) -> str:
        """What is stamped on every page of a report whose checks fail."""
        return "DRAFT - CHECK FAILED" if self.failed else ""
