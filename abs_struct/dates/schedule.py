"""The schedule of a deal: collection months, and the payment and accrual dates that lie on some of them.

A period is a calendar month of collections. The first begins on the day after the cut-off: what is left of the
cut-off's month belongs to it, so that a cut-off on the 15th makes a first period of a month and a half (and of half a
month alone, where the first payment follows in the next month). A deal that pays quarterly, or whose first payment
waits for several months of collections, has periods without a payment; there the dates are a calculation date, no
interest accrues, and the whole accrual period stands in the period that pays.
"""

from __future__ import annotations

from calendar import monthrange
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import pairwise

from abs_struct.core.findings import DateError, listed, nearest
from abs_struct.dates.calendars import Calendar, adjust, business_days_before
from abs_struct.dates.daycount import add_months, days_30_360, year_fraction

ACCRUALS = ("unadjusted", "adjusted")


@dataclass(frozen=True)
class PaymentSchedule:
    """Dates of a deal, as tuples of T dates, one for each collection month.

    nominal : payment dates before they move to a business day; the same day of a month that does not pay
    payment_dates : payment dates
    determination_dates : when the amounts of a payment are worked out
    collection_start, collection_end : the calendar months whose collections are paid (the first begins after cut-off)
    accrual_start, accrual_end : interest runs from closing, then from payment date to payment date; a month that does
        not pay has the payment date before it as both
    pays : whether the month has a payment date
    """

    cutoff: date
    closing: date
    nominal: tuple[date, ...]
    payment_dates: tuple[date, ...]
    determination_dates: tuple[date, ...]
    collection_start: tuple[date, ...]
    collection_end: tuple[date, ...]
    accrual_start: tuple[date, ...]
    accrual_end: tuple[date, ...]
    pays: tuple[bool, ...]
    wal_from: date

    @property
    def periods(self) -> int:
        """Number of collection months."""
        return len(self.nominal)

    @property
    def pay_every_month(self) -> bool:
        """Whether each month of collections is paid by itself."""
        return all(self.pays)

    def accrual_fractions(self, convention: str) -> list[float]:
        """The year fraction of each accrual period by a day count, T numbers; 0 in a month that does not pay."""
        pairs = zip(self.accrual_start, self.accrual_end, strict=True)
        return [year_fraction(start, end, convention) for start, end in pairs]

    def collection_days(self) -> list[int]:
        """Calendar days of each collection period, T numbers."""
        return [(end - start).days + 1 for start, end in zip(self.collection_start, self.collection_end, strict=True)]

    def years(self, start: date | None = None) -> list[float]:
        """Years of 30/360 from a day (closing) to each nominal payment date, T numbers.

        A first collection may begin long before closing; its months that do not pay count as closing itself.
        """
        origin = start or self.wal_from
        return [
            days_30_360(origin, day) / 360.0 if pays else max(0.0, days_30_360(origin, day) / 360.0)
            for day, pays in zip(self.nominal, self.pays, strict=True)
        ]


