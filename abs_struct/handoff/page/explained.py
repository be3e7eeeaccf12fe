"""Explained: the formula of each line in words, with places for what it reads, so that the page can show its values."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from abs_struct.core.arithmetic.symbols import LEAVES, Symbol, line
from abs_struct.deal.explain import SHARE, Explainer
from abs_struct.deal.result import Result
from abs_struct.handoff.files import plain_text
from abs_struct.handoff.page.script import Script

#: Around the number of what a formula reads: signs that no deal file may hold.
OPEN, SHUT = "\u27e6", "\u27e7"
#: A formula longer than this is told by what it reads alone.
LONGEST = 2_000


def explained(result: Result, script: Script) -> list[list[Any]]:
    """For each line by its place: its clause, where it stands, its formula at closing and later, and what each reads.

    A formula is a text with the numbers of its leaves in brackets; a leaf is [kind, place, periods ago or period].
    """
    explainer = Explainer(result, script.trace)
    found: list[list[Any]] = []
    for path, known in script.trace.lines.items():
        label, place = explainer.label(path, known), beside(explainer.place(path, known), result)
        opening, later = script.trace.openings.get(path), script.trace.formula(path)
        found.append(
            [
                plain_text(label), plain_text(place),
                None if opening is None else template(opening, script),
                None if later is None else template(explainer.shown(later, path), script),
            ]
        )  # fmt: skip
    return found


def beside(place: str, result: Result) -> str:
    """A place without the folders of the machine that wrote the page."""
    for file in (result.document.file, str(result.collateral.tape.file)):
        place = place.replace(file, Path(file).name)
    return place


def template(node: Symbol, script: Script) -> list[Any]:
    """The formula with numbered leaves, and the leaves."""
    leaves: dict[tuple[Any, ...], int] = {}

    def numbered(part: Symbol) -> Symbol:
        if part.op == SHARE:
            return numbered(part.args[0])
        if part.op in LEAVES:
            kind = {"input": "i", "line": "l", "at": "a"}[part.op]
            places = script.inputs if part.op == "input" else script.lines
            key = (kind, places[part.args[0]], part.args[1] if len(part.args) > 1 else 0)
            return line(f"{OPEN}{leaves.setdefault(key, len(leaves))}{SHUT}")
        return Symbol(part.op, tuple(numbered(arg) if isinstance(arg, Symbol) else arg for arg in part.args))

    text = str(numbered(node))
    return [text if len(text) <= LONGEST else "", [list(key) for key in leaves]]
