"""The collateral of a deal: from the tape to cohorts, with everything that was left out and why."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np

from abs_struct.core.findings import CurveError, DateError, DealError, FormulaError, TapeError, listed, nearest
from abs_struct.dates.calendars import calendar_of
from abs_struct.dates.frequency import months_of
from abs_struct.dates.schedule import PaymentSchedule, months_between, payment_schedule
from abs_struct.deal.load import Document
from abs_struct.deal.model import DealFile
from abs_struct.pool.loans import Loans, group_names
from abs_struct.pool.project import Projection, project
from abs_struct.pool.rows import Rows, compress
from abs_struct.pool.schedule import Cohort, Series, cohorts, horizon
from abs_struct.tape.concentration import Concentration, Limit, test_concentrations
from abs_struct.tape.eligibility import Criterion, Eligibility, test_eligibility
from abs_struct.tape.read import read_tape
from abs_struct.tape.tape import Tape, total_cents
from abs_struct.waterfall.checks import Check, compared


@dataclass(frozen=True, eq=False, repr=False)
class Collateral:
    """The eligible loans of a tape as cohorts, and the dates on which they pay.

    tape : as read; `eligible` is the tape of the loans that belong to the deal
    cohorts, rows : K cohorts with schedules (T + 1,), and the loans behind them; cards have none
    supplement : (T + 1,), the yield supplement in currency units, where the deal has a required rate
    """

    tape: Tape
    eligible: Tape
    eligibility: Eligibility
    cohorts: tuple[Cohort, ...]
    rows: Rows | None
    schedule: PaymentSchedule
    shape: tuple[Any, ...]
    supplement: Series | None = None
    concentrations: tuple[Concentration, ...] = ()
    card_groups: tuple[tuple[str, float], ...] = ()  # the balance of each group of accounts

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
        return self.shape == (shape_of_cards(terms) if self.rows is None else shape_of(terms, self.rows))

    def pool_parts(self, terms: DealFile) -> Projection:
        """The pool as a piece of a program, under the deal's assumptions."""
        days = self.schedule.collection_days()
        if self.rows is None:
            from abs_struct.pool.cards import project_cards

            groups = dict(self.card_groups)
            return project_cards(terms.assumptions, self.balance, self.schedule.periods, days, groups=groups)
        apart = terms.revolving is not None
        return project(
            terms.assumptions, self.cohorts, self.schedule.periods, days, supplement=self.supplement, apart=apart
        )

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
            *self.checks_of_shares(), *self.checks_of_sources(),
        ]  # fmt: skip

    def checks_of_shares(self) -> list[Check]:
        """Where the deal has a share of the loans: its balance is the shares of theirs, but for half a cent a loan."""
        if "participation" not in self.tape.columns:
            return []
        whole, share = self.tape.column("whole_balance"), self.tape.column("participation")
        words = "balance of the tape = share x balance of the whole loans, to half a cent a loan"
        expected, tolerance = float((whole * share).sum()), 0.005 * len(self.tape) + 1e-9 * float(whole.sum())
        return [compared("tape.share", words, [self.tape.balance], [expected], tolerance)]

    def checks_of_sources(self) -> list[Check]:
        """Where there are several tapes: each ties, and together they are the whole."""
        found, sources = [], self.tape.sources
        for name, totals in sources.items():
            read = [float(totals.rows_read), float(totals.balance_read)]
            kept = [totals.accepted + totals.rejected, totals.balance_accepted + totals.balance_rejected]
            words = f"tape {name}: rows and cents read = accepted + rejected"
            found.append(compared(f"tape.{name}", words, read, [float(part) for part in kept], 0.0))
        if sources:
            parts = sum(totals.balance_accepted for totals in sources.values())
            words = "cents of the tapes together = cents of the joined tape"
            found.append(compared("tape.joined", words, [float(parts)], [float(self.tape.balance_cents)], 0.0))
        return found


def holidays_file(named: str | None, document: Document) -> Path | None:
    """Where a file of holidays lies: as the deal file says, seen from the deal file."""
    return None if named is None else Path(document.file).parent / named


