"""Loans: the columns of a clean tape that a projection needs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from typing import Any

import numpy as np
from numpy.typing import NDArray

from abs_struct.core.findings import TapeError, listed, nearest

Column = NDArray[Any]

#: How a loan repays; each has its schedule in pool/repayment.py.
REPAYMENTS = ("level_pay", "level_principal", "interest_first", "single_payment")


@dataclass(frozen=True, eq=False, repr=False)
class Loans:
    """One row a loan, as NumPy columns of one length (N,).

    balance_cents : int64, outstanding balance in cents
    rate : float, annual interest rate as a fraction
    remaining_term, age, original_term : int, months; age is 0 before a loan's first month is over
    repayment : str, one of REPAYMENTS
    group : str, the loans that may have curves of their own: "36", "36/A"; "all" without groups
    """

    balance_cents: Column
    rate: Column
    remaining_term: Column
    age: Column
    original_term: Column
    repayment: Column
    group: Column

    def __len__(self) -> int:
        return len(self.balance_cents)

    @property
    def balance(self) -> float:
        """The balance of all loans, in currency units, rounded once."""
        return int(self.balance_cents.sum()) / 100

    @classmethod
    def of(cls, columns: Mapping[str, Any], groups: Sequence[str] = ()) -> Loans:
        """Loans from the columns of a tape; `groups` names the columns whose values make the group.

        Parameters
        ----------
        columns : column name -> array (N,); balances in cents, rates as fractions, terms in months
        groups : names of columns, in the order in which they make the group's name

        Returns
        -------
        Loans of N rows

        Raises
        ------
        TapeError : a column that is missing, an unknown repayment, a negative balance, a term below 1, a negative
            age, a rate outside [0, 1)

        Source: definition.

        >>> columns = {"balance_cents": [100_00], "rate": [0.12], "remaining_term": [35], "age": [1],
        ...            "original_term": [36], "repayment": ["level_pay"]}
        >>> str(Loans.of(columns, ["original_term"]).group[0])
        '36'
        """
        needed = [field.name for field in fields(cls) if field.name != "group"]
        for name in [*needed, *groups]:
            if name not in columns:
                raise TapeError(f"no column '{name}'{nearest(name, columns)} (columns: {listed(columns)})")
        whole = ("balance_cents", "remaining_term", "age", "original_term")
        found = {name: np.asarray(columns[name]) for name in needed}
        found |= {name: found[name].astype(np.int64) for name in whole}
        found["rate"] = found["rate"].astype(float)
        found["group"] = group_names(columns, groups, len(found["rate"]))
        check(found)
        return cls(**found)


def group_names(columns: Mapping[str, Any], groups: Sequence[str], count: int) -> Column:
    """The name of each loan's group: the values of the group columns, with "/" between them."""
    if not groups:
        return np.full(count, "all")
    codes, names = np.zeros(count, dtype=np.int64), [""]
    for column in groups:
        labels, inverse = factor(np.asarray(columns[column]))
        codes = codes * len(labels) + inverse
        names = [f"{name}/{label}" if name else label for name in names for label in map(word, labels)]
    return np.asarray(names)[codes]


def word(value: Any) -> str:
    """A value of a group column as it stands in the deal file: 36, not 36.0."""
    return f"{value:g}" if isinstance(value, float) else str(value)


def factor(column: Column) -> tuple[Column, Column]:
    """The sorted distinct values of a column, and the place of each row's value among them.

    Few distinct values (the rule for terms, groups and repayment kinds) are found one by one, which is much
    faster than sorting ten million texts.
    """
    if column.dtype.kind in "iub" and len(column):
        low, high = int(column.min()), int(column.max())
        if high - low < 1 << 20:
            seen = np.bincount((column - low).astype(np.int64))
            places = np.cumsum(seen > 0) - 1
            return np.flatnonzero(seen) + low, places[column - low]
    labels: list[Any] = []
    rest = np.ones(len(column), dtype=bool)
    masks = []
    while len(labels) < 16 and rest.any():
        labels.append(column[int(rest.argmax())])
        masks.append(column == labels[-1])
        rest &= ~masks[-1]
    if rest.any():
        values, inverse = np.unique(column, return_inverse=True)
        return values, inverse.astype(np.int64)
    order = sorted(range(len(labels)), key=lambda i: labels[i])
    inverse = np.zeros(len(column), dtype=np.int64)
    for place, i in enumerate(order):
        if place:
            inverse[masks[i]] = place
    return np.asarray([labels[i] for i in order]), inverse


def check(found: Mapping[str, Column]) -> None:
    """Refuse the first loan that no schedule can be made for; the tape names the row of its file earlier."""
    rules = (
        ("balance_cents", found["balance_cents"] < 0, "a balance is 0 or more"),
        (
            "rate",
            ~((found["rate"] >= 0.0) & (found["rate"] < 1.0)),
            "a rate lies in [0, 1): write 13.5% as 0.135",
        ),
        ("remaining_term", found["remaining_term"] < 1, "a remaining term is 1 month or more"),
        ("age", found["age"] < 0, "an age is 0 months or more"),
    )
    for name, wrong, rule in rules:
        if wrong.any():
            row = int(wrong.argmax())
            raise TapeError(f"loan {row + 1}, column {name}: {found[name][row]}; {rule}")
    for kind in factor(found["repayment"])[0]:
        if kind not in REPAYMENTS:
            raise TapeError(f"unknown repayment '{kind}'{nearest(kind, REPAYMENTS)} (known: {listed(REPAYMENTS)})")
