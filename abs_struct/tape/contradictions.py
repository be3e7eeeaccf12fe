"""What contradicts itself in an accepted loan: it is remarked with its rows, and changes nothing."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from abs_struct.tape.tape import Column, Remark

Floats = NDArray[np.float64]

NEAR = 1.0  # currency units by which an instalment may differ
SHARE = 0.01  # and the part of it
LATE = 30  # days past due of a loan that is said to be current
ENDED = ("paid", "charged_off", "repurchased")


def level_instalment(balance: Floats, rate: Floats, term: Floats) -> Floats:
    """The monthly instalment of level-pay loans.

    Parameters
    ----------
    balance : original balances (N,), in currency units
    rate : fractions per year (N,)
    term : months (N,)

    Returns
    -------
    (N,) currency units a month; the balance by the term where the rate is zero

    Source: definition of an annuity.

    >>> level_instalment(np.array([1200.0, 20000.0]), np.array([0.0, 0.1122]), np.array([12.0, 36.0])).round(2)
    array([100.  , 656.86])
    """
    monthly = rate / 12.0
    with np.errstate(divide="ignore", invalid="ignore"):
        level = monthly / -np.expm1(-term * np.log1p(monthly))
        return np.asarray(balance * np.where(monthly == 0.0, 1.0 / term, level))


def within(columns: Mapping[str, Column], near: float) -> tuple[int, int]:
    """How many instalments lie within so many currency units of level pay, and how many there are.

    Parameters
    ----------
    columns : of a tape, with `instalment`
    near : currency units
    """
    gap = gap_of(columns)
    known = ~np.isnan(gap)
    return int((gap[known] <= near + 1e-9).sum()), int(known.sum())


def gap_of(columns: Mapping[str, Column]) -> Floats:
    """How far each instalment (N,) is from level pay, in currency units; nan where a loan repays otherwise."""
    original, rate = columns["original_balance_cents"] / 100, columns["rate"].astype(float)
    gap = np.abs(columns["instalment"] - level_instalment(original, rate, columns["original_term"].astype(float)))
    return np.where(columns["repayment"] == "level_pay", gap, np.nan)


def remarks_of(
    columns: Mapping[str, Column], rows: NDArray[np.int64], cutoff: np.datetime64 | None, observed: bool
) -> tuple[Remark, ...]:
    """The contradictions of the accepted loans, each with the rows in which it stands.

    Parameters
    ----------
    columns : of the accepted loans (N,)
    rows : (N,) their lines in the file
    cutoff : the cut-off date, where the file has no column of it
    observed : balances are those of the cut-off, as status and days past due are
    """
    found = []

    def remark(name: str, reason: str, mask: Column) -> None:
        if mask.any():
            found.append(Remark(name, reason, tuple(rows[mask].tolist())))

    with np.errstate(invalid="ignore"):
        if "instalment" in columns:
            gap = gap_of(columns)
            far = (gap > NEAR) & (gap > SHARE * np.abs(columns["instalment"]))
            remark("instalment", "the instalment does not follow from balance, rate and term", far)
        if (end := columns.get("maturity_date")) is not None and (made := columns.get("origination_date")) is not None:
            remark("maturity_date", "the loan matures before it was made", end <= made)
        if not observed:
            return tuple(found)
        day = columns.get("cutoff_date", None if cutoff is None else np.array(cutoff))
        if day is not None and (due := columns.get("next_payment_date")) is not None:
            remark("next_payment_date", "the next payment is before the cut-off date", due < day)
        if (status := columns.get("status")) is not None:
            ended = np.isin(status, ENDED) & (columns["balance_cents"] > 0)
            remark("status", "the loan has ended by its status and has a balance", ended)
            if (days := columns.get("days_past_due")) is not None:
                late = (status == "current") & (days > LATE)
                remark("status", f"the loan is current by its status and more than {LATE} days past due", late)
    return tuple(found)
