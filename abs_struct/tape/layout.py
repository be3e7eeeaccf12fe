"""Layouts: which column of a source is which field of a loan. Each is a YAML file in layouts/."""

from __future__ import annotations

import difflib
import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
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
KINDS = (
    "id", "money", "rate", "months", "share", "count", "score", "number", "date", "text", "status", "repayment",
    "currency",
)  # fmt: skip
UNITS = {
    "rate": ("fraction", "percent", "detect"),
    "share": ("fraction", "percent", "detect"),
    "months": ("months", "years"),
}


def as_words(value: object) -> object:
    """One word is a list of one."""
    return [value] if isinstance(value, str) else value


class Source(Terms):
    """Where a field comes from, and how its source writes it."""

    names: Annotated[tuple[str, ...], BeforeValidator(as_words)] = Field(
        default=(), alias="from", description="the source's names of the column, the first that is filled counts"
    )
    kind: choice(*KINDS) = "text"  # type: ignore[valid-type]
    unit: str = Field(default="", description="rate: fraction, percent or detect; months: months or years")
    scale: float = Field(
        default=1.0, gt=0, description="what a number is multiplied with: 10000 where it counts 10,000s"
    )
    format: Annotated[tuple[str, ...], BeforeValidator(as_words)] = Field(
        default=("iso",),
        description="dates: iso, excel (serial numbers), quarter (Q3 2007), detect, or patterns such as %b-%Y, "
        "tried in this order",
    )
    required: bool = False
    formula: str = Field(default="", description="computed from other fields where the source has no such column")
    unreadable: choice("reject", "blank") = Field(  # type: ignore[valid-type]
        default="reject", description="what becomes of a cell that cannot be read: the row is rejected, or it is blank"
    )
    values: dict[str, str] = Field(default_factory=dict, description="the source's word -> our word")

    @model_validator(mode="after")
    def unit_fits(self) -> Source:
        """A unit belongs to a rate or to a number of months."""
        allowed = UNITS.get(self.kind, ())
        if self.unit and self.unit not in allowed:
            raise ValueError(f"unit '{self.unit}' does not fit {self.kind} (allowed: {listed(allowed) or 'none'})")
        if not self.names and not self.formula:
            raise ValueError("needs `from`, the names of its column in the source, or a `formula` over other fields")
        if self.scale != 1.0 and self.kind not in SCALED:
            raise ValueError(f"scale does not fit {self.kind} (only {listed(SCALED)})")
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
    accounts: bool = Field(
        default=False, description="revolving accounts: a balance may be zero, in credit, or above the limit"
    )
    decimal: choice("detect", "point", "comma") = Field(  # type: ignore[valid-type]
        default="detect", description="the decimal sign of numbers"
    )
    blanks: Annotated[tuple[str, ...], BeforeValidator(as_words)] = Field(
        default=(), description="words that stand for a blank cell, such as ND1"
    )
    not_given: Annotated[tuple[str, ...], BeforeValidator(as_words)] = Field(
        default=(), description="necessary fields that the source does not have; such a tape is no pool of a deal"
    )
    columns: dict[str, Source]
    constants: dict[str, str] = Field(default_factory=dict)

    @model_validator(mode="after")
    def complete(self) -> Layout:
        """A layout says where the five necessary fields are, and its constants are known words."""
        lacking = [name for name in NECESSARY if name not in self.columns and name not in self.not_given]
        if lacking:
            raise ValueError(f"columns lacks {listed(lacking)}: every layout says where they are")
        for name, kind in FIELDS.items():
            source = self.columns.get(name)
            if source is not None and source.kind != kind and (name, source.kind) not in ALSO:
                raise ValueError(f"columns.{name} is of the kind {kind}, not {source.kind}")
            if source is not None and name in NECESSARY and not (source.required or source.formula):
                raise ValueError(f"columns.{name} needs `required: true`: no loan can do without it")
        if (repayment := self.constants.get("repayment", REPAYMENT[0])) not in REPAYMENT:
            raise ValueError(f"repayment '{repayment}' is not one of {listed(REPAYMENT)}")
        return self

    def required(self) -> dict[str, Source]:
        """The fields without which a file does not have this layout."""
        return {name: source for name, source in self.columns.items() if source.required and source.names}


