"""Notes, fees and accounts of a deal: their entities, and the parts that work them out."""

from __future__ import annotations

from typing import TYPE_CHECKING

from abs_struct.core.formula.nodes import serial_of
from abs_struct.core.state import Part
from abs_struct.deal.build import Build
from abs_struct.deal.readings import a_condition, money
from abs_struct.terms.notes import Note
from abs_struct.terms.schedules import entries
from abs_struct.waterfall import accounts as held
from abs_struct.waterfall import fees as charged
from abs_struct.waterfall import notes as issued
from abs_struct.waterfall.accounts import AccountRules, Collect
from abs_struct.waterfall.fees import AccrueFees, CloseFees, FeeRules
from abs_struct.waterfall.notes import AccrueInterest, CloseNotes, NoteRules, OpenNotes
from abs_struct.waterfall.rates import RateRule
from abs_struct.waterfall.take import COLLECTIONS

if TYPE_CHECKING:
    from abs_struct.deal.counterparties import Counterparties

#: Dates of a note that formulas may read.
MATURITIES = {"expected_maturity", "legal_maturity"}
#: Lines of notes that a kind of clause writes.
WRITTEN = {
    "write_down": {"written_down", "unreimbursed"},
    "write_up": {"written_up", "unreimbursed"},
    "debit": {"pdl", "pdl_debited"},
    "cure": {"pdl", "pdl_cured"},
    "advance": {"advanced"},
}


