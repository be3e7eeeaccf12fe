"""Purchase of receivables with cash of the section."""

from __future__ import annotations

from typing import ClassVar

from pydantic import Field

from abs_struct.core.arithmetic.numbers import Numbers
from abs_struct.core.formula import Formula
from abs_struct.core.lines import Line, flow
from abs_struct.pool.purchased import cash_parts
from abs_struct.terms.names import Names
from abs_struct.waterfall.steps.step import STEPS, WHOLE, Step
from abs_struct.waterfall.take import AVAILABLE, CashState, gated, take


@STEPS.add("purchase")
class Purchase(Step):
    """Buy receivables while the deal revolves: par = cash / price, in the mix of the block `revolving`.

    The amount (or all that is available) is divided so that the par bought has the shares of a fixed mix; with
    `mix: balance` so that the pool comes nearest to them: each kind gets what it lacks of its share of the pool after
    the purchase. What is not bought stays available: cash drag. Nothing is bought after the last day of purchases, nor
    while `revolving.when` does not hold. Met in pay-later, card and consumer-loan deals. Amounts in currency units.
    """

    word: ClassVar[str] = "purchase"
    example: ClassVar[str] = "{purchase: loans, amount: pool.principal_collections}"
    wrong: ClassVar[tuple[str, str]] = ("{purchase: loan}", "did you mean 'loans'")
    lines: ClassVar[tuple[Line, ...]] = (
        flow("amount", "Amount", "拟购买金额", "the cash that the clause wants to spend in all"),
    )
    en: ClassVar[str] = "purchase of receivables ({targets})"
    zh: ClassVar[str] = "循环购买{targets}资产"

    purchase: Names = Field(description="the kind of receivable, or the kinds, of the block `revolving`")
    amount: Formula | None = Field(default=None, description="how much cash; without it, all that is available")

    def owners(self) -> dict[str, str]:
        return {"purchase": "receivables"}

    def apply(self, x: Numbers, s: CashState) -> None:
        clause = s.legs[WHOLE]
        active = s.entities["revolving"].active > 0.5
        wanted = s.pots[AVAILABLE] if self.amount is None else self.amount(x, s)
        clause.amount = gated(x, s, x.where(active, wanted, 0.0))
        cash = x.minimum(clause.amount, s.pots[AVAILABLE])
        for name, part in zip(self.targets, cash_parts(x, s, self.targets, cash), strict=True):
            own = s.entities[f"receivables.{name}"]
            paid = take(x, s, clause.amount * part, self.leg(name), AVAILABLE, cash * part)
            par = x.ratio(paid, own.price / 100.0)
            own.price_paid = own.price_paid + paid
            own.purchased = own.purchased + par
            own.balance = own.balance + par
            s.pool.purchased = s.pool.purchased + par
            s.pool.balance = s.pool.balance + par
