"""Rows: loans that share a schedule and their hazards, added up exactly in whole cents.

Two loans with the same repayment, group, age, remaining term and rate run off alike; their balances are added
before anything is projected. Keys are whole numbers (rates in units of 1e-8), sums are sums of cents: the result
does not depend on the order of the tape, and a scenario costs the same for a thousand loans and for ten million.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from abs_struct.core.findings import TapeError
from abs_struct.pool.loans import Column, Loans, factor

#: Rates are cleaned to 8 decimals; a row holds them as whole numbers of this unit.
RATE_UNITS = 100_000_000

#: Up to this many cells, or twice the number of loans, keys are counted in a table instead of being sorted.
DENSE = 1 << 22


@dataclass(frozen=True, eq=False, repr=False)
class Rows:
    """One row a distinct key, as columns (R,), sorted by group, age, repayment, remaining term and rate."""

    group: NDArray[np.str_]
    age: NDArray[np.int64]
    repayment: NDArray[np.str_]
    remaining_term: NDArray[np.int64]
    rate_units: NDArray[np.int64]
    balance_cents: NDArray[np.int64]
    loans: NDArray[np.int64]

    def __len__(self) -> int:
        return len(self.balance_cents)

    @property
    def rate(self) -> NDArray[np.float64]:
        """Annual rates as fractions."""
        return self.rate_units / RATE_UNITS

    @property
    def balance(self) -> float:
        """The balance of all rows, in currency units."""
        return int(self.balance_cents.sum()) / 100


def compress(loans: Loans) -> Rows:
    """Add up the loans that share a key.

    Parameters
    ----------
    loans : N loans, balances in cents, rates as fractions, terms in months

    Returns
    -------
    Rows of R <= N keys; balances (R,) in cents, exact sums

    Raises
    ------
    TapeError : no loans at all, or balances beyond 2^53 cents

    Source: definition.

    >>> columns = {"balance_cents": [100, 250, 50], "rate": [0.12, 0.12, 0.10], "remaining_term": [35, 35, 35],
    ...            "age": [1, 1, 1], "original_term": [36, 36, 36], "repayment": ["level_pay"] * 3}
    >>> rows = compress(Loans.of(columns))
    >>> rows.balance_cents.tolist(), rows.loans.tolist(), rows.rate.tolist()
    ([50, 350], [1, 2], [0.1, 0.12])
    """
    if not len(loans):
        raise TapeError("the pool has no loans")
    if int(loans.balance_cents.sum()) >= 1 << 53:
        raise TapeError("the pool's balance exceeds 2^53 cents")
    units = np.rint(loans.rate * RATE_UNITS).astype(np.int64)
    step = max(1, int(np.gcd.reduce(units)))
    columns = (loans.group, loans.age, loans.repayment, loans.remaining_term, units // step)
    digits, key, cells = [], np.zeros(len(loans), dtype=np.int64), 1
    for column in columns:
        values, size, places = placed(column)
        digits.append((values, size))
        key *= size
        key += places
        cells *= size
    if cells >= 1 << 62:
        raise TapeError("the loans differ in too many ways to be keyed; clean the rates to 8 decimals")
    keys, cents, counts = added(key, loans.balance_cents, cells)
    parts: list[Any] = []
    for values, size in reversed(digits):
        digit = keys % size
        parts.append(digit + values if isinstance(values, int) else values[digit])
        keys = keys // size
    rate, term, repayment, age, group = parts
    return Rows(group, age, repayment, term, rate * step, cents, counts)


def placed(column: NDArray[Any]) -> tuple[Any, Any, Column]:
    """A column as digits of a key: (lowest whole number, or labels), how many digits, and each row's digit."""
    if column.dtype.kind == "i":
        low = int(column.min())
        return low, int(column.max()) - low + 1, column - low
    values, places = factor(column)
    return values, len(values), places


def added(key: Column, cents: Column, cells: int) -> tuple[Column, Column, Column]:
    """Distinct keys, the sum of cents of each, and how many loans it has; whole numbers throughout."""
    if cells <= max(DENSE, 2 * len(key)):
        counts = np.bincount(key, minlength=cells)
        sums = np.bincount(key, weights=cents, minlength=cells)  # exact: whole numbers below 2^53
        keys = np.flatnonzero(counts)
        return keys, sums[keys].astype(np.int64), counts[keys]
    order = np.argsort(key, kind="stable")
    ordered = key[order]
    starts = np.flatnonzero(np.concatenate(([True], ordered[1:] != ordered[:-1])))
    counts = np.diff(np.concatenate((starts, [len(key)])))
    return ordered[starts], np.add.reduceat(cents[order], starts), counts
