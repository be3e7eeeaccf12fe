"""Numbers as people write them: 1.234,56 and 1,234.56, 1 234,56, ¥5,000, (120.00), full-width digits.

Which sign is the decimal one is decided for a whole column, or by the other columns of the file, never by one cell;
where it could be either, the column is refused.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Sequence

from abs_struct.tape.tape import Ambiguous

CURRENCY = re.compile(
    r"^([+-]?)(?:[$€£¥₩₹]|USD|EUR|GBP|CNY|RMB|CHF|TWD|US\$|NT\$|HK\$)\s*|\s*(?:[€£¥元]|EUR|USD|CNY|RMB|GBP|CHF|TWD)$"
)
BLANK = re.compile(r"(?<=\d)[\s'’](?=\d{3}(?:\D|$))")  # between groups of thousands
FIGURES = re.compile(r"([+-]?)(\d*(?:[.,]\d+)*[.,]?)(%?)")
NUMBER = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)%?")
FEW = 50  # one cell in so many may be a slip


def stripped(word: str) -> str:
    """A number without currency, blanks between thousands and full-width signs; brackets are a minus.

    >>> stripped("¥ 5,000"), stripped("(120.00)"), stripped("1 234,50 EUR"), stripped("１２")
    ('5,000', '-120.00', '1234,50', '12')
    """
    if not word.isascii():
        word = unicodedata.normalize("NFKC", word).replace("−", "-").replace("￥", "¥")
    word = word.strip()
    if word.endswith("%"):
        word = f"{word[:-1].rstrip()}%"
    if word.startswith("(") and word.endswith(")"):
        word = f"-{word[1:-1].strip()}"
    return BLANK.sub("", CURRENCY.sub(r"\1", word).strip())


def sign_of(word: str) -> str:
    """The decimal sign that a number shows: "." or ","; "?" where its one sign may stand for thousands; "" without one.

    >>> [sign_of(word) for word in ("1.234,5", "1,234,567", "0,125", "12,5", "1,234", "1234.567", "36")]
    [',', '.', ',', ',', '?', '.', '']
    """
    points, commas = word.count("."), word.count(",")
    if not points and not commas:
        return ""
    if points and commas:
        return "." if word.rindex(".") > word.rindex(",") else ","
    sign = "." if points else ","
    if points + commas > 1:
        return "," if points else "."
    before, after = word.lstrip("+-").rstrip("%").split(sign)
    if len(after) != 3 or not before.strip("0") or len(before) > 3:
        return sign
    return "?"


def decimal_sign(words: Iterable[str]) -> str:
    """The decimal sign of a column: ".", ","; "?" where only thousands or three decimals were seen; "" where none.

    Where few cells show another sign than all the others, they are the ones that cannot be read.

    Raises
    ------
    Ambiguous : some cells show the one sign and some the other
    """
    seen: dict[str, list[str]] = {}
    for word in words:
        if ("," in word or "." in word) and FIGURES.fullmatch(bare := stripped(word)):
            sign = sign_of(bare)
            if sign == "?" or NUMBER.fullmatch(standard(word, sign)):
                seen.setdefault(sign, []).append(word.strip())
    points, commas = seen.get(".", []), seen.get(",", [])
    if points and commas and FEW * min(len(points), len(commas)) > max(len(points), len(commas)):
        raise Ambiguous(f"'{points[0][:40]}' has a decimal point and '{commas[0][:40]}' a decimal comma")
    if points or commas:
        return "." if len(points) > len(commas) else ","
    return "?" if "?" in seen else ""


def standard(word: str, sign: str) -> str:
    """A number with a decimal point and nothing between thousands; whatever is no number stays as it is.

    >>> standard("1.234,56", ","), standard("$1,234.56", "."), standard(".5", "."), standard("12,5%", ",")
    ('1234.56', '1234.56', '.5', '12.5%')
    """
    bare = stripped(word)
    found = FIGURES.fullmatch(bare)
    if not found or not any(map(str.isdigit, bare)):
        return word
    other = "," if sign == "." else "."
    whole, dot, rest = found[2].partition(sign)
    groups = whole.split(other)
    if other in rest or sign in rest or any(len(group) != 3 for group in groups[1:]):
        return word
    if len(groups) > 1 and not 1 <= len(groups[0]) <= 3:
        return word
    return f"{found[1]}{''.join(groups)}{'.' if dot else ''}{rest}{found[3]}"


def standardised(texts: Sequence[str], sign: str) -> list[str]:
    """A column of numbers in the one notation that the readers know."""
    known = {word: standard(word, sign) for word in set(texts)}
    return [known[word] for word in texts]
