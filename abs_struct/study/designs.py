"""Designs: which scenarios a study runs, as the full grid, from a file, or drawn from ranges.

A design is the varied fields, with a value for each scenario, and, where scenarios have them, their names.
"""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Any

import numpy as np

from abs_struct.core.findings import DealError, UsageError
from abs_struct.deal import Deal
from abs_struct.deal.load import PART, parse_document
from abs_struct.study.axes import Axis
from abs_struct.study.varied import Varied

#: A range to draw from: LOW..HIGH with an optional unit behind each and words behind the last.
DRAWN = re.compile(
    r"^\s*(?P<low>[-+]?[\d_.]+?)\s*(?P<unit>%|bp)?\s*\.\.\s*(?P<high>[-+]?[\d_]+(?:\.[\d_]+)?)\s*(?P<other>%|bp)?"
    r"(?P<rest>\s+of\s+.+)?\s*$"
)
UNITS = {"%": 100, "bp": 10_000, None: 1}
MOST_DRAWN = 10_000_000


@dataclass(frozen=True, eq=False)
class Design:
    """The fields that vary in S scenarios; `names` has S texts or none, `axes` those of a full grid or none."""

    varied: tuple[Varied, ...]
    names: tuple[str, ...] = ()
    axes: tuple[Axis, ...] = ()

    def __len__(self) -> int:
        return len(self.varied[0]) if self.varied else 0


def full_grid(axes: Sequence[Axis]) -> Design:
    """Every combination of the values of some axes; the last axis runs fastest."""
    sizes = [len(axis) for axis in axes]
    count, inner = int(np.prod(sizes, dtype=object)), 1
    varied: list[Varied] = []
    for axis in reversed(axes):
        at = np.arange(count, dtype=np.intp) // inner % len(axis)
        varied.insert(0, Varied(axis.path, axis.values, at))
        inner *= len(axis)
    return Design(tuple(varied), (), tuple(axes))


def design_from(deal: Deal, path: str | Path) -> Design:
    """The scenarios of a file: YAML of name -> {path: value}, or CSV or Parquet with a column for each path.

    A path that a scenario leaves out, or an empty cell, stays as the deal file says. A column `name` names the rows.

    Raises
    ------
    UsageError : no such file, no scenarios, a column or path that the deal does not have (the nearest is named)
    """
    file = Path(path)
    if not file.is_file():
        raise UsageError(f"{file}: no such file of scenarios; give a .yaml, .csv or .parquet file")
    if file.suffix in {".yaml", ".yml"}:
        names, rows = named(file)
    elif file.suffix in {".csv", ".parquet"}:
        names, rows = tabled(file)
    else:
        raise UsageError(f"{file}: scenarios are read from .yaml, .csv or .parquet")
    return design_of(deal, file, names, rows)


def design_of(deal: Deal, file: str | Path, names: Sequence[str], rows: Sequence[dict[str, str]]) -> Design:
    """Scenarios by name, or by row where they have none; what one leaves out stays as the deal file says.

    Parameters
    ----------
    deal : the base
    file : where they come from, for messages
    names : S names, or none
    rows : path -> value, as the deal file would write it, of each of S scenarios

    Raises
    ------
    UsageError : no scenarios, a path that the deal does not have (the nearest is named), or nothing to leave out
    """
    if not rows:
        raise UsageError(f"{file}: has no scenarios")
    varied = []
    for field in dict.fromkeys(field for row in rows for field in row):
        texts = [row.get(field) for row in rows]
        base = stands(deal, field) if any(text is None for text in texts) else None
        if base is None and None in texts:
            at = texts.index(None)
            who = f"scenario '{names[at]}'" if names else f"row {at + 2}"
            known(deal, file, field, next(text for text in texts if text is not None))
            raise UsageError(f"{file}: {who} has no value of {field}, and the deal file has none either; write one")
        known(deal, file, field, next(text for text in texts if text is not None))
        varied.append(Varied.of_texts(field, [str(base) if text is None else text for text in texts]))
    if not varied:
        raise UsageError(f"{file}: its scenarios change nothing; give each at least one PATH: VALUE")
    return Design(tuple(varied), tuple(names))


def named(file: Path) -> tuple[list[str], list[dict[str, str]]]:
    """Scenarios by name, from YAML."""
    try:
        tree = parse_document(file.read_text("utf-8-sig"), str(file)).tree
    except DealError as error:
        raise UsageError(str(error)) from None
    except UnicodeDecodeError as error:
        raise UsageError(f"{file}: byte {error.start} is not UTF-8; save the file as UTF-8") from None
    rows = []
    for name, changes in tree.items():
        if not isinstance(changes, dict):
            raise UsageError(f"{file}: scenario '{name}' is {changes!r}; write PATH: VALUE below it")
        rows.append({str(field): written(value) for field, value in changes.items()})
    return [str(name) for name in tree], rows


def tabled(file: Path) -> tuple[list[str], list[dict[str, str]]]:
    """Scenarios by row, from CSV or Parquet; empty cells are left out."""
    import pandas as pd

    try:
        if file.suffix == ".csv":
            frame = pd.read_csv(file, dtype=str, keep_default_na=False, encoding="utf-8-sig")
        else:
            frame = pd.read_parquet(file)
    except (ValueError, OSError) as error:
        raise UsageError(f"{file}: cannot be read as a table ({str(error).splitlines()[0]})") from None
    names: list[str] = []
    columns: dict[str, list[Any]] = {}
    for column in frame.columns:
        values = frame[column].tolist()
        if str(column).strip() == "name":
            names = [str(value) for value in values]
        else:
            columns[str(column).strip()] = values
    rows = []
    for at in range(len(frame)):
        cells = ((field, values[at]) for field, values in columns.items())
        rows.append({field: written(value) for field, value in cells if not empty(value)})
    missing = next((field for field in columns if not any(field in row for row in rows)), None)
    if rows and missing is not None:
        raise UsageError(f"{file}: column {missing} has no values; leave it out")
    return names, rows


