"""Axes of a study: a field of the deal and the values it takes."""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal

import numpy as np

from abs_struct.core.findings import UsageError

#: A range with an optional unit behind each number and words behind the last: 50%:60%:2.5% of pool.
RANGE = re.compile(
    r"^\s*(?P<start>[-+]?[\d_.]+)\s*(?P<unit>%|bp)?\s*:\s*(?P<stop>[-+]?[\d_.]+)\s*(?:%|bp)?\s*"
    r":\s*(?P<step>[-+]?[\d_.]+)\s*(?:%|bp)?(?P<rest>\s+of\s+.+)?\s*$"
)
MOST_POINTS = 100_000


@dataclass(frozen=True)
class Axis:
    """A path of the deal and its values, as the deal file would write them."""

    path: str
    values: tuple[str, ...]

    def __post_init__(self) -> None:
        seen: set[str] = set()
        for value in self.values:
            if value in seen:
                raise UsageError(f"vary {self.path}: the value {value} stands twice; keep one")
            seen.add(value)

    def __len__(self) -> int:
        return len(self.values)


def axis_of(text: str) -> Axis:
    """An axis from `PATH=START:STOP:STEP` or `PATH=A,B,C`; the stop is included when a step lands on it.

    Raises
    ------
    UsageError : no values, a step of nil, or a range that yields no points

    >>> axis_of("assumptions.prepayment.cpr=10%:20%:5%").values
    ('10%', '15%', '20%')
    >>> axis_of("notes.A.balance=50:52:1 of pool").values
    ('50 of pool', '51 of pool', '52 of pool')
    """
    path, equals, written = text.partition("=")
    path, written = path.strip(), written.strip()
    if not equals or not path or not written:
        raise UsageError(
            f"--vary {text}: write PATH=START:STOP:STEP or PATH=A,B,C, as in assumptions.prepayment.cpr=5%:30%:5%"
        )
    found = RANGE.match(written)
    if found is None and written.count(":") == 2:
        raise UsageError(
            f"--vary {text}: '{written}' is not a range; write START:STOP:STEP in numbers, as in 5%:30%:5%"
        )
    values = points(found, text) if found else split(written)
    if not values:
        raise UsageError(f"--vary {text}: no values")
    return Axis(path, tuple(values))


def points(found: re.Match[str], text: str) -> list[str]:
    """The values of a range, counted in decimals so that 0.1 + 0.2 is 0.3."""
    try:
        start, stop, step = (Decimal(found[name].replace("_", "")) for name in ("start", "stop", "step"))
    except ArithmeticError:
        raise UsageError(f"--vary {text}: write START:STOP:STEP in numbers") from None
    if step == 0:
        raise UsageError(f"--vary {text}: a step of nil never reaches the end")
    count = int((stop - start) / step) + 1 if (stop - start) / step >= 0 else 0
    if count < 1:
        raise UsageError(f"--vary {text}: the range yields no points (from {start} to {stop} in steps of {step})")
    if count > MOST_POINTS:
        raise UsageError(f"--vary {text}: {count:,} points on one axis; the most is {MOST_POINTS:,}")
    ending = (found["unit"] or "") + (found["rest"] or "")
    return [f"{plainly(start + k * step)}{ending}" for k in range(count)]


def plainly(value: Decimal) -> str:
    """A decimal without needless zeros: 50, not 50.0."""
    text = f"{value:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def split(written: str) -> list[str]:
    """The values of a list; a comma inside brackets belongs to a formula."""
    values, depth, current = [], 0, ""
    for sign in written:
        depth += (sign in "([{") - (sign in ")]}")
        if sign == "," and depth == 0:
            values.append(current.strip())
            current = ""
        else:
            current += sign
    values.append(current.strip())
    return [value for value in values if value]


def axis_from(path: str, values: object) -> Axis:
    """An axis from Python values."""
    if isinstance(values, str):
        return axis_of(f"{path}={values}")
    found = tuple(text_of(value) for value in values)  # type: ignore[attr-defined]
    if not found:
        raise UsageError(f"vary {path}: no values")
    return Axis(path, found)


def text_of(value: object) -> str:
    """A Python value as the deal file would write it; a number of NumPy is a number.

    >>> import numpy as np
    >>> text_of(np.float64(0.1)), text_of(True), text_of("5%")
    ('0.1', 'true', '5%')
    """
    if isinstance(value, np.generic):
        value = value.item()
    if isinstance(value, bool):
        return "true" if value else "false"
    return value if isinstance(value, str) else repr(value)


def number_of(text: str) -> float | None:
    """The number that a value shows on an axis: 0.18 for 18%, 0.55 for '55% of pool'; None for words."""
    found = re.match(r"^\s*([-+]?[\d_.]+(?:[eE][-+]?\d+)?)\s*(%|bp)?(\s+of\s+.*)?$", text)
    if found is None:
        return None
    try:
        value = Decimal(found[1].replace("_", ""))
    except ArithmeticError:
        return None
    return float(value / {"%": 100, "bp": 10_000, None: 1}[found[2]])
