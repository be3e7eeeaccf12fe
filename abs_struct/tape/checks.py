"""What makes a row impossible as a loan. Each check adds a fault with its reason; nothing is repaired in silence."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from abs_struct.core.findings import TapeError
from abs_struct.tape.cells import Faults, Floats
from abs_struct.tape.layout import Layout
from abs_struct.tape.tape import AsOf, Column

LONGEST_TERM = 600  # months
SHORTENED = re.compile(r"\d(\.\d+)?[eE]\+?\d+")


def check_ids(ids: Sequence[str], rows: NDArray[np.int64], faults: Faults) -> None:
    """An id is there, is whole, and stands once; a later row with the same id names the first."""
    first: dict[str, int] = {}
    if len(set(ids)) == len(ids) and all(ids) and "+" not in "".join(ids):
        return
    for i, word in enumerate(ids):
        if not word:
            faults.add("loan_id", i, "loan_id is blank")
        elif SHORTENED.fullmatch(word) and "+" in word:
            faults.add("loan_id", i, f"loan_id '{word}' was shortened by a spreadsheet; store the ids as text")
        elif word in first:
            faults.add("loan_id", i, f"loan_id '{word[:40]}' stands already in row {rows[first[word]]:,}")
        else:
            first[word] = i


def check_unit_of_rates(file: str, rate: Floats, first_row: int, unit: str) -> None:
    """A whole column of percents read as fractions, or the reverse, is one mistake and not many.

    Raises
    ------
    TapeError : every rate is 1 or more; or, in a layout of percents, every rate is below 1 percent
    """
    known = rate[~np.isnan(rate) & (rate != 0.0)]
    if not known.size or (known < 0).any():
        return
    if unit != "percent" and (known >= 1.0).all() and (known < 100.0).all():
        raise TapeError(
            f"{file}, column rate: every rate is 1 or more (row {first_row:,}: {known[0]:g}), so these are percents; "
            f"write {known[0] / 100:g} for {known[0]:g}%, or use a layout in which rate has `unit: percent`"
        )
    if unit == "percent" and (known < 0.01).all():
        raise TapeError(
            f"{file}, column rate: every rate is below 1 percent (row {first_row:,}: {known[0] * 100:g}), so these "
            f"are fractions; use a layout in which rate has `unit: fraction`"
        )


def check_rates(rate: Floats, texts: Sequence[str], faults: Faults) -> None:
    """Rates lie in [0, 1) per year."""

    def say(i: int) -> str:
        value = rate[i]
        hint = f"; write {value / 100:g} for {value:g}%" if 1.0 <= value < 100.0 else ""
        return f"rate {texts[i].strip()} lies outside [0, 1){hint}"

    with np.errstate(invalid="ignore"):
        faults.where("rate", (rate < 0.0) | (rate >= 1.0), say)


def check_balances(balance: Floats, original: Floats, layout: Layout, as_of: AsOf, faults: Faults) -> None:
    """Balances are above zero, and a current balance is not above the original one."""
    with np.errstate(invalid="ignore"):
        faults.where("original_balance", original < 0, lambda i: f"original_balance {original[i]:,.2f} is negative")
        faults.where("original_balance", original == 0, lambda i: "original_balance is zero")
        if as_of == "origination" or layout.accounts:
            return
        faults.where("balance", balance < 0, lambda i: f"balance {balance[i]:,.2f} is negative")
        faults.where("balance", balance == 0, lambda i: "balance is zero: the loan has ended")
        if not layout.capitalising:
            faults.where(
                "balance",
                (balance > original) & (original > 0),
                lambda i: f"balance {balance[i]:,.2f} is above the original balance {original[i]:,.2f}",
            )


def check_terms(columns: Mapping[str, Column], faults: Faults) -> None:
    """Terms are whole months above zero, the remaining one not above the original one; age is not negative."""
    original, remaining, age = columns["original_term"], columns["remaining_term"], columns["age"]
    with np.errstate(invalid="ignore"):
        faults.where(
            "original_term",
            (original <= 0) | (original > LONGEST_TERM),
            lambda i: f"original_term {original[i]:.0f} lies outside 1-{LONGEST_TERM} months",
        )
        faults.where("remaining_term", remaining <= 0, lambda i: f"remaining_term {remaining[i]:.0f} is not above zero")
        faults.where(
            "remaining_term",
            remaining > original,
            lambda i: f"remaining_term {remaining[i]:.0f} is above original_term {original[i]:.0f}",
        )
        faults.where(
            "age",
            age > 2 * original + 12,  # a loan may be extended or run late, but not for longer than it was made for
            lambda i: f"age {age[i]:.0f} does not go with original_term {original[i]:.0f}",
        )
        own = (age < 0) & (remaining <= original)  # an age that follows from a faulty term is not a fault of its own
        faults.where("age", own, lambda i: f"age {age[i]:.0f} is negative")


def check_others(columns: Mapping[str, Column], faults: Faults) -> None:
    """Days past due are not negative; a FICO score lies in 250-900; a participation is a share of the loan."""
    with np.errstate(invalid="ignore"):
        if (part := columns.get("participation")) is not None:
            outside = (part <= 0.0) | (part > 1.0)
            faults.where("participation", outside, lambda i: f"participation {part[i]:g} lies outside (0, 1]")
        if (days := columns.get("days_past_due")) is not None:
            faults.where("days_past_due", days < 0, lambda i: f"days_past_due {days[i]:.0f} is negative")
        if (fico := columns.get("fico")) is not None:
            faults.where("fico", (fico < 250) | (fico > 900), lambda i: f"fico {fico[i]:g} lies outside 250-900")


def check_currency(file: str, currencies: Column, rows: NDArray[np.int64]) -> str:
    """The one currency of a tape.

    Raises
    ------
    TapeError : two currencies in one tape
    """
    if not len(currencies):
        return ""
    first = str(currencies[0])
    others = np.flatnonzero(currencies != first)
    if len(others):
        at = int(others[0])
        raise TapeError(
            f"{file} row {rows[at]:,}, column currency: '{str(currencies[at])[:20]}' after '{first[:20]}' in row "
            f"{rows[0]:,}; a tape has one currency"
        )
    return first
