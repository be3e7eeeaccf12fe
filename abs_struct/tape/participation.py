"""Participations: the deal's share of each loan, and what it makes of balances in cents.

A share is known to 8 decimals. The deal's balance of a loan is share x balance, rounded once to the nearest cent, half
a cent upwards, in whole numbers; totals are sums of these cents, so that accepted + rejected = read to the cent.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from abs_struct.tape.tape import Column

#: A share of 1 in whole numbers.
UNITS = 100_000_000


def units_of(participation: Column | None, share: float, count: int) -> NDArray[np.int64] | None:
    """The share of each loan (N,) in whole numbers of 1e-8; None where a tape says none and the deal has all.

    A participation that cannot be read rejects its row, whose balance then counts as the tape's share.

    >>> units_of(np.array([0.5, np.nan]), 0.9, 2).tolist()
    [45000000, 90000000]
    """
    if participation is None:
        return None if share == 1.0 else np.full(count, round(share * UNITS), dtype=np.int64)
    known = np.where(np.isnan(participation), 1.0, participation)
    return np.rint(np.clip(known, 0.0, 1.0) * share * UNITS).astype(np.int64)


def shared(cents: Column, units: NDArray[np.int64]) -> Column:
    """The deal's part of balances in cents (N,): share x balance to the nearest cent, half a cent upwards.

    >>> shared(np.array([50, 10, -3]), np.array([95_000_000])).tolist()
    [48, 10, -3]
    """
    high, low = np.divmod(cents, UNITS)
    found: Column = high * units + (low * units + UNITS // 2) // UNITS
    return found
