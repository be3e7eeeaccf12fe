"""Buying: what a revolving deal buys with its collections, on which clock, and until when, as a part of its program."""

from __future__ import annotations

from datetime import date

from abs_struct.core.findings import CurveError, DealError
from abs_struct.core.state import Part
from abs_struct.deal.build import Build
from abs_struct.pool.clock import BuyWithinMonths
from abs_struct.pool.lines import POOL
from abs_struct.pool.mix import check_mix, worst_mix
from abs_struct.pool.purchased import BUYING, DAYS, DRIFTED, REVOLVING, purchased
from abs_struct.terms.clock import MONTH, steps_of
from abs_struct.terms.revolving import Revolving


def purchases(build: Build, revolving: Revolving) -> list[Part]:
    """The part of a program that buys, with the lines that it fills.

    Raises
    ------
    DealError : a last day outside the deal's dates, a mix that is none or that no limits allow, or assumptions that a
        receivable cannot follow
    """
    terms = build.terms
    check_until(build, revolving.until)
    steps = steps_of(revolving.clock)
    until, dates = revolving.until, build.schedule.payment_dates
    last = sum(day <= until for day in dates)
    months = tuple(zip(build.schedule.collection_start, build.schedule.collection_end, strict=True))
    if steps is not None:
        last = sum(days_to_buy(until, start, end) > 0.0 for start, end in months)
    sold = terms.call is not None and terms.call.exercised
    try:
        if revolving.mix == "worst":
            worst = worst_mix(revolving, terms.assumptions)
            build.inputs |= {f"revolving.receivables.{name}.share": share for name, share in worst.items()}
        else:
            check_mix(revolving, terms.assumptions)
    except DealError as error:
        raise DealError(f"{build.document.place(('revolving',))}: {error}") from None
    try:
        slots, data, part, past = purchased(
            terms.receivables,
            terms.assumptions,
            build.pool,
            build.periods,
            sold=sold,
            clocked=steps is not None,
            last=last,
        )
    except CurveError as error:
        raise DealError(f"{build.document.place(('assumptions',))}: {error}") from None
    build.slots |= {slot.path: slot for slot in slots}
    build.data |= data
    build.past |= dict.fromkeys(past)
    lines = REVOLVING.lines if steps is None else (*REVOLVING.lines, DAYS, BUYING)
    drifts = revolving.mix == "drifting"
    if drifts:  # in equal steps from the first purchase to the last
        lines = (*lines, DRIFTED)
        build.series("revolving.drifted", (min((t - 1) / max(last - 1, 1), 1.0) for t in range(1, build.periods + 1)))
    build.slot("revolving", lines, by_balance=revolving.mix == "balance", drifts=drifts)
    if steps is None:
        build.flags("revolving.open", lambda period: dates[period - 1] <= until)
        return [part]
    build.flags("revolving.open", lambda period: months[period - 1][1] <= until)
    build.series("revolving.days", (days_to_buy(until, start, end) for start, end in months))
    pool_slot = build.slots["pool"]
    pool_slot.lines += (next(line for line in POOL.lines if line.name == "reinvested"),)
    everything = revolving.spends == "collections"
    due_days = tuple(receivable.due_day for receivable in terms.receivables.values())
    by_days = tuple(receivable.by_days for receivable in terms.receivables.values())
    build.past |= dict.fromkeys(past)
    own = (steps, revolving.retain, everything, due_days, by_days)
    return [BuyWithinMonths(part.kinds, part.pool, part.last, part.sold, *own)]


def check_until(build: Build, until: date) -> None:
    """Refuse a last day of purchases that lies after the legal final maturity, or before there is anything to spend.

    Raises
    ------
    DealError : the day, the date that it passes, and what is allowed
    """
    dates, place = build.terms.dates, build.document.place(("revolving", "until"))
    if dates.legal_final is not None and until > dates.legal_final:
        raise DealError(f"{place}: {until} lies after dates.legal_final {dates.legal_final}; purchases end by then")
    if until < dates.cutoff:
        raise DealError(
            f"{place}: {until} lies before dates.cutoff {dates.cutoff}, and nothing would ever be bought; write a "
            "later day, or leave `revolving` out"
        )


def days_to_buy(until: date, start: date, end: date) -> float:
    """The days of a month, counted as 30, on which a clock may buy until a day.

    >>> [days_to_buy(date(2028, 2, day), date(2028, 2, 1), date(2028, 2, 29)) for day in (1, 14, 29)]
    [1.0, 14.0, 30.0]
    >>> days_to_buy(date(2028, 1, 31), date(2028, 2, 1), date(2028, 2, 29))
    0.0
    """
    if until >= end:
        return float(MONTH)
    return float(min(max((until - start).days + 1, 0), MONTH))
