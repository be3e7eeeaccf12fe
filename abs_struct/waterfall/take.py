"""Take: the only way in which cash leaves an account.

Every payment is *due*, *paid* = max(0, min(available, due)) and *left*; what is unpaid is the step's to carry. A
section that is not in force has empty pots, so its clauses compute what is due and pay nothing. A clause whose own
condition does not hold owes nothing.
"""

from __future__ import annotations

from abs_struct.core.arithmetic.numbers import Numbers, Value
from abs_struct.core.lines import declare, flow
from abs_struct.core.state import Entity, State

#: Every deal's own account, in which the pool's collections arrive.
COLLECTIONS = "collections"
#: The pot of a section: the cash of the account that the section distributes, `available` in formulas.
AVAILABLE = "available"

CLAUSE = declare(
    "waterfall",
    flow("due", "Due", "应付", "what the clause asks for, never below nil"),
    flow("paid", "Paid", "实付", "what the clause gets: the smaller of due, available and any limit"),
    flow("left", "Left", "剩余", "what the account still holds for the clauses below"),
)


class CashState(State):
    """A state inside a section of the waterfall: its pots of cash, and the lines of the clause being applied.

    `gate` is the condition of the clause, `in_force` that of the section; None where it always holds.
    """

    pots: dict[str, Value]
    legs: dict[str, Entity]
    support: dict[str, Entity]
    gate: Value | None
    in_force: Value | None


def take(
    x: Numbers,
    s: CashState,
    owed: Value,
    leg: str = "",
    source: str = AVAILABLE,
    limit: Value | None = None,
) -> Value:
    """Pay what is owed as far as the source reaches, and write due, paid and left of the clause.

    paid = min(max(owed, 0), available), and no more than `limit` where there is one (a cap, a pro rata share).
    """
    cell, pots = s.legs[leg], s.pots
    available = pots[source]
    if s.gate is not None:
        owed = x.where(s.gate, owed, 0.0)
    cell.due = x.maximum(owed, 0.0)
    payable = cell.due
    if limit is not None:
        payable = x.minimum(payable, x.maximum(limit, 0.0))
    cell.paid = x.minimum(payable, available)
    paid = cell.paid
    cell.left = available - paid
    pots[source] = cell.left
    return paid


def draw(x: Numbers, s: CashState, owed: Value, leg: str, source: str, limit: Value | None = None) -> Value:
    """Take from a source that may be a supporting account or facility, which keeps count of its draws."""
    paid = take(x, s, owed, leg, source, limit)
    if source != AVAILABLE:
        giver = s.support[source]
        giver.drawn = giver.drawn + paid
    return paid


def put(s: CashState, amount: Value, account: str) -> None:
    """Add cash that was taken from one account to another."""
    s.pots[account] = s.pots[account] + amount


def gated(x: Numbers, s: CashState, amount: Value) -> Value:
    """An amount that moves no cash, never below nil, and nil where clause or section do not apply.

    What moves cash is held back by empty pots; what is only written down is not, and needs this.
    """
    wanted = x.maximum(amount, 0.0)
    for condition in (s.gate, s.in_force):
        if condition is not None:
            wanted = x.where(condition, wanted, 0.0)
    return wanted
