"""The distinct values of a column, without `numpy.unique`, whose first call imports as much as a deal run takes."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

Column = NDArray[Any]


def distinct(column: Column) -> tuple[Column, Column, Column]:
    """The sorted distinct values of a column, the first row of each, and the place of each row's value among them.

    >>> values, first, place = distinct(np.array([3, 1, 3]))
    >>> values.tolist(), first.tolist(), place.tolist()
    ([1, 3], [1, 0], [1, 0, 1])
    """
    order = np.argsort(column, kind="stable")
    ordered = column[order]
    new = np.ones(len(column), dtype=bool)
    new[1:] = ordered[1:] != ordered[:-1]
    place = np.empty(len(column), dtype=np.intp)
    place[order] = np.cumsum(new) - 1
    return ordered[new], order[new], place
