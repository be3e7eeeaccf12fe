"""Files: they appear whole or not at all, and a text from a tape is never a formula in them."""

from __future__ import annotations

import re

from abs_struct.core.whole import whole

__all__ = ["chart_text", "csv_text", "plain_text", "whole"]

CONTROL = re.compile(r"[\x00-\x08\x0b-\x0c\x0e-\x1f\x7f\ud800-\udfff\ufffe\uffff]")
REFERENCE = re.compile(r"!(?=\$?[A-Za-z])")
LONGEST = 32_767


def plain_text(text: object) -> str:
    r"""Text that a cell can hold: no control characters, no more than a cell takes.

    >>> plain_text("a\x07b")
    'ab'
    """
    return CONTROL.sub("", str(text))[:LONGEST]


def chart_text(text: object) -> str:
    """A title or a name in a chart of Excel, where `=...` and `Sheet!A1` would be taken for references.

    >>> chart_text("=SORT(A)"), chart_text("Now!A1"), chart_text("Class A")
    ('SORT(A)', 'Now! A1', 'Class A')
    """
    return REFERENCE.sub("! ", plain_text(text).lstrip("= ")) or "-"


def csv_text(text: object) -> str:
    """Text of a CSV cell; what a spreadsheet would run as a formula begins with an apostrophe.

    >>> csv_text("=1+1"), csv_text("L001")
    ("'=1+1", 'L001')
    """
    clean = plain_text(text)
    return f"'{clean}" if clean[:1] in {"=", "+", "-", "@", "\t", "\r"} else clean
