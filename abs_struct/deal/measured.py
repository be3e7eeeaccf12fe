"""What is measured of a run: lives, yields, prices, durations, shortfalls, the return of the equity.

Every measure is a function of recorded lines and dates, for one scenario or for many: column s of a sweep has the
bits of its single run.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

import numpy as np
from numpy.typing import NDArray

from abs_struct.analytics.duration import convexity, modified_duration
from abs_struct.analytics.irr import annual_irr, multiple
from abs_struct.analytics.wal import weighted_average_life
from abs_struct.analytics.yields import accrued_interest, monthly_yield, price_at_yield, yield_at_price
from abs_struct.core.findings import DealError
from abs_struct.dates.daycount import year_fraction
from abs_struct.dates.schedule import PaymentSchedule
from abs_struct.deal.figures import DealMeasures, NoteMeasures
from abs_struct.deal.model import DealFile
from abs_struct.waterfall.ledger import Ledger

Array = NDArray[np.float64]
HALF_A_CENT = 0.005


class Measured:
    """Measures of a ledger, computed when asked for; arrays (S,) when the ledger has scenarios."""

    def __init__(self, terms: DealFile, schedule: PaymentSchedule, lines: Ledger, inputs: Mapping[str, Any]) -> None:
        self.terms = terms
        self.inputs = inputs
        self.schedule = schedule
        self.lines = lines
        self.yields: dict[str, Any] = {}
        self.margins: dict[str, Any] = {}
        self.years = np.asarray(schedule.years())
        closing = schedule.closing
        self.years_from_closing = np.asarray(schedule.years(closing))

    # ---- one class ------------------------------------------------------------------------------------

    def flows(self, note: str) -> Array:
        """Interest and principal of a class on each payment date, (T,) or (T, S)."""
        path = f"notes.{note}"
        result: Array = self.lines[f"{path}.interest_paid"][1:] + self.lines[f"{path}.principal_paid"][1:]
        return result

    def balance(self, note: str) -> Any:
        """Balance at closing."""
        return self.lines[f"notes.{note}.balance"][0]

    def proceeds(self, note: str) -> Any:
        """What the class is issued for: issue price per 100, clean, on the closing balance."""
        return self.balance(note) * (self.inputs[f"notes.{note}.issue_price"] / 100.0)

    def wal(self, note: str) -> Any:
        """Weighted average life in years, 30/360 from closing (or the deal's `wal_from`)."""
        return weighted_average_life(self.lines[f"notes.{note}.principal_paid"][1:], self.years)

    def wal_with_losses(self, note: str) -> Any:
        """The life of all that reduces the class: principal paid, and losses written down less those written up."""
        reduced = self.lines[f"notes.{note}.principal_paid"][1:]
        for word, sign in (("written_down", 1.0), ("written_up", -1.0)):
            if (path := f"notes.{note}.{word}") in self.lines:
                reduced = reduced + sign * self.lines[path][1:]
        return weighted_average_life(reduced, self.years)

    def yield_(self, note: str) -> Any:
        """Bond-equivalent yield at the issue price."""
        if note not in self.yields:
            self.yields[note] = yield_at_price(self.flows(note), self.years_from_closing, self.proceeds(note))
        return self.yields[note]

    def monthly_yield(self, note: str) -> Any:
        """The same yield compounded monthly."""
        return monthly_yield(self.yield_(note))

    def modified_duration(self, note: str) -> Any:
        """Modified duration in years at the issue price."""
        return modified_duration(self.flows(note), self.years_from_closing, self.yield_(note))

    def convexity(self, note: str) -> Any:
        """Convexity in years squared at the issue price."""
        return convexity(self.flows(note), self.years_from_closing, self.yield_(note))

    # ---- floaters -------------------------------------------------------------------------------------

    def index_rates(self, note: str) -> Array:
        """The index of a floating class by period, (T,) or (T, S), a fraction a year.

        Raises
        ------
        DealError : the class has no index
        """
        result: Array = self.lines[f"indices.{index_of(self.terms, note)}.rate"][1:]
        return result

    def fractions(self, note: str, settlement: date | None = None) -> Array:
        """The accrual fraction of each period by the note's day count, (T,), years; what lies before settlement is 0.

        A month that does not pay has no accrual period of its own and discounts by nothing.
        """
        schedule, count = self.schedule, self.terms.notes[note].day_count
        if settlement is None:
            return np.asarray(schedule.accrual_fractions(count))
        pairs = zip(schedule.accrual_start, schedule.accrual_end, strict=True)
        left = [(max(start, settlement), max(end, settlement)) for start, end in pairs]
        return np.array([year_fraction(start, end, count) for start, end in left])

    def discount_margin(self, note: str) -> Any:
        """Discount margin at the issue price, over the note's own index as it runs by period."""
        if note not in self.margins:
            from abs_struct.analytics.discount_margin import discount_margin  # a deal without floaters does not load it

            table = self.flows(note), self.index_rates(note), self.fractions(note)
            self.margins[note] = discount_margin(*table, self.proceeds(note))
        return self.margins[note]

    def spread_duration(self, note: str) -> Any:
        """Spread duration in years at the issue price: the fall of the price for a unit rise of the margin."""
        margin = self.discount_margin(note)
        from abs_struct.analytics.discount_margin import spread_duration

        return spread_duration(self.flows(note), self.index_rates(note), self.fractions(note), margin)

    def price_at_discount_margin(
        self, note: str, margin: float, settlement: date | None = None
    ) -> tuple[float, float, float]:
        """Clean price, accrued interest and dirty price per 100 of balance, at a discount margin."""
        from abs_struct.analytics.discount_margin import price_at_discount_margin

        table, face, accrued = self.settled_floater(note, settlement)
        dirty = float(price_at_discount_margin(*table, margin)) / face * 100.0
        return dirty - accrued, accrued, dirty

    def discount_margin_at(self, note: str, clean: float, settlement: date | None = None) -> float:
        """Discount margin at a clean price per 100 of balance."""
        from abs_struct.analytics.discount_margin import discount_margin

        table, face, accrued = self.settled_floater(note, settlement)
        return float(discount_margin(*table, (clean + accrued) / 100.0 * face))

    def settled_floater(self, note: str, settlement: date | None) -> tuple[tuple[Array, Array, Array], float, float]:
        """Flows, index rates and accrual fractions after settlement, the balance bought, and accrued interest."""
        day = settlement or self.schedule.closing
        rates = self.index_rates(note)
        flows, _, face, accrued = self.settled(note, day)
        after = slice(len(rates) - len(flows), None)
        return (flows, rates[after], self.fractions(note, settlement)[after]), face, accrued

    # ---- shortfalls, coupon, enhancement --------------------------------------------------------------

    def interest_shortfall(self, note: str) -> Any:
        """Interest due and never paid, with what was lost on the way."""
        short = self.lines[f"notes.{note}.interest_shortfall"][-1]
        lost = f"notes.{note}.interest_lost"
        return short + total(self.lines[lost]) if lost in self.lines else short

    def principal_shortfall(self, note: str) -> Any:
        """Principal never repaid, with what was written down for losses and not restored."""
        left, lost = self.lines[f"notes.{note}.balance"][-1], f"notes.{note}.unreimbursed"
        return left + self.lines[lost][-1] if lost in self.lines else left

    def value_at_coupon(self, note: str) -> Any:
        """All payments discounted at the own coupon, as a fraction of par: 1 where interest is paid as it accrues.

        However fast it is repaid; a class that waits for interest, and gets nothing for waiting, is worth less.
        """
        from abs_struct.analytics.discount_margin import price_at_discount_margin

        path, fractions = f"notes.{note}.coupon", self.fractions(note)
        fixed = np.multiply.outer(np.ones(len(fractions)), self.inputs.get(path, 0.0))
        rates = self.lines[path][1:] if path in self.lines else fixed
        return price_at_discount_margin(self.flows(note), rates, fractions, 0.0) / np.maximum(self.balance(note), 0.005)

    def timely_shortfall(self, note: str) -> Any:
        """What full and timely payment lacks: the most interest late on any date, and principal left at legal final.

        Interest of a deferrable class is late only where it is never paid; of another one lost is late, too. Principal
        counts as it stands at the class's own legal maturity where it has one, and with unreimbursed losses.
        """
        terms, path = self.terms.notes[note], f"notes.{note}"
        short, last = self.lines[f"{path}.interest_shortfall"], -1
        late = short[-1] if terms.deferrable else short.max(axis=0)
        if f"{path}.interest_lost" in self.lines and not terms.deferrable:
            late = late + self.lines[f"{path}.interest_lost"].max(axis=0)
        if terms.legal_maturity is not None:
            due = [day >= terms.legal_maturity for day in self.schedule.payment_dates]
            last = due.index(True) + 1 if True in due else -1
        left = self.lines[f"{path}.balance"][last]
        if f"{path}.unreimbursed" in self.lines:
            left = left + self.lines[f"{path}.unreimbursed"][last]
        return late + left

    def coupon(self, note: str) -> float:
        """The fixed coupon, or that of the first payment where it changes."""
        path = f"notes.{note}.coupon"
        if path not in self.lines:
            return float(self.inputs[path])
        paying = next(t for t, pays in enumerate(self.schedule.pays, start=1) if pays)
        return float(self.lines[path][paying])

    def enhancement(self, note: str) -> Any:
        """Credit enhancement at closing, as a fraction of the pool."""
        return self.lines[f"notes.{note}.enhancement"][0]

    def interest_paid(self, note: str) -> Any:
        """Interest paid over the life of the class."""
        return total(self.lines[f"notes.{note}.interest_paid"])

    def principal_paid(self, note: str) -> Any:
        """Principal paid over the life of the class."""
        return total(self.lines[f"notes.{note}.principal_paid"])

    def price_at(self, note: str, bond_yield: float, settlement: date | None = None) -> tuple[float, float, float]:
        """Clean price, accrued interest and dirty price per 100 of balance, at a bond-equivalent yield.

        Settlement is closing unless another day is given; flows paid on or before it belong to the seller, and
        interest has accrued by the note's own day count since the last payment date.
        """
        day = settlement or self.schedule.closing
        flows, years, face, accrued = self.settled(note, day)
        dirty = price_at_yield(flows, years, bond_yield) / face * 100.0
        return float(dirty - accrued), float(accrued), float(dirty)

    def yield_at(self, note: str, clean: float, settlement: date | None = None) -> float:
        """Bond-equivalent yield at a clean price per 100 of balance."""
        day = settlement or self.schedule.closing
        flows, years, face, accrued = self.settled(note, day)
        return float(yield_at_price(flows, years, (clean + accrued) / 100.0 * face))

    def settled(self, note: str, day: date) -> tuple[Array, Array, float, float]:
        """Flows after settlement, years to them, the balance bought, and accrued interest per 100."""
        schedule, terms = self.schedule, self.terms.notes[note]
        later = np.array([pay > day for pay in schedule.nominal])
        if not later.any():
            raise DealError(f"settlement {day} lies after the last payment date {schedule.nominal[-1]}")
        first = int(np.argmax(later))
        face = float(self.lines[f"notes.{note}.balance"][first])
        if face <= 0.0:
            raise DealError(f"note {note} has no balance on {day}")
        years = np.asarray(schedule.years(day))
        run = year_fraction(min(schedule.accrual_start[first], day), day, terms.day_count)
        coupon = f"notes.{note}.coupon"
        current = float(self.lines[coupon][first + 1]) if coupon in self.lines else float(self.inputs[coupon])
        accrued = accrued_interest(100.0, current, run)
        return self.flows(note)[later], years[later], face, float(accrued)

    def note(self, name: str) -> NoteMeasures:
        """All measures of a class in a single run."""
        terms = self.terms.notes[name]
        principal = self.lines[f"notes.{name}.principal_paid"]
        paid = np.flatnonzero(principal > HALF_A_CENT)
        dates = self.schedule.payment_dates
        floats = terms.index is not None
        return NoteMeasures(
            balance=float(self.balance(name)),
            coupon=self.coupon(name),
            interest_paid=float(self.interest_paid(name)),
            principal_paid=float(self.principal_paid(name)),
            interest_shortfall=float(self.interest_shortfall(name)),
            principal_shortfall=float(self.principal_shortfall(name)),
            wal=float(self.wal(name)),
            wal_with_losses=float(self.wal_with_losses(name)),
            yield_=float(self.yield_(name)),
            monthly_yield=float(self.monthly_yield(name)),
            price=terms.issue_price,
            accrued=0.0,
            modified_duration=float(self.modified_duration(name)),
            convexity=float(self.convexity(name)),
            discount_margin=float(self.discount_margin(name)) if floats else float("nan"),
            spread_duration=float(self.spread_duration(name)) if floats else float("nan"),
            first_principal=dates[paid[0] - 1] if len(paid) else None,
            last_principal=dates[paid[-1] - 1] if len(paid) else None,
            enhancement=float(self.enhancement(name)),
            rating=terms.rating,
        )

    # ---- pool, residual, deal -------------------------------------------------------------------------

    def pool_principal(self) -> Array:
        """Principal that the pool gives back, refunds too, (T,) or (T, S)."""
        lines = self.lines
        result: Array = (lines["pool.scheduled_principal"] + lines["pool.prepaid"] + lines["pool.recovered"])[1:]
        return result + lines["pool.refunds"][1:] if "pool.refunds" in lines else result

    def pool_wal(self) -> Any:
        """Weighted average life of the pool's principal, in years from closing."""
        return weighted_average_life(self.pool_principal(), self.years)

    def net_loss_rate(self) -> Any:
        """Cumulative net loss of the pool at the end, as a fraction of its initial balance."""
        return self.lines["pool.cumulative_net_loss"][-1] / self.lines["pool.initial_balance"][-1]

    def residual(self) -> Array:
        """What the residual receives, (T,) or (T, S)."""
        paths = [name for name in self.lines if name.startswith("residuals.") and name.endswith(".paid")]
        result = np.zeros_like(self.lines["pool.balance"][1:])
        for path in paths:
            result = result + self.lines[path][1:]
        return result

    def residual_invested(self) -> Any:
        """What the equity has put in: pool and reserves at closing less the proceeds of the notes.

        nan of a series: the seller, and the other series of the trust, are no equity of it.
        """
        if self.terms.pool.series:
            return self.lines["pool.balance"][0] * np.nan
        held: Any = self.lines["pool.balance"][0]
        for name in self.terms.accounts:
            held = held + self.lines[f"accounts.{name}.balance"][0]
        for name in self.terms.notes:
            held = held - self.proceeds(name)
        return held

    def residual_flows(self) -> Array:
        """The equity's flows, the investment first, (T + 1,) or (T + 1, S)."""
        paid = self.residual()
        return np.concatenate([-np.broadcast_to(self.residual_invested(), paid[:1].shape), paid])

    def residual_irr(self) -> Any:
        """Effective yearly return of the equity; nan where it puts nothing in, and of a series."""
        return annual_irr(self.residual_flows(), np.array([0.0, *self.years_from_closing]))

    def residual_multiple(self) -> Any:
        """What the equity receives, per unit it puts in; nan of a series."""
        return multiple(self.residual_flows())

    def cost_of_funds(self) -> Any:
        """All-in cost of the notes: the bond-equivalent yield at which all they and the fees get is their proceeds."""
        flows = np.zeros_like(self.lines["pool.balance"][1:])
        raised: Any = 0.0
        for name in self.terms.notes:
            flows = flows + self.flows(name)
            raised = raised + self.proceeds(name)
        for name in self.terms.fees:
            flows = flows + self.lines[f"fees.{name}.paid"][1:]
        return yield_at_price(flows, self.years_from_closing, raised)

    def deal(self) -> DealMeasures:
        """All measures of the deal in a single run."""
        lines = self.lines
        pool = float(lines["pool.balance"][0])
        issued = (name for name, note in self.terms.notes.items() if not note.subordinated_loan)
        raised = float(sum(float(self.balance(name)) for name in issued))
        whole = float(lines["deal.invested_amount"][0]) if self.terms.pool.series else pool
        held, lost = float(total(lines["pool.opening_balance"])), float(lines["pool.cumulative_net_loss"][-1])
        return DealMeasures(
            pool_balance=pool,
            pool_wal=float(self.pool_wal()),
            scheduled_principal=float(total(lines["pool.scheduled_principal"])),
            prepaid=float(total(lines["pool.prepaid"])),
            defaulted=float(total(lines["pool.defaulted"])),
            recovered=float(total(lines["pool.recovered"])),
            net_loss=lost,
            residual_paid=float(total(self.residual())),
            residual_invested=float(self.residual_invested()),
            residual_irr=float(self.residual_irr()),
            residual_multiple=float(self.residual_multiple()),
            cost_of_funds=float(self.cost_of_funds()),
            advance_rate=raised / whole if whole else float("nan"),
            sized_by=whole,
            loss_a_year=12.0 * lost / held if held else float("nan"),
        )


def total(series: Array) -> Any:
    """The sum over time, added in order, so that it never depends on how many scenarios stand side by side."""
    return np.cumsum(series, axis=0)[-1]


def index_of(terms: DealFile, note: str) -> str:
    """The index of a floating class; a class without one is refused."""
    index = terms.notes[note].index
    if index is None:
        raise DealError(
            f"class {note} has no index: its discount margin and spread duration say nothing "
            f"(they need coupon: {{index: ..., margin: ...}}; a fixed class has yield and modified_duration)"
        )
    return index
