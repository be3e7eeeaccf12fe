"""Effective duration of a class: what its price does when the deal is run again with every index a little higher.

The deal runs three times side by side, on one scenario axis: every index of `assumptions.indices` lower by the
shift, as it is, and higher by it, in all periods alike (the first one too, as if it were not fixed yet). Coupons,
caps, hedges and the cash that is left for the class follow. Prepayments and defaults stay as assumed.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from abs_struct.analytics.discount_margin import price_at_discount_margin
from abs_struct.analytics.effective import effective_convexity
from abs_struct.analytics.effective import effective_duration as duration_of
from abs_struct.analytics.yields import price_at_yield
from abs_struct.core.findings import DealError, UsageError, listed, nearest
from abs_struct.curves.rates.index import Index
from abs_struct.deal import Deal
from abs_struct.deal.measures import Measures
from abs_struct.study.work import lines_for
from abs_struct.waterfall.engine import run

#: 25 basis points.
SHIFT = 0.0025
LARGEST_SHIFT = 0.05


@dataclass(frozen=True)
class Effective:
    """What moves the price of a class, at closing.

    duration, spread_duration : years; convexity : years squared
    down, price, up : per 100 of balance, with the indices lower, as they are, and higher
    """

    note: str
    shift: float
    duration: float
    convexity: float
    spread_duration: float
    down: float
    price: float
    up: float


def effective_duration(deal: Deal, note: str, shift: float = SHIFT) -> Effective:
    """Effective duration and convexity, and spread duration, of one class at its issue price.

    A floating class is priced in all three runs at the discount margin of its issue price, over its own index as
    shifted: what is left is the effect of caps, floors, and of cash that comes earlier, later or not at all. A fixed
    class is priced at the bond-equivalent yield of its issue price, moved by the same shift, because the curve that
    discounts it moves with the indices; where its flows do not move, this is its modified duration. The spread
    duration holds the flows: a floater's is that of its discount margin, a fixed class's its modified duration.

    Parameters
    ----------
    deal : as assumed, with its indices
    note : the class
    shift : by how much every index moves, a fraction a year, such as 0.0025

    Returns
    -------
    Effective : years, and prices per 100 of balance; nan where the class has no yield or margin at its issue price

    Raises
    ------
    DealError : no such class, one without a balance; UsageError : a shift outside (0, 5%]

    Source: Fabozzi, Bond Markets, Analysis and Strategies, effective duration and convexity.
    """
    if not 0.0 < shift <= LARGEST_SHIFT:
        raise UsageError(f"a shift of {shift:g} moves no index; it is above 0 and at most 5%, such as 0.0025")
    if note not in deal.terms.notes:
        raise DealError(f"no class '{note}'{nearest(note, deal.terms.notes)} (classes: {listed(deal.terms.notes)})")
    found = three_runs(deal, shift)
    face = float(found.balance(note)[1])
    if face <= 0.0:
        raise DealError(f"class {note} has no balance at closing, and so no price per 100 (an interest-only class)")
    low, middle, high = (float(price) for price in prices(found, note, shift))
    floats = deal.terms.notes[note].index is not None
    spread = found.spread_duration(note) if floats else found.modified_duration(note)
    return Effective(
        note,
        shift,
        float(duration_of(low, middle, high, shift)),
        float(effective_convexity(low, middle, high, shift)),
        float(spread[1]),
        *(100.0 * price / face for price in (low, middle, high)),
    )


def three_runs(deal: Deal, shift: float) -> Measures:
    """The deal with every index lower, as it is, and higher: three scenarios side by side."""
    moves, inputs = np.array([-shift, 0.0, shift]), dict(deal.program.inputs)
    for name, index in deal.terms.assumptions.indices.items():
        path = f"assumptions.indices.{name}" + (".shift" if isinstance(index, Index) else "")
        inputs[path] = inputs[path] + moves
    if not deal.terms.assumptions.indices:  # nothing moves, and still there are three
        first = next(iter(inputs))
        inputs[first] = np.full(3, inputs[first])
    lines = run(replace(deal.program, inputs=inputs), lines_for(deal.terms, deal.program))
    return Measures(deal.terms, deal.schedule, lines, inputs)


def prices(found: Measures, note: str, shift: float) -> Any:
    """What the class is worth in each of the three runs, (3,), in currency units."""
    flows = found.flows(note)
    if found.terms.notes[note].index is not None:
        margin = found.discount_margin(note)[1]
        return price_at_discount_margin(flows, found.index_rates(note), found.fractions(note), margin)
    yields = found.yield_(note)[1] + np.array([-shift, 0.0, shift])
    return price_at_yield(flows, found.years_from_closing, yields)
