"""From texts to numbers, dates and words, column by column; what cannot be read is reported by row."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from datetime import date
from operator import itemgetter

import numpy as np
from numpy.typing import NDArray

from abs_struct.core.findings import listed, nearest
from abs_struct.tape.layout import Source
from abs_struct.tape.packed import Packed
from abs_struct.tape.tape import REPAYMENT, Column

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]

NUMBER = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?")
GROUPED = re.compile(r"([+-]?)[$€£¥]?\s*([+-]?)(\d{1,3}(?:,\d{3})+|\d+)(\.\d*)?")
TERM = re.compile(r"(\d+)\s*(months?|mos?\.?|m|个月|月|期|years?|yrs?\.?|y|年)", re.IGNORECASE)
ISO = re.compile(r"\d{4}-\d{2}-\d{2}")
LONGEST_TEXT = 256
LARGEST = 1e12  # currency units: nobody lends more to one consumer, and cents stay exact

Say = Callable[[int], str]


class Faults:
    """What is wrong with which row: the first fault names the field, all of them give the reason."""

    def __init__(self, count: int) -> None:
        self.by_row: dict[int, list[tuple[str, str]]] = {}
        self.clean: Bools = np.ones(count, dtype=bool)
        self.notes: list[str] = []  # what was found of a whole column

    def add(self, field: str, index: int, reason: str) -> None:
        self.by_row.setdefault(index, []).append((field, reason))
        self.clean[index] = False

    def without(self, field: str) -> Faults:
        """The faults but those of one field."""
        left = Faults(len(self.clean))
        for index, faults in self.by_row.items():
            for name, reason in faults:
                if name != field:
                    left.add(name, index, reason)
        return left

    def where(self, field: str, mask: Bools, say: Say) -> None:
        """A fault in every row of a mask."""
        for index in np.flatnonzero(mask).tolist():
            self.add(field, index, say(index))


def distinct(texts: Sequence[str]) -> tuple[list[str], NDArray[np.intp]]:
    """The different cells of a column, and which of them each row (N,) holds: each is interpreted once.

    >>> words, at = distinct(["CA", "TX", "CA"])
    >>> [words[i] for i in at]
    ['CA', 'TX', 'CA']
    """
    if isinstance(texts, Packed):
        return texts.distinct()
    words = list(set(texts))
    if 2 * len(words) >= len(texts):  # nearly all differ: each row on its own
        return list(texts), np.arange(len(texts))
    place = {word: i for i, word in enumerate(words)}
    return words, np.array(itemgetter(*texts)(place))


def short(text: str) -> str:
    """A cell in a message, never long and never with line breaks."""
    return repr(text if len(text) <= 40 else text[:37] + "...")


def numbers(texts: Sequence[str], kind: str) -> tuple[Floats, Bools, Bools]:
    """Numbers (N,), and masks of the cells that are blank and of those that are no number; both nan."""
    if isinstance(texts, Packed) and (exact := texts.decimals()) is not None:
        nothing = np.zeros(len(texts), dtype=bool)
        return exact, nothing, nothing
    words, at = distinct(texts)
    values, blank, bad = (
        np.empty(len(words)),
        np.zeros(len(words), dtype=bool),
        np.zeros(len(words), dtype=bool),
    )
    try:
        values[:] = list(map(float, words))
        plain = bool(np.isfinite(values).all()) and "_" not in "".join(words)
    except ValueError:
        plain = False
    for i, text in enumerate(() if plain else words):
        value = one_number(text.strip(), kind)
        values[i] = np.nan if value is None else value
        blank[i] = not text.strip()
        bad[i] = not (blank[i] or np.isfinite(values[i]))
    return values[at], blank[at], bad[at]


def one_number(word: str, kind: str) -> float | None:
    """One cell as a number, or None."""
    return float(word) if NUMBER.fullmatch(word) else written_otherwise(word, kind)


def written_otherwise(word: str, kind: str) -> float | None:
    """A number with a sign that its kind allows: $5,000.50 as money, 36 months as a term.

    >>> written_otherwise("$5,000.50", "money"), written_otherwise("36 months", "months")
    (5000.5, 36.0)
    """
    if kind == "money" and (found := GROUPED.fullmatch(word)) and not (found[1] and found[2]):
        return float(f"{found[1] or found[2]}{found[3].replace(',', '')}{found[4] or ''}")
    if kind == "months" and (found := TERM.fullmatch(word)):
        return float(found[1]) * (12.0 if found[2].lower().startswith(("y", "年")) else 1.0)
    return None


def read_numbers(name: str, source: Source, texts: Sequence[str], faults: Faults) -> Floats:
    """A numeric column; a blank cell is nan, or a fault where the field is required."""
    values, blank, bad = numbers(texts, source.kind)
    if source.scale != 1.0:
        values = values * source.scale
    faults.where(name, bad, lambda i: f"{name} {short(texts[i])} is not a number")
    if source.required:
        faults.where(name, blank, lambda i: f"{name} is blank")
    return values


def read_money(name: str, source: Source, texts: Sequence[str], faults: Faults) -> Floats:
    """Currency units; what is larger than any loan is not money."""
    values = read_numbers(name, source, texts, faults)
    with np.errstate(invalid="ignore"):
        large = np.abs(values) > LARGEST
    faults.where(name, large, lambda i: f"{name} {short(texts[i])} is larger than {LARGEST:,.0f}")
    return np.where(large, np.nan, values)


def read_rate(name: str, source: Source, texts: Sequence[str], faults: Faults) -> Floats:
    """Fractions per year, rounded to 8 decimals; a cell with % is percent whatever the unit."""
    marked = np.zeros(len(texts), dtype=bool)
    bare = texts
    if any("%" in word for word in distinct(texts)[0]):
        marked = np.array([text.rstrip().endswith("%") for text in texts], dtype=bool)
        bare = [text.rstrip().removesuffix("%") for text in texts]
    values, blank, bad = numbers(bare, "rate")
    faults.where(name, bad, lambda i: f"{name} {short(texts[i])} is not a number")
    if source.required:
        faults.where(name, blank, lambda i: f"{name} is blank")
    unit = source.unit
    if unit == "detect" and not np.isnan(values[~marked]).all():
        from abs_struct.tape.units import unit_of

        unit = unit_of(values[~marked])
        faults.notes.append(f"column {name} was found to be in {unit}s{shown(values[~marked], unit)}")
    if marked.any():
        plain_ones = int((~marked & ~blank).sum())
        cells = f"{int(marked.sum()):,} cells" if plain_ones else "every cell"
        cells += f" of {len(marked):,}" if plain_ones else ""
        faults.notes.append(f"column {name}: {cells} with a percent sign, read as percent")
    percent = marked | (unit == "percent")
    values[percent] /= 100.0
    return values.round(8)


def shown(values: Floats, unit: str) -> str:
    """The first rate that is not nil, as it is read.

    >>> shown(np.array([0.0, 12.5]), "percent")
    ': 12.5 is 12.5%'
    """
    known = values[~np.isnan(values) & (values != 0.0)]
    if not known.size:
        return ""
    first = float(known[0])
    return f": {first:g} is {first if unit == 'percent' else 100.0 * first:.6g}%"


def read_whole(name: str, source: Source, texts: Sequence[str], faults: Faults) -> Floats:
    """Whole numbers (months, days) as floats that hold them exactly; nan where blank."""
    values = read_numbers(name, source, texts, faults)
    if source.unit == "years":
        named = np.array([bool(TERM.fullmatch(text.strip())) for text in texts]) if not plain_digits(texts) else False
        values = np.where(named, values, np.round(values * 12.0, 6))
    broken = ~np.isnan(values) & ((values % 1.0 != 0.0) | (np.abs(values) > 1e6))
    what = "number of months" if source.kind == "months" else "number"
    faults.where(name, broken, lambda i: f"{name} {short(texts[i])} is not a whole {what}")
    return np.where(broken, np.nan, values)


def plain_digits(texts: Sequence[str]) -> bool:
    """Whether no cell carries a word beside its number."""
    return all(word.strip().replace(".", "", 1).isdigit() for word in distinct(texts)[0])


def read_dates(name: str, source: Source, texts: Sequence[str], faults: Faults) -> Column:
    """Dates (N,) as datetime64[D]; NaT where blank."""
    words, at = distinct(texts)
    formats = source.format
    if "detect" in formats:
        from abs_struct.tape.days import detected

        formats = detected(words) or ("iso",)
        faults.notes.append(f"column {name}: dates were found to be written as {listed(formats)}")
    found = [one_date(word.strip(), formats) for word in words]
    for j, reason in enumerate(found):
        if isinstance(reason, str):
            say = f"{name} {short(words[j])} {reason}"
            faults.where(name, at == j, lambda i, say=say: say)  # type: ignore[misc]
    days = np.array([np.datetime64("NaT") if isinstance(d, str) else d for d in found], dtype="datetime64[D]")
    if source.required:
        require(name, words, at, faults)
    return days[at]


def require(name: str, words: Sequence[str], at: NDArray[np.intp], faults: Faults) -> None:
    """A fault in every row whose cell is blank."""
    for j, word in enumerate(words):
        if not word or word.isspace():
            faults.where(name, at == j, lambda i: f"{name} is blank")


def one_date(text: str, formats: Sequence[str]) -> np.datetime64 | str:
    """One date, or why it is none.

    >>> one_date("2026-02-30", ["iso"])
    'is not a date: day is out of range for month'
    """
    if not text:
        return np.datetime64("NaT", "D")
    why = f"is not a date; write it as {listed('2026-12-31' if f == 'iso' else f for f in formats)}"
    for pattern in formats:
        try:
            if pattern == "iso":
                if not ISO.fullmatch(text[:10]) or text[10:] not in {"", "T00:00:00", " 00:00:00", " 00:00"}:
                    continue
                day = date.fromisoformat(text[:10])
            else:
                from abs_struct.tape.days import in_notation

                if (other := in_notation(text, pattern)) is None:
                    continue
                day = other
        except ValueError as error:
            if pattern == "iso":
                detail = str(error)
                why = f"is not a date: {detail[: detail.index(',')] if ',' in detail else detail}"
            continue
        if not 1900 <= day.year < 2200:
            return f"is not a likely date: the year {day.year}"
        return np.datetime64(day, "D")
    return why


def read_text(name: str, source: Source, texts: Sequence[str], faults: Faults) -> Column:
    """Words as they stand, trimmed, and translated where the layout says so."""
    if isinstance(texts, Packed) and not source.values and (plain := texts.words()) is not None:
        if source.required:
            faults.where(name, plain == "", lambda i: f"{name} is blank")
        return plain
    cells, at = distinct(texts)
    words = list(map(str.strip, cells))
    table = {word.strip(): ours for word, ours in source.values.items()}
    for j, word in enumerate(words):
        if len(word) > LONGEST_TEXT:
            say = f"{name} has {len(word):,} characters, more than {LONGEST_TEXT}"
            words[j] = word[:LONGEST_TEXT]
        elif table and word and word not in table:
            say = f"{name} {short(word)} is not one of the layout's values{nearest(word, table)}"
        else:
            continue
        faults.where(name, at == j, lambda i, say=say: say)  # type: ignore[misc]
    if source.required:
        require(name, words, at, faults)
    return np.array([table.get(word, word) for word in words], dtype=np.str_)[at]


def read_status(name: str, source: Source, texts: Sequence[str], faults: Faults) -> Column:
    """The status of each loan in our words: by the layout's values, or by the synonyms of all sources."""
    from abs_struct.tape.status import CANCELLED, simple, status_of

    cells, at = distinct(texts)
    own = {word.strip(): ours for word, ours in source.values.items()}
    found, unknown, translated = [], [], {}
    for word in map(str.strip, cells):
        ours = own.get(word) or status_of(word) if word else ""
        if ours is None:
            unknown.append(short(word))
        elif simple(word) != ours.replace("_", " "):
            translated[word] = ours
        found.append(word[:LONGEST_TEXT] if ours is None else ours)
    words = np.array(found, dtype=np.str_)[at]
    if translated:
        said = (f"{short(word)} is {ours}" for word, ours in sorted(translated.items()))
        faults.notes.append(f"column {name}: {listed(said, 12)}")
    if unknown:
        faults.notes.append(f"column {name}: {listed(sorted(unknown), 12)} mean nothing to us and are kept as they are")
    say = f"{name} is cancelled: there is no receivable"
    faults.where(name, words == CANCELLED, lambda i: say)
    if source.required:
        require(name, cells, at, faults)
    return words


