"""Whether a column of rates is written in percent or as fractions, found from all its cells, or refused."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from abs_struct.tape.tape import Ambiguous

LARGEST_FRACTION = 0.6  # 60% a year; what lies between it and 1 could be 60% or 0.6%
SMALLEST_FRACTION = 0.005
SMALLEST_PERCENT = 0.5


def unit_of(values: NDArray[np.float64]) -> str:
    """fraction or percent, for the cells (N,) of a column without a percent sign; zeros and blanks say nothing.

    Above 1 the largest must be percent and up to 0.6 a fraction, and the smallest must agree with it.

    Raises
    ------
    Ambiguous : it could be either, or the column holds both

    >>> unit_of(np.array([0.0, 9.9, 12.5])), unit_of(np.array([0.099, 0.125]))
    ('percent', 'fraction')
    """
    known = np.abs(values[~np.isnan(values) & (values != 0.0)])
    if not known.size:
        return "fraction"
    least, most = float(known.min()), float(known.max())
    if most > 1.0:
        if least < SMALLEST_PERCENT:
            raise Ambiguous(f"it holds {least:g} and {most:g}: fractions and percents, or a very small percent")
        return "percent"
    if most > LARGEST_FRACTION:
        raise Ambiguous(f"its largest is {most:g}, which is {most:.0%} as a fraction and {most:g}% as a percent")
    if most < SMALLEST_FRACTION:
        raise Ambiguous(f"its largest is {most:g}, which is {most:.2%} as a fraction and {most:g}% as a percent")
    return "fraction"
