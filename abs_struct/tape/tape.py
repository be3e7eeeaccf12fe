"""A tape as read: the accepted loans as columns, every rejected row with its reason, and totals that tie."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from abs_struct.core.findings import Finding, Place, TapeError, listed, nearest

AsOf = Literal["cutoff", "origination"]
Column = NDArray[Any]

#: How a loan repays; a layout translates the words of its source into these.
REPAYMENT = ("level_pay", "level_principal", "interest_first", "single_payment")

#: Columns that are kept as integer cents, by the name under which formulas read them in currency units.
CENTS = {"balance": "balance_cents", "original_balance": "original_balance_cents"}
#: Where the deal has a share of a loan only, the balance of the whole loan is kept too.
WHOLE = {"whole_balance": "whole_balance_cents"}
MONEY = CENTS | WHOLE


class Ambiguous(Exception):  # noqa: N818 - becomes the sentence of a TapeError, with file and column
    """A column can be read in two ways."""


@dataclass(frozen=True)
class Rejection:
    """A row that was not accepted: its line in the file, the first field at fault, and every reason."""

    row: int
    field: str
    reason: str
    loan_id: str = ""
    balance_cents: int | None = None  # None where the balance itself cannot be read
    original_balance_cents: int | None = None
    tape: str = ""  # its name, where a deal has several

    def finding(self, file: str) -> Finding:
        """The rejection as a finding with its place."""
        return Finding("error", Place(file, row=self.row, field=self.field), self.reason)


@dataclass(frozen=True)
class Remark:
    """What contradicts itself in accepted loans: the field, one sentence, and the lines of the file."""

    field: str
    reason: str
    rows: tuple[int, ...]

    def __str__(self) -> str:
        lines = listed((f"{row:,}" for row in self.rows), 8)
        return f"{self.field}: {self.reason} ({'rows' if len(self.rows) > 1 else 'row'} {lines})"


@dataclass(frozen=True)
class Totals:
    """What was read, accepted and rejected: rows, and balances in cents. Each line ties: read = accepted + rejected."""

    rows_read: int
    accepted: int
    rejected: int
    balance_read: int
    balance_accepted: int
    balance_rejected: int
    original_read: int
    original_accepted: int
    original_rejected: int
    unreadable: int = 0  # rejected rows whose balance is not a number; they count as 0 money

    @property
    def tie(self) -> bool:
        """Whether read = accepted + rejected, in rows and in cents."""
        return (
            self.rows_read == self.accepted + self.rejected
            and self.balance_read == self.balance_accepted + self.balance_rejected
            and self.original_read == self.original_accepted + self.original_rejected
        )


@dataclass(frozen=True, eq=False)
class Tape:
    """The loans of one file.

    file, sha256  : where it was read, and the fingerprint of the bytes
    layout        : the name of the layout that was used
    currency      : ISO code, or "" where neither file nor layout says
    as_of         : "cutoff", or "origination" (balance = original balance, age 0, full term)
    columns       : field -> array (N,) of the accepted loans; balances as int64 cents, rates as fractions per year,
                    terms in whole months, dates as datetime64[D], everything else as text or number; read-only
    rows          : (N,) line of each accepted loan in the file, counted from 1
    rejections    : the rows that were not accepted
    read_cents    : (balance, original balance) over all rows that could be read, in cents
    history       : every current balance of the file is zero
    notes         : what is worth knowing and rejects nothing
    sources       : the totals of each tape by its name, where several were joined
    remarks       : contradictions in accepted loans, which change nothing
    absent        : necessary fields that the layout says the source does not have; they are nan
    """

    file: str
    sha256: str
    layout: str
    currency: str
    as_of: AsOf
    columns: Mapping[str, Column]
    rows: NDArray[np.int64]
    rejections: tuple[Rejection, ...] = ()
    read_cents: tuple[int, int] = (0, 0)
    history: bool = False
    notes: tuple[Finding, ...] = ()
    kinds: Mapping[str, str] = field(default_factory=dict)
    sources: Mapping[str, Totals] = field(default_factory=dict)
    remarks: tuple[Remark, ...] = ()
    absent: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        for column in (*self.columns.values(), self.rows):
            column.setflags(write=False)

    def __len__(self) -> int:
        return len(self.rows)

    @property
    def names(self) -> tuple[str, ...]:
        """The columns as formulas and `groups` name them."""
        back = {cents: name for name, cents in MONEY.items()}
        return tuple(back.get(name, name) for name in self.columns)

    @property
    def balance_cents(self) -> int:
        """The balance of the accepted loans in cents, exact."""
        return total_cents(self.columns["balance_cents"])

    @property
    def balance(self) -> float:
        """The balance of the accepted loans in currency units."""
        return self.balance_cents / 100

    def column(self, name: str) -> Column:
        """A column (N,) by the name that formulas use: balances in currency units, dates as ISO text.

        Raises
        ------
        TapeError : the tape has no such column
        """
        if name in MONEY and MONEY[name] in self.columns:
            return np.asarray(self.columns[MONEY[name]] / 100)
        if name not in self.columns:
            raise TapeError(
                f"{self.file}: the tape has no column '{name}'{nearest(name, self.names)} "
                f"(its columns: {listed(self.names, 30)})"
            )
        column = self.columns[name]
        if column.dtype.kind == "M":
            text = np.datetime_as_string(column)
            return np.where(np.isnat(column), "", text)
        return column

    def totals(self) -> Totals:
        """Rows and money: read, accepted, rejected."""
        balances = [r.balance_cents for r in self.rejections]
        originals = [r.original_balance_cents for r in self.rejections]
        return Totals(
            rows_read=len(self) + len(self.rejections),
            accepted=len(self),
            rejected=len(self.rejections),
            balance_read=self.read_cents[0],
            balance_accepted=self.balance_cents,
            balance_rejected=sum(b or 0 for b in balances),
            original_read=self.read_cents[1],
            original_accepted=total_cents(self.columns["original_balance_cents"]),
            original_rejected=sum(b or 0 for b in originals),
            unreadable=sum(b is None for b in balances),
        )

    def keep(self, mask: NDArray[np.bool_]) -> Tape:
        """The tape with some of its accepted loans; rejections and what was read stay as they are."""
        return replace(
            self,
            columns={name: column[mask] for name, column in self.columns.items()},
            rows=self.rows[mask],
        )

    def __repr__(self) -> str:
        return (
            f"<Tape {self.file}: {len(self):,} loans, balance {self.balance:,.2f} {self.currency}, "
            f"{len(self.rejections):,} rows rejected>"
        )


def total_cents(column: Column) -> int:
    """The sum of int64 cents, exact for any size (64 bits are summed by 32)."""
    high, low = column >> 32, column & 0xFFFFFFFF
    return (int(high.sum()) << 32) + int(low.sum())


def weighted(values: Column, weights: Column) -> float | None:
    """The average of values (N,) weighted by int64 cents (N,); None where the weights are nil or a value is unknown."""
    total = float(weights.sum())
    if not total:
        return None
    average = float((values * weights).sum() / total)
    return None if np.isnan(average) else average