def read_repayment(name: str, source: Source, texts: Sequence[str], faults: Faults) -> Column:
    """How each loan repays; blank means the layout's constant, which the caller fills in."""
    words = read_text(name, source, texts, faults)
    for word in np.unique(words).tolist():
        if word and word not in REPAYMENT:
            say = f"{name} {short(word)} is not one of {listed(REPAYMENT)}{nearest(word, REPAYMENT)}"
            faults.where(name, words == word, lambda i, say=say: say)  # type: ignore[misc]
    return words


def undeclared(texts: Sequence[str]) -> Column | None:
    """A column that no layout names: numbers where every cell is one, else text; None where a cell is too long."""
    cells, at = distinct(texts)
    words = list(map(str.strip, cells))
    filled = [word for word in words if word]
    if filled and all(NUMBER.fullmatch(word) and len(word) <= 15 and not coded(word) for word in filled):
        return numbers(texts, "number")[0]
    return None if max(map(len, words), default=0) > LONGEST_TEXT else np.array(words, dtype=np.str_)[at]


def coded(word: str) -> bool:
    """Whether digits are a code, such as 007 or a postal code, and not a number."""
    return word[:1] == "0" and word[1:2].isdigit()


READERS: dict[str, Callable[[str, Source, Sequence[str], Faults], Column]] = {
    "id": read_text,
    "money": read_money,
    "rate": read_rate,
    "months": read_whole,
    "share": read_rate,
    "count": read_whole,
    "score": read_numbers,
    "number": read_numbers,
    "date": read_dates,
    "text": read_text,
    "status": read_status,
    "repayment": read_repayment,
    "currency": read_text,
}