def payment_schedule(
    *,
    cutoff: date,
    closing: date,
    first_payment: date,
    periods: int,
    every: int = 1,
    calendar: str | Calendar = "none",
    roll: str = "following",
    accrual: str = "unadjusted",
    wal_from: date | None = None,
    legal_final: date | None = None,
    determination: int = 0,
) -> PaymentSchedule:
    """The schedule of a deal that pays the calendar months before a payment date, by collection months.

    The first payment pays all months from the cut-off to the month before it, however many; the others pay as many
    months as lie between payments. Payment dates are counted from the first one, so that a 31st stays a month end.

    Parameters
    ----------
    cutoff, closing, first_payment, legal_final : scalar dates
    periods : number of collection months wanted; rounded up to a payment, and cut at the legal final maturity
    every : months between payment dates
    calendar, roll : business days and what a date does that is none
    accrual : "unadjusted" or "adjusted": which payment dates interest runs between
    wal_from : the day from which lives are counted; closing when left out
    determination : number of business days that the determination date lies before the payment date

    Returns
    -------
    PaymentSchedule of T collection months, the last of which pays

    Raises
    ------
    DateError : dates in the wrong order; an unknown calendar, roll or accrual

    Source: definition.

    >>> dates = payment_schedule(cutoff=date(2026, 11, 30), closing=date(2027, 1, 20), periods=5, every=3,
    ...                          first_payment=date(2027, 2, 15), calendar="US-NY")
    >>> dates.pays
    (False, True, False, False, True)
    >>> dates.payment_dates[1], dates.collection_end[1], dates.collection_end[4]
    (datetime.date(2027, 2, 16), datetime.date(2027, 1, 31), datetime.date(2027, 4, 30))
    """
    known_terms(cutoff, closing, first_payment, periods, every, accrual, determination)
    collected = last_day(add_months(first_payment, -1))
    if collected <= cutoff:
        raise DateError(
            f"the first payment {first_payment} pays the collections up to {collected}, and the cut-off {cutoff} "
            f"leaves none; set the cut-off to {last_day(add_months(first_payment, -1 - every))} or move the payment"
        )
    ahead = max(1, months_between(cutoff, collected)) - 1  # months of collections before the one that is paid first
    count = ahead + 1 + every * max(0, -(-(periods - ahead - 1) // every))
    if legal_final is not None:
        if legal_final < first_payment:
            raise DateError(f"the legal final maturity {legal_final} lies before the first payment {first_payment}")
        while add_months(first_payment, count - 1 - ahead) > legal_final:
            count -= every
    offsets = range(-ahead, count - ahead)
    pays = tuple(k >= 0 and k % every == 0 for k in offsets)
    nominal = tuple(add_months(first_payment, k) for k in offsets)
    paid = tuple(adjust(day, calendar, roll) for day in nominal)
    ends = tuple(last_day(add_months(collected, k)) for k in offsets)
    starts = (cutoff + timedelta(days=1), *(end + timedelta(days=1) for end in ends[:-1]))
    determined = tuple(business_days_before(day, determination, calendar) for day in paid)
    known_collections(determination, determined, paid, ends, pays)
    accrual_start, accrual_end = accruals(closing, paid if accrual == "adjusted" else nominal, pays)
    return PaymentSchedule(
        cutoff=cutoff,
        closing=closing,
        nominal=nominal,
        payment_dates=paid,
        determination_dates=determined,
        collection_start=starts,
        collection_end=ends,
        accrual_start=accrual_start,
        accrual_end=accrual_end,
        pays=pays,
        wal_from=wal_from or closing,
    )


def accruals(
    closing: date, until: tuple[date, ...], pays: tuple[bool, ...]
) -> tuple[tuple[date, ...], tuple[date, ...]]:
    """Start and end of each accrual period; both the payment date before in a month that does not pay."""
    reached = [closing]
    for day, payment in zip(until, pays, strict=True):
        reached.append(day if payment else reached[-1])
    starts, ends = zip(*pairwise(reached), strict=True)
    return starts, ends


def known_collections(
    determination: int,
    determined: tuple[date, ...],
    paid: tuple[date, ...],
    ends: tuple[date, ...],
    pays: tuple[bool, ...],
) -> None:
    """Refuse a determination before the end of the collections that it has to know."""
    for day, payment, end, counts in zip(determined, paid, ends, pays, strict=True):
        if determination and counts and day <= end:
            raise DateError(
                f"the determination date {day}, {determination} business days before the payment on {payment}, does "
                f"not lie after the last day of its collections, {end}; shorten `determination` or move the payment"
            )


def known_terms(
    cutoff: date, closing: date, first_payment: date, periods: int, every: int, accrual: str, determination: int
) -> None:
    """Refuse dates in the wrong order, and counts and words that mean nothing."""
    if first_payment <= cutoff:
        raise DateError(f"the first payment {first_payment} must lie after the cut-off {cutoff}")
    if first_payment <= closing:
        raise DateError(f"the first payment {first_payment} must lie after closing {closing}")
    if periods < 1:
        raise DateError(f"a schedule needs at least one collection month (got {periods})")
    if every < 1:
        raise DateError(f"payment dates lie at least one month apart (got every {every} months)")
    if determination < 0:
        raise DateError(f"a determination date lies 0 or more business days before the payment (got {determination})")
    if accrual not in ACCRUALS:
        raise DateError(f"no accrual '{accrual}'{nearest(accrual, ACCRUALS)} (known: {listed(ACCRUALS)})")


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
