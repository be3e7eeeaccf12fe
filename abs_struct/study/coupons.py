"""Coupons: what each class has to pay so that it yields what is asked of it at its price; all classes together.

A coupon changes what is left for the others, so the classes are solved side by side, each with the coupons of the
others as they last were, until none moves.
"""

from __future__ import annotations

from collections.abc import Mapping
from concurrent.futures import Executor
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np

from abs_struct.core.findings import DealError, UsageError, listed, nearest
from abs_struct.deal import Deal
from abs_struct.study.designs import Design
from abs_struct.study.ksection import Array, Missed, Rows, brackets, narrowed
from abs_struct.study.scenarios import Progress
from abs_struct.study.trials import Range, Trials
from abs_struct.study.varied import Varied
from abs_struct.terms.coupons import Coupon

if TYPE_CHECKING:
    import pandas as pd

PAR = 100.0
SCAN = 65
#: How close a coupon is found, and how little one moves between two rounds when all are done.
CLOSE = 1e-12
FIRST, NEXT = 1e-4, 1e-3  # how close in the first round, and by how much closer in each that follows
STILL = 1e-11
MOST_ROUNDS = 40
#: From the second round on a coupon is looked for first within so many times what the coupons moved in the last.
NEAR, NEAR_SCAN = 4.0, 5
#: Where coupons and margins are looked for; the range of a coupon goes on to four times its target.
COUPONS, MARGINS = Range(0.0, 0.30), Range(-0.05, 0.30)


@dataclass(frozen=True)
class Wanted:
    """What is asked of a class: a yield, or a discount margin, at a price per 100, and the field that is solved.

    Without a target the coupon stays, and the measure is what the price gives.
    """

    note: str
    path: str
    measure: str
    target: float | None
    price: float
    span: Range


@dataclass(frozen=True, eq=False)
class Coupons:
    """Coupons (or margins, of floaters) of N classes, and what the classes yield with all of them; arrays (N,).

    wanted : what was asked of each class
    coupons : a fraction a year; measured : the yield or discount margin; lives : years
    rounds : how often the classes were solved until none moved
    """

    deal: str
    wanted: tuple[Wanted, ...]
    coupons: Array
    measured: Array
    lives: Array
    rounds: int

    def __len__(self) -> int:
        return len(self.wanted)

    @cached_property
    def frame(self) -> pd.DataFrame:
        """A row for each class."""
        import pandas as pd

        return pd.DataFrame(
            {
                "class": [one.note for one in self.wanted],
                "field": [one.path for one in self.wanted],
                "coupon": self.coupons,
                "price": [one.price for one in self.wanted],
                "target": [one.target for one in self.wanted],
                "measure": [one.measure for one in self.wanted],
                "measured": self.measured,
                "wal": self.lives,
            }
        )

    def changes(self) -> dict[str, str]:
        """The coupons as fields of the deal, for `deal.with_` and --set."""
        return {one.path: repr(float(coupon)) for one, coupon in zip(self.wanted, self.coupons, strict=True)}

    def summary(self) -> dict[str, Any]:
        """The coupons in one JSON object, schema abs-struct/coupon/1."""
        return {
            "schema": "abs-struct/coupon/1",
            "deal": self.deal,
            "rounds": self.rounds,
            "classes": {
                one.note: {
                    "field": one.path,
                    "coupon": float(self.coupons[k]),
                    "price": one.price,
                    "measure": one.measure,
                    "target": one.target,
                    "measured": float(self.measured[k]),
                    "wal": float(self.lives[k]),
                }
                for k, one in enumerate(self.wanted)
            },
        }

    def __repr__(self) -> str:
        found = ", ".join(f"{one.path} = {100 * c:.4f}%" for one, c in zip(self.wanted, self.coupons, strict=True))
        return f"<Coupons of {self.deal}: {found}>"


