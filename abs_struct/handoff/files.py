"""Files: they appear whole or not at all, and a text from a tape is never a formula in them."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from abs_struct.core.findings import UsageError

CONTROL = re.compile(r"[\x00-\x08\x0b-\x0c\x0e-\x1f\x7f\ud800-\udfff\ufffe\uffff]")
LONGEST = 32_767


@contextmanager
def whole(path: Path) -> Iterator[Path]:
    """A draft beside the file, which takes its place when nothing went wrong.

    Raises
    ------
    UsageError : nothing can be written there
    """
    draft = path.with_name(f".{path.stem}.{os.getpid()}.part{path.suffix}")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        draft.touch()
    except OSError as error:
        reason = (error.strerror or "no reason given").lower()
        raise UsageError(f"{path}: cannot be written ({reason}); choose another folder") from None
    try:
        yield draft
        draft.replace(path)
    finally:
        draft.unlink(missing_ok=True)


def plain_text(text: object) -> str:
    r"""Text that a cell can hold: no control characters, no more than a cell takes.

    >>> plain_text("a\x07b")
    'ab'
    """
    return CONTROL.sub("", str(text))[:LONGEST]


def csv_text(text: object) -> str:
    """Text of a CSV cell; what a spreadsheet would run as a formula begins with an apostrophe.

    >>> csv_text("=1+1"), csv_text("L001")
    ("'=1+1", 'L001')
    """
    clean = plain_text(text)
    return f"'{clean}" if clean[:1] in {"=", "+", "-", "@", "\t", "\r"} else clean
