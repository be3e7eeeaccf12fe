"""Reading a tape: file, layout, columns, checks, and the accepted loans with totals that tie."""

from __future__ import annotations

import gc
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import Literal

import numpy as np

from abs_struct.core.findings import Finding, Place, TapeError
from abs_struct.tape import checks
from abs_struct.tape.cells import READERS, Faults, Floats, undeclared
from abs_struct.tape.layout import NECESSARY, Layout, Match, plain, recognise
from abs_struct.tape.packed import Packed
from abs_struct.tape.participation import UNITS, shared, units_of
from abs_struct.tape.readers import Lines, Table, read_lines
from abs_struct.tape.tape import CENTS, MONEY, Ambiguous, AsOf, Column, Rejection, Remark, Tape, total_cents
from abs_struct.tape.tape import WHOLE as WHOLE_CENTS

#: Columns that say how a loan stands on the day of the file; they say nothing about the day it was made.
OBSERVED = ("days_past_due",)
WHOLE = ("original_term", "remaining_term", "age")
#: Kinds whose cells may carry signs of thousands, currencies and decimal commas.
NOTATION = ("money", "rate", "share", "number", "score", "count")
#: Columns that may contradict others.
CONTRADICT = ("instalment", "next_payment_date", "maturity_date", "status")


def read_tape(
    path: str | Path,
    layout: str | None = None,
    as_of: Literal["cutoff", "origination", "auto"] = "cutoff",
    share: float = 1.0,
    cutoff: str | None = None,
) -> Tape:
    """The loans of a file: .csv, .csv.gz, .xml, .parquet or .xlsx (first sheet).

    Parameters
    ----------
    path : the file, or the address of a table (postgresql://user@host/db?table=loans; see database.py)
    layout : the name of a layout, or the path of a layout file; recognised from the header when left out
    as_of : "cutoff": balances, ages and remaining terms as the file gives them;
        "origination": the original balance at age 0 is the balance, and the remaining term is the original one;
        "auto": origination where every current balance is zero (a history), else cutoff
    share : the deal's share of every loan, beside that of the column `participation`; all balances, rejected ones
        too, are those of the share (see participation.py for the rounding)
    cutoff : the cut-off date, YYYY-MM-DD, from which terms are counted where the file gives dates only

    Returns
    -------
    the tape; every row of the file is in it or among its rejections

    Raises
    ------
    TapeError : the file cannot be read, fits no layout, is a history read at the cut-off, or holds no loan that
        can be accepted
    """
    with without_collector():
        lines = read_table(str(path)) if "://" in str(path) else read_lines(path)
        found, header_at = recognise(lines.file, lines.cells, layout)
        table = lines.table(header_at)
        if not len(table):
            raise TapeError(f"{lines.file}: the tape has a header and no loans")
        return Reading(table, found, share, day_of(cutoff)).tape(as_of)


def read_table(address: str) -> Lines:
    """The rows of a table in a database."""
    from abs_struct.tape import database

    return database.read_table(address)


def day_of(cutoff: str | None) -> np.datetime64 | None:
    """The cut-off date as a day.

    Raises
    ------
    TapeError : it is no date
    """
    if cutoff is None:
        return None
    try:
        return np.datetime64(date.fromisoformat(cutoff), "D")
    except ValueError as error:
        raise TapeError(f"the cut-off date '{cutoff}' is not a date: write it as 2026-12-31 ({error})") from None


@contextmanager
def without_collector() -> Iterator[None]:
    """No garbage collection while millions of texts are made: it looks at each of them and finds none to drop."""
    on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if on:
            gc.enable()


