"""The status of a loan: the words of sources in ours, from the data file words/status.yaml."""

from __future__ import annotations

import re
import unicodedata
from functools import cache
from pathlib import Path

WORDS = Path(__file__).parent / "words" / "status.yaml"

#: A loan that was never made, or was taken back, is no receivable.
CANCELLED = "cancelled"


def simple(word: str) -> str:
    """A word in one spelling.

    >>> simple("Charged-Off"), simple("Late (16-30 days)")
    ('charged off', 'late 16 30 days')
    """
    return re.sub(r"[\s\-_()/.,>]+", " ", unicodedata.normalize("NFKC", word)).strip().lower()


@cache
def synonyms() -> dict[str, str]:
    """The words of sources, in one spelling -> our word."""
    from abs_struct.tape.layout import read_yaml

    table = read_yaml(WORDS, "list of words")
    return {simple(word): ours for ours, words in table.items() for word in (ours, *words)}


def status_of(word: str) -> str | None:
    """Our word for a status, or None where nobody knows it.

    >>> status_of("Chargedoff"), status_of("已结清"), status_of("Fully  PAID"), status_of("weird")
    ('charged_off', 'paid', 'paid', None)
    """
    return synonyms().get(simple(word))
