"""The view of a run that reports and charts share: periods that matter, names to print, which line is which."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np

from abs_struct.waterfall.section import Section

if TYPE_CHECKING:
    from abs_struct.deal.result import Result

HALF_A_CENT = 0.005
CNL = "pool.cumulative_net_loss"


@dataclass(frozen=True)
class View:
    """One run of one scenario, as it is shown."""

    result: Result

    @cached_property
    def last(self) -> int:
        """The last period in which anything moves or is owed; the table of a report ends there."""
        lines = self.result.lines
        moves = ["pool.collections", "pool.balance", "deal.notes_balance"]
        moves += [name for name in lines if name.startswith("residuals.") and name.endswith(".paid")]
        alive = np.zeros(lines.periods + 1, dtype=bool)
        for name in moves:
            alive |= np.abs(lines[name]) > HALF_A_CENT
        found = np.flatnonzero(alive)
        return min(int(found[-1]) + 1, lines.periods) if len(found) else lines.periods

    @cached_property
    def periods(self) -> list[int]:
        """0 (closing) to the last period shown."""
        return list(range(self.last + 1))

    @cached_property
    def dates(self) -> list[date]:
        """Closing, then the payment dates."""
        return list(self.result.dates[: self.last + 1])

    def line(self, path: str) -> list[float]:
        """A line over the periods shown, closing first."""
        values: list[float] = self.result.lines[path][: self.last + 1].tolist()
        return values

    def total(self, paths: Sequence[str]) -> list[float]:
        """Several lines added up, in their order."""
        whole = np.zeros(self.last + 1)
        for path in paths:
            whole = whole + self.result.lines[path][: self.last + 1]
        found: list[float] = whole.tolist()
        return found

    def flow(self, path: str) -> list[float | None]:
        """A flow over the periods shown; closing has none."""
        return [None, *self.line(path)[1:]]

    def enhancement(self, note: str) -> list[float | None]:
        """Credit enhancement of a class while it and the pool are outstanding."""
        values = self.line(f"notes.{note}.enhancement")
        owed = zip(self.line(f"notes.{note}.balance"), self.line("pool.balance"), strict=True)
        return [v if min(pair) > HALF_A_CENT else None for v, pair in zip(values, owed, strict=True)]

    @cached_property
    def enhancement_span(self) -> tuple[float, float]:
        """The least and the largest enhancement of any class, 0 and 1 among them; below -100% nothing is shown."""
        found = [value for name in self.result.terms.notes for value in self.enhancement(name) if value is not None]
        return max(min([0.0, *found]), -1.0), max([1.0, *found])

    def label(self, owner: str) -> str:
        """The name to print: `notes.A` -> Class A."""
        return self.result.program.labels.get(owner, owner.rpartition(".")[2].replace("_", " "))

    @property
    def notes(self) -> dict[str, str]:
        """The classes by name, with the labels to print, most senior first."""
        return {name: self.label(f"notes.{name}") for name in self.result.terms.notes}

    @property
    def residuals(self) -> list[str]:
        """The lines of what holders of the residual receive."""
        return [n for n in self.result.lines if n.startswith("residuals.") and n.endswith(".paid")]

    @cached_property
    def levelled(self) -> list[str]:
        """The triggers that have a level."""
        return [name for name, terms in self.result.terms.triggers.items() if terms.levels is not None]

    @cached_property
    def loss_trigger(self) -> str | None:
        """The trigger that watches the cumulative net loss, if the deal has one."""
        terms = self.result.terms.triggers
        return next((name for name in self.levelled if CNL in terms[name].test.names()), None)

    @cached_property
    def notes_end(self) -> int:
        """The period in which the last class is repaid, or the last one shown."""
        owed = np.flatnonzero(self.result.lines["deal.notes_balance"][: self.last + 1] > HALF_A_CENT)
        return min(int(owed[-1]) + 1, self.last) if len(owed) else self.last

    @cached_property
    def sections(self) -> list[Section]:
        """The sections of the priority of payments."""
        return [part for part in self.result.program.parts if isinstance(part, Section)]

    @cached_property
    def draft(self) -> str:
        """What is stamped on every page of a run whose checks fail."""
        return "DRAFT - CHECK FAILED" if self.result.failures else ""


def written(tree: Any) -> str:
    """A part of the deal file in one line, as it was written.

    >>> written({"cnl": "9%", "timing": {"by_year": ["40%", "60%"]}})
    'cnl 9%, timing by_year 40% 60%'
    """
    if isinstance(tree, Mapping):
        return ", ".join(f"{key} {written(value)}".strip() for key, value in tree.items())
    if isinstance(tree, list | tuple):
        return " ".join(written(value) for value in tree)
    return "" if tree is None else str(tree)
