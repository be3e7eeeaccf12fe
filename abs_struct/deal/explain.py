"""Explain: why a line has its value in a period - its formula, its inputs, down to the deal file and the tape."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

from abs_struct.core.arithmetic.symbols import Symbol, leaves
from abs_struct.core.findings import UsageError, nearest
from abs_struct.core.lines import Line
from abs_struct.deal.build import where_of
from abs_struct.deal.load import Where
from abs_struct.deal.result import Result
from abs_struct.deal.summary import number
from abs_struct.waterfall.section import Section
from abs_struct.waterfall.trace import Trace, trace


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


class Explainer:
    """One explanation: opens each value once."""

    def __init__(self, result: Result, traced: Trace) -> None:
        self.result = result
        self.trace = traced
        self.opened: set[tuple[str, int]] = set()
        self.labels = result.program.labels
        self.sections = {part.name: part for part in result.program.parts if isinstance(part, Section)}

    def node(self, path: str, period: int, depth: int) -> Explanation:
        """A line with what it reads; a line that was opened before is named only."""
        known = self.trace.lines.get(path)
        value = float(self.result.lines[path][period])
        found = Explanation(
            path,
            period,
            self.label(path, known),
            known.unit if known else "number",
            value,
            place=self.place(path, known),
        )
        formula, at = self.formula(path, period, known)
        if formula is None:
            return found
        if next(leaves(formula), None) is None:
            return replace(found, formula=str(formula))
        found = replace(found, formula=str(formula), figures=self.figures(formula, at))
        if self.asleep(path, period):
            return replace(found, label=f"{found.label} (its section is not in force)")
        if (path, period) in self.opened:
            return replace(found, repeated=True)
        if depth <= 0:
            return found
        self.opened.add((path, period))
        children = tuple(self.leaf(leaf, at, depth - 1) for leaf in distinct(formula))
        return replace(found, children=children)

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

    def leaf(self, leaf: Symbol, period: int, depth: int) -> Explanation:
        """An input of the deal, or a line of this or an earlier period."""
        if leaf.op == "input":
            return self.input(str(leaf.args[0]))
        return self.node(leaf.args[0], period - leaf.args[1], depth)

    def input(self, key: str) -> Explanation:
        """A number of the deal, with its line in the file or the change that set it."""
        document = self.result.document
        base = key.split("#", maxsplit=1)[0]
        place = str(document.place(where_of(base, document)))
        changed = next((path for path in document.changes if base == path or base.startswith(f"{path}.")), None)
        if changed is not None:
            place = f"--set {changed}={document.changes[changed]}"
        return Explanation(
            key, None, "input of the deal", "number", float(self.result.program.inputs[key]), place=place
        )

    def figures(self, formula: Symbol, period: int) -> str:
        """The formula with values in place of names."""
        return str(self.valued(formula, period))

    def valued(self, node: Symbol, period: int) -> Symbol:
        """The expression with every leaf replaced by its value as a word."""
        if node.op == "input":
            return Symbol("line", (figure(float(self.result.program.inputs[node.args[0]]), "number"), 0))
        if node.op in {"line", "at"}:
            path, ago = node.args
            known = self.trace.lines.get(path)
            at = ago if node.op == "at" else period - ago
            value = float(self.result.lines[path][at]) if at >= 0 else 0.0
            return Symbol("line", (figure(value, known.unit if known else "number"), 0))
        return Symbol(node.op, tuple(self.valued(a, period) if isinstance(a, Symbol) else a for a in node.args))

    def label(self, path: str, known: Line | None) -> str:
        """A line in words: `Class B, interest paid`."""
        owner, _, name = path.rpartition(".")
        said = known.en if known is not None else name.replace("_", " ")
        owners = self.labels.get(owner, "")
        if owner.startswith("waterfall."):
            owners = owner.split(".", 2)[2].replace(".", ", ").replace("_", " ")
        return f"{owners}: {said[:1].lower()}{said[1:]}" if owners else said

    def place(self, path: str, known: Line | None) -> str:
        """Where the deal file (or the tape) says so."""
        words = path.split(".")
        document = self.result.document
        if known is not None and known.kind == "data":
            if words[0] == "cohorts" or path == "pool.cutoff_balance":
                return f"tape {self.result.collateral.tape.file}"
            return str(document.place(("dates",))) if "dates" in document.tree else ""
        where: Where = ()
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


def distinct(formula: Symbol) -> list[Symbol]:
    """What a formula reads, each once."""
    return list({(leaf.op, *leaf.args): leaf for leaf in leaves(formula)}.values())


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
