"""Concentrations: how much of a pool one borrower, one province or some kind of loan may be, and what is above it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

from abs_struct.core.findings import TapeError, listed, nearest
from abs_struct.core.formula import Formula
from abs_struct.tape.eligibility import Criterion, column_name, lacks, meets
from abs_struct.tape.tape import Tape, total_cents


@dataclass(frozen=True)
class Limit:
    """The largest share of the pool: of any one value of a column (`by`), or of the loans that meet a rule.

    largest : a fraction of the pool's balance
    """

    name: str
    largest: float
    by: str | None = None
    rule: Formula | None = None
    optional: bool = False


@dataclass(frozen=True)
class Concentration:
    """What one limit found.

    share : of the largest (`value` says of what), a fraction of the pool; limit : the same
    over : how many values exceed it; excess_cents : their balance above it, in cents
    untested : why an optional limit could not be tested, or "" where it was
    """

    name: str
    limit: float
    value: str = ""
    share: float = 0.0
    over: int = 0
    excess_cents: int = 0
    untested: str = ""

    @property
    def kept(self) -> bool:
        """Whether nothing exceeds it; an untested limit says nothing."""
        return not self.over

    @property
    def sentence(self) -> str:
        """What exceeds it, by how much."""
        more = f" and {self.over - 1} more" if self.over > 1 else ""
        return (
            f"concentration, {self.name}: {self.value} is {self.share:.4%} of the pool, limit {self.limit:.4%}{more}; "
            f"excess {self.excess_cents / 100:,.2f}"
        )

    def as_dict(self) -> dict[str, Any]:
        """The figures by name, the excess in currency units."""
        found = asdict(self)
        return found | {"excess": found.pop("excess_cents") / 100, "kept": self.kept}


def test_concentrations(tape: Tape, limits: Iterable[Limit]) -> tuple[Concentration, ...]:
    """Test a tape, or the list of a purchase, against its limits.

    Parameters
    ----------
    tape : the loans, N of them; limits : shares of their balance, fractions

    Returns
    -------
    a Concentration for each limit: shares are scalars, fractions of the balance; excess in cents

    Raises
    ------
    TapeError : a limit reads a column that the tape lacks and is not optional
    FormulaError : a rule that is no test

    Source: definition.
    """
    return tuple(test_one(tape, limit) for limit in limits)


def test_one(tape: Tape, limit: Limit) -> Concentration:
    """One limit."""
    if limit.rule is not None:
        criterion = Criterion(limit.name, limit.rule, limit.optional)
        missing = [name for name in limit.rule.names() if column_name(tape, name) is None]
    else:
        missing = [limit.by] if limit.by is not None and column_name(tape, limit.by) is None else []
    if missing and limit.optional:
        return Concentration(limit.name, limit.largest, untested=f"the tape has no column {listed(missing)}")
    if missing and limit.rule is not None:
        raise TapeError(lacks(tape, criterion, missing[0]))
    if missing:
        raise TapeError(
            f"{tape.file}: the concentration '{limit.name}' reads the column '{missing[0]}', which the tape lacks"
            f"{nearest(missing[0], tape.names)} (its columns: {listed(tape.names, 30)}); correct the name, or mark it "
            "`optional: true` to have it reported as untested"
        )
    balance = tape.columns["balance_cents"]
    whole = total_cents(balance)
    if limit.rule is not None:
        values, cents = [limit.rule.text], np.array([total_cents(balance[meets(tape, criterion)])])
    else:
        found, at = np.unique(tape.column(column_name(tape, limit.by or "") or ""), return_inverse=True)
        cents = np.zeros(len(found), dtype=np.int64)
        np.add.at(cents, at, balance)
        values = [str(value) for value in found.tolist()]
    allowed = int(np.floor(limit.largest * whole + 1e-6))
    above = np.maximum(cents - allowed, 0)
    most = int(np.argmax(cents))
    share = float(cents[most]) / whole if whole else 0.0
    return Concentration(
        limit.name, limit.largest, values[most], share, int((above > 0).sum()), int(total_cents(above))
    )
