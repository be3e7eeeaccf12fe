"""Fields that a source does not write: computed by the layout's formula, or counted from dates."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from abs_struct.core.arithmetic.arrays import Arrays
from abs_struct.core.findings import FormulaError, TapeError, listed, nearest
from abs_struct.core.formula import Formula
from abs_struct.tape.eligibility import Loans
from abs_struct.tape.layout import Layout
from abs_struct.tape.tape import Column

Floats = NDArray[np.float64]


def computed(layout: Layout, name: str, columns: Mapping[str, Column], count: int) -> Floats:
    """A field (N,) by the formula of its layout; money is rounded to cents.

    Parameters
    ----------
    layout : whose column `name` has a formula over other fields
    columns : the fields that were read, floats (N,); one that is not known is nan, and so is what follows from it

    Raises
    ------
    TapeError : the formula cannot be read, or names a field that is no number
    """
    source = layout.columns[name]
    place = f"layout '{layout.name}', columns.{name}.formula"
    try:
        formula = Formula(source.formula)
        numbers = {word: column for word, column in columns.items() if column.dtype.kind in "fi"}
        for word in formula.names():
            if word not in numbers:
                raise TapeError(f"{place}: no number '{word}'{nearest(word, numbers)} (fields: {listed(numbers, 30)})")

        def resolve(word: str) -> list[tuple[str, str, str]]:
            return [("tape", word, "number")]

        formula.bind(resolve)
        values = formula(Arrays(), Loans({word: numbers[word] for word in formula.names()}, formula.constants()))
    except FormulaError as error:
        raise TapeError(f"{place}: {error}") from None
    found = np.array(np.broadcast_to(np.asarray(values, dtype=float), (count,)))
    return np.round(found, 2) if source.kind == "money" else found


def months_between(first: Column, last: Column) -> Floats:
    """Whole months from one date to another (N,), by calendar month; nan where one is blank.

    >>> months_between(np.array(["2026-01-31"], "M8[D]"), np.array(["2027-03-01"], "M8[D]"))
    array([14.])
    """
    months = last.astype("datetime64[M]").astype(np.int64) - first.astype("datetime64[M]").astype(np.int64)
    return np.where(np.isnat(first) | np.isnat(last), np.nan, months.astype(float))


def terms_from_dates(columns: Mapping[str, Column]) -> tuple[str, Floats, str] | None:
    """Remaining term or age (N,) of a tape that gives dates instead, with the name of the field and what was done.

    A loan whose first instalment falls in the month after next has one month more to run than it was made for; it
    counts as new.
    """
    if (cutoff := columns.get("cutoff_date")) is None:
        return None
    if (maturity := columns.get("maturity_date")) is not None:
        remaining, original = months_between(cutoff, maturity), columns["original_term"]
        remaining = np.where(remaining == original + 1.0, original, remaining)
        return "remaining_term", remaining, "remaining_term was counted in months from cutoff_date to maturity_date"
    if (made := columns.get("origination_date")) is not None:
        return "age", months_between(made, cutoff), "age was counted in months from origination_date to cutoff_date"
    return None
