"""Sizes as files: the classes and their stresses as CSV, and both as sheets of one workbook."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from abs_struct.handoff.files import whole
from abs_struct.handoff.grids import write_table
from abs_struct.handoff.sheet import new_workbook

if TYPE_CHECKING:
    from abs_struct.study.sizes import Sizes


def write_sizes(found: Sizes, folder: str | Path) -> list[Path]:
    """sizes.csv, stresses.csv and sizes.xlsx; each appears whole or not at all.

    Raises
    ------
    UsageError : a folder or disk that does not take the files
    """
    place = Path(folder)
    files = [
        write_table(found.frame.set_index("class"), place / "sizes.csv"),
        write_table(found.table.set_index("class"), place / "stresses.csv"),
    ]
    file = place / "sizes.xlsx"
    with whole(file) as draft:
        workbook, paper = new_workbook(draft, f"{found.deal}: sizes", "largest classes that survive their stresses")
        sheet = paper.sheet("Sizes", widths=(14, 30, 14, 20, 14, 14, 34))
        total = "is free" if found.total_free else "is kept"
        sheet.title(
            f"{found.deal}: sizes", f"the largest that survive, until {found.until}; the total of the notes {total}"
        )
        row = sheet.header(3, ("Class", "Binding stress", "Was", "Amount", "Size", "Below it", "Stresses"), (0, 1))
        for one in found.classes:
            survives = {True: "survives", False: "fails", None: "none given"}[one.survives]
            sheet.text(row, 0, one.note, "strong")
            sheet.text(row, 1, one.bound, "cell.")
            sheet.number(row, 2, one.before, "rate")
            sheet.number(row, 3, one.amount, "money")
            sheet.number(row, 4, one.share, "rate")
            sheet.number(row, 5, one.subordination, "rate")
            sheet.text(row, 6, survives, "fail" if one.survives is False else "cell>")
            row += 1
        sheet.text(
            row + 1, 0, "Shares of the pool; below it: what is subordinated, overcollateralisation counted.", "plain"
        )
        row = sheet.header(row + 3, ("Class", "Stress", "Largest end", "Outcome"), (0, 1, 3))
        for stress in found.stresses:
            sheet.text(row, 0, stress.note, "strong")
            sheet.text(row, 1, stress.name, "cell")
            sheet.number(row, 2, stress.most, "rate")
            sheet.text(row, 3, stress.outcome, "cell.")
            row += 1
        sheet.text(
            row + 1,
            0,
            "Largest end: where the class may end in the stack, of the pool, under that stress alone.",
            "plain",
        )
        workbook.close()
    return [*files, file]
