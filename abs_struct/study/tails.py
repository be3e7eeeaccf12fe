"""Estimates from paths: shares, means, quantiles and tail means, each with its standard error."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

#: Two-sided 95% of a standard normal.
WIDE = 1.959963984540054


class Estimate(NamedTuple):
    """A figure and its standard error, in its own unit; nan where there are no paths."""

    value: float
    error: float


NONE = Estimate(float("nan"), float("nan"))


def known(values: Any) -> Any:
    """The values that are numbers."""
    found = np.asarray(values, dtype=float)
    return found[~np.isnan(found)]


def share_of(flags: Any) -> Estimate:
    """The share of paths in which something happens: sqrt(p (1 - p) / S) is its error, and 1 / S at least.

    Where it happens in no path, its probability is below 3 / S with 95%.

    >>> share_of([1.0, 0.0, 0.0, 0.0]).value
    0.25
    """
    found = known(flags)
    if not len(found):
        return NONE
    share = float(found.mean())
    return Estimate(share, float(max(np.sqrt(share * (1.0 - share) / len(found)), 1.0 / len(found))))


def mean_of(values: Any) -> Estimate:
    """The mean: standard deviation / sqrt(S) is its error.

    >>> mean_of([1.0, 3.0])
    Estimate(value=2.0, error=1.0)
    """
    found = known(values)
    if not len(found):
        return NONE
    spread = float(found.std(ddof=1)) if len(found) > 1 else float("nan")
    return Estimate(float(found.mean()), spread / float(np.sqrt(len(found))))


def quantile_of(values: Any, level: float) -> Estimate:
    """The value that is not exceeded in a share of the paths; its error from the ranks that enclose it in 95%.

    Source: order statistics; the number of paths below a quantile is binomial.

    >>> quantile_of(range(101), 0.95).value
    95.0
    """
    found = np.sort(known(values))
    count = len(found)
    if not count:
        return NONE
    middle, width = count * level, WIDE * np.sqrt(count * level * (1.0 - level))
    at = min(max(int(np.ceil(middle)) - 1, 0), count - 1)
    low, high = (min(max(int(end), 0), count - 1) for end in (np.floor(middle - width), np.ceil(middle + width)))
    return Estimate(float(found[at]), float(found[high] - found[low]) / (2.0 * WIDE))


def shortfall_of(values: Any, level: float) -> Estimate:
    """The mean of the worst paths, those beyond a quantile (expected shortfall, tail value at risk).

    Its error is sqrt((variance of the tail + level (tail mean - quantile)^2) / number in the tail).

    Source: Rockafellar and Uryasev (2002); the error after Manistre and Hancock (2005).

    >>> shortfall_of(range(100), 0.99).value
    99.0
    """
    found = np.sort(known(values))
    count = len(found)
    if not count:
        return NONE
    first = min(int(np.ceil(count * level)), count - 1)
    tail = found[first:]
    mean = float(tail.mean())
    gap = mean - float(found[max(first - 1, 0)])
    return Estimate(mean, float(np.sqrt((tail.var() + level * gap * gap) / len(tail))))
