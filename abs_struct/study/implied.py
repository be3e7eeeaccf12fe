"""Implied levels: the strictest level of a user's table whose expected loss, by life, is not exceeded.

    years: [1, 3, 5, 10]
    levels:
      level 1: [0.0003%, 0.001%, 0.002%, 0.006%]
      level 2: [0.002%,  0.006%, 0.012%, 0.030%]

Between two lives the limit is a straight line, beyond the ends it stays. A level that comes out of a table is implied
by that table; it is no rating.
"""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path
from typing import Annotated, Any

import numpy as np
from pydantic import BeforeValidator, Field, model_validator

from abs_struct.core.findings import DealError, UsageError
from abs_struct.deal.load import parse_document, validated
from abs_struct.terms.base import Terms
from abs_struct.terms.numbers import Share, number, shown

#: The table that stands beside this module: made up, each level with four times the limit of the one above.
ILLUSTRATIVE = "illustrative"


def as_years(written: object) -> float:
    """A life in years, above 0."""
    value = number(written, "number of years")
    if not 0.0 < value <= 100.0:
        raise ValueError(f"{shown(written)} is not a life; lives are years above 0, up to 100")
    return value


Years = Annotated[float, BeforeValidator(as_years)]


class LevelTable(Terms):
    """Limits of expected loss by level and life."""

    years: list[Years] = Field(min_length=1, description="the lives for which limits are given, rising")
    levels: dict[str, list[Share]] = Field(min_length=1, description="level -> a limit for each life, strictest first")
    note: str = Field(default="", description="where the table comes from")

    @model_validator(mode="after")
    def monotone(self) -> LevelTable:
        """Limits rise with life, and from level to level."""
        if any(later <= earlier for earlier, later in pairwise(self.years)):
            raise ValueError(f"the years do not rise: {self.years}")
        before: tuple[str, list[float]] | None = None
        for name, limits in self.levels.items():
            if len(limits) != len(self.years):
                raise ValueError(f"level '{name}' has {len(limits)} limits for {len(self.years)} lives")
            if any(later < earlier for earlier, later in pairwise(limits)):
                raise ValueError(f"the limits of level '{name}' fall with life; they rise, or stay")
            if before is not None and any(own <= above for above, own in zip(before[1], limits, strict=True)):
                raise ValueError(f"the limits of level '{name}' are not above those of '{before[0]}' in every life")
            before = (name, limits)
        return self

    def limit(self, level: str, life: float) -> float:
        """The most that a level allows for a life in years, a fraction."""
        return float(np.interp(life, self.years, self.levels[level]))

    def implied(self, expected_loss: float, life: float) -> str:
        """The strictest level that allows an expected loss, or `below all levels`.

        >>> levels = {"high": ["0.01%", "0.05%"], "low": [0.1, 0.2]}
        >>> table = LevelTable.model_validate({"years": [1, 5], "levels": levels})
        >>> [table.implied(loss, 3.0) for loss in (0.0002, 0.0004, 0.5)]
        ['high', 'low', 'below all levels']
        """
        if not np.isfinite(expected_loss):
            return "n/a"
        found = (name for name in self.levels if expected_loss <= self.limit(name, life if np.isfinite(life) else 0.0))
        return next(found, "below all levels")


def level_table(source: str | Path) -> LevelTable:
    """The table of a file (.yaml, or .csv with the columns level, 1, 3, 5 ...), or the illustrative one.

    Raises
    ------
    UsageError : no such file, limits that do not rise; one sentence with its line
    """
    file = Path(__file__).with_name("illustrative_levels.yaml") if str(source) == ILLUSTRATIVE else Path(source)
    try:
        text = file.read_text("utf-8-sig")
    except UnicodeDecodeError as error:
        raise UsageError(f"{file}: byte {error.start} is not UTF-8; save the file as UTF-8") from None
    except OSError as error:
        hint = f"; name a file, or write {ILLUSTRATIVE}"
        raise UsageError(f"{source}: cannot be read ({(error.strerror or 'no file').lower()}){hint}") from None
    try:
        document = parse_document(text if file.suffix != ".csv" else yaml_of(text, file), str(file))
        found: Any = validated(LevelTable, document)
    except DealError as error:
        raise UsageError(str(error)) from None
    return found  # type: ignore[no-any-return]


def yaml_of(text: str, file: Path) -> str:
    """A CSV table as the YAML it means."""
    import csv
    import json

    rows = [row for row in csv.reader(text.splitlines()) if any(cell.strip() for cell in row)]
    if len(rows) < 2 or len(rows[0]) < 2 or rows[0][0].strip() != "level":
        raise UsageError(f"{file}: the first row reads level, then the years, such as level,1,3,5,10")
    levels = {row[0].strip(): [cell.strip() for cell in row[1:]] for row in rows[1:]}
    if len(levels) < len(rows) - 1:
        raise UsageError(f"{file}: a level stands twice; keep one")
    return json.dumps({"years": [cell.strip() for cell in rows[0][1:]], "levels": levels})
