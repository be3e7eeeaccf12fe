"""A template filled from a run: numbered lines that cite each other, and tie-outs with both sides."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import cached_property

from abs_struct.core.findings import UsageError
from abs_struct.core.formula import Formula
from abs_struct.deal.result import Result
from abs_struct.handoff.forms.cited import NOTHING, spelled
from abs_struct.handoff.forms.figures import Figures, Missing, Owner, Value, known_fact, rounded, text_of, worked_out
from abs_struct.handoff.forms.owners import owners_of
from abs_struct.handoff.forms.printed import Cell, Report, Row, Table, TiedOut
from abs_struct.handoff.forms.template import Column, Figure, Section, Template, TieOut
from abs_struct.handoff.forms.words import LETTERS, WORDS

MOST_CHECKS = 400


@dataclass(frozen=True)
class Place:
    """A line in its place: its figure, whose it is, and its number."""

    section: Section
    figure: Figure
    owner: Owner | None
    number: int


@dataclass
class Filling:
    """A template on its way to a report."""

    template: Template
    name: str
    result: Result
    payment: int
    language: str
    busy: set[tuple[str, str, int]] = field(default_factory=set)
    kept: dict[tuple[str, str, int], Value] = field(default_factory=dict)
    known: dict[str, list[Owner]] = field(default_factory=dict)

    @cached_property
    def figures(self) -> Figures:
        """The lines of the run by payment date."""
        return Figures(self.result)

    def owners(self, each: str | None) -> list[Owner]:
        """The rows of something, in the order of the deal."""
        if not each:
            return []
        if each not in self.known:
            self.known[each] = owners_of(self.figures, each, self.language)
        return self.known[each]

    @cached_property
    def sections(self) -> list[Section]:
        """The sections that the deal has a use for."""
        found = []
        for section in self.template.sections:
            if section.when and not self.present(Formula(section.when), None, f"{section.id}.when"):
                continue
            if section.each and not self.owners(section.each):
                continue
            found.append(section)
        return found

    @cached_property
    def columns(self) -> dict[str, list[tuple[Column, Owner | None]]]:
        """The columns of each table that the deal has a use for, one for each class where a column says so."""
        found: dict[str, list[tuple[Column, Owner | None]]] = {}
        for section in self.sections:
            if section.each is None:
                continue
            kept: list[tuple[Column, Owner | None]] = []
            for column in section.columns:
                owners = self.owners(column.each) if column.each else [None]
                for owner in owners:
                    rows = [owner] if owner else self.owners(section.each)
                    where = f"{section.id}.{column.id}"
                    if any(self.present(column.value, row, where, column.when) for row in rows):
                        kept.append((column, owner))
            found[section.id] = kept
        return found

    @cached_property
    def places(self) -> dict[str, list[Place]]:
        """Every numbered line by its name: lines by their own, rows of tables by that of the section."""
        found: dict[str, list[Place]] = {}
        number = 0
        for section in self.sections:
            for figure in section.lines:
                for owner in self.owners(figure.each) if figure.each else [None]:
                    if self.present(figure.value, owner, f"{section.id}.{figure.id}", figure.when):
                        number += 1
                        found.setdefault(figure.id, []).append(Place(section, figure, owner, number))
            for owner in self.owners(section.each):
                number += 1
                found.setdefault(section.id, []).append(Place(section, section.columns[0], owner, number))
        return found

    def present(self, formula: Formula, owner: Owner | None, where: str, when: str | None = None) -> bool:
        """Whether the deal has anything that a formula reads."""
        try:
            if when is not None and not self.figures.has(self.own(when, owner)):
                return False
            names = [self.own(name, owner) for name in sorted(formula.names())]
            read = [name for name in names if not name.startswith(("lines.", "columns."))]
            lines = [name for name in read if not known_fact(name)]
            found = [self.figures.has(name) for name in lines]  # all are looked at, so all are known
            return not lines or any(found)
        except Missing as near:
            raise UsageError(
                f"the template {self.name}, {where}: no line is called so in '{text_of(formula)}'{near}"
            ) from None

    def own(self, name: str, owner: Owner | None) -> str:
        """A name with what it is about: `own.balance` is notes.A.balance in the row of class A."""
        for prefix in ("", "initial.", "to_date."):
            if owner and name.startswith(f"{prefix}own."):
                return f"{prefix}{owner.path}.{name.removeprefix(f'{prefix}own.')}"
        return name

    def work(self, formula: Formula, owner: Owner | None, k: int, row: dict[str, Column] | None = None) -> Value:
        """A formula in the row of an owner, on a payment date."""
        return worked_out(formula.tree, k, lambda name, at: self.read(name, owner, at, row or {}))

    def read(self, name: str, owner: Owner | None, k: int, row: dict[str, Column]) -> Value:
        """What a name stands for."""
        from abs_struct.handoff.forms.facts import FACTS, TERMS

        word, _, rest = name.partition(".")
        if word == "lines":
            return self.referred(rest, owner, k)
        if word == "columns":
            if rest not in row:
                raise UsageError(f"the template {self.name}: no column '{rest}' in this table")
            return self.work(row[rest].value, owner, k, row)
        if word == "facts":
            return FACTS[rest](self.figures, k) if k >= 1 else None
        if word == "terms" and owner is not None:
            return TERMS[rest](self.figures, owner.path.partition(".")[2], k)
        full = self.own(name, owner)
        if owner is not None and full != name and not self.figures.has(full):
            return 0.0
        if owner is not None and owner.path.startswith("waterfall.") and full != name:
            return self.clause(owner, full, k)
        return self.figures.value(full, k)

    def clause(self, owner: Owner, path: str, k: int) -> float:
        """A line of a payment of the waterfall; nothing is due under a section that is not in force."""
        force = f"sections.{owner.group}.in_force"
        if force in self.result.lines and (self.figures.line(force, k) or 0.0) < 0.5:
            return 0.0
        return self.figures.line(path, k) or 0.0

    def referred(self, name: str, owner: Owner | None, k: int) -> Value:
        """Another line of the report, or the total of a column of one of its tables."""
        first, _, column = name.partition(".")
        if first not in self.places:
            if any(first == figure.id for section in self.template.sections for figure in section.lines):
                return 0.0  # a line that this deal has not
            if any(first == section.id for section in self.template.sections):
                return 0.0
            raise UsageError(f"the template {self.name}: no line 'lines.{name}'")
        places = self.places[first]
        own = [place for place in places if owner is not None and place.owner == owner]
        total, seen = 0.0, None
        for place in own or places:
            seen = self.at(place, column, k)
            if not isinstance(seen, float):
                if len(own or places) == 1:
                    return seen
                return None
            total += seen
        return total

    def at(self, place: Place, column: str, k: int) -> Value:
        """The figure of a line on a payment date; the same one is worked out once."""
        key = (f"{place.number}", column, k)
        if key in self.busy:
            raise UsageError(f"the template {self.name}: the line {place.figure.id} follows from itself")
        if key not in self.kept:
            self.busy.add(key)
            try:
                self.kept[key] = self.fresh(place, column, k)
            finally:
                self.busy.discard(key)
        return self.kept[key]

    def fresh(self, place: Place, column: str, k: int) -> Value:
        """The figure of a line on a payment date."""
        if k < 1:
            return None
        figure, row = place.figure, {}
        if place.section.each:
            row = {column.id: column for column in place.section.columns}
            if column not in row:
                raise UsageError(f"the template {self.name}: the table {place.section.id} has no column '{column}'")
            figure = row[column]
        at = place.owner.at if place.owner and place.owner.at else k
        value = self.work(figure.value, place.owner, at, row)
        return rounded(value, figure.decimals) if isinstance(value, float) and figure.decimals is not None else value

    # ---------------------------------------------------------------- what is printed

    def table(self, at: int, section: Section) -> Table:
        """A section as it is printed."""
        title = f"{LETTERS[at % 26]}. {section.say(self.language)}"
        note = section.note.say(self.language) if section.note else ""
        if section.each is None:
            rows = [row for figure in section.lines for row in self.line_rows(figure)]
            return Table(section.id, title, (WORDS["amount"][self.language],), ("value",), tuple(rows), note)
        columns = self.columns[section.id]
        several = len(columns) > 1
        heads, keys = [], []
        for n, (column, owner) in enumerate(columns):
            said = column.say(self.language).replace("{label}", owner.label if owner else "")
            letter = f"({LETTERS[n % 26].lower()}) " if several and section.each != "payments" else ""
            heads.append(f"{letter}{said}")
            keys.append(f"{column.id}.{owner.path}" if owner else column.id)
        rows = [*self.table_rows(section, columns)]
        cites = [text for text in (self.column_cites(section, columns)) if text]
        note = " ".join(filter(None, [note, "; ".join(cites)]))
        return Table(section.id, title, tuple(heads), tuple(keys), tuple(rows), note)

    def line_rows(self, figure: Figure) -> Iterator[Row]:
        """The lines of a figure: one, or one for each class."""
        for place in self.places.get(figure.id, []):
            if place.figure is not figure:
                continue
            said = figure.say(self.language).replace("{label}", place.owner.label if place.owner else "")
            key = figure.code or ".".join(filter(None, (figure.id, place.owner.path if place.owner else "")))
            label = f"{figure.code} {said}" if figure.code else said
            value = self.at(place, "", self.payment)
            cites = self.cites(figure.value, place)
            yield Row(place.number, key, label, (Cell(value, figure.kind),), cites, (text_of(figure.value),))

    def table_rows(self, section: Section, columns: Sequence[tuple[Column, Owner | None]]) -> Iterator[Row]:
        """The rows of a table, headings between sections of the waterfall, and totals."""
        sources = tuple(text_of(column.value) for column, _ in columns)
        totals: list[float | None] = [0.0 if column.total else None for column, _ in columns]
        group = ""
        for place in self.places.get(section.id, []):
            assert place.owner is not None
            if place.owner.group != group:
                group = place.owner.group
                yield Row(None, "", group.replace("_", " ").capitalize(), (), style="group")
            cells = []
            for n, (column, owner) in enumerate(columns):
                value = self.cell(place, column, owner)
                cells.append(Cell(value, column.kind))
                if (total := totals[n]) is not None and isinstance(value, float):
                    totals[n] = total + value
            yield Row(place.number, f"{section.id}.{place.owner.path}", place.owner.label, tuple(cells),
                      "", sources)  # fmt: skip
        if any(total is not None for total in totals):
            cells = [Cell(total if total is not None else "", column.kind) for total, (column, _) in
                     zip(totals, columns, strict=True)]  # fmt: skip
            yield Row(None, f"{section.id}.total", WORDS["total"][self.language], tuple(cells), style="total")

    def cell(self, place: Place, column: Column, owner: Owner | None) -> Value:
        """A cell of a table; blank where the row has none of the lines of the column."""
        assert place.owner is not None
        about = owner or place.owner
        if not self.present(column.value, about, place.section.id):
            return ""
        if owner is None:
            return self.at(place, column.id, self.payment)
        value = self.work(column.value, owner, place.owner.at or self.payment)
        return rounded(value, column.decimals) if isinstance(value, float) and column.decimals is not None else value

    def column_cites(self, section: Section, columns: Sequence[tuple[Column, Owner | None]]) -> Iterator[str]:
        """How columns follow from each other: `(d) = (b) - (c)`."""
        if section.each == "payments":
            return
        letters = {column.id: f"({LETTERS[n % 26].lower()})" for n, (column, _) in enumerate(columns)}
        for column, _ in columns:
            names = column.value.names()
            if names and all(name.startswith("columns.") for name in names):
                seen = {name: letters.get(name.removeprefix("columns."), NOTHING) for name in names}
                yield f"{letters[column.id]} = {spelled(column.value.tree, seen)}"

    def cites(self, formula: Formula, place: Place | None) -> str:
        """How a line follows from others: `(5) - (6)`; nothing where it reads the run."""
        names = formula.names()
        if not names or not all(name.startswith("lines.") for name in names):
            return ""
        seen = {name: self.number(name.removeprefix("lines."), place.owner if place else None) for name in names}
        text = spelled(formula.tree, seen)
        return f"({place.number}) = {text}" if place else text

    def number(self, name: str, owner: Owner | None) -> str:
        """The number by which a line is cited; a range where it is several."""
        first, _, column = name.partition(".")
        places = self.places.get(first, [])
        own = [place for place in places if owner is not None and place.owner == owner] or places
        letter = ""
        if column and own:
            known = [found.id for found, _ in self.columns[own[0].section.id]]
            letter = LETTERS[known.index(column) % 26].lower() if column in known and len(known) > 1 else ""
        if not own:
            return NOTHING
        if len(own) == 1:
            return f"({own[0].number}{letter})"
        return f"{WORDS['sum'][self.language]}({own[0].number}{letter}-{own[-1].number}{letter})"

    def tie_outs(self) -> Iterator[TiedOut]:
        """Every tie-out of the template, then the checks of the run: all of a whole life, those that failed else."""
        for check in self.template.checks:
            for owner in self.owners(check.each) if check.each else [None]:
                where = f"checks.{check.id}"
                if not self.present(check.left, owner, where, check.when):
                    continue
                if not self.present(check.right, owner, where):
                    continue
                yield self.tied(check, owner)
        for found in self.result.checks[:MOST_CHECKS]:
            if self.template.of == "life" or not found.all_passed:
                gap = float(found.difference)
                yield TiedOut(found.id, found.statement, found.left, found.right, found.tolerance, gap,
                              found.all_passed)  # fmt: skip

    def tied(self, check: TieOut, owner: Owner | None) -> TiedOut:
        """A tie-out worked out; a side without a value fails."""
        sides = [self.work(formula, owner, self.payment) for formula in (check.left, check.right, check.tolerance)]
        left, right, tolerance = (float(side) if isinstance(side, float) else float("nan") for side in sides)
        said = check.say(self.language).replace("{label}", owner.label if owner else "")
        cited = [self.cites(formula, None) for formula in (check.left, check.right)]
        said = f"{said}: {cited[0]} = {cited[1]}" if all(cited) else said
        key = ".".join(filter(None, (check.id, owner.path if owner else "")))
        gap = left - right
        return TiedOut(key, said, left, right, tolerance, gap, abs(gap) <= tolerance)


def filled(result: Result, template: Template, name: str, payment: int, language: str) -> Report:
    """A template filled for one payment date.

    Parameters
    ----------
    result : a run of one scenario with all its lines
    template, name : the template, and what it is called
    payment : the number of the payment date, 1 for the first
    language : "en" or "zh"

    Returns
    -------
    Report

    Raises
    ------
    UsageError : a line of the template that means nothing
    """
    if template.of == "life":
        payment = Figures(result).last
    filling = Filling(template, name, result, payment, language)
    tables = tuple(filling.table(at, section) for at, section in enumerate(filling.sections))
    tables = tuple(table for table in tables if table.rows)
    day = result.dates[filling.figures.payments[payment]]
    when = WORDS["whole life"][language] if template.of == "life" else f"{WORDS['payment date'][language]} {day}"
    document, tape = result.document, result.collateral.tape
    stamp = f"{result.terms.name}   deal file {document.sha256[:12]}   tape {tape.sha256[:12]}"
    left_out = tuple(f"{entry.codes}: {entry.say(language)}" for entry in template.left_out)
    return Report(
        name, f"{result.terms.name}: {template.title.say(language)}",
        f"{when}; {result.terms.currency}; {template.basis.say(language)}",
        stamp, language, tables, tuple(filling.tie_outs()), left_out, template.of == "life",
    )  # fmt: skip
