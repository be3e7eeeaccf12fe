"""What a run gives back: lines, measures, triggers, checks."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from abs_struct.core.state import Program
from abs_struct.dates.schedule import PaymentSchedule
from abs_struct.deal.events import Event, events_of
from abs_struct.deal.figures import DealMeasures, NoteMeasures
from abs_struct.deal.measures import Measures
from abs_struct.deal.model import DealFile
from abs_struct.deal.summary import one_line, run_summary
from abs_struct.waterfall.checks import Check, conservation
from abs_struct.waterfall.ledger import Ledger

if TYPE_CHECKING:
    import pandas as pd

    from abs_struct.deal.collateral import Collateral
    from abs_struct.deal.load import Document
    from abs_struct.deal.purchases import Purchases
    from abs_struct.deal.retention import RetentionTest


@dataclass(frozen=True)
class TriggerSummary:
    """A trigger over the life of the deal: where it breached first, how long it was active, its least headroom."""

    name: str
    label: str
    first_breach: int | None
    periods_active: int
    least_headroom: float
    at_period: int
    value: float
    level: float
    condition: bool


@dataclass(frozen=True, eq=False, repr=False)
class Result:
    """One run of a deal.

    `lines["notes.A.interest_paid"]` is an array over periods (T + 1,), index 0 the closing date, amounts in
    currency units, read-only.
    """

    terms: DealFile
    document: Document
    program: Program
    schedule: PaymentSchedule
    collateral: Collateral
    lines: Ledger
    warnings: tuple[str, ...] = field(default=())

    @cached_property
    def checks(self) -> list[Check]:
        """Every check of this run, with left, right, difference and tolerance."""
        return conservation(self.program, self.lines) + self.collateral.checks(self.lines)

    @cached_property
    def failures(self) -> list[Check]:
        """The checks that failed."""
        return [check for check in self.checks if not check.all_passed]

    @cached_property
    def measures(self) -> Measures:
        """Measures by note and of the deal, computed when asked for."""
        return Measures(self.terms, self.schedule, self.lines, self.program.inputs)

    @cached_property
    def note_measures(self) -> dict[str, NoteMeasures]:
        """All measures of each class."""
        return {name: self.measures.note(name) for name in self.terms.notes}

    @cached_property
    def deal_measures(self) -> DealMeasures:
        """All measures of the pool, the residual and the deal."""
        return self.measures.deal()

    @cached_property
    def purchases(self) -> Purchases | None:
        """What the deal bought and how often it turned its pool; None where it does not revolve."""
        if self.terms.revolving is None:
            return None
        from abs_struct.deal.purchases import purchases_of

        return purchases_of(self.terms, self.lines)

    @cached_property
    def purchase_dates(self) -> pd.DataFrame:
        """Pool, cash, par, price and turns of each purchase date, on any clock; empty where nothing is bought."""
        from abs_struct.deal.purchase_dates import purchase_dates

        return purchase_dates(self.terms, self.schedule, self.program, self.lines)

    @cached_property
    def retention(self) -> RetentionTest | None:
        """Risk retention, tested at closing; None where the deal says nothing of it."""
        if self.terms.retention is None:
            return None
        from abs_struct.deal.retention import retention_test

        return retention_test(self.measures)

    @property
    def notes(self) -> pd.DataFrame:
        """Measures of the classes as a table, one row a class."""
        import pandas as pd

        rows = {name: measures.as_dict() for name, measures in self.note_measures.items()}
        return pd.DataFrame.from_dict(rows, orient="index")

    @cached_property
    def triggers(self) -> dict[str, TriggerSummary]:
        """Each trigger's history in one row."""
        return {name: self.trigger(name) for name in self.terms.triggers}

    def trigger(self, name: str) -> TriggerSummary:
        """First breach, periods active, and the period with the least headroom."""
        path = f"triggers.{name}"
        breached, active = self.lines[f"{path}.breached"][1:], self.lines[f"{path}.active"][1:]
        live = self.lines["deal.notes_balance"][:-1] > 0.0
        if f"{path}.tested" in self.lines:  # a trigger of some periods has no headroom in the others
            live = live & (self.lines[f"{path}.tested"][1:] > 0.5)
        live = live if live.any() else np.ones_like(live)
        headroom = np.where(live, self.lines[f"{path}.headroom"][1:], np.inf)
        at = int(np.argmin(headroom))
        hits = np.flatnonzero(breached > 0.5)
        terms = self.terms.triggers[name]
        return TriggerSummary(
            name,
            terms.label or name,
            int(hits[0]) + 1 if len(hits) else None,
            int((active > 0.5).sum()),
            float(headroom[at]),
            at + 1,
            float(self.lines[f"{path}.value"][at + 1]),
            float(self.lines[f"{path}.level"][at + 1]),
            terms.above is None and terms.below is None,
        )

    @cached_property
    def events(self) -> list[Event]:
        """When triggers became active or were cured, on what figures, and what they switched."""
        return events_of(self)

    def cashflows(self, note: str) -> pd.DataFrame:
        """The cash flows of one class: one row a payment date, columns are its lines."""
        import pandas as pd

        path = f"notes.{note}."
        columns = {name.removeprefix(path): self.lines[name] for name in self.lines if name.startswith(path)}
        return pd.DataFrame(columns, index=pd.Index(self.dates, name="payment_date"))

    @property
    def dates(self) -> list[Any]:
        """Closing, then every payment date (adjusted to business days)."""
        return [self.terms.dates.closing, *self.schedule.payment_dates]

    def residual(self) -> NDArray[np.float64]:
        """What the holders of the residual receive, (T + 1,), in currency units."""
        paid = [self.lines[name] for name in self.lines if name.startswith("residuals.") and name.endswith(".paid")]
        total = np.zeros(self.lines.periods + 1)
        for series in paid:
            total = total + series
        return total

    def summary(self) -> Mapping[str, Any]:
        """The run as one JSON object, schema abs-struct/run/1."""
        return run_summary(self)

    def __repr__(self) -> str:
        return one_line(self)
