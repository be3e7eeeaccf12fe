"""Explain: why a line has its value in a period - its formula, its inputs, down to the deal file and the tape."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

from abs_struct.core.arithmetic.symbols import LEAVES, Symbol, evaluate, leaves, line
from abs_struct.core.findings import UsageError, nearest
from abs_struct.core.lines import Line
from abs_struct.deal.build import where_of
from abs_struct.deal.events import conditions
from abs_struct.deal.load import Where
from abs_struct.deal.result import Result
from abs_struct.deal.summary import coupon_words, number
from abs_struct.terms.names import DRAWN
from abs_struct.waterfall.section import Section
from abs_struct.waterfall.sentences import spoken_name
from abs_struct.waterfall.steps.step import WHOLE
from abs_struct.waterfall.trace import Trace, trace

#: Lines that keep a value, or add up: where they are nil there is nothing to open.
CARRIED = ("stock", "tally")
#: Expressions that are not called by the name of a line that happens to be the same.
SIMPLE = {*LEAVES, "const"}
SHARE, ITS_SHARE = "share", "its share"
#: The fields of the deal file whose numbers are yearly rates.
RATES = {"coupon", "margin", "rate", "pays", "receives", "earns", "floor", "cap", "commitment_fee", "shift", "base"}


@dataclass(frozen=True)
class Explanation:
    """One value and where it comes from.

    path, period : which line, and of which period; an input of the deal has period None
    label : in words; unit : of its line ("number" for an input)
    formula : in the words of the formula language, "" where the value is given
    figures : the same formula with the values in place of the names
    place : the clause or field of the deal file, or the tape
    children : what the formula reads
    """

    path: str
    period: int | None
    label: str
    unit: str
    value: float
    formula: str = ""
    figures: str = ""
    place: str = ""
    children: tuple[Explanation, ...] = ()
    repeated: bool = False

    def walk(self) -> Iterator[Explanation]:
        """This node and all below it."""
        yield self
        for child in self.children:
            yield from child.walk()

    def as_dict(self) -> dict[str, Any]:
        """The tree as JSON holds it."""
        return {
            "path": self.path, "period": self.period, "label": self.label, "unit": self.unit,
            "value": number(self.value), "formula": self.formula, "figures": self.figures, "place": self.place,
            "children": [child.as_dict() for child in self.children],
        }  # fmt: skip


def explain(result: Result, line: str, period: int, depth: int = 3) -> Explanation:
    """Explain a line's value in one period.

    Parameters
    ----------
    result : a run of one scenario with all its lines
    line : its path, such as "notes.B.interest_paid"
    period : 0 (closing) to T
    depth : how many levels of inputs are opened

    Returns
    -------
    Explanation, the root of the tree

    Raises
    ------
    UsageError : no such line or period
    """
    if line not in result.lines:
        raise UsageError(f"the deal has no line '{line}'{nearest(line, result.lines)}")
    if not 0 <= period <= result.lines.periods:
        raise UsageError(f"period {period} does not exist; the periods are 0 (closing) to {result.lines.periods}")
    return Explainer(result, trace(result.program)).node(line, period, depth)


def without(node: Explanation, base: Result) -> float | None:
    """What a value of an explanation is in another run of the deal; None where it has no such line or input."""
    if node.period is None:
        value = base.program.inputs.get(node.path)
        return None if value is None else float(value)
    if node.path not in base.lines or node.period > base.lines.periods:
        return None
    return float(base.lines[node.path][node.period])


class Explainer:
    """One explanation: opens each value once, and nothing that paid nothing."""

    def __init__(self, result: Result, traced: Trace) -> None:
        self.result = result
        self.trace = traced
        self.opened: set[tuple[str, int]] = set()
        self.labels = result.program.labels
        self.sections = {part.name: part for part in result.program.parts if isinstance(part, Section)}
        self.clauses = {
            path: (section, number, clause, leg)
            for section in self.sections.values()
            for number, clause in enumerate(section.clauses, 1)
            for leg, path in sorted(clause.legs.items(), key=lambda item: item[0] != WHOLE)
        }
        self.known = {id(node): path for path, node in traced.formulas.items() if node.args and node.op not in SIMPLE}

    @cached_property
    def held(self) -> dict[tuple[str, str], list[bool]]:
        """Whether the condition of each clause held, period by period."""
        with_condition = {(s.name, c.name) for s, _, c, _ in self.clauses.values() if c.step.when is not None}
        return conditions(self.result.program, with_condition)

    def node(self, path: str, period: int, depth: int, above: str = "") -> Explanation:
        """A line with what it reads; a line that was opened before, or that paid nothing, is named only."""
        known = self.trace.lines.get(path)
        value = float(self.result.lines[path][period])
        unit = known.unit if known else "number"
        idle, label = self.idle(path, period), self.label(path, known)
        found = Explanation(path, period, f"{label}{idle}", unit, value, place=self.place(path, known))
        if above and (idle or (value == 0.0 and known is not None and known.kind in CARRIED)):
            return found
        formula, at = self.formula(path, period, known)
        if formula is None:
            return found
        if next(leaves(formula), None) is None:
            return replace(found, formula=str(formula))
        shown = self.shown(formula, path)
        found = replace(found, formula=str(in_words(shown)), figures=self.figures(shown, at))
        if (path, period) in self.opened:
            return replace(found, repeated=True)
        if self.asleep(path, period):
            return found
        if shares := self.shares(path, at):
            found = replace(found, label=f"{found.label}; {shares}")
        if depth <= 0:
            return found
        self.opened.add((path, period))
        children = tuple(self.leaf(leaf, at, depth - 1, path) for leaf in distinct(in_words(shown)))
        return replace(found, children=children)

    def idle(self, path: str, period: int) -> str:
        """Why a payment of a clause is nil, or nothing where it paid."""
        owner, _, name = path.rpartition(".")
        if owner not in self.clauses or period == 0 or name not in {"paid", "due"}:
            return ""
        if float(self.result.lines[path][period]) != 0.0:
            return ""
        section, _, clause, _ = self.clauses[owner]
        if self.asleep(path, period):
            return " (its section is not in force)"
        if clause.step.when is not None and not self.held[section.name, clause.name][period - 1]:
            return " (its condition does not hold)"
        return " (paid nothing)" if name == "paid" else " (nothing is due)"

    def asleep(self, path: str, period: int) -> bool:
        """Whether a clause belongs to a section that distributes no cash in this period."""
        words = path.split(".")
        if words[0] != "waterfall" or period == 0:
            return False
        return float(self.result.lines[f"sections.{words[1]}.in_force"][period]) < 0.5

    def formula(self, path: str, period: int, known: Line | None) -> tuple[Symbol | None, int]:
        """The expression of a line and the period in which it is read; a constant's is that of closing."""
        if known is not None and known.kind == "constant":
            period = 0
        if period == 0:
            return self.trace.openings.get(path), 0
        return self.trace.formula(path), period

    def leaf(self, leaf: Symbol, period: int, depth: int, above: str) -> Explanation:
        """An input of the deal, or a line of this or an earlier period."""
        if leaf.op == "input":
            return self.input(str(leaf.args[0]))
        path, ago = leaf.args
        if leaf.op == "at":
            return self.node(path, ago, depth, above)
        other = ago != 0  # its formula is told; what it was made of is explained by asking for that period
        last = self.result.lines.periods
        return self.node(path, min(max(period - ago, 0), last), 0 if other else depth, above)

    # ---- formulas in fewer words ----------------------------------------------------------------------

    def shown(self, node: Symbol, path: str) -> Symbol:
        """A formula in which a part that is a line by itself is called by its name, and a share is one leaf."""
        share = self.share_of(path)

        def folded(part: Symbol) -> Symbol:
            if part is share:
                return Symbol(SHARE, (part,))
            known = self.known.get(id(part))
            if known is not None and part is not node:
                return line(known)
            return Symbol(part.op, tuple(folded(arg) if isinstance(arg, Symbol) else arg for arg in part.args))

        return folded(node)

    def share_of(self, path: str) -> Symbol | None:
        """The part of a payment's formula that is its share among others; None where it does not share."""
        owner, _, name = path.rpartition(".")
        if name not in {"due", "paid"} or owner not in self.clauses or len(self.clauses[owner][2].step.targets) == 1:
            return None
        formula = self.trace.formula(path)
        return None if formula is None or not divides(formula) else sharing(formula)

    def shares(self, path: str, period: int) -> str:
        """What part of what is divided a payment gets: `its share is 68.66% of 28,819.81`."""
        mine = self.share_of(path)
        if mine is None:
            return ""
        owner, _, name = path.rpartition(".")
        _, _, clause, leg = self.clauses[owner]
        source = leg.partition(DRAWN)[2]
        others = [at for other, at in clause.legs.items() if other != WHOLE and other.partition(DRAWN)[2] == source]
        parts = [self.share_of(f"{other}.{name}") for other in others]
        whole = sum(self.worth(part, period) for part in parts if part is not None)
        return f"its share is {self.worth(mine, period) / whole:.2%} of {whole:,.2f}" if whole > 0.0 else ""

    def worth(self, node: Symbol, period: int) -> float:
        """The value of a part of a formula."""
        lines, inputs = self.result.lines, self.result.program.inputs

        def read(leaf: Symbol) -> float:
            if leaf.op == "input":
                return float(inputs[leaf.args[0]])
            path, ago = leaf.args
            at = ago if leaf.op == "at" else period - ago
            return float(lines[path][at]) if 0 <= at < len(lines[path]) else 0.0

        return float(evaluate(node, read))

    def input(self, key: str) -> Explanation:
        """A number of the deal, with its line in the file or the change that set it."""
        document = self.result.document
        base = key.split("#", maxsplit=1)[0]
        place = str(document.place(where_of(base, document)))
        changed = next((path for path in document.changes if base == path or base.startswith(f"{path}.")), None)
        if changed is not None:
            place = f"--set {changed}={document.changes[changed]}"
        value = float(self.result.program.inputs[key])
        return Explanation(key, None, "input of the deal", input_unit(key, value), value, place=place)

    def figures(self, formula: Symbol, period: int) -> str:
        """The formula with values in place of names."""
        return str(self.valued(formula, period))

    def valued(self, node: Symbol, period: int) -> Symbol:
        """The expression with every leaf replaced by its value as a word."""
        if node.op == "input":
            value = float(self.result.program.inputs[node.args[0]])
            return Symbol("line", (figure(value, input_unit(node.args[0], value)), 0))
        if node.op == SHARE:
            return Symbol("line", (figure(self.worth(node.args[0], period), "money"), 0))
        if node.op in {"line", "at"}:
            path, ago = node.args
            known = self.trace.lines.get(path)
            at = ago if node.op == "at" else period - ago
            series = self.result.lines[path]
            value = float(series[at]) if 0 <= at < len(series) else 0.0
            return Symbol("line", (figure(value, known.unit if known else "number"), 0))
        return Symbol(node.op, tuple(self.valued(a, period) if isinstance(a, Symbol) else a for a in node.args))

    def label(self, path: str, known: Line | None) -> str:
        """A line in words: `Class B: interest paid`."""
        owner, _, name = path.rpartition(".")
        said = known.en if known is not None else name.replace("_", " ")
        if owner in self.clauses:
            owners = self.clause_words(owner)
        else:
            owners = owner.removeprefix("indices.") if owner.startswith("indices.") else self.labels.get(owner, "")
        text = f"{owners}: {said[:1].lower()}{said[1:]}" if owners else said
        if name == "coupon" and owner.startswith("notes."):
            text += f", {coupon_words(self.result.terms.notes[owner.removeprefix('notes.')].coupon)}"
        return text

    def clause_words(self, owner: str) -> str:
        """A clause in words, and which of its payments: `revenue, 4. Interest on Class A and Class X (Class A)`."""
        section, number, clause, leg = self.clauses[owner]
        if clause.step.name:
            text = clause.step.name.replace("_", " ")
        else:
            text = clause.step.heading(lambda part, name: spoken_name(part, name, self.labels))
        words = f"{section.name.replace('_', ' ')}, {number}. {text[:1].upper()}{text[1:]}"
        target, _, source = leg.partition(DRAWN) if leg != WHOLE else ("", "", "")
        part = clause.step.owners().get(clause.step.word, "")
        which = [spoken_name(part, target.rstrip("."), self.labels)] if target else []
        which += [f"from {spoken_name('support', source, self.labels)}"] if source else []
        return f"{words} ({' '.join(which)})" if which else words

    def place(self, path: str, known: Line | None) -> str:
        """Where the deal file (or the tape) says so."""
        words = path.split(".")
        document = self.result.document
        where: Where = ()
        if words[0] == "indices":
            where = ("assumptions", *words[:2])
            return str(document.place(where)) if where in document.lines else ""
        if known is not None and known.kind == "data":
            if words[0] == "cohorts" or path == "pool.cutoff_balance":
                return f"tape {self.result.collateral.tape.file}"
            return str(document.place(("dates",))) if "dates" in document.tree else ""
        if words[0] == "waterfall":
            where = self.clause(words[1], words[2])
        elif words[0] == "sections":
            where = ("waterfall", words[1])
        elif words[0] in {"pool", "groups", "cohorts"}:
            where = ("assumptions",)
        elif len(words) > 1 and isinstance(document.tree.get(words[0]), dict):
            where = (words[0], words[1])
        return str(document.place(where)) if where and where in document.lines else ""

    def clause(self, section: str, name: str) -> Where:
        """The path of a clause in the deal file."""
        tree: Any = self.result.document.tree["waterfall"][section]
        clauses = [clause.name for clause in self.sections[section].clauses]
        inner: Where = ("steps",) if isinstance(tree, dict) else ()
        return ("waterfall", section, *inner, clauses.index(name)) if name in clauses else ("waterfall", section)


