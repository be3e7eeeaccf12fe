"""The standard scenarios: times a deal's own defaults, speed and recoveries, wherever the deal states them."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from abs_struct.core.findings import UsageError
from abs_struct.deal.load import parse_document, validated
from abs_struct.study.levers import default_levers, recovery_levers, speed_levers
from abs_struct.study.stressfile import Pace
from abs_struct.terms.base import Terms

if TYPE_CHECKING:
    from abs_struct.study.levers import Lever, Stated

#: The scenarios that stand beside this module.
OWN = Path(__file__).with_name("standard.yaml")


class Paces(Terms):
    """A scenario: times the deal's own defaults, speed and recoveries."""

    defaults: Pace = 1.0
    speed: Pace = 1.0
    recoveries: Pace = 1.0


def paces_of(file: str | Path | None = None) -> dict[str, Paces]:
    """The scenarios of a file; the toolkit's own when left out.

    Raises
    ------
    UsageError, DealError : no such file, or what is wrong with it
    """
    path = OWN if file is None else Path(file)
    try:
        text = path.read_text("utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "it is not UTF-8"
        raise UsageError(f"{path}: cannot be read ({reason})") from None
    tree = parse_document(text, str(path)).tree
    found = {}
    for name, written in tree.items():
        document = parse_document(text, str(path))
        document.tree = written or {}
        found[str(name)] = validated(Paces, document)
    return found


def moved(stated: Stated, paces: Paces, say: Callable[[str], None]) -> dict[str, float]:
    """The fields of a deal that a scenario moves, with their numbers there; what it cannot move is said.

    Parameters
    ----------
    stated : a deal, or a run of it
    paces : the scenario
    say : takes a sentence
    """
    fields: dict[str, float] = {}
    known: tuple[tuple[str, float, Callable[[Stated], list[Lever]]], ...] = (
        ("defaults", paces.defaults, default_levers),
        ("speed", paces.speed, speed_levers),
    )
    for word, pace, levers in known:
        if pace == 1.0:
            continue
        try:
            found = levers(stated)
        except UsageError as error:
            say(f"{word} stay as they are: {error}")
            continue
        fields |= {lever.path: min(lever.base * pace, lever.most) for lever in found}
        if not found:
            say(f"the deal has no {word} to move")
    if paces.recoveries != 1.0:
        for one in recovery_levers(stated):
            share = min(one.share * paces.recoveries, 1.0)
            fields[one.path] = 1.0 - share if one.lost else share
    return fields
