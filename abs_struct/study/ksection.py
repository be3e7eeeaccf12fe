"""K-section: where something that holds at one level fails at another, for many brackets at once.

Every pass tries some levels of every bracket that is still open, all of them side by side. Some of them cut the bracket
evenly, so that it shrinks whatever the function does; nine stand close to where the line through the last two
failing levels comes to nil, at several distances, so that a smooth function is caught within a few passes. Only the
sign decides which part is kept: at the end the level holds and the one a tolerance away fails, whatever the slopes.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]
Rows = NDArray[np.intp]

#: missed(levels, at): how far the brackets `at` fail at some levels, (n,); nil or less where they hold.
Missed = Callable[[Array, Rows], Array]

#: Levels tried in a pass: enough to make it worth its fixed cost. Few brackets are each cut the finer.
PASS = 1_800
LEAST, MOST = 12, 256
#: How far from the expected level others are tried, on the side that holds and on the side that fails, as shares of its
#: distance from the failing end; a third of the tolerance where that is more. Two that fail give the next line.
BEFORE, BEHIND = np.array([0.1, 0.01, 0.001, 0.0]), np.array([0.2, 0.1, 0.01, 0.001, 0.0])
MOST_PASSES = 200


@dataclass(frozen=True, eq=False)
class Brackets:
    """Levels between which something begins to fail, one bracket an element; every array is (E,).

    holds, fails : the ends, in either order
    missed : by how much it fails at `fails`, above nil
    beyond, beyond_missed : another failing level behind that end, for the slope; nan where none is known
    """

    holds: Array
    fails: Array
    missed: Array
    beyond: Array
    beyond_missed: Array

    def __len__(self) -> int:
        return len(self.holds)


def narrowed(missed: Missed, start: Brackets, tolerance: float) -> Brackets:
    """The brackets no wider than a tolerance, or than the spacing of floats where that is more.

    Parameters
    ----------
    missed : the function, each bracket by itself; nan counts as failing
    start : brackets of E elements
    tolerance : scalar, the unit of the levels

    Returns
    -------
    Brackets: at `holds` the function is nil or less, at `fails` above nil

    Raises
    ------
    Nothing

    Source: K-section; Press et al., Numerical Recipes, section 9.2 (secant).

    >>> nan, end = np.array([np.nan]), np.array([1.0])
    >>> found = narrowed(lambda x, at: x * x - 0.25, Brackets(0.0 * end, end, 0.75 * end, nan, nan), 1e-9)
    >>> bool(found.holds[0] <= 0.5 < found.fails[0] <= found.holds[0] + 1e-9)
    True
    """
    holds, fails, short = start.holds.copy(), start.fails.copy(), start.missed.copy()
    beyond, beyond_short = start.beyond.copy(), start.beyond_missed.copy()
    for _ in range(MOST_PASSES):
        width = np.abs(fails - holds)
        at = np.flatnonzero(width > np.maximum(tolerance, 2.0 * np.spacing(np.maximum(np.abs(holds), np.abs(fails)))))
        if not len(at):
            break
        now = Brackets(holds[at], fails[at], short[at], beyond[at], beyond_short[at])
        levels = trials(now, tolerance, min(max(PASS // len(at), LEAST), MOST))
        found = missed(levels.ravel(), np.repeat(at, levels.shape[1])).reshape(levels.shape)
        bad = ~(found <= 0.0)
        levels = np.column_stack([now.holds, levels, now.fails, now.beyond])
        found = np.column_stack([np.zeros(len(at)), found, now.missed, now.beyond_missed])
        first = 1 + np.argmax(np.column_stack([bad, np.ones(len(at), dtype=bool)]), axis=1)
        rows = np.arange(len(at))
        holds[at], fails[at], short[at] = levels[rows, first - 1], levels[rows, first], found[rows, first]
        beyond[at], beyond_short[at] = levels[rows, first + 1], found[rows, first + 1]
    return Brackets(holds, fails, short, beyond, beyond_short)


def trials(now: Brackets, tolerance: float, count: int) -> Array:
    """The levels to try in each bracket, (E, K), from the end that holds to the end that fails."""
    with np.errstate(all="ignore"):
        span = now.fails - now.holds
        slope = (now.beyond_missed - now.missed) / (now.beyond - now.fails)
        back = now.missed / slope / span  # how far the line comes to nil from the failing end, as a share
        least = tolerance / 3.0 / np.abs(span)
        known = np.isfinite(back) & (back > 0.0) & (back < 1.0)
        near, far, least = 1.0 - back[:, None], back[:, None], least[:, None]
        guided = np.column_stack([near - np.maximum(BEFORE * far, least), near + np.maximum(BEHIND * far, least)])
    even = np.linspace(0.0, 1.0, count - guided.shape[1] + 2)[1:-1]
    spare = np.linspace(0.0, 1.0, count + 2)[1:-1]
    shares = np.column_stack([guided, np.broadcast_to(even, (len(now), len(even)))])
    inside = known[:, None] & (shares > 0.0) & (shares < 1.0)
    shares = np.sort(np.where(inside, shares, spare), axis=1)
    levels: Array = now.holds[:, None] + shares * span[:, None]
    return levels


#: What a scan from the lowest to the highest level says of an element.
BREAK_EVEN = "break-even"  # it holds up to a level, and fails above
SURVIVES = "survives the whole range"
FAILS = "fails at the lowest"
FROM = "holds from a level on"  # it fails below
MANY = "not monotone"  # it turns more than once


@dataclass(frozen=True, eq=False)
class Turns:
    """Where E elements turn; every array is (E,).

    outcomes : one of the five words above
    lowest : the level up to which it holds, or from which on, where it fails at the lowest; inf where it survives the
        whole range, -inf where no level up to the first turn holds
    highest : the greatest level that holds; inf where the end of the range does
    """

    outcomes: NDArray[np.object_]
    lowest: Array
    highest: Array


def turns(short: Array, levels: Array, missed: Missed, tolerance: float) -> Turns:
    """Where each element turns: from a scan, with the turns narrowed to a tolerance.

    Parameters
    ----------
    short : (E, G), by how much each element fails at each level of a scan; nil or less where it holds
    levels : (G,), rising
    missed : the function between them
    tolerance : scalar, the unit of the levels

    Returns
    -------
    Turns of E elements; what turns and turns back between two neighbours of the scan is not seen

    Raises
    ------
    Nothing

    Source: definition.

    >>> short = np.array([[-1.0, -1.0, 1.0], [-1.0, -1.0, -1.0], [1.0, 1.0, 1.0]])
    >>> found = turns(short, np.arange(3.0), lambda x, at: x - 1.25, 1e-9)
    >>> found.outcomes.tolist(), found.lowest.round(6).tolist()
    (['break-even', 'survives the whole range', 'fails at the lowest'], [1.25, inf, -inf])
    """
    fails: NDArray[np.bool_] = ~(short <= 0.0)
    count = len(levels)
    changes = (fails[:, 1:] != fails[:, :-1]).sum(axis=1)
    first = np.where(fails.any(axis=1), fails.argmax(axis=1), count)  # the lowest level that fails
    last = np.where(fails.all(axis=1), -1, count - 1 - (~fails)[:, ::-1].argmax(axis=1))  # the highest that holds
    outcomes = np.full(len(short), MANY, dtype=object)
    for word, changed, begins in ((SURVIVES, 0, False), (FAILS, 0, True), (BREAK_EVEN, 1, False), (FROM, 1, True)):
        outcomes[(changes == changed) & (fails[:, 0] == begins)] = word
    lowest, highest = np.where(first == count, np.inf, -np.inf), np.where(last == count - 1, np.inf, -np.inf)
    rows, ends = np.arange(len(short)), []
    falls, rises = (first > 0) & (first < count), outcomes == FROM
    ends.append((lowest, rows[falls], first[falls] - 1, first[falls]))
    again = (outcomes == MANY) & (last >= 0) & (last < count - 1)
    ends.append((highest, rows[again], last[again], last[again] + 1))
    begin = (~fails).argmax(axis=1)[rises]
    ends.append((lowest, rows[rises], begin, begin - 1))
    element, holds, at = (np.concatenate([end[k] for end in ends]) for k in (1, 2, 3))
    found = narrowed(lambda x, k: missed(x, element[k]), brackets(short, levels, element, holds, at), tolerance)
    done = 0
    for target, where, _, _ in ends:
        target[where] = found.holds[done : done + len(where)]
        done += len(where)
    highest = np.where(outcomes == BREAK_EVEN, lowest, highest)
    return Turns(outcomes, lowest, highest)


def brackets(short: Array, levels: Array, element: Rows, holds: Rows, fails: Rows) -> Brackets:
    """Brackets between two neighbours of a scan, of levels (G,) or (E, G), with the failing level behind them."""
    grid = np.broadcast_to(levels, short.shape)
    behind = np.clip(2 * fails - holds, 0, grid.shape[1] - 1)
    seen = (behind != fails) & (short[element, behind] > 0.0)
    return Brackets(
        grid[element, holds],
        grid[element, fails],
        short[element, fails],
        np.where(seen, grid[element, behind], np.nan),
        np.where(seen, short[element, behind], np.nan),
    )


def sign_changes(short: Array, levels: Array, missed: Missed, tolerance: float) -> tuple[Rows, Brackets]:
    """Every place at which an element goes from nil or less to above nil, or back, narrowed to a tolerance.

    Parameters
    ----------
    short : (E, G), the function of each element at each level of a scan; nan where it has no value
    levels : (G,), rising
    missed : the function between them
    tolerance : scalar, the unit of the levels

    Returns
    -------
    element : (R,) whose sign changes, in the order of element and level; Brackets of R places

    Raises
    ------
    Nothing

    Source: definition.

    >>> element, found = sign_changes(np.array([[1.0, -1.0, 3.0]]), np.array([-1.0, 0.0, 2.0]),
    ...                               lambda x, at: x * x - 1.0, 1e-9)
    >>> element.tolist(), found.holds.round(6).tolist()
    ([0, 0], [-1.0, 1.0])
    """
    there = np.isfinite(short)
    above = short > 0.0
    element, at = np.nonzero((above[:, 1:] != above[:, :-1]) & there[:, 1:] & there[:, :-1])
    fails = np.where(above[element, at], at, at + 1)
    holds = np.where(above[element, at], at + 1, at)
    start = brackets(short, levels, element, holds, fails)
    return element, narrowed(lambda x, k: missed(x, element[k]), start, tolerance)
