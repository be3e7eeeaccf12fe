"""Transfer cash of the section to another account."""

from __future__ import annotations

from typing import ClassVar

from pydantic import Field

from abs_struct.core.arithmetic.numbers import Numbers
from abs_struct.core.formula import Formula
from abs_struct.waterfall.steps.step import STEPS, Step
from abs_struct.waterfall.take import AVAILABLE, CashState, put, take


@STEPS.add("transfer")
class Transfer(Step):
    """Move available cash into another account, whatever that account is required to hold.

    due = amount, or all that is available. Met where all remaining income becomes principal after an acceleration,
    and where cash is retained for the next payment date or accumulates for a bullet. Amounts in currency units.
    """

    word: ClassVar[str] = "transfer"
    example: ClassVar[str] = "{transfer: reserve, amount: 100}"
    wrong: ClassVar[tuple[str, str]] = ("{transfer: reserv}", "did you mean 'reserve'")
    en: ClassVar[str] = "transfer of available funds to {targets}"
    zh: ClassVar[str] = "将可分配资金转入{targets}账户"

    transfer: str = Field(description="the account that gets the cash")
    amount: Formula | None = Field(default=None, description="how much; without it, all that is available")

    def owners(self) -> dict[str, str]:
        return {"transfer": "accounts"}

    def apply(self, x: Numbers, s: CashState) -> None:
        account = s.accounts[self.transfer]
        wanted = s.pots[AVAILABLE] if self.amount is None else self.amount(x, s)
        paid = take(x, s, wanted)
        account.paid_in = account.paid_in + paid
        put(s, paid, self.transfer)
