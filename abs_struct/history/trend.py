"""How vintages differ: defaults seen against those that the curves expect at their ages, and how far that scatters.

A loan that was there for a months is expected to default H(a) = sum of its segment's hazards up to a times. Over all
loans of a vintage, what was seen by what was expected is its level: 1 where it does as all did.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from abs_struct.history.fit import Fit
from abs_struct.history.loans import History
from abs_struct.history.vintages import Every, vintage_text

if TYPE_CHECKING:
    import pandas as pd

Column = NDArray[np.float64]
#: Fewer expected defaults say nothing about how vintages differ.
FEWEST = 5.0
#: Of a normal deviate: nine of ten lie between.
NINE_OF_TEN = 1.6448536269514722


@dataclass(frozen=True, eq=False)
class Trend:
    """V vintages: labels, loans, defaults seen and expected, each (V,)."""

    labels: tuple[str, ...]
    loans: Column
    seen: Column
    expected: Column

    @property
    def level(self) -> Column:
        """Seen by expected, (V,); nan where nothing was to be expected."""
        found: Column = np.full(len(self.labels), np.nan)
        return np.divide(self.seen, self.expected, out=found, where=self.expected > 0.0)

    @cached_property
    def between(self) -> float:
        """The standard deviation of the vintages' levels beyond chance, a fraction of the level.

        sqrt(max(0, sum of ((seen - expected)^2 - expected) / sum of expected^2)) over vintages that say something: the
        method of moments for overdispersed counts.
        """
        told = self.expected >= FEWEST
        if told.sum() < 2:
            return float("nan")
        seen, expected = self.seen[told], self.expected[told]
        expected = expected * seen.sum() / expected.sum()
        beyond = np.sum((seen - expected) ** 2 - expected) / np.sum(expected**2)
        return float(np.sqrt(max(beyond, 0.0)))

    @property
    def frame(self) -> pd.DataFrame:
        """A row for each vintage."""
        import pandas as pd

        return pd.DataFrame(
            {"vintage": self.labels, "loans": self.loans, "seen": self.seen, "expected": self.expected,
             "level": self.level}
        )  # fmt: skip


def trend(found: Fit, history: History, every: Every = "quarter") -> Trend:
    """The levels of the vintages of a history under a fit of it.

    Parameters
    ----------
    found : the curves
    history : N loans, as they were fitted
    every : month, quarter or year of origination

    Returns
    -------
    Trend of V vintages, oldest first

    Raises
    ------
    UsageError : no such column

    Source: the ratio of actual to expected, as in actuarial tables.
    """
    paid = history.paying()
    expected = np.zeros(len(paid))
    segments, place = paid.by(found.by)
    for k, key in enumerate(segments):
        rows = np.flatnonzero(place == k)
        summed = np.concatenate([[0.0], np.cumsum(found.of(key).default)])
        expected[rows] = summed[np.clip(paid.age[rows], 0, len(summed) - 1)]
    texts = [vintage_text(int(month), every) for month in np.unique(paid.start)]
    labels = tuple(dict.fromkeys(texts))
    months = dict(zip(np.unique(paid.start).tolist(), (labels.index(text) for text in texts), strict=True))
    at = np.array([months[month] for month in paid.start.tolist()], dtype=np.intp)
    size = len(labels)
    return Trend(
        labels,
        np.bincount(at, minlength=size).astype(float),
        np.bincount(at, weights=paid.defaulted.astype(float), minlength=size).astype(float),
        np.bincount(at, weights=expected, minlength=size).astype(float),
    )


def band(found: Fit, levels: Trend, key: tuple[str, ...] = ()) -> tuple[float, float]:
    """Multiples of a segment's default curve between which nine of ten new vintages should lie.

    exp(-+1.645 s), s^2 = the curve's own relative variance, 1 / defaults seen at least as the life table has it, and
    that of vintages between each other.

    Parameters
    ----------
    found : the curves
    levels : of the vintages
    key : the segment; all loans when left out

    Returns
    -------
    Low and high, pure numbers

    Source: delta method on the logarithm; the module's text.
    """
    one = found.of(key)
    reached = one.table.incidence[-1]
    own = one.table.error[-1] / reached if reached > 0.0 else 1.0
    between = levels.between if np.isfinite(levels.between) else 0.0
    spread = NINE_OF_TEN * float(np.sqrt(own**2 + between**2))
    return float(np.exp(-spread)), float(np.exp(spread))