TITLE_ROWS = 30  # the header is looked for in so many rows, because some files begin with a title
SCALED = ("money", "number")
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
    "status": "status",
}
ALSO = {("status", "text")}  # the source's words as they are
NECESSARY = ("loan_id", "balance", "original_balance", "rate", "original_term")


@dataclass(frozen=True, eq=False, repr=False)
class Match:
    """How well a header fits a layout: field -> index of its column, and the required fields that it lacks.

    others : field -> further columns that may hold it, where the first is empty
    """

    layout: Layout
    places: dict[str, int]
    missing: tuple[str, ...]
    others: dict[str, tuple[int, ...]] = field(default_factory=dict)


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
    if not name.isascii():
        name = unicodedata.normalize("NFKC", name)  # full-width brackets and letters
    return re.sub(r"[\s\-./]+", "_", name.strip().strip("\ufeff")).lower()


UNIT = re.compile(r"_?\((元|月|期|天|日|%|个月|usd|eur|cny|rmb|gbp|months?|days?|percent)\)$")


def places_of(header: Sequence[str]) -> dict[str, list[int]]:
    """Name -> the columns that have it, in one spelling; also without a unit in brackets, where no other has it so."""
    at: dict[str, list[int]] = {}
    for i, name in enumerate(map(plain, header)):
        if name:
            at.setdefault(name, []).append(i)
    for name in list(at):
        if (bare := UNIT.sub("", name)) and bare not in at:
            at[bare] = at[name]
    return at


def match(layout: Layout, header: Sequence[str]) -> Match:
    """Where a header has the fields of a layout."""
    at = places_of(header)
    places, others = {}, {}
    for name, source in layout.columns.items():
        found = list(dict.fromkeys(at[plain(word)][0] for word in source.names if plain(word) in at))
        if found:
            places[name] = found[0]
        if len(found) > 1:
            others[name] = tuple(found[1:])
    return Match(layout, places, tuple(name for name in layout.required() if name not in places), others)


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
    at = max(range(len(rows[:TITLE_ROWS])), key=lambda i: (len(set(filter(None, map(str.strip, rows[i])))), -i))
    tried = [match(named_layout(word), rows[at]) for word in ((name,) if name else layouts())]
    raise TapeError(unknown(file, rows[at], max(tried, key=closeness), by_name=name is not None))


def closeness(m: Match) -> float:
    """The part of a layout's required columns that a header has."""
    return 1.0 - len(m.missing) / max(len(m.layout.required()), 1)


def unknown(file: str, header: Sequence[str], best: Match, by_name: bool) -> str:
    """The sentence for a header that fits no layout."""
    words = [missing_word(name, best.layout.columns[name], header) for name in best.missing]
    number = "columns" if len(words) > 1 else "column"
    lacks = f"lacks the required {number} {', '.join(words)}"
    if by_name:
        return f"{file}: the header does not have the layout '{best.layout.name}': it {lacks}"
    return (
        f"{file}: the header fits no layout ({listed(layouts())}); the nearest is '{best.layout.name}', of which "
        f"it {lacks}; `abs-struct tape map {file}` proposes a layout for it"
    )


def missing_word(name: str, source: Source, header: Sequence[str]) -> str:
    """A missing column with the name that may stand for it."""
    known = {plain(word): word for word in header}
    for word in (*source.names, name):
        close = difflib.get_close_matches(plain(word), known, n=1, cutoff=0.6)
        if close:
            return f"'{source.names[0]}' (is it '{known[close[0]].strip()[:40]}'?)"
    return f"'{source.names[0]}'"


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
