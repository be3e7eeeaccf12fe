"""Reading a tape: file, layout, columns, checks, and the accepted loans with totals that tie."""

from __future__ import annotations

import gc
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Literal

import numpy as np

from abs_struct.core.findings import Finding, Place, TapeError
from abs_struct.tape import checks
from abs_struct.tape.cells import READERS, Faults, Floats, undeclared
from abs_struct.tape.layout import Layout, Match, plain, recognise
from abs_struct.tape.participation import UNITS, shared, units_of
from abs_struct.tape.readers import Table, read_lines
from abs_struct.tape.tape import CENTS, MONEY, AsOf, Column, Rejection, Tape, total_cents
from abs_struct.tape.tape import WHOLE as WHOLE_CENTS

#: Columns that say how a loan stands on the day of the file; they say nothing about the day it was made.
OBSERVED = ("days_past_due",)
WHOLE = ("original_term", "remaining_term", "age")


def read_tape(
    path: str | Path,
    layout: str | None = None,
    as_of: Literal["cutoff", "origination", "auto"] = "cutoff",
    share: float = 1.0,
) -> Tape:
    """The loans of a file: .csv, .csv.gz, .parquet or .xlsx (first sheet).

    Parameters
    ----------
    path : the file
    layout : the name of a layout, or the path of a layout file; recognised from the header when left out
    as_of : "cutoff": balances, ages and remaining terms as the file gives them;
        "origination": the original balance at age 0 is the balance, and the remaining term is the original one;
        "auto": origination where every current balance is zero (a history), else cutoff
    share : the deal's share of every loan, beside that of the column `participation`; all balances, rejected ones
        too, are those of the share (see participation.py for the rounding)

    Returns
    -------
    the tape; every row of the file is in it or among its rejections

    Raises
    ------
    TapeError : the file cannot be read, fits no layout, is a history read at the cut-off, or holds no loan that
        can be accepted
    """
    with without_collector():
        lines = read_lines(path)
        found, header_at = recognise(str(path), lines.cells, layout)
        table = lines.table(header_at)
        if not len(table):
            raise TapeError(f"{path}: the tape has a header and no loans")
        return Reading(table, found, share).tape(as_of)


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

    def __init__(self, table: Table, found: Match, share: float = 1.0) -> None:
        self.table = table
        self.share = share
        self.layout: Layout = found.layout
        self.places = found.places
        self.faults = Faults(len(table))
        self.columns: dict[str, Column] = {}
        self.notes: list[Finding] = []
        for index, cells in table.ragged.items():
            self.faults.add("row", index, f"the row has {cells} cells and the header {len(table.header)}")

    def texts(self, name: str) -> Sequence[str]:
        """The cells of a field."""
        return self.table.columns[self.places[name]]

    def note(self, message: str) -> None:
        self.notes.append(Finding("note", Place(self.table.file), message))

    def tape(self, as_of: Literal["cutoff", "origination", "auto"]) -> Tape:
        """Columns, then checks, then the tape."""
        for name in self.places:
            source = self.layout.columns[name]
            self.columns[name] = READERS[source.kind](name, source, self.texts(name), self.faults)
        self.fill_repayment()
        history = self.is_history()
        if history and as_of == "cutoff":
            raise TapeError(
                f"{self.table.file}, column {self.heading('balance')}: every current balance is zero: this tape is a "
                f"history; use pool.as_of: origination"
            )
        mode: AsOf = "origination" if as_of == "origination" or (history and as_of == "auto") else "cutoff"
        reported = self.columns["balance"]
        self.ages(mode)
        self.check(mode)
        return self.accepted(mode, history, reported)

    def heading(self, name: str) -> str:
        """A field as the file names it."""
        return self.table.header[self.places[name]]

    def is_history(self) -> bool:
        """Whether every current balance that can be read is zero."""
        balance = self.columns["balance"]
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
            raise TapeError(
                f"{self.table.file} row 1: the tape has neither the remaining term nor the age of a loan, and one of "
                f"them is needed as of the cut-off (pool.as_of: origination needs neither)"
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
        unit = self.layout.columns["rate"].unit
        checks.check_unit_of_rates(table.file, columns["rate"], int(table.rows[0]), unit)
        checks.check_ids(columns["loan_id"].tolist(), table.rows, faults)
        checks.check_balances(columns["balance"], columns["original_balance"], self.layout, as_of, faults)
        checks.check_rates(columns["rate"], self.texts("rate"), faults)
        checks.check_terms(columns, faults)
        if "participation" in columns:
            self.refuse_blank("participation")
        checks.check_others(columns, faults)

    def currency(self) -> str:
        """The file's currency, or the layout's."""
        if "currency" not in self.columns:
            return self.layout.currency
        rows = self.table.rows[self.faults.clean]
        return checks.check_currency(self.table.file, self.columns.pop("currency")[self.faults.clean], rows)

    def accepted(self, as_of: AsOf, history: bool, reported: Floats) -> Tape:
        """The tape of the rows without a fault."""
        table, clean = self.table, self.faults.clean
        money = {name: cents(self.columns.pop(name)) for name in CENTS}
        parts = units_of(self.columns.pop("participation", None), self.share, len(self.table))
        whole_cents = money["balance"][0]
        if parts is not None:
            money = {name: (shared(values, parts), known) for name, (values, known) in money.items()}
        rejections = self.rejections(money)
        if not clean.any():
            shown = "; ".join(f"row {r.row:,}: {r.reason}" for r in rejections[:3])
            raise TapeError(
                f"{table.file}: none of the {len(table):,} rows can be accepted ({shown})",
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
            columns[name] = kept.astype(np.int64) if name in WHOLE else kept if name == "rate" else whole(kept)
        if parts is not None:
            columns["participation"] = parts[clean] / UNITS
            columns[WHOLE_CENTS["whole_balance"]] = whole_cents[clean]
            ours, all_ = total_cents(columns["balance_cents"]) / 100, total_cents(whole_cents[clean]) / 100
            self.note(f"balances are the deal's share of the loans: {ours:,.2f} of {all_:,.2f}")
        self.keep_others(columns)
        self.say_fractions(reported)
        if history:
            self.note("every current balance is zero; the original balance at age 0 stands for the balance")
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


def cents(values: Floats) -> tuple[Column, Column]:
    """Currency units (N,) as int64 cents, with a mask of those that are known (the others are 0)."""
    known = ~np.isnan(values)
    return np.rint(np.where(known, values, 0.0) * 100.0).astype(np.int64), known


def whole(column: Column) -> Column:
    """Whole numbers as int64 where every one of them is known; other columns as they are."""
    if column.dtype.kind == "f" and column.size and np.isfinite(column).all() and (column % 1.0 == 0.0).all():
        return column.astype(np.int64) if np.abs(column).max() < 2**53 else column
    return column
