"""The schedule of a deal: collection periods, accrual periods and payment dates."""

from __future__ import annotations

from calendar import monthrange
from dataclasses import dataclass
from datetime import date, timedelta

from abs_struct.core.findings import DateError, listed, nearest
from abs_struct.dates.calendars import adjust
from abs_struct.dates.daycount import add_months, days_30_360, year_fraction

ACCRUALS = ("unadjusted", "adjusted")


@dataclass(frozen=True)
class PaymentSchedule:
    """Dates of a deal, as tuples of T dates.

    nominal : payment dates before they move to a business day
    payment_dates : payment dates
    collection_start, collection_end : the calendar months whose collections are paid (the first begins after cut-off)
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


def payment_schedule(
    *,
    cutoff: date,
    closing: date,
    first_payment: date,
    periods: int,
    every: int = 1,
    calendar: str = "none",
    roll: str = "following",
    accrual: str = "unadjusted",
    wal_from: date | None = None,
    legal_final: date | None = None,
) -> PaymentSchedule:
    """The schedule of a deal that pays every few months out of the calendar months before.

    The first collection period runs from the day after the cut-off and may have any length; the others are as
    long as the time between payments. Payment dates are counted from the first one, so that a 31st stays a month end.

    Parameters
    ----------
    cutoff, closing, first_payment, legal_final : scalar dates
    periods : number of payment dates wanted; cut at the legal final maturity
    every : months between payment dates
    calendar, roll : business days and what a date does that is none
    accrual : "unadjusted" or "adjusted": which payment dates interest runs between
    wal_from : the day from which lives are counted; closing when left out

    Returns
    -------
    PaymentSchedule of T payment dates

    Raises
    ------
    DateError : dates in the wrong order; an unknown calendar, roll or accrual

    Source: definition.

    >>> dates = payment_schedule(cutoff=date(2026, 11, 30), closing=date(2027, 1, 20), periods=2, every=3,
    ...                          first_payment=date(2027, 2, 15), calendar="US-NY")
    >>> dates.payment_dates[0], dates.collection_start[0], dates.collection_end[1]
    (datetime.date(2027, 2, 16), datetime.date(2026, 12, 1), datetime.date(2027, 4, 30))
    """
    known_terms(cutoff, closing, first_payment, periods, every, accrual)
    nominal = [add_months(first_payment, k * every) for k in range(periods)]
    if legal_final is not None:
        nominal = [day for day in nominal if day <= legal_final]
        if not nominal:
            raise DateError(f"the legal final maturity {legal_final} lies before the first payment {first_payment}")
    paid = [adjust(day, calendar, roll) for day in nominal]
    ends = [last_day(add_months(day, -1)) for day in nominal]
    if ends[0] <= cutoff:
        raise DateError(
            f"the first payment {first_payment} pays the collections up to {ends[0]}, and the cut-off {cutoff} leaves "
            f"none; set the cut-off to {last_day(add_months(first_payment, -1 - every))} or move the payment"
        )
    starts = [cutoff + timedelta(days=1), *(end + timedelta(days=1) for end in ends[:-1])]
    accrue_to = paid if accrual == "adjusted" else nominal
    return PaymentSchedule(
        cutoff,
        closing,
        tuple(nominal),
        tuple(paid),
        tuple(starts),
        tuple(ends),
        (closing, *accrue_to[:-1]),
        tuple(accrue_to),
        wal_from or closing,
    )


def known_terms(cutoff: date, closing: date, first_payment: date, periods: int, every: int, accrual: str) -> None:
    """Refuse dates in the wrong order, and counts and words that mean nothing."""
    if first_payment <= cutoff:
        raise DateError(f"the first payment {first_payment} must lie after the cut-off {cutoff}")
    if first_payment <= closing:
        raise DateError(f"the first payment {first_payment} must lie after closing {closing}")
    if periods < 1:
        raise DateError(f"a schedule needs at least one payment date (got {periods})")
    if every < 1:
        raise DateError(f"payment dates lie at least one month apart (got every {every} months)")
    if accrual not in ACCRUALS:
        raise DateError(f"no accrual '{accrual}'{nearest(accrual, ACCRUALS)} (known: {listed(ACCRUALS)})")


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
    as of `payment_schedule`

    Returns
    -------
    PaymentSchedule of T payment dates, each with one calendar month of collections

    Raises
    ------
    DateError : as `payment_schedule`, and a first collection period that is not one month

    Source: definition.
    """
    month_end = last_day(add_months(first_payment, -1))
    length = months_between(cutoff, month_end)
    if first_payment > cutoff and length != 1:
        raise DateError(
            f"the first payment {first_payment} pays the collections up to {month_end}, {length} calendar months after "
            f"the cut-off {cutoff}; set the cut-off to {last_day(add_months(first_payment, -2))} or move the payment"
        )
    return payment_schedule(
        cutoff=cutoff,
        closing=closing,
        first_payment=first_payment,
        periods=periods,
        calendar=calendar,
        roll=roll,
        accrual=accrual,
        wal_from=wal_from,
        legal_final=legal_final,
    )


def last_day(day: date) -> date:
    """The last day of a date's month."""
    return date(day.year, day.month, monthrange(day.year, day.month)[1])


def months_between(start: date, end: date) -> int:
    """Whole calendar months from one month to another.

    Parameters
    ----------
    start, end : scalar dates

    Returns
    -------
    scalar, months

    Raises
    ------
    Nothing

    Source: definition.

    >>> months_between(date(2026, 12, 31), date(2027, 2, 1))
    2
    """
    return (end.year - start.year) * 12 + end.month - start.month
