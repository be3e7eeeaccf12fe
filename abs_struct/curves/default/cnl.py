"""CNL: a cumulative net loss, placed over time; an amount, not a rate."""

from __future__ import annotations

from typing import ClassVar

from abs_struct.curves.curve import DEFAULT
from abs_struct.curves.default.timing import Placed
from abs_struct.terms.numbers import Rate


@DEFAULT.add("cnl")
class Cnl(Placed):
    """Defaults of initial balance x multiple x CNL / (1 - recovery rate) x timing: losses after recoveries reach it."""

    key: ClassVar[str] = "cnl"
    net: ClassVar[bool] = True

    cnl: Rate