def solve_coupons(
    deal: Deal,
    yields: Mapping[str, float] | None = None,
    margins: Mapping[str, float] | None = None,
    prices: Mapping[str, float] | None = None,
    *,
    executor: Executor | None = None,
    progress: Progress | None = None,
) -> Coupons:
    """The coupons at which classes yield what is asked of them, at par or at a price.

    Parameters
    ----------
    deal : as assumed
    yields : class -> bond-equivalent yield, a fraction a year
    margins : floating class -> discount margin, a fraction a year
    prices : class -> clean price per 100 at closing; 100 where left out. A class with a price alone keeps its coupon,
        and its yield, or discount margin where it floats, is that of the price
    executor : anything with the `submit` of concurrent.futures; in this process when left out
    progress : called with scenarios done and in all, pass by pass

    Returns
    -------
    Coupons of N classes: of a fixed class its coupon, of a floating one the margin over its index

    Raises
    ------
    DealError : no such class, a class without an index asked for a discount margin
    UsageError : no target, two for one class, a coupon that is no plain number, a target that no coupon meets

    Source: definition; a coupon at par is the one at which the price at the yield is 100.
    """
    wanted = wanted_of(deal, yields or {}, margins or {}, prices or {})
    priced = deal.with_({f"notes.{one.note}.issue_price": repr(one.price) for one in wanted})
    coupons = np.array([float(deal.compiled.inputs[one.path]) for one in wanted])
    asked = [k for k, one in enumerate(wanted) if one.target is not None]
    rounds = 0
    if asked:
        coupons[asked], rounds = settled(priced, tuple(wanted[k] for k in asked), coupons[asked], executor, progress)
    changes = {one.path: repr(float(coupon)) for one, coupon in zip(wanted, coupons, strict=True)}
    found = priced.with_(changes).run().measures
    measured = np.array([float(found.value(one.measure)) for one in wanted])
    lives = np.array([float(found.wal(one.note)) for one in wanted])
    return Coupons(deal.terms.name, wanted, coupons, measured, lives, rounds)


def settled(
    deal: Deal, wanted: tuple[Wanted, ...], start: Array, executor: Executor | None, progress: Progress | None
) -> tuple[Array, int]:
    """The coupons of N classes that meet their targets together, and in how many rounds.

    Raises
    ------
    UsageError : a target that no coupon meets, or coupons that do not settle
    """
    measures = [one.measure for one in wanted]
    targets = np.array([one.target for one in wanted], dtype=float)
    coupons = start.copy()

    def fields(levels: Array, at: Rows) -> list[Varied]:
        """Of the class that is solved the level, of the others their last coupon."""
        return [
            Varied.of_numbers(one.path, np.where(at == k, levels, coupons[k]), within=(one.span.low, one.span.high))
            for k, one in enumerate(wanted)
        ]

    trials = Trials(deal, Design(()), fields, executor, progress)
    trials.check(wanted[0].span)

    def distance(levels: Array, at: Rows) -> Array:
        """How far the measure of the class `at` is above its target."""
        columns = trials.run(levels, at, measures).columns
        found: Array = np.array([columns[name] for name in measures])[at, np.arange(len(at))] - targets[at]
        return found

    moved, close, rounds = np.inf, FIRST, 0
    while rounds < MOST_ROUNDS and (moved > STILL or close > CLOSE):
        close = max(CLOSE, NEXT * close) if rounds else FIRST  # early rounds need not be close
        found = one_round(wanted, distance, coupons, moved, close)
        moved, rounds = max(float(np.abs(found - coupons).max()), close), rounds + 1
        coupons[:] = found
    if moved > STILL:
        raise UsageError(
            f"the coupons of {listed([one.note for one in wanted])} do not settle: each changes what is left for the "
            "others; solve fewer of them at once"
        )
    return coupons, rounds


