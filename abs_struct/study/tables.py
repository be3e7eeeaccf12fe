"""The two tables of an offering document: yields by price and speed, and decrements of a class by date and speed."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from abs_struct.core.findings import DealError, UsageError, listed, nearest
from abs_struct.deal import Deal
from abs_struct.study.axes import Axis
from abs_struct.study.sweep import sweep

if TYPE_CHECKING:
    import pandas as pd


def check_note(deal: Deal, note: str) -> None:
    """Refuse a class that the deal does not have."""
    if note not in deal.terms.notes:
        raise DealError(f"no class '{note}'{nearest(note, deal.terms.notes)} (classes: {listed(deal.terms.notes)})")


def price_yield(deal: Deal, note: str, prices: Axis, speeds: Axis) -> pd.DataFrame:
    """Bond-equivalent yields of a class, a row for each price and a column for each value of another field.

    Parameters
    ----------
    deal : the base
    note : the class
    prices : clean prices per 100 at closing, P of them
    speeds : any field of the deal, V values of it

    Returns
    -------
    DataFrame (P + 2, V): fractions a year; below them the average life and the modified duration at the middle price,
    in years

    Raises
    ------
    DealError : no such class, or a value that the deal refuses

    Source: definition; the price/yield table of the trade.
    """
    import pandas as pd

    check_note(deal, note)
    price = Axis(f"notes.{note}.issue_price", prices.values)
    study = sweep(deal, [price, speeds], [f"{note}.{name}" for name in ("yield", "wal", "modified_duration")])
    shape = (len(price), len(speeds))
    middle = len(price) // 2
    rows = [
        *study.values(f"{note}.yield").reshape(shape),
        study.values(f"{note}.wal").reshape(shape)[middle],
        study.values(f"{note}.modified_duration").reshape(shape)[middle],
    ]
    names = [*price.values, "WAL (years)", f"modified duration at {price.values[middle]} (years)"]
    return pd.DataFrame(rows, index=pd.Index(names, name="price"), columns=list(speeds.values))


def decrements(deal: Deal, notes: Sequence[str], speeds: Axis) -> pd.DataFrame:
    """What is left of each class on each payment date, in per cent of its balance at closing.

    Parameters
    ----------
    deal : the base
    notes : the classes; all when none is named
    speeds : any field of the deal, V values of it

    Returns
    -------
    DataFrame of N x (D + 1) rows: class and payment date (the closing first), per cent for each value; the last row
    of each class is its average life in years

    Raises
    ------
    DealError : no such class, or a value that the deal refuses
    UsageError : values that change the payment dates

    Source: definition; the decrement table of an offering document.
    """
    import pandas as pd

    names = list(notes) or list(deal.terms.notes)
    for note in names:
        check_note(deal, note)
    if speeds.path.startswith("dates."):
        raise UsageError(f"vary {speeds.path}: a decrement table has the same dates in all its columns")
    lines = [f"notes.{note}.balance" for note in names]
    study = sweep(deal, [speeds], [f"{note}.wal" for note in names], record=lines, yes=True)
    pays = np.array([True, *deal.schedule.pays])
    dates = [
        deal.schedule.closing,
        *(day for day, pay in zip(deal.schedule.nominal, deal.schedule.pays, strict=True) if pay),
    ]
    rows, index = [], []
    for note in names:
        balance = study.recorded[f"notes.{note}.balance"]
        with np.errstate(all="ignore"):
            left = 100.0 * balance[pays] / balance[0]
        rows += [*left, study.values(f"{note}.wal")]
        index += [*((note, day.isoformat()) for day in dates), (note, "WAL (years)")]
    found = pd.MultiIndex.from_tuples(index, names=["class", "date"])
    return pd.DataFrame(rows, index=found, columns=list(speeds.values))
