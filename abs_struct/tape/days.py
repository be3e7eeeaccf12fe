"""Dates in the notations of the world: that of a column is found from all its cells, or refused as ambiguous."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Sequence
from datetime import date, datetime, timedelta

from abs_struct.tape.tape import Ambiguous

EXCEL = date(1899, 12, 30)  # day 0 of a spreadsheet, for every day after February 1900
QUARTER = re.compile(r"(?:Q([1-4])[\s\-/]*(\d{4})|(\d{4})[\s\-/]*Q([1-4]))", re.IGNORECASE)
SERIAL = re.compile(r"(\d{5})(?:\.\d+)?")
TIME = re.compile(r"[ T]\d{1,2}:\d{2}(?::\d{2}(?:\.\d+)?)?(?:Z|[+-]\d\d:?\d\d)?(?: ?[AP]M)?$", re.IGNORECASE)

#: Notations in the order in which they are tried; the first group of them that reads every cell is taken.
PLAIN = ("%Y-%m-%d", "%Y/%m/%d", "%Y.%m.%d", "%Y年%m月%d日", "%Y年%m月", "%Y-%m", "%Y/%m", "%m/%Y", "%m-%Y")
WORDS = ("%b-%Y", "%b %Y", "%B %Y", "%b-%y", "%d-%b-%Y", "%d %b %Y", "%d %B %Y", "%d-%b-%y", "%b %d, %Y", "%B %d, %Y")
DAY_FIRST = ("%d/%m/%Y", "%d-%m-%Y", "%d.%m.%Y", "%d/%m/%y", "%d.%m.%y", "%d-%m-%y")
MONTH_FIRST = ("%m/%d/%Y", "%m-%d-%Y", "%m.%d.%Y", "%m/%d/%y", "%m.%d.%y", "%m-%d-%y")
DIGITS = ("%Y%m%d", "%y%m%d")


def excel(text: str) -> date | None:
    """A serial number of a spreadsheet: 41821 is 2014-07-01.

    >>> excel("41821")
    datetime.date(2014, 7, 1)
    """
    found = SERIAL.fullmatch(text)
    return EXCEL + timedelta(days=int(found[1])) if found else None


def quarter(text: str) -> date | None:
    """The first day of a quarter: Q3 2007, 2007Q3, 2007-Q3.

    >>> quarter("Q3 2007"), quarter("2007Q1")
    (datetime.date(2007, 7, 1), datetime.date(2007, 1, 1))
    """
    found = QUARTER.fullmatch(text)
    if not found:
        return None
    year, part = (found[2], found[1]) if found[1] else (found[3], found[4])
    return date(int(year), 3 * int(part) - 2, 1)


def by_pattern(text: str, pattern: str) -> date | None:
    """A date by a pattern of strptime; a time of day behind it is left off. Two digits need six of them: 930705."""
    if pattern in DIGITS and not (text.isdigit() and len(text) == (8 if pattern == "%Y%m%d" else 6)):
        return None
    try:
        return datetime.strptime(text, pattern).date()
    except ValueError:
        return None


def in_notation(text: str, notation: str) -> date | None:
    """A date in one notation: excel, quarter, or a pattern.

    >>> in_notation("14-08-2009 00:00", "%d-%m-%Y"), in_notation("2026-02-30", "%Y-%m-%d")
    (datetime.date(2009, 8, 14), None)
    """
    special: dict[str, Callable[[str], date | None]] = {"excel": excel, "quarter": quarter}
    if notation in special:
        return special[notation](text)
    if (found := by_pattern(text, notation)) is None and (bare := TIME.sub("", text)) != text:
        found = by_pattern(bare.strip(), notation)
    return found


def detected(words: Sequence[str]) -> tuple[str, ...]:
    """The notations of a column's different cells; a part of them may be unreadable and is reported by row.

    Raises
    ------
    Ambiguous : day and month could each come first, and it matters; or six digits could be two notations
    """
    cells = [TIME.sub("", unicodedata.normalize("NFKC", word).strip()) for word in words if word.strip()]
    cells = sorted(set(cells))
    day_first = {cell: reads(cell, DAY_FIRST) for cell in cells}
    month_first = {cell: reads(cell, MONTH_FIRST) for cell in cells}
    either = [cell for cell in cells if day_first[cell] and month_first[cell] and day_first[cell] != month_first[cell]]
    only_day = next((cell for cell in cells if day_first[cell] and not month_first[cell]), "")
    only_month = next((cell for cell in cells if month_first[cell] and not day_first[cell]), "")
    if only_day and only_month:
        raise Ambiguous(f"'{only_day}' begins with the day and '{only_month}' with the month")
    if either and not only_day and not only_month:
        a, b = day_first[either[0]], month_first[either[0]]
        raise Ambiguous(f"every date can begin with the day or with the month: '{either[0]}' is {a} or {b}")
    order = MONTH_FIRST if only_month else DAY_FIRST
    groups = [PLAIN, WORDS, order, DIGITS, ("excel",), ("quarter",)]
    return tuple(notation for group in groups for notation in group if any(in_notation(c, notation) for c in cells))


def reads(cell: str, notations: Sequence[str]) -> date | None:
    """A cell in the first of some notations that reads it."""
    return next((found for notation in notations if (found := in_notation(cell, notation))), None)
