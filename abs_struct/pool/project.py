"""The projection: cohorts run off under curves, one short formula a line.

Of a cohort's loans the share S(t) survives default and prepayment; its balance is S(t) x scheduled balance s(t).
With the month's default rate d and prepayment rate p, under the convention `sifma`:

    defaulted   d S(t-1) s(t-1)                     interest             (1 - d) S(t-1) i(t)
    prepaid     p' S(t-1) s(t), p' = min(p, 1 - d)  scheduled principal  (1 - d) S(t-1) (s(t-1) - s(t))
    survival    S(t) = S(t-1) (1 - d - p')

so that opening balance = defaulted + scheduled principal + prepaid + balance, in every convention.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np

from abs_struct.core.arithmetic.arrays import Arrays
from abs_struct.core.arithmetic.numbers import Numbers, Value
from abs_struct.core.findings import CurveError
from abs_struct.core.lines import Line
from abs_struct.core.state import Entity, Slot, State
from abs_struct.curves import Assumptions, Convention, Curve
from abs_struct.pool import lines as declared
from abs_struct.pool.book import POOL, Book, books, opened, reader
from abs_struct.pool.loans import Column
from abs_struct.pool.returns import KINDS, Returns, returns_of
from abs_struct.pool.schedule import Cohort, Series

if TYPE_CHECKING:
    from abs_struct.pool.arrears import Delay

#: A curve and the path of its numbers in the deal.
Placed = tuple[Curve | None, str]


@dataclass(frozen=True, eq=False, repr=False)
class ProjectPool:
    """The pool's part of a program: before everything else in a period, cash and losses of the collateral."""

    prepayments: tuple[Placed, ...]
    defaults: tuple[Placed, ...]
    books: tuple[Book, ...]
    convention: Convention
    advances: bool
    returns: tuple[Returns, ...]

    def open(self, x: Numbers, s: State) -> None:
        """All loans are alive at closing."""
        for c in s.cohorts:
            c.survival = 1.0
            c.balance = c.scheduled_balance
        s.pool.balance = s.pool.cutoff_balance
        s.pool.initial_balance = s.pool.cutoff_balance
        for book in self.books:
            if book.path != POOL:
                opened(x, s.entities[book.path], [s.cohorts[k] for k in book.cohorts])
            if book.delay is not None:
                s.entities[book.path].punctual_balance = s.entities[book.path].balance
        s.pool.factor = 1.0

    def prepare(self, x: Numbers, s: State) -> None:
        """The monthly rates of every cohort, and the shares of cumulative net losses, for all periods."""
        pool = s.pool
        fraction: Value = 1.0 / 12.0 if self.convention.period == "month" else pool.days_in_period / 365.0
        table, placed = RateTable(x, s, fraction), self.placed
        for k, c in enumerate(s.cohorts):
            c.prepayment_rate = table.rate(*self.prepayments[k], c.age)
            if k not in placed:
                rate = table.rate(*self.defaults[k], c.age)
                c.default_rate = rate * pool.defaults_allowed if self.advances else rate
        for book in self.books:
            book.prepare(x, s)
            if book.delay is not None:
                book.delay.prepare(x, s)

    @property
    def placed(self) -> frozenset[int]:
        """Cohorts whose defaults are an amount."""
        return frozenset(k for book in self.books if book.amount for k in book.cohorts)

    def apply(self, x: Numbers, s: State) -> None:
        """One period of the pool."""
        s.pool.opening_balance = s.pool.balance
        yearly = 12.0 * x.total([c.survival * c.scheduled_interest for c in s.cohorts])
        s.pool.wac = x.ratio(yearly, x.total([c.balance for c in s.cohorts]) if self.delays else s.pool.opening_balance)
        for book in self.books:
            own = s.entities[book.path]
            if book.path != POOL:
                own.opening_balance = own.balance
            if book.amount:
                book.place(x, s)
        self.run_off(x, s, s.cohorts, self.returns)
        for book in self.books:
            self.count(x, s, book)
        self.collect(x, s)

    def run_off(self, x: Numbers, s: State, cohorts: Sequence[Entity], returns: Sequence[Returns]) -> None:
        """Default, prepayment, scheduled principal and interest of each cohort, by the deal's convention."""
        convention = self.convention
        together = convention.order == "together"
        survivors_pay = convention.scheduled_on == "after_both"
        earning, advances, minimum = convention.interest_on, self.advances, x.minimum
        for c, returned in zip(cohorts, returns, strict=True):
            held, lost, wanted = c.survival, c.default_rate, c.prepayment_rate
            alive = 1.0 - lost
            c.opening_balance = c.balance
            c.defaulted = lost * c.opening_balance
            if returned.at:
                alive = returned.apply(x, s, c, alive)
            c.prepaid_share = minimum(wanted, alive) if together else wanted * alive
            if advances:
                c.newly_defaulted = lost * held
            c.survival = held * (alive - c.prepaid_share)
            if survivors_pay:
                c.scheduled_principal = c.survival * c.scheduled_repayment
                c.prepaid = c.prepaid_share * c.opening_balance
            else:
                c.scheduled_principal = held * alive * c.scheduled_repayment
                c.prepaid = c.prepaid_share * held * c.scheduled_balance
            if earning == "after_default":
                c.interest = held * alive * c.scheduled_interest
            elif earning == "after_both":
                c.interest = c.survival * c.scheduled_interest
            else:
                c.interest = held * c.scheduled_interest
            c.balance = c.survival * c.scheduled_balance

    def count(self, x: Numbers, s: State, book: Book) -> None:
        """Defaults and recoveries of a book."""
        own, members = s.entities[book.path], [s.cohorts[k] for k in book.cohorts]
        own.defaulted = x.total([c.defaulted for c in members])
        if book.path != POOL:
            own.balance = x.total([c.balance for c in members])
        if book.delay is not None:
            due = x.total([c.scheduled_principal for c in members])
            earned = x.total([c.interest for c in members])
            book.delay.apply(x, s, due, earned, x.total([c.balance for c in members]))
            if book.path != POOL:
                own.balance = own.balance + own.arrears_principal
        if book.advances:
            from abs_struct.pool.foreclosure import advance

            advance(x, s, book)
        else:
            book.recover(x, s)

    def collect(self, x: Numbers, s: State) -> None:
        """The pool in total: what comes in, what is lost, what is left."""
        pool, cohorts = s.pool, s.cohorts
        pool.scheduled_principal = x.total([c.scheduled_principal for c in cohorts])
        pool.prepaid = x.total([c.prepaid for c in cohorts])
        pool.interest = x.total([c.interest for c in cohorts])
        pool.balance = x.total([c.balance for c in cohorts])
        if self.delays:
            self.receive(x, s)
        if self.books[0].path != POOL:
            owners = [s.entities[book.path] for book in self.books]
            for name in ("defaulted", "recovered", "liquidated", "pending_default", "pending_recovery"):
                setattr(pool, name, x.total([getattr(own, name) for own in owners]))
            amounts = [s.entities[book.path] for book in self.books if book.amount]
            pool.unplaced_loss = x.total([own.unplaced_loss for own in amounts])
        if self.advances:
            pool.advanced_principal = x.total([c.advanced_principal for c in cohorts])
            pool.advanced_interest = x.total([c.advanced_interest for c in cohorts])
            pool.principal_collections = pool.scheduled_principal + pool.prepaid + pool.advanced_principal
            received = pool.interest + pool.advanced_interest
            returned = pool.recovered + pool.advanced_principal
        else:
            pool.principal_collections = pool.scheduled_principal + pool.prepaid
            received, returned = pool.interest, pool.recovered
        for line in self.returned:
            found = [getattr(c, line.name) for c, r in zip(cohorts, self.returns, strict=True) if line in r.lines]
            setattr(pool, line.name, x.total(found))
            if line.name == "refunds":
                pool.principal_collections = pool.principal_collections + pool.refunds
        pool.collections = received + pool.principal_collections + pool.recovered
        if self.convention.loss_at == "default":
            pool.net_loss = pool.defaulted - returned
        else:
            pool.net_loss = pool.liquidated - pool.recovered
        pool.cumulative_defaulted = pool.cumulative_defaulted + pool.defaulted
        pool.cumulative_recovered = pool.cumulative_recovered + pool.recovered
        pool.cumulative_net_loss = pool.cumulative_net_loss + pool.net_loss
        self.cut(x, s)
        pool.factor = x.ratio(pool.balance, pool.initial_balance)

    @cached_property
    def returned(self) -> tuple[Line, ...]:
        """The lines of returns that some loans have."""
        return tuple(line for line in KINDS.values() if any(line in returns.lines for returns in self.returns))

    @cached_property
    def delays(self) -> tuple[Delay, ...]:
        """The arrears of the books that have any."""
        return tuple(book.delay for book in self.books if book.delay is not None)

    @cached_property
    def arrears(self) -> tuple[Line, ...]:
        """The lines that the pool shows of them."""
        if not self.delays:
            return ()
        from abs_struct.pool.arrears import shown_of

        return shown_of(self.delays)

    def receive(self, x: Numbers, s: State) -> None:
        """With arrears: what is paid of what is due, and the balance with what is overdue."""
        principal, interest, missing = [], [], []
        for book in self.books:
            own, members = s.entities[book.path], [s.cohorts[k] for k in book.cohorts]
            if book.delay is None:
                principal.append(x.total([c.scheduled_principal for c in members]))
                interest.append(x.total([c.interest for c in members]))
            else:
                principal.append(own.received_principal)
                interest.append(own.received_interest)
                missing.append(own.arrears_principal)
        pool = s.pool
        pool.scheduled_principal = x.total(principal)
        pool.interest = x.total(interest)
        pool.balance = pool.balance + x.total(missing)
        paths = [delay.path for delay in self.delays if delay.path != POOL]
        if paths:
            from abs_struct.pool.arrears import add_up

            add_up(x, s, paths, [line.name for line in self.arrears])

    def cut(self, x: Numbers, s: State) -> None:
        """Prepayment that the curves ask for and default does not leave."""
        if self.convention.order == "together":
            s.pool.prepayment_cut = x.total(
                [(c.prepayment_rate - c.prepaid_share) * c.opening_balance for c in s.cohorts]
            )


