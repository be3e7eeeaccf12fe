"""The indices of a deal as a piece of its program: entities `indices.NAME` with the curve line `rate`.

The compiler of a deal takes them in with

    found = indices_of(terms.assumptions, schedule, folder)
    self.slots |= {slot.path: slot for slot in found.slots}
    self.data |= found.data
    self.inputs |= found.inputs

and puts `found.part` before every part whose curves read an index.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple, Protocol

import numpy as np
from numpy.typing import NDArray

from abs_struct.core.arithmetic.numbers import Numbers
from abs_struct.core.lines import curve, data, declare
from abs_struct.core.state import Slot, State
from abs_struct.curves.rates.fixing import base_rates
from abs_struct.curves.rates.index import Index
from abs_struct.dates.schedule import PaymentSchedule
from abs_struct.terms.inputs import leaves

INDICES = declare(
    "indices",
    data("base", "Base rate", "基准利率", "the curve's rate of the accrual period, as it is fixed", unit="rate"),
    curve("rate", "Index rate", "指标利率", "base + shift; of a flat index its rate + shift", unit="rate"),
)
BASE, RATE = INDICES.lines


@dataclass(frozen=True)
class Series:
    """One index as the part sees it: flat or by a curve, with a shift or (one number in the document) without."""

    path: str
    flat: bool
    shifted: bool


@dataclass(frozen=True)
class IndexRates:
    """Computes the rate of every index for all periods at once."""

    series: tuple[Series, ...]

    def open(self, x: Numbers, s: State) -> None:
        """Nothing is fixed for the closing date itself."""

    def prepare(self, x: Numbers, s: State) -> None:
        """rate = base + shift."""
        for one in self.series:
            index = s.entities[one.path]
            rate = index.flat if one.flat else index.base
            index.rate = rate + index.shift if one.shifted else rate

    def apply(self, x: Numbers, s: State) -> None:
        """The rates are known before the loop."""


class HasIndices(Protocol):
    """What is assumed of a deal, as far as index rates go."""

    @property
    def indices(self) -> Mapping[str, float | Index]:
        """By name, a flat rate or an index."""


class IndexSet(NamedTuple):
    """Everything that a program needs for its indices."""

    slots: tuple[Slot, ...]
    inputs: dict[str, float]
    data: dict[str, NDArray[np.float64]]
    part: IndexRates


def indices_of(
    assumptions: HasIndices,
    schedule: PaymentSchedule,
    folder: Path,
    prefix: str = "assumptions",
) -> IndexSet:
    """The indices of a deal as entities, inputs, data and a part of its program.

    Parameters
    ----------
    assumptions : the assumptions of a deal; its `indices` are flat rates and indices by name
    schedule : T periods
    folder : the deal file's folder, where relative paths of curve files begin
    prefix : the path of the assumptions in the deal

    Returns
    -------
    IndexSet : slots, inputs by path, data by path (T + 1,), fractions a year, and the part

    Raises
    ------
    CurveError : a file that cannot be read, or a curve that begins too late

    Source: definition.

    >>> from datetime import date
    >>> from abs_struct.dates.schedule import payment_schedule
    >>> dates = payment_schedule(cutoff=date(2026, 12, 31), closing=date(2027, 1, 20), periods=2,
    ...                          first_payment=date(2027, 2, 15))
    >>> from types import SimpleNamespace
    >>> indices_of(SimpleNamespace(indices={"EURIBOR_1M": 0.0245}), dates, Path(".")).inputs
    {'assumptions.indices.EURIBOR_1M': 0.0245}
    """
    slots, series, data = [], [], {}
    for name, index in assumptions.indices.items():
        path, at = f"indices.{name}", f"{prefix}.indices.{name}"
        if isinstance(index, Index):
            one = Series(path, index.rate is not None, True)
            flat = {"flat": f"{at}.rate"} if one.flat else {}
            slots.append(Slot(path, (RATE,) if one.flat else (BASE, RATE), {**flat, "shift": f"{at}.shift"}))
            if not one.flat:
                data[f"{path}.base"] = base_rates(index, schedule, folder, at)
        else:
            one = Series(path, True, False)
            slots.append(Slot(path, (RATE,), {"flat": at}))
        series.append(one)
    inputs = dict(leaves(dict(assumptions.indices), f"{prefix}.indices"))
    return IndexSet(tuple(slots), inputs, data, IndexRates(tuple(series)))
