"""From a deal document and its pool to the program that the engine runs."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from graphlib import CycleError, TopologicalSorter
from typing import TYPE_CHECKING, Any

import numpy as np

from abs_struct.core.findings import DealError, FormulaError, nearest
from abs_struct.core.formula import Formula
from abs_struct.core.lines import Line, flow
from abs_struct.core.state import Part, Program, Slot
from abs_struct.deal.load import Document, Where
from abs_struct.deal.model import DealFile
from abs_struct.deal.names import Names
from abs_struct.deal.readings import (
    a_condition,
    a_value,
    before_determination,
    before_payment,
    determination_of,
    known_at_closing,
    known_in_advance,
    money,
    past_reads,
)
from abs_struct.pool.project import Projection
from abs_struct.terms.inputs import leaves
from abs_struct.waterfall.accrual import Accrue, Close, FeeTerms, NoteTerms
from abs_struct.waterfall.determination import Amount, Collect, Requirement
from abs_struct.waterfall.quantities import ACCOUNTS, DEAL, FEES, NOTES, RESIDUALS, SECTIONS
from abs_struct.waterfall.section import Clause, Section
from abs_struct.waterfall.steps import Step
from abs_struct.waterfall.steps.fill import Fill
from abs_struct.waterfall.steps.release import Release
from abs_struct.waterfall.steps.residual import PayResidual
from abs_struct.waterfall.steps.step import WHOLE
from abs_struct.waterfall.take import CLAUSE, COLLECTIONS
from abs_struct.waterfall.triggers import TRIGGER, TriggerTest

if TYPE_CHECKING:
    from abs_struct.dates.schedule import PaymentSchedule

#: What a formula must be where it stands; raises FormulaError.
Rule = Callable[[Formula], None]
BEFORE, AFTER, EVENT = "before_default", "after_default", "event_of_default"


class Compiler:
    """One compilation: gathers slots, data and parts, and binds every formula to what it names."""

    def __init__(self, terms: DealFile, document: Document, schedule: PaymentSchedule, pool: Projection) -> None:
        self.terms = terms
        self.document = document
        self.schedule = schedule
        self.pool = pool
        self.slots: dict[str, Slot] = {slot.path: slot for slot in pool.slots}
        self.data: dict[str, Any] = dict(pool.data)
        self.past: dict[str, None] = dict.fromkeys(pool.past)
        self.inputs = {key: value for key, value in inputs_of(terms).items() if not key.startswith("pool.")}

    def program(self) -> Program:
        """The parts in the order of a payment date: pool, collections, accruals, determinations, sections, close."""
        terms = self.terms
        self.slots_of_terms()
        sections = [self.section(name) for name in terms.waterfall]
        self.names = Names(self.slots)
        parts: list[Part] = [self.pool.part, *self.collect(), *self.opening()]
        parts += self.determinations()
        for section in sections:
            self.bind_section(section)
        parts += sections
        reserves = tuple(terms.accounts)
        parts.append(Close(tuple(terms.notes), tuple(terms.fees), reserves))
        constants = self.pool.inputs | self.inputs
        return Program(
            self.schedule.periods,
            self.slots,
            constants,
            self.data,
            tuple(parts),
            tuple(self.past),
            labels_of(terms),
        )

    # ---- entities -------------------------------------------------------------------------------------

    def slot(self, path: str, lines: tuple[Line, ...], **more: Any) -> None:
        """Enter an entity."""
        self.slots[path] = Slot(path, lines, more.get("inputs", {}), more.get("structure", {}))

    def slots_of_terms(self) -> None:
        """Notes, fees, accounts, amounts, triggers and the deal itself."""
        terms, periods = self.terms, self.schedule.periods
        for name, note in terms.notes.items():
            path = f"notes.{name}"
            self.slot(path, NOTES.lines, inputs={"coupon": f"{path}.coupon"})
            self.data[f"{path}.accrual_fraction"] = np.array([0.0, *self.schedule.accrual_fractions(note.day_count)])
        months = np.arange(periods + 1)
        for name, fee in terms.fees.items():
            path = f"fees.{name}"
            keys = ["rate", "plus", *(["cap"] if fee.cap is not None else [])]
            self.slot(
                path,
                FEES.lines,
                inputs={key: f"{path}.{key}" for key in keys},
                structure={"capped": fee.cap is not None},
            )
            self.data[f"{path}.year_fraction"] = np.where(months > 0, 1.0 / 12.0, 0.0)
            self.data[f"{path}.new_year"] = np.where(months % 12 == 1, 1.0, 0.0)
        for name in (COLLECTIONS, *terms.accounts):
            self.slot(f"accounts.{name}", ACCOUNTS.lines)
        price = {"call_price": "call.price"} if terms.call is not None else {}
        self.slot("deal", DEAL.lines, inputs=price)
        self.data["deal.period"] = months.astype(float)
        self.data["deal.final_period"] = np.where(months == periods, 1.0, 0.0)
        for name, trigger in terms.triggers.items():
            self.slot(f"triggers.{name}", TRIGGER.lines)
            starts = np.array(list(trigger.levels or (1,)))
            steps = np.searchsorted(starts, months, side="right") - 1
            self.data[f"triggers.{name}.level_step"] = np.maximum(steps, 0).astype(float)
        if terms.amounts:
            lines = tuple(
                flow(name, name.replace("_", " ").capitalize(), name, formula.text)
                for name, formula in terms.amounts.items()
            )
            self.slot("amounts", lines)

    # ---- parts ----------------------------------------------------------------------------------------

    def bind(self, formula: Formula, *rules: Rule, paying: bool = False) -> Formula:
        """Give a formula's names their meaning, and see that it may stand there; a mistake is reported at its place."""
        try:
            bound = formula.bind(lambda name: self.names.resolve(name, paying=paying))
            if bound.unit == "text":
                raise FormulaError(f"'{formula}' is a text, not a number")
            for rule in rules:
                rule(formula)
        except FormulaError as error:
            place = self.document.place(where_of(formula.path, self.document))
            raise DealError(f"{place}: {error}") from None
        for node in past_reads(bound.node):
            self.past[node] = None
        return formula

    def unpaid(self, formula: Formula) -> None:
        """The rule of the determination date."""
        before_payment(formula, self.slots)

    def early(self, formula: Formula) -> None:
        """The rule of what comes before the determinations."""
        before_determination(formula, self.slots)

    def at_closing(self, notes: Iterable[str]) -> Rule:
        """The rule of sizes at closing."""
        return lambda formula: known_at_closing(formula, self.slots, notes)

    def collect(self) -> list[Part]:
        """Collections, and the clean-up call where the run assumes that it is exercised."""
        call = self.terms.call
        if call is not None:
            self.bind(call.when, a_condition, self.early)
        return [Collect(call.when if call is not None and call.exercised else None)]

    def opening(self) -> list[Part]:
        """Notes and fees as the accruals see them."""
        names = list(self.terms.notes)
        notes = tuple(
            NoteTerms(name, self.bind(self.terms.notes[name].balance, money, self.at_closing(names[:i])))
            for i, name in enumerate(names)
        )
        fees = tuple(
            FeeTerms(
                name,
                None if fee.of is None else self.bind(fee.of, money, self.early),
                "plus" in fee.model_fields_set,
                fee.cap is not None,
            )
            for name, fee in self.terms.fees.items()
        )
        return [Accrue(notes, fees)]

    def determinations(self) -> list[Part]:
        """Amounts, requirements and triggers, each after what it reads."""
        parts: dict[str, Part] = {}
        reads: dict[str, set[str]] = {}

        def enter(key: str, part: Part, *formulas: Formula) -> None:
            parts[key] = part
            read = [line for f in formulas if f.bound is not None for line in f.bound.reads]
            nodes = {determination_of(*line) for line in read} - {""}
            reads[key] = nodes - {key} if key.startswith("triggers.") else nodes  # a trigger may look at itself

        for name, formula in self.terms.amounts.items():
            enter(f"amounts.{name}", Amount(name, self.bind(formula, self.unpaid)), formula)
        for name, account in self.terms.accounts.items():
            required = [] if account.required is None else [self.bind(account.required, money, self.unpaid)]
            if account.initial is not None:
                self.bind(account.initial, money, self.at_closing(self.terms.notes))
            enter(f"accounts.{name}.required", Requirement(name, account.required, account.initial), *required)
        for name, trigger in self.terms.triggers.items():
            levels = tuple((trigger.levels or {}).values())
            self.bind(trigger.test, a_value if levels else a_condition, self.unpaid)
            for formula in levels:
                self.bind(formula, lambda level: known_in_advance(level, self.slots))
            curable = trigger.cure == "when the test passes"
            test = TriggerTest(name, trigger.test, levels, trigger.below is not None, curable)
            enter(f"triggers.{name}", test, trigger.test)
        known = {key: {node for node in nodes if node in parts} for key, nodes in reads.items()}
        try:
            order = list(TopologicalSorter(known).static_order())
        except CycleError as error:
            cycle = " <- ".join(reversed(error.args[1]))
            first = error.args[1][0]
            place = self.document.place(where_of(first, self.document))
            raise DealError(
                f"{place}: the amount is circular: {cycle}; break the circle with previous(line, 1)"
            ) from None
        return [parts[key] for key in order]

    def section(self, name: str) -> Section:
        """A section with the lines of its clauses."""
        terms = self.terms.waterfall[name]
        self.slot(f"sections.{name}", SECTIONS.lines)
        clauses: list[Clause] = []
        taken: set[str] = set()
        for i, step in enumerate(terms.steps):
            self.check_targets(step, ("waterfall", name, i))
            chosen = step.name or step.default_name()
            clause, n = chosen, 2
            while clause in taken:
                clause, n = f"{chosen}_{n}", n + 1
            taken.add(clause)
            whole = f"waterfall.{name}.{clause}"
            legs = {leg: f"{whole}.{leg}" if leg else whole for leg in step.legs()}
            if step.lines:
                self.slot(whole, step.lines + (CLAUSE.lines if "" in legs else ()))
                legs[WHOLE] = whole
            for path in legs.values():
                if path not in self.slots:
                    self.slot(path, CLAUSE.lines)
            if isinstance(step, PayResidual):
                self.slot(f"residuals.{step.residual}", RESIDUALS.lines)
            clauses.append(Clause(clause, step, legs))
        accounts = dict.fromkeys([COLLECTIONS, *(a for step in terms.steps for a in accounts_of(step))])
        return Section(name, tuple(clauses), tuple(accounts), self.condition(name, terms.when))

    def condition(self, name: str, when: Formula | None) -> Formula | None:
        """When a section is in force: its own test, or before and after the event of default."""
        if when is not None:
            return when
        if name not in {BEFORE, AFTER}:
            if len(self.terms.waterfall) > 1:
                place = self.document.place(("waterfall", name))
                raise DealError(f"{place}: the section '{name}' needs `when:`, the test that puts it in force")
            return None
        if AFTER not in self.terms.waterfall and name == BEFORE:
            return None
        if EVENT not in self.terms.triggers:
            place = self.document.place(("waterfall", name))
            raise DealError(
                f"{place}: sections before and after default need a trigger named '{EVENT}'"
                f"{nearest(EVENT, self.terms.triggers)}"
            )
        active = f"triggers.{EVENT}.active"
        formula = Formula(f"{active} < 0.5" if name == BEFORE else f"{active} >= 0.5", f"waterfall.{name}.when")
        self.inputs |= formula.constants()
        return formula

    def check_targets(self, step: Step, where: Where) -> None:
        """Every note, fee and account that a clause names has to exist."""
        for field, owner in step.owners().items():
            value = getattr(step, field)
            for target in (value,) if isinstance(value, str) else value or ():
                known = getattr(self.terms, owner)
                if target not in known:
                    place = self.document.place((*where, field))
                    word = owner.removesuffix("s")
                    raise DealError(
                        f"{place}: no {word} '{target}'{nearest(target, known)} "
                        f"({owner} are {', '.join(known) or 'none'})"
                    )

    def bind_section(self, section: Section) -> None:
        """Bind the formulas of a section."""
        if section.when is not None:
            self.bind(section.when, a_condition)
        for clause in section.clauses:
            for formula in clause.step.formulas().values():
                self.bind(formula, money, paying=True)


