"""Reading a deal file: YAML that remembers its lines, changes from --set, and mistakes with their place."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Mapping
from copy import deepcopy
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ValidationError

from abs_struct.core.findings import DealError, Finding, Place, listed, nearest
from abs_struct.core.formula.parse import shortened
from abs_struct.core.plain_yaml import read_plain
from abs_struct.terms.base import path_of, sentence

DATE = re.compile(r"\d{4}-\d{1,2}-\d{1,2}")
Where = tuple["str | int", ...]
DEEPEST = 30
MOST_VALUES = 100_000


@dataclass
class Document:
    """A deal file as read: plain values, and the line of every key."""

    file: str
    sha256: str
    tree: dict[str, Any]
    lines: dict[Where, int] = field(default_factory=dict)
    changes: dict[str, str] = field(default_factory=dict)
    given: dict[Where, str] = field(default_factory=dict)  # where a change was made, and how it was written
    curves: tuple[str, str] | None = None  # the file of curves that it names, and its sha256
    bare: dict[str, Any] | None = None  # the tree without them

    def place(self, where: Where) -> Place:
        """The nearest known line at or above a path; what a change put there has no line in the file."""
        path = dotted(where)
        while where and where not in self.lines and where not in self.given:
            where = where[:-1]
        if where in self.given:
            return Place(f"--set {self.given[where]}", path=path)
        return Place(self.file, self.lines.get(where), path or None)


def dotted(where: Iterable[str | int]) -> str:
    """`("waterfall", "before_default", 4)` as `waterfall.before_default[4]`."""
    text = ""
    for part in where:
        text += f"[{part}]" if isinstance(part, int) else f".{part}" if text else str(part)
    return text


def read_document(path: str | Path) -> Document:
    """Read a deal file.

    Raises
    ------
    DealError : no such file, not YAML, a key twice
    """
    file = Path(path)
    try:
        raw = file.read_bytes()
    except FileNotFoundError:
        near = nearest(file.name, (p.name for p in file.parent.glob("*.yaml"))) if file.parent.is_dir() else ""
        raise DealError(f"{path}: no such deal file{near}") from None
    except IsADirectoryError:
        raise DealError(f"{path}: is a folder; name a deal file in it") from None
    except OSError as error:
        raise DealError(f"{path}: cannot be read ({error.strerror})") from None
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise DealError(f"{path}: byte {error.start} is not UTF-8; save the deal file as UTF-8") from None
    return parse_document(text, str(path), hashlib.sha256(raw).hexdigest())


def parse_document(text: str, file: str, sha256: str = "") -> Document:
    """The tree of a deal text, with the line of every key."""
    document = Document(file, sha256 or hashlib.sha256(text.encode()).hexdigest(), {})
    plain = read_plain(text)
    document.tree, document.lines = plain if plain is not None else composed(text, document)
    unfinished(document, document.tree, ())
    return document


def composed(text: str, document: Document) -> tuple[dict[str, Any], dict[Where, int]]:
    """The tree and the lines of any YAML text; what is wrong with it is said with its line."""
    from ruamel.yaml import YAML
    from ruamel.yaml.error import MarkedYAMLError
    from ruamel.yaml.reader import ReaderError

    file, reader = document.file, YAML(typ="safe", pure=True)
    try:
        root = reader.compose(text)
    except MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        line = f":{mark.line + 1}" if mark else ""
        tab = "; indent with spaces, not with tabs" if "'\\t'" in str(error.problem) else ""
        raise DealError(f"{file}{line}: is not YAML: {error.problem or error.context}{tab}") from None
    except ReaderError as error:
        line = f":{text.count(chr(10), 0, error.position) + 1}"
        raise DealError(
            f"{file}{line}: holds the character U+{ord(text[error.position]):04X}, which YAML does not allow; "
            "save the deal file as plain UTF-8 text"
        ) from None
    except RecursionError:
        raise DealError(f"{file}: is nested more than {DEEPEST} deep; a deal file is not") from None
    try:
        loaded = Plain(document, reader.constructor).value(root, ()) if root is not None else None
    except MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        raise DealError(f"{file}:{mark.line + 1 if mark else 1}: {error.problem or error.context}") from None
    if not isinstance(loaded, dict):
        raise DealError(f"{file}: a deal file is a mapping of name, dates, pool, notes ...; this is {kind_of(loaded)}")
    return loaded, document.lines


class Plain:
    """Plain Python values of a composed YAML document, noting the line of every key and item."""

    def __init__(self, document: Document, constructor: Any) -> None:
        self.document = document
        self.constructor = constructor
        self.values = 0

    def value(self, node: Any, where: Where) -> Any:
        """The value of a node, at a path."""
        self.values += 1
        if len(where) > DEEPEST:
            raise DealError(
                f"{self.document.place(where[:3])}: is nested more than {DEEPEST} deep (does an alias hold itself?)"
            )
        if self.values > MOST_VALUES:
            raise DealError(
                f"{self.document.place(where[:1])}: the file holds more than {MOST_VALUES:,} values; "
                "write out what its aliases repeat, and keep loans in the tape"
            )
        if node.id == "mapping":
            return self.mapping(node, where)
        if node.id == "sequence":
            items = []
            for i, item in enumerate(node.value):
                self.document.lines[(*where, i)] = item.start_mark.line + 1
                items.append(self.value(item, (*where, i)))
            return items
        return self.scalar(node)

    def scalar(self, node: Any) -> Any:
        """A word, a number, a date, yes or no, or nothing."""
        line = f"{self.document.file}:{node.start_mark.line + 1}"
        try:
            value = self.constructor.construct_object(node)
        except ValueError as error:
            written = str(node.value)[:40]
            if DATE.match(written):
                raise DealError(f"{line}: '{written}' is not a date ({error}); write it as 2027-01-20") from None
            kind = str(node.tag).rpartition(":")[2]
            raise DealError(f"{line}: '{written}' cannot be read as {kind}; put a text in quotes") from None
        if isinstance(value, bytes):
            raise DealError(f"{line}: a deal file holds no binary values; write the text itself")
        return value

    def mapping(self, node: Any, where: Where) -> dict[Any, Any]:
        """A mapping; a key that stands twice is refused, because one of the two would be lost in silence."""
        result: dict[Any, Any] = {}
        for key_node, value_node in node.value:
            line = key_node.start_mark.line + 1
            if key_node.id != "scalar":
                raise DealError(f"{self.document.file}:{line}: a key must be a word or a number")
            if key_node.value == "<<":
                raise DealError(f"{self.document.file}:{line}: merge keys (<<) are not read; write the fields out")
            key = self.scalar(key_node)
            below = (*where, key)
            if key in result:
                raise DealError(f"{self.document.file}:{line}: the key '{key}' stands twice")
            self.document.lines[below] = line
            result[key] = self.value(value_node, below)
        return result


def kind_of(value: object) -> str:
    """A value's kind in words."""
    return "empty" if value is None else "a list" if isinstance(value, list) else f"the text {str(value)[:40]!r}"


