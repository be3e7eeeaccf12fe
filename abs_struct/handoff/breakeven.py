"""The break-even table as files: a workbook with a sheet for each class, and its heat maps."""

from __future__ import annotations

import math
from pathlib import Path
from typing import TYPE_CHECKING

from abs_struct.handoff.files import whole
from abs_struct.handoff.grids import grid_sheet, write_heat_maps
from abs_struct.handoff.sheet import Paper, Sheet, new_workbook

if TYPE_CHECKING:
    from abs_struct.study import BreakEven

NUMBERS = {"break_even_multiple": "years", "break_even_rate": "rate", "break_even_level": "general"}


def write_break_even(found: BreakEven, folder: str | Path) -> list[Path]:
    """The tidy table as CSV and Parquet, the workbook, and, over a grid, a heat map of each class.

    Raises
    ------
    UsageError : a folder or disk that does not take the files
    """
    place = Path(folder)
    files = [found.save(place / f"break_even{ending}") for ending in (".csv", ".parquet")]
    file = place / "break_even.xlsx"
    with whole(file) as draft:
        workbook, paper = new_workbook(draft, f"{found.deal}: break-even", "break-even levels, values of the engine")
        contents(found, paper)
        cells(found, paper)
        if found.axes:
            for measure in found.study.measures:
                grid_sheet(found.study, measure, paper)
        workbook.close()
    files.append(file)
    if found.axes:
        files += write_heat_maps(found.study, place, [f"{name}.{found.word}" for name in found.notes], "break_even")
    return files


def contents(found: BreakEven, paper: Paper) -> None:
    """The first sheet: what was raised until when, and of each class the lowest and highest level over the cells."""
    sheet = paper.sheet("Break-even", widths=(30, 16, 16, 16, 40))
    sheet.title(f"{found.deal}: break-even", "the largest level at which a class still gets what it was promised")
    row = 3
    for key, value in (
        ("Raised", ", ".join(found.paths)),
        ("Until", found.until),
        ("Looked between", f"{found.printed(found.span.low)} and {found.printed(found.span.high)}"),
        ("Found to", f"{found.tolerance:g}"),
        ("Cells", f"{len(found):,}"),
    ):
        sheet.text(row, 0, key, "key")
        sheet.text(row, 1, value, "plain")
        row += 1
    row = sheet.header(row + 1, ("Class", "Lowest", "Highest", "Net loss at lowest", "Outcomes"), (0, 4))
    for n, name in enumerate(found.notes):
        least = int(found.levels[n].argmin())
        sheet.text(row, 0, name, "strong")
        level(sheet, row, 1, found, found.levels[n, least])
        level(sheet, row, 2, found, found.levels[n].max())
        sheet.number(row, 3, float(found.losses[n, least]), "rate")
        words = list(found.outcomes[n])
        sheet.text(row, 4, ", ".join(f"{words.count(word)} {word}" for word in dict.fromkeys(words)), "cell.")
        row += 1
    row += 1
    for line in (
        "all: it survives the whole range; none: it fails at the lowest level that was looked at.",
        "Net loss of the pool, of its initial balance, at the level.",
    ):
        sheet.text(row, 0, line, "plain")
        row += 1
    if len(found.axes) > 2:
        fixed = ", ".join(f"{axis.path} = {axis.values[0]}" for axis in found.axes[2:])
        sheet.text(row, 0, f"The sheets by class show the first two axes, with {fixed}; sheet Cells has all.", "plain")


def level(sheet: Sheet, row: int, column: int, found: BreakEven, value: float) -> None:
    """A level as a number, or in words where there is none."""
    if math.isfinite(value):
        sheet.number(row, column, float(value), NUMBERS[found.word])
    else:
        sheet.text(row, column, found.printed(value), "cell>")


def cells(found: BreakEven, paper: Paper) -> None:
    """Every cell: its values, and the level and outcome of each class."""
    varied, names = found.cells.varied, found.cells.names
    heads = [*(["Name"] if names else []), *(one.path for one in varied)]
    many = [word for name in found.notes for word in (f"{name} level", f"{name} net loss", f"{name} outcome")]
    widths = [*[28] * len(heads), *[14, 12, 24] * len(found.notes)]
    sheet = paper.sheet("Cells", widths=widths)
    sheet.title("Cells", f"levels of {', '.join(found.paths)}")
    if not heads:
        heads, names = ["Name"], ("as the deal stands",)
    first = row = sheet.header(3, (*heads, *many), len(heads))
    for k in range(len(found)):
        shown = [*([names[k]] if names else []), *(one.shown(k) for one in varied)]
        for at, value in enumerate(shown):
            sheet.text(row, at, value if isinstance(value, str) else f"{value:g}", "cell")
        at = len(heads)
        for n in range(len(found.notes)):
            level(sheet, row, at, found, found.levels[n, k])
            sheet.number(row, at + 1, float(found.losses[n, k]), "rate")
            sheet.text(row, at + 2, found.outcomes[n, k], "cell.")
            at += 3
        row += 1
    sheet.freeze(first, len(heads))
