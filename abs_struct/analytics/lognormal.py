"""Default levels that are lognormal: fitted by mean and coefficient of variation, as rating methods for ABS do.

sigma^2 = ln(1 + (s / m)^2)        mu = ln m - sigma^2 / 2
"""

from __future__ import annotations

from typing import Any

import numpy as np

from abs_struct.core.findings import AnalyticsError


def parameters(mean: Any, variation: Any) -> tuple[Any, Any]:
    """Location and scale of the logarithm, from mean and coefficient of variation.

    Parameters
    ----------
    mean : scalar or (S,), fraction of the pool
    variation : scalar or (S,), standard deviation / mean, pure number

    Returns
    -------
    (mu, sigma), scalars or (S,), pure numbers

    Raises
    ------
    AnalyticsError : a mean or variation of 0 or less

    Source: definition of the lognormal distribution.

    >>> mu, sigma = parameters(0.03, 0.5)
    >>> round(float(mu), 6), round(float(sigma), 6)
    (-3.61813, 0.472381)
    """
    if not (np.all(np.asarray(mean) > 0.0) and np.all(np.asarray(variation) > 0.0)):
        raise AnalyticsError(f"a lognormal level has a mean and a deviation above 0 (got {mean} and {variation})")
    sigma = np.sqrt(np.log1p(np.square(variation)))
    return np.log(mean) - sigma * sigma / 2.0, sigma


def level_at(mean: Any, variation: Any, normal: Any) -> Any:
    """The level where the underlying standard normal is known: exp(mu + sigma z).

    Parameters
    ----------
    mean : scalar, fraction of the pool
    variation : scalar, standard deviation / mean
    normal : scalar or (S,), standard normal

    Returns
    -------
    scalar or (S,), fraction of the pool; it may exceed 1

    Raises
    ------
    AnalyticsError : a mean or variation of 0 or less

    Source: definition of the lognormal distribution.

    >>> round(float(level_at(0.03, 0.5, 0.0)), 6)  # the median
    0.026833
    """
    mu, sigma = parameters(mean, variation)
    return np.exp(mu + sigma * np.asarray(normal))


def quantile(mean: Any, variation: Any, level: Any) -> Any:
    """The level that is not exceeded with a probability of `level`.

    Parameters
    ----------
    mean : scalar, fraction of the pool
    variation : scalar, standard deviation / mean
    level : scalar or (S,), fraction, such as 0.999

    Returns
    -------
    scalar or (S,), fraction of the pool

    Raises
    ------
    AnalyticsError : a mean or variation of 0 or less

    Source: definition of the lognormal distribution.

    >>> round(float(quantile(0.03, 0.5, 0.999)), 6)
    0.115514
    """
    from scipy.special import ndtri

    return level_at(mean, variation, ndtri(level))


def exceedance(mean: float, variation: float, level: Any) -> Any:
    """The probability that the level exceeds `level`.

    Parameters
    ----------
    mean : scalar, fraction of the pool
    variation : scalar, standard deviation / mean
    level : scalar or (S,), fraction of the pool, above 0

    Returns
    -------
    scalar or (S,), fraction

    Raises
    ------
    AnalyticsError : a mean or variation of 0 or less

    Source: definition of the lognormal distribution.

    >>> round(float(exceedance(0.03, 0.5, 0.06)), 6)
    0.044234
    """
    from scipy.special import ndtr

    mu, sigma = parameters(mean, variation)
    return ndtr((mu - np.log(level)) / sigma)


def stop_loss(mean: float, variation: float, level: float) -> float:
    """The expectation of what exceeds `level`: m N(d + sigma) - level N(d), d = (mu - ln level) / sigma.

    Parameters
    ----------
    mean : scalar, fraction of the pool
    variation : scalar, standard deviation / mean
    level : scalar, fraction of the pool

    Returns
    -------
    scalar, fraction of the pool

    Raises
    ------
    AnalyticsError : a mean or variation of 0 or less

    Source: Black (1976) without discounting.

    >>> round(stop_loss(0.03, 0.5, 0.04), 6)
    0.002679
    """
    from scipy.special import ndtr

    mu, sigma = parameters(mean, variation)
    if level <= 0.0:
        return mean - level
    d = (mu - np.log(level)) / sigma
    return float(mean * ndtr(d + sigma) - level * ndtr(d))


def tranche_loss(mean: float, variation: float, attach: float, detach: float) -> float:
    """Expected loss of the slice of a pool from `attach` to `detach`, of the slice.

    Parameters
    ----------
    mean : scalar, fraction of the pool, of the loss
    variation : scalar, standard deviation / mean
    attach, detach : scalars, fractions of the pool

    Returns
    -------
    scalar, fraction of the slice

    Raises
    ------
    AnalyticsError : a slice that is none, a mean or variation of 0 or less

    Source: the difference of two stop-loss premiums.

    >>> round(tranche_loss(0.03, 0.5, 0.04, 0.08), 6)
    0.063075
    """
    if not 0.0 <= attach < detach:
        raise AnalyticsError(f"a slice begins at 0% or more and ends above that ({attach}, {detach})")
    return (stop_loss(mean, variation, attach) - stop_loss(mean, variation, detach)) / (detach - attach)
