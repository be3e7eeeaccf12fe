"""Sheets: which line lives on which sheet and in which column, with the words above it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from abs_struct.core.arithmetic.symbols import Symbol, leaves
from abs_struct.core.findings import AbsStructError
from abs_struct.core.lines import Line
from abs_struct.handoff.workbook.axis import CLOSING, FIRST_COLUMN, PAYMENT_DATE, PERIOD, Axis
from abs_struct.handoff.workbook.words import clean, entity_label, words
from abs_struct.waterfall.section import Clause, Section
from abs_struct.waterfall.sentences import EN, spoken_name
from abs_struct.waterfall.steps.step import WHOLE
from abs_struct.waterfall.trace import Trace

CURVES, COHORTS, POOL, WATERFALL, ACCOUNTS, TRIGGERS = (
    "Curves",
    "Cohorts",
    "Pool",
    "Waterfall",
    "Accounts and fees",
    "Triggers",
)
#: Before the sheets of the classes, and behind them.
BEFORE_CLASSES, BEHIND_CLASSES = (CURVES, COHORTS, POOL, WATERFALL), (ACCOUNTS, TRIGGERS)
#: Names of other sheets, and the one that spreadsheets keep for themselves.
TAKEN = ("Contents", "Summary", "Assumptions", "Yields", "Scenarios", "Sensitivity", "Checks", "Engine",
         "Data dictionary", "Source", "Vintages", "History")  # fmt: skip
FORBIDDEN, LONGEST = "[]:*?/\\'", 31
ASSUMPTIONS, SUMMARY = "Assumptions", "Summary"

#: On the summary: the row of the classes' headers, and the columns of their measures, both counted from 0.
NOTES_ROW = 7
MEASURE_COLUMNS = {"wal": 6, "yield_": 7, "interest_shortfall": 10, "principal_shortfall": 11}

#: Lines that number and date the periods.
CLOCKS = {"deal.period": PERIOD, "pool.period": PERIOD, "deal.payment_date": PAYMENT_DATE}

OWNERS = {
    "pool": POOL,
    "groups": POOL,
    "cohorts": COHORTS,
    "fees": ACCOUNTS,
    "accounts": ACCOUNTS,
    "facilities": ACCOUNTS,
    "hedges": ACCOUNTS,
    "indices": CURVES,
    "units": CURVES,
    "receivables": POOL,
    "revolving": POOL,
    "amounts": ACCOUNTS,
    "residuals": ACCOUNTS,
    "deal": ACCOUNTS,
    "triggers": TRIGGERS,
    "sections": WATERFALL,
    "waterfall": WATERFALL,
}


@dataclass(frozen=True)
class Column:
    """The place of a line along the axis of periods, and its three headers.

    index : its number on the sheet, the line's column where periods run down
    """

    path: str
    line: Line
    sheet: str
    index: int
    band: str
    group: str
    name: str

    @property
    def live(self) -> bool:
        """Whether it holds formulas (data lines hold values)."""
        return self.line.kind != "data"


@dataclass
class Layout:
    """The columns of all sheets with periods, and the lines that are constants."""

    axis: Axis
    columns: dict[str, Column] = field(default_factory=dict)
    constants: dict[str, Line] = field(default_factory=dict)
    widths: dict[str, int] = field(default_factory=dict)
    bands: dict[str, str] = field(default_factory=dict)  # of each sheet the section that was laid out last
    classes: dict[str, str] = field(default_factory=dict)  # name of a class -> its sheet

    @property
    def sheets(self) -> list[str]:
        """The sheets with periods, in the order of calculation."""
        return [*BEFORE_CLASSES, *self.classes.values(), *BEHIND_CLASSES]

    def sheet_of(self, path: str, line: Line) -> str:
        """The sheet on which a line lives: by what owns it; curves stand together but for the levels of triggers."""
        owner, name = path.split(".", maxsplit=2)[:2]
        if line.kind == "curve" and owner != "triggers":
            return CURVES
        return self.classes[name] if owner == "notes" else OWNERS[owner]

    def on(self, sheet: str) -> list[Column]:
        """The columns of a sheet, from left to right."""
        return [column for column in self.columns.values() if column.sheet == sheet]

    def add(self, sheet: str, path: str, line: Line, band: str, group: str, name: str) -> None:
        """Put a line into the next free column of a sheet."""
        index = self.widths.get(sheet, FIRST_COLUMN)
        if self.axis.headed and band != self.bands.get(sheet, ""):
            index += 1
        if max(self.axis.place(CLOSING, index)) >= self.axis.most:
            raise AbsStructError(
                f"the sheet '{sheet}' would need more than {self.axis.most:,} {self.axis.lines} at line {path}, the "
                "most that a spreadsheet holds; group the pool into fewer cohorts"
            )
        self.widths[sheet], self.bands[sheet] = index + 1, band
        self.columns[path] = Column(path, line, sheet, index, band, group, name)


def layout_of(trace: Trace, labels: Mapping[str, str], axis: Axis) -> Layout:
    """The layout of a program: lines that are computed, that are data, or that a formula reads."""
    layout = Layout(axis, classes=class_sheets(trace, labels))
    shown = lines_shown(trace)
    layout.widths[CURVES] = FIRST_COLUMN + 2  # years for lives and years for yields stand first
    for path in shown:
        if trace.lines[path].kind == "constant":
            layout.constants[path] = trace.lines[path]
    for sheet in (CURVES, COHORTS):
        for path in by_line(path for path in shown if layout.sheet_of(path, trace.lines[path]) == sheet):
            line = trace.lines[path]
            cohort = entity_label(trace.program, labels, path)
            layout.add(
                sheet,
                path,
                line,
                "",
                f"{line.en}" if path.startswith("cohorts.") else cohort,
                cohort if path.startswith("cohorts.") else line.en,
            )
    lay_waterfall(trace, labels, layout, set(shown))
    for path in shown:
        line = trace.lines[path]
        if path not in layout.columns and line.kind != "constant":
            layout.add(layout.sheet_of(path, line), path, line, "", entity_label(trace.program, labels, path), line.en)
    return layout


def lines_shown(trace: Trace) -> list[str]:
    """Every computed line, data, every other line that a formula reads, and all that the summary adds up."""
    known = {*trace.openings, *trace.curves, *trace.formulas}
    for formulas in (trace.openings, trace.curves, trace.formulas):
        for node in formulas.values():
            known.update(leaf.args[0] for leaf in leaves(node) if leaf.op in {"line", "at"})
    known.update(path for path, line in trace.lines.items() if line.kind == "data" or path.startswith("notes."))
    return [path for path in trace.lines if path in known and path not in CLOCKS]


def class_sheets(trace: Trace, labels: Mapping[str, str]) -> dict[str, str]:
    """The sheet of each class: its label, as a spreadsheet takes the name of a sheet, and unlike any other."""
    taken = {name.casefold() for name in (*BEFORE_CLASSES, *BEHIND_CLASSES, *TAKEN)}
    found: dict[str, str] = {}
    for path in trace.lines:
        owner, _, rest = path.partition(".")
        name = rest.partition(".")[0]
        if owner != "notes" or name in found:
            continue
        label = "".join(" " if sign in FORBIDDEN else sign for sign in clean(labels.get(f"notes.{name}", name)))
        label = label.replace("(", " (")  # or XlsxWriter takes `SORT(` for a function
        label = " ".join(label.split())[:LONGEST].strip() or "Class"
        sheet, count = label, 1
        while sheet.casefold() in taken:
            count += 1
            end = f" {count}"
            sheet = label[: LONGEST - len(end)].rstrip() + end
        taken.add(sheet.casefold())
        found[name] = sheet
    return found


def by_line(paths: Iterator[str] | list[str]) -> list[str]:
    """Paths of many alike entities, the same line of all of them side by side, so that a total is one SUM."""
    kept = list(paths)
    order: dict[str, int] = {}
    for path in kept:
        order.setdefault(key_of(path), len(order))
    return sorted(kept, key=lambda path: order[key_of(path)])


def key_of(path: str) -> str:
    """What cohorts have in common: the path without the number."""
    owner, _, name = path.rpartition(".")
    return f"cohorts.{name}" if owner.startswith("cohorts.") else path


def lay_waterfall(trace: Trace, labels: Mapping[str, str], layout: Layout, shown: set[str]) -> None:
    """Lay out the waterfall: its sections, their clauses in order, and due, paid and left of each payment."""
    for part in trace.program.parts:
        if isinstance(part, Section):
            band = words(part.name)
            for path in (f"sections.{part.name}.in_force", f"sections.{part.name}.available"):
                if path in shown:
                    layout.add(WATERFALL, path, trace.lines[path], band, "Section", trace.lines[path].en)
            for number, clause in enumerate(part.clauses, 1):
                title = f"{number}. {clause_title(clause, labels)}"
                for path, name in clause_lines(trace, labels, clause):
                    if path in shown:
                        layout.add(WATERFALL, path, trace.lines[path], band, title, name)


def clause_lines(trace: Trace, labels: Mapping[str, str], clause: Clause) -> Iterator[tuple[str, str]]:
    """The lines of a clause as a whole, then due, paid and left of each payment, each with its header."""
    owner = clause.step.owners().get(clause.step.word, "")
    payment = {"due", "paid", "left"}
    for leg, path in sorted(clause.legs.items(), key=lambda item: item[0] != WHOLE):
        said = "" if leg == WHOLE else leg_label(leg, owner, labels)
        for line in trace.program.slots[path].lines:
            if (line.name in payment) == (leg != WHOLE):
                yield f"{path}.{line.name}", f"{said}{line.en}"


def leg_label(leg: str, owner: str, labels: Mapping[str, str]) -> str:
    """`A.from_reserve` as `Class A from Reserve account: `; nothing for the clause's only payment."""
    spoken = []
    for word in filter(None, leg.split(".")):
        if word.startswith("from_"):
            account = word.removeprefix("from_")
            spoken.append(f"from {labels.get(f'accounts.{account}', words(account))}")
        else:
            spoken.append(labels.get(f"{owner}.{word}", words(word)))
    text = " ".join(spoken)
    return f"{text[:1].upper()}{text[1:]}: " if spoken else ""


def clause_title(clause: Clause, labels: Mapping[str, str], language: str = EN) -> str:
    """The clause's own name, or what it pays, in words; in Chinese always the words."""
    if clause.step.name and language == EN:
        return words(clause.step.name)
    text = clause.step.sentence(lambda owner, name: spoken_name(owner, name, labels, language), language)
    return text[:1].upper() + text[1:]


def node_of(trace: Trace, path: str) -> Symbol | None:
    """The formula of a line in a period after closing: its own, or last period's value of an untouched stock."""
    found = trace.formula(path)
    if found is None and trace.lines[path].kind == "stock":
        return Symbol("line", (path, 1))
    return found
