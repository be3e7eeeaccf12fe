"""Recoveries: what is received of a defaulted balance, and when."""

from __future__ import annotations

from pydantic import model_validator

from abs_struct.core.arithmetic.numbers import Value
from abs_struct.curves.curve import Read
from abs_struct.terms.base import Terms
from abs_struct.terms.numbers import Months, Share


class Recovery(Terms):
    """A recovery rate, or the severity it leaves, received `lag` months after the default."""

    rate: Share | None = None
    severity: Share | None = None
    lag: Months = 0

    @model_validator(mode="after")
    def complete(self) -> Recovery:
        """One of the two."""
        if (self.rate is None) == (self.severity is None):
            raise ValueError("a recovery is rate: ... or severity: ..., one of the two")
        return self

    @property
    def key(self) -> str:
        """`rate` or `severity`."""
        return "rate" if self.rate is not None else "severity"

    def recovered(self, value: Read) -> Value:
        """The share of a defaulted balance that is received."""
        return value("rate") if self.rate is not None else 1.0 - value("severity")

    def lost(self, value: Read) -> Value:
        """The share of a defaulted balance that is lost."""
        return 1.0 - value("rate") if self.rate is not None else value("severity")
