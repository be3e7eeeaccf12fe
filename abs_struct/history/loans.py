"""The life of each loan: when it was made, how it ended, what it lost; months are counted from year 0."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from abs_struct.core.findings import TapeError, UsageError, listed, nearest
from abs_struct.tape.tape import Tape

Months = NDArray[np.int64]
Money = NDArray[np.float64]
#: Months from the last payment to the charge-off, where a tape gives no date of it.
LAG = 5
DEFAULTED, PAID, OPEN = "charged_off", "paid", "current"


@dataclass(frozen=True, eq=False)
class History:
    """N loans of the past.

    original : (N,) what was lent, currency units; rate : (N,) fraction a year; term : (N,) months
    start, end : (N,) months of origination, and of the charge-off or the last payment
    ended : (N,) `charged_off`, `paid` or `current`
    lost : (N,) principal not repaid of those charged off; recovered : (N,) of it received since, after costs
    observed : the month up to which all is known
    segments : column -> (N,) texts; lag : months from the last payment to the charge-off
    """

    original: Money
    rate: Money
    term: Months
    start: Months
    end: Months
    ended: NDArray[np.str_]
    lost: Money
    recovered: Money
    observed: int
    segments: dict[str, Any]
    lag: int = LAG

    def __len__(self) -> int:
        return len(self.original)

    @property
    def age(self) -> Months:
        """The age at which each loan ended, or to which it is known, months (N,)."""
        return self.end - self.start

    @property
    def defaulted(self) -> Any:
        """Which were charged off."""
        return self.ended == DEFAULTED

    @property
    def prepaid(self) -> Any:
        """Which were paid off before their term."""
        return (self.ended == PAID) & (self.age < self.term)

    def censored(self, month: int) -> History:
        """What was known at the end of a month: later loans are not there, what ended later was still current.

        Recoveries carry no date on a tape, and are not known then.
        """
        there = np.flatnonzero(self.start <= month)
        cut = self.take(there)
        later = cut.end > month
        return replace(
            cut,
            end=np.where(later, month, cut.end),
            ended=np.where(later, OPEN, cut.ended),
            lost=np.where(later, 0.0, cut.lost),
            recovered=np.zeros(len(cut)),
            observed=month,
        )

    def paying(self) -> History:
        """The same lives by payments: a default is the first month without one, not the charge-off that follows.

        A pool that is projected has loans that pay and loans that do not; what is owed when a loan stops is what is
        lost. Who stopped is known only so many months later, so that all is cut off `lag` months earlier.
        """
        known = self.observed - self.lag + 1
        there = self.take(np.flatnonzero(self.start <= known))
        first_missed = there.end - there.lag + 1
        end = np.where(there.defaulted, np.maximum(first_missed, there.start + 1), np.maximum(there.end, there.start))
        later = end > known
        return replace(
            there,
            end=np.where(later, np.maximum(known, there.start), end),
            ended=np.where(later, OPEN, there.ended),
            lost=np.where(later, 0.0, there.lost),
            recovered=np.where(later, 0.0, there.recovered),
            observed=known,
            lag=0,
        )

    def take(self, rows: NDArray[np.intp]) -> History:
        """Some of the loans."""
        return replace(
            self,
            original=self.original[rows], rate=self.rate[rows], term=self.term[rows],
            start=self.start[rows], end=self.end[rows],
            ended=self.ended[rows], lost=self.lost[rows], recovered=self.recovered[rows],
            segments={name: values[rows] for name, values in self.segments.items()},
        )  # fmt: skip

    def by(self, names: list[str] | tuple[str, ...]) -> tuple[list[tuple[str, ...]], NDArray[np.intp]]:
        """The segments that some columns make, in their order, and which each loan is in, (N,).

        Raises
        ------
        UsageError : no such column, with the nearest one
        """
        for name in names:
            if name not in self.segments:
                raise UsageError(
                    f"--by {name}: no such column{nearest(name, self.segments)} (columns: {listed(self.segments, 30)})"
                )
        if not names:
            return [()], np.zeros(len(self), dtype=np.intp)
        keys = list(zip(*(self.segments[name].tolist() for name in names), strict=True))
        known = sorted(set(keys))
        place = {key: k for k, key in enumerate(known)}
        return known, np.array([place[key] for key in keys], dtype=np.intp)


def months_of(days: Any) -> Months:
    """Days as months from year 0: 12 x year + month - 1; -1 where there is none.

    >>> months_of(np.array(["2009-12-01", "NaT"], dtype="datetime64[D]")).tolist()
    [24119, -1]
    """
    found = np.asarray(days).astype("datetime64[M]")
    blank = np.isnat(found)
    counted: Months = np.where(blank, 0, found.astype(np.int64)) + 12 * 1970
    return np.where(blank, -1, counted)


def month_text(month: int) -> str:
    """A month as it is written.

    >>> month_text(24119)
    '2009-12'
    """
    return f"{month // 12:04d}-{month % 12 + 1:02d}"


def history_of(tape: Tape, lag: int = LAG, observed: int | None = None) -> History:
    """The lives of the loans of a tape that is a history.

    A charge-off comes `lag` months after the last payment, or after the origination where nothing was ever paid. What
    is lost is what was lent less the principal received; recoveries are after their fees. A loan that neither paid
    off nor was charged off is current up to the month that the tape knows: the last of any loan, unless it is given.

    Parameters
    ----------
    tape : with origination date, status, last payment date and principal received
    lag : months
    observed : the month up to which all is known, counted from year 0

    Returns
    -------
    History of N loans

    Raises
    ------
    TapeError : a column that is missing, with what it is for
    """
    columns = tape.columns
    for name, what in (
        ("origination_date", "the vintage"), ("status", "how a loan ended"), ("last_payment_date", "when it ended"),
        ("principal_received", "what was lost"),
    ):  # fmt: skip
        if name not in columns:
            near = nearest(name, columns)
            raise TapeError(f"{tape.file}: no column '{name}'{near}, which says {what}; a history needs it")
    original = columns["original_balance_cents"] / 100.0
    start, last = months_of(columns["origination_date"]), months_of(columns["last_payment_date"])
    if (start < 0).any():
        raise TapeError(f"{tape.file}: {int((start < 0).sum())} loans have no origination date")
    last = np.where(last < 0, start, last)
    status = columns["status"]
    ended = np.where(np.isin(status, ("charged_off", "default", "written_off")), DEFAULTED, OPEN)
    ended = np.where(np.isin(status, (PAID, "matured", "prepaid")), PAID, ended)
    end = last + np.where(ended == DEFAULTED, lag, 0)
    known = int(end.max()) if observed is None else observed
    end = np.where(ended == OPEN, np.maximum(known, start), end)
    zero = np.zeros(len(tape))
    recovered = columns.get("recoveries", zero) - columns.get("recovery_fee", zero)
    lost = np.where(ended == DEFAULTED, original - columns["principal_received"], 0.0)
    texts = {name: values for name, values in columns.items() if values.dtype.kind in "US" and name != "loan_id"}
    terms = np.char.mod("%d", columns["original_term"])
    texts |= {"term": terms, "original_term": terms}
    return History(
        original, columns["rate"], columns["original_term"].astype(np.int64), start, end, ended, lost,
        np.where(ended == DEFAULTED, recovered, 0.0), known, texts, lag,
    )  # fmt: skip
