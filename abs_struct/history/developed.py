"""Vintages to their end: what each has lost, what the chain ladder adds, and a blend that young vintages can bear."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from abs_struct.history.ladder import Ladder, chain_ladder
from abs_struct.history.vintages import StaticPool

if TYPE_CHECKING:
    import pandas as pd

Column = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Developed:
    """V vintages and their losses to the end, each (V,), currency units.

    ladder : the triangle of cumulative gross losses; rate : the loss of all vintages to their end, of what was lent,
    each weighed by how much of it has come (Cape Cod)
    """

    pool: StaticPool
    ladder: Ladder
    rate: float

    @property
    def blended(self) -> Column:
        """What is known, and at the common rate what is still to come: Bornhuetter and Ferguson, (V,)."""
        found: Column = self.ladder.blended(self.rate * self.pool.original)
        return found

    @property
    def frame(self) -> pd.DataFrame:
        """A row for each vintage; losses as shares of what was lent."""
        import pandas as pd

        lent = self.pool.original
        return pd.DataFrame(
            {
                "vintage": [" ".join(label) for label in self.pool.labels],
                "loans": self.pool.loans,
                "original": lent,
                "known_to": self.ladder.latest,
                "lost": self.ladder.known / lent,
                "chain_ladder": self.ladder.ultimate / lent,
                "mack_error": self.ladder.errors / lent,
                "blended": self.blended / lent,
            }
        )


def developed(pool: StaticPool) -> Developed:
    """The gross losses of the vintages of a static pool, brought to their end.

    Parameters
    ----------
    pool : V vintages

    Returns
    -------
    Developed

    Raises
    ------
    UsageError : fewer than two vintages or ages

    Source: Mack (1993); Bornhuetter and Ferguson (1972); Stanard and Buehlmann for the common rate.
    """
    ladder = chain_ladder(pool.gross)
    due = pool.original * ladder.timing[ladder.latest]
    rate = float(ladder.known.sum() / due.sum()) if due.sum() > 0.0 else 0.0
    return Developed(pool, ladder, rate)
