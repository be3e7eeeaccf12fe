"""Release what an account holds above its required amount."""

from __future__ import annotations

from typing import ClassVar

from pydantic import Field

from abs_struct.core.arithmetic.numbers import Numbers
from abs_struct.waterfall.steps.step import STEPS, Step
from abs_struct.waterfall.take import AVAILABLE, CashState, put, take


@STEPS.add("release")
class Release(Step):
    """Give back to available funds what an account holds above its required amount, and no more.

    released = balance - required, never below nil; the requirement itself stays. Met at the top of the priority of
    payments, where a reserve steps down. Amounts in currency units.
    """

    word: ClassVar[str] = "release"
    example: ClassVar[str] = "{release: reserve}"
    wrong: ClassVar[tuple[str, str]] = ("{release: reserv}", "did you mean 'reserve'")
    en: ClassVar[str] = "release of {targets} above its required amount into available funds"
    zh: ClassVar[str] = "将{targets}账户超出必备金额的部分转入可分配资金"

    release: str = Field(description="the account")

    def owners(self) -> dict[str, str]:
        return {"release": "accounts"}

    def apply(self, x: Numbers, s: CashState) -> None:
        account = s.accounts[self.release]
        paid = take(x, s, s.pots[self.release] - account.required, "", self.release)
        account.released = account.released + paid
        put(s, paid, AVAILABLE)
