"""What a formula may read where it stands: a line that is not yet written there would be nil in silence."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from abs_struct.core.findings import FormulaError
from abs_struct.core.formula import Formula
from abs_struct.core.formula.evaluate import Bound
from abs_struct.core.state import Slot

#: Tallies that are counted when the collections arrive, before anything is paid.
COLLECTED = {("deal", "call_proceeds")}
ARRIVES = "received"
AT_CLOSING = {"initial_balance", "balance", "cutoff_balance", "yield_supplement"}


def meaning(formula: Formula) -> Bound:
    """The resolved tree of a formula that has been bound."""
    assert formula.bound is not None  # the compiler binds before it checks
    return formula.bound


def past_reads(node: tuple[Any, ...]) -> Iterator[str]:
    """The lines whose earlier values a bound formula reads."""
    if node[0] in {"past", "collected"}:
        yield f"{node[1]}.{node[2]}"
    for child in node[1:]:
        if isinstance(child, tuple):
            yield from past_reads(child)


def determination_of(entity: str, attribute: str) -> str:
    """The determination that computes a line, or nothing."""
    if entity == "amounts":
        return f"amounts.{attribute}"
    if entity.startswith("triggers."):
        return entity
    if (entity, attribute) == ("revolving", "active"):
        return "revolving.active"
    worked_out = {("accounts", "required"), ("notes", "target_balance")}
    return f"{entity}.{attribute}" if (entity.partition(".")[0], attribute) in worked_out else ""


def a_condition(formula: Formula) -> None:
    """A test must hold or not.

    Raises
    ------
    FormulaError : it is a value
    """
    if meaning(formula).unit != "flag":
        raise FormulaError(f"'{formula}' is a value, not a condition; compare it, as in pool.balance <= 10% of pool")


def a_value(formula: Formula) -> None:
    """What is compared with a level must be a value.

    Raises
    ------
    FormulaError : it is a condition
    """
    bound = meaning(formula)
    if bound.unit == "flag" and bound.node[0] not in {"line", "past"}:
        raise FormulaError(f"'{formula}' is a condition and cannot be compared with a level; leave one of the two out")


def money(formula: Formula) -> None:
    """An amount must be one.

    Raises
    ------
    FormulaError : it is a condition, a rate as it stands, or a share of nothing
    """
    bound = meaning(formula)
    if bound.node[0] == "input" and formula.text.rstrip().endswith(("%", "bp", "bps")):
        raise FormulaError(f"'{formula}' is a share, not an amount; say of what, as in {formula} of pool")
    if bound.unit == "flag":
        raise FormulaError(f"'{formula}' is true or false, not an amount; write if({formula}, amount, 0)")
    if bound.unit == "rate" and bound.node[0] in {"line", "past"}:
        raise FormulaError(f"'{formula}' is a rate, not an amount; multiply it by one")


def known_at_closing(formula: Formula, slots: dict[str, Slot], notes: Iterable[str]) -> None:
    """A size may read balances at closing, and the notes whose sizes are known.

    Raises
    ------
    FormulaError : it reads what does not exist at closing
    """
    bound = meaning(formula)
    known = {f"notes.{name}" for name in notes}
    for entity, attribute in bound.reads:
        owner = entity.partition(".")[0]
        sized = entity in known or owner in {"pool", "groups", "cohorts"}
        if not (sized and attribute in AT_CLOSING) and attribute not in slots[entity].inputs:
            more = f" and of {', '.join(sorted(known))}" if known else ""
            path = f"{entity}.{attribute}"
            raise FormulaError(f"'{path}' is not known at closing; a size reads balances of the pool{more}")
    for path in past_reads(bound.node):
        raise FormulaError(f"there is no period before closing, for which '{formula}' asks ({path})")


def known_in_advance(formula: Formula, slots: dict[str, Slot]) -> None:
    """A level is known before the first period: numbers, and what never changes.

    Raises
    ------
    FormulaError : it reads a line that changes by period
    """
    bound = meaning(formula)
    changing = [
        f"{entity}.{attribute}"
        for entity, attribute in bound.reads
        if attribute not in slots[entity].inputs
        and next((line.kind for line in slots[entity].lines if line.name == attribute), "") != "constant"
    ]
    for path in (*changing, *past_reads(bound.node)):
        raise FormulaError(
            f"'{path}' changes by period, and a level is fixed; compare in the test, as in test: {path} > ..."
        )


def before_payment(formula: Formula, slots: dict[str, Slot]) -> None:
    """On the determination date nothing has been paid: what is paid in this period is still nil.

    Raises
    ------
    FormulaError : it reads a payment of this period
    """
    for entity, attribute in meaning(formula).reads:
        kind = next((line.kind for line in slots[entity].lines if line.name == attribute), "")
        if kind == "tally" and attribute != ARRIVES and (entity, attribute) not in COLLECTED:
            path = f"{entity}.{attribute}"
            raise FormulaError(f"'{path}' is paid later in the period and still nil here; write previous({path}, 1)")


def before_determination(formula: Formula, slots: dict[str, Slot]) -> None:
    """Fees accrue, and a call is exercised, before amounts, requirements and triggers are worked out.

    Raises
    ------
    FormulaError : it reads one of those, or a payment of this period
    """
    before_payment(formula, slots)
    for entity, attribute in meaning(formula).reads:
        if determination_of(entity, attribute):
            path = f"{entity}.{attribute}"
            raise FormulaError(
                f"'{path}' is worked out later in the period; write its formula here, or previous({path}, 1)"
            )