class RateTable:
    """The rates of all cohorts: each curve is computed once an age, and a cohort walks along its ages."""

    def __init__(self, x: Numbers, s: State, fraction: Value) -> None:
        self.x = x
        self.s = s
        self.fraction = fraction
        self.by_age: dict[str, Any] = {}

    def rate(self, curve: Curve | None, at: str, age: Value) -> Value:
        """The rate of a curve at the ages of one cohort."""
        if curve is None:
            return 0.0
        pool, value = self.s.pool, reader(self.s, at)
        last = curve.saturation()
        steady = isinstance(self.fraction, float) and not curve.by_period()
        if not (isinstance(self.x, Arrays) and steady and last is not None):
            return curve.rate(self.x, value, age, pool.period, self.fraction)
        periods = len(age)
        if at not in self.by_age:
            ages = np.arange(last + 1, dtype=float)[:, None]
            found = np.asarray(curve.rate(self.x, value, ages, 1.0, self.fraction), dtype=float)
            found = np.broadcast_to(found, (last + 1, found.shape[-1] if found.ndim else 1))
            if last > 0:
                found = np.concatenate([found, np.broadcast_to(found[-1], (periods, found.shape[1]))])
            self.by_age[at] = found
        start = min(int(age[0, 0]), last)
        return self.by_age[at] if last == 0 else self.by_age[at][start : start + periods]  # one row for all periods


