"""Formats: how the page prints its figures. `page.js` prints the same; a test holds the two together."""

from __future__ import annotations

import math
from decimal import ROUND_HALF_UP, Decimal

from abs_struct.handoff.formats import NONE

#: Decimals, and what stands behind the number, by kind; rates are shown times a hundred.
KINDS: dict[str, tuple[int, str]] = {
    "money": (0, ""),
    "cents": (2, ""),
    "rate": (3, "%"),
    "percent": (2, "%"),
    "life": (2, ""),
    "factor": (6, ""),
    "count": (0, ""),
    "number": (4, ""),
}
#: How a line is printed in a table, by its unit.
UNITS = {"money": "cents", "rate": "rate", "flag": "count", "factor": "factor", "number": "number", "years": "number"}


def shown(value: float | str, kind: str) -> str:
    """A figure as the page prints it; a dash where there is none.

    >>> shown(1234567.5, "money"), shown(0.0505253, "rate"), shown(-0.004, "cents"), shown(float("nan"), "life")
    ('1,234,568', '5.053%', '0.00', '-')
    """
    if isinstance(value, str):
        return value or NONE
    if not math.isfinite(value):
        return NONE
    decimals, behind = KINDS[kind]
    scaled = value * 100.0 if behind else value
    exact = Decimal(abs(scaled)).quantize(Decimal(1).scaleb(-decimals), ROUND_HALF_UP)
    sign = "-" if scaled < 0.0 and exact else ""
    return f"{sign}{exact:,}{behind}"


def trimmed(value: float) -> str:
    """A number at an axis: six digits at most, no noughts behind.

    >>> trimmed(0.25), trimmed(1500.0), trimmed(0.30000000000000004)
    ('0.25', '1500', '0.3')
    """
    return f"{value:.6g}"


def typed(value: float, kind: str) -> str:
    """An input as its field holds it: a rate in per cent, with all its digits.

    >>> typed(0.056, "rate"), typed(250_000.0, "money"), typed(0.00005, "rate"), typed(1e-14, "number")
    ('5.6', '250000', '0.005', '0.00000000000001')
    """
    exact = Decimal(repr(float(value))) * (100 if kind == "rate" else 1)
    text = f"{exact:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text
