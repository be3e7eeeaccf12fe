"""Binomial expansion: a pool as so many equal and independent loans, its diversity score."""

from __future__ import annotations

import numpy as np

from abs_struct.core.findings import AnalyticsError


def senior_loss(diversity: int, probability: float, recovery: float, subordination: float) -> float:
    """Expected loss of all that stands above a subordination, of its own size.

    P(j) = C(D, j) p^j (1 - p)^(D - j); loss of the pool j / D (1 - recovery); of the senior part
    max(loss - subordination, 0) / (1 - subordination).

    Parameters
    ----------
    diversity : number of loans
    probability : scalar, fraction, of default
    recovery : scalar, fraction of a defaulted balance
    subordination : scalar, fraction of the pool

    Returns
    -------
    scalar, fraction of the senior part

    Raises
    ------
    AnalyticsError : no loan, or a fraction that is none

    Source: Cifuentes and O'Connor (1996), the binomial expansion method.

    >>> round(senior_loss(20, 0.05, 0.3, 0.1), 8)
    0.00115209
    """
    from scipy.stats import binom

    if diversity < 1:
        raise AnalyticsError(f"a pool has a diversity of 1 or more (got {diversity})")
    if not (0.0 <= probability <= 1.0 and 0.0 <= recovery <= 1.0 and 0.0 <= subordination < 1.0):
        raise AnalyticsError(
            "probability and recovery lie from 0% to 100%, subordination below "
            f"(got {probability}, {recovery}, {subordination})"
        )
    defaults = np.arange(diversity + 1)
    loss = defaults / diversity * (1.0 - recovery)
    beyond = np.maximum(loss - subordination, 0.0) / (1.0 - subordination)
    return float(np.sum(binom.pmf(defaults, diversity, probability) * beyond))
