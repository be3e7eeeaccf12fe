"""The view of a run that reports and charts share: periods that matter, names to print, which line is which."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import numpy as np

from abs_struct.handoff.chinese import WORDS
from abs_struct.waterfall.section import Section
from abs_struct.waterfall.sentences import EN, ZH

if TYPE_CHECKING:
    from abs_struct.deal.result import Result

HALF_A_CENT = 0.005
#: What is smaller is nil in a rate, too.
SMALL = 1e-12
#: Reserves beside the last of a pool are many times as large as it: enhancement beyond this says nothing more.
MOST_SHOWN = 1.2
CNL = "pool.cumulative_net_loss"


@dataclass(frozen=True)
class View:
    """One run of one scenario, as it is shown: a row for closing, then one for each payment date.

    In a deal that does not pay every month a flow is what came in or went out since the payment before; with
    `monthly` there is a row for every month of collections instead.
    """

    result: Result
    monthly: bool = False
    language: str = EN

    def say(self, text: str, *parts: str) -> str:
        """Words of a picture in its language, with what stands in their places."""
        return (WORDS.get(text, text) if self.language == ZH else text).format(*parts)

    @cached_property
    def end(self) -> int:
        """The last period in which anything moves or is owed, or the payment after it; the tables end there."""
        lines, pays = self.result.lines, self.result.schedule.pays
        moves = ["pool.collections", "pool.balance", "deal.notes_balance"]
        moves += [name for name in lines if name.startswith("residuals.") and name.endswith(".paid")]
        alive = np.zeros(lines.periods + 1, dtype=bool)
        for name in moves:
            alive |= np.abs(lines[name]) > HALF_A_CENT
        found = np.flatnonzero(alive)
        last = min(int(found[-1]) + 1, lines.periods) if len(found) else lines.periods
        return next((period for period in range(max(last, 1), lines.periods) if pays[period - 1]), lines.periods)

    @cached_property
    def periods(self) -> list[int]:
        """The period of each row; 0 is closing."""
        pays = self.result.schedule.pays
        return [t for t in range(self.end + 1) if self.monthly or t == 0 or pays[t - 1]]

    @property
    def last(self) -> int:
        """The number of the last row; closing is row 0."""
        return len(self.periods) - 1

    @cached_property
    def dates(self) -> list[date]:
        """Closing, then the payment date of each row."""
        return [self.result.dates[t] for t in self.periods]

    @cached_property
    def by_month(self) -> View:
        """The same run with a row for every month of collections."""
        return (
            self
            if self.monthly or self.result.schedule.pay_every_month
            else View(self.result, monthly=True, language=self.language)
        )

    def line(self, path: str) -> list[float]:
        """A line as it stands in each row, closing first."""
        values: list[float] = self.result.lines[path][self.periods].tolist()
        return values

    def paid(self, path: str) -> list[float | None]:
        """A line as it stands on each payment date; closing has none."""
        return [None, *self.line(path)[1:]]

    def opening(self, path: str) -> list[float | None]:
        """A line as it stands in the first month of each row; closing has none."""
        values = self.result.lines[path].tolist()
        return [None, *(values[t + 1] for t in self.periods[:-1])]

    def flow(self, *paths: str, less: Sequence[str] = ()) -> list[float | None]:
        """Flows added up, in their order, over the months of each row, without those of `less`; closing has none."""
        whole = np.zeros(self.result.lines.periods + 1)
        for path in paths:
            whole = whole + self.result.lines[path]
        for path in less:
            whole = whole - self.result.lines[path]
        values = whole.tolist()
        return [None, *(added(values[a + 1 : b + 1]) for a, b in pairwise(self.periods))]

    def moves(self, path: str) -> bool:
        """Whether a line exists and is anything but nil in some period shown."""
        lines = self.result.lines
        return path in lines and bool((np.abs(lines[path][: self.end + 1]) > SMALL).any())

    def enhancement(self, note: str) -> list[float | None]:
        """Credit enhancement of a class while it and the pool are outstanding."""
        values = self.line(f"notes.{note}.enhancement")
        owed = zip(self.line(f"notes.{note}.balance"), self.line("pool.balance"), strict=True)
        return [v if min(pair) > HALF_A_CENT else None for v, pair in zip(values, owed, strict=True)]

    @property
    def sized_by(self) -> str:
        """What classes and enhancement are a share of, in words."""
        return "invested amount" if self.result.terms.pool.series else "pool balance"

    @cached_property
    def enhancement_span(self) -> tuple[float, float]:
        """The least and the largest enhancement of any class, 0 and 1 among them, as far as a picture shows them."""
        found = [value for name in self.funded for value in self.enhancement(name) if value is not None]
        return max(min([0.0, *found]), -1.0), min(max([1.0, *found]), MOST_SHOWN)

    def label(self, owner: str) -> str:
        """The name to print: `notes.A` -> Class A."""
        return self.result.program.labels.get(owner, owner.rpartition(".")[2].replace("_", " "))

    @property
    def notes(self) -> dict[str, str]:
        """The classes by name, with the labels to print, most senior first."""
        return {name: self.label(f"notes.{name}") for name in self.result.terms.notes}

    @cached_property
    def with_balance(self) -> dict[str, str]:
        """The classes that have a balance at some time: no interest-only class."""
        return {name: label for name, label in self.notes.items() if self.moves(f"notes.{name}.balance")}

    @cached_property
    def funded(self) -> dict[str, str]:
        """The same without loans that fund an account, which are no notes."""
        terms = self.result.terms.notes
        found = {name: label for name, label in self.with_balance.items() if not terms[name].subordinated_loan}
        if self.language != ZH:
            return found
        from abs_struct.handoff.glossary import glossary_of, of_language

        known = glossary_of(self.result)
        own = {name: of_language(label, chinese=True) for name, label in found.items()}
        return {name: known.get(label.lower(), label) for name, label in own.items()}

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
        """The row in which the last class is repaid, or the last one."""
        owed = np.flatnonzero(np.array(self.line("deal.notes_balance")) > HALF_A_CENT)
        return min(int(owed[-1]) + 1, self.last) if len(owed) else self.last

    @cached_property
    def sections(self) -> list[Section]:
        """The sections of the priority of payments."""
        return [part for part in self.result.program.parts if isinstance(part, Section)]

    @cached_property
    def draft(self) -> str:
        """What is stamped on every page of a run whose checks fail."""
        return "DRAFT - CHECK FAILED" if self.result.failures else ""


def added(values: Sequence[float]) -> float:
    """Numbers added up in their order."""
    total = values[0]
    for value in values[1:]:
        total += value
    return total


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
