"""A curve by date: a rate holds from its date until the next one, and the last one for ever."""

from __future__ import annotations

import csv
import itertools
from bisect import bisect_right
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from pathlib import Path

from abs_struct.core.findings import CurveError, listed, nearest
from abs_struct.terms.numbers import article, meant, number, shown

LOWEST = -0.2


def index_rate(written: object, word: str = "index rate") -> float:
    """A rate of an index, which may be negative: in [-20%, 100%).

    Parameters
    ----------
    written : scalar, a number or a text such as "2.45%" or "-50 bp"; a fraction a year
    word : what it is called in the message

    Returns
    -------
    scalar, fraction a year

    Raises
    ------
    ValueError : not a number, or one outside the range

    Source: definition.

    >>> index_rate("-0.5%")
    -0.005
    """
    value = number(float(written) if isinstance(written, Decimal) else written, word)
    if not LOWEST <= value < 1.0:
        hint = meant(value, written)
        raise ValueError(f"{shown(written)} is not {article(word)}; it lies in [-20%, 100%){hint}")
    return value


def as_day(written: object) -> date:
    """A date as YAML gives it, or in ISO text."""
    if isinstance(written, date):
        return date(written.year, written.month, written.day)
    try:
        return date.fromisoformat(str(written).strip())
    except ValueError:
        raise ValueError(f"'{written}' is not a date; write it as 2027-01-20") from None


@dataclass(frozen=True)
class Points:
    """Dates that rise, and the rate from each of them on; `place` is where they are written."""

    dates: tuple[date, ...]
    rates: tuple[float, ...]
    place: str = ""

    @classmethod
    def of(cls, curve: Mapping[date, Decimal | float], place: str = "") -> Points:
        """Points from rates by date."""
        return cls(tuple(curve), tuple(float(rate) for rate in curve.values()), place)

    def on(self, day: date) -> float:
        """The rate of a day: the last one of that day or before.

        Parameters
        ----------
        day : scalar date

        Returns
        -------
        scalar, fraction a year

        Raises
        ------
        CurveError : the curve begins later

        Source: definition.

        >>> Points((date(2027, 1, 1), date(2028, 1, 1)), (0.043, 0.04)).on(date(2027, 12, 31))
        0.043
        """
        at = bisect_right(self.dates, day) - 1
        if at < 0:
            raise CurveError(
                f"{self.place}: no rate on {day}; the first is of {self.dates[0]}. Begin the curve on {day} or before"
            )
        return self.rates[at]


def read_points(file: Path, written: str, place: str) -> Points:
    """A curve from a CSV file with the columns `date` and `rate`; `#` begins a comment.

    Parameters
    ----------
    file : where it lies
    written : its name in the document, for messages
    place : the path of the index in the document

    Raises
    ------
    CurveError : the file cannot be read, or a line is no date and rate, or the dates do not rise; names the line
    """
    try:
        text = file.read_text("utf-8-sig")
    except FileNotFoundError:
        near = nearest(file.name, (p.name for p in file.parent.iterdir())) if file.parent.is_dir() else ""
        raise CurveError(f"{place}.file: no such file '{written}'{near}") from None
    except OSError as error:
        raise CurveError(f"{place}.file: '{written}' cannot be read ({error.strerror})") from None
    except UnicodeDecodeError as error:
        raise CurveError(f"{place}.file: '{written}' is not UTF-8 at byte {error.start}; save it as UTF-8") from None
    lines = [(number, line.partition("#")[0]) for number, line in enumerate(text.splitlines(), 1)]
    rows = [(number, next(csv.reader([line]))) for number, line in lines if line.strip()]
    if not rows:
        raise CurveError(f"{written}: holds no rates; write date,rate and a line for each date")
    header = [cell.strip().lower() for cell in rows[0][1]]
    missing = [name for name in ("date", "rate") if name not in header]
    if missing:
        raise CurveError(
            f"{written}:{rows[0][0]}: no column '{missing[0]}'{nearest(missing[0], header)} "
            f"(columns: {listed(header)}); the first line is date,rate"
        )
    columns = header.index("date"), header.index("rate")
    found: dict[date, float] = {}
    for line, row in rows[1:]:
        try:
            if len(row) <= max(columns):
                raise ValueError(f"a line is date,rate (got '{','.join(row)}')")
            day, rate = as_day(row[columns[0]]), index_rate(row[columns[1]].strip())
            rising([*itertools.islice(reversed(found), 1), day])
        except ValueError as error:
            raise CurveError(f"{written}:{line}: {error}") from None
        found[day] = rate
    if not found:
        raise CurveError(f"{written}: holds no rates below its header; write a line such as 2027-01-04,4.3%")
    return Points.of(found, place)


def rising(days: list[date]) -> None:
    """Refuse dates that do not rise."""
    for earlier, later in itertools.pairwise(days):
        if later <= earlier:
            raise ValueError(f"{later} does not lie after {earlier}; the dates of a curve rise")
