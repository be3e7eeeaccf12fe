"""Dynamic pools: what all loans together did, by calendar month."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from abs_struct.core.findings import UsageError
from abs_struct.history.loans import History, month_text

if TYPE_CHECKING:
    import pandas as pd

Column = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class DynamicPool:
    """T months, each (T,): loans and their scheduled balance at the start, what was made, charged off and prepaid.

    month : counted from year 0
    loans, made, defaults, prepaid : loans; balance, lent, lost, prepaid_balance : currency units
    """

    month: NDArray[np.int64]
    loans: Column
    balance: Column
    made: Column
    lent: Column
    defaults: Column
    lost: Column
    prepaid: Column
    prepaid_balance: Column

    @property
    def mdr(self) -> Column:
        """Principal charged off in the month, of the balance at its start; nan where there was none."""
        return divided(self.lost, self.balance)

    @property
    def smm(self) -> Column:
        """Balance paid off early in the month, of the balance at its start; nan where there was none."""
        return divided(self.prepaid_balance, self.balance)

    @property
    def frame(self) -> pd.DataFrame:
        """A row for each month, with rates by month and by year: CDR = 1 - (1 - MDR)^12, CPR alike."""
        import pandas as pd

        found = pd.DataFrame(
            {"month": [month_text(int(month)) for month in self.month], "loans": self.loans, "balance": self.balance,
             "made": self.made, "lent": self.lent, "defaults": self.defaults, "lost": self.lost,
             "prepaid": self.prepaid, "prepaid_balance": self.prepaid_balance, "mdr": self.mdr, "smm": self.smm}
        )  # fmt: skip
        found["cdr"] = 1.0 - (1.0 - found["mdr"].clip(0.0, 1.0)) ** 12
        found["cpr"] = 1.0 - (1.0 - found["smm"].clip(0.0, 1.0)) ** 12
        return found


def divided(part: Column, whole: Column) -> Column:
    """Part / whole, nan where there is nothing."""
    found: Column = np.divide(part, whole, out=np.full(len(part), np.nan), where=whole > 0.0)
    return found


def dynamic_pool(history: History) -> DynamicPool:
    """Add all loans up by calendar month.

    A tape that knows how a loan ended does not know its balance on the way: it is that of a level-pay loan by the
    schedule, and of a loan that stopped paying what it owed then.

    Parameters
    ----------
    history : N loans

    Returns
    -------
    DynamicPool from the month of the first loan to the last that is known

    Raises
    ------
    UsageError : no loans

    Source: dynamic pool data as in rating agencies' requests for information.
    """
    if not len(history):
        raise UsageError("there are no loans to add up")
    first = int(history.start.min())
    months = np.arange(first, max(history.observed, int(history.end.max())) + 1)
    size = len(months)

    def by(month: NDArray[np.int64], rows: NDArray[np.bool_], amounts: Column | None = None) -> Column:
        weights = None if amounts is None else amounts[rows]
        found: Column = np.bincount(month[rows] - first, weights=weights, minlength=size).astype(float)
        return found

    everyone, early = np.ones(len(history), dtype=bool), history.prepaid
    growth = 1.0 + history.rate / 12.0
    whole = np.where(history.rate > 0.0, growth**history.term, 0.0)

    def owed(paid: NDArray[np.int64], rows: NDArray[np.intp]) -> Column:
        done = np.clip(paid, 0, history.term[rows])
        above = whole[rows] - growth[rows] ** done
        level = np.divide(above, whole[rows] - 1.0, out=1.0 - done / history.term[rows], where=history.rate[rows] > 0)
        found: Column = history.original[rows] * level
        return found

    stopped = np.where(history.defaulted, history.end - history.lag, history.end)
    loans, balances = np.zeros(size), np.zeros(size)
    for k, month in enumerate(months):
        rows = np.flatnonzero((history.start < month) & (history.end >= month))
        loans[k] = len(rows)
        balances[k] = owed(np.minimum(month - 1, stopped[rows]) - history.start[rows], rows).sum()
    all_rows = np.arange(len(history))
    at_the_end = owed(history.end - history.start - 1, all_rows)
    return DynamicPool(
        months, loans, balances,
        by(history.start, everyone), by(history.start, everyone, history.original),
        by(history.end, history.defaulted), by(history.end, history.defaulted, history.lost),
        by(history.end, early), by(history.end, early, at_the_end),
    )  # fmt: skip
