"""Lines of a tape that are no loans (titles, headings, footers, totals): each is named, none is counted."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Sequence

TOTALS = {
    "total", "totals", "sum", "subtotal", "sub-total", "grandtotal", "overall", "summe", "gesamt",
    "合计", "总计", "小计", "共计", "累计",
}  # fmt: skip
WORDS = re.compile(r"[^\W\d_]{2,}")


def is_no_loan(cells: Sequence[str]) -> bool:
    """Whether a faulty row is no loan at all: one cell with words in it, or a line of totals.

    >>> is_no_loan(["Loans that do not meet the credit policy", "", ""]), is_no_loan(["Total", "", "900.00", ""])
    (True, True)
    >>> is_no_loan(["0001", "", "900.00", ""]), is_no_loan(["0001", "", ""])
    (False, False)
    """
    filled = [cell.strip() for cell in cells if cell.strip()]
    if not filled:
        return True
    first = unicodedata.normalize("NFKC", filled[0]).lower().strip(" :：").replace(" ", "")
    if first in TOTALS and 2 * len(filled) <= len(cells) + 1:
        return True
    word = unicodedata.normalize("NFKC", filled[0])
    return (
        len(filled) == 1
        and len(cells) > 2
        and (len(WORDS.findall(word)) >= 2 or (not word.isascii() and len(word) > 3))
    )


def no_loans(rows: Iterable[tuple[int, Sequence[str]]]) -> dict[int, str]:
    """Index -> the words of each line that is no loan, of (index, cells) of faulty rows."""
    found = {}
    for index, cells in rows:
        if is_no_loan(cells):
            found[index] = " ".join(cell.strip() for cell in cells if cell.strip())[:60]
    return found
