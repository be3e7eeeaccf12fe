"""Take: the only way in which cash leaves an account.

Every payment is *due*, *paid* = max(0, min(available, due)) and *left*; what is unpaid is the step's to carry. A
section that is not in force has empty pots, so its clauses compute what is due and pay nothing.
"""

from __future__ import annotations

from abs_struct.core.arithmetic.numbers import Numbers, Value
from abs_struct.core.lines import declare, flow
from abs_struct.core.state import Entity, State

COLLECTIONS = "collections"

CLAUSE = declare(
    "waterfall",
    flow("due", "Due", "应付", "what the clause asks for, never below nil"),
    flow("paid", "Paid", "实付", "what the clause gets: the smaller of due, available and any limit"),
    flow("left", "Left", "剩余", "what the account still holds for the clauses below"),
)


class CashState(State):
    """A state inside a section of the waterfall: its pots of cash, and the lines of the clause being applied."""

    pots: dict[str, Value]
    legs: dict[str, Entity]


def take(
    x: Numbers,
    s: CashState,
    owed: Value,
    leg: str = "",
    source: str = COLLECTIONS,
    limit: Value | None = None,
) -> Value:
    """Pay what is owed as far as the source reaches, and write due, paid and left of the clause.

    paid = min(max(owed, 0), available), and no more than `limit` where there is one (a cap, a pro rata share).
    """
    cell, pots = s.legs[leg], s.pots
    available = pots[source]
    cell.due = x.maximum(owed, 0.0)
    payable = cell.due
    if limit is not None:
        payable = x.minimum(payable, x.maximum(limit, 0.0))
    cell.paid = x.minimum(payable, available)
    paid = cell.paid
    cell.left = available - paid
    pots[source] = cell.left
    return paid


def put(s: CashState, amount: Value, account: str) -> None:
    """Add cash that was taken from one account to another."""
    s.pots[account] = s.pots[account] + amount
