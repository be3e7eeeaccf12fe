"""The mix of purchases: its yield and term, the limits that it has to keep, and the worst mix that they allow.

Between two purchases a seller may fill a pool with what hurts most, as far as the limits reach. The worst mix is a
small linear programme over the shares w of the par bought:

    maximise  sum w (loss - income)   subject to   sum w = 1,  0 <= w <= limit,
                                                   sum w yield >= least yield,  sum w term <= longest average term,
                                                   sum w months to the last payment <= longest remaining term

where loss and income are those of one unit of par over its life.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from abs_struct.core.arithmetic.arrays import Arrays
from abs_struct.core.findings import DealError
from abs_struct.curves import Assumptions
from abs_struct.curves.default.timing import Placed
from abs_struct.pool.products import unit_of
from abs_struct.terms.revolving import Receivable, Revolving

Series = NDArray[np.float64]


@dataclass(frozen=True, eq=False, repr=False)
class Unit:
    """What one unit of par of a receivable is expected to do over its life.

    loss : defaulted less recovered, per unit of par; income : interest, fees and discount received, per unit of par
    yield_ : by contract, income a year per unit of average balance; term : by contract, weighted average term of its
        principal in months: what a criterion of purchase looks at is promised, not expected
    """

    loss: float
    income: float
    yield_: float
    term: float


def unit_outlook(name: str, product: Receivable, assumptions: Assumptions) -> Unit:
    """Run one unit of par off under the curves of its group, at the numbers of the document.

    Parameters
    ----------
    name : of the receivable, and of its group in the assumptions; product, assumptions : as the document has them

    Returns
    -------
    Unit : scalars, per unit of par; yield a fraction a year, term in months

    Raises
    ------
    Nothing

    Source: definition.

    >>> from abs_struct.curves import read
    >>> bill = Receivable(share="100%", repayment="next_bill", price=99.55)
    >>> found = unit_outlook("bill", bill, read({}))
    >>> round(found.yield_, 4), found.term
    (0.054, 1.0)
    """
    balance, income = unit_of(product)
    ages = np.arange(product.term, dtype=float)
    default, prepayment = (hazard(name, field, assumptions, ages, balance) for field in ("default", "prepayment"))
    recovery = assumptions.own(name, "recovery")[0]
    recovered = 0.0 if recovery is None else recovery.recovered(lambda field: float(getattr(recovery, field)))
    refunds, dilution = (float(assumptions.own(name, field)[0] or 0.0) for field in ("refunds", "dilution"))
    held, lost, earned = 1.0, 0.0, 1.0 - product.price / 100.0
    for month in range(product.term):
        d = default[month]
        refunded = min(refunds, 1.0 - d)
        diluted = min(dilution, 1.0 - d - refunded)
        alive = 1.0 - d - refunded - diluted
        lost += held * (d * (1.0 - recovered) + diluted) * balance[month]
        earned += held * alive * income[month + 1] * product.income
        held *= alive - min(prepayment[month], alive)
    promised = 1.0 - product.price / 100.0 + float(income.sum())  # a stress of what arrives is no part of the contract
    term = float(np.sum((balance[:-1] - balance[1:]) * (ages + 1.0)))
    return Unit(float(lost), float(earned), promised / float(balance.sum()) * 12.0, term)


def hazard(name: str, field: str, assumptions: Assumptions, ages: Series, balance: Series) -> Series:
    """The monthly rates of a curve at the ages of one unit, at the numbers of the document.

    Parameters
    ----------
    name : the group; field : prepayment or default; assumptions : of the deal
    ages : (T,) months since the purchase, from 0; balance : (T + 1,), scheduled, per unit of par

    Returns
    -------
    array (T,), a fraction of the balance each month

    Raises
    ------
    Nothing

    Source: definition.

    >>> from abs_struct.curves import read
    >>> hazard("bill", "default", read({"default": {"mdr": "1%"}}), np.arange(2.0), np.array([1.0, 0.5, 0.0])).tolist()
    [0.01, 0.01]
    """
    curve = assumptions.own(name, field)[0]
    if curve is None:
        return np.zeros(len(ages))

    def value(path: str) -> float:
        found: object = curve
        for word in path.split("."):
            found = found[int(word)] if word.isdigit() else getattr(found, word)  # type: ignore[index]
        return float(found)  # type: ignore[arg-type]

    if isinstance(curve, Placed):
        recovery = assumptions.own(name, "recovery")[0]
        kept = 1.0 if recovery is None else recovery.lost(lambda field: float(getattr(recovery, field)))
        years = np.floor(ages / 12.0) + 1.0
        weights = np.asarray(curve.weight(Arrays(), value, ages + 1.0, years), dtype=float)
        amounts = float(curve.gross(Arrays(), value, kept)) * weights
        return np.minimum(amounts / np.maximum(balance[:-1], 1e-12), 1.0)
    rates = curve.rate(Arrays(), value, ages[:, None], 1.0, 1.0 / 12.0)
    return (
        np.broadcast_to(np.asarray(rates, dtype=float).reshape(-1), (len(ages),))
        if np.ndim(rates)
        else np.full(len(ages), float(rates))
    )


def outlooks(terms: Revolving, assumptions: Assumptions) -> dict[str, Unit]:
    """The outlook of every receivable."""
    return {name: unit_outlook(name, product, assumptions) for name, product in terms.receivables.items()}


def check_mix(terms: Revolving, assumptions: Assumptions) -> None:
    """Refuse a mix that breaks its own limits; a mix of purchases breaks none that speak of the pool.

    Raises
    ------
    DealError : the share, yield or term that is out of bounds, with its limit
    """
    if terms.criteria == "pool" and terms.mix != "balance":
        return
    check_shares(terms, assumptions, {name: kind.share for name, kind in terms.receivables.items()})
    if terms.mix == "drifting":  # what lies between is between the two
        check_shares(terms, assumptions, {name: kind.becomes or 0.0 for name, kind in terms.receivables.items()})


def check_shares(terms: Revolving, assumptions: Assumptions, shares: Mapping[str, float]) -> None:
    """Refuse shares that break the limits of a deal.

    Raises
    ------
    DealError : the share, yield or term that is out of bounds, with its limit
    """
    units = outlooks(terms, assumptions)
    for name, product in terms.receivables.items():
        if product.limit is not None and shares[name] > float(product.limit) + 1e-12:
            raise DealError(f"the share {shares[name]:.4%} of {name} exceeds its limit {float(product.limit):.4%}")
    average = sum(share * units[name].yield_ for name, share in shares.items())
    if terms.least_yield is not None and average < float(terms.least_yield) - 1e-12:
        raise DealError(f"the mix yields {average:.4%}, less than least_yield {float(terms.least_yield):.4%}")
    months = sum(share * units[name].term for name, share in shares.items())
    if terms.longest_average_term is not None and months > terms.longest_average_term + 1e-12:
        raise DealError(f"the mix has an average term of {months:.2f} months, more than {terms.longest_average_term}")
    last = sum(share * terms.receivables[name].term for name, share in shares.items())
    if terms.longest_remaining_term is not None and last > terms.longest_remaining_term + 1e-12:
        raise DealError(
            f"the mix has {last:.2f} months to its last payments on average, more than longest_remaining_term "
            f"{terms.longest_remaining_term}"
        )


def unmet(terms: Revolving, units: Mapping[str, Unit]) -> str:
    """Why no mix meets the limits: the first of them that none can meet by itself, and how near one comes.

    Parameters
    ----------
    terms : receivables with limits; units : their outlooks, by name

    Returns
    -------
    a sentence without its stop

    Raises
    ------
    Nothing

    Source: definition.
    """
    limits = {name: 1.0 if kind.limit is None else float(kind.limit) for name, kind in terms.receivables.items()}
    if sum(limits.values()) < 1.0 - 1e-12:
        return f"those of all shares sum to {sum(limits.values()):.2%}, less than 100%"

    def least(figures: Mapping[str, float]) -> float:
        left, found = 1.0, 0.0
        for name in sorted(figures, key=lambda name: figures[name]):
            part = min(limits[name], left)
            left, found = left - part, found + part * figures[name]
        return found

    highest = -least({name: -unit.yield_ for name, unit in units.items()})
    if terms.least_yield is not None and highest < float(terms.least_yield):
        return f"within those on shares the highest yield is {highest:.2%}, and least_yield is {terms.least_yield:.2%}"
    for word, figures in (
        ("longest_average_term", {name: unit.term for name, unit in units.items()}),
        ("longest_remaining_term", {name: float(kind.term) for name, kind in terms.receivables.items()}),
    ):
        longest = getattr(terms, word)
        if longest is not None and least(figures) > longest:
            return f"within those on shares the shortest term is {least(figures):.2f} months, and {word} is {longest}"
    return "those on shares, yield and terms cannot be met together"


def worst_mix(terms: Revolving, assumptions: Assumptions) -> Mapping[str, float]:
    """The shares that lose most within the limits.

    Parameters
    ----------
    terms : receivables with limits, least yield, longest average term; assumptions : curves by receivable

    Returns
    -------
    receivable -> scalar, its share of the par bought, a fraction; they sum to 1

    Raises
    ------
    DealError : limits that no mix can meet

    Source: definition (linear programme).

    >>> from abs_struct.curves import read
    >>> kinds = {"good": {"share": "60%", "repayment": "level_pay", "term": 6, "rate": "12%"},
    ...          "bad": {"share": "40%", "repayment": "level_pay", "term": 6, "rate": "12%", "limit": "45%"}}
    >>> terms = Revolving.model_validate({"until": "2028-01-31", "mix": "worst", "receivables": kinds})
    >>> worst = worst_mix(terms, read({"groups": {"bad": {"default": {"cdr": "20%"}}}}))
    >>> {name: round(share, 6) for name, share in worst.items()}
    {'good': 0.55, 'bad': 0.45}
    """
    from scipy.optimize import linprog  # large: loaded only where a deal asks for its worst mix

    units = outlooks(terms, assumptions)
    names = list(terms.receivables)
    limits = [(0.0, 1.0 if (p := terms.receivables[name].limit) is None else float(p)) for name in names]
    rows, bounds = [], []
    if terms.least_yield is not None:
        rows.append([-units[name].yield_ for name in names])
        bounds.append(-float(terms.least_yield))
    if terms.longest_average_term is not None:
        rows.append([units[name].term for name in names])
        bounds.append(float(terms.longest_average_term))
    if terms.longest_remaining_term is not None:
        rows.append([float(terms.receivables[name].term) for name in names])
        bounds.append(float(terms.longest_remaining_term))
    gain = [units[name].income - units[name].loss for name in names]
    found = linprog(
        gain,
        A_ub=rows or None,
        b_ub=bounds or None,
        A_eq=[[1.0] * len(names)],
        b_eq=[1.0],
        bounds=limits,
        method="highs",
    )
    if not found.success or found.x is None:
        raise DealError(f"no mix of the receivables meets the limits: {unmet(terms, units)}")
    return dict(zip(names, (float(max(share, 0.0)) for share in found.x), strict=True))
