"""All that is left, to the holder of the residual."""

from __future__ import annotations

from typing import ClassVar

from pydantic import Field

from abs_struct.core.arithmetic.numbers import Numbers
from abs_struct.terms.names import Name
from abs_struct.waterfall.steps.step import STEPS, Step
from abs_struct.waterfall.take import AVAILABLE, CashState, take


@STEPS.add("residual")
class PayResidual(Step):
    """Pay everything that is left to the holder of the residual (the equity).

    due = available, so nothing is left behind. Met at the end of every priority of payments: certificates, deferred
    purchase price, junior notes. Amounts in currency units.
    """

    word: ClassVar[str] = "residual"
    example: ClassVar[str] = "{residual: originator}"
    wrong: ClassVar[tuple[str, str]] = ("{residual: [a, b]}", "residual")
    en: ClassVar[str] = "all remaining funds to {targets}"
    zh: ClassVar[str] = "剩余资金全部分配给{targets}"

    residual: Name = Field(description="the holder of the residual")

    def apply(self, x: Numbers, s: CashState) -> None:
        holder = s.residuals[self.residual]
        holder.paid = holder.paid + take(x, s, s.pots[AVAILABLE])
