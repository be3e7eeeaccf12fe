"""Two versions of the clauses of a deal compared."""

from __future__ import annotations

from dataclasses import dataclass

from abs_struct.handoff.prose.articles import Clauses


@dataclass(frozen=True)
class Reworded:
    """A paragraph that differs: its place in the deal file, and its text in each version, None where it is in one."""

    path: str
    before: str | None
    after: str | None


def wording(before: Clauses, after: Clauses) -> list[Reworded]:
    """The paragraphs that differ, in the order of the first version, then those that are new.

    Parameters
    ----------
    before, after : the clauses of two deals, or of two versions of one

    Returns
    -------
    list of Reworded
    """
    old, new = before.lines(), after.lines()
    return [
        Reworded(path, old.get(path), new.get(path))
        for path in dict.fromkeys([*old, *new])
        if old.get(path) != new.get(path)
    ]
