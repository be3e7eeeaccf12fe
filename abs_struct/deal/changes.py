"""A deal file with its changes: those first by which its curves are found, then the curves, then the rest."""

from __future__ import annotations

from collections.abc import Mapping
from copy import deepcopy
from pathlib import Path
from typing import Any

from abs_struct.deal.load import Document, change, copied, read_document

CURVES, GROUPS = "assumptions.curves", "pool.groups"


def read_deal(path: str | Path, changes: Mapping[str, object] | None = None) -> Document:
    """Read a deal file and apply changes `path=value`.

    Raises
    ------
    DealError : no such file, not YAML, a key twice, a change to a path that does not exist
    """
    document = read_document(path)
    change_all(document, changes or {})
    return document


def changed_deal(document: Document, changes: Mapping[str, object]) -> Document:
    """A copy of a deal with some fields set."""
    copy = copied(document)
    change_all(copy, changes)
    return copy


def change_all(document: Document, changes: Mapping[str, object]) -> None:
    """Set fields of a deal, those first by which its curves are found: what these bring can be changed as well."""
    early = {key: value for key, value in changes.items() if key.startswith((CURVES, GROUPS))}
    again: dict[str, object] = {}
    if early and document.bare is not None:
        document.tree = deepcopy(document.bare)
        again = {key: value for key, value in document.changes.items() if not key.startswith((CURVES, GROUPS))}
    for key, value in early.items():
        change(document, key, value)
        names_curves(document.tree)
    if (early or document.bare is None) and names_curves(document.tree):
        from abs_struct.deal.curve_file import add_curves  # only a deal that names a file loads it

        document.bare = deepcopy(document.tree)
        add_curves(document, instead=any(key.startswith(CURVES) for key in document.changes))
    for key, value in (again | {key: value for key, value in changes.items() if key not in early}).items():
        change(document, key, value)


def names_curves(tree: dict[str, Any]) -> bool:
    """Whether a deal names a file of curves; its name alone becomes a block, so that each field can be set."""
    assumptions = tree.get("assumptions")
    if not isinstance(assumptions, dict) or not assumptions.get("curves"):
        return False
    if isinstance(assumptions["curves"], str):
        assumptions["curves"] = {"file": assumptions["curves"]}
    return True
