"""A deal: its document, its pool, and its runs."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np

from abs_struct.core.findings import DealError, TapeError, UsageError
from abs_struct.core.state import Program
from abs_struct.dates.schedule import PaymentSchedule
from abs_struct.deal.changes import changed_deal, read_deal
from abs_struct.deal.collateral import Collateral, collateral_of
from abs_struct.deal.load import Document, validated
from abs_struct.deal.loose_ends import loose_ends
from abs_struct.deal.measures import Measures
from abs_struct.deal.model import DealFile
from abs_struct.deal.program import compiled
from abs_struct.deal.result import Result
from abs_struct.waterfall.engine import run
from abs_struct.waterfall.ledger import Ledger

POOL_FIELDS = ("pool", "dates")


class Deal:
    """A deal document, and everything that follows from it.

    The tape is read when it is first needed and shared by every variation of the deal (`deal.with_(...)`) that
    leaves the pool and the dates alone.
    """

    def __init__(self, document: Document, tape: str | Path | None = None) -> None:
        self.document = document
        self.terms: DealFile = validated(DealFile, document)
        if self.terms.retention is not None:
            from abs_struct.deal.retention import known_classes

            known_classes(self.terms, document)
        self.given_tape = tape
        self.tape_files = self.tape_paths(tape)

    def tape_paths(self, tape: str | Path | None) -> dict[str, Path | str]:
        """Where each tape lies: as given, or as the deal file says, seen from the deal file; or a table's address."""
        sources = self.terms.pool.sources
        if tape is not None and "" not in sources:
            raise UsageError(
                f"{tape}: takes the place of the only tape, and this deal has several ({', '.join(sources)}); set one "
                f"of them, as in --set pool.tapes.{next(iter(sources))}.tape={tape}"
            )
        named = {name: source.tape if tape is None else str(tape) for name, source in sources.items()}
        folder = Path() if tape is not None else Path(self.document.file).parent
        return {name: file if "://" in file else folder / file for name, file in named.items()}

    @cached_property
    def collateral(self) -> Collateral:
        """The loans that belong to the deal, as cohorts with their schedules."""
        return collateral_of(self.terms, self.document, self.tape_files)

    @cached_property
    def schedule(self) -> PaymentSchedule:
        """Payment and collection dates of the deal."""
        return self.collateral.schedule

    @cached_property
    def compiled(self) -> Program:
        """The compiled deal; reports names that mean nothing and amounts that are circular."""
        parts = self.collateral.pool_parts(self.terms)
        return compiled(self.terms, self.document, self.schedule, parts)

    @cached_property
    def program(self) -> Program:
        """The compiled deal, with its sizes checked at closing."""
        self.check_sizes(self.compiled)
        return self.compiled

    def run(self, record: Iterable[str] | None = None) -> Result:
        """Run one scenario: the assumptions as the deal file states them.

        Raises
        ------
        DealError, TapeError, CurveError : what cannot be accepted, one sentence each
        """
        lines = run(self.program, record)
        return Result(
            self.terms, self.document, self.program, self.schedule, self.collateral, lines, self.warnings(lines)
        )

    def check_sizes(self, program: Program) -> None:
        """Notes larger than the pool are refused unless the deal says that they are meant."""
        sizes = [f"{path}.balance" for path in program.slots if path.startswith(("notes.", "accounts."))]
        closing = run(one_period(program), ["pool.initial_balance", "deal.notes_balance", *sizes])
        pool, notes = float(closing["pool.initial_balance"][0]), float(closing["deal.notes_balance"][0])
        if notes > pool * (1.0 + 1e-12) and not self.terms.notes_may_exceed_pool:
            raise DealError(
                f"{self.document.place(('notes',))}: the notes ({notes:,.2f}) are larger than the pool ({pool:,.2f}); "
                "make them smaller, or say `notes_may_exceed_pool: true`"
            )
        for path in sizes:
            owner, name, _ = path.split(".")
            size = float(closing[path][0])
            if size < 0.0:
                field = "balance" if owner == "notes" else "initial"
                place = self.document.place((owner, name, field))
                raise DealError(f"{place}: is {size:,.2f} at closing; a balance is 0 or more")
        if notes <= 0.0:
            raise DealError(f"{self.document.place(('notes',))}: the notes have no balance")

    def warnings(self, lines: Ledger) -> tuple[str, ...]:
        """What a reader should know although nothing is wrong."""
        found = [limit.sentence for limit in self.collateral.concentrations if not limit.kept]
        tape = self.collateral.tape
        if tape.history and self.terms.pool.as_of == "auto":
            found.append(
                f"{tape.file} is a history (every current balance is zero): its loans are taken at origination, "
                "with their original balance at age 0, dated from the cut-off"
            )
        if "pool.prepayment_cut" in lines and lines["pool.prepayment_cut"].sum() > 0.005:
            found.append(
                f"prepayments of {lines['pool.prepayment_cut'].sum():,.2f} were cut because default and prepayment "
                "together would exceed the pool (SMM is capped at 1 - MDR)"
            )
        if "pool.unplaced_loss" in lines and (unplaced := self.unplaced(lines)) > 0.005:
            found.append(
                f"the pool could no longer bear {unplaced:,.2f} of the losses that its default curve asks for "
                "(unplaced loss)"
            )
        if self.terms.retention is not None:
            from abs_struct.deal.retention import too_little_held

            found += too_little_held(Measures(self.terms, self.schedule, lines, self.program.inputs))
        if self.terms.revolving is not None:
            from abs_struct.deal.purchases import missed_criteria

            found += missed_criteria(self.terms, lines)
        return (*found, *loose_ends(self.terms, lines))

    def unplaced(self, lines: Ledger) -> float:
        """What the pool could not bear while the deal held it: nothing is asked of it once it has been called."""
        unplaced = lines["pool.unplaced_loss"]
        called = "deal.called" in lines and lines["deal.called"][-1] > 0.5
        return float(unplaced[int((lines["deal.called"] > 0.5).argmax()) if called else -1])

    def with_(self, changes: Mapping[str, object]) -> Deal:
        """The deal with some fields changed: `deal.with_({"assumptions.prepayment.cpr": "25%"})`."""
        other = Deal(changed_deal(self.document, as_text(changes)), self.given_tape)
        same = all(getattr(other.terms, name) == getattr(self.terms, name) for name in POOL_FIELDS)
        if same and "collateral" in self.__dict__ and self.collateral.fits(other.terms):
            other.__dict__["collateral"] = self.collateral
        return other

    def __repr__(self) -> str:
        notes = ", ".join(self.terms.notes)
        tapes = ", ".join(Path(file).name for file in self.tape_files.values())
        return f"<Deal {self.terms.name}: notes {notes}; pool {tapes}>"


def as_text(changes: Mapping[str, object]) -> dict[str, Any]:
    """Values as the command line would give them."""
    return {key: value if isinstance(value, str) else repr(value) for key, value in changes.items()}


def one_period(program: Program) -> Program:
    """The program cut to its closing date, to see the sizes at closing."""
    data = {key: np.asarray(values)[:2] for key, values in program.data.items()}
    return Program(1, program.slots, program.inputs, data, program.parts, program.past, program.labels)


def load(path: str | Path, changes: Mapping[str, object] | None = None, tape: str | Path | None = None) -> Deal:
    """Read a deal file.

    Parameters
    ----------
    path : the deal file
    changes : fields to set, such as {"notes.A.coupon": "5.25%"}
    tape : another tape than the one that the deal file names

    Raises
    ------
    DealError : every mistake in the file, one sentence each, with its line
    """
    if tape is not None and not Path(tape).exists():
        raise TapeError(f"{tape}: no such tape")
    return Deal(read_deal(path, as_text(changes or {})), tape)
