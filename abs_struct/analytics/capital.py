"""What banks hold against loans under the internal-ratings-based approach: capital and risk weights.

K = LGD x (q(p, R, 99.9%) - p)      q: the Vasicek quantile; corporate loans x a maturity adjustment
risk weight = 12.5 x K
"""

from __future__ import annotations

import numpy as np

from abs_struct.analytics.vasicek import quantile
from abs_struct.core.findings import AnalyticsError, listed, nearest

CONFIDENCE = 0.999


def between(probability: float, low: float, high: float, speed: float) -> float:
    """A correlation that falls from `high` to `low` as the probability of default rises.

    w = (1 - exp(-speed p)) / (1 - exp(-speed)); low w + high (1 - w).

    Parameters
    ----------
    probability : scalar, fraction a year
    low, high : scalars, fractions
    speed : scalar, pure number

    Returns
    -------
    scalar, fraction

    Raises
    ------
    Nothing

    Source: Basel Committee (2006), paragraph 272.

    >>> between(1.0, 0.03, 0.16, 35.0)
    0.03
    """
    weight = float(np.expm1(-speed * probability) / np.expm1(-speed))
    return low * weight + high * (1.0 - weight)


def retail_correlation(probability: float, kind: str) -> float:
    """The correlation of a class of retail loans.

    Parameters
    ----------
    probability : scalar, fraction a year
    kind : "mortgage" (15%), "qualifying revolving" (4%: cards and pay-later), or "other retail" (3% to 16%)

    Returns
    -------
    scalar, fraction

    Raises
    ------
    AnalyticsError : another kind

    Source: Basel Committee (2006), paragraphs 328 to 330.

    >>> round(retail_correlation(0.02, "other retail"), 4)
    0.0946
    """
    kinds = {"mortgage": 0.15, "qualifying revolving": 0.04, "other retail": between(probability, 0.03, 0.16, 35.0)}
    if kind not in kinds:
        raise AnalyticsError(f"no kind of retail loan '{kind}'{nearest(kind, kinds)} (kinds: {listed(kinds)})")
    return kinds[kind]


def corporate_correlation(probability: float, turnover: float = 50.0) -> float:
    """The correlation of corporate loans, less for small firms.

    Parameters
    ----------
    probability : scalar, fraction a year
    turnover : scalar, millions of euro a year; from 5 to 50

    Returns
    -------
    scalar, fraction

    Raises
    ------
    Nothing

    Source: Basel Committee (2006), paragraphs 272 and 273.

    >>> round(corporate_correlation(0.01), 4), round(corporate_correlation(0.01, turnover=5.0), 4)
    (0.1928, 0.1528)
    """
    small = 0.04 * (1.0 - (min(max(turnover, 5.0), 50.0) - 5.0) / 45.0)
    return between(probability, 0.12, 0.24, 50.0) - small


def retail_risk_weight(probability: float, loss_given_default: float, kind: str) -> float:
    """The risk weight of retail loans.

    Parameters
    ----------
    probability : scalar, fraction a year
    loss_given_default : scalar, fraction
    kind : "mortgage", "qualifying revolving" or "other retail"

    Returns
    -------
    scalar, fraction (0.75 is a risk weight of 75%)

    Raises
    ------
    AnalyticsError : another kind, or a probability that is none

    Source: Basel Committee (2006), paragraphs 328 to 330.

    >>> round(100 * retail_risk_weight(0.01, 0.45, "mortgage"), 2)
    56.4
    """
    level = quantile(probability, retail_correlation(probability, kind), CONFIDENCE)
    return float(12.5 * loss_given_default * (level - probability))


def corporate_risk_weight(
    probability: float, loss_given_default: float, maturity: float = 2.5, turnover: float = 50.0
) -> float:
    """The risk weight of corporate loans: x (1 + (M - 2.5) b) / (1 - 1.5 b), b = (0.11852 - 0.05478 ln p)^2.

    Parameters
    ----------
    probability : scalar, fraction a year
    loss_given_default : scalar, fraction
    maturity : scalar, years
    turnover : scalar, millions of euro a year

    Returns
    -------
    scalar, fraction

    Raises
    ------
    AnalyticsError : a probability that is none

    Source: Basel Committee (2006), paragraph 272.

    >>> round(100 * corporate_risk_weight(0.01, 0.45), 2)
    92.32
    """
    level = quantile(probability, corporate_correlation(probability, turnover), CONFIDENCE)
    slope = (0.11852 - 0.05478 * np.log(probability)) ** 2
    adjustment = (1.0 + (maturity - 2.5) * slope) / (1.0 - 1.5 * slope)
    return float(12.5 * loss_given_default * (level - probability) * adjustment)
