"""The schedule of a deal: collection periods, accrual periods and payment dates."""

from __future__ import annotations

from calendar import monthrange
from dataclasses import dataclass
from datetime import date, timedelta

from abs_struct.core.findings import DateError
from abs_struct.dates.calendars import adjust
from abs_struct.dates.daycount import add_months, days_30_360, year_fraction


@dataclass(frozen=True)
class PaymentSchedule:
    """Dates of a deal that pays monthly, as tuples of T dates.

    nominal : payment dates before they move to a business day
    payment_dates : payment dates
    collection_start, collection_end : the calendar month whose collections are paid (the first begins after cut-off)
    accrual_start, accrual_end : interest runs from closing, then from payment date to payment date
    """

    cutoff: date
    closing: date
    nominal: tuple[date, ...]
    payment_dates: tuple[date, ...]
    collection_start: tuple[date, ...]
    collection_end: tuple[date, ...]
    accrual_start: tuple[date, ...]
    accrual_end: tuple[date, ...]
    wal_from: date

    @property
    def periods(self) -> int:
        """Number of payment dates."""
        return len(self.nominal)

    def accrual_fractions(self, convention: str) -> list[float]:
        """The year fraction of each accrual period by a day count, T numbers."""
        pairs = zip(self.accrual_start, self.accrual_end, strict=True)
        return [year_fraction(start, end, convention) for start, end in pairs]

    def collection_days(self) -> list[int]:
        """Calendar days of each collection period, T numbers."""
        return [(end - start).days + 1 for start, end in zip(self.collection_start, self.collection_end, strict=True)]

    def years(self, start: date | None = None) -> list[float]:
        """Years of 30/360 from a day (closing) to each nominal payment date, T numbers."""
        origin = start or self.wal_from
        return [days_30_360(origin, day) / 360.0 for day in self.nominal]


def monthly_schedule(
    *,
    cutoff: date,
    closing: date,
    first_payment: date,
    periods: int,
    calendar: str = "none",
    roll: str = "following",
    accrual: str = "unadjusted",
    wal_from: date | None = None,
    legal_final: date | None = None,
) -> PaymentSchedule:
    """The schedule of a deal that pays every month out of the collections of the calendar month before.

    Parameters
    ----------
    cutoff, closing, first_payment, legal_final : scalar dates
    periods : number of payment dates wanted; cut at the legal final maturity
    calendar, roll : business days and what a date does that is none
    accrual : "unadjusted" or "adjusted": which payment dates interest runs between

    Returns
    -------
    PaymentSchedule of T payment dates

    Raises
    ------
    DateError : dates in the wrong order, or a first collection period that is not one month

    Source: definition.
    """
    if first_payment <= cutoff:
        raise DateError(f"the first payment {first_payment} must lie after the cut-off {cutoff}")
    month_end = last_day(add_months(first_payment, -1))
    length = months_between(cutoff, month_end)
    if length != 1:
        raise DateError(
            f"the first payment {first_payment} pays the collections up to {month_end}, {length} calendar months after "
            f"the cut-off {cutoff}; set the cut-off to {last_day(add_months(first_payment, -2))} or move the payment"
        )
    nominal = [add_months(first_payment, k) for k in range(periods)]
    if legal_final is not None:
        nominal = [day for day in nominal if day <= legal_final]
        if not nominal:
            raise DateError(f"the legal final maturity {legal_final} lies before the first payment {first_payment}")
    paid = [adjust(day, calendar, roll) for day in nominal]
    ends = [last_day(add_months(day, -1)) for day in nominal]
    starts = [cutoff + timedelta(days=1), *(end + timedelta(days=1) for end in ends[:-1])]
    accrue_to = paid if accrual == "adjusted" else nominal
    return PaymentSchedule(
        cutoff,
        closing,
        tuple(nominal),
        tuple(paid),
        tuple(starts[: len(nominal)]),
        tuple(ends),
        (closing, *accrue_to[:-1]),
        tuple(accrue_to),
        wal_from or closing,
    )


def last_day(day: date) -> date:
    """The last day of a date's month."""
    return date(day.year, day.month, monthrange(day.year, day.month)[1])


def months_between(start: date, end: date) -> int:
    """Whole calendar months from one month to another."""
    return (end.year - start.year) * 12 + end.month - start.month