def shape_of(terms: DealFile, rows: Rows) -> tuple[Any, ...]:
    """What the cohorts and the horizon follow from, beside the pool and the dates of the deal."""
    assumptions = terms.assumptions
    groups = sorted(set(rows.group.tolist()))
    relief = (assumptions.payment_holiday, assumptions.term_extension)
    return (periods_of(terms, rows), tuple(assumptions.saturation(str(name)) for name in groups), relief)


def periods_of(terms: DealFile, rows: Rows) -> int:
    """The periods of a deal: until the last loan, of the tape or bought on the last day, and its recovery are in."""
    longest = horizon(rows, terms.assumptions)
    if terms.revolving is None:
        return longest
    buying = months_between(terms.dates.cutoff, terms.revolving.until) + 1
    return max(longest, buying + terms.revolving.longest + terms.assumptions.wait())


def shape_of_cards(terms: DealFile) -> tuple[Any, ...]:
    """Cards have no term: a deal of cards lasts until its legal final maturity, which is paid in the month after."""
    final = terms.dates.legal_final
    return ("cards", 0 if final is None else months_between(terms.dates.cutoff, final) - 1)


def tape_of(terms: DealFile, files: Mapping[str, Path | str]) -> Tape:
    """The tape of the deal, joined where it has several."""
    pool = terms.pool
    tapes = {}
    for name, source in pool.sources.items():
        tape = read_tape(files[name], source.layout or pool.layout, pool.as_of, float(source.share))
        if tape.currency and tape.currency != terms.currency:
            raise TapeError(f"{tape.file}: the tape is in {tape.currency} and the deal in {terms.currency}")
        lacking = [name for name in tape.absent if name not in ("balance", "age")]
        if lacking and pool.kind == "loans":
            raise TapeError(f"{tape.file}: the tape gives no {listed(lacking)}, which a pool of loans needs")
        tapes[name] = tape
    if not pool.tapes:
        return tapes[""]
    from abs_struct.tape.join import join

    return join(tapes)


def collateral_of(terms: DealFile, document: Document, files: Mapping[str, Path | str]) -> Collateral:
    """Read the tapes, leave out what is not eligible, and build the cohorts.

    Raises
    ------
    TapeError : a tape cannot be read, or no loan is eligible
    DealError : a criterion that cannot be tested and is not optional
    """
    pool = terms.pool
    tape = tape_of(terms, files)
    criteria = [Criterion(c.name or str(c.rule), c.rule, c.optional) for c in pool.eligibility]
    try:
        eligibility = test_eligibility(tape, criteria)
    except FormulaError as error:
        raise DealError(f"{document.place(('pool', 'eligibility'))}: {error}") from None
    eligible = tape.keep(eligibility.mask)
    if not len(eligible):
        raise TapeError(f"{tape.file}: none of its {len(tape):,} loans is eligible")
    limits = [
        Limit(c.name or str(c.rule or c.by), float(c.limit), c.by, c.rule, c.optional) for c in pool.concentrations
    ]
    try:
        concentrated = test_concentrations(eligible, limits)
    except FormulaError as error:
        raise DealError(f"{document.place(('pool', 'concentrations'))}: {error}") from None
    return replace(cohorts_of(terms, document, tape, eligible, eligibility), concentrations=concentrated)


def cohorts_of(terms: DealFile, document: Document, tape: Tape, eligible: Tape, eligibility: Eligibility) -> Collateral:
    """The cohorts of the eligible loans, or the total of card accounts.

    Raises
    ------
    DealError : terms that the loans cannot follow
    """
    pool = terms.pool
    if pool.kind == "cards":
        return cards_of(terms, document, tape, eligible, eligibility)
    grouped = [("assumptions", "groups", name, "cards") for name, g in terms.assumptions.groups.items() if g.cards]
    if terms.assumptions.cards is not None or grouped:
        place = document.place(grouped[0] if grouped else ("assumptions", "cards"))
        raise DealError(f"{place}: cards are assumed and the pool holds loans; say pool.kind: cards, or leave them out")
    try:
        loans = Loans.of(eligible.columns, pool.groups)
    except TapeError as error:
        raise DealError(f"{document.place(('pool', 'groups'))}: {error}") from None
    rows = compress(loans)
    schedule = schedule_of(terms, document, periods_of(terms, rows))
    try:
        found = cohorts(
            rows,
            terms.assumptions,
            schedule.periods,
            schedule.collection_days(),
            pool.accrual,
            tuple(terms.receivables),
        )
    except CurveError as error:
        raise DealError(f"{document.place(('assumptions',))}: {error}") from None
    supplement = None
    if pool.yield_supplement is not None:
        from abs_struct.pool.supplement import yield_supplement

        required, days = float(pool.yield_supplement), schedule.collection_days()
        supplement = yield_supplement(rows, required, schedule.periods, days, pool.accrual)
    shape = shape_of(terms, rows)
    return Collateral(tape, eligible, eligibility, tuple(found), rows, schedule, shape, supplement)


