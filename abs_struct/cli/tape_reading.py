"""What the commands of abs-struct tape share: reading a tape, and printing what was read, accepted and rejected."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from abs_struct.tape.tape import Tape


def read(file: str | Path, layout: str | None, as_of: str, cutoff: str | None = None) -> Tape:
    """The tape, or the sentence for a word that --as-of does not take."""
    from abs_struct.core.findings import UsageError, nearest
    from abs_struct.tape.read import read_tape

    words: tuple[Literal["cutoff", "origination", "auto"], ...] = ("cutoff", "origination", "auto")
    for word in words:
        if word == as_of:
            return read_tape(file, layout, word, cutoff=cutoff)
    raise UsageError(f"--as-of '{as_of}' is not one of {', '.join(words)}{nearest(as_of, words)}")


def printable(text: str, width: int = 80) -> str:
    """A text from a tape, safe for a terminal and not longer than its column."""
    clean = "".join(sign if sign.isprintable() else "?" for sign in text)
    return clean if len(clean) <= width else clean[: width - 3] + "..."


def print_totals(tape: Tape) -> None:
    """Read = accepted + rejected, in rows and in money."""
    totals = tape.totals()
    print(f"{'':<12}{'rows':>12}{'balance':>22}{'original balance':>22}")
    for name, rows, balance, original in (
        ("read", totals.rows_read, totals.balance_read, totals.original_read),
        ("accepted", totals.accepted, totals.balance_accepted, totals.original_accepted),
        ("rejected", totals.rejected, totals.balance_rejected, totals.original_rejected),
    ):
        print(f"{name:<12}{rows:>12,}{balance / 100:>22,.2f}{original / 100:>22,.2f}")
    if totals.unreadable:
        print(f"{totals.unreadable:,} rejected rows have no readable balance and count as 0.00")
    for note in tape.notes:
        print(printable(str(note), 200))
