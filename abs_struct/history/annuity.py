"""What a level-pay loan owes after some of its payments."""

from __future__ import annotations

from typing import Any

import numpy as np


def balance(rate: float, term: int, paid: Any) -> Any:
    """What a level-pay loan of 1 owes after so many payments: ((1 + i)^n - (1 + i)^m) / ((1 + i)^n - 1).

    Parameters
    ----------
    rate : scalar, fraction a year
    term : months n
    paid : scalar or (A,), payments m

    Returns
    -------
    scalar or (A,), fraction of what was lent

    Raises
    ------
    Nothing

    Source: definition of an annuity.

    >>> balance(0.12, 12, 0), round(float(balance(0.12, 12, 6)), 6), balance(0.0, 4, 1)
    (1.0, 0.514921, 0.75)
    """
    done = np.minimum(np.asarray(paid, dtype=float), term)
    if rate == 0.0:
        found = 1.0 - done / term
    else:
        growth = (1.0 + rate / 12.0) ** term
        found = (growth - (1.0 + rate / 12.0) ** done) / (growth - 1.0)
    return float(found) if np.ndim(found) == 0 else found
