"""How far a price moves with its yield: Macaulay and modified duration, convexity."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from abs_struct.analytics.discounting import columns, moments, one_or_all
from abs_struct.analytics.yields import force_of


def macaulay_duration(flows: ArrayLike, years: ArrayLike, bond_yield: ArrayLike) -> Any:
    """D = sum(T CF / (1 + Y/2)^(2T)) / P.

    Parameters
    ----------
    flows : array (T,) or (T, S), money
    years : array (T,), years from settlement
    bond_yield : scalar or (S,), bond-equivalent yield as a fraction

    Returns
    -------
    scalar or (S,), years; nan where the flows are worth nothing

    Raises
    ------
    AnalyticsError : shapes that do not go together, times before settlement

    Source: SIFMA Standard Formulas, SF-47 to SF-50.

    >>> float(macaulay_duration([103.0], [1.0], 0.06))
    1.0
    """
    amounts, times, (rate,), alone = columns(flows, years, bond_yield)
    value, weighted = moments(amounts, times, force_of(rate), 2)
    with np.errstate(all="ignore"):
        return one_or_all(weighted / value, alone)


def modified_duration(flows: ArrayLike, years: ArrayLike, bond_yield: ArrayLike) -> Any:
    """Macaulay duration / (1 + Y/2): the fall of the price, as a fraction of it, for a unit rise of the yield.

    Parameters
    ----------
    flows : array (T,) or (T, S), money
    years : array (T,), years from settlement
    bond_yield : scalar or (S,), bond-equivalent yield as a fraction

    Returns
    -------
    scalar or (S,), years

    Raises
    ------
    AnalyticsError : shapes that do not go together, times before settlement

    Source: SIFMA Standard Formulas, SF-47 to SF-50.

    >>> round(float(modified_duration([103.0], [1.0], 0.06)), 6)
    0.970874
    """
    return macaulay_duration(flows, years, bond_yield) / (1.0 + 0.5 * np.asarray(bond_yield, dtype=float))


def convexity(flows: ArrayLike, years: ArrayLike, bond_yield: ArrayLike) -> Any:
    """sum(T (T + 1/2) CF / (1 + Y/2)^(2T)) / P / (1 + Y/2)^2.

    Parameters
    ----------
    flows : array (T,) or (T, S), money
    years : array (T,), years from settlement
    bond_yield : scalar or (S,), bond-equivalent yield as a fraction

    Returns
    -------
    scalar or (S,), years squared

    Raises
    ------
    AnalyticsError : shapes that do not go together, times before settlement

    Source: SIFMA Standard Formulas, SF-47 to SF-50.

    >>> round(float(convexity([100.0], [1.0], 0.0)), 6)
    1.5
    """
    amounts, times, (rate,), alone = columns(flows, years, bond_yield)
    value, weighted, squared = moments(amounts, times, force_of(rate), 3)
    growth = 1.0 + 0.5 * rate
    with np.errstate(all="ignore"):
        return one_or_all((squared + 0.5 * weighted) / value / (growth * growth), alone)
