"""Static pools: what the loans of each vintage have lost and prepaid, by the age at which they did."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
from numpy.typing import NDArray

from abs_struct.core.findings import UsageError, listed, nearest
from abs_struct.history.loans import OPEN, History

if TYPE_CHECKING:
    import pandas as pd

Every = Literal["month", "quarter", "year"]
SPANS = {"month": 1, "quarter": 3, "year": 12}
Grid = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class StaticPool:
    """V vintages by age 0 to A, months.

    labels : (V,) such as ("2009Q1", "A"), the vintage and its segment
    loans : (V,) how many; original : (V,) what was lent, currency units
    known : (V,) the age to which all loans of the vintage are known
    defaults : (V, A + 1) loans charged off by each age; gross, net : (V, A + 1) principal lost by each age, before and
        after recoveries, which count from the age of their default; prepaid : (V, A + 1) original balance of loans paid
        off early; each cumulative, nan beyond what is known
    """

    labels: tuple[tuple[str, ...], ...]
    loans: NDArray[np.int64]
    original: Grid
    known: NDArray[np.int64]
    defaults: Grid
    gross: Grid
    net: Grid
    prepaid: Grid

    def __len__(self) -> int:
        return len(self.labels)

    @property
    def ages(self) -> int:
        """The greatest age, months."""
        return int(self.gross.shape[1]) - 1

    def rates(self, what: Literal["gross", "net", "prepaid"] = "gross") -> Grid:
        """Cumulative losses or prepayments as a share of what was lent, (V, A + 1)."""
        found: Grid = getattr(self, what) / self.original[:, None]
        return found

    @cached_property
    def frame(self) -> pd.DataFrame:
        """The tidy table: a row for each vintage and known age."""
        import pandas as pd

        rows, ages = np.nonzero(~np.isnan(self.gross))
        table: dict[str, Any] = {"vintage": [self.labels[k][0] for k in rows]}
        for place in range(1, len(self.labels[0]) if self.labels else 1):
            table[f"segment_{place}"] = [self.labels[k][place] for k in rows]
        table |= {"age": ages, "loans": self.loans[rows], "original": self.original[rows]}
        for what in ("defaults", "gross", "net", "prepaid"):
            table[what] = getattr(self, what)[rows, ages]
        for what in ("gross", "net", "prepaid"):
            table[f"{what}_rate"] = table[what] / table["original"]
        return pd.DataFrame(table)

    def row(self, vintage: str, *segment: str) -> int:
        """The number of a vintage.

        Raises
        ------
        UsageError : no such vintage, with the nearest one
        """
        label = (vintage, *segment)
        if label not in self.labels:
            names = [" ".join(known) for known in self.labels]
            raise UsageError(
                f"no vintage '{' '.join(label)}'{nearest(' '.join(label), names)} (there are: {listed(names)})"
            )
        return self.labels.index(label)


def vintage_text(month: int, every: Every) -> str:
    """The vintage of a month.

    >>> [vintage_text(24119, every) for every in ("month", "quarter", "year")]
    ['2009-12', '2009Q4', '2009']
    """
    year, of_year = divmod(month, 12)
    return {"month": f"{year}-{of_year + 1:02d}", "quarter": f"{year}Q{of_year // 3 + 1}", "year": f"{year}"}[every]


def static_pool(history: History, every: Every = "quarter", by: tuple[str, ...] | list[str] = ()) -> StaticPool:
    """Add the loans of each vintage and segment up, by age.

    Parameters
    ----------
    history : N loans
    every : month, quarter or year of origination
    by : columns whose values split the vintages

    Returns
    -------
    StaticPool of V vintages, oldest first

    Raises
    ------
    UsageError : another span, no such column, no loans

    Source: static pool analysis as in offering documents (Regulation AB, item 1105).
    """
    if every not in SPANS:
        raise UsageError(f"--every {every}: vintages are made by {listed(SPANS)}{nearest(every, SPANS)}")
    if not len(history):
        raise UsageError("there are no loans to add up")
    segments, segment = history.by(by)
    span = SPANS[every]
    keys = (history.start // span) * len(segments) + segment
    found, first, at = np.unique(keys, return_index=True, return_inverse=True)
    count, size = len(found), int(history.age.max()) + 1
    youngest = np.zeros(count, dtype=np.int64)
    np.maximum.at(youngest, at, history.start)
    going_on = np.bincount(at, weights=history.ended == OPEN, minlength=count) > 0.0
    known = np.where(going_on, np.minimum(history.observed - youngest, size - 1), size - 1)
    lost = np.where(history.defaulted, history.lost, 0.0)
    counted = {
        "defaults": history.defaulted.astype(float),
        "gross": lost,
        "net": lost - history.recovered,
        "prepaid": np.where(history.prepaid, history.original, 0.0),
    }
    beyond = np.arange(size)[None, :] > known[:, None]
    grids = {}
    for name, amounts in counted.items():
        flat = np.bincount(at * size + history.age, weights=amounts, minlength=count * size)
        grids[name] = np.where(beyond, np.nan, np.cumsum(flat.reshape(count, size), axis=1))
    labels = tuple((vintage_text(int(history.start[k]), every), *segments[segment[k]]) for k in first)
    return StaticPool(
        labels,
        np.bincount(at, minlength=count),
        np.bincount(at, weights=history.original, minlength=count).astype(float),
        known,
        **grids,
    )
