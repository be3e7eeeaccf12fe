"""What the issuer owes its hedge counterparty."""

from __future__ import annotations

from typing import ClassVar

from pydantic import Field

from abs_struct.core.arithmetic.numbers import Numbers
from abs_struct.terms.names import Names
from abs_struct.terms.numbers import choice
from abs_struct.waterfall.sentences import EN
from abs_struct.waterfall.steps.step import STEPS, Step
from abs_struct.waterfall.take import CashState, draw


@STEPS.add("hedge")
class PayHedge(Step):
    """Pay the counterparty of a swap, cap or floor what the issuer owes: the net, or the termination payment.

    owed = net due + shortfall carried - already paid. Met where notes float and loans do not: the net ranks with
    senior costs, a termination payment after a default of the counterparty near the end. Amounts in currency units.
    """

    word: ClassVar[str] = "hedge"
    example: ClassVar[str] = "{hedge: swap}"
    wrong: ClassVar[tuple[str, str]] = ("{hedge: swop}", "did you mean 'swap'")
    en: ClassVar[str] = "net payment to the counterparty of {targets}{order}"
    zh: ClassVar[str] = "{order}支付{targets}对手方净额"

    hedge: Names = Field(description="the hedge, or the hedges in the order in which they are paid")
    part: choice("net", "termination") = Field(  # type: ignore[valid-type]
        default="net", description="the net payment, or the termination payment after a default of the counterparty"
    )
    support: Names | None = Field(default=None, description="what covers what collections cannot, in turn")

    def default_name(self) -> str:
        return super().default_name() + ("_termination" if self.part == "termination" else "")

    def owners(self) -> dict[str, str]:
        return {"hedge": "hedges", "support": "support"}

    def wording(self, language: str) -> str:
        if self.part == "net":
            return super().wording(language)
        if language == EN:
            return "termination payment to the counterparty of {targets}{order}"
        return "{order}支付{targets}对手方终止款"

    def apply(self, x: Numbers, s: CashState) -> None:
        for source, payments in self.rounds:
            for name, leg in payments:
                own = s.entities[f"hedges.{name}"]
                if self.part == "net":
                    paid = draw(x, s, own.owed, leg, source)
                    own.paid = own.paid + paid
                    own.owed = own.owed - paid
                else:
                    paid = draw(x, s, own.termination_owed, leg, source)
                    own.termination_paid = own.termination_paid + paid
                    own.termination_owed = own.termination_owed - paid
