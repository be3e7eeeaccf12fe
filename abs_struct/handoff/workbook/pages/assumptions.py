"""Assumptions: the inputs of the deal in blue on pale yellow, and the amounts at closing."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from pydantic import BaseModel

from abs_struct.core.formula import Formula
from abs_struct.core.state import Program
from abs_struct.handoff.workbook.addresses import prefix
from abs_struct.handoff.workbook.axis import letters
from abs_struct.handoff.workbook.book import Book, Sheet
from abs_struct.handoff.workbook.pages.scenarios import input_row, values_range
from abs_struct.handoff.workbook.scenarios import BASE
from abs_struct.handoff.workbook.sheets import ASSUMPTIONS, Layout
from abs_struct.handoff.workbook.words import entity_label, input_label, words

#: Rows are counted from 1; the first input stands here.
FIRST_INPUT = 9
SELECTED_CELL, CHANGED_CELL, NUMBER_CELL, MOVED_CELL = "$C$4", "$C$5", "$C$6", "$C$7"
HEADER_ROW = FIRST_INPUT - 1
FORMULA_WIDTH = 76
#: Before the scenarios, and behind them. Columns are counted from 0.
BEFORE, BEHIND = (
    ("Input", "Unit", "In use", "As written", "Changed"),
    ("Field of the deal file", "Formula it stands in"),
)
VALUE, WRITTEN, CHANGED, FIRST_SCENARIO = 2, 3, 4, len(BEFORE)
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


NUMBERS = {"rate": "percent", "money": "money", "price": "price", "number": "general"}


def number_formats(book: Book) -> dict[str, str]:
    """How each input is printed."""
    formulas, inputs = {formula.path: formula for formula in formulas_of(book.result.terms)}, book.trace.program.inputs
    return {
        path: NUMBERS[kind_of(path, formulas.get(path.partition("#")[0]), float(value))]
        for path, value in inputs.items()
    }


def write(book: Book) -> None:
    """The sheet, once all formulas have been written and it is known which inputs they read."""
    sheet = Sheet(book, book.sheets[ASSUMPTIONS], ASSUMPTIONS)
    sheet.title(
        "Assumptions",
        f"{book.result.terms.name}: select a scenario, or change a blue cell on pale yellow, and all follows",
    )
    sheet.text(2, 0, STRUCTURE, "subtitle")
    rows, headings = input_rows(book.trace.program)
    selector(sheet, rows)
    names = book.scenarios.names
    sheet.headers(HEADER_ROW - 1, (*BEFORE, *names, *BEHIND), range(VALUE, FIRST_SCENARIO + len(names)))
    wide = FIRST_SCENARIO + len(names) + len(BEHIND)
    for group, row in headings.items():
        for column in range(wide):
            sheet.text(row - 1, column, GROUPS.get(group, words(group)) if column == 0 else "", "group")
    closing_amounts(sheet)
    formulas = {formula.path: formula for formula in formulas_of(book.result.terms)}
    for path, row in rows.items():
        line_of_input(sheet, path, row - 1, formulas.get(path.partition("#")[0]))
    sheet.widths(52, 12, 16, 16, 9, *(16 for _ in names), 42, FORMULA_WIDTH)
    sheet.worksheet.set_row(HEADER_ROW - 1, 30)
    sheet.worksheet.freeze_panes(HEADER_ROW, VALUE + 1)
    last = max([*rows.values(), *book.addresses.constants.values()])
    sheet.worksheet.print_area(0, 0, last, wide - 2)  # formulas are for the screen
    sheet.worksheet.fit_to_pages(1, 0)
    sheet.worksheet.repeat_rows(HEADER_ROW - 1)
    sheet.link(0, FIRST_SCENARIO, "Contents")


def names_range(count: int) -> str:
    """The headers that name the scenarios."""
    return f"${letters(FIRST_SCENARIO)}${HEADER_ROW}:${letters(FIRST_SCENARIO + count - 1)}${HEADER_ROW}"


def selector(sheet: Sheet, rows: dict[str, int]) -> None:
    """Which scenario is in use, and how far the inputs are from what the engine ran."""
    count = len(sheet.book.scenarios.columns)
    names = names_range(count)
    first, last = FIRST_INPUT, max(rows.values(), default=FIRST_INPUT)
    changed_inputs = f"SUM(${letters(CHANGED)}${first}:${letters(CHANGED)}${last})"
    sheet.text(3, 0, "Scenario in use", "strong")
    sheet.text(3, 1, "select", "cell")
    sheet.text(3, 2, BASE, "input")
    sheet.text(4, 0, "Inputs changed since the workbook was written", "strong")
    sheet.formula(4, 2, changed_inputs, 0.0, "number", "strong")
    sheet.text(5, 0, "Column of the scenario, from the left")
    sheet.formula(5, 2, f"MATCH({SELECTED_CELL},{names},0)", 1.0, "number", "cell")
    sheet.text(6, 0, "Away from the engine's run (base case as written)")
    sheet.formula(6, 2, f"{CHANGED_CELL}+IF({NUMBER_CELL}=1,0,1)", 0.0, "number", "cell")
    for row in (4, 5, 6):
        sheet.text(row, 1, "number", "cell")
    sheet.worksheet.data_validation(
        3,
        2,
        3,
        2,
        {
            "validate": "list",
            "source": f"={names}",
            "error_title": "No such scenario",
            "error_message": "Select one of the scenarios in the header of this sheet.",
        },
    )
    marked = sheet.book.styles.rule("chosen")
    rule = {"type": "formula", "criteria": f"={letters(FIRST_SCENARIO)}${HEADER_ROW}={SELECTED_CELL}", "format": marked}
    at = HEADER_ROW - 1, FIRST_SCENARIO, HEADER_ROW - 1, FIRST_SCENARIO + count - 1
    sheet.worksheet.conditional_format(*at, rule)


def line_of_input(sheet: Sheet, path: str, row: int, formula: Formula | None) -> None:
    """One input: its words and unit, the value in use and as written, whether it was changed, and every scenario."""
    book = sheet.book
    value = float(book.trace.program.inputs[path])
    kind = kind_of(path, formula, value)
    number = NUMBERS[kind]
    live = path in book.addresses.read
    unit = UNITS[kind] if kind != "money" else book.result.terms.currency
    values = book.scenarios.values(path, value)
    last = FIRST_SCENARIO + len(values) - 1
    sheet.text(row, 0, input_label(path, book.labels))
    sheet.text(row, 1, unit if live else "not read here")
    own = f"${letters(FIRST_SCENARIO)}{row + 1}:${letters(last)}{row + 1}"
    sheet.formula(row, VALUE, f"INDEX({own},1,{NUMBER_CELL})", value, number, "cell")
    sheet.formula(
        row, WRITTEN, f"INDEX({values_range(book, input_row(book, row + 1))},1,{NUMBER_CELL})", value, number, "cell"
    )
    differs = f"IF({letters(VALUE)}{row + 1}={letters(WRITTEN)}{row + 1},0,1)"
    sheet.formula(row, CHANGED, differs, 0.0, "flag", "status")
    for column, one in enumerate(values, FIRST_SCENARIO):
        sheet.number(row, column, one, number, "input" if live else "cell")
    sheet.text(row, last + 1, path, "behind")
    if formula is None or int(path.partition("#")[2] or 0) == 0:
        text = formula.text if formula is not None else ""
        sheet.text(row, last + 2, text, "wrap")
        if len(text) > FORMULA_WIDTH:
            sheet.worksheet.set_row(row, 14 * (1 + len(text) // FORMULA_WIDTH))
    else:
        sheet.text(row, last + 2, "the same formula")
    if live:
        limits = {"rate": (-1, 2, "a fraction between -100% and 200%, such as 5.00%")}
        low, high, words_ = limits.get(kind, (-1e13, 1e13, "a number"))
        low, high = min(low, *values), max(high, *values)
        sheet.worksheet.data_validation(
            row,
            FIRST_SCENARIO,
            row,
            last,
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
    behind = FIRST_SCENARIO + len(book.scenarios.columns)
    sheet.text(heading, 0, "Amounts at closing", "heading")
    for column in range(1, behind + len(BEHIND)):
        sheet.text(heading, column, "", "heading")
    blank = [""] * (behind - 3)
    sheet.headers(heading + 1, ("Amount", "Unit", "In use", *blank, "Line", "Definition"), (2,))
    texts = book.texts(ASSUMPTIONS)
    for path, row in rows.items():
        line = book.layout.constants[path]
        node = book.trace.openings.get(path)
        text = "0" if node is None else book.layout.axis.first(texts.text(node))
        owner = entity_label(book.trace.program, book.labels, path)
        sheet.text(row - 1, 0, f"{owner}: {line.en[:1].lower() + line.en[1:]}")
        sheet.text(row - 1, 1, book.result.terms.currency if line.unit == "money" else line.unit)
        sheet.formula(row - 1, VALUE, text, float(book.values(path)[0]), line.unit, "cell")
        sheet.texts(row - 1, VALUE + 1, blank)
        sheet.text(row - 1, behind, path, "behind")
        sheet.text(row - 1, behind + 1, line.definition)


def changed(here: str) -> str:
    """The cell that counts inputs that are not as the scenario in use was written."""
    return f"{prefix(ASSUMPTIONS, here)}{CHANGED_CELL}"


def away(here: str) -> str:
    """The cell that is above nil where the inputs are not those of the engine's run."""
    return f"{prefix(ASSUMPTIONS, here)}{MOVED_CELL}"


def chosen(here: str) -> str:
    """The cell that names the scenario in use."""
    return f"{prefix(ASSUMPTIONS, here)}{SELECTED_CELL}"


def chosen_number(here: str) -> str:
    """The cell that counts the column of the scenario in use."""
    return f"{prefix(ASSUMPTIONS, here)}{NUMBER_CELL}"
