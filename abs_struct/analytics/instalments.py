"""What consumer credit costs its user: the nominal yearly rate of flat-fee instalments, and tax inside a price."""

from __future__ import annotations

import numpy as np

from abs_struct.analytics.irr import irr
from abs_struct.core.findings import AnalyticsError


def instalment_rate(fee: float, months: int) -> float:
    """The nominal yearly rate of equal instalments with a flat fee: 12 x the internal rate of return a month.

    Each month pays 1 / months of the amount and fee / months of it, the fee being charged on the original amount.

    Parameters
    ----------
    fee : scalar, fraction of the original amount, over the whole term
    months : number of instalments

    Returns
    -------
    scalar, fraction a year, compounded monthly

    Raises
    ------
    AnalyticsError : no month, or a fee below nil

    Source: definition (annual percentage rate as 12 x monthly rate).

    >>> [round(instalment_rate(fee, months), 4) for fee, months in ((0.025, 3), (0.045, 6), (0.065, 9), (0.088, 12))]
    [0.1494, 0.1527, 0.1534, 0.1586]
    """
    if months < 1 or fee < 0.0:
        raise AnalyticsError(f"instalments need 1 month or more and a fee of 0 or more (got {months} and {fee:g})")
    return float(12.0 * irr(np.array([-1.0, *[(1.0 + fee) / months] * months])))


def effective_rate(nominal: float) -> float:
    """The effective yearly rate of a nominal one that is compounded monthly: (1 + r / 12)^12 - 1.

    Parameters
    ----------
    nominal : scalar, fraction a year

    Returns
    -------
    scalar, fraction a year

    Raises
    ------
    Nothing

    Source: definition.

    >>> round(effective_rate(instalment_rate(0.088, 12)), 3)
    0.171
    """
    return float(np.expm1(12.0 * np.log1p(nominal / 12.0)))


def tax_inside(rate: float, surcharge: float = 0.0) -> float:
    """Value-added tax as a share of a price that includes it, with surcharges on the tax: rate / (1 + rate) x (1 + s).

    Parameters
    ----------
    rate : scalar, fraction of the price without tax
    surcharge : scalar, fraction of the tax (urban maintenance and education surcharges: 12%)

    Returns
    -------
    scalar, fraction of the price received

    Raises
    ------
    AnalyticsError : a rate or surcharge below nil

    Source: definition (simplified method, tax inclusive in the price).

    >>> round(tax_inside(0.03, 0.12), 5)
    0.03262
    """
    if rate < 0.0 or surcharge < 0.0:
        raise AnalyticsError(f"a tax and its surcharges are 0 or more (got {rate:g} and {surcharge:g})")
    return rate / (1.0 + rate) * (1.0 + surcharge)
