"""Servicer advances: a defaulted loan is paid on schedule by the servicer until it is liquidated.

The standard of SIFMA: the trust receives scheduled principal and interest of the loans in foreclosure; `lag`
months after the default the loan is liquidated, the loss is severity x its balance at default (at most what is
left of it by then), and the recovery is its amortised balance less the loss. Loans in foreclosure are counted in
units of survival, so that a window of `lag` months is one number to carry. The cap applies to a cohort as a whole.

A servicer stops when the recovery no longer covers what it advances (`advances: {months: n}`): it pays the instalments
of the month of the default and of the n - 1 months after it. From then on the balance stands still, and it is that
balance from which the loss is taken at the liquidation, `lag` months after the default.
"""

from __future__ import annotations

from abs_struct.core.arithmetic.numbers import Numbers
from abs_struct.core.state import State
from abs_struct.pool.book import Book


def advance(x: Numbers, s: State, book: Book) -> None:
    """Advances on loans in foreclosure, and the liquidation of those that defaulted `lag` periods ago."""
    lag, severity = book.lag, book.lost_share(s)
    if book.stop is not None:
        advance_until(x, s, book, book.stop)
        return
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


def advance_until(x: Numbers, s: State, book: Book, stop: int) -> None:
    """Advances of `stop` instalments, and the liquidation of what stands since then."""
    lag, severity = book.lag, book.lost_share(s)
    own, members = s.entities[book.path], [s.cohorts[k] for k in book.cohorts]
    for k, c in zip(book.cohorts, members, strict=True):
        path = f"cohorts.{k}"
        done = s.past(f"{path}.newly_defaulted", lag)
        c.in_foreclosure = x.maximum(0.0, c.in_foreclosure + c.newly_defaulted - done)
        stopped = s.past(f"{path}.newly_defaulted", stop)
        c.advancing = x.maximum(0.0, c.advancing + c.newly_defaulted - stopped)
        c.advanced_interest = c.advancing * c.scheduled_interest
        c.advanced_principal = c.advancing * c.scheduled_repayment
        c.liquidated = done * s.past(f"{path}.scheduled_balance", lag - stop + 1)
        c.liquidation_loss = x.minimum(severity * s.past(f"{path}.defaulted", lag), c.liquidated)
        c.recovered = c.liquidated - c.liquidation_loss
    own.liquidated = x.total([c.liquidated for c in members])
    own.recovered = x.total([c.recovered for c in members])
    advanced = x.total([c.advanced_principal for c in members])
    own.pending_default = x.maximum(0.0, own.pending_default + own.defaulted - advanced - own.liquidated)
    own.pending_recovery = book.recovered_share(s) * own.pending_default
