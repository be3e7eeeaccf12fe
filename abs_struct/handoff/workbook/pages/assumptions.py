"""Assumptions: the inputs of the deal in blue on pale yellow, and the amounts at closing."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from pydantic import BaseModel

from abs_struct.core.formula import Formula
from abs_struct.core.state import Program
from abs_struct.handoff.workbook.addresses import prefix
from abs_struct.handoff.workbook.book import Book, Sheet
from abs_struct.handoff.workbook.sheets import ASSUMPTIONS, FIRST_ROW, Layout
from abs_struct.handoff.workbook.words import entity_label, input_label, words

#: Rows are counted from 1; the first input stands here.
FIRST_INPUT = 9
CHANGED_CELL = "$C$5"
FORMULA_WIDTH = 76
HEADERS = (
    "Input",
    "Unit",
    "Value",
    "Engine's run",
    "Changed",
    "Field of the deal file",
    "Formula it stands in",
)
STRUCTURE = (
    "Whole numbers of the deal (lags, ramps, terms) and its dates are structure: they stand in the formulas and "
    "schedules as the engine ran them."
)
LITERAL = re.compile(r"(?<![\w.])(\d[\d_]*\.?\d*(?:[eE][+-]?\d+)?)\s*(%|bp)?")
GROUPS = {
    "assumptions": "Collateral",
    "notes": "Notes",
    "fees": "Fees",
    "accounts": "Accounts",
    "amounts": "Amounts",
    "triggers": "Triggers",
    "call": "Clean-up call",
    "waterfall": "Priority of payments",
}
UNITS = {"rate": "%", "money": "currency", "price": "per 100", "number": "number"}


def input_rows(program: Program) -> tuple[dict[str, int], dict[str, int]]:
    """The row of each input, and of each group's heading; neighbours of a group stay neighbours."""
    rows: dict[str, int] = {}
    headings: dict[str, int] = {}
    row = FIRST_INPUT
    for path in sorted(program.inputs, key=place_of):
        group = path.split(".")[0]
        if group not in headings:
            headings[group] = row
            row += 1
        rows[path] = row
        row += 1
    return rows, headings


def place_of(path: str) -> int:
    """Groups in their usual order; within a group inputs stay as the deal file has them."""
    groups, group = list(GROUPS), path.split(".", maxsplit=1)[0]
    return groups.index(group) if group in groups else len(groups)


def constant_rows(layout: Layout, inputs: dict[str, int]) -> dict[str, int]:
    """The row of each amount at closing, below the inputs."""
    start = max(inputs.values(), default=FIRST_INPUT) + 5
    return {path: start + at for at, path in enumerate(layout.constants)}


def formulas_of(value: Any) -> Iterator[Formula]:
    """Every formula of a document."""
    if isinstance(value, Formula):
        yield value
    elif isinstance(value, BaseModel):
        for name in type(value).model_fields:
            yield from formulas_of(getattr(value, name))
    elif isinstance(value, dict):
        for entry in value.values():
            yield from formulas_of(entry)
    elif isinstance(value, list | tuple):
        for entry in value:
            yield from formulas_of(entry)


def kind_of(path: str, formula: Formula | None, value: float) -> str:
    """Whether an input is a rate, an amount, a price or a plain number."""
    last = path.split("#", maxsplit=1)[0].rpartition(".")[2]
    if formula is not None:
        literals = LITERAL.findall(formula.text)
        at = int(path.partition("#")[2] or 0)
        if at < len(literals) and literals[at][1]:
            return "rate"
        return "money" if abs(value) >= 1_000.0 else "number"
    if last in {"plus", "cap"}:
        return "money"
    if "price" in last:
        return "price"
    return "rate" if abs(value) <= 1.0 and not path.startswith("waterfall.") else "number"


