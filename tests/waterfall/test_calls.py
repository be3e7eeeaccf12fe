"""The calls of a flat program: what they spare makes no difference to what comes out."""

from __future__ import annotations

from itertools import product
from typing import Any

import numpy as np
import pytest

from abs_struct.waterfall.calls import CALLS

WHOLE = {"+": np.add, "-": np.subtract, "*": np.multiply, "min": np.minimum, "max": np.maximum}
ARRAYS = (
    [0.0, 0.0, 0.0],
    [0.0, 0.0, 1e-200],
    [0.0, -1e-200, 0.0],
    [3.0, 0.0, 2.0],
    [3.0, -1.0, 2.0],
    [-3.0, 1.0, 0.0],
    [-3.0, -1.0, -2.0],
    [0.0, np.nan, 0.0],
    [2.0, np.inf, 1.0],
    [np.nan, 0.0, 1.0],
)
VALUES = (0.0, 2.5, -1.0, *(np.array(values) for values in ARRAYS))


@pytest.mark.parametrize("name", WHOLE)
def test_what_is_spared_makes_no_difference(name: str) -> None:
    """Nil, near nil, mixed and impossible values, in all pairs: the values of the whole operation."""
    for a, b in product(VALUES, VALUES):
        with np.errstate(all="ignore"):
            found: Any = CALLS[name](a, b)
            wanted = WHOLE[name](a, b)
        shown = np.broadcast_to(found, np.shape(wanted)) + 0.0
        assert np.array_equal(shown, wanted + 0.0, equal_nan=True), (name, a, b, found)


def test_nil_in_all_scenarios_is_a_plain_number() -> None:
    """What is short where nothing is, what a trigger would pay, a sum with nothing: no array is made."""
    some, nil = np.array([3.0, 1.0]), 0.0
    assert CALLS["-"](some, some.copy()).__class__ is float
    assert CALLS["*"](nil, some).__class__ is float
    assert CALLS["min"](nil, some).__class__ is float
    assert CALLS["max"](nil, -some).__class__ is float
    assert CALLS["+"](some, nil) is some
    assert CALLS["max"](some, nil) is some
