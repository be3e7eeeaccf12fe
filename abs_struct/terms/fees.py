"""The terms of a fee, a cost or a tax."""

from __future__ import annotations

from pydantic import Field, model_validator

from abs_struct.core.formula import Formula
from abs_struct.terms.base import Terms
from abs_struct.terms.dates import Day, DayCount
from abs_struct.terms.numbers import Amount, Rate, choice

Per = choice("year", "period")


class Fee(Terms):
    """A fee, a cost or a tax: due = rate x base x year fraction + fixed amounts; accrues by itself, and is carried."""

    rate: Rate = Field(default=0.0, description="of the base, per year or per period")
    of: Formula | None = Field(default=None, description="the base: any line, such as pool.opening_balance")
    per: Per = Field(  # type: ignore[valid-type]
        default="year", description="whether the rate is for a year or, as a tax on income, for each period"
    )
    day_count: DayCount | None = Field(default=None, description="how the year is counted; equal months when left out")
    minimum: Amount = Field(default=0.0, description="the least that the rate gives in a year, while the deal lives")
    plus: Amount = Field(default=0.0, description="a fixed amount per year or period, due while the deal lives")
    plus_per: Per = Field(  # type: ignore[valid-type]
        default="year", description="whether `plus` is for a year, in equal parts, or for each period"
    )
    once: Amount = Field(default=0.0, description="an amount due on the first payment date, such as costs of issue")
    table: dict[Day, Amount] = Field(
        default_factory=dict, description="amounts by date, due on the first payment date on or after it"
    )
    cap: Amount | None = Field(default=None, description="the most that is paid in twelve months where the cap applies")
    label: str = Field(default="", description="the name to print")

    @model_validator(mode="after")
    def has_a_base(self) -> Fee:
        """A rate needs something to be charged on."""
        if self.rate and self.of is None:
            raise ValueError("a fee with a rate needs `of:`, the line it is charged on, such as pool.opening_balance")
        if not any((self.rate, self.plus, self.once, self.table, self.minimum)):
            raise ValueError("a fee needs a rate or a fixed amount (`plus`, `once`, `table`)")
        days = list(self.table)
        if days != sorted(days):
            raise ValueError("the dates of a table must rise; found " + ", ".join(str(day) for day in days))
        return self
