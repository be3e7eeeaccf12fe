"""Eligibility: which loans meet the criteria of a deal, and which criteria the others fail."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from abs_struct.core.arithmetic.arrays import Arrays
from abs_struct.core.findings import FormulaError, TapeError, listed, nearest
from abs_struct.core.formula import Formula
from abs_struct.core.formula.nodes import Name, Node, Number, Operation, Text, Words, walk
from abs_struct.core.state import Entity
from abs_struct.tape.tape import Column, Tape, total_cents

UNITS = {"balance": "money", "original_balance": "money", "rate": "rate"}
ALIASES = {"apr": "rate", "seasoning": "age"}


@dataclass(frozen=True)
class Criterion:
    """A test that every loan of the pool has to pass: a formula over the columns of a tape."""

    name: str
    rule: Formula
    optional: bool = False


@dataclass(frozen=True)
class Tested:
    """What one criterion found: how many loans fail it, and their balance in cents.

    untested : why an optional criterion could not be tested, or "" where it was
    """

    name: str
    rule: str
    failed: int = 0
    failed_cents: int = 0
    untested: str = ""


@dataclass(frozen=True)
class Ineligible:
    """A loan that does not belong to the pool, with the names of every criterion that it fails."""

    row: int
    loan_id: str
    balance_cents: int
    fails: tuple[str, ...]
    tape: str = ""  # its name, where a deal has several


@dataclass(frozen=True, eq=False)
class Eligibility:
    """The result: a mask (N,) over the accepted loans of a tape, and counts and balances that tie to the tape."""

    mask: NDArray[np.bool_]
    criteria: tuple[Tested, ...]
    ineligible: tuple[Ineligible, ...]
    eligible_cents: int
    ineligible_cents: int

    @property
    def eligible(self) -> int:
        """How many loans meet every tested criterion."""
        return int(self.mask.sum())

    @property
    def untested(self) -> tuple[Tested, ...]:
        """The optional criteria whose column the tape lacks."""
        return tuple(tested for tested in self.criteria if tested.untested)


def test_eligibility(tape: Tape, criteria: Iterable[Criterion]) -> Eligibility:
    """Test every loan against every criterion. A loan whose value is missing fails what reads it.

    Parameters
    ----------
    tape : the accepted loans, N of them
    criteria : formulas over the tape's columns; balances in currency units, rates as fractions per year, terms in
        months, dates as ISO text in quotes

    Returns
    -------
    mask (N,), and per criterion the number of loans that fail it and their balance in cents

    Raises
    ------
    TapeError : a criterion reads a column that the tape lacks and is not optional
    FormulaError : a criterion is not a test, or compares a number with a text
    """
    balance = tape.columns["balance_cents"]
    passes, tested = np.ones(len(tape), dtype=bool), []
    failing: dict[int, list[str]] = {}
    for criterion in criteria:
        lacking = sorted(name for name in criterion.rule.names() if column_name(tape, name) is None)
        if lacking and not criterion.optional:
            raise TapeError(lacks(tape, criterion, lacking[0]))
        if lacking:
            near = nearest(lacking[0], tape.names)
            why = f"the tape has no column {listed(lacking)}{near}"
            tested.append(Tested(criterion.name, str(criterion.rule), untested=why))
            continue
        met = meets(tape, criterion)
        failed = np.flatnonzero(~met)
        for index in failed.tolist():
            failing.setdefault(index, []).append(criterion.name)
        tested.append(Tested(criterion.name, str(criterion.rule), len(failed), total_cents(balance[failed])))
        passes &= met
    ids, rows, source = tape.columns["loan_id"], tape.rows, tape.columns.get("tape")
    ineligible = tuple(
        Ineligible(int(rows[i]), str(ids[i]), int(balance[i]), tuple(names), "" if source is None else str(source[i]))
        for i, names in sorted(failing.items())
    )
    return Eligibility(passes, tuple(tested), ineligible, total_cents(balance[passes]), total_cents(balance[~passes]))


def column_name(tape: Tape, name: str) -> str | None:
    """A name of a formula as the column of a tape, or None where the tape lacks it."""
    found = name if name in tape.names else ALIASES.get(name, name)
    return found if found in tape.names else None


def lacks(tape: Tape, criterion: Criterion, name: str) -> str:
    """The sentence for a criterion that cannot be tested."""
    return (
        f"{tape.file}: the criterion '{criterion.rule}' reads the column '{name}', which the tape lacks"
        f"{nearest(name, tape.names)} (its columns: {listed(tape.names, 30)}); correct the name, or mark the criterion "
        f"`optional: true` to have it reported as untested"
    )


def meets(tape: Tape, criterion: Criterion) -> NDArray[np.bool_]:
    """Which loans (N,) meet one criterion."""
    formula = Formula(criterion.rule.text, criterion.rule.path)
    columns: dict[str, Column] = {}
    known = np.ones(len(tape), dtype=bool)
    for name in formula.names():
        column = tape.column(column_name(tape, name) or name)
        columns[name] = column
        if column.dtype.kind == "f":
            known &= ~np.isnan(column)
    refuse_mixed(formula, formula.tree, columns)

    def resolve(name: str) -> list[tuple[str, str, str]]:
        return [("tape", name, unit_of(column_name(tape, name) or name, columns[name]))]

    bound = formula.bind(resolve)
    if bound.unit != "flag":
        raise FormulaError(f"the criterion '{formula}' is not a test; compare it with something, as in {formula} <= 1")
    if not columns:
        raise FormulaError(f"the criterion '{formula}' reads no column of the tape")
    result = formula(Arrays(), Loans(columns, formula.constants()))
    return np.asarray(np.broadcast_to(result, known.shape), dtype=bool) & known


def unit_of(name: str, column: Column) -> str:
    """The unit of a column in a formula."""
    return "text" if column.dtype.kind == "U" else UNITS.get(name, "number")


class Loans:
    """What a criterion reads: the columns of a tape as the lines of one entity."""

    def __init__(self, columns: dict[str, Column], inputs: dict[str, Any]) -> None:
        entity = Entity("tape")
        for name, column in columns.items():
            setattr(entity, name, column)
        self.entities: dict[str, Any] = {"tape": entity}
        self.inputs = inputs
        self.past: Callable[[str, int], Any] = no_past


def no_past(path: str, periods: int) -> Any:
    """A tape is one day."""
    raise FormulaError(f"a criterion reads one day of a tape; average() and previous() have no meaning for {path}")


def refuse_mixed(formula: Formula, tree: Node, columns: dict[str, Column]) -> None:
    """A text is compared with texts, a number with numbers."""
    for node in walk(tree):
        if isinstance(node, Operation) and node.op in {"<", "<=", ">", ">=", "==", "!=", "in"}:
            sides: list[Node] = []
            for arg in node.args:
                sides.extend(arg.items if isinstance(arg, Words) else [arg])
            kinds = {kind_of(side, columns) for side in sides}
            if kinds == {"text", "number"}:
                name = next((side.path for side in sides if isinstance(side, Name)), "")
                holds = "texts" if kind_of(node.args[0], columns) == "text" else "numbers"
                repair = "put the value in quotes" if holds == "texts" else "write the value without quotes"
                raise FormulaError(
                    f"the criterion '{formula}' compares a text with a number: column '{name}' holds {holds}; {repair}"
                )


def kind_of(node: Node, columns: dict[str, Column]) -> str:
    """Whether one side of a comparison is a text or a number."""
    if isinstance(node, Text):
        return "text"
    if isinstance(node, Number):
        return "number"
    if isinstance(node, Name) and node.path in columns:
        return "text" if columns[node.path].dtype.kind == "U" else "number"
    return "number"