class Reading:
    """One file on its way to a tape."""

    def __init__(self, table: Table, found: Match, share: float = 1.0, cutoff: np.datetime64 | None = None) -> None:
        self.table = table
        self.share = share
        self.cutoff = cutoff
        self.layout: Layout = found.layout
        self.places = {**found.places, **{name: self.filled(name, found) for name in found.others}}
        self.prepared: dict[str, Sequence[str]] = {}
        self.faults = Faults(len(table))
        self.columns: dict[str, Column] = {}
        self.notes: list[Finding] = []
        self.aside = np.zeros(len(table), dtype=bool)  # lines that are no loans
        for message in table.notes:
            self.note(message)
        for index, cells in table.ragged.items():
            cut = "; it is the last one: is the file cut off?" if index == len(table) - 1 else ""
            self.faults.add("row", index, f"the row has {cells} cells and the header {len(table.header)}{cut}")

    def filled(self, name: str, found: Match) -> int:
        """The first column of several that is filled in half of the loans at least; else the fullest."""
        places = (found.places[name], *found.others[name])
        columns, lent = self.table.columns, found.places.get("original_balance", places[0])
        loans = [i for i, cell in enumerate(columns[lent]) if cell.strip()]  # and no titles or totals
        counts = {at: sum(bool(columns[at][i].strip()) for i in loans) for at in places}
        return next((at for at in places if 2 * counts[at] >= len(loans)), max(places, key=counts.__getitem__))

    def texts(self, name: str) -> Sequence[str]:
        """The cells of a field, numbers in the notation that the readers know."""
        if name not in self.prepared:
            cells, kind = self.table.columns[self.places[name]], self.layout.columns[name].kind
            plain_cells = isinstance(cells, Packed) or kind not in NOTATION
            if self.layout.blanks or not plain_cells:
                from abs_struct.tape.notation import blanked, numbers_of

                cells = blanked(cells, self.layout.blanks)
                cells = cells if plain_cells else numbers_of(name, cells, self.table, self.places, self.layout)
            self.prepared[name] = cells
        return self.prepared[name]

    def note(self, message: str) -> None:
        self.notes.append(Finding("note", Place(self.table.file), message))

    def tape(self, as_of: Literal["cutoff", "origination", "auto"]) -> Tape:
        """Columns, then checks, then the tape."""
        for name in self.places:
            self.read(name)
        self.fill_ids()
        self.fill_repayment()
        self.fill_others()
        history = self.is_history()
        if history and as_of == "cutoff":
            if "balance" not in self.places:
                raise TapeError(f"{self.table.file}: the tape gives no current balance; use pool.as_of: origination")
            raise TapeError(
                f"{self.table.file}, column {self.heading('balance')}: every current balance is zero: this tape is a "
                f"history; use pool.as_of: origination"
            )
        mode: AsOf = "origination" if as_of == "origination" or (history and as_of == "auto") else "cutoff"
        reported = self.columns["balance"]
        self.ages(mode)
        self.check(mode)
        return self.accepted(mode, history, reported)

    def read(self, name: str) -> None:
        """One column; where its layout says so, what cannot be read in it is blank instead of a fault."""
        source, faults = self.layout.columns[name], self.faults
        if source.unreadable == "blank":
            faults = Faults(len(self.table))
        try:
            self.columns[name] = READERS[source.kind](name, source, self.texts(name), faults)
        except Ambiguous as error:
            raise TapeError(ambiguous(self.table.file, self.heading(name), source.kind, str(error))) from None
        for message in faults.notes:
            self.note(message)
        if faults is self.faults:
            faults.notes.clear()
        elif faults.by_row:
            first = min(faults.by_row)
            self.note(
                f"column {name}: {len(faults.by_row):,} cells cannot be read and count as blank "
                f"(row {self.table.rows[first]:,}: {faults.by_row[first][0][1]})"
            )

    def fill_ids(self) -> None:
        """Where no loan has an id, its row is its name."""
        if len(self.columns["loan_id"]) and not (self.columns["loan_id"] != "").any():
            self.columns["loan_id"] = np.array([f"row {row}" for row in self.table.rows.tolist()])
            self.faults = self.faults.without("loan_id")
            self.note("no loan has an id; the rows of the file stand for them")

    def fill_others(self) -> None:
        """What the source does not write: computed by the layout's formulas, or not known at all."""
        count = len(self.table)
        if self.cutoff is not None:
            self.columns["cutoff_date"] = np.full(count, self.cutoff)
        for name in self.layout.not_given:
            if name not in self.columns:
                self.columns[name] = np.full(count, np.nan)
        for name, source in self.layout.columns.items():
            if source.formula and name not in self.places:
                from abs_struct.tape.derive import computed

                self.columns[name] = computed(self.layout, name, self.columns, count)
                self.note(f"column {name} was computed: {source.formula}")
                if name in NECESSARY:
                    unknown = np.isnan(self.columns[name])
                    self.faults.where(name, unknown, lambda i, name=name: f"{name} cannot be computed")  # type: ignore[misc]

    def heading(self, name: str) -> str:
        """A field as the file names it."""
        return self.table.header[self.places[name]]

    def is_history(self) -> bool:
        """Whether every current balance that can be read is zero."""
        balance = self.columns["balance"]
        if "balance" in self.layout.not_given and "balance" not in self.places:
            return True
        known = balance[~np.isnan(balance)]
        return bool(known.size) and not known.any()

    def fill_repayment(self) -> None:
        """How loans repay, from the layout where the file does not say."""
        usual = self.layout.constants.get("repayment", "level_pay")
        words = self.columns.get("repayment")
        if words is None:
            self.columns["repayment"] = np.full(len(self.table), usual)
        else:
            self.columns["repayment"] = np.where(words == "", usual, words)

    def ages(self, as_of: AsOf) -> None:
        """Age and remaining term: as the file gives them, one from the other, or those of the day of origination."""
        columns = self.columns
        original = columns["original_term"]
        if as_of == "origination":
            columns["balance"] = columns["original_balance"]
            columns["remaining_term"] = original
            columns["age"] = np.where(np.isnan(original), np.nan, 0.0)
            for name in OBSERVED:
                columns.pop(name, None)
            return
        if "remaining_term" not in columns and "age" not in columns:
            from abs_struct.tape.derive import terms_from_dates

            if (counted := terms_from_dates(columns)) is not None:
                columns[counted[0]] = counted[1]
                self.note(counted[2])
                unknown = np.isnan(counted[1]) & ~np.isnan(original)
                self.faults.where(counted[0], unknown, lambda i: f"{counted[0]} cannot be counted: a date is blank")
        if "remaining_term" not in columns and "age" not in columns and "original_term" in self.layout.not_given:
            columns["remaining_term"] = columns["age"] = np.full(len(self.table), np.nan)
            return
        if "remaining_term" not in columns and "age" not in columns:
            raise TapeError(
                f"{self.table.file} row 1: the tape has neither the remaining term nor the age of a loan, and one of "
                f"them is needed as of the cut-off (pool.as_of: origination needs neither; a tape with dates of "
                f"origination or maturity needs the cut-off date, --cutoff)"
            )
        given = columns["remaining_term" if "remaining_term" in columns else "age"]
        for name in ("remaining_term", "age"):
            if name not in columns:
                columns[name] = original - given
            elif name in self.places:
                self.refuse_blank(name)

    def refuse_blank(self, name: str) -> None:
        """A fault in every row that leaves a number out."""
        for i in np.flatnonzero(np.isnan(self.columns[name])).tolist():
            if not self.texts(name)[i].strip():
                self.faults.add(name, i, f"{name} is blank")

    def check(self, as_of: AsOf) -> None:
        """All checks of the rows, and the mistakes that concern the whole file."""
        table, columns, faults = self.table, self.columns, self.faults
        unit = self.layout.columns["rate"].unit if "rate" in self.layout.columns else ""
        checks.check_unit_of_rates(table.file, columns["rate"], int(table.rows[0]), unit)
        checks.check_ids(columns["loan_id"].tolist(), table.rows, faults)
        checks.check_balances(columns["balance"], columns["original_balance"], self.layout, as_of, faults)
        if "rate" in self.places:
            checks.check_rates(columns["rate"], self.texts("rate"), faults)
        checks.check_terms(columns, faults)
        if "participation" in columns:
            self.refuse_blank("participation")
        checks.check_others(columns, faults)
        if faults.by_row:
            self.set_aside()

    def set_aside(self) -> None:
        """Lines that are no loans (footers, headings, totals) are no rows: each is named in a note."""
        from abs_struct.tape.aside import no_loans

        cells = self.table.columns
        found = no_loans((i, [column[i] for column in cells]) for i in sorted(self.faults.by_row))
        for index, words in found.items():
            self.aside[index] = True
            del self.faults.by_row[index]
            self.note(f"row {self.table.rows[index]:,} is no loan and counts nowhere: '{words}'")

    def currency(self) -> str:
        """The file's currency, or the layout's."""
        if "currency" not in self.columns:
            return self.layout.currency
        rows = self.table.rows[self.faults.clean]
        return checks.check_currency(self.table.file, self.columns.pop("currency")[self.faults.clean], rows)

    def accepted(self, as_of: AsOf, history: bool, reported: Floats) -> Tape:
        """The tape of the rows without a fault."""
        table, clean = self.table, self.faults.clean
        money = {name: cents(np.where(self.aside, np.nan, self.columns.pop(name))) for name in CENTS}
        parts = units_of(self.columns.pop("participation", None), self.share, len(self.table))
        whole_cents = money["balance"][0]
        if parts is not None:
            money = {name: (shared(values, parts), known) for name, (values, known) in money.items()}
        rejections = self.rejections(money)
        if not clean.any():
            shown = "; ".join(f"row {r.row:,}: {r.reason}" for r in rejections[:3])
            raise TapeError(
                f"{table.file}: none of the {len(rejections):,} rows can be accepted ({shown})",
                [r.finding(table.file) for r in rejections],
            )
        whole_file = bool(clean.all())
        currency = self.currency()
        columns: dict[str, Column] = {"loan_id": self.columns.pop("loan_id")[clean]}
        for name, (values, known) in money.items():
            assert known[clean].all()  # a balance that cannot be read is a fault
            columns[CENTS[name]] = values[clean]
        for name, column in self.columns.items():
            kept = column if whole_file else column[clean]
            columns[name] = (
                kept if name == "rate" else whole(kept) if name not in WHOLE or unknown(kept) else kept.astype(np.int64)
            )
        if parts is not None:
            columns["participation"] = parts[clean] / UNITS
            columns[WHOLE_CENTS["whole_balance"]] = whole_cents[clean]
            ours, all_ = total_cents(columns["balance_cents"]) / 100, total_cents(whole_cents[clean]) / 100
            self.note(f"balances are the deal's share of the loans: {ours:,.2f} of {all_:,.2f}")
        self.keep_others(columns)
        self.say_fractions(reported)
        if history:
            self.note("every current balance is zero; the original balance at age 0 stands for the balance")
        remarks: tuple[Remark, ...] = ()
        if any(name in columns for name in CONTRADICT):
            from abs_struct.tape.contradictions import remarks_of

            remarks = remarks_of(columns, table.rows[clean], self.cutoff, as_of == "cutoff")
        return Tape(
            file=table.file,
            sha256=table.sha256,
            layout=self.layout.name,
            currency=currency,
            as_of=as_of,
            columns=columns,
            rows=table.rows[clean],
            rejections=rejections,
            read_cents=(total_cents(money["balance"][0]), total_cents(money["original_balance"][0])),
            history=history,
            notes=tuple(self.notes),
            remarks=remarks,
            absent=tuple(name for name in self.layout.not_given if name not in self.places),
        )

    def rejections(self, money: dict[str, tuple[Column, Column]]) -> tuple[Rejection, ...]:
        """Every faulty row with its reasons, in the order of the file."""
        ids = self.columns["loan_id"]

        def amount(name: str, i: int) -> int | None:
            values, known = money[name]
            return int(values[i]) if known[i] else None

        found = []
        for i in sorted(self.faults.by_row):
            faults = self.faults.by_row[i]
            reason = "; ".join(dict.fromkeys(reason for _, reason in faults))
            found.append(
                Rejection(
                    int(self.table.rows[i]), faults[0][0], reason, str(ids[i]),
                    amount("balance", i), amount("original_balance", i),
                )
            )  # fmt: skip
        return tuple(found)

    def keep_others(self, columns: dict[str, Column]) -> None:
        """Columns that the layout does not name, under their own name."""
        if self.layout.others == "drop":
            return
        used = set(self.places.values())
        for i, heading in enumerate(self.table.header):
            name = plain(heading)
            if i in used or not name or name in columns or name in MONEY or name in MONEY.values():
                continue
            column = undeclared(self.table.columns[i])
            if column is None:
                self.note(f"column {name} holds long texts and was left out")
            else:
                columns[name] = column[self.faults.clean]

    def say_fractions(self, reported: Floats) -> None:
        """Balances that hold fractions of a cent are rounded to the nearest cent, and said to be."""
        known = reported[~np.isnan(reported)] * 100.0
        odd = int((np.abs(known - np.rint(known)) > 1e-4 + 1e-9 * np.abs(known)).sum())
        if odd:
            self.note(f"{odd:,} balances hold fractions of a cent and were rounded to the nearest cent")


