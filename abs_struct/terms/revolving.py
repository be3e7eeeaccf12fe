"""The `revolving` block of a deal document: what is bought with collections, until when, and in which mix."""

from __future__ import annotations

from decimal import Decimal
from typing import Annotated

from pydantic import BeforeValidator, Field, WithJsonSchema, model_validator

from abs_struct.core.formula import Formula
from abs_struct.terms.base import Terms
from abs_struct.terms.clock import steps_of
from abs_struct.terms.dates import Day
from abs_struct.terms.names import Name
from abs_struct.terms.numbers import Amount, Months, Share, choice, months, shown
from abs_struct.terms.structural import StructuralRate, StructuralShare

#: How a receivable repays; the first two and the last are consumer-credit products, the others kinds of loans.
REPAYMENTS = ("next_bill", "instalments", "level_pay", "level_principal", "interest_first", "minimum_payment")


def as_due_day(written: object) -> int:
    """A day of a month."""
    found = months(written)
    if not 1 <= found <= 30:
        raise ValueError(f"{shown(written)} is not a due day; due days are 1 to 30")
    return found


DueDay = Annotated[int, BeforeValidator(as_due_day), WithJsonSchema({"type": "integer", "minimum": 1, "maximum": 30})]


def as_clock(written: object) -> str:
    """A purchase clock in words, refused where it is finer than a day."""
    steps_of(str(written))
    return str(written)


class Receivable(Terms):
    """A kind of receivable that is bought: its share of the purchases, its price, and how it repays.

    Prepayment, default and recovery are those of `assumptions.groups.<name>`, by the age of each purchase; where the
    assumptions have no such group, those of the pool.
    """

    share: Share = Field(description="its share of the par bought (mix: fixed), or of the pool aimed at (mix: balance)")
    becomes: Share | None = Field(
        default=None, description="with mix: drifting, its share of the last purchase, reached in equal steps"
    )
    repayment: choice(*REPAYMENTS) = Field(  # type: ignore[valid-type]
        description="next_bill: all in the next month, no interest; instalments: equal principal with a flat fee "
        "on the original amount; level_pay, level_principal, interest_first: loans; minimum_payment: a share of the "
        "balance each month, the rest in the last month of the term"
    )
    term: Months = Field(default=1, description="months to the last payment")
    rate: StructuralRate = Field(default=Decimal(0), description="the yearly rate of a loan or a balance")
    fee: StructuralShare = Field(
        default=Decimal(0), description="the flat fee of instalments on the original amount, over the whole term"
    )
    minimum: StructuralShare | None = Field(
        default=None, description="the share of its balance that a minimum_payment repays each month"
    )
    price: Amount = Field(default=100.0, description="paid per 100 of par; a price above 100 says `premium: true`")
    due_day: DueDay | None = Field(
        default=None,
        description="of a next_bill: the day of the next month on which it is due; a month after its purchase when "
        "left out (read by purchases between payment dates)",
    )
    by_days: bool = Field(
        default=False,
        description="whether its price is that of 30 days to the due_day, and the discount of a purchase in proportion "
        "to its days (read by purchases between payment dates)",
    )
    premium: bool = Field(default=False, description="whether a price above par is meant")
    limit: StructuralShare | None = Field(
        default=None, description="the largest share that it may have of a purchase, or of the pool after it"
    )
    income: Amount = Field(default=1.0, description="a multiple of its interest and fees, for stress")

    @model_validator(mode="after")
    def consistent(self) -> Receivable:
        """Each repayment has what it needs, and nothing that it would not use."""
        if self.price > 100.0 and not self.premium:
            raise ValueError(f"price {self.price:g} lies above par; say `premium: true` where that is meant")
        if not 20.0 <= self.price <= 200.0:
            raise ValueError(f"price {self.price:g} is not a price per 100 of par")
        if self.due_day is not None and self.repayment != "next_bill":
            raise ValueError(f"a due_day belongs to a next_bill, not to {self.repayment}")
        if self.by_days and self.due_day is None:
            raise ValueError("a discount by_days needs the due_day to which the days run")
        if self.by_days and self.price == 100.0:
            raise ValueError("by_days speaks of a discount, and the price is par; write a price")
        if self.by_days and self.price < 60.0:
            raise ValueError(f"price {self.price:g} is that of 30 days; by_days that of 59 would be nil or less")
        if self.term < 1:
            raise ValueError("term is 1 month or more")
        if self.repayment == "next_bill" and (self.term != 1 or self.rate or self.fee):
            raise ValueError("next_bill is due in one month and bears neither rate nor fee; its yield is in the price")
        if self.fee and self.repayment != "instalments":
            raise ValueError(f"a flat fee belongs to instalments, not to {self.repayment}; write rate")
        if self.rate and self.repayment == "instalments":
            raise ValueError("instalments bear a flat fee on the original amount; write fee in place of rate")
        if (self.minimum is not None) != (self.repayment == "minimum_payment"):
            raise ValueError(
                "`minimum` is the share that a minimum_payment repays each month; it needs it, others do not"
            )
        return self