@dataclass(frozen=True, eq=False, repr=False)
class Projection:
    """A pool as a piece of a program: its entities, inputs, data, its part, and the past it reads."""

    slots: tuple[Slot, ...]
    inputs: dict[str, float]
    data: dict[str, Column]
    part: Any  # what runs the pool: loans, or cards
    past: tuple[str, ...]


def project(
    assumptions: Assumptions,
    cohorts: Sequence[Cohort],
    periods: int,
    days: Sequence[int] | Any = (),
    prefix: str = "assumptions",
    supplement: Series | None = None,
    *,
    apart: bool = False,
) -> Projection:
    """Everything a program needs to run a pool.

    Parameters
    ----------
    assumptions : curves and conventions
    cohorts : K cohorts with schedules (T + 1,) in currency units
    periods : number of periods T
    days : (T,), days of each collection period; needed where the convention counts days
    prefix : path of the assumptions in the deal
    supplement : (T + 1,), the yield supplement in currency units, where the deal has one
    apart : whether purchases will join the pool, so that its loans are counted apart from them

    Returns
    -------
    Projection : slots, inputs by path, data by path (T + 1,), the part and its past lines

    Raises
    ------
    CurveError : no cohorts, or a convention that counts days without days

    Source: SIFMA Uniform Practices / Standard Formulas (1999), SF-17 to SF-19, for the convention `sifma`.

    >>> from abs_struct.curves import read
    >>> one = Cohort("all", 0, np.array([100.0, 50.0, 0.0]), np.array([0.0, 1.0, 0.5]))
    >>> project(read({"prepayment": {"smm": "1%"}}), [one], 2).inputs
    {'assumptions.prepayment.smm': 0.01}
    """
    convention = assumptions.conventions.resolved
    if not cohorts:
        raise CurveError("the pool has no loans to project")
    if convention.period == "days" and len(days) != periods:
        raise CurveError(f"the convention counts days: {periods} periods need their days (got {len(days)})")
    kept = books(assumptions, cohorts, prefix, apart=apart)
    placed = [
        tuple((curve, f"{prefix}.{at}") for curve, at in (assumptions.own(c.group, field) for c in cohorts))
        for field in ("prepayment", "default")
    ]
    returns = tuple(returns_of(assumptions, c.group, prefix) for c in cohorts)
    part = ProjectPool(placed[0], placed[1], kept, convention, assumptions.advancing, returns)
    slots = [pool_slot(part, supplement is not None, apart), *group_slots(part), *cohort_slots(part, cohorts)]
    data = pool_data(part, cohorts, periods, days)
    if supplement is not None:
        data["pool.yield_supplement"] = supplement
    for k, cohort in enumerate(cohorts):
        data |= cohort_data(f"cohorts.{k}", cohort, periods)
    past = tuple(path for book in kept for path in book.past())
    return Projection(tuple(slots), assumptions.inputs(prefix), data, part, past)


