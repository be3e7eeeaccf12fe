"""CGD: a cumulative gross default, placed over time; an amount, not a rate."""

from __future__ import annotations

from typing import ClassVar

from abs_struct.curves.curve import DEFAULT
from abs_struct.curves.default.timing import Placed
from abs_struct.terms.numbers import Rate


@DEFAULT.add("cgd")
class Cgd(Placed):
    """Defaults of initial balance x multiple x CGD x timing, before recoveries: the European base case."""

    key: ClassVar[str] = "cgd"
    net: ClassVar[bool] = False

    cgd: Rate
