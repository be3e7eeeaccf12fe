"""What a revolving deal bought: par, price, turnover, and purchases that miss the criteria which the deal names.

A fixed mix keeps criteria of a purchase, or is refused. With `mix: balance` it is the pool that is aimed at the shares
and keeps them; what is bought on a date is what the pool lacks, mostly of what runs off fastest, and may miss them by
itself. Criteria of the pool after a purchase are the other way round: a fixed mix drifts, as the longest live longest.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from abs_struct.deal.model import DealFile
from abs_struct.pool.mix import outlooks
from abs_struct.waterfall.ledger import Ledger

Series = NDArray[np.float64]
#: A share or yield is missed by more than this.
TOLERANCE = 1e-9


@dataclass(frozen=True)
class Purchases:
    """All purchases of a run.

    par, price : scalars, currency units; periods : in which something was bought; first, last : of them
    turns : par bought / initial pool; turns_of_average : par bought / average opening pool until the last purchase
    """

    par: float
    price: float
    periods: int
    first: int | None
    last: int | None
    turns: float
    turns_of_average: float

    def as_dict(self) -> dict[str, Any]:
        """The figures by name."""
        return asdict(self)


def purchases_of(terms: DealFile, lines: Ledger) -> Purchases | None:
    """What was bought, None where the deal buys nothing or its lines were not recorded.

    Parameters
    ----------
    terms : the deal; lines : recorded lines (T + 1,), amounts in currency units

    Returns
    -------
    Purchases, or None

    Raises
    ------
    Nothing

    Source: definition.
    """
    par = bought(terms, lines)
    needed = ("pool.initial_balance", "pool.opening_balance")
    if par is None or not all(path in lines for path in needed):
        return None
    total = np.sum(list(par.values()), axis=0)
    words = ("price_paid", "reinvested")
    paid = [lines[path] for name in par for word in words if (path := f"receivables.{name}.{word}") in lines]
    periods = np.flatnonzero(total > 0.0)
    initial, sum_of_par = float(lines["pool.initial_balance"][0]), float(total.sum())
    last = int(periods[-1]) if len(periods) else None
    average = initial if last is None else float(lines["pool.opening_balance"][1 : last + 1].mean())
    return Purchases(
        par=sum_of_par,
        price=float(np.sum(paid)),
        periods=len(periods),
        first=int(periods[0]) if len(periods) else None,
        last=last,
        turns=sum_of_par / initial if initial else 0.0,
        turns_of_average=sum_of_par / average if average else 0.0,
    )


def bought(terms: DealFile, lines: Ledger) -> dict[str, Series] | None:
    """The par bought of each kind, (T + 1,); None where it is not known."""
    if terms.revolving is None:
        return None
    paths = {name: f"receivables.{name}.purchased" for name in terms.revolving.receivables}
    return {name: lines[path] for name, path in paths.items()} if all(p in lines for p in paths.values()) else None


def held(terms: DealFile, lines: Ledger) -> dict[str, Series]:
    """What the pool holds of each kind after the purchases of a period, (T + 1,): bought, and its group."""
    found = {}
    for name in terms.receivables:
        parts = [f"receivables.{name}.balance", f"groups.{name}.balance"]
        found[name] = np.sum([lines[path] for path in parts if path in lines], axis=0)
    return found


def missed_criteria(terms: DealFile, lines: Ledger) -> Iterator[str]:
    """Purchases that exceed a limit, yield too little or run too long: a sentence for each criterion, with the worst.

    Parameters
    ----------
    terms : the deal; lines : recorded lines (T + 1,)

    Returns
    -------
    iterator of sentences

    Raises
    ------
    Nothing

    Source: definition.
    """
    par = bought(terms, lines)
    if par is None or terms.revolving is None:
        return
    rules = terms.revolving
    periods = np.flatnonzero(np.sum(list(par.values()), axis=0) > 0.0)
    if not len(periods):
        return
    tested = par if rules.criteria == "purchase" else held(terms, lines)
    total = np.sum(list(tested.values()), axis=0)
    shares = {name: series[periods] / total[periods] for name, series in tested.items()}
    aims = rules.mix == "balance" and rules.criteria == "purchase"
    where = "purchases" if rules.criteria == "purchase" else "pools after a purchase"
    units = outlooks(rules, terms.assumptions)

    def average(figures: dict[str, float]) -> Series:
        return np.asarray(sum(shares[name] * figure for name, figure in figures.items()))

    def sentence(words: str, over: Series, limit: float, what: str, figure: str) -> Iterator[str]:
        missed = over > TOLERANCE * max(1.0, limit)
        if missed.any():
            at = int(np.argmax(over))
            yield (
                f"{words} in {int(missed.sum())} of {len(periods)} {where}, most in period {periods[at]}: "
                f"{figure.format(abs(limit + over[at]))}, {what} {figure.format(abs(limit))}"
                + (" (the mix aims at shares of the pool, not of a purchase)" if aims else "")
            )

    for name, kind in rules.receivables.items():
        if kind.limit is not None:
            limit = float(kind.limit)
            yield from sentence(f"{name} exceeds its limit", shares[name] - limit, limit, "limit", "{:.2%}")
    if rules.least_yield is not None:
        least = float(rules.least_yield)
        found = average({name: unit.yield_ for name, unit in units.items()})
        yield from sentence("the yield is too low", least - found, -least, "least_yield", "{:.2%}")
    if rules.longest_average_term is not None:
        longest = float(rules.longest_average_term)
        found = average({name: unit.term for name, unit in units.items()})
        words = "the average term is too long"
        yield from sentence(words, found - longest, longest, "longest_average_term", "{:.2f} months")
    if rules.longest_remaining_term is not None:
        longest = float(rules.longest_remaining_term)
        found = average({name: float(kind.term) for name, kind in rules.receivables.items()})
        words = "the remaining term is too long"
        yield from sentence(words, found - longest, longest, "longest_remaining_term", "{:.2f} months")
