"""Facts: what a report prints that is no line of the run: dates, terms of a class, speeds a year."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import TYPE_CHECKING, Protocol

import abs_struct
from abs_struct.dates.daycount import days_30_360
from abs_struct.deal.summary import note_words

if TYPE_CHECKING:
    from abs_struct.deal.result import Result

Fact = float | str | date | None


class Figures(Protocol):
    """What a fact reads: a run, its payment dates, and its lines on them."""

    @property
    def result(self) -> Result: ...
    @property
    def payments(self) -> list[int]: ...
    def line(self, path: str, k: int) -> float | None: ...
    def months(self, k: int) -> int: ...


def yearly(share: float | None, months: int) -> float | None:
    """What is left of a pool by a share a period, as a share that leaves it a year.

    Parameters
    ----------
    share : of the opening balance, one number
    months : of the period

    Returns
    -------
    1 - (1 - share) ** (12 / months), or None where there is no share or more than everything has left

    Source: definition of CPR and CDR from SMM and MDR.

    >>> round(yearly(0.01, 1), 6)
    0.113615
    """
    if share is None or not 0.0 <= share <= 1.0:
        return None
    return float(1.0 - (1.0 - share) ** (12.0 / months))


def share_of(part: float | None, whole: float | None) -> float | None:
    """A share, or None of nothing."""
    return None if part is None or whole is None or whole <= 0.005 else part / whole


def cpr(figures: Figures, k: int) -> Fact:
    """Prepayments of the period a year, of what was left after scheduled principal."""
    opening, scheduled = figures.line("pool.balance", k - 1), figures.line("pool.scheduled_principal", k)
    left = None if opening is None else opening - (scheduled or 0.0)
    return yearly(share_of(figures.line("pool.prepaid", k), left), figures.months(k))


def cdr(figures: Figures, k: int) -> Fact:
    """Defaults of the period a year, of the opening balance."""
    return yearly(share_of(figures.line("pool.defaulted", k), figures.line("pool.balance", k - 1)), figures.months(k))


def scheduled(name: str, first: bool = False) -> Callable[[Figures, int], Fact]:
    """A date of the schedule: of the first or the last month that the payment collects."""

    def of(figures: Figures, k: int) -> Fact:
        at = figures.payments[k - 1] + 1 if first else figures.payments[k]
        found: date = getattr(figures.result.schedule, name)[at - 1]
        return found

    return of


def months_days(figures: Figures, k: int) -> Fact:
    """Days of the accrual period by 30/360."""
    at = figures.payments[k] - 1
    return float(days_30_360(figures.result.schedule.accrual_start[at], figures.result.schedule.accrual_end[at]))


def calendar_days(figures: Figures, k: int) -> Fact:
    """Calendar days of the accrual period."""
    at = figures.payments[k] - 1
    return float((figures.result.schedule.accrual_end[at] - figures.result.schedule.accrual_start[at]).days)


#: Facts of the deal or of one payment date.
FACTS: dict[str, Callable[[Figures, int], Fact]] = {
    "deal": lambda figures, k: figures.result.terms.name,
    "currency": lambda figures, k: figures.result.terms.currency,
    "cutoff": lambda figures, k: figures.result.terms.dates.cutoff,
    "closing": lambda figures, k: figures.result.terms.dates.closing,
    "legal_final": lambda figures, k: figures.result.terms.dates.legal_final,
    "payment": lambda figures, k: float(k),
    "period": lambda figures, k: float(figures.payments[k]),
    "months": lambda figures, k: float(figures.months(k)),
    "payment_date": lambda figures, k: figures.result.dates[figures.payments[k]],
    "last_payment_date": lambda figures, k: figures.result.dates[figures.payments[k - 1]],
    "collection_start": scheduled("collection_start", first=True),
    "collection_end": scheduled("collection_end"),
    "determination_date": scheduled("determination_dates"),
    "accrual_start": scheduled("accrual_start"),
    "accrual_end": scheduled("accrual_end"),
    "days_30_360": months_days,
    "days_actual": calendar_days,
    "loans": lambda figures, k: float(figures.result.collateral.loans),
    "loans_balance": lambda figures, k: float(figures.result.collateral.balance),
    "cpr": cpr,
    "cdr": cdr,
    "triggers": lambda figures, k: "Y" if figures.result.terms.triggers else "N",
    "facilities": lambda figures, k: "Y" if figures.result.terms.facilities else "N",
    "engine": lambda figures, k: f"abs_struct {abs_struct.__version__}",
    "deal_sha256": lambda figures, k: figures.result.document.sha256,
    "tape_sha256": lambda figures, k: figures.result.collateral.tape.sha256,
    "checks": lambda figures, k: float(len(figures.result.checks)),
    "checks_passed": lambda figures, k: float(len(figures.result.checks) - len(figures.result.failures)),
    "pool_wal": lambda figures, k: figures.result.deal_measures.pool_wal,
    "cost_of_funds": lambda figures, k: figures.result.deal_measures.cost_of_funds,
    "residual_irr": lambda figures, k: figures.result.deal_measures.residual_irr,
}


def coupon_now(figures: Figures, name: str, k: int) -> Fact:
    """The coupon of a payment date; a fixed one where the run records none."""
    path = f"notes.{name}.coupon"
    if path in figures.result.lines:
        return figures.line(path, k)
    written = figures.result.terms.notes[name].coupon
    return written if isinstance(written, float) else None


def measured(word: str) -> Callable[[Figures, str, int], Fact]:
    """A measure of a class over its whole life."""

    def of(figures: Figures, name: str, k: int) -> Fact:
        found: Fact = getattr(figures.result.note_measures[name], word)
        return found

    return of


#: Facts of a class.
TERMS: dict[str, Callable[[Figures, str, int], Fact]] = {
    "name": lambda figures, name, k: name,
    "rating": lambda figures, name, k: figures.result.terms.notes[name].rating or "-",
    "coupon": lambda figures, name, k: note_words(figures.result.terms.notes[name]),
    "coupon_now": coupon_now,
    "day_count": lambda figures, name, k: figures.result.terms.notes[name].day_count,
    "expected_maturity": lambda figures, name, k: figures.result.terms.notes[name].expected_maturity,
    "legal_maturity": lambda figures, name, k: (
        figures.result.terms.notes[name].legal_maturity or figures.result.terms.dates.legal_final
    ),
    "wal": measured("wal"),
    "yield": measured("yield_"),
    "duration": measured("modified_duration"),
    "first_principal": measured("first_principal"),
    "last_principal": measured("last_principal"),
    "price": measured("price"),
}
