"""What a compilation gathers: entities, inputs and data; and how a formula gets its meaning."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np

from abs_struct.core.findings import DealError, FormulaError
from abs_struct.core.formula import Formula
from abs_struct.core.lines import Line
from abs_struct.core.state import Slot
from abs_struct.deal.load import Document, Where
from abs_struct.deal.model import DealFile
from abs_struct.deal.names import Names
from abs_struct.deal.readings import before_determination, before_payment, known_at_closing, past_reads
from abs_struct.pool.project import Projection
from abs_struct.terms.coupons import Coupon
from abs_struct.terms.inputs import leaves
from abs_struct.waterfall.rates import RateRule

if TYPE_CHECKING:
    from abs_struct.dates.schedule import PaymentSchedule

#: What a formula must be where it stands; raises FormulaError.
Rule = Callable[[Formula], None]


class Build:
    """The pieces of one compilation.

    slots, inputs, data, past : of the program, by path; data are series (T + 1,)
    terms, document, schedule, pool : what they follow from
    """

    def __init__(self, terms: DealFile, document: Document, schedule: PaymentSchedule, pool: Projection) -> None:
        self.terms = terms
        self.document = document
        self.schedule = schedule
        self.pool = pool
        self.slots: dict[str, Slot] = {slot.path: slot for slot in pool.slots}
        self.data: dict[str, Any] = dict(pool.data)
        self.past: dict[str, None] = dict.fromkeys(pool.past)
        self.inputs = {key: value for key, value in inputs_of(terms).items() if not key.startswith("pool.")}
        self.names: Names | None = None
        self.bound: list[Formula] = []

    @property
    def periods(self) -> int:
        """The number of periods, collection months."""
        return self.schedule.periods

    @property
    def months(self) -> Any:
        """The numbers of the periods, closing first, (T + 1,)."""
        return np.arange(self.periods + 1)

    # ---- entities -------------------------------------------------------------------------------------

    def slot(self, path: str, lines: Iterable[Line], inputs: dict[str, str] | None = None, **structure: Any) -> None:
        """Enter an entity: its lines, the inputs that it carries, and what a step may branch on."""
        self.slots[path] = Slot(path, tuple(lines), inputs or {}, structure)

    def set_unit(self, path: str, name: str, unit: Any) -> None:
        """Give a line that was entered its unit, when its formula is known."""
        slot = self.slots[path]
        slot.lines = tuple(replace(line, unit=unit) if line.name == name else line for line in slot.lines)
        if self.names is not None:
            self.names.units[path][name] = unit

    def series(self, path: str, values: Iterable[float]) -> None:
        """Enter a data line, T values, nil at closing."""
        self.data[path] = np.array([0.0, *values], dtype=float)

    def flags(self, path: str, test: Callable[[int], bool]) -> None:
        """Enter a data line of 1 in the periods for which a test of their number holds."""
        self.series(path, (1.0 if test(period) else 0.0 for period in range(1, self.periods + 1)))

    def stages(self, path: str, periods: Iterable[int]) -> None:
        """Enter a data line: which entry of a schedule by period applies."""
        steps = np.searchsorted(np.array(list(periods)), self.months, side="right") - 1
        self.data[path] = np.maximum(steps, 0).astype(float)

    def rate(self, owner: str, word: str, terms: float | Coupon) -> RateRule:
        """A yearly rate of an entity, with the data that it needs."""
        rule = RateRule(word, f"{owner}.{word}", terms)
        if isinstance(terms, Coupon):
            if terms.index is not None and f"indices.{terms.index}" not in self.slots:
                self.no_index(owner, word, terms.index)
            if terms.schedule is not None:
                self.stages(f"{owner}.{word}_stage", terms.schedule)
            if terms.step_date is not None:
                begins, day = self.schedule.accrual_start, terms.step_date
                self.flags(f"{owner}.{word}_stepped_up", lambda period: begins[period - 1] >= day)
        return rule

    def no_index(self, owner: str, word: str, name: str) -> None:
        """Refuse an index that the assumptions do not give."""
        from abs_struct.core.findings import nearest

        known = [path.partition(".")[2] for path in self.slots if path.startswith("indices.")]
        place = self.document.place(where_of(f"{owner}.{word}.index", self.document))
        raise DealError(
            f"{place}: no index '{name}'{nearest(name, known)} (assumptions.indices has {', '.join(known) or 'none'})"
        )

    # ---- formulas -------------------------------------------------------------------------------------

    def bind(self, formula: Formula, *rules: Rule, paying: bool = False) -> Formula:
        """Give a formula's names their meaning, and see that it may stand there; a mistake is reported at its place."""
        names = self.names or Names(self.slots)
        self.names = names
        try:
            bound = formula.bind(lambda name: names.resolve(name, paying=paying))
            if bound.unit in {"text", "date"}:
                raise FormulaError(f"'{formula}' is a {bound.unit}, not a number")
            for rule in rules:
                rule(formula)
        except FormulaError as error:
            raise self.mistake(formula.path, str(error)) from None
        for node in past_reads(bound.node):
            self.past[node] = None
        self.bound.append(formula)
        return formula

    def too_early(self, path: str) -> DealError:
        """A formula reads a line that is worked out later in the period: the mistake, at the formula's place."""
        owner, _, name = path.rpartition(".")
        sentence = (
            f"'{path}' is worked out later in the period; write previous({path}, 1) for that of the period before"
        )
        readers = (f.path for f in self.bound if f.bound is not None and (owner, name) in f.bound.reads)
        return self.mistake(next(readers, ""), sentence)

    def bind_rate(self, rule: RateRule) -> RateRule:
        """Bind the formulas of a rate."""
        if isinstance(rule.terms, Coupon):
            for formula in rule.terms.formulas:
                self.bind(formula, self.early)
        return rule

    def mistake(self, path: str, sentence: str) -> DealError:
        """A mistake at the place of a path in the deal file."""
        return DealError(f"{self.document.place(where_of(path, self.document))}: {sentence}")

    def unpaid(self, formula: Formula) -> None:
        """The rule of the determination date."""
        before_payment(formula, self.slots)

    def early(self, formula: Formula) -> None:
        """The rule of what comes before the determinations."""
        before_determination(formula, self.slots)

    def at_closing(self, notes: Iterable[str]) -> Rule:
        """The rule of sizes at closing."""
        return lambda formula: known_at_closing(formula, self.slots, notes)


def inputs_of(terms: DealFile) -> dict[str, float]:
    """Every number of the document by its path; formulas learn their paths on the way."""
    return {key: value for name in DealFile.model_fields for key, value in leaves(getattr(terms, name), name)}


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
