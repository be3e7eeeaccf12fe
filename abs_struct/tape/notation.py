"""The decimal sign of each column of a file: from its own cells, or from the other columns."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from abs_struct.core.findings import TapeError
from abs_struct.tape.layout import Layout
from abs_struct.tape.packed import Packed
from abs_struct.tape.readers import Table
from abs_struct.tape.tape import Ambiguous
from abs_struct.tape.written import decimal_sign, standardised

SIGNS = {"point": ".", "comma": ","}
NUMBERS = ("money", "rate", "share", "number", "score", "count")


def blanked(texts: Sequence[str], blanks: Sequence[str]) -> Sequence[str]:
    """A column in which the words that stand for a blank are blank."""
    if not blanks:
        return texts
    words = set(blanks)
    return ["" if text.strip() in words else text for text in texts]


def numbers_of(
    name: str, texts: Sequence[str], table: Table, places: Mapping[str, int], layout: Layout
) -> Sequence[str]:
    """A column of numbers in the one notation that the readers know.

    Raises
    ------
    TapeError : its numbers can be read in two ways, and nothing in the file decides
    """
    words = set(texts)
    if all(is_plain(word) for word in words) and (table.sign == "," or not any("." in word for word in words)):
        return texts
    sign = SIGNS.get(layout.decimal, "")
    try:
        sign = sign or sign_of_column(texts, table, places, layout)
    except Ambiguous as error:
        raise TapeError(
            f"{table.file}, column {table.header[places[name]]}: {error}; say `decimal: point` or `decimal: comma` "
            f"in a layout file (`abs-struct tape map` writes one)"
        ) from None
    return standardised(texts, sign)


def is_plain(word: str) -> bool:
    """Whether a cell is digits with at most a point and a minus."""
    return (word.isascii() and word.strip().removeprefix("-").replace(".", "", 1).isdigit()) or not word.strip()


def sign_of_column(texts: Sequence[str], table: Table, places: Mapping[str, int], layout: Layout) -> str:
    """The decimal sign of a column; where its cells leave it open, that of the other columns.

    Raises
    ------
    Ambiguous : its cells contradict each other, or nothing decides in a file that has no commas between its cells
    """
    found = decimal_sign(set(texts))
    if found != "?":
        return found or "."
    others = set()
    for name, at in places.items():
        cells = table.columns[at]
        if layout.columns[name].kind in NUMBERS and not isinstance(cells, Packed):
            others.add(decimal_sign(set(cells)))
    decided = others & {".", ","}
    if len(decided) == 1:
        return decided.pop()
    if table.sign == ",":  # a comma in a cell that commas divide is one between thousands
        return "."
    shown = next(word.strip() for word in texts if "." in word or "," in word)
    raise Ambiguous(f"'{shown[:40]}' has a sign that may be a decimal one or stand between thousands")
