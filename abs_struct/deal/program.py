"""From a deal document and its pool to the program that the engine runs."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

from abs_struct.core.findings import CurveError, DealError
from abs_struct.core.formula.nodes import serial_of
from abs_struct.core.state import Part, Program
from abs_struct.deal.build import Build
from abs_struct.deal.determinations import Determinations
from abs_struct.deal.liabilities import Liabilities
from abs_struct.deal.load import Document
from abs_struct.deal.model import DealFile
from abs_struct.deal.sections import Sections
from abs_struct.pool.clock import BuyWithinMonths
from abs_struct.pool.lines import POOL
from abs_struct.pool.mix import check_mix, worst_mix
from abs_struct.pool.project import Projection
from abs_struct.pool.purchased import BUYING, DAYS, REVOLVING, purchased
from abs_struct.terms.clock import MONTH, steps_of
from abs_struct.waterfall.early import read_too_early
from abs_struct.waterfall.quantities import DEAL, INTERRUPTED

if TYPE_CHECKING:
    from abs_struct.dates.schedule import PaymentSchedule


def compiled(terms: DealFile, document: Document, schedule: PaymentSchedule, pool: Projection) -> Program:
    """The program of a deal: pool, collections, accruals, determinations, sections, close, as on a payment date.

    Raises
    ------
    DealError : names that mean nothing, amounts that are circular, formulas that cannot stand where they do
    """
    build = Build(terms, document, schedule, pool)
    first: list[Part] = [*indices(build), pool.part, *purchases(build)]
    enter_deal(build)
    liabilities, determinations, sections = Liabilities(build), Determinations(build), Sections(build)
    determinations.learn_units()
    parts = [*first, *liabilities.parts(), *determinations.parts(), *sections.parts(), *liabilities.closing_parts()]
    constants = pool.inputs | build.inputs
    program = Program(
        schedule.periods, build.slots, constants, build.data, tuple(parts), tuple(build.past), labels_of(terms)
    )
    early = read_too_early(program)
    if early is not None:
        raise build.too_early(early)
    return program


def indices(build: Build) -> list[Part]:
    """The reference rates that the assumptions give, by period."""
    if not build.terms.assumptions.indices:
        return []
    from abs_struct.curves.rates import indices_of  # reads curve files: a deal without indices does not load it

    try:
        found = indices_of(build.terms.assumptions, build.schedule, Path(build.document.file).parent)
    except CurveError as error:
        raise DealError(f"{build.document.place(('assumptions', 'indices'))}: {error}") from None
    build.slots |= {slot.path: slot for slot in found.slots}
    build.data |= found.data
    build.inputs |= found.inputs
    return [found.part]


def purchases(build: Build) -> list[Part]:
    """What is bought with collections, and until when."""
    terms = build.terms
    if terms.revolving is None:
        return []
    steps = steps_of(terms.revolving.clock)
    until, dates = terms.revolving.until, build.schedule.payment_dates
    last = sum(day <= until for day in dates)
    sold = terms.call is not None and terms.call.exercised
    try:
        if terms.revolving.mix == "worst":
            worst = worst_mix(terms.revolving, terms.assumptions)
            build.inputs |= {f"revolving.receivables.{name}.share": share for name, share in worst.items()}
        else:
            check_mix(terms.revolving, terms.assumptions)
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
    build.slot("revolving", lines, by_balance=terms.revolving.mix == "balance")
    if steps is None:
        build.flags("revolving.open", lambda period: dates[period - 1] <= until)
        return [part]
    months = tuple(zip(build.schedule.collection_start, build.schedule.collection_end, strict=True))
    build.flags("revolving.open", lambda period: months[period - 1][1] <= until)
    build.series("revolving.days", (days_to_buy(until, start, end) for start, end in months))
    pool_slot = build.slots["pool"]
    pool_slot.lines += (next(line for line in POOL.lines if line.name == "reinvested"),)
    everything = terms.revolving.spends == "collections"
    due_days = tuple(receivable.due_day for receivable in terms.receivables.values())
    build.past |= dict.fromkeys(past)
    return [
        BuyWithinMonths(
            part.kinds, part.pool, part.last, part.sold, steps, terms.revolving.retain, everything, due_days
        )
    ]


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


def enter_deal(build: Build) -> None:
    """The deal itself: its periods and dates."""
    terms, schedule, months = build.terms, build.schedule, build.months
    waiting = months_collected(schedule.pays)
    price = {"call_price": "call.price"} if terms.call is not None else {}
    interruption = terms.assumptions.interruption
    lines = DEAL.lines if interruption is None else (*DEAL.lines, INTERRUPTED)
    build.slot("deal", lines, inputs=price, longest_collection=max(waiting))
    if interruption is not None:
        build.flags("deal.interrupted", interruption.hits)
    build.series("deal.months_collected", waiting)
    build.data["deal.period"] = months.astype(float)
    build.data["deal.final_period"] = (months == build.periods).astype(float)
    build.series("deal.payment_date", (serial_of(day) for day in schedule.payment_dates))
    build.data["deal.payment_date"][0] = serial_of(schedule.closing)
    build.series("deal.pays", (1.0 if pays else 0.0 for pays in schedule.pays))


def months_collected(pays: Sequence[bool]) -> list[int]:
    """How many months each period's payment collects: itself, and those before it that did not pay."""
    found: list[int] = []
    for period, _ in enumerate(pays):
        found.append(1 if period == 0 or pays[period - 1] else found[-1] + 1)
    return found


def labels_of(terms: DealFile) -> dict[str, str]:
    """The names to print, by path."""
    groups: dict[str, Any] = {
        "notes": terms.notes,
        "fees": terms.fees,
        "accounts": terms.accounts,
        "facilities": terms.facilities,
        "hedges": terms.hedges,
        "triggers": terms.triggers,
    }
    labels = {f"{owner}.{name}": item.label or name for owner, group in groups.items() for name, item in group.items()}
    return labels | {"accounts.collections": "Collection account"}
