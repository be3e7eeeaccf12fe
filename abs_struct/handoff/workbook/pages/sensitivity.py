"""Sensitivity: lives, yields and losses of the classes by speed and level of default, as the engine gives them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace

import numpy as np

from abs_struct.deal.measures import Measures
from abs_struct.handoff.workbook.book import NOT_AVAILABLE, Book, Sheet
from abs_struct.handoff.workbook.pages.assumptions import away
from abs_struct.waterfall.engine import run

SENSITIVITY = "Sensitivity"
#: The levels of the grids, as multiples of the assumptions as the engine ran them.
LEVELS = (0.0, 0.5, 1.0, 1.5, 2.0, 3.0)
SPEEDS = (0.5, 0.75, 1.0, 1.25, 1.5)
#: The numbers of an assumption that are its speed or level; a multiple takes the place of the others.
SPEED_WORDS = ("cpr", "smm", "abs", "psa", "ppc")
LEVEL_WORDS = ("cdr", "mdr", "cnl", "cgd", "sda")
AS_RUN, STALE = (
    "inputs as in the engine's run: the grids are of these inputs",
    "INPUTS CHANGED, OR ANOTHER SCENARIO IN USE: the grids are not of them",
)
STAMP_ROW, FIRST_GRID = 3, 5
WIDTH = len(SPEEDS) + 2


def levers(inputs: Mapping[str, object], word: str, names: Iterable[str]) -> list[str]:
    """The inputs that move an assumption as a whole, for the pool and each group: its multiple, or its level.

    >>> levers({"assumptions.default.multiple": 1.0, "assumptions.default.cnl": 0.09}, "default", ("cnl",))
    ['assumptions.default.multiple']
    """
    heads = dict.fromkeys(path.rpartition(".")[0] for path in inputs if path.startswith("assumptions."))
    found = []
    for head in heads:
        if head.rpartition(".")[2] == word:
            own = [f"{head}.multiple"] if f"{head}.multiple" in inputs else [f"{head}.{name}" for name in names]
            found += [path for path in own if path in inputs]
    return found


def axes(book: Book) -> tuple[list[str], list[str], str, str]:
    """What is moved across and down, and what both are called."""
    inputs = book.trace.program.inputs
    if "assumptions.cards.charge_off" in inputs:
        return ["assumptions.cards.payment_rate"], ["assumptions.cards.charge_off"], "payment rate", "charge-offs"
    speeds, defaults = levers(inputs, "prepayment", SPEED_WORDS), levers(inputs, "default", LEVEL_WORDS)
    return speeds, defaults, "prepayment", "defaults"


def write(book: Book) -> None:
    """The sheet; nothing where the deal has no level of default to move."""
    speeds, defaults, across, down = axes(book)
    if not defaults:
        return
    columns = SPEEDS if speeds else (1.0,)
    levels = np.repeat(LEVELS, len(columns))
    moved = {path: float(book.trace.program.inputs[path]) * levels for path in defaults}
    moved |= {path: float(book.trace.program.inputs[path]) * np.tile(columns, len(LEVELS)) for path in speeds}
    result = book.result
    program = replace(result.program, inputs={**result.program.inputs, **moved})
    recorded = [path for path in result.lines if not path.startswith("cohorts.")]
    measures = Measures(result.terms, result.schedule, run(program, recorded), program.inputs)
    sheet = book.page(SENSITIVITY, "#009E73")
    sheet.title(
        "Sensitivity",
        f"Values of the engine, computed when the workbook was written: {down} down and {across} across, as multiples "
        "of the assumptions. Principal not repaid is a share of the class at closing.",
    )
    stamp(sheet)
    row = FIRST_GRID
    for name in result.terms.notes:
        balance = float(book.values(f"notes.{name}.balance")[0])
        short = np.asarray(measures.principal_shortfall(name))
        figures = (
            ("WAL, years", np.asarray(measures.wal(name)), "life"),
            ("Yield", np.asarray(measures.yield_(name)), "rate"),
            ("Principal not repaid", short / balance if balance > 0.0 else 0.0 * short, "percent"),
        )
        sheet.text(row, 0, book.labels[f"notes.{name}"], "heading")
        for at in range(1, WIDTH * len(figures) - 1):
            sheet.text(row, at, "", "heading")
        for at, (title, values, number) in enumerate(figures):
            grid(sheet, row + 1, at * WIDTH, title, values, columns, number)
        row += len(LEVELS) + 4
    finish(sheet, row)


def stamp(sheet: Sheet) -> None:
    """Whether the grids are those of the inputs that stand in the workbook now."""
    text = f'IF({away(SENSITIVITY)}=0,"{AS_RUN}","{STALE}")'
    sheet.formula(STAMP_ROW, 0, text, AS_RUN, "", "strong")
    sheet.mark(STAMP_ROW, 0, STALE, "warn")


def grid(
    sheet: Sheet, row: int, first: int, title: str, values: np.ndarray, columns: Iterable[float], number: str
) -> None:  # fmt: skip
    """One measure of one class: a row a level of default, a column a speed."""
    sheet.text(row, first, title, "header")
    heads = list(columns)
    style = sheet.book.styles("header_number", "multiple")
    for at, speed in enumerate(heads, first + 1):
        sheet.worksheet.write_number(row, at, speed, style)
    cells = np.broadcast_to(values, (len(LEVELS) * len(heads),)).reshape(len(LEVELS), len(heads))
    for down, level in enumerate(LEVELS, 1):
        sheet.number(row + down, first, level, "multiple", "strong")
        for at, value in enumerate(cells[down - 1].tolist(), first + 1):
            if np.isfinite(value):
                sheet.number(row + down, at, value, number, "cell")
            else:
                sheet.text(row + down, at, NOT_AVAILABLE, "cell_right")


def finish(sheet: Sheet, rows: int) -> None:
    """Widths, printing, the way back; a colour scale for what is not repaid."""
    for at in range(3):
        sheet.worksheet.set_column(at * WIDTH, at * WIDTH, 22)
        sheet.worksheet.set_column(at * WIDTH + 1, at * WIDTH + len(SPEEDS), 10)
        sheet.worksheet.set_column(at * WIDTH + WIDTH - 1, at * WIDTH + WIDTH - 1, 3)
    sheet.worksheet.freeze_panes(FIRST_GRID, 1)
    sheet.worksheet.fit_to_pages(1, 0)
    sheet.worksheet.print_area(0, 0, rows, 3 * WIDTH - 2)
    sheet.link(0, WIDTH, "Contents")
