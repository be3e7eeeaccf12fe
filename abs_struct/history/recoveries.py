"""Recoveries by age since default: how much of what was lost has come back, and when.

A tape says of each defaulted loan what was received of it up to the cut-off date. Loans that defaulted at different
times make a curve together: of those that defaulted a months ago, the share received in sum. It can only rise with a:
where the figures do not, neighbours are pooled, weighted by what was lost (isotonic regression).
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from abs_struct.core.findings import UsageError
from abs_struct.history.loans import History

if TYPE_CHECKING:
    import pandas as pd

Column = NDArray[np.float64]
#: When recoveries come is known where so many defaults are so young, in months, and have much of it still before them.
YOUNG, ENOUGH, STILL = 6, 20, 0.2


@dataclass(frozen=True, eq=False)
class RecoveryCurve:
    """By months since default, rising: loans, principal lost, received of it, and the share smoothed; each (K,)."""

    age: NDArray[np.int64]
    loans: NDArray[np.int64]
    lost: Column
    received: Column
    share: Column

    @property
    def rate(self) -> float:
        """What comes back in the end, a fraction of what was lost: the share of the oldest defaults."""
        return float(self.share[-1])

    @property
    def timed(self) -> bool:
        """Whether the tape has defaults so young that it says when recoveries come."""
        young = self.age <= YOUNG
        return bool(self.loans[young].sum() >= ENOUGH and self.share[0] <= (1.0 - STILL) * self.share[-1])

    @cached_property
    def lags(self) -> Column:
        """The share of recoveries that comes in each month after the default, from month 0 on; their sum is 1."""
        months = np.arange(int(self.age[-1]) + 1)
        reached = np.interp(months, np.concatenate([[-1], self.age]), np.concatenate([[0.0], self.share]))
        found: Column = np.diff(reached, prepend=0.0) / reached[-1]
        return found

    @property
    def mean_lag(self) -> float:
        """Months from the default to the recoveries, on average."""
        return float(np.sum(np.arange(len(self.lags)) * self.lags))

    @property
    def frame(self) -> pd.DataFrame:
        """A row for each age."""
        import pandas as pd

        return pd.DataFrame(
            {"months_since_default": self.age, "loans": self.loans, "lost": self.lost, "received": self.received,
             "seen": self.received / self.lost, "share": self.share}
        )  # fmt: skip


def recovery_curve(history: History) -> RecoveryCurve:
    """What came back of defaulted loans, by the months since their default.

    Parameters
    ----------
    history : N loans

    Returns
    -------
    RecoveryCurve

    Raises
    ------
    UsageError : no loan that lost something

    Source: Ayer et al. (1955), isotonic regression of current-status data.
    """
    from scipy.optimize import isotonic_regression

    rows = np.flatnonzero(history.defaulted & (history.lost > 0.0))
    if not len(rows):
        raise UsageError("no loan of the history lost anything; there are no recoveries to look at")
    age, at = np.unique(np.maximum(history.observed - history.end[rows], 0), return_inverse=True)
    lost = np.bincount(at, weights=history.lost[rows]).astype(float)
    received = np.bincount(at, weights=history.recovered[rows]).astype(float)
    smooth = isotonic_regression(received / lost, weights=lost).x
    return RecoveryCurve(age, np.bincount(at), lost, received, np.asarray(smooth, dtype=float))
