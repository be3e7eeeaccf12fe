"""What a fit projects of new loans."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from abs_struct.history.fit import Fit
from abs_struct.history.loans import History

Column = NDArray[np.float64]


def loss_timing(found: Fit, history: History) -> Column:
    """The share of the loss of new loans like these that has come by each month of their life, (A,).

    Parameters
    ----------
    found : the curves
    history : N loans, whose amounts, terms and segments are those of the pool

    Returns
    -------
    (A,), fractions of the whole loss, the last one 1

    Raises
    ------
    UsageError : no such column
    """
    months = int(history.term.max())
    reached = np.array([projected(found, history, np.full(len(history), m)).sum() for m in range(1, months + 1)])
    shares: Column = reached / reached[-1]
    return shares


def projected(found: Fit, history: History, until: Any = None) -> Column:
    """The gross loss of new loans that a fit projects, (N,), currency units.

    Parameters
    ----------
    found : the curves
    history : N loans, of which rates are taken as their means by segment and term
    until : (N,) the age to which each is projected, months; its whole life when left out

    Returns
    -------
    (N,), currency units

    Raises
    ------
    UsageError : no such column
    """
    segments, place = history.by(found.by)
    result = np.zeros(len(history))
    for k, key in enumerate(segments):
        for term in np.unique(history.term[place == k]):
            rows = np.flatnonzero((place == k) & (history.term == term))
            rate = float(np.average(history.rate[rows], weights=history.original[rows]))
            path = found.of(key).loss(rate, int(term))
            ages = np.full(len(rows), len(path)) if until is None else np.clip(until[rows], 0, len(path))
            shares = np.concatenate([[0.0], path])[ages]
            result[rows] = history.original[rows] * shares
    return result