def ambiguous(file: str, heading: str, kind: str, why: str) -> str:
    """The sentence for a column that can be read in two ways."""
    repair = {
        "rate": "`unit: percent` or `unit: fraction` for the column",
        "share": "`unit: percent` or `unit: fraction` for the column",
        "date": '`format: "%d/%m/%Y"` or `format: "%m/%d/%Y"` for the column',
    }
    say = "`decimal: point` or `decimal: comma`" if "decimal" in why else repair.get(kind, "which it is")
    return f"{file}, column {heading}: {why}; say {say} in a layout file (`abs-struct tape map` writes one)"


def unknown(column: Column) -> bool:
    """Whether a number is missing somewhere."""
    return column.dtype.kind == "f" and bool(np.isnan(column).any())


def cents(values: Floats) -> tuple[Column, Column]:
    """Currency units (N,) as int64 cents, with a mask of those that are known (the others are 0)."""
    known = ~np.isnan(values)
    return np.rint(np.where(known, values, 0.0) * 100.0).astype(np.int64), known


def whole(column: Column) -> Column:
    """Whole numbers as int64 where every one of them is known; other columns as they are."""
    if column.dtype.kind == "f" and column.size and np.isfinite(column).all() and (column % 1.0 == 0.0).all():
        return column.astype(np.int64) if np.abs(column).max() < 2**53 else column
    return column
