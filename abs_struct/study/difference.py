"""Two deals compared: their fields, and what each class receives under the same scenarios."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from abs_struct.deal import Deal
from abs_struct.study.standard import Paces, moved, paces_of

if TYPE_CHECKING:
    import pandas as pd

MEASURES = ("balance", "wal", "yield", "interest_paid", "principal_paid", "interest_shortfall", "principal_shortfall")


@dataclass(frozen=True)
class Change:
    """A field that differs: its path, and what stands there in each deal; None where it stands in one alone."""

    path: str
    before: str | None
    after: str | None


@dataclass(frozen=True)
class Effect:
    """A measure of a class under a scenario in both deals; None where a deal has no such class."""

    scenario: str
    note: str
    measure: str
    before: float | None
    after: float | None

    @property
    def difference(self) -> float | None:
        """After less before."""
        return None if self.before is None or self.after is None else self.after - self.before


@dataclass(frozen=True)
class Difference:
    """Two deals: the fields that differ, and their classes under every scenario."""

    before: str
    after: str
    changes: tuple[Change, ...]
    effects: tuple[Effect, ...]
    notes: tuple[str, ...]

    @property
    def frame(self) -> pd.DataFrame:
        """A row for each scenario, class and measure."""
        import pandas as pd

        return pd.DataFrame(
            [(e.scenario, e.note, e.measure, e.before, e.after, e.difference) for e in self.effects],
            columns=["scenario", "note", "measure", "before", "after", "difference"],
        )


def difference(before: Deal, after: Deal, file: str | Path | None = None) -> Difference:
    """Compare two deals.

    Parameters
    ----------
    before, after : deals
    file : scenarios; the toolkit's own when left out

    Returns
    -------
    Difference

    Raises
    ------
    DealError, UsageError : what is wrong with a deal or the file
    """
    notes: list[str] = []
    effects = []
    for name, paces in paces_of(file).items():
        measured = [
            measures(deal, paces, f"{name}, {word} deal", notes)
            for deal, word in ((before, "first"), (after, "second"))
        ]
        classes = dict.fromkeys([*before.terms.notes, *after.terms.notes])
        for note in classes:
            for measure in MEASURES:
                pair = [found.get((note, measure)) for found in measured]
                effects.append(Effect(name, note, measure, *pair))
    return Difference(
        before.terms.name, after.terms.name, tuple(changes(before.document.tree, after.document.tree)), tuple(effects),
        tuple(dict.fromkeys(notes)),
    )  # fmt: skip


def measures(deal: Deal, paces: Paces, name: str, notes: list[str]) -> dict[tuple[str, str], float]:
    """The measures of all classes under a scenario; what it cannot move is said."""
    fields = moved(deal, paces, lambda said: notes.append(f"{name}: {said}"))
    result = (deal.with_(fields) if fields else deal).run()
    found: dict[tuple[str, str], float] = {}
    for note, row in result.notes.to_dict("index").items():
        for measure in MEASURES:
            value = row[measure]
            if value is not None and value == value:
                found[str(note), measure] = float(value)
    return found


def changes(before: Any, after: Any, path: str = "") -> Iterator[Change]:
    """The fields of two trees that differ, in the order of the first and then of the second."""
    if before == after:
        return
    if isinstance(before, dict) and isinstance(after, dict):
        for key in dict.fromkeys([*before, *after]):
            below = f"{path}.{key}" if path else str(key)
            if key not in before:
                yield Change(below, None, written(after[key]))
            elif key not in after:
                yield Change(below, written(before[key]), None)
            else:
                yield from changes(before[key], after[key], below)
    elif isinstance(before, list) and isinstance(after, list) and len(before) == len(after):
        for k, (one, other) in enumerate(zip(before, after, strict=True)):
            yield from changes(one, other, f"{path}[{k}]")
    else:
        yield Change(path, written(before), written(after))


def written(value: Any) -> str:
    """A part of a deal file in one line."""
    if isinstance(value, dict):
        return "{" + ", ".join(f"{key}: {written(one)}" for key, one in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(written(one) for one in value) + "]"
    return " ".join(str(value).split())
