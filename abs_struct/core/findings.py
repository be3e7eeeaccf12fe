"""What is wrong, where, and how to repair it.

Every floor raises one of these errors, or collects `Finding`s and leaves it to the outermost layer to stop.

    AbsStructError            anything a user can repair (exit code 1 unless a subclass says otherwise)
    |-- DealError             the deal file, or a value given with --set           (3)
    |   `-- FormulaError      a formula cannot be read, or names something unknown (3)
    |-- TapeError             a loan tape                                          (3)
    |-- CurveError            a prepayment, default or recovery assumption         (3)
    |-- DateError             a date, calendar or day count                        (3)
    |-- AnalyticsError        a measure that cannot be computed from these flows   (3)
    |-- UsageError            a command was given something it does not take       (2)
    `-- CheckError            a run whose conservation checks fail                 (4)
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Literal

Severity = Literal["error", "warning", "note"]


@dataclass(frozen=True)
class Place:
    """Where something was found: a line of a deal file, a row of a tape, a cell of a workbook."""

    file: str = ""
    line: int | None = None
    path: str | None = None
    row: int | None = None
    field: str | None = None
    sheet: str | None = None
    cell: str | None = None

    def __str__(self) -> str:
        where = self.file
        if self.line is not None:
            where += f":{self.line}"
        if self.sheet is not None:
            where += f" {self.sheet}!{self.cell or ''}"
        if self.row is not None:
            where += f" row {self.row:,}"
        if self.field is not None:
            where += f", column {self.field}"
        if self.path and not self.file.startswith("--set "):  # which names its path itself
            where += f" {self.path}"
        return where.strip()


@dataclass(frozen=True)
class Finding:
    """One thing found while reading: how grave, where, and one sentence that says what and what to do."""

    severity: Severity
    place: Place
    message: str

    def __str__(self) -> str:
        where = str(self.place)
        text = f"{where}: {self.message}" if where else self.message
        return text if self.severity == "error" else f"{self.severity}: {text}"


class AbsStructError(Exception):
    """Anything that a user can repair; printed without a traceback."""

    exit_code = 1

    def __init__(self, message: str, findings: Sequence[Finding] = ()) -> None:
        super().__init__(message)
        self.findings: tuple[Finding, ...] = tuple(findings)

    @classmethod
    def of(cls, findings: Iterable[Finding]) -> AbsStructError:
        """The error that reports several findings, one a line."""
        found = tuple(findings)
        return cls("\n".join(str(finding) for finding in found), found)


class DealError(AbsStructError):
    """The deal file, or a value given with --set, cannot be accepted."""

    exit_code = 3


class FormulaError(DealError):
    """A formula cannot be read, or names something that does not exist."""


class TapeError(AbsStructError):
    """A loan tape cannot be read, or holds what cannot be accepted."""

    exit_code = 3


class CurveError(AbsStructError):
    """A prepayment, default or recovery assumption is impossible."""

    exit_code = 3


class DateError(AbsStructError):
    """A date, calendar, day count or schedule is impossible."""

    exit_code = 3


class AnalyticsError(AbsStructError):
    """A measure cannot be computed from these cash flows."""

    exit_code = 3


class UsageError(AbsStructError):
    """A command was given something that it does not take."""

    exit_code = 2


class CheckError(AbsStructError):
    """A conservation or consistency check of a run failed."""

    exit_code = 4


def nearest(name: str, allowed: Iterable[str]) -> str:
    """The tail of a message that names the closest allowed word, or nothing when none is close.

    >>> nearest("pay_residul", ["pay_residual", "principal"])
    "; did you mean 'pay_residual'?"
    >>> nearest("zzz", ["principal"])
    ''
    """
    close = difflib.get_close_matches(str(name), [str(word) for word in allowed], n=1, cutoff=0.6)
    return f"; did you mean '{close[0]}'?" if close else ""


def listed(words: Iterable[object], most: int = 12) -> str:
    """A readable list of the allowed words, cut after `most`.

    >>> listed(["A", "B", "C"])
    'A, B, C'
    """
    names = [str(word) for word in words]
    return ", ".join(names[:most]) + (f" and {len(names) - most} more" if len(names) > most else "")
