"""Relief: what borrowers in difficulty are granted, as an assumption on a share of every loan.

    payment_holiday: {share: 10%, from: 6, months: 3, interest: paid}     skips the instalments of months 6 to 8
    term_extension:  {share: 5%, months: 12, from: 1}                     pays off 12 months later, in lower instalments

Both change the schedules of the loans, and are therefore structure and no scenario axis: a sweep over one of their
numbers makes a pool for each of its values. A loan has the one or the other.
"""

from __future__ import annotations

from typing import Annotated

from pydantic import AfterValidator, Field

from abs_struct.terms.base import Terms
from abs_struct.terms.numbers import Months, choice
from abs_struct.terms.structural import StructuralShare


def at_least_one(value: int) -> int:
    """A month, or a number of months, that is counted from 1.

    Parameters
    ----------
    value : scalar, months

    Returns
    -------
    scalar, the same months

    Raises
    ------
    ValueError : 0

    Source: definition.

    >>> at_least_one(3)
    3
    """
    if value < 1:
        raise ValueError(f"{value} is not a month; months are counted from 1")
    return value


Counted = Annotated[Months, AfterValidator(at_least_one)]


class Relief(Terms):
    """A share of every loan, and the month of the deal from which it is relieved."""

    share: StructuralShare = Field(description="the share of every loan that is still alive then")
    start: Counted = Field(default=1, alias="from", description="the first month of the deal that it concerns")
    months: Counted = Field(description="for how many months")


class PaymentHoliday(Relief):
    """Instalments are skipped for some months of the deal; afterwards the schedule goes on, so many months later."""

    interest: choice("paid", "deferred", "waived") = Field(  # type: ignore[valid-type]
        default="paid",
        description="of the skipped months: paid on time; deferred to the first instalment after them, without "
        "interest on it; or waived",
    )


class TermExtension(Relief):
    """What is left of the schedule is levelled anew over so many months more."""
