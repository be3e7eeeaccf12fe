"""Roll rates: how accounts move from one bucket of days past due to the next, from a panel of months."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from abs_struct.core.findings import UsageError

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True, eq=False)
class RollRates:
    """Transitions between B buckets, from a month to the next.

    buckets : (B,) months late, 0 is not late; counts : (B, B) accounts, or balances where they were given
    """

    buckets: tuple[int, ...]
    counts: NDArray[np.float64]

    @property
    def rates(self) -> Any:
        """The share of each bucket that goes to each other, (B, B); nan where nobody was."""
        whole = self.counts.sum(axis=1, keepdims=True)
        return np.divide(self.counts, whole, out=np.full(self.counts.shape, np.nan), where=whole > 0.0)

    @property
    def forward(self) -> NDArray[np.float64]:
        """The share of each bucket that rolls to a worse one, (B,)."""
        return np.array([self.rates[k, k + 1 :].sum() for k in range(len(self.buckets))])

    @property
    def cured(self) -> NDArray[np.float64]:
        """The share of each bucket that is not late in the next month, (B,)."""
        found: NDArray[np.float64] = self.rates[:, 0]
        return found

    @property
    def frame(self) -> pd.DataFrame:
        """The matrix: from each row to each column."""
        import pandas as pd

        return pd.DataFrame(self.rates, index=list(self.buckets), columns=list(self.buckets))


def roll_rates(statuses: Sequence[Any], balances: Sequence[Any] | None = None) -> RollRates:
    """The transitions of accounts through some months, all pairs of neighbours added up.

    Parameters
    ----------
    statuses : M columns (N,), months late by account, oldest month first; below 0 counts as 0, not late
    balances : M columns (N,), to weigh each account by its balance before the move; by number when left out

    Returns
    -------
    RollRates over all buckets from 0 to the greatest that occurs

    Raises
    ------
    UsageError : fewer than two months, or columns of different lengths

    Source: definition of roll rates.

    >>> roll_rates([[0, 1, 0], [1, 2, 0]]).counts.tolist()
    [[1.0, 1.0, 0.0], [0.0, 0.0, 1.0], [0.0, 0.0, 0.0]]
    """
    columns = [np.maximum(np.asarray(column, dtype=np.int64), 0) for column in statuses]
    if len(columns) < 2:
        raise UsageError("roll rates need two months or more")
    if len({len(column) for column in columns}) > 1 or (balances is not None and len(balances) != len(columns)):
        raise UsageError("the months of a panel have the same accounts, and a balance for each status")
    size = int(max(column.max() for column in columns)) + 1
    counts = np.zeros((size, size))
    for k, (now, then) in enumerate(pairwise(columns)):
        weight = None if balances is None else np.maximum(np.asarray(balances[k], dtype=float), 0.0)
        counts += np.bincount(now * size + then, weights=weight, minlength=size * size).reshape(size, size)
    return RollRates(tuple(range(size)), counts)
