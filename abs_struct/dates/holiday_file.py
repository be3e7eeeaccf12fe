"""A file of holidays: one ISO date a line; `#` begins a comment.

    # closing days of the paying agent
    2027-02-17
    2027-02-20 open      # a Saturday that is worked

A day is closed unless the line says that it is open.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from pathlib import Path
from types import MappingProxyType

from abs_struct.core.findings import DateError, nearest

WORDS = {"open": True, "closed": False}


def read_holidays(file: Path) -> Mapping[date, bool]:
    """The days of a file: day -> whether it is a business day.

    Raises
    ------
    DateError : the file cannot be read, or a line is no date; names file and line
    """
    try:
        text = file.read_text("utf-8-sig")
    except FileNotFoundError:
        near = nearest(file.name, (p.name for p in file.parent.iterdir())) if file.parent.is_dir() else ""
        raise DateError(f"{file}: no such file of holidays{near}") from None
    except OSError as error:
        raise DateError(f"{file}: cannot be read ({error.strerror})") from None
    except UnicodeDecodeError as error:
        raise DateError(f"{file}: byte {error.start} is not UTF-8; save the file of holidays as UTF-8") from None
    days: dict[date, bool] = {}
    for number, line in enumerate(text.splitlines(), 1):
        words = line.partition("#")[0].split()
        if not words:
            continue
        place = f"{file}:{number}"
        day, is_open = day_of(words, place)
        if days.setdefault(day, is_open) is not is_open:
            raise DateError(f"{place}: {day} is both open and closed; keep one of its lines")
    if not days:
        raise DateError(f"{file}: holds no dates; write one a line, such as 2027-02-17")
    return MappingProxyType(days)


def day_of(words: list[str], place: str) -> tuple[date, bool]:
    """A day, and whether it is a business day, from the words of a line."""
    try:
        day = date.fromisoformat(words[0])
    except ValueError:
        raise DateError(f"{place}: '{words[0]}' is not a date; write it as 2027-02-17") from None
    if len(words) > 2 or (len(words) == 2 and words[1] not in WORDS):
        raise DateError(f"{place}: '{' '.join(words[1:])}' behind a date is not one of {', '.join(WORDS)}")
    return day, len(words) == 2 and WORDS[words[1]]
