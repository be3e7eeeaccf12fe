"""The base of every model of a document: frozen, no unknown keys, and sentences instead of codes."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pydantic import BaseModel, ConfigDict, ValidationError, model_validator

from abs_struct.core.findings import listed, nearest


class MisplacedError(ValueError):
    """What a check of a whole block found, with the place below the block where it stands."""

    def __init__(self, said: str, *at: str | int) -> None:
        super().__init__(said)
        self.at = at


class Terms(BaseModel):
    """A part of a document: validated once, never changed."""

    model_config = ConfigDict(frozen=True, extra="forbid", populate_by_name=True, defer_build=True)

    @model_validator(mode="before")
    @classmethod
    def known_keys(cls, written: Any) -> Any:
        """Refuse what would not be used, and name what was probably meant."""
        if not isinstance(written, Mapping):
            return written
        allowed = [field.alias or name for name, field in cls.model_fields.items()]
        known = {*allowed, *cls.model_fields}
        unknown = [str(key) for key in written if str(key) not in known]
        if unknown:
            raise ValueError(f"unknown key '{unknown[0]}'{nearest(unknown[0], allowed)} (allowed: {listed(allowed)})")
        return written


def problems(error: ValidationError, written: Any) -> list[tuple[str, str]]:
    """What pydantic found, as pairs of a path in the document and one sentence.

    Parts of pydantic's location that do not occur in the document (the name of a union's branch) are left out.

    Parameters
    ----------
    error : what the validation raised
    written : the document that was validated, as plain dicts, lists and scalars

    Returns
    -------
    list of (path, sentence), both texts without a unit

    Raises
    ------
    Nothing

    Source: definition.

    >>> class Note(Terms):
    ...     balance: float
    >>> try:
    ...     Note.model_validate({"balanc": 1.0})
    ... except ValidationError as error:
    ...     problems(error, {"balanc": 1.0})
    [('', "unknown key 'balanc'; did you mean 'balance'? (allowed: balance)")]
    """
    return [(path_of(found, written), sentence(found)) for found in error.errors()]


def path_of(found: Any, written: Any) -> str:
    """The path in the document of one thing pydantic found."""
    words: list[str] = []
    here = written
    location = found["loc"]
    for place, word in enumerate(location):
        if isinstance(here, Mapping) and word in here:
            here = here[word]
        elif isinstance(here, Mapping) and any(str(key) == str(word) for key in here):
            here = next(entry for key, entry in here.items() if str(key) == str(word))
        elif isinstance(here, list | tuple) and isinstance(word, int) and word < len(here):
            here = here[word]
        elif not (found["type"] == "missing" and place == len(location) - 1):
            continue
        words.append(str(word))
    return ".".join(words)


def sentence(found: Any) -> str:
    """One sentence for one thing pydantic found."""
    kind, got = found["type"], found.get("input")
    if kind == "value_error":
        return str(found["msg"]).removeprefix("Value error, ")
    if kind == "missing":
        return "is missing"
    if kind in {"model_type", "model_attributes_type", "dict_type"}:
        return f"'{got}' is not a set of named fields; write key: value"
    if kind in {"list_type", "tuple_type"}:
        return f"'{got}' is not a list; write [..., ...]"
    if kind == "string_type":
        return f"'{got}' is not a text; put a text in quotes"
    if kind in {"bool_type", "bool_parsing"}:
        return f"'{got}' is neither true nor false"
    if kind in {"int_type", "int_parsing", "int_from_float"}:
        return f"'{got}' is not a whole number"
    if kind == "too_short":
        return "is empty; write at least one"
    if kind == "string_pattern_mismatch" and found["ctx"]["pattern"] == "^[A-Z]{3}$":
        return f"'{got}' is not a currency; write its code of three capitals, such as USD"
    return f"{found['msg'][:1].lower()}{found['msg'][1:]} (got '{got}')"