def write(book: Book) -> None:
    """The sheet, once all formulas have been written and it is known which inputs they read."""
    sheet = Sheet(book, book.sheets[ASSUMPTIONS], ASSUMPTIONS)
    sheet.title("Assumptions", f"{book.result.terms.name}: change a blue cell on pale yellow, and all follows")
    sheet.text(2, 0, STRUCTURE, "subtitle")
    rows, headings = input_rows(book.trace.program)
    sheet.text(4, 0, "Inputs that differ from the engine's run", "strong")
    sheet.text(4, 1, "number", "cell")
    first, last = FIRST_INPUT, max(rows.values(), default=FIRST_INPUT)
    sheet.formula(4, 2, f"SUM($E${first}:$E${last})", 0.0, "number", "strong")
    sheet.headers(7, HEADERS, (2, 3))
    for group, row in headings.items():
        for column in range(7):
            sheet.text(row - 1, column, GROUPS.get(group, words(group)) if column == 0 else "", "group")
    closing_amounts(sheet)
    formulas = {formula.path: formula for formula in formulas_of(book.result.terms)}
    for path, row in rows.items():
        line_of_input(sheet, path, row - 1, formulas.get(path.partition("#")[0]))
    sheet.widths(52, 14, 18, 18, 10, 40, FORMULA_WIDTH)
    sheet.worksheet.freeze_panes(8, 1)
    sheet.worksheet.fit_to_pages(1, 0)
    sheet.worksheet.repeat_rows(7)
    sheet.link(0, 6, "Contents")


def line_of_input(sheet: Sheet, path: str, row: int, formula: Formula | None) -> None:
    """One input: its words, unit, value, the engine's value, whether it was changed, and its field."""
    book = sheet.book
    value = float(book.trace.program.inputs[path])
    kind = kind_of(path, formula, value)
    number = {"rate": "rate", "money": "money", "price": "price", "number": "general"}[kind]
    live = path in book.addresses.read
    unit = UNITS[kind] if kind != "money" else book.result.terms.currency
    sheet.text(row, 0, input_label(path, book.labels))
    sheet.text(row, 1, unit if live else "not read here")
    sheet.number(row, 2, value, "percent" if kind == "rate" else number, "input" if live else "cell")
    sheet.number(row, 3, value, "percent" if kind == "rate" else number, "cell")
    sheet.formula(row, 4, f"IF(C{row + 1}=D{row + 1},0,1)", 0.0, "flag", "status")
    sheet.text(row, 5, path)
    if formula is None or int(path.partition("#")[2] or 0) == 0:
        text = formula.text if formula is not None else ""
        sheet.text(row, 6, text, "wrap")
        if len(text) > FORMULA_WIDTH:
            sheet.worksheet.set_row(row, 14 * (1 + len(text) // FORMULA_WIDTH))
    else:
        sheet.text(row, 6, "the same formula")
    if live:
        limits = {"rate": (-1, 2, "a fraction between -100% and 200%, such as 5.00%")}
        low, high, words_ = limits.get(kind, (-1e13, 1e13, "a number"))
        sheet.worksheet.data_validation(
            row,
            2,
            row,
            2,
            {
                "validate": "decimal",
                "criteria": "between",
                "minimum": low,
                "maximum": high,
                "ignore_blank": False,
                "error_title": "Not a valid input",
                "error_message": f"{path[:120]} takes {words_}.",
            },
        )


def closing_amounts(sheet: Sheet) -> None:
    """Amounts that are worked out once, at closing."""
    book = sheet.book
    rows = book.addresses.constants
    if not rows:
        return
    heading = min(rows.values()) - 3
    sheet.text(heading, 0, "Amounts at closing", "heading")
    for column in range(1, 7):
        sheet.text(heading, column, "", "heading")
    sheet.headers(heading + 1, ("Amount", "Unit", "Value", "", "", "Line", "Definition"), (2,))
    texts = book.texts(ASSUMPTIONS)
    for path, row in rows.items():
        line = book.layout.constants[path]
        node = book.trace.openings.get(path)
        text = "0" if node is None else texts.text(node).replace("{t}", str(FIRST_ROW))
        owner = entity_label(book.trace.program, book.labels, path)
        sheet.text(row - 1, 0, f"{owner}: {line.en[:1].lower() + line.en[1:]}")
        sheet.text(row - 1, 1, book.result.terms.currency if line.unit == "money" else line.unit)
        sheet.formula(row - 1, 2, text, float(book.values(path)[0]), line.unit, "cell")
        sheet.text(row - 1, 3, "")
        sheet.text(row - 1, 4, "")
        sheet.text(row - 1, 5, path)
        sheet.text(row - 1, 6, line.definition)


def changed(here: str) -> str:
    """The cell that counts changed inputs."""
    return f"{prefix(ASSUMPTIONS, here)}{CHANGED_CELL}"
