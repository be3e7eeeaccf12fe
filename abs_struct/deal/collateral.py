"""The collateral of a deal: from the tape to cohorts, with everything that was left out and why."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from abs_struct.core.findings import CurveError, DateError, DealError, FormulaError, TapeError
from abs_struct.dates.calendars import calendar_of
from abs_struct.dates.frequency import months_of
from abs_struct.dates.schedule import PaymentSchedule, payment_schedule
from abs_struct.deal.load import Document
from abs_struct.deal.model import DealFile
from abs_struct.pool.loans import Loans
from abs_struct.pool.project import Projection, project
from abs_struct.pool.rows import Rows, compress
from abs_struct.pool.schedule import Cohort, Series, cohorts, horizon
from abs_struct.pool.supplement import yield_supplement
from abs_struct.tape.eligibility import Criterion, Eligibility, test_eligibility
from abs_struct.tape.read import read_tape
from abs_struct.tape.tape import Tape
from abs_struct.waterfall.checks import Check, compared


@dataclass(frozen=True, eq=False, repr=False)
class Collateral:
    """The eligible loans of a tape as cohorts, and the dates on which they pay.

    tape : as read; `eligible` is the tape of the loans that belong to the deal
    cohorts : K cohorts with schedules (T + 1,)
    supplement : (T + 1,), the yield supplement in currency units, where the deal has a required rate
    """

    tape: Tape
    eligible: Tape
    eligibility: Eligibility
    cohorts: tuple[Cohort, ...]
    rows: Rows
    schedule: PaymentSchedule
    shape: tuple[Any, ...]
    supplement: Series | None = None

    @property
    def loans(self) -> int:
        """Loans that belong to the deal."""
        return len(self.eligible)

    @property
    def balance(self) -> float:
        """Their balance in currency units."""
        return self.eligible.balance

    @property
    def ineligible(self) -> int:
        """Loans that were read and do not meet the criteria."""
        return len(self.tape) - len(self.eligible)

    def fits(self, terms: DealFile) -> bool:
        """Whether another deal of the same pool and dates has the same cohorts and horizon."""
        return self.shape == shape_of(terms, self.rows)

    def pool_parts(self, terms: DealFile) -> Projection:
        """The pool as a piece of a program, under the deal's assumptions."""
        days = self.schedule.collection_days()
        return project(terms.assumptions, self.cohorts, self.schedule.periods, days, supplement=self.supplement)

    def checks(self, lines: Any) -> list[Check]:
        """The tape ties to the pool, and the totals of the tape to the file."""
        totals = self.tape.totals()
        pool = float(lines["pool.initial_balance"][0])
        return [
            compared("tape.pool", "eligible balance of the tape = initial balance of the pool",
                     [self.balance], [pool], 1e-9 * max(pool, 1.0)),
            compared("tape.rows", "rows read = accepted + rejected",
                     [float(totals.rows_read)], [float(totals.accepted + totals.rejected)], 0.0),
            compared("tape.money", "balance read = accepted + rejected, in cents",
                     [float(totals.balance_read)], [float(totals.balance_accepted + totals.balance_rejected)], 0.0),
            compared("tape.eligible", "accepted loans = eligible + ineligible",
                     [float(len(self.tape))], [float(self.loans + self.ineligible)], 0.0),
        ]  # fmt: skip


def holidays_file(named: str | None, document: Document) -> Path | None:
    """Where a file of holidays lies: as the deal file says, seen from the deal file."""
    return None if named is None else Path(document.file).parent / named


def shape_of(terms: DealFile, rows: Rows) -> tuple[Any, ...]:
    """What the cohorts and the horizon follow from, beside the pool and the dates of the deal."""
    assumptions = terms.assumptions
    groups = sorted(set(rows.group.tolist()))
    return (horizon(rows, assumptions), tuple(assumptions.saturation(str(name)) for name in groups))


def collateral_of(terms: DealFile, document: Document, file: Path) -> Collateral:
    """Read the tape, leave out what is not eligible, and build the cohorts.

    Raises
    ------
    TapeError : the tape cannot be read, or no loan is eligible
    DealError : a criterion that cannot be tested and is not optional
    """
    pool = terms.pool
    tape = read_tape(file, pool.layout, pool.as_of)
    if tape.currency and tape.currency != terms.currency:
        raise TapeError(f"{file}: the tape is in {tape.currency} and the deal in {terms.currency}")
    criteria = [Criterion(c.name or str(c.rule), c.rule, c.optional) for c in pool.eligibility]
    try:
        eligibility = test_eligibility(tape, criteria)
    except FormulaError as error:
        raise DealError(f"{document.place(('pool', 'eligibility'))}: {error}") from None
    eligible = tape.keep(eligibility.mask)
    if not len(eligible):
        raise TapeError(f"{file}: none of its {len(tape):,} loans is eligible")
    try:
        loans = Loans.of(eligible.columns, pool.groups)
    except TapeError as error:
        raise DealError(f"{document.place(('pool', 'groups'))}: {error}") from None
    rows = compress(loans)
    dates = terms.dates
    try:
        schedule = payment_schedule(
            cutoff=dates.cutoff,
            closing=dates.closing,
            first_payment=dates.first_payment,
            periods=horizon(rows, terms.assumptions),
            every=months_of(dates.every),
            calendar=calendar_of(dates.calendar, holidays_file(dates.holidays, document)),
            roll=dates.roll,
            accrual=dates.accrual,
            wal_from=dates.wal_from,
            legal_final=dates.legal_final,
            determination=dates.determination,
        )
    except DateError as error:
        raise DealError(f"{document.place(('dates',))}: {error}") from None
    try:
        found = cohorts(rows, terms.assumptions, schedule.periods, schedule.collection_days(), pool.accrual)
    except CurveError as error:
        raise DealError(f"{document.place(('assumptions',))}: {error}") from None
    supplement = None
    if pool.yield_supplement is not None:
        required, days = float(pool.yield_supplement), schedule.collection_days()
        supplement = yield_supplement(rows, required, schedule.periods, days, pool.accrual)
    shape = shape_of(terms, rows)
    return Collateral(tape, eligible, eligibility, tuple(found), rows, schedule, shape, supplement)
