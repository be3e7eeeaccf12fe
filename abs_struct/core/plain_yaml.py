"""The plain part of YAML, read at once: block mappings and lists, and on one line texts, numbers, dates, { } and [ ].

Nearly every deal and layout is written in it, and reading it so takes a fiftieth of the time of a whole YAML reader.
`read_plain` gives exactly what that reader gives, or None for whatever is not surely plain (an anchor, a text over
several lines, a key that stands twice, any mistake): the caller then asks the whole reader, which also says what is
wrong. A test holds the two side by side.
"""

from __future__ import annotations

import re
from datetime import date
from itertools import takewhile
from typing import Any, NamedTuple

Where = tuple["str | int", ...]

LONGEST = 200_000  # characters
DEEPEST = 20

PRINTABLE = re.compile(r"[\n\x20-\x7e]*")
KEY = re.compile(r"([A-Za-z]\w*|0|[1-9]\d{0,9}):(?: +|$)")
QUOTED = re.compile(r"'([^']*)'(?!')|\"([^\"\\]*)\"")
BEGINS = re.compile(r"[A-Za-z0-9(]|-\d")  # how a plain text begins; every other sign may have a meaning
IN_FLOW = re.compile(r"(?:[A-Za-z0-9(]|-\d)[^,\[\]{}:#]*")
INTEGER = re.compile(r"-?(?:0|[1-9]\d{0,14})")
GROUPED = re.compile(r"-?[1-9]\d{0,2}(?:_\d{3}){1,4}")
DECIMAL = re.compile(r"-?(?:0|[1-9]\d{0,14})\.\d{1,15}")
DAY = re.compile(r"\d{4}-\d{2}-\d{2}")
NUMERIC = re.compile(r"[-+0-9][-+0-9a-fA-FxXoOtTzZ_.: ]*")  # may be a number or a time in another notation
WORDS = {"true": True, "True": True, "TRUE": True, "false": False, "False": False, "FALSE": False}
NOTHING = ("null", "Null", "NULL")


class NotPlain(Exception):  # noqa: N818 - a road that was not taken, no error
    """The text is not surely plain."""


class Row(NamedTuple):
    """A line of the text that is neither blank nor a comment, without its indentation."""

    line: int
    indent: int
    text: str


def read_plain(text: str) -> tuple[dict[Any, Any], dict[Where, int]] | None:
    """The mapping that a plain YAML text is, with the line of every key and item; None where it is not plain.

    >>> read_plain("fees: [1, 2.5%]  # a year")
    ({'fees': [1, '2.5%']}, {('fees',): 1, ('fees', 0): 1, ('fees', 1): 1})
    >>> read_plain("base: &other 1")
    """
    if len(text) > LONGEST or not PRINTABLE.fullmatch(text):
        return None
    try:
        return Reading(text).document()
    except NotPlain:
        return None


def indentation(line: str) -> int:
    """How many spaces a line begins with."""
    return len(line) - len(line.lstrip(" "))


