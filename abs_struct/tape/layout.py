"""Layouts: which column of a source is which field of a loan. Each is a YAML file in layouts/."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Annotated, Any

from pydantic import BeforeValidator, Field, ValidationError, model_validator

from abs_struct.core.findings import TapeError, listed, nearest
from abs_struct.core.plain_yaml import read_plain
from abs_struct.tape.tape import REPAYMENT
from abs_struct.terms.base import Terms, problems
from abs_struct.terms.numbers import choice

OWN = "abs_struct"
FOLDER = Path(__file__).parent / "layouts"
KINDS = ("id", "money", "rate", "months", "share", "count", "score", "number", "date", "text", "repayment", "currency")
UNITS = {"rate": ("fraction", "percent"), "share": ("fraction", "percent"), "months": ("months", "years")}


def as_words(value: object) -> object:
    """One word is a list of one."""
    return [value] if isinstance(value, str) else value


class Source(Terms):
    """Where a field comes from, and how its source writes it."""

    names: Annotated[tuple[str, ...], BeforeValidator(as_words)] = Field(alias="from")
    kind: choice(*KINDS) = "text"  # type: ignore[valid-type]
    unit: str = Field(default="", description="rate: fraction or percent; months: months or years")
    format: Annotated[tuple[str, ...], BeforeValidator(as_words)] = Field(
        default=("iso",), description="dates: iso, or patterns such as %b-%Y, tried in this order"
    )
    required: bool = False
    values: dict[str, str] = Field(default_factory=dict, description="the source's word -> our word")

    @model_validator(mode="after")
    def unit_fits(self) -> Source:
        """A unit belongs to a rate or to a number of months."""
        allowed = UNITS.get(self.kind, ())
        if self.unit and self.unit not in allowed:
            raise ValueError(f"unit '{self.unit}' does not fit {self.kind} (allowed: {listed(allowed) or 'none'})")
        return self


class Layout(Terms):
    """The columns of a source, the constants it does not write, and what it allows."""

    name: str
    title: str = ""
    currency: str = Field(default="", pattern="^([A-Z]{3})?$")
    others: choice("keep", "drop") = Field(  # type: ignore[valid-type]
        default="drop", description="what happens to columns that are not named here"
    )
    capitalising: bool = Field(default=False, description="balances may stand above the original balance")
    columns: dict[str, Source]
    constants: dict[str, str] = Field(default_factory=dict)

    @model_validator(mode="after")
    def complete(self) -> Layout:
        """A layout says where the five necessary fields are, and its constants are known words."""
        lacking = [name for name in NECESSARY if name not in self.columns]
        if lacking:
            raise ValueError(f"columns lacks {listed(lacking)}: every layout says where they are")
        for name, kind in FIELDS.items():
            source = self.columns.get(name)
            if source is not None and source.kind != kind:
                raise ValueError(f"columns.{name} is of the kind {kind}, not {source.kind}")
            if source is not None and name in NECESSARY and not source.required:
                raise ValueError(f"columns.{name} needs `required: true`: no loan can do without it")
        if (repayment := self.constants.get("repayment", REPAYMENT[0])) not in REPAYMENT:
            raise ValueError(f"repayment '{repayment}' is not one of {listed(REPAYMENT)}")
        return self

    def required(self) -> dict[str, Source]:
        """The fields without which a file does not have this layout."""
        return {name: source for name, source in self.columns.items() if source.required}


TITLE_ROWS = 5  # the header is looked for in so many rows, because some files begin with a title
FIELDS = {
    "loan_id": "id",
    "balance": "money",
    "original_balance": "money",
    "rate": "rate",
    "original_term": "months",
    "remaining_term": "months",
    "age": "months",
    "repayment": "repayment",
    "participation": "share",
    "days_past_due": "count",
    "fico": "score",
    "currency": "currency",
}
NECESSARY = ("loan_id", "balance", "original_balance", "rate", "original_term")


@dataclass(frozen=True, eq=False, repr=False)
class Match:
    """How well a header fits a layout: field -> index of its column, and the required fields that it lacks."""

    layout: Layout
    places: dict[str, int]
    missing: tuple[str, ...]


@cache
def layouts() -> tuple[str, ...]:
    """The names of the layouts that come with the package; the toolkit's own first."""
    names = sorted(file.stem for file in FOLDER.glob("*.yaml"))
    return tuple(sorted(names, key=OWN.__ne__))


@cache
def load_layout(file: Path) -> Layout:
    """A layout file.

    Raises
    ------
    TapeError : no such file, not YAML, or a field that a layout does not have
    """
    document = read_yaml(file, "layout")
    try:
        return Layout.model_validate(document)
    except ValidationError as error:
        path, sentence = problems(error, document)[0]
        raise TapeError(f"{file}: {f'{path}: ' if path else ''}{sentence}") from None