def empty(value: Any) -> bool:
    """Whether a cell says nothing."""
    return value is None or value != value or (isinstance(value, str) and not value.strip())


def written(value: Any) -> str:
    """A value as the deal file would write it."""
    if isinstance(value, dict | list):
        return json.dumps(value, default=str)
    if isinstance(value, bool):
        return str(value).lower()
    return repr(value) if isinstance(value, float) else str(value).strip()


def base_text(deal: Deal, path: str) -> str | None:
    """What the deal file says at a path, or None where it leaves the field out."""
    node: Any = deal.document.tree
    for part in PART.findall(path):
        word = part.strip("[]")
        if isinstance(node, dict):
            node = {str(key): value for key, value in node.items()}.get(word)
        elif isinstance(node, list) and word.isdigit() and int(word) < len(node):
            node = node[int(word)]
        else:
            return None
    return None if node is None else written(node)


def stands(deal: Deal, path: str) -> str | None:
    """What a field is where nobody sets it: as the deal file says; a multiple that it leaves out is 1."""
    text = base_text(deal, path)
    return "1" if text is None and path.endswith(".multiple") and path in deal.compiled.inputs else text


def known(deal: Deal, file: str | Path, path: str, value: str) -> None:
    """Refuse a path that the deal does not have, or the first of its values that it does not take."""
    try:
        deal.with_({path: value})
    except DealError as error:
        raise UsageError(f"{file}, column {path}: {error}") from None


def drawn(design: str, ranges: Sequence[str], seed: int = 0) -> Design:
    """Scenarios drawn from ranges `PATH=LOW..HIGH`, by `lhs:N` (Latin hypercube) or `sobol:N` (N a power of two).

    Parameters
    ----------
    design : the kind and the number of scenarios S
    ranges : one text a field
    seed : the same seed draws the same scenarios, whatever runs them

    Returns
    -------
    Design of S scenarios whose values are numbers in the unit of the deal, low <= value < high

    Raises
    ------
    UsageError : another kind, no ranges, a range without points, a number of scenarios that the kind does not take

    >>> found = drawn("sobol:4", ["notes.A.coupon=4%..6%"]).varied[0].numbers  # one in each quarter of the range
    >>> sorted(int((value - 0.04) / 0.005) for value in found)
    [0, 1, 2, 3]

    Source: McKay, Beckman, Conover (1979), Latin hypercube; Sobol (1967), scrambled after Owen; scipy.stats.qmc.
    """
    kind, _, number = design.partition(":")
    if kind not in {"lhs", "sobol"} or not number.replace("_", "").isdecimal():
        raise UsageError(f"--design {design}: write grid, lhs:N or sobol:N, as in lhs:1000")
    count = int(number.replace("_", ""))
    if not 1 <= count <= MOST_DRAWN:
        raise UsageError(f"--design {design}: draw 1 to {MOST_DRAWN:,} scenarios")
    if kind == "sobol" and count & (count - 1):
        near = 1 << (count.bit_length() - 1)
        raise UsageError(f"--design {design}: a Sobol design has a power of two of points; say {near} or {2 * near}")
    if not ranges:
        raise UsageError(f"--design {design}: say what to draw, as in --vary assumptions.default.cdr=2%..10%")
    found = [range_of(text) for text in ranges]
    from scipy.stats import qmc

    generator = np.random.default_rng(seed)
    if kind == "lhs":
        unit = qmc.LatinHypercube(len(found), seed=generator).random(count)
    else:
        unit = qmc.Sobol(len(found), seed=generator).random_base2(count.bit_length() - 1)
    varied = []
    for (path, low, high, rest), column in zip(found, unit.T, strict=True):
        values = low + column * (high - low)
        if rest:  # words such as `of pool`: texts, as the deal file would write them
            varied.append(Varied.of_texts(path, [f"{100.0 * value!r}%{rest}" for value in values.tolist()]))
        else:
            varied.append(Varied.of_numbers(path, values))
    return Design(tuple(varied))


def range_of(text: str) -> tuple[str, float, float, str]:
    """Path, least, greatest, and the words behind a number, of `PATH=LOW..HIGH`."""
    path, _, given = text.partition("=")
    match = DRAWN.match(given)
    if match is None or not path.strip():
        raise UsageError(f"--vary {text}: a drawn design takes PATH=LOW..HIGH, as in assumptions.default.cdr=2%..10%")
    unit = match["other"]
    try:
        low, high = (
            float(Decimal(match[end].replace("_", "")) / UNITS[mark])
            for end, mark in (("low", match["unit"] or unit), ("high", unit))
        )
    except InvalidOperation:
        raise UsageError(f"--vary {text}: write LOW..HIGH in numbers, as in 2%..10%") from None
    if not low < high:
        raise UsageError(f"--vary {text}: the range yields no points (its end is not above its start)")
    if match["rest"] and unit != "%":
        raise UsageError(f"--vary {text}: a share{match['rest']} is drawn in per cent, as in 50%..60%{match['rest']}")
    return path.strip(), low, high, match["rest"] or ""
