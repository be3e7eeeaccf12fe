"""Numbers as a document writes them: `18%`, `45 bp`, `1_000_000`; each with the range its meaning allows.

A number outside its range is refused by a sentence that says how it was probably meant: a CDR of 6 is 6 %, and a
speed of 150 is 150 % PSA. Every one of these is a float afterwards, and so a scenario axis of the deal.
"""

from __future__ import annotations

import re
from decimal import Decimal
from typing import Annotated, Any

from pydantic import BeforeValidator, WithJsonSchema

from abs_struct.core.findings import listed, nearest

NUMBER = re.compile(r"^\s*([+-]?(?:\d[\d_]*\.?[\d_]*|\.\d[\d_]*)(?:[eE][+-]?\d+)?)\s*(%|bps?\b)?\s*$")
THOUSANDS = re.compile(r"^\s*[+-]?\d{1,3}(,\d{3})+(\.\d+)?\s*(%|bps?)?\s*$")
#: No amount of money is larger: above it a float no longer holds a cent.
LARGEST = 1e15
UNIT = {"%": Decimal(100), "bp": Decimal(10_000), "bps": Decimal(10_000), None: Decimal(1)}


def number(written: object, word: str = "number") -> float:
    """A number as written, as a float: rounded once, as the decimal it was written as.

    Parameters
    ----------
    written : scalar, a number or a text such as "18%", "45 bp", "1_000_000"; pure number
    word : what it is called in the message

    Returns
    -------
    scalar, pure number (a fraction where % or bp was written)

    Raises
    ------
    ValueError : not a number, or one beyond 1e15

    Source: definition.

    >>> number("18%"), number("45 bp"), number("1_000_000"), number(0.06)
    (0.18, 0.0045, 1000000.0, 0.06)
    """
    if isinstance(written, str):
        found = NUMBER.match(written)
        if not found:
            hint = f"; write {written.replace(',', '_')}" if THOUSANDS.match(written) else ""
            raise ValueError(f"'{written}' is not {article(word)}{hint}")
        if abs(float(found[1].replace("_", ""))) > LARGEST:  # before Decimal, which keeps an exponent of any size
            raise ValueError(f"{written} is too large for {article(word)}; the largest is {LARGEST:g}")
        return float(Decimal(found[1].replace("_", "")) / UNIT[found[2]])
    if isinstance(written, bool) or not isinstance(written, int | float) or written != written:
        raise ValueError(f"{shown(written)} is not {article(word)}")
    if abs(written) > LARGEST:
        raise ValueError(f"{shown(written)} is too large for {article(word)}; the largest is {LARGEST:g}")
    return float(written)


def shown(written: object) -> str:
    """A value in a message, in the words of the document."""
    if written is None:
        return "nothing"
    if isinstance(written, bool):
        return str(written).lower()
    text = str(written) if not isinstance(written, int) or abs(written) <= LARGEST else "a number of so many digits"
    return f"'{text}'" if isinstance(written, str) and not NUMBER.match(written) else text


def article(word: str) -> str:
    """The word with its article."""
    return f"an {word}" if word[0] in "aeiou" else f"a {word}"


def meant(value: float, written: object) -> str:
    """How a percentage that lost its sign should be written, or nothing."""
    plain = not (isinstance(written, str) and written.rstrip().endswith(("%", "p", "s")))
    return f": write {value:g}% or {value / 100:g}" if plain and 1.0 <= value < 100.0 else ""


def rate(written: object) -> float:
    """A rate in [0, 1): a CPR, a CDR, a coupon."""
    value = number(written, "rate")
    if not 0.0 <= value < 1.0:
        raise ValueError(f"{shown(written)} is not a rate; rates lie in [0, 1){meant(value, written)}")
    return value


def margin(written: object) -> float:
    """A rate that is added to another, and may be negative: 0.70%, -25 bp; in (-1, 1)."""
    value = number(written, "margin")
    if not -1.0 < value < 1.0:
        raise ValueError(f"{shown(written)} is not a margin; margins lie in (-1, 1){meant(abs(value), written)}")
    return value


def share(written: object) -> float:
    """A share of a whole in [0, 1]: a recovery, a severity, a weight."""
    value = number(written, "share")
    if not 0.0 <= value <= 1.0:
        raise ValueError(f"{shown(written)} is not a share; shares lie in [0, 1]{meant(value, written)}")
    return value


def speed(written: object) -> float:
    """A multiple of a standard curve: 1.5 or 150 % PSA; at most 20."""
    value = number(written, "speed")
    if value < 0.0:
        raise ValueError(f"{shown(written)} is not a speed; speeds are 0 or more")
    if value > 20.0:
        hint = f": write {value:g}% or {value / 100:g}" if meant_as_percent(value, written) else ""
        raise ValueError(f"{shown(written)} is not a speed; speeds are multiples up to 20 (1.5 is 150%){hint}")
    return value


def meant_as_percent(value: float, written: object) -> bool:
    """Whether a speed that is too high reads well as a percentage."""
    return value <= 2_000.0 and not (isinstance(written, str) and "%" in written)


def amount(written: object) -> float:
    """Money, 0 or more."""
    value = number(written, "amount")
    if value < 0.0:
        raise ValueError(f"{shown(written)} is not an amount; amounts are 0 or more")
    return value


def months(written: object) -> int:
    """A whole number of months, 0 or more."""
    value = number(written, "number of months")
    if value < 0 or value != int(value) or value > 1_200:
        raise ValueError(f"{shown(written)} is not a number of months; it is a whole number from 0 to 1,200")
    return int(value)


def choice(*words: str) -> Any:
    """The type of a field that is one of a few words.

    >>> from pydantic import TypeAdapter
    >>> TypeAdapter(choice("age", "period")).validate_python("age")
    'age'
    """

    def one_of(written: object) -> str:
        if written not in words:
            raise ValueError(f"{shown(written)} is not one of {listed(words)}{nearest(str(written), words)}")
        return str(written)

    return Annotated[str, BeforeValidator(one_of), WithJsonSchema({"type": "string", "enum": list(words)})]


def written_as(text: str, examples: list[Any]) -> WithJsonSchema:
    """The JSON Schema of a number that may also be written as a text with % or bp."""
    pattern = r"^\s*[+-]?[0-9][0-9_]*(\.[0-9_]+)?\s*(%|bps?)?\s*$"
    kinds = [{"type": "number"}, {"type": "string", "pattern": pattern}]
    return WithJsonSchema({"anyOf": kinds, "description": text, "examples": examples})


Rate = Annotated[float, BeforeValidator(rate), written_as("a rate in [0, 1)", ["18%", 0.18, "45 bp"])]
Margin = Annotated[float, BeforeValidator(margin), written_as("a margin in (-1, 1)", ["0.70%", "-25 bp"])]
Share = Annotated[float, BeforeValidator(share), written_as("a share in [0, 1]", ["7%", 0.07])]
Speed = Annotated[float, BeforeValidator(speed), written_as("a multiple of a standard curve", ["150%", 1.5])]
Amount = Annotated[float, BeforeValidator(amount), written_as("an amount, 0 or more", ["1_000_000", 250000])]
Months = Annotated[
    int,
    BeforeValidator(months),
    WithJsonSchema({"type": "integer", "minimum": 0, "description": "whole months"}),
]