def one_round(wanted: tuple[Wanted, ...], distance: Missed, start: Array, moved: float, close: float) -> Array:
    """The coupon of each class with those of the others as they are: the lowest that meets its target.

    Parameters
    ----------
    wanted : N classes
    distance : how far the measure of a class is above its target
    start : (N,), the coupons of the last round
    moved : how far the coupons moved in the last round, which is where is looked first; infinite in the first round
    close : how close

    Raises
    ------
    UsageError : a target that no coupon meets, with what the class yields at both ends
    """
    whole = [one.span.scan(SCAN) for one in wanted]
    if np.isfinite(moved):
        around = start[:, None] + NEAR * moved * np.linspace(-1.0, 1.0, NEAR_SCAN)
        low, high = (np.array([[getattr(one.span, end)] for one in wanted]) for end in ("low", "high"))
        found, _ = lowest(np.clip(around, low, high), distance, close)
        if not np.isnan(found).any():
            return found
    levels = np.array(whole)
    found, short = lowest(levels, distance, close)
    if not np.isnan(found).any():
        return found
    for k in np.flatnonzero(np.isnan(found)) if close == CLOSE else ():
        one, target = wanted[k], wanted[k].target or 0.0
        low_text, high_text = (f"{100.0 * (short[k][end] + target) + 0.0:.4f}%" for end in (0, -1))
        raise UsageError(
            f"{one.path}: {one.measure} never comes to {100.0 * target:.4f}% at a price of {one.price:g}: it is "
            f"{low_text} at {100.0 * one.span.low:g}% and {high_text} at {100.0 * one.span.high:g}%"
        )
    nearest_to_it = np.nan_to_num(np.abs(short), nan=np.inf).argmin(axis=1)  # the others may still make room for it
    return np.where(np.isnan(found), levels[np.arange(len(levels)), nearest_to_it], found)


def lowest(levels: Array, distance: Missed, close: float) -> tuple[Array, Array]:
    """The lowest zero of each of N functions between its levels, (N, G), nan where it has none; and the functions."""
    count, points = levels.shape
    short = distance(levels.ravel(), np.repeat(np.arange(count), points)).reshape(levels.shape)
    above = short > 0.0
    turns = (above[:, 1:] != above[:, :-1]) & np.isfinite(short[:, 1:] + short[:, :-1])
    element = np.flatnonzero(turns.any(axis=1))
    first = turns.argmax(axis=1)[element]
    at_first = above[element, first].astype(np.intp)
    start = brackets(short, levels, element, first + at_first, first + 1 - at_first)
    found = np.full(count, np.nan)
    found[element] = narrowed(lambda x, at: distance(x, element[at]), start, close).holds
    return found, short


def wanted_of(
    deal: Deal, yields: Mapping[str, float], margins: Mapping[str, float], prices: Mapping[str, float]
) -> tuple[Wanted, ...]:
    """What is asked, in the order of the classes of the deal.

    Raises
    ------
    DealError : no such class, or one without an index asked for a discount margin
    UsageError : no target, two for one class, a coupon that is no plain number
    """
    known = deal.terms.notes
    for name in (*yields, *margins, *prices):
        if name not in known:
            raise DealError(f"no class '{name}'{nearest(name, known)} (classes: {listed(known)})")
    if not yields and not margins and not prices:
        raise UsageError(
            "say what classes have to yield, as in --yield A=5.25% (--margin A=0.80% of a floater), or --price A=99.5"
        )
    both = [name for name in yields if name in margins]
    if both:
        raise UsageError(f"class {both[0]} has a yield and a margin as its target; keep one")
    return tuple(
        one_wanted(deal, name, yields.get(name), margins.get(name), prices.get(name, PAR))
        for name in known
        if name in yields or name in margins or name in prices
    )


def one_wanted(deal: Deal, name: str, bond_yield: float | None, margin: float | None, price: float) -> Wanted:
    """What is asked of one class, and which number of its coupon is solved."""
    note = deal.terms.notes[name]
    path, span = f"notes.{name}.coupon", COUPONS
    if isinstance(note.coupon, Coupon):
        if note.coupon.index is not None and note.coupon.schedule is None:
            path, span = f"{path}.margin", MARGINS
        elif note.coupon.fixed is not None:
            path = f"{path}.fixed"
        else:
            raise UsageError(f"{path}: is a formula or a schedule, and no one number; solve one of its numbers instead")
    if price <= 0.0:
        raise UsageError(f"--price {name}={price:g}: a price per 100 is above 0")
    target = bond_yield if bond_yield is not None else margin
    if margin is not None and note.index is None:
        raise DealError(f"class {name} has no index and no discount margin; say its yield, as in --yield {name}=5.25%")
    high = max(span.high, min(4.0 * abs(target or 0.0), 0.99))
    of_margin = margin is not None or (bond_yield is None and note.index is not None)
    word = "discount_margin" if of_margin else "yield"
    return Wanted(name, path, f"{name}.{word}", target, price, Range(span.low, high))