class Liabilities:
    """Everything of a deal that is paid or that holds cash."""

    def __init__(self, build: Build) -> None:
        self.build = build
        self.rates: dict[str, RateRule] = {}
        self.enter_notes()
        self.enter_fees()
        self.enter_accounts()
        self.counterparties = self.with_counterparties()

    # ---- entities -------------------------------------------------------------------------------------

    def enter_notes(self) -> None:
        """Each note with the lines that its terms and clauses ask for."""
        build = self.build
        for name, note in build.terms.notes.items():
            path = f"notes.{name}"
            inputs = {} if note.floats else {"coupon": f"{path}.coupon"}
            rate_lines = self.rate(path, "coupon", note.coupon).lines() if note.floats else ()
            wanted = self.special(name, note)
            special = [line for line in issued.SPECIAL if line.name in wanted]
            build.slot(path, (*issued.PLAIN, *rate_lines, *special), inputs=inputs, subordinated=note.subordinated_loan)
            build.series(f"{path}.accrual_fraction", build.schedule.accrual_fractions(note.day_count))
            for word in MATURITIES & wanted:
                self.constant(f"{path}.{word}", serial_of(getattr(note, word)))
            if note.target is not None and len(entries(note.target)) > 1:
                build.stages(f"{path}.target_stage", entries(note.target))

    def constant(self, path: str, value: float) -> None:
        """Enter a data line that is the same in every period."""
        self.build.series(path, [value] * self.build.periods)
        self.build.data[path][0] = value

    def special(self, name: str, note: Note) -> set[str]:
        """The names of the special lines of a note."""
        wanted = {"coupon"} if note.floats else set()
        wanted |= {word for word in MATURITIES if getattr(note, word) is not None}
        if note.notional is not None:
            wanted |= {"notional"}
        if note.unpaid_interest == "capitalised" or note.accrues_while is not None:
            wanted |= {"capitalised"}
        if note.unpaid_interest == "lost":
            wanted |= {"interest_lost"}
        if note.target is not None:
            wanted |= {"target_balance"} | ({"target_stage"} if len(entries(note.target)) > 1 else set())
        for section in self.build.terms.waterfall.values():
            for step in section.steps:
                if name in step.targets:
                    wanted |= WRITTEN.get(step.word, set())
        return wanted

    def enter_fees(self) -> None:
        """Each fee, with its amounts by date."""
        build = self.build
        for name, fee in build.terms.fees.items():
            path = f"fees.{name}"
            keys = ["rate", "plus", *(["cap"] if fee.cap is not None else []), *(["minimum"] if fee.minimum else [])]
            dated = charged.DATED if fee.once or fee.table else ()
            waits = not build.schedule.pay_every_month
            build.slot(
                path,
                (*charged.PLAIN, *dated, *(charged.WAITING if waits else ())),
                inputs={key: f"{path}.{key}" for key in keys},
                capped=fee.cap is not None,
                waits=waits,
            )
            months = [1.0 / 12.0] * build.periods
            fractions = months if fee.day_count is None else build.schedule.accrual_fractions(fee.day_count)
            build.series(f"{path}.year_fraction", fractions)
            build.flags(f"{path}.new_year", lambda period: period % 12 == 1)
            if dated:
                entries = self.due_dates(name)
                build.series(f"{path}.entry", [float(entries.get(p, 0)) for p in range(1, build.periods + 1)])

    def due_dates(self, name: str) -> dict[int, int]:
        """Period -> the number of the dated amount that falls due in it, from 1."""
        build, fee = self.build, self.build.terms.fees[name]
        schedule = build.schedule
        paying = [t for t in range(1, build.periods + 1) if schedule.pays[t - 1]]
        found: dict[int, int] = {}
        entries = [(None, "once")] if fee.once else []
        for number, (day, word) in enumerate([*entries, *((day, "table") for day in fee.table)], start=1):
            period = next((t for t in paying if day is None or schedule.payment_dates[t - 1] >= day), None)
            if period is None:
                raise build.mistake(f"fees.{name}.{word}", f"{day} lies after the last payment date")
            if period in found:
                on = schedule.payment_dates[period - 1]
                raise build.mistake(f"fees.{name}.{word}", f"two amounts fall due on {on}; write their sum once")
            found[period] = number
        return found

    def enter_accounts(self) -> None:
        """The collection account and the accounts beside it."""
        build = self.build
        build.slot(f"accounts.{COLLECTIONS}", held.PLAIN)
        for name, account in build.terms.accounts.items():
            path = f"accounts.{name}"
            lines = held.PLAIN
            if account.earns:
                lines += (*held.EARNING, *self.rate(path, "earns", account.earns).lines())
                build.series(f"{path}.year_fraction", [1.0 / 12.0] * build.periods)
            if account.non_declining:
                lines += held.HIGHEST
            build.slot(path, lines)

    def with_counterparties(self) -> Counterparties | None:
        """Facilities and hedges, where the deal has any."""
        if not self.build.terms.facilities and not self.build.terms.hedges:
            return None
        from abs_struct.deal.counterparties import Counterparties  # few deals have any

        return Counterparties(self.build, self.rates)

    def rate(self, owner: str, word: str, terms: object) -> RateRule:
        """A rate of an entity, kept to be bound when all names are known."""
        rule = self.build.rate(owner, word, terms)  # type: ignore[arg-type]
        self.rates[rule.path] = rule
        return rule

    # ---- parts ----------------------------------------------------------------------------------------

    def parts(self) -> list[Part]:
        """Collections, openings, fees, interest, hedges and facilities, in the order of a payment date."""
        for rate in self.rates.values():
            self.build.bind_rate(rate)
        found: list[Part] = [self.collect()]
        found += [OpenNotes(self.notes), AccrueFees(self.fees, tuple(self.build.terms.notes))]
        found.append(AccrueInterest(self.notes))
        return found if self.counterparties is None else [*found, *self.counterparties.parts()]

    def closing_parts(self) -> list[Part]:
        """What is carried, and the figures after payment."""
        terms = self.build.terms
        counted = tuple(name for name, note in terms.notes.items() if not note.subordinated_loan)
        found: list[Part] = [CloseFees(self.fees)]
        if self.counterparties is not None:
            found += self.counterparties.closing_parts()
        if not terms.pool.series:
            return [*found, CloseNotes(self.notes, counted, tuple(terms.accounts))]
        # what accumulates for the notes, and what lies there for the seller, is no more than the notes themselves
        reserves = tuple(name for name, account in terms.accounts.items() if account.required is not None)
        charged = tuple(n for n in counted if any(line.name == "pdl" for line in self.build.slots[f"notes.{n}"].lines))
        return [*found, CloseNotes(self.notes, counted, reserves, charged)]

    def collect(self) -> Collect:
        """Collections, and the clean-up call where the run assumes that it is exercised."""
        build, call = self.build, self.build.terms.call
        if call is not None:
            build.bind(call.when, a_condition, build.early)
        rules = []
        for name, account in build.terms.accounts.items():
            if account.initial is not None:
                build.bind(account.initial, money, build.at_closing(build.terms.notes))
            if account.receives is not None:
                build.bind(account.receives, money, build.early)
            rules.append(
                AccountRules(
                    name,
                    account.initial,
                    account.required,
                    account.non_declining,
                    account.receives,
                    self.rates.get(f"accounts.{name}.earns"),
                )
            )
        exercised = call.when if call is not None and call.exercised else None
        interrupted = build.terms.assumptions.interruption is not None
        clocked = build.terms.revolving is not None and build.terms.revolving.clock != "payment dates"
        return Collect(tuple(rules), exercised, interrupted, clocked)

    @property
    def notes(self) -> tuple[NoteRules, ...]:
        """Notes as the engine sees them."""
        build, found = self.build, []
        names = list(build.terms.notes)
        for i, name in enumerate(names):
            note = build.terms.notes[name]
            if note.notional is not None:
                build.bind(note.notional, money, build.early)
            if note.accrues_while is not None:
                build.bind(note.accrues_while, a_condition, build.early)
            found.append(
                NoteRules(
                    name,
                    build.bind(note.balance, money, build.at_closing(names[:i])),
                    self.rates.get(f"notes.{name}.coupon"),
                    note.notional,
                    note.accrues_while,
                    note.unpaid_interest,
                )
            )
        return tuple(found)

    @property
    def fees(self) -> tuple[FeeRules, ...]:
        """Fees as the engine sees them."""
        build, found = self.build, []
        for name, fee in build.terms.fees.items():
            once = [f"fees.{name}.once"] if fee.once else []
            found.append(
                FeeRules(
                    name,
                    None if fee.of is None else build.bind(fee.of, money, build.early),
                    "plus" in fee.model_fields_set,
                    fee.cap is not None,
                    fee.per == "period",
                    fee.plus_per == "period",
                    bool(fee.minimum),
                    (*once, *(f"fees.{name}.table.{day}" for day in fee.table)),
                    not build.schedule.pay_every_month,
                )
            )
        return tuple(found)