def unfinished(document: Document, node: Any, where: Where) -> None:
    """Find a formula that YAML cut at a comma inside braces: its tell-tale is an open bracket."""
    if isinstance(node, dict):
        for key, value in node.items():
            below = (*where, key)
            if isinstance(value, str) and value.count("(") > value.count(")"):
                raise DealError(
                    f"{document.place(below)}: the formula '{value}' ends with an open bracket "
                    "(inside { } a comma ends an unquoted value: put the formula in quotes)"
                )
            unfinished(document, value, below)
    elif isinstance(node, list):
        for i, value in enumerate(node):
            unfinished(document, value, (*where, i))


def copied(document: Document) -> Document:
    """A copy of a document, to be changed."""
    return Document(
        document.file, document.sha256, deepcopy(document.tree), dict(document.lines), dict(document.changes),
        dict(document.given), document.curves, deepcopy(document.bare),
    )  # fmt: skip


def changed(document: Document, changes: Mapping[str, object]) -> Document:
    """A copy of a document with some fields set."""
    copy = copied(document)
    for path, value in changes.items():
        change(copy, path, value)
    return copy


PART = re.compile(r"[^.\[\]]+|\[\d+\]")


def change(document: Document, path: str, value: object) -> None:
    """Set one field of the tree, as `--set notes.A.coupon=5.25%` does."""
    parts = PART.findall(path)
    if not parts:
        raise DealError(f"--set {path}: name a field, such as notes.A.coupon=5.25%")
    node: Any = document.tree
    where: list[str | int] = []
    for i, part in enumerate(parts):
        last = i == len(parts) - 1
        key = found_key(node, part, last=last, path=path)
        where.append(key)
        if last:
            written = f"{path}={shortened(str(value))}"
            node[key] = scalar(value, written)
            document.changes[path] = str(value)
            document.given[tuple(where)] = written
            return
        child = node[key]
        if not isinstance(child, dict | list):
            raise DealError(f"--set {path}: {dotted(where)} is {child!r} and has nothing below it")
        node = child