class Revolving(Terms):
    """Purchases: the step `purchase` buys receivables with cash of its section while this block allows it."""

    until: Day = Field(description="the last day on which anything is bought; by a clock of its own, to the day")
    when: Formula | None = Field(
        default=None, description="bought while this holds, such as not triggers.early_end.active; may hold again"
    )
    mix: choice("fixed", "drifting", "balance", "worst") = Field(  # type: ignore[valid-type]
        default="fixed",
        description="fixed: each purchase in the given shares; drifting: from `share` to `becomes` in equal steps; "
        "balance: so that the pool comes nearest to them; worst: the shares that lose most within the limits",
    )
    least_yield: StructuralRate | None = Field(
        default=None, description="the least yearly yield of a purchase: interest, fees and discount on its balance"
    )
    longest_average_term: Months | None = Field(
        default=None, description="the longest weighted average term of a purchase, in months, by its principal"
    )
    longest_remaining_term: Months | None = Field(
        default=None, description="the longest weighted average of the months to the last payment of a purchase"
    )
    criteria: choice("purchase", "pool") = Field(  # type: ignore[valid-type]
        default="purchase",
        description="of what limits, least_yield and longest terms speak: of each purchase, or of the pool after it "
        "(each kind at its own contract's yield and terms)",
    )
    clock: Annotated[str, BeforeValidator(as_clock)] = Field(
        default="payment dates",
        description="when it buys: on payment dates, by the step `purchase`; or with its collections as they come in: "
        "monthly, 3 times a month, daily",
    )
    retain: Formula | None = Field(
        default=None,
        description="cash of a month that purchases between payment dates leave for costs and interest",
    )
    spends: choice("collections", "principal") = Field(  # type: ignore[valid-type]
        default="collections", description="what purchases between payment dates spend: all collections, or principal"
    )
    receivables: dict[Name, Receivable] = Field(min_length=1, description="what is bought, by name")

    @model_validator(mode="after")
    def whole(self) -> Revolving:
        """The shares make a whole."""
        total = sum(receivable.share for receivable in self.receivables.values())
        if abs(total - 1.0) > 1e-9:
            raise ValueError(f"the shares of the receivables sum to {100.0 * total:.10g}%; they must sum to 100%")
        without = [name for name, receivable in self.receivables.items() if receivable.becomes is None]
        if self.mix == "drifting" and without:
            raise ValueError(f"a drifting mix needs what each share becomes, and {without[0]} has no `becomes`")
        later = sum(receivable.becomes or 0.0 for receivable in self.receivables.values())
        if self.mix == "drifting" and abs(later - 1.0) > 1e-9:
            raise ValueError(f"the shares sum to {100.0 * later:.10g}% where they have drifted; they must sum to 100%")
        return self

    @property
    def longest(self) -> int:
        """Months from a purchase to its last payment."""
        return max(receivable.term for receivable in self.receivables.values())
