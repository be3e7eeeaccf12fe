"""Draws: from the uncertainty of a deal to the values of its fields in each path."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from abs_struct.analytics import lognormal, vasicek
from abs_struct.core.findings import AnalyticsError, UsageError
from abs_struct.deal import Deal
from abs_struct.study.levels import Levels
from abs_struct.study.levers import recovery_levers, speed_levers, timing_levers
from abs_struct.study.streams import uniforms
from abs_struct.study.uncertainty import COPULA, LOGNORMAL, POWERS, UncertainDefault, UncertainFactor, Uncertainty
from abs_struct.study.varied import Varied

#: Which of a path's uniform numbers is for what.
FACTOR, LOANS, RECOVERY, PREPAYMENT, TIMING = range(5)
#: A recovery that is drawn stays inside these.
LEAST, MOST = 1e-9, 1.0 - 1e-6


@dataclass(frozen=True, eq=False)
class Draws:
    """The paths of a simulation.

    varied : the fields that differ, each (S,)
    drawn : what was drawn, by name, each (S,): level (a fraction), and recovery, speed, timing where they are uncertain
    beyond : the share of paths whose level is more than the pool can bear, a fraction
    """

    varied: tuple[Varied, ...]
    drawn: dict[str, Any]
    beyond: float


def draws_of(deal: Deal, uncertainty: Uncertainty, levels: Levels, seed: int, count: int) -> Draws:
    """The values of the fields in paths 0 to S - 1.

    Parameters
    ----------
    deal : the base
    uncertainty : what is drawn
    levels : the ladder of the deal
    seed : the key of the streams
    count : S paths

    Returns
    -------
    Draws; path n is the same however many paths are drawn

    Raises
    ------
    UsageError : something is uncertain that the deal does not have, or a width that no distribution has
    """
    from scipy.special import ndtri

    numbers = uniforms(seed, 0, count)
    factor = ndtri(numbers[:, FACTOR])
    level = level_drawn(deal, uncertainty.default, levels.mean, factor, numbers[:, LOANS])
    multiple = levels.multiple(level)
    drawn: dict[str, Any] = {"level": level}
    varied: list[Varied] = []
    if uncertainty.recovery is not None:
        share, fields, scale = recovered(deal, uncertainty.recovery, factor, ndtri(numbers[:, RECOVERY]))
        drawn["recovery"] = share
        varied += fields
        multiple = multiple * scale
    varied += [lever.times(multiple) for lever in levels.levers]
    if uncertainty.prepayment is not None:
        speed = lognormal.level_at(
            1.0, uncertainty.prepayment.deviation, mixed(uncertainty.prepayment, factor, ndtri(numbers[:, PREPAYMENT]))
        )
        found = speed_levers(deal)
        if not found:
            raise UsageError("prepayment is uncertain, and the deal has none; leave it out of the uncertainty")
        drawn["speed"] = speed
        varied += [lever.times(speed) for lever in found]
    if uncertainty.timing is not None:
        drawn["timing"], fields = timed(deal, uncertainty, numbers[:, TIMING])
        varied += fields
    return Draws(tuple(varied), drawn, float(np.mean(level > levels.most * (1.0 + 1e-9))))


def level_drawn(deal: Deal, terms: UncertainDefault, mean: float, factor: Any, own: Any) -> Any:
    """The default level of each path, (S,), a fraction; a high factor is a bad path."""
    try:
        if terms.distribution == LOGNORMAL:
            return lognormal.level_at(mean, terms.deviation, factor)
        correlation = terms.correlation
        if correlation is None:
            correlation = vasicek.correlation_of(mean, mean * float(terms.deviation or 0.0))
        share = vasicek.conditional_default(mean, correlation, -factor)
    except AnalyticsError as error:
        raise UsageError(f"default: {error}") from None
    if terms.distribution != COPULA:
        return share
    from scipy.stats import binom

    loans = terms.loans if terms.loans is not None else len(deal.collateral.eligible)
    return binom.ppf(own, loans, share) / loans


def mixed(terms: UncertainFactor, factor: Any, own: Any) -> Any:
    """A standard normal with a correlation to the factor of defaults, (S,)."""
    rho = terms.correlation
    return rho * factor + np.sqrt(1.0 - rho * rho) * own


def recovered(deal: Deal, terms: UncertainFactor, factor: Any, own: Any) -> tuple[Any, list[Varied], Any]:
    """The share received in each path, (S,), its fields, and what it does to curves that are written as net losses.

    Beta distributions with the deal's recoveries as means, moved by one normal. A net loss is a default x the share
    that is lost: so that the default level keeps what was drawn, its curve moves with the share lost.
    """
    from scipy.special import betaincinv, ndtr

    found = recovery_levers(deal)
    if not found:
        raise UsageError("recovery is uncertain, and the deal recovers nothing; leave it out of the uncertainty")
    level = ndtr(mixed(terms, factor, own))
    shares = []
    for lever in found:
        mean, variance = lever.share, (lever.share * terms.deviation) ** 2
        if not variance < mean * (1.0 - mean):
            raise UsageError(
                f"recovery: a deviation of {terms.deviation:.6g} is too wide for a mean of {mean:.6g}; it lies below "
                f"{np.sqrt((1.0 - mean) / mean):.4g}"
            )
        strength = mean * (1.0 - mean) / variance - 1.0
        shares.append(np.clip(betaincinv(mean * strength, (1.0 - mean) * strength, level), LEAST, MOST))
    net = any(getattr(curve, "net", False) for curve in default_curves(deal))
    scale = (1.0 - shares[0]) / (1.0 - found[0].share) if net else 1.0
    return shares[0], [lever.of(share) for lever, share in zip(found, shares, strict=True)], scale


def default_curves(deal: Deal) -> list[Any]:
    """The default curves of a deal."""
    assumptions = deal.terms.assumptions
    own = [assumptions.default, *(terms.default for terms in assumptions.groups.values())]
    return [curve for curve in own if curve is not None]


def timed(deal: Deal, uncertainty: Uncertainty, own: Any) -> tuple[Any, list[Varied]]:
    """The shape of the timing in each path, (S,) words, and its fields."""
    found = timing_levers(deal)
    if not found:
        raise UsageError(
            "timing is uncertain, and the default curves of the deal are rates without a timing; leave it out of the "
            "uncertainty"
        )
    terms: Any = uncertainty.timing
    ends = np.cumsum([getattr(terms, word) for word in POWERS])
    at = np.minimum(np.searchsorted(ends, own, side="right"), len(POWERS) - 1)
    words = tuple(POWERS)
    used = np.unique(at)
    place = np.searchsorted(used, at).astype(np.intp)
    fields = [Varied(lever.path, tuple(lever.shaped(POWERS[words[k]]) for k in used), place) for lever in found]
    return np.array(words, dtype=object)[at], fields
