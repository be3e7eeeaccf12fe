"""Loose ends of a run: what no clause pays, and what is left when it ends. Each is one sentence, none stops a run."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from abs_struct.core.formula import Formula
from abs_struct.core.formula.nodes import Call, Name, Node, children, day_of, serial_of
from abs_struct.deal.model import DealFile
from abs_struct.pool.lines import POOL
from abs_struct.terms.schedules import entries
from abs_struct.waterfall.ledger import Ledger
from abs_struct.waterfall.steps import Step

CENT = 0.005


def loose_ends(terms: DealFile, lines: Ledger) -> tuple[str, ...]:
    """What a reader should know of a deal that runs, and was perhaps not meant.

    Parameters
    ----------
    terms : the deal
    lines : recorded lines (T + 1,), amounts in currency units; what was not recorded is not looked at

    Returns
    -------
    tuple of sentences

    Raises
    ------
    Nothing

    Source: definition.
    """
    return (
        *unpaid_by_design(terms, lines),
        *never(terms, lines),
        *price_of_the_call(terms),
        *missed(terms, lines),
        *left_over(terms, lines),
        *one_month_of_many(terms, lines),
    )


def unpaid_by_design(terms: DealFile, lines: Ledger) -> Iterator[str]:
    """Fees and classes that no clause of any section names."""
    clauses = [step for section in terms.waterfall.values() for step in section.steps]
    named = {word: {target for step in clauses if step.word == word for target in step.targets} for word in WORDS}
    for name in terms.fees:
        if name not in named["pay"]:
            yield f"no clause pays the fee {name}: it accrues and is never paid (pay: {name})"
    for name in terms.hedges:
        if name not in named["hedge"]:
            yield f"no clause pays the counterparty of the hedge {name} (hedge: {name})"
    for name in terms.facilities:
        if name not in named["repay"]:
            yield f"no clause repays the facility {name} (repay: {name})"
    for name, note in terms.notes.items():
        path = f"notes.{name}.balance"
        if path in lines and lines[path][0] <= CENT and note.notional is None:
            yield f"class {name} has no balance at closing"
            continue
        if name in named["principal"] and not reachable(terms, name):
            yield f"class {name} is never repaid: in each section a clause above it takes all cash (residual, transfer)"
        if name not in named["interest"] and (note.floats or note.coupon > 0.0):
            yield f"no clause pays interest on class {name} (interest: {name})"


def never(terms: DealFile, lines: Ledger) -> Iterator[str]:
    """What waits for a period that does not come, and classes whose sections are never in force."""
    for name, trigger in terms.triggers.items():
        for word, period in (("fired", trigger.fired), ("from_period", trigger.from_period)):
            if period is not None and period > lines.periods:
                yield f"triggers.{name}.{word} is period {period}, and the deal ends with period {lines.periods}"
    for name in terms.notes:
        paying = [word for word, section in terms.waterfall.items() if repays(section.steps, name)]
        known = all(f"sections.{word}.in_force" in lines for word in paying) and f"notes.{name}.balance" in lines
        if not paying or not known or lines[f"notes.{name}.balance"][-1] <= CENT:
            continue
        if not any(lines[f"sections.{word}.in_force"].any() for word in paying):
            yield f"class {name} is repaid only in {' and '.join(paying)}, never in force in this run"


def repays(steps: Iterable[Step], name: str) -> bool:
    """Whether one of some clauses pays principal to a class."""
    return any(step.word == "principal" and name in step.targets for step in steps)


def price_of_the_call(terms: DealFile) -> Iterator[str]:
    """The price of a call arrives with the collections, and not where principal is paid from."""
    if terms.call is None or not terms.call.exercised:
        return
    received = [account.receives for account in terms.accounts.values() if account.receives is not None]
    if any("deal.call_proceeds" in formula.names() for formula in received):
        return
    for word, section in terms.waterfall.items():
        account = terms.accounts.get(section.from_)
        pays = any(step.word == "principal" for step in section.steps)
        if pays and account is not None and account.receives is not None:
            yield (
                f"the price of the call goes to the collection account, and {word} pays principal from "
                f"{section.from_} (receives: {account.receives} + deal.call_proceeds)"
            )


def missed(terms: DealFile, lines: Ledger) -> Iterator[str]:
    """Interest that was due, not deferrable, and not paid in full; classes outstanding at their legal maturity."""
    for name, note in terms.notes.items():
        short, dates = f"notes.{name}.interest_shortfall", "deal.payment_date"
        if dates not in lines:
            return
        if short in lines and not note.deferrable and (lines[short] > CENT).any():
            first = int((lines[short] > CENT).argmax())
            day = day_of(float(lines[dates][first]))
            yield f"class {name} missed interest of {lines[short][first]:,.2f} on {day} (period {first})"
        if note.legal_maturity is not None and f"notes.{name}.balance" in lines:
            late = lines[dates] >= serial_of(note.legal_maturity)
            left = float(lines[f"notes.{name}.balance"][int(late.argmax())]) if late.any() else 0.0
            if left > CENT:
                yield f"class {name} still owes {left:,.2f} at its legal maturity {note.legal_maturity}"


WORDS = ("pay", "interest", "principal", "hedge", "repay")


def left_over(terms: DealFile, lines: Ledger) -> Iterator[str]:
    """Cash that nobody received, and a pool that outlives the deal."""
    for name in ("collections", *terms.accounts):
        path = f"accounts.{name}.balance"
        if path in lines and lines[path][-1] > CENT:
            repair = "residual: holder" if name == "collections" else f"release: {name}"
            yield f"{lines[path][-1]:,.2f} stay in the account {name} after the last payment ({repair})"
    lives_on = terms.pool.kind == "cards"  # accounts have no last payment; what classes lack is said of them
    if "pool.balance" in lines and lines["pool.balance"][-1] > CENT and not lives_on:
        yield (
            f"the pool still holds {lines['pool.balance'][-1]:,.2f} after the last payment date"
            + (f"; legal_final {terms.dates.legal_final} comes first" if terms.dates.legal_final else "")
        )


def reachable(terms: DealFile, name: str) -> bool:
    """Whether some clause that repays a class stands above every clause that takes all that is left."""
    for section in terms.waterfall.values():
        for step in section.steps:
            if step.when is None and step.word in {"residual", "transfer"} and getattr(step, "amount", None) is None:
                break
            if step.word == "principal" and name in step.targets:
                return True
    return False


#: What a pool brings or loses in a month; the other lines are balances, rates and totals.
MONTHLY = {f"pool.{line.name}" for line in POOL.lines if line.kind == "flow" and line.unit == "money"} - {
    "pool.opening_balance", "pool.wac", "pool.target_default"
}  # fmt: skip


def one_month_of_many(terms: DealFile, lines: Ledger) -> Iterator[str]:
    """Formulas that read one month of the pool where a payment collects several."""
    if "deal.pays" not in lines or bool((lines["deal.pays"][1:] > 0.5).all()):
        return
    for formula in paying_formulas(terms):
        for name in sorted(plain_names(formula.tree) & MONTHLY):
            yield f"{formula.path} reads {name} of one month, and a payment here collects several: collected({name})"


def paying_formulas(terms: DealFile) -> Iterator[Formula]:
    """The formulas that are worked out for a payment: amounts, tests and clauses."""
    for written in terms.amounts.values():
        yield from entries(written).values()
    for trigger in terms.triggers.values():
        yield trigger.test
    for section in terms.waterfall.values():
        for step in section.steps:
            yield from step.formulas()


def plain_names(node: Node) -> set[str]:
    """The names that a formula reads in the period itself, and not through a function of several periods."""
    if isinstance(node, Call) and node.function in {"collected", "average", "previous"}:
        return set()
    found = {node.path} if isinstance(node, Name) else set()
    return found.union(*(plain_names(child) for child in children(node)))
