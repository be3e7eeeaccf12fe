"""Interest and repayment of a liquidity facility."""

from __future__ import annotations

from typing import ClassVar

from pydantic import Field

from abs_struct.core.arithmetic.numbers import Numbers
from abs_struct.terms.numbers import choice
from abs_struct.waterfall.sentences import EN
from abs_struct.waterfall.steps.step import STEPS, Step
from abs_struct.waterfall.take import CashState, put, take


@STEPS.add("repay")
class Repay(Step):
    """Pay the lender of a liquidity facility: interest and commitment fee, then what is outstanding.

    Interest owed = due + shortfall carried - already paid; repaid = min(available, outstanding), and can be drawn
    again in the clauses below, as far as the limit allows. `part: interest` or `part: drawn` pays one of the two. Met
    in European and covered-interest structures. Amounts in currency units.
    """

    word: ClassVar[str] = "repay"
    example: ClassVar[str] = "{repay: liquidity}"
    wrong: ClassVar[tuple[str, str]] = ("{repay: liquidty}", "did you mean 'liquidity'")
    en: ClassVar[str] = "interest on and repayment of {targets}"
    zh: ClassVar[str] = "偿付{targets}流动性支持的利息及本金"

    repay: str = Field(description="the facility")
    part: choice("both", "interest", "drawn") = Field(  # type: ignore[valid-type]
        default="both", description="interest and fee, what is outstanding, or both in this order"
    )

    def legs(self) -> tuple[str, ...]:
        return ("interest", "drawn") if self.part == "both" else (self.part,)

    def default_name(self) -> str:
        return super().default_name() + ("" if self.part == "both" else f"_{self.part}")

    def owners(self) -> dict[str, str]:
        return {"repay": "facilities"}

    def touched(self) -> tuple[str, ...]:
        return (self.repay,)

    def wording(self, language: str) -> str:
        if self.part == "both":
            return super().wording(language)
        if language == EN:
            return ("interest on" if self.part == "interest" else "repayment of") + " {targets}"
        return "偿付{targets}流动性支持的" + ("利息" if self.part == "interest" else "本金")

    def apply(self, x: Numbers, s: CashState) -> None:
        own = s.entities[f"facilities.{self.repay}"]
        if self.part != "drawn":
            paid = take(x, s, own.owed, "interest")
            own.paid = own.paid + paid
            own.owed = own.owed - paid
        if self.part != "interest":
            outstanding = own.opening_balance + own.drawn - own.repaid
            paid = take(x, s, outstanding, "drawn")
            own.repaid = own.repaid + paid
            above = x.maximum(outstanding - own.limit, 0.0)  # a limit that fell gives nothing back before it is met
            put(s, x.maximum(paid - above, 0.0), self.repay)
