"""The grids of a study: a workbook with a sheet for each measure, and its heat maps."""

from __future__ import annotations

import math
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from abs_struct.handoff.files import whole
from abs_struct.handoff.sheet import Paper, new_workbook

if TYPE_CHECKING:
    from abs_struct.study import Study

MOST_SHEETS = 60
MOST_COLUMNS = 200


def write_heat_maps(study: Study, folder: str | Path, measures: Sequence[str], name: str = "sweep") -> list[Path]:
    """A picture of each measure over the first two axes, as PNG; the files begin with `name`.

    Raises
    ------
    UsageError : no such measure
    """
    files = []
    for measure in measures:
        file = Path(folder) / f"{name}_{measure.replace('.', '_')}.png"
        with whole(file) as draft:
            study.plot(measure).savefig(draft, dpi=150, metadata={"Software": None})
        files.append(file)
    return files


def write_one_at_a_time(study: Study, folder: str | Path, measures: Sequence[str]) -> list[Path]:
    """A tornado and a spider of each measure, as PNG; no spider where no field has a number to start from.

    Raises
    ------
    UsageError : no such measure, or scenarios that are not one at a time
    """
    from abs_struct.study.single import numbered, spider, tornado

    pictures = {"tornado": tornado} | ({"spider": spider} if numbered(study) else {})
    files = []
    for measure in measures:
        for kind, draw in pictures.items():
            file = Path(folder) / f"{kind}_{measure.replace('.', '_')}.png"
            with whole(file) as draft:
                draw(study, measure).savefig(draft, dpi=150, metadata={"Software": None})
            files.append(file)
    return files


def write_table(frame: Any, path: Path) -> Path:
    """A price/yield or decrement table as CSV, whole or not at all.

    Raises
    ------
    UsageError : nothing can be written there
    """
    with whole(path) as draft:
        frame.to_csv(draft, lineterminator="\n")
    return path


def number_format(measure: str) -> str:
    """How the cells of a measure print: rates in per cent, lives with two decimals, money in units."""
    word = measure.rpartition(".")[2]
    if word in {"yield", "monthly_yield", "irr", "enhancement", "cost_of_funds"} or word.endswith(
        ("_rate", "even_loss")
    ):
        return "rate"
    return "life" if word.endswith(("wal", "modified_duration", "convexity", "multiple")) else "money"


def write_grids(study: Study, path: str | Path) -> Path:
    """A workbook: what was varied, then one sheet a measure over the first two axes, shaded by value.

    Raises
    ------
    UsageError : more measures than a workbook should have sheets
    """
    file = Path(path)
    with whole(file) as draft:
        workbook, paper = new_workbook(draft, f"{study.deal}: sweep", "scenario grids, values of the engine")
        contents(study, paper)
        for measure in study.measures[:MOST_SHEETS]:
            grid_sheet(study, measure, paper)
        workbook.close()
    return file


def contents(study: Study, paper: Paper) -> None:
    """The first sheet: the axes, and where each measure stands."""
    sheet = paper.sheet("Sweep", widths=(34, 60))
    sheet.title(f"{study.deal}: sweep", f"{len(study):,} scenarios; values of the engine, not formulas")
    row = sheet.header(3, ("Axis", "Values"))
    for axis in study.axes:
        sheet.text(row, 0, axis.path)
        sheet.text(row, 1, ", ".join(axis.values[:40]) + (" ..." if len(axis) > 40 else ""))
        row += 1
    row = sheet.header(row + 1, ("Measure", "Sheet"))
    for measure in study.measures[:MOST_SHEETS]:
        sheet.text(row, 0, measure)
        sheet.link(row, 1, measure)
        row += 1
    if len(study.axes) > 2:
        fixed = ", ".join(f"{axis.path} = {axis.values[0]}" for axis in study.axes[2:])
        sheet.text(row + 1, 0, f"The sheets show the first two axes, with {fixed}; all scenarios lie in sweep.csv.")


def grid_sheet(study: Study, measure: str, paper: Paper) -> None:
    """One measure over the first two axes."""
    from abs_struct.study.heatmap import printed

    table: Any = study.grid(measure)
    header = [axis_text(value) for value in table.columns[:MOST_COLUMNS]]
    sheet = paper.sheet(measure, widths=(28, *(min(max(12, len(word) + 3), 40) for word in header)))
    sheet.title(measure, f"rows: {table.index.name or measure}; columns: {table.columns.name or study.axes[0].path}")
    kind = number_format(measure)
    row = first = sheet.header(3, (str(table.index.name or ""), *header))
    for name, values in zip(table.index, table.to_numpy(dtype=float), strict=True):
        sheet.text(row, 0, axis_text(name), "strong")
        for column, value in enumerate(values[:MOST_COLUMNS], 1):
            if math.isinf(value):
                sheet.text(row, column, printed(measure, float(value)), "cell>")
            else:
                sheet.number(row, column, float(value), kind)
        row += 1
    sheet.shade(first, 1, row - 1, len(header))
    sheet.freeze(first, 1)


def axis_text(value: object) -> str:
    """A value of an axis: rates in per cent."""
    from abs_struct.study.heatmap import tick

    return tick(value)