def divides(node: Symbol) -> bool:
    """Whether an expression divides anything."""
    return node.op == "ratio" or any(divides(arg) for arg in node.args if isinstance(arg, Symbol))


def sharing(node: Symbol) -> Symbol:
    """The outermost part that divides: below what limits it, and below the condition of its clause."""
    gate = node.op == "where" and node.args[2].op == "const"
    if gate or node.op in {"min", "max"}:
        return next(sharing(arg) for arg in node.args if divides(arg))
    return node


def in_words(node: Symbol) -> Symbol:
    """The expression with a share as a word."""
    if node.op == SHARE:
        return line(ITS_SHARE)
    return Symbol(node.op, tuple(in_words(arg) if isinstance(arg, Symbol) else arg for arg in node.args))


def input_unit(key: str, value: float) -> str:
    """How a number of the deal is printed: what a coupon or a rate is made of as a rate."""
    words = key.split("#", maxsplit=1)[0].split(".")
    return "rate" if abs(value) < 1.0 and "#" not in key and not RATES.isdisjoint(words[2:]) else "number"


def distinct(formula: Symbol) -> list[Symbol]:
    """What a formula reads, each once."""
    return list({(leaf.op, *leaf.args): leaf for leaf in leaves(formula) if leaf.args[0] != ITS_SHARE}.values())


def figure(value: float, unit: str) -> str:
    """A value as an explanation prints it.

    >>> figure(1234.5, "money"), figure(0.05, "number"), figure(1.0, "flag"), figure(0.015, "rate")
    ('1,234.50', '0.05', '1', '1.5%')
    """
    if unit == "money":
        return f"{value:,.2f}"
    if unit == "rate" and abs(value) < 100.0:
        return f"{100.0 * value:.8g}%"
    return f"{value:,.0f}" if value == round(value) and abs(value) >= 1000.0 else f"{value:.10g}"
