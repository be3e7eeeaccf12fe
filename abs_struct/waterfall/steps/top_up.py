"""The Chinese top-up of income to principal: a + b + c - d."""

from __future__ import annotations

from typing import ClassVar

from pydantic import Field

from abs_struct.core.arithmetic.numbers import Numbers
from abs_struct.core.formula import Formula
from abs_struct.core.lines import Line, flow, stock
from abs_struct.waterfall.steps.step import STEPS, WHOLE, Step
from abs_struct.waterfall.take import CashState, gated, put, take


@STEPS.add("top_up")
class TopUp(Step):
    """Move income to the principal account for defaults and for principal borrowed earlier: a + b + c - d.

    a = defaulted principal of the period, b = defaults of earlier periods and c = principal borrowed to pay income,
    both not yet covered, d = what income has covered. due = a + uncovered carried (b + c - d); what income cannot
    cover is carried. Met in the plans of Chinese credit and consumer-finance ABS (收入账转入本金账). Amounts in
    currency units.
    """

    word: ClassVar[str] = "top_up"
    example: ClassVar[str] = "{top_up: reserve, losses: pool.defaulted}"
    wrong: ClassVar[tuple[str, str]] = ("{top_up: reserv, losses: pool.defaulted}", "did you mean 'reserve'")
    lines: ClassVar[tuple[Line, ...]] = (
        flow("losses", "Losses of the period", "本期违约本金", "defaulted principal of the period (a)"),
        flow("borrowed", "Borrowed", "本期借用本金", "principal used in this period to pay income"),
        stock("uncovered", "Uncovered", "未补足金额", "defaults and borrowed principal that income has not covered"),
    )
    en: ClassVar[str] = "top-up of {targets} for defaulted and borrowed principal"
    zh: ClassVar[str] = "收入账转入{targets}账户补足违约及借用本金"

    top_up: str = Field(description="the principal account")
    losses: Formula = Field(description="defaulted principal of the period, such as pool.defaulted")
    borrowed: Formula | None = Field(
        default=None, description="principal used to pay income in this period, such as accounts.principal.drawn"
    )

    def owners(self) -> dict[str, str]:
        return {"top_up": "accounts"}

    def apply(self, x: Numbers, s: CashState) -> None:
        clause, account = s.legs[WHOLE], s.accounts[self.top_up]
        clause.losses = gated(x, s, self.losses(x, s))
        clause.borrowed = 0.0 if self.borrowed is None else gated(x, s, self.borrowed(x, s))
        owed = clause.uncovered + clause.losses + clause.borrowed
        paid = take(x, s, owed)
        clause.uncovered = owed - paid
        account.paid_in = account.paid_in + paid
        put(s, paid, self.top_up)
