"""Random streams by the number of the path: path n has its numbers, however many paths are drawn and wherever.

A counter-based generator turns a key (the seed) and a counter (the path) into random bits, without any state between.
"""

from __future__ import annotations

from typing import Any

import numpy as np

#: Uniform numbers that a path has: two blocks of four.
WIDTH = 8
#: Bits of a float's fraction; half a step keeps the numbers inside (0, 1).
BITS, STEP = 53, 2.0**-53


def uniforms(seed: int, first: int, count: int) -> Any:
    """The uniform numbers of paths `first` to `first + count - 1`.

    Parameters
    ----------
    seed : the key, 0 or more
    first : the number of the first path
    count : S paths

    Returns
    -------
    (S, 8), inside (0, 1), pure numbers; a row depends on the seed and its number alone

    Raises
    ------
    Nothing

    Source: Salmon et al. (2011), Philox 4x64-10, as NumPy has it.

    >>> bool((uniforms(7, 0, 100)[40:60] == uniforms(7, 40, 20)).all())
    True
    """
    source = np.random.Philox(key=seed, counter=2 * first)
    words = source.random_raw(WIDTH * count).reshape(count, WIDTH)
    return ((words >> np.uint64(64 - BITS)).astype(float) + 0.5) * STEP