class Reading:
    """One text on its way to a mapping: its rows, and how far it has been read."""

    def __init__(self, text: str) -> None:
        self.raw = text.split("\n")
        self.rows: list[Row] = []
        self.lines: dict[Where, int] = {}
        self.at = 0
        for number, line in enumerate(self.raw, 1):
            words = line.strip(" ")
            if words and words[0] != "#":
                self.rows.append(Row(number, indentation(line), words))

    def document(self) -> tuple[dict[Any, Any], dict[Where, int]]:
        """The whole text."""
        if not self.rows:
            raise NotPlain
        tree = self.mapping(0, ())
        if self.at < len(self.rows):
            raise NotPlain
        return tree, self.lines

    def indent(self) -> int:
        """How far the next row is indented; nothing is left below -1."""
        return self.rows[self.at].indent if self.at < len(self.rows) else -1

    def mapping(self, indent: int, where: Where) -> dict[Any, Any]:
        """The keys at one indentation."""
        found: dict[Any, Any] = {}
        while self.indent() == indent:
            row = self.rows[self.at]
            key = self.key(row.text, 0, found)
            below = (*where, key[0])
            self.lines[below] = row.line
            found[key[0]] = self.after_key(row, row.text[key[1] :], below)
        return found

    def key(self, text: str, at: int, found: dict[Any, Any]) -> tuple[str | int, int]:
        """The key that stands at a place, and the place behind its colon."""
        match = KEY.match(text, at)
        if match is None:
            raise NotPlain
        word = match[1]
        key = int(word) if word[0].isdigit() else word
        if word in WORDS or word in NOTHING or key in found:
            raise NotPlain
        return key, match.end()

    def after_key(self, row: Row, rest: str, where: Where) -> Any:
        """The value of a key: on its line, or indented below it."""
        if len(where) > DEEPEST:
            raise NotPlain
        self.at += 1
        if rest and rest[0] != "#":
            return self.folded(row) if rest == ">-" else self.on_line(row, rest, where)
        if self.indent() == row.indent and self.rows[self.at].text.startswith("- "):
            return self.items(row.indent, where)
        if self.indent() <= row.indent:
            raise NotPlain
        below = self.rows[self.at]
        return self.items(below.indent, where) if below.text.startswith("- ") else self.mapping(below.indent, where)

    def items(self, indent: int, where: Where) -> list[Any]:
        """The items of a list, each behind its dash; an item may be a mapping that begins on the same line."""
        found: list[Any] = []
        while self.indent() == indent and self.rows[self.at].text.startswith("- "):
            row = self.rows[self.at]
            rest = row.text[2:].lstrip(" ")
            below = (*where, len(found))
            self.lines[below] = row.line
            inside = Row(row.line, indent + len(row.text) - len(rest), rest)
            if KEY.match(rest):
                self.rows[self.at] = inside
                found.append(self.mapping(inside.indent, below))
            else:
                self.at += 1
                found.append(self.on_line(row, rest, below))
        return found

    def folded(self, row: Row) -> str:
        """A text of several lines behind `>-`, all of them equally indented and without a blank one between them."""
        below = self.raw[row.line :]
        margin = indentation(below[0]) if below else 0
        parts = [line[margin:] for line in takewhile(lambda line: indentation(line) >= margin, below) if line]
        end = row.line + len(parts)
        while self.indent() >= 0 and self.rows[self.at].line <= end:
            self.at += 1
        following = self.rows[self.at].line - 1 if self.at < len(self.rows) else len(self.raw)
        uneven = any(part[:1] in {" ", ""} or part[-1] == " " for part in parts)
        unclear = any(indentation(line) > row.indent for line in self.raw[end:following] if line)  # or a comment
        if margin <= row.indent or not parts or uneven or unclear or self.indent() > row.indent:
            raise NotPlain
        return " ".join(parts)

    def on_line(self, row: Row, rest: str, where: Where) -> Any:
        """A value that stands on one line; whatever is indented below it would continue it."""
        if self.indent() > row.indent:
            raise NotPlain
        if rest[0] in "{[\"'":
            value, end = self.flow(rest, 0, where, row.line)
            behind = rest[end:]
            if behind.lstrip(" ") and not re.match(" +#", behind):
                raise NotPlain
            return value
        word = rest.partition(" #")[0].rstrip(" ")
        if not BEGINS.match(word) or ": " in word or word[-1] == ":":
            raise NotPlain
        return scalar(word)

    def flow(self, text: str, at: int, where: Where, line: int) -> tuple[Any, int]:
        """The value in { }, in [ ], in quotes or plain that begins at a place, and the place behind it."""
        if len(where) > DEEPEST:
            raise NotPlain
        sign = text[at : at + 1]
        if sign == "{":
            return self.flow_mapping(text, at + 1, where, line)
        if sign == "[":
            return self.flow_items(text, at + 1, where, line)
        if match := QUOTED.match(text, at):
            return match[1] if match[1] is not None else match[2], match.end()
        if match := IN_FLOW.match(text, at):
            return scalar(match[0].rstrip(" ")), match.end()
        raise NotPlain

    def flow_mapping(self, text: str, at: int, where: Where, line: int) -> tuple[dict[Any, Any], int]:
        """The mapping behind a {, and the place behind its }."""
        found: dict[Any, Any] = {}
        while True:
            key, at = self.key(text, past_spaces(text, at), found)
            below = (*where, key)
            self.lines[below] = line
            found[key], at = self.flow(text, at, below, line)
            at = past_spaces(text, at)
            if text[at : at + 1] == "}":
                return found, at + 1
            at = past_comma(text, at)

    def flow_items(self, text: str, at: int, where: Where, line: int) -> tuple[list[Any], int]:
        """The list behind a [, and the place behind its ]."""
        found: list[Any] = []
        while True:
            below = (*where, len(found))
            self.lines[below] = line
            value, at = self.flow(text, past_spaces(text, at), below, line)
            found.append(value)
            at = past_spaces(text, at)
            if text[at : at + 1] == "]":
                return found, at + 1
            at = past_comma(text, at)


def past_spaces(text: str, at: int) -> int:
    """The place of the next sign that is no space."""
    while text[at : at + 1] == " ":
        at += 1
    return at


def past_comma(text: str, at: int) -> int:
    """The place behind a comma and the space that follows it."""
    if text[at : at + 2] != ", ":
        raise NotPlain
    return at + 2


def scalar(word: str) -> Any:
    """A plain word as YAML 1.2 reads it: truth, number, date or text."""
    if word in WORDS:
        return WORDS[word]
    if word in NOTHING:
        raise NotPlain
    if not NUMERIC.fullmatch(word):
        return word
    if INTEGER.fullmatch(word):
        return int(word)
    if GROUPED.fullmatch(word):
        return int(word.replace("_", ""))
    if DECIMAL.fullmatch(word):
        return float(word)
    if DAY.fullmatch(word):
        try:
            return date.fromisoformat(word)
        except ValueError:
            raise NotPlain from None
    raise NotPlain
