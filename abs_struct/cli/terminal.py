"""The terminal: data on stdout, everything else on stderr; plain tables, and progress only where somebody watches."""

from __future__ import annotations

import io
import os
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass, field


@dataclass
class Screen:
    """What the options of the program ask for."""

    quiet: bool = False
    debug: bool = False


SCREEN = Screen()


def settle_streams() -> None:
    """A sign that the terminal cannot show is escaped; it never ends a command."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")


def say(text: str) -> None:
    """A sentence beside the data, on stderr; silent with --quiet."""
    if not SCREEN.quiet:
        print(text, file=sys.stderr)


def complain(text: str) -> None:
    """A mistake, on stderr."""
    print(text, file=sys.stderr)


def print_json(found: object) -> None:
    """One JSON object on stdout."""
    import json

    print(json.dumps(found, indent=1, ensure_ascii=False, allow_nan=False))


def moment() -> str:
    """The time of the clock, as said of files that do not hold it, so that the same run gives the same bytes."""
    from datetime import UTC, datetime

    return datetime.now(UTC).isoformat(sep=" ", timespec="seconds")


def watched() -> bool:
    """Whether somebody looks at stderr."""
    return not SCREEN.quiet and sys.stderr.isatty() and os.environ.get("TERM") != "dumb"


@dataclass
class Progress:
    """One line on stderr that is drawn over: `sweep 4,096 of 16,384  25%  3 s left`."""

    title: str
    started: float = field(default_factory=time.monotonic)
    drawn: bool = False

    def __call__(self, done: int, total: int) -> None:
        """Draw how far the work is."""
        if not watched() or not total:
            return
        spent = time.monotonic() - self.started
        left = f"  {spent / done * (total - done):,.0f} s left" if 0 < done < total and spent > 1.0 else ""
        print(
            f"\r\x1b[K{self.title} {done:,} of {total:,}  {done / total:.0%}{left}", end="", file=sys.stderr, flush=True
        )
        self.drawn = True

    def stage(self, what: str) -> None:
        """Say which part of the work is being done."""
        if watched():
            print(f"\r\x1b[K{self.title}: {what} ...", end="", file=sys.stderr, flush=True)
            self.drawn = True

    def end(self) -> None:
        """Wipe the line."""
        if self.drawn:
            print("\r\x1b[K", end="", file=sys.stderr, flush=True)
            self.drawn = False

    def __enter__(self) -> Progress:
        return self

    def __exit__(self, *error: object) -> None:
        self.end()


def printable(text: object, most: int = 200) -> str:
    """A text from a file, safe for a terminal and not longer than its column."""
    clean = "".join(sign if sign.isprintable() else "?" for sign in str(text))
    return clean if len(clean) <= most else clean[: most - 3] + "..."


def width(text: str) -> int:
    """Columns that a text takes; Chinese signs take two.

    >>> width("A"), width("优先级")
    (1, 6)
    """
    from unicodedata import east_asian_width

    return sum(2 if east_asian_width(sign) in "WF" else 1 for sign in text)


def table(header: Sequence[str], rows: Sequence[Sequence[str]], left: int = 1) -> str:
    """A table as text: the first `left` columns to the left, numbers to the right.

    >>> print(table(["Class", "WAL"], [["A", "0.80"], ["B", "12.02"]]))
    Class    WAL
    -----  -----
    A       0.80
    B      12.02
    """
    cells = [list(header), *[list(map(str, row)) for row in rows]]
    widths = [max(width(row[at]) for row in cells) for at in range(len(header))]

    def written(row: Sequence[str]) -> str:
        spaces = [" " * (widths[at] - width(text)) for at, text in enumerate(row)]
        parts = [
            text + gap if at < left else gap + text for at, (text, gap) in enumerate(zip(row, spaces, strict=True))
        ]
        return "  ".join(parts).rstrip()

    lines = [written(cells[0]), "  ".join("-" * size for size in widths), *(written(row) for row in cells[1:])]
    return "\n".join(lines)