def read_yaml(file: Path, word: str) -> dict[str, Any]:
    """A small YAML document of plain values; a key that stands twice is refused."""
    try:
        text = file.read_text("utf-8")
    except FileNotFoundError:
        near = nearest(file.name, (p.name for p in file.parent.glob("*.yaml"))) if file.parent.is_dir() else ""
        raise TapeError(f"{file}: no such {word}{near}") from None
    except (OSError, UnicodeDecodeError) as error:
        raise TapeError(f"{file}: the {word} cannot be read ({error})") from None
    plain = read_plain(text)
    if plain is not None:
        return plain[0]

    from ruamel.yaml import YAML
    from ruamel.yaml.error import MarkedYAMLError

    try:
        loaded = YAML(typ="safe", pure=True).load(text)
    except MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        line = f":{mark.line + 1}" if mark else ""
        raise TapeError(f"{file}{line}: is not YAML: {error.problem or error.context}") from None
    if not isinstance(loaded, dict):
        raise TapeError(f"{file}: a {word} is a mapping of named fields")
    return loaded


def named_layout(name: str) -> Layout:
    """A layout by its name, or by the path of a layout file of one's own."""
    if name.endswith((".yaml", ".yml")):
        return load_layout(Path(name))
    if name not in layouts():
        raise TapeError(
            f"no layout '{name}'{nearest(name, layouts())} (layouts: {listed(layouts())}, or the path of a layout file)"
        )
    return load_layout(FOLDER / f"{name}.yaml")


def plain(name: str) -> str:
    """A column name in one spelling.

    >>> plain(" Original Balance "), plain("loan-ID")
    ('original_balance', 'loan_id')
    """
    return re.sub(r"[\s\-./]+", "_", name.strip().strip("\ufeff")).lower()


def match(layout: Layout, header: Sequence[str]) -> Match:
    """Where a header has the fields of a layout."""
    at = {name: i for i, name in reversed(list(enumerate(map(plain, header)))) if name}
    places = {}
    for name, source in layout.columns.items():
        found = next((at[plain(word)] for word in source.names if plain(word) in at), None)
        if found is not None:
            places[name] = found
    return Match(layout, places, tuple(name for name in layout.required() if name not in places))


def recognise(file: str, rows: Sequence[Sequence[str]], name: str | None) -> tuple[Match, int]:
    """The layout of a tape and the index of its header; the toolkit's own is looked for first.

    Raises
    ------
    TapeError : no layout fits; says which columns are missing from the nearest one
    """
    for names in [(name,)] if name else [(OWN,), layouts()[1:]]:
        candidates = [named_layout(word) for word in names]
        for i, row in enumerate(rows[:TITLE_ROWS]):
            complete = [m for m in (match(layout, row) for layout in candidates) if not m.missing]
            if complete:
                refuse_twice(file, row)
                return max(complete, key=lambda m: len(m.places)), i
    tried = [match(named_layout(word), rows[0]) for word in ((name,) if name else layouts())]
    raise TapeError(unknown(file, rows[0], max(tried, key=closeness), by_name=name is not None))


def closeness(m: Match) -> float:
    """The part of a layout's required columns that a header has."""
    return 1.0 - len(m.missing) / max(len(m.layout.required()), 1)


def unknown(file: str, header: Sequence[str], best: Match, by_name: bool) -> str:
    """The sentence for a header that fits no layout."""
    if len(header) == 1 or not best.places:
        sign, word = delimiter(header[0])
        if sign:
            return f"{file} row 1: the header is one column with {word} in it; save it with commas between columns"
    words = [missing_word(field, best.layout.columns[field], header) for field in best.missing]
    number = "columns" if len(words) > 1 else "column"
    lacks = f"lacks the required {number} {', '.join(words)}"
    if by_name:
        return f"{file} row 1: the header does not have the layout '{best.layout.name}': it {lacks}"
    return (
        f"{file} row 1: the header fits no layout ({listed(layouts())}); the nearest is '{best.layout.name}', of which "
        f"it {lacks}"
    )


def missing_word(field: str, source: Source, header: Sequence[str]) -> str:
    """A missing column with the name that may stand for it."""
    known = {plain(word): word for word in header}
    for word in (*source.names, field):
        close = difflib.get_close_matches(plain(word), known, n=1, cutoff=0.6)
        if close:
            return f"'{source.names[0]}' (is it '{known[close[0]].strip()[:40]}'?)"
    return f"'{source.names[0]}'"


def delimiter(line: str) -> tuple[str, str]:
    """Another sign than the comma that divides a line, with its name."""
    signs = {";": "semicolons", "\t": "tabs", "|": "bars"}
    sign = max(signs, key=line.count)
    return (sign, signs[sign]) if sign in line else ("", "")


def refuse_twice(file: str, header: Sequence[str]) -> None:
    """A column that stands twice could be either."""
    names = [plain(name) for name in header]
    for name in twice(names):
        raise TapeError(f"{file} row 1: the column '{name}' stands twice in the header; rename or remove one")


def twice(names: Sequence[str]) -> Iterator[str]:
    """The names that stand more than once."""
    seen: set[str] = set()
    for name in names:
        if name and name in seen:
            yield name
        seen.add(name)