def schedule_of(terms: DealFile, document: Document, periods: int) -> PaymentSchedule:
    """The payment dates of a deal of so many periods."""
    dates = terms.dates
    try:
        return payment_schedule(
            cutoff=dates.cutoff,
            closing=dates.closing,
            first_payment=dates.first_payment,
            periods=periods,
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


#: What a deal of cards cannot use: it speaks of loans with a schedule.
OF_LOANS = (
    *(("assumptions", word) for word in ("prepayment", "default", "delinquency", "refunds", "dilution")),
    *(("assumptions", word) for word in ("payment_holiday", "term_extension")),
    ("pool", "yield_supplement"), ("revolving",), ("receivables",),
)  # fmt: skip


def cards_of(terms: DealFile, document: Document, tape: Tape, eligible: Tape, eligibility: Eligibility) -> Collateral:
    """The collateral of a deal of cards: the total of its accounts.

    Raises
    ------
    DealError : no assumptions for cards, no legal final maturity, or terms of loans
    """
    for where in OF_LOANS:
        value: Any = terms
        for word in where:
            value = getattr(value, word)
        if value:
            place = document.place(where)
            raise DealError(f"{place}: belongs to loans, and pool.kind is cards; assumptions.cards says how cards pay")
    for name, group in terms.assumptions.groups.items():
        for word in sorted(group.model_fields_set - {"cards"}):
            place = document.place(("assumptions", "groups", name, word))
            raise DealError(f"{place}: belongs to loans, and pool.kind is cards; a group of accounts has cards alone")
    if terms.assumptions.advancing:
        raise DealError(f"{document.place(('assumptions', 'advances'))}: nobody advances for cards; leave it out")
    if terms.assumptions.cards is None:
        raise DealError(
            f"{document.place(('assumptions',))}: pool.kind is cards and nothing is assumed of them; write "
            "cards: {yield: 16%, payment_rate: 17%, charge_off: 3%}"
        )
    shape = shape_of_cards(terms)
    if terms.dates.legal_final is None or shape[1] < 1:
        raise DealError(
            f"{document.place(('dates',))}: cards have no term; give dates.legal_final, the date until which they are "
            "projected, after the first payment"
        )
    schedule = schedule_of(terms, document, shape[1])
    return Collateral(
        tape, eligible, eligibility, (), None, schedule, shape, card_groups=groups_of_cards(terms, document, eligible)
    )


def groups_of_cards(terms: DealFile, document: Document, eligible: Tape) -> tuple[tuple[str, float], ...]:
    """The balance of each group of accounts, in currency units; nothing where the pool has no groups.

    Raises
    ------
    DealError : a group column that the tape lacks, assumptions of a group that there is not
    """
    columns = terms.pool.groups
    if not columns and not terms.assumptions.groups:
        return ()
    for name in columns:
        if name not in eligible.names:
            place = document.place(("pool", "groups"))
            raise DealError(f"{place}: no column '{name}'{nearest(name, eligible.names)}")
    names = group_names({name: eligible.column(name) for name in columns}, columns, len(eligible))
    cents = eligible.columns["balance_cents"]
    found = tuple((str(name), total_cents(cents[names == name]) / 100) for name in np.unique(names))
    try:
        terms.assumptions.check_groups(name for name, _ in found)
    except CurveError as error:
        raise DealError(f"{document.place(('assumptions',))}: {error}") from None
    return found