def inputs_of(terms: DealFile) -> dict[str, float]:
    """Every number of the document by its path; formulas learn their paths on the way."""
    return {key: value for name in DealFile.model_fields for key, value in leaves(getattr(terms, name), name)}


def accounts_of(step: Step) -> list[str]:
    """The accounts beside collections that a step touches."""
    names = [getattr(step, "support", None)]
    if isinstance(step, Fill | Release):
        names.append(step.targets[0])
    return [name for name in names if name]


def where_of(path: str, document: Document) -> Where:
    """The path of a formula as the document holds it (list items as numbers, keys as they were read)."""
    where: list[str | int] = []
    node: Any = document.tree
    for word in path.split("#", maxsplit=1)[0].split("."):
        if isinstance(node, list) and word.isdigit() and int(word) < len(node):
            where.append(int(word))
            node = node[int(word)]
        elif isinstance(node, dict):
            key = next((key for key in node if str(key) == word), None)
            if key is None:
                if word == "steps":
                    continue
                break
            where.append(key)
            node = node[key]
        elif word != "steps":
            break
    return tuple(where)


def labels_of(terms: DealFile) -> dict[str, str]:
    """The names to print, by path."""
    groups: dict[str, Any] = {
        "notes": terms.notes,
        "fees": terms.fees,
        "accounts": terms.accounts,
        "triggers": terms.triggers,
    }
    labels = {f"{owner}.{name}": item.label or name for owner, group in groups.items() for name, item in group.items()}
    return labels | {"accounts.collections": "Collection account"}