def found_key(node: Any, part: str, *, last: bool, path: str) -> str | int:
    """The key of a node that a part of a path names; a new key is allowed at the end, for fields with a default."""
    if isinstance(node, list):
        number = part.strip("[]")
        if not number.isdigit() or int(number) >= len(node):
            raise DealError(f"--set {path}: '{part}' is not one of the {len(node)} items here, 0 to {len(node) - 1}")
        return int(number)
    for key in node:
        if str(key) == part.strip("[]"):
            return key  # type: ignore[no-any-return]
    if last and not part.startswith("["):
        return part
    raise DealError(f"--set {path}: no '{part}' here{nearest(part, map(str, node))} (there are: {listed(node)})")


def scalar(value: object, written: str) -> object:
    """A value from the command line, read as YAML reads it; `written` is the whole change, for the message.

    Raises
    ------
    DealError : a date that does not exist, a number of thousands of digits, brackets within brackets without end
    """
    if not isinstance(value, str):
        return value
    from ruamel.yaml import YAML
    from ruamel.yaml.error import YAMLError

    try:
        return YAML(typ="safe", pure=True).load(value)
    except YAMLError:
        return value
    except RecursionError:
        raise DealError(f"--set {written}: is nested more than {DEEPEST} deep; a deal file is not") from None
    except ValueError as error:
        if DATE.match(value):
            raise DealError(f"--set {written}: is not a date ({error}); write it as 2027-01-20") from None
        raise DealError(f"--set {written}: cannot be read as a number; put a text in quotes") from None


def validated(model: type[BaseModel], document: Document) -> Any:
    """The model of a document; every mistake becomes a finding with its line.

    Raises
    ------
    DealError : one sentence for each mistake
    """
    try:
        return model.model_validate(document.tree)
    except ValidationError as error:
        findings = []
        for item in error.errors():
            words, at, said = located(item, document.tree)
            if item["type"] == "missing":
                said = f"'{words[-1]}' is missing"
                at = at[:-1] if at and str(at[-1]) == words[-1] else at
            findings.append(Finding("error", document.place(at), said))
        raise DealError.of(dict.fromkeys(findings)) from None


def located(item: Any, tree: Any) -> tuple[list[str], Where, str]:
    """One of pydantic's errors: the words of its path, the path in the tree, and the sentence."""
    at: list[str | int] = []
    here = tree
    below = getattr(item.get("ctx", {}).get("error"), "at", ())
    for word in [*filter(None, path_of(item, tree).split(".")), *map(str, below)]:
        if isinstance(here, dict):
            key: str | int = next((k for k in here if str(k) == word), word)
            here = here.get(key)
        elif isinstance(here, list) and word.isdigit() and int(word) < len(here):
            key = int(word)
            here = here[key]
        else:
            key, here = word, None
        at.append(key)
    return [str(word) for word in at] or ["the deal"], tuple(at), sentence(item)
