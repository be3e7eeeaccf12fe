"""Histories whose truth is known: loans that default and prepay at given rates, and the tape of them."""

from __future__ import annotations

import numpy as np

from abs_struct.history.annuity import balance
from abs_struct.history.loans import DEFAULTED, OPEN, PAID, History, month_text

FIRST = 12 * 2015


def made(count=20_000, mdr=0.008, smm=0.015, term=36, months=36, observed=36, seed=1, lag=5, rate=0.12):
    """Loans of one term made over some months, which stop paying at `mdr` and prepay at `smm`, known to a month."""
    chance = np.random.default_rng(seed)
    start = FIRST + np.sort(chance.integers(0, months, count))
    mdr = np.broadcast_to(np.asarray(mdr, dtype=float), (count,))
    stops = chance.geometric(np.maximum(mdr, 1e-12))
    prepays = chance.geometric(smm, count) if smm else np.full(count, 10 * term)
    defaulted = (stops <= prepays) & (stops <= term)
    paid = np.where(defaulted, stops - 1, np.minimum(prepays, term))
    end = start + paid + np.where(defaulted, lag, 0)
    known = FIRST + observed
    later = end > known
    original = np.full(count, 10_000.0)
    lost = np.where(defaulted, original * balance(rate, term, paid), 0.0)
    ended = np.where(later, OPEN, np.where(defaulted, DEFAULTED, PAID))
    found = History(
        original, np.full(count, rate), np.full(count, term), start, np.where(later, known, end), ended,
        np.where(later, 0.0, lost), np.where(later, 0.0, 0.1 * lost), known,
        {"grade": np.where(np.arange(count) % 3 == 0, "B", "A")}, lag,
    )  # fmt: skip
    return found.take(np.flatnonzero(found.start <= known))


def write_tape(history, file):
    """A history as a tape in the toolkit's own layout."""
    status = {DEFAULTED: "charged_off", PAID: "paid", OPEN: "current"}
    lines = [
        "loan_id,original_balance,balance,rate,original_term,remaining_term,age,grade,origination_date,status,"
        "last_payment_date,principal_received,recoveries"
    ]
    for k in range(len(history)):
        ended = str(history.ended[k])
        last = history.end[k] - (history.lag if ended == DEFAULTED else 0)
        lines.append(
            f"L{k},{history.original[k]:.2f},0,{history.rate[k]},{history.term[k]},{history.term[k]},0,"
            f"{history.segments['grade'][k]},{month_text(int(history.start[k]))}-01,{status[ended]},"
            f"{month_text(int(last))}-01,{history.original[k] - history.lost[k]:.2f},{history.recovered[k]:.2f}"
        )
    file.write_text("\n".join(lines) + "\n")
    return file
