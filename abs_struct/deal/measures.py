"""Measures of a run by name: `A.wal`, `pool.wal`, `residual.irr`, as studies, searches and scripts ask for them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from abs_struct.core.findings import DealError, listed, nearest
from abs_struct.deal.measured import Measured, index_of, total
from abs_struct.deal.model import DealFile


class Measures(Measured):
    """All measures of a ledger, each by its name too."""

    def value(self, name: str) -> Any:
        """A measure by its name: `A.wal`, `pool.wal`, `residual.irr`, `deal.cost_of_funds`.

        Raises
        ------
        DealError : no such measure, with the nearest one
        """
        return measure_of(self.terms, name)(self)


NOTE_MEASURES: dict[str, Callable[[Measures, str], Any]] = {
    "balance": Measures.balance,
    "wal": Measures.wal,
    "wal_with_losses": Measures.wal_with_losses,
    "yield": Measures.yield_,
    "monthly_yield": Measures.monthly_yield,
    "modified_duration": Measures.modified_duration,
    "convexity": Measures.convexity,
    "discount_margin": Measures.discount_margin,
    "spread_duration": Measures.spread_duration,
    "interest_paid": Measures.interest_paid,
    "principal_paid": Measures.principal_paid,
    "interest_shortfall": Measures.interest_shortfall,
    "principal_shortfall": Measures.principal_shortfall,
    "value_at_coupon": Measures.value_at_coupon,
    "timely_shortfall": Measures.timely_shortfall,
    "enhancement": Measures.enhancement,
}

DEAL_MEASURES: dict[str, Callable[[Measures], Any]] = {
    "pool.wal": Measures.pool_wal,
    "pool.net_loss": lambda m: m.lines["pool.cumulative_net_loss"][-1],
    "pool.net_loss_rate": Measures.net_loss_rate,
    "pool.defaulted": lambda m: total(m.lines["pool.defaulted"]),
    "residual.paid": lambda m: total(m.residual()),
    "residual.irr": Measures.residual_irr,
    "residual.multiple": Measures.residual_multiple,
    "deal.cost_of_funds": Measures.cost_of_funds,
}

#: Measures of a class that has an index.
FLOATING = ("discount_margin", "spread_duration")


def measure_names(terms: DealFile) -> list[str]:
    """Every measure that says something of a deal: of an index where a class floats, of losses where it bears them,
    of an equity where it has one.
    """
    bearing = {name for section in terms.waterfall.values() for step in section.steps
               if step.word == "write_down" for name in step.targets}  # fmt: skip
    names = []
    for name, note in terms.notes.items():
        silent = {*(FLOATING if note.index is None else ()), *(() if name in bearing else ("wal_with_losses",))}
        names += [f"{name}.{word}" for word in NOTE_MEASURES if word not in silent]
    of_equity = {"residual.irr", "residual.multiple"} if terms.pool.series else set()
    return names + [name for name in DEAL_MEASURES if name not in of_equity]


def measure_of(terms: DealFile, name: str) -> Callable[[Measures], Any]:
    """What works a measure out, by its name.

    Raises
    ------
    DealError : no such measure, with the nearest one; a measure of floaters of a class without an index
    """
    owner, _, word = name.rpartition(".")
    note = owner.removeprefix("notes.")
    if note in terms.notes and word in NOTE_MEASURES:
        if word in FLOATING:
            index_of(terms, note)
        measured = NOTE_MEASURES[word]
        return lambda m: measured(m, note)
    if name in DEAL_MEASURES:
        return DEAL_MEASURES[name]
    known = measure_names(terms)
    raise DealError(f"no measure '{name}'{nearest(name, known)} (measures: {listed(known, 40)})")
