"""Fill an account to its required amount."""

from __future__ import annotations

from typing import ClassVar

from pydantic import Field

from abs_struct.core.arithmetic.numbers import Numbers
from abs_struct.waterfall.steps.step import STEPS, Step
from abs_struct.waterfall.take import CashState, put, take


@STEPS.add("fill")
class Fill(Step):
    """Top up an account (a reserve) to its required amount.

    due = required - balance, never below nil. An account above its requirement keeps the excess: giving it back is
    the step `release`. Met wherever a deal has a reserve, spread or liquidity account. Amounts in currency units.
    """

    word: ClassVar[str] = "fill"
    example: ClassVar[str] = "{fill: reserve}"
    wrong: ClassVar[tuple[str, str]] = ("{fill: reserv}", "did you mean 'reserve'")
    en: ClassVar[str] = "{targets}, up to its required amount"
    zh: ClassVar[str] = "补足{targets}账户至必备金额"

    fill: str = Field(description="the account")

    def owners(self) -> dict[str, str]:
        return {"fill": "accounts"}

    def apply(self, x: Numbers, s: CashState) -> None:
        account = s.accounts[self.fill]
        paid = take(x, s, account.required - s.pots[self.fill])
        account.paid_in = account.paid_in + paid
        put(s, paid, self.fill)
