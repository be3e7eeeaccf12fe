"""The chain ladder: what young vintages have still to come, from how older ones went on, with Mack's errors."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from abs_struct.core.findings import UsageError

Grid = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Ladder:
    """A triangle of V vintages and A + 1 ages, and what follows from it.

    triangle : (V, A + 1) cumulative amounts, nan beyond what is known
    factors : (A,) from each age to the next; variances : (A,) Mack's sigma squared
    tail : what the last age is multiplied with
    """

    triangle: Grid
    factors: Grid
    variances: Grid
    tail: float = 1.0

    @cached_property
    def latest(self) -> Any:
        """The last known age of each vintage, (V,)."""
        return np.where(~np.isnan(self.triangle), np.arange(self.triangle.shape[1]), 0).max(axis=1)

    @cached_property
    def known(self) -> Any:
        """The last known amount of each vintage, (V,)."""
        return self.triangle[np.arange(len(self.triangle)), self.latest]

    @cached_property
    def to_ultimate(self) -> Grid:
        """What an amount at each age is multiplied with to come to its end, (A + 1,)."""
        return np.concatenate([np.cumprod(self.factors[::-1])[::-1], [1.0]]) * self.tail

    @cached_property
    def ultimate(self) -> Any:
        """The amount to which each vintage comes, (V,)."""
        return self.known * self.to_ultimate[self.latest]

    @cached_property
    def reserve(self) -> Any:
        """What is still to come, (V,)."""
        return self.ultimate - self.known

    @cached_property
    def completed(self) -> Grid:
        """The triangle with its lower half, (V, A + 1)."""
        found = self.triangle.copy()
        for age, factor in enumerate(self.factors):
            found[:, age + 1] = np.where(np.isnan(found[:, age + 1]), found[:, age] * factor, found[:, age + 1])
        return found

    @cached_property
    def timing(self) -> Any:
        """The share of the ultimate amount that has come by each age, (A + 1,)."""
        return 1.0 / self.to_ultimate

    @cached_property
    def errors(self) -> Any:
        """Mack's standard error of each ultimate amount, (V,), without that of the tail."""
        return np.sqrt(self.ultimate**2 * np.array([self.spread(k) for k in range(len(self.triangle))]))

    def spread(self, vintage: int) -> float:
        """Relative variance of an ultimate amount: sum of sigma^2 / f^2 (1 / C + 1 / sum of C) over ages to come."""
        found = 0.0
        for age in range(self.latest[vintage], len(self.factors)):
            own, behind = self.completed[vintage, age], self.behind[age]
            if own > 0.0 and behind > 0.0:
                found += self.variances[age] / self.factors[age] ** 2 * (1.0 / own + 1.0 / behind)
        return found

    @cached_property
    def behind(self) -> Any:
        """The amounts that each factor was found from, added up, (A,)."""
        both = ~np.isnan(self.triangle[:, 1:])
        return np.where(both, self.triangle[:, :-1], 0.0).sum(axis=0)

    @cached_property
    def total_error(self) -> float:
        """Mack's standard error of all ultimate amounts together, whose factors are the same."""
        found = float(np.sum(self.errors**2))
        for k in range(len(self.triangle)):
            later = self.ultimate[[j for j in range(len(self.triangle)) if self.latest[j] < self.latest[k]]].sum()
            shared = sum(
                2.0 * self.variances[age] / self.factors[age] ** 2 / self.behind[age]
                for age in range(self.latest[k], len(self.factors))
                if self.behind[age] > 0.0
            )
            found += self.ultimate[k] * later * shared
        return float(np.sqrt(found))

    def blended(self, prior: Any) -> Any:
        """Bornhuetter and Ferguson: what is known, and of a prior amount what is still to come, (V,)."""
        return self.known + np.asarray(prior, dtype=float) * (1.0 - self.timing[self.latest])


def chain_ladder(triangle: Any, tail: float = 1.0) -> Ladder:
    """Development factors of a triangle, weighted by volume.

    f(a) = sum of C(a + 1) / sum of C(a) over the vintages known at both; sigma^2(a) = sum of C(a) (C(a + 1) / C(a) -
    f(a))^2 / (n - 1), and for the last age the least that goes on the fall of the two before it.

    Parameters
    ----------
    triangle : (V, A + 1) cumulative amounts, nan beyond what is known
    tail : what the last age is multiplied with, 1 or more

    Returns
    -------
    Ladder

    Raises
    ------
    UsageError : fewer than two vintages or ages, an amount that is known after a gap, or none to start from

    Source: Mack (1993), Distribution-free calculation of the standard error of chain ladder reserve estimates.

    >>> chain_ladder([[100.0, 150.0], [120.0, float("nan")]]).ultimate.tolist()
    [150.0, 180.0]
    """
    grid = np.array(triangle, dtype=float)
    if grid.ndim != 2 or min(grid.shape) < 2:
        raise UsageError("a triangle has at least two vintages and two ages; take shorter vintages, or an older tape")
    blank = np.isnan(grid)
    if blank[:, 0].any() or (blank[:, :-1] & ~blank[:, 1:]).any():
        raise UsageError("a triangle is known from its first age on, without gaps")
    factors, variances = np.ones(grid.shape[1] - 1), np.zeros(grid.shape[1] - 1)
    counts = np.zeros(len(factors), dtype=int)
    for age in range(len(factors)):
        both = ~blank[:, age + 1]
        now, then = grid[both, age], grid[both, age + 1]
        counts[age] = int(both.sum())
        if now.sum() > 0.0:
            factors[age] = then.sum() / now.sum()
        positive = now > 0.0
        if positive.sum() > 1:
            ratio = then[positive] / now[positive]
            variances[age] = np.sum(now[positive] * (ratio - factors[age]) ** 2) / (positive.sum() - 1)
    last = len(factors) - 1
    if last >= 2 and counts[last] < 2 and variances[last - 2] > 0.0:
        before, two = variances[last - 1], variances[last - 2]
        variances[last] = min(before**2 / two, before, two)
    return Ladder(grid, factors, variances, tail)
