"""The default level of a large pool of equal loans under one common factor: the inverse-normal distribution.

A loan defaults where sqrt(rho) M + sqrt(1 - rho) e falls below N^-1(p). Given the factor M all loans default with

    p(M) = N((N^-1(p) - sqrt(rho) M) / sqrt(1 - rho))

and of a large pool just that share does. Its quantile at alpha is p(M) at M = -N^-1(alpha), the form in which banks'
capital is worked out.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from abs_struct.core.findings import AnalyticsError


def refuse_impossible(probability: Any, correlation: Any) -> None:
    """Refuse a probability of default outside (0, 1), and a correlation outside [0, 1).

    Parameters
    ----------
    probability, correlation : scalars or (S,), fractions

    Returns
    -------
    None, where both are possible

    Raises
    ------
    AnalyticsError : says which is not

    Source: definition.

    >>> refuse_impossible(0.05, 0.1)
    """
    if not np.all((np.asarray(probability) > 0.0) & (np.asarray(probability) < 1.0)):
        raise AnalyticsError(f"a probability of default lies above 0% and below 100% (got {probability})")
    if not np.all((np.asarray(correlation) >= 0.0) & (np.asarray(correlation) < 1.0)):
        raise AnalyticsError(f"a correlation lies from 0% to below 100% (got {correlation})")


def conditional_default(probability: Any, correlation: Any, factor: Any) -> Any:
    """The share that defaults where the common factor is known; a low factor is a bad year.

    Parameters
    ----------
    probability : scalar or (S,), fraction, of default in the long run
    correlation : scalar, fraction, of the loans' asset values
    factor : scalar or (S,), standard normal

    Returns
    -------
    scalar or (S,), fraction

    Raises
    ------
    AnalyticsError : a probability or correlation that is none

    Source: Vasicek (1987, 2002), one-factor Gaussian model.

    >>> round(float(conditional_default(0.05, 0.04, -3.0902323)), 6)
    0.147324
    """
    from scipy.special import ndtr, ndtri

    refuse_impossible(probability, correlation)
    return ndtr((ndtri(probability) - np.sqrt(correlation) * factor) / np.sqrt(1.0 - np.asarray(correlation)))


def quantile(probability: Any, correlation: Any, level: Any) -> Any:
    """The default level that is not exceeded with a probability of `level`.

    Parameters
    ----------
    probability, correlation : scalars or (S,), fractions
    level : scalar or (S,), fraction, such as 0.999

    Returns
    -------
    scalar or (S,), fraction

    Raises
    ------
    AnalyticsError : a probability or correlation that is none

    Source: Vasicek (2002); Basel Committee (2006), paragraph 272.

    >>> round(float(quantile(0.066, 0.08, 0.999)), 3)
    0.255
    """
    from scipy.special import ndtri

    return conditional_default(probability, correlation, -ndtri(level))


def distribution(level: Any, probability: Any, correlation: Any) -> Any:
    """The probability that the default level does not exceed `level`.

    N((sqrt(1 - rho) N^-1(x) - N^-1(p)) / sqrt(rho)).

    Parameters
    ----------
    level : scalar or (S,), fraction of the pool
    probability, correlation : scalars, fractions; a correlation above 0

    Returns
    -------
    scalar or (S,), fraction

    Raises
    ------
    AnalyticsError : a probability or correlation that is none, or a correlation of 0, which has one level only

    Source: Vasicek (2002).

    >>> round(float(distribution(0.147324, 0.05, 0.04)), 5)
    0.999
    """
    from scipy.special import ndtr, ndtri

    refuse_impossible(probability, correlation)
    if np.any(np.asarray(correlation) == 0.0):
        raise AnalyticsError("without correlation a large pool has one default level; write a correlation above 0%")
    inside = np.clip(level, 0.0, 1.0)
    return ndtr((np.sqrt(1.0 - correlation) * ndtri(inside) - ndtri(probability)) / np.sqrt(correlation))


def correlation_of(probability: float, deviation: float) -> float:
    """The correlation at which the default level has a standard deviation.

    var = N2(N^-1(p), N^-1(p); rho) - p^2, solved for rho.

    Parameters
    ----------
    probability : scalar, fraction
    deviation : scalar, fraction, the standard deviation of the default level

    Returns
    -------
    scalar, fraction

    Raises
    ------
    AnalyticsError : a deviation that no correlation has (it lies above 0 and below sqrt(p (1 - p)))

    Source: Vasicek (2002); the root by Brent's method.

    >>> round(correlation_of(0.066, 0.0389), 3)
    0.084
    """
    from scipy.optimize import brentq

    refuse_impossible(probability, 0.0)
    most = float(np.sqrt(probability * (1.0 - probability)))
    if not 0.0 < deviation < most:
        raise AnalyticsError(
            f"a default level with mean {probability:.4%} has a standard deviation above 0% and below {most:.4%} "
            f"(got {deviation:.4%})"
        )
    return float(brentq(lambda rho: variance(probability, rho) - deviation**2, 1e-12, 1.0 - 1e-9, xtol=1e-12))


def variance(probability: float, correlation: float) -> float:
    """The variance of the default level: N2(N^-1(p), N^-1(p); rho) - p^2.

    Written as the integral of the bivariate normal density over the correlation from 0, after Plackett.

    Parameters
    ----------
    probability, correlation : scalars, fractions

    Returns
    -------
    scalar, fraction squared

    Raises
    ------
    AnalyticsError : a probability or correlation that is none

    Source: Vasicek (2002); Plackett (1954).

    >>> round(variance(0.5, 0.5), 12)  # half of the pool, and a third of the plane: 1/3 - 1/4
    0.083333333333
    """
    from scipy.integrate import quad
    from scipy.special import ndtri

    refuse_impossible(probability, correlation)
    bound = float(ndtri(probability))
    # d N2 / d rho = exp(-h^2 / (1 + rho)) / (2 pi sqrt(1 - rho^2)); with rho = sin(t) the root leaves the denominator
    area, _ = quad(lambda t: np.exp(-(bound**2) / (1.0 + np.sin(t))), 0.0, float(np.arcsin(correlation)), epsabs=1e-14)
    return float(area / (2.0 * np.pi))


def tranche_loss(
    probability: float, correlation: float, attach: float, detach: float, loss_given_default: float
) -> float:
    """Expected loss of the slice of a pool from `attach` to `detach`, of the slice.

    Parameters
    ----------
    probability, correlation : scalars, fractions
    attach, detach : scalars, fractions of the pool
    loss_given_default : scalar, fraction

    Returns
    -------
    scalar, fraction of the slice

    Raises
    ------
    AnalyticsError : a slice that is none, a probability or correlation that is none

    Source: the integral of 1 - distribution over the slice.

    >>> round(tranche_loss(0.05, 0.1, 0.03, 0.07, 1.0), 6)
    0.411893
    """
    from scipy.integrate import quad

    if not 0.0 <= attach < detach <= 1.0:
        raise AnalyticsError(f"a slice begins at 0% or more and ends above that, at 100% at most ({attach}, {detach})")
    end = min(detach, loss_given_default)
    if end <= attach:
        return 0.0
    area, _ = quad(
        lambda loss: 1.0 - distribution(loss / loss_given_default, probability, correlation),
        attach, end, epsabs=1e-14, epsrel=1e-12, limit=400,
    )  # fmt: skip
    return float(area / (detach - attach))
