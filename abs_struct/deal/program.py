"""From a deal document and its pool to the program that the engine runs."""

from __future__ import annotations

from collections.abc import Sequence
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
from abs_struct.pool.project import Projection
from abs_struct.waterfall.early import read_too_early
from abs_struct.waterfall.quantities import DEAL, INTERRUPTED, INVESTED

if TYPE_CHECKING:
    from abs_struct.dates.schedule import PaymentSchedule


def compiled(terms: DealFile, document: Document, schedule: PaymentSchedule, pool: Projection) -> Program:
    """The program of a deal: pool, collections, accruals, determinations, sections, close, as on a payment date.

    Raises
    ------
    DealError : names that mean nothing, amounts that are circular, formulas that cannot stand where they do
    """
    build = Build(terms, document, schedule, pool)
    first: list[Part] = [*indices(build), pool.part, *bought(build)]
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


def bought(build: Build) -> list[Part]:
    """What is bought with collections, and until when."""
    if build.terms.revolving is None:
        return []
    from abs_struct.deal.buying import purchases  # a deal that buys nothing does not load it

    return purchases(build, build.terms.revolving)


def enter_deal(build: Build) -> None:
    """The deal itself: its periods and dates."""
    terms, schedule, months = build.terms, build.schedule, build.months
    waiting = months_collected(schedule.pays)
    price = {"call_price": "call.price"} if terms.call is not None else {}
    interruption = terms.assumptions.interruption
    lines = DEAL.lines if interruption is None else (*DEAL.lines, INTERRUPTED)
    lines = (*lines, INVESTED) if terms.pool.series else lines
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
