"""Wholes: inputs that make 100% together, which nobody but the deal file holds to it once they are cells or fields."""

from __future__ import annotations

from collections.abc import Mapping

#: How far from 100% a sum may lie, as in the deal file.
TOLERANCE = 1e-9
PURCHASES = "revolving.receivables."


def wholes(inputs: Mapping[str, float]) -> dict[str, list[str]]:
    """The inputs of a deal that make 100% together: a timing of defaults, the shares of a purchase.

    Parameters
    ----------
    inputs : path -> value, fractions

    Returns
    -------
    What they belong to -> their paths, in order; only those whose values do make 100%

    >>> wholes({"a.timing.by_year.0": 0.6, "a.timing.by_year.1": 0.4, "a.cnl": 0.1})
    {'a.timing.by_year': ['a.timing.by_year.0', 'a.timing.by_year.1']}
    """
    found: dict[str, list[str]] = {}
    for path in inputs:
        head, _, last = path.rpartition(".")
        if ".timing.by_" in path:
            found.setdefault(head, []).append(path)
        elif path.startswith(PURCHASES) and last in {"share", "becomes"}:
            found.setdefault(f"{PURCHASES}{last}", []).append(path)
    return {head: paths for head, paths in found.items() if abs(excess(inputs, paths)) <= TOLERANCE}


def excess(inputs: Mapping[str, float], paths: list[str]) -> float:
    """How far the sum of inputs lies above 100%."""
    return sum(float(inputs[path]) for path in paths) - 1.0
