"""What a template file says: sections, their lines or columns, and tie-outs, each label in English and Chinese.

A section is a list of lines with one figure each, or a table: a row for each class, fee, account, trigger, clause or
payment date, and columns. A figure is a formula of the deal language over lines of the run, other lines of the report
(`lines.opening`, `lines.note_balances.closing`) and facts (`facts.collection_start`, `terms.rating`).
"""

from __future__ import annotations

from pathlib import Path
from typing import Literal

from pydantic import Field, ValidationError

from abs_struct.core.findings import UsageError, listed, nearest
from abs_struct.core.formula import Formula
from abs_struct.tape.layout import read_yaml
from abs_struct.terms.base import Terms, problems

FOLDER = Path(__file__).parent / "templates"
EACH = Literal["notes", "fees", "accounts", "facilities", "hedges", "triggers", "clauses", "payments"]
KIND = Literal[
    "money", "percent", "rate", "factor", "per_unit", "per_hundred", "years", "whole", "date", "text", "yes_no"
]


class Label(Terms):
    """A label in both languages; `{label}` stands for the class, fee or account of a row."""

    en: str
    zh: str

    def say(self, language: str) -> str:
        """The label in one language."""
        return self.zh if language == "zh" else self.en


class Figure(Label):
    """A line or a column: its name in formulas, its label, and what it prints.

    when : a line of the run without which the deal has no use for it; each : a line or column for each of these
    """

    id: str
    kind: KIND = "money"
    value: Formula
    each: EACH | None = None
    when: str | None = None
    decimals: int | None = Field(default=None, ge=0, le=10)
    code: str | None = None


class Column(Figure):
    """A column of a table; `total` adds it up below."""

    total: bool = False


class Section(Label):
    """A section of a report: lines, or a table of one row for each of something."""

    id: str
    lines: tuple[Figure, ...] = ()
    each: EACH | None = None
    columns: tuple[Column, ...] = ()
    note: Label | None = None
    when: str | None = None


class TieOut(Label):
    """Two figures that have to be equal, within a tolerance in currency units."""

    id: str
    left: Formula
    right: Formula
    each: EACH | None = None
    tolerance: Formula = Formula("0.005")
    when: str | None = None


class LeftOut(Label):
    """Fields of a regulator's form that the report leaves out, and why."""

    codes: str


class Template(Terms):
    """A whole template.

    of : "payment" for the report of one payment date, "life" for one of all of them
    """

    title: Label
    of: Literal["payment", "life"] = "payment"
    basis: Label
    sections: tuple[Section, ...]
    checks: tuple[TieOut, ...] = ()
    left_out: tuple[LeftOut, ...] = ()


def shipped() -> list[str]:
    """The names of the templates of the toolkit."""
    return sorted(file.stem for file in FOLDER.glob("*.yaml"))


def template_of(name: str) -> Template:
    """The template of a name, or of a .yaml file.

    Raises
    ------
    UsageError : no such template, or a file that is none, with its place
    """
    file = Path(name)
    if file.suffix not in {".yaml", ".yml"}:
        if name not in shipped():
            raise UsageError(
                f"--template {name}: no such template{nearest(name, shipped())} (templates: {listed(shipped())}; "
                "or a .yaml file of your own, or a workbook .xlsx to fill)"
            )
        file = FOLDER / f"{name}.yaml"
    written = read_yaml(file, "report template")
    try:
        return Template.model_validate(written)
    except ValidationError as error:
        path, sentence = problems(error, written)[0]
        raise UsageError(f"{file}: {f'{path}: ' if path else ''}{sentence}") from None
