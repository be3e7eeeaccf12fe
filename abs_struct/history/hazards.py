"""Hazards with a tail: what was seen where enough loans were at risk, a curve fitted to it where they were not.

    weibull        h(a) = c a^(k - 1)                                   falls or rises for ever
    log-logistic   h(a) = c (a / s)^(k - 1) / (1 + (a / s)^k)            rises to a peak and falls
    flat           the mean of the last year that was well seen

The parameters maximise the binomial likelihood of the defaults of each age given who was at risk, so that an age counts
as much as it was seen. Ages are mid-months.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from abs_struct.core.findings import UsageError, listed, nearest

Column = NDArray[np.float64]
#: From how many loans at risk on an age is well seen.
SEEN = 100
LAST = 12
LARGEST = 0.999


def weibull(age: Any, logs: Any) -> Any:
    """c a^(k - 1), of log c and log k."""
    return np.exp(logs[0] + (np.exp(logs[1]) - 1.0) * np.log(age))


def log_logistic(age: Any, logs: Any) -> Any:
    """c (a / s)^(k - 1) / (1 + (a / s)^k), of log c, log k and log s."""
    power, ratio = np.exp(logs[1]), np.log(age) - logs[2]
    return np.exp(logs[0] + (power - 1.0) * ratio - np.logaddexp(0.0, power * ratio))


TAILS = {"weibull": (weibull, [-5.0, 0.0]), "log-logistic": (log_logistic, [-4.0, 0.7, 2.5])}
KINDS = (*TAILS, "flat")


def fitted(kind: str, at_risk: Column, ended: Column) -> Column:
    """The curve of a kind through the hazards of months 1 to A.

    Parameters
    ----------
    kind : "weibull", "log-logistic" or "flat"
    at_risk, ended : (A,) loans at risk in each month of age, and those of them that ended

    Returns
    -------
    (A,), fractions a month

    Raises
    ------
    UsageError : another kind, or no month in which somebody was at risk

    Source: maximum likelihood; Singer and Willett (1993) for discrete hazards.

    >>> seen = np.full(24, 1e4)
    >>> found = fitted("weibull", seen, seen * 0.01)
    >>> bool(np.abs(found - 0.01).max() < 1e-4)
    True
    """
    from scipy.optimize import minimize

    if kind not in KINDS:
        raise UsageError(f"--tail {kind}: no such curve{nearest(kind, KINDS)} (curves: {listed(KINDS)})")
    seen = np.flatnonzero(at_risk > 0.0)
    if not len(seen):
        raise UsageError("no loan was at risk in any month; there is nothing to fit")
    if kind == "flat" or ended[seen].sum() < 3.0:
        well = np.flatnonzero(at_risk >= min(SEEN, at_risk.max()))[-LAST:]
        return np.full(len(at_risk), ended[well].sum() / at_risk[well].sum())
    curve, start = TAILS[kind]
    age, exposed, events = seen + 0.5, at_risk[seen], ended[seen]

    def unlikely(logs: Any) -> float:
        chance = np.clip(curve(age, logs), 1e-12, LARGEST)
        return float(-np.sum(events * np.log(chance) + (exposed - events) * np.log1p(-chance)))

    first = np.array(start)
    first[0] += np.log(max(events.sum() / exposed.sum(), 1e-9)) - np.log(np.mean(curve(age, first)))
    found = minimize(unlikely, first, method="Nelder-Mead", options={"maxiter": 4000, "xatol": 1e-8, "fatol": 1e-10})
    return np.asarray(np.clip(curve(np.arange(len(at_risk)) + 0.5, found.x), 0.0, LARGEST), dtype=float)


def with_tail(kind: str, at_risk: Column, ended: Column, prior: Column | None = None, weight: float = 0.0) -> Column:
    """Hazards as they were seen, blended with those of a larger group, and the curve of a kind where they were not.

    (ended + weight x prior) / (at risk + weight) where loans enough were at risk: credibility after Buehlmann.

    Parameters
    ----------
    kind : of the tail
    at_risk, ended : (A,) loans
    prior : (A,) hazards of the larger group; none when left out
    weight : loans that the prior counts as

    Returns
    -------
    (A,), fractions a month

    Raises
    ------
    UsageError : another kind, or nobody at risk

    Source: Buehlmann (1967).

    >>> with_tail("flat", np.array([200.0, 0.0]), np.array([2.0, 0.0])).tolist()
    [0.01, 0.01]
    """
    if prior is not None and weight > 0.0:
        return np.asarray((ended + weight * prior) / (at_risk + weight), dtype=float)
    well = at_risk >= min(SEEN, at_risk.max())
    seen = np.divide(ended, at_risk, out=np.zeros(len(at_risk)), where=at_risk > 0.0)
    return np.where(well, seen, fitted(kind, at_risk, ended))
