"""Names that a deal gives to its notes, fees, accounts, clauses: each is a part of the path of a line."""

from __future__ import annotations

from typing import Annotated

from pydantic import BeforeValidator, WithJsonSchema

LONGEST = 60
#: Words that a payment drawn on an account begins with.
DRAWN = "from_"


def as_name(value: object) -> str:
    """A name that can stand in a line's path: letters of any script, digits and _, the first a letter.

    Raises
    ------
    ValueError : what it is instead, and how to write it

    >>> as_name("A_1")
    'A_1'
    """
    if not isinstance(value, str):
        raise ValueError(f"{word_of(value)} is not a name; begin a name with a letter, or put it in quotes")
    if not fits(value):
        raise ValueError(
            f"the name '{value[:LONGEST]}' cannot be a part of a line's path; write '{repaired(value)}' and give it a "
            "label"
        )
    if len(value) > LONGEST:
        raise ValueError(f"the name '{value[:20]}...' is longer than {LONGEST} signs; shorten it and give it a label")
    if value.startswith(DRAWN):
        raise ValueError(f"the name '{value}' begins with '{DRAWN}', which marks draws on accounts; choose another")
    return value


def word_of(value: object) -> str:
    """A value that is no text, in the words of the document."""
    return "nothing" if value is None else str(value).lower() if isinstance(value, bool) else f"'{value}'"


def fits(text: str) -> bool:
    """Whether a text can stand in a path as it is."""
    return text.replace("_", "a").isalnum() and text[0].isalpha()


def repaired(text: str) -> str:
    """The nearest text that fits."""
    clean = "".join(c if c.isalnum() else "_" for c in text).strip("_")[:LONGEST]
    return clean if clean and clean[0].isalpha() else f"X{clean}"


def as_names(value: object) -> object:
    """One name, or a list of different names."""
    if isinstance(value, str):
        return value
    if not isinstance(value, list | tuple) or not all(isinstance(word, str) for word in value):
        raise ValueError(f"{word_of(value)} is not a name nor a list of names; write A, or [A, B]")
    if not value:
        raise ValueError("names nothing; write at least one name, or leave the clause out")
    twice = next((word for i, word in enumerate(value) if word in value[:i]), None)
    if twice is not None:
        raise ValueError(f"'{twice}' stands twice in one clause; name it once")
    return tuple(value)


Name = Annotated[str, BeforeValidator(as_name)]
Names = Annotated[
    str | tuple[str, ...],
    BeforeValidator(as_names),
    WithJsonSchema({"anyOf": [{"type": "string"}, {"type": "array", "items": {"type": "string"}, "minItems": 1}]}),
]
