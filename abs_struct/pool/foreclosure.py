"""Servicer advances: a defaulted loan is paid on schedule by the servicer until it is liquidated.

The standard of SIFMA: the trust receives scheduled principal and interest of the loans in foreclosure; `lag`
months after the default the loan is liquidated, the loss is severity x its balance at default (at most what is
left of it by then), and the recovery is its amortised balance less the loss. Loans in foreclosure are counted in
units of survival, so that a window of `lag` months is one number to carry. The cap applies to a cohort as a whole.
"""

from __future__ import annotations

from abs_struct.core.arithmetic.numbers import Numbers
from abs_struct.core.state import State
from abs_struct.pool.book import Book


def advance(x: Numbers, s: State, book: Book) -> None:
    """Advances on loans in foreclosure, and the liquidation of those that defaulted `lag` periods ago."""
    lag, severity = book.lag, book.lost_share(s)
    for k in book.cohorts:
        c = s.cohorts[k]
        done = s.past(f"cohorts.{k}.newly_defaulted", lag)
        before = c.in_foreclosure + c.newly_defaulted
        c.advanced_interest = before * c.scheduled_interest
        c.in_foreclosure = x.maximum(0.0, before - done)
        c.advanced_principal = c.in_foreclosure * c.scheduled_repayment
        c.liquidated = done * (c.scheduled_balance + c.scheduled_repayment)
        c.liquidation_loss = x.minimum(severity * s.past(f"cohorts.{k}.defaulted", lag), c.liquidated)
        c.recovered = c.liquidated - c.liquidation_loss
    own, members = s.entities[book.path], [s.cohorts[k] for k in book.cohorts]
    own.liquidated = x.total([c.liquidated for c in members])
    own.recovered = x.total([c.recovered for c in members])
    own.pending_default = x.total([c.in_foreclosure * c.scheduled_balance for c in members])
    own.pending_recovery = book.recovered_share(s) * own.pending_default