def pool_slot(part: ProjectPool, supplemented: bool, bought: bool) -> Slot:
    """The pool's entity: lines that its assumptions never fill are left out."""
    absent = set() if supplemented else {"yield_supplement"}
    absent |= {"reinvested"} if bought else {"purchased", "reinvested"}
    if not any(book.path == POOL and book.amount for book in part.books):
        absent |= {"default_share", "target_default", "default_rate"}
    if not part.advances:
        absent |= {"advanced_principal", "advanced_interest", "defaults_allowed"}
    own = next((delay for delay in part.delays if delay.path == POOL), None)
    more = part.arrears if own is None else own.lines()
    structure = {} if own is None else {"delayed": own.count}
    return Slot(POOL, (*without(declared.POOL.lines, absent), *part.returned, *more), structure=structure)


def group_slots(part: ProjectPool) -> list[Slot]:
    """The entities of groups with defaults or recoveries of their own."""
    found = []
    for book in part.books:
        if book.path != POOL:
            absent = set() if book.amount else {line.name for line in declared.AMOUNT}
            delayed = {} if book.delay is None else {"delayed": book.delay.count}
            more = () if book.delay is None else book.delay.lines()
            found.append(Slot(book.path, (*without(declared.GROUPS.lines, absent), *more), structure=delayed))
    return found


def cohort_slots(part: ProjectPool, cohorts: Sequence[Cohort]) -> list[Slot]:
    """The entities of the cohorts."""
    found = []
    for k, cohort in enumerate(cohorts):
        lines = declared.COHORTS.lines
        if k in part.placed:
            lines = tuple(declared.PLACED_RATE if line.name == "default_rate" else line for line in lines)
        if part.advances:
            lines += declared.ADVANCES
            if any(k in book.cohorts and book.stop is not None for book in part.books):
                lines += declared.STOPPED
        lines += part.returns[k].lines
        for delay in part.delays:
            if f"cohorts.{k}" in delay.members:
                lines += delay.of_members()
        found.append(Slot(f"cohorts.{k}", lines, structure={"group": cohort.group, "label": cohort.name}))
    return found


def without(lines: Sequence[Line], absent: set[str]) -> tuple[Line, ...]:
    """The lines that stay."""
    return tuple(line for line in lines if line.name not in absent)


def pool_data(
    part: ProjectPool, cohorts: Sequence[Cohort], periods: int, days: Sequence[int] | Any
) -> dict[str, Column]:
    """Period, year and days of the pool; with advances the months in which loans may still default."""
    period = np.arange(periods + 1, dtype=float)
    cents = sum(round(float(cohort.scheduled_balance[0]) * 100.0) for cohort in cohorts)
    found = {
        "pool.cutoff_balance": np.where(period == 0.0, cents / 100.0, 0.0),
        "pool.period": period,
        "pool.year": np.floor((np.maximum(period, 1.0) - 1.0) / 12.0) + 1.0,
        "pool.days_in_period": np.concatenate(([0.0], days if len(days) else np.zeros(periods))).astype(float),
    }
    if part.advances:
        alive = [int(np.flatnonzero(cohort.scheduled_balance > 0.0)[-1]) + 1 for cohort in cohorts]
        lag = max(book.lag for book in part.books)
        found["pool.defaults_allowed"] = np.where(period <= max(alive) - lag, 1.0, 0.0)
    return found


def cohort_data(path: str, cohort: Cohort, periods: int) -> dict[str, Column]:
    """The schedule of a cohort, and its age at the start of each period."""
    balance = cohort.scheduled_balance
    return {
        f"{path}.scheduled_balance": balance,
        f"{path}.scheduled_repayment": np.concatenate(([0.0], balance[:-1] - balance[1:])),
        f"{path}.scheduled_interest": cohort.scheduled_interest,
        f"{path}.age": cohort.age + np.maximum(np.arange(periods + 1, dtype=float) - 1.0, 0.0),
    }
