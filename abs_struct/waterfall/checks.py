"""Proof, in every run, that cash is conserved and nothing is paid twice.

Each check has an id, a statement, a left and a right value (of the period in which they differ most), their
difference and a tolerance. Money is held to 1e-9 of the pool.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from abs_struct.core.state import Program
from abs_struct.waterfall.ledger import Ledger
from abs_struct.waterfall.section import Section

Array = NDArray[np.float64]
MONEY_TOLERANCE = 1e-9
#: What changes the balance of a pool, where it has the line: sign, line, and the word of the statement.
POOL_ROLL = (
    ("-", "scheduled_principal", "scheduled"), ("-", "prepaid", "prepaid"), ("-", "defaulted", "defaulted"),
    ("-", "refunds", "refunded"), ("-", "dilution", "diluted"), ("+", "purchased", "purchased"),
)  # fmt: skip
#: What changes the balance of a note, in the words of the statement.
ROLL = ("- principal paid", "- written down", "+ capitalised", "+ written up", "+ advanced")


@dataclass(frozen=True)
class Check:
    """One proved (or failed) statement.

    `difference` is the largest over all periods: a float, or an array (S,) over scenarios; `left`, `right` and
    `period` are those of the first scenario with the largest difference. Amounts in currency units.
    """

    id: str
    statement: str
    left: float
    right: float
    difference: Any
    tolerance: float
    period: int

    @property
    def passed(self) -> Any:
        """True where the difference is within the tolerance: a bool, or an array (S,)."""
        return np.abs(self.difference) <= self.tolerance

    @property
    def all_passed(self) -> bool:
        """Whether it holds in every scenario."""
        return bool(np.all(self.passed))


def compared(name: str, statement: str, left: ArrayLike, right: ArrayLike, tolerance: float) -> Check:
    """A check of two series (T, ...) that have to be equal in every period."""
    one, two = np.broadcast_arrays(np.asarray(left, dtype=float), np.asarray(right, dtype=float))
    gap = np.abs(one - two)
    gap = np.where(np.isnan(gap), np.inf, gap)
    worst: Any = gap.max(axis=0) if len(gap) else np.zeros(gap.shape[1:])
    flat = gap.reshape(len(gap), -1)
    at = int(np.argmax(flat.max(axis=1))) if flat.size else 0
    column = int(np.argmax(flat[at])) if flat.size else 0
    a = float(one.reshape(len(gap), -1)[at, column]) if flat.size else 0.0
    b = float(two.reshape(len(gap), -1)[at, column]) if flat.size else 0.0
    return Check(name, statement, a, b, float(worst) if np.ndim(worst) == 0 else worst, tolerance, at)


def conservation(program: Program, ledger: Ledger) -> list[Check]:
    """All checks of a run whose lines were recorded in full."""
    return list(proofs(program, ledger))


def proofs(program: Program, ledger: Ledger) -> Iterator[Check]:
    """The checks, one after the other."""
    scale = np.max(ledger["pool.initial_balance"])
    money = MONEY_TOLERANCE * max(float(scale), 1.0)
    notes, fees, accounts = (group(program, owner) for owner in ("notes", "fees", "accounts"))
    facilities = group(program, "facilities")

    def total(paths: list[str], *names: str) -> Array:
        series = [ledger[f"{path}.{name}"] for path in paths for name in names if f"{path}.{name}" in ledger]
        return sum_of(series, ledger["pool.balance"])

    zero = np.zeros_like(ledger["pool.balance"])
    cash = cash_lines(program)
    held, received, paid_out = (
        sum_of([ledger[path] for path in paths], ledger["pool.balance"])
        for paths in (cash.held, cash.received, cash.paid)
    )
    yield compared(
        "cash",
        "cash held + received = cash paid out + cash held after",
        held[:-1] + received[1:],
        paid_out[1:] + held[1:],
        money,
    )
    clauses = [path for path in group(program, "waterfall") if f"{path}.paid" in ledger]
    moved = total(accounts, "paid_in", "released")
    yield compared(
        "clauses",
        "sum of all clauses paid = notes + fees + residual + moves between accounts",
        total(clauses, "paid"),
        paid_out + moved,
        money,
    )
    spent = {part.source for part in program.parts if isinstance(part, Section)}
    for path in notes:
        yield from note_proofs(ledger, path, money)
    for path in fees:
        opening = ledger[f"{path}.shortfall"][:-1]
        yield compared(
            f"{path}.roll",
            "shortfall carried + due - paid = shortfall",
            opening + ledger[f"{path}.due"][1:] - ledger[f"{path}.paid"][1:],
            ledger[f"{path}.shortfall"][1:],
            money,
        )
    for path in accounts:
        if path.removeprefix("accounts.") in spent:
            continue  # what its sections paid is proved by the statement on cash
        drawn = drawn_from(program, ledger, path.removeprefix("accounts."))
        flows = ledger[f"{path}.received"] + ledger[f"{path}.paid_in"] - ledger[f"{path}.released"] - drawn
        yield compared(
            f"{path}.roll",
            "balance + received + paid in - released - drawn = balance after",
            ledger[f"{path}.balance"][:-1] + flows[1:],
            ledger[f"{path}.balance"][1:],
            money,
        )
    lowest = zero
    for path in clauses:
        lowest = np.minimum(lowest, ledger[f"{path}.paid"])
    for path in (*notes, *accounts, *facilities):
        lowest = np.minimum(lowest, ledger[f"{path}.balance"])
    yield compared("nothing_negative", "no payment and no balance is below nil", lowest, zero, money)
    yield from pool_proofs(ledger, money)


class Cash(NamedTuple):
    """The paths of the lines in which cash is held, in which it comes in, and in which it goes out."""

    held: tuple[str, ...]
    received: tuple[str, ...]
    paid: tuple[str, ...]


#: Owner -> the lines of its cash: held, received, paid out.
CASH: dict[str, tuple[tuple[str, ...], tuple[str, ...], tuple[str, ...]]] = {
    "accounts": (("balance",), ("received",), ()),
    "notes": ((), ("advanced",), ("interest_paid", "principal_paid")),
    "fees": ((), (), ("paid",)),
    "hedges": ((), (), ("paid", "termination_paid")),
    "facilities": ((), ("drawn",), ("paid", "repaid")),
    "residuals": ((), (), ("paid",)),
    "receivables": ((), (), ("price_paid",)),
}


def cash_lines(program: Program) -> Cash:
    """Which lines hold, bring and take the cash of a deal: held + received = paid + held after, in every period."""
    found: tuple[list[str], list[str], list[str]] = ([], [], [])
    for owner, parts in CASH.items():
        for path in group(program, owner):
            known = {line.name for line in program.slots[path].lines}
            for place, names in zip(found, parts, strict=True):
                place += [f"{path}.{name}" for name in names if name in known]
    return Cash(*(tuple(paths) for paths in found))


def note_proofs(ledger: Ledger, path: str, money: float) -> Iterator[Check]:
    """Roll-forwards of one class."""
    balance, opening = ledger[f"{path}.balance"], ledger[f"{path}.opening_balance"]
    yield compared(
        f"{path}.opening", "opening balance = balance after the last payment", opening[1:], balance[:-1], money
    )

    def line(name: str) -> Array:
        return ledger[f"{path}.{name}"] if f"{path}.{name}" in ledger else np.zeros_like(balance)

    raised = line("capitalised") + line("written_up") + line("advanced")
    lowered = line("principal_paid") + line("written_down")
    words = [word for word in ROLL if f"{path}.{word.partition(' ')[2].replace(' ', '_')}" in ledger]
    yield compared(
        f"{path}.roll",
        f"opening balance {' '.join(words)} = balance",
        opening[1:] + raised[1:] - lowered[1:],
        balance[1:],
        money,
    )
    owed = ledger[f"{path}.interest_shortfall"][:-1] + ledger[f"{path}.interest_due"][1:]
    added = line("capitalised") + line("interest_lost")
    yield compared(
        f"{path}.interest",
        "shortfall carried + due - paid = shortfall"
        if not added.any()
        else "carried + due - paid - added to the balance - lost = shortfall",
        owed - ledger[f"{path}.interest_paid"][1:] - added[1:],
        ledger[f"{path}.interest_shortfall"][1:],
        money,
    )
    if f"{path}.pdl" in ledger:
        yield compared(
            f"{path}.pdl",
            "principal deficiency + debited - cured = principal deficiency after",
            ledger[f"{path}.pdl"][:-1] + line("pdl_debited")[1:] - line("pdl_cured")[1:],
            ledger[f"{path}.pdl"][1:],
            money,
        )
    yield compared(
        f"{path}.factor",
        "factor x initial balance = balance",
        ledger[f"{path}.factor"] * ledger[f"{path}.initial_balance"][:1],
        balance,
        money,
    )


def pool_proofs(ledger: Ledger, money: float) -> Iterator[Check]:
    """Roll-forward of the pool, and what became of its defaults."""
    opening = ledger["pool.opening_balance"]
    called: Array = ledger["deal.called"] if "deal.called" in ledger else np.zeros_like(opening)
    moves = [(sign, f"pool.{name}", word) for sign, name, word in POOL_ROLL if f"pool.{name}" in ledger]
    lost, won = ([ledger[path] for sign, path, _ in moves if sign == side] for side in "-+")
    after = opening - sum_of(lost, opening) + sum_of(won, opening)
    live = called < 0.5
    yield compared(
        "pool.roll",
        f"opening balance {' '.join(f'{sign} {word}' for sign, _, word in moves)} = balance",
        np.where(live, after, 0.0)[1:],
        np.where(live, ledger["pool.balance"], 0.0)[1:],
        money,
    )
    yield compared(
        "pool.opening",
        "opening balance = balance after the last period",
        opening[1:],
        ledger["pool.balance"][:-1],
        money,
    )


def drawn_from(program: Program, ledger: Ledger, account: str) -> Array:
    """What the clauses drew from a supporting account."""
    leg = f"from_{account}"
    paths = [path for path in group(program, "waterfall") if path.rpartition(".")[2] == leg]
    return sum_of([ledger[f"{path}.paid"] for path in paths], ledger["pool.balance"])


def sum_of(series: list[Array], like: Array) -> Array:
    """The sum of several series, zero when there are none."""
    result = np.zeros_like(like)
    for values in series:
        result = result + values
    return result


def group(program: Program, owner: str) -> list[str]:
    """The paths of one sort of thing."""
    return [path for path in program.slots if path.startswith(owner + ".")]
