"""A stress run as a workbook: what it says of each class, and break-even multiples by level and scenario."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from abs_struct.handoff.files import whole
from abs_struct.handoff.sheet import Paper, new_workbook

if TYPE_CHECKING:
    from abs_struct.study.stress import StressRun, Verdict

NEVER, ALWAYS = "never", "always"


def write_stress(run: StressRun, path: str | Path) -> Path:
    """A workbook: verdicts and levels, then a sheet a class.

    Raises
    ------
    UsageError : nothing can be written there
    """
    file = Path(path)
    with whole(file) as draft:
        workbook, paper = new_workbook(draft, f"{run.deal}: stress", "stress run by level and scenario")
        summary_sheet(run, paper)
        for note in run.notes:
            class_sheet(run, note, paper)
        workbook.close()
    return file


def printed(multiple: float) -> str:
    """A break-even multiple, or that there is none.

    >>> printed(2.5), printed(float("inf")), printed(float("-inf"))
    ('2.50x', 'always', 'never')
    """
    if np.isfinite(multiple):
        return f"{multiple:.2f}x"
    return ALWAYS if multiple > 0 else NEVER


def verdict_words(one: Verdict) -> list[str]:
    """The cells of a verdict."""
    passed = {True: "PASS", False: "FAIL", None: "-"}[one.passed]
    cushion = f"{one.cushion:+.0%}" if np.isfinite(one.cushion) else "-"
    levels = [one.implied, one.target or "-", passed, one.at]
    return [one.note, *levels, f"{one.multiple:.2f}x", printed(one.break_even), cushion, one.binding]


HEADINGS = ("Class", "Implied level", "Target", "Target is", "At level", "Multiple", "Break-even", "Cushion", "Binding")


def remarks(run: StressRun) -> list[str]:
    """What has to be said of a run."""
    found = [
        f"Base case {run.cells.base_case:.2%}. Multiples: {run.file.note or 'of the file'}"
        + (f", {run.file.date}" if run.file.date else "")
        + ". A level is implied by these stresses; it is no rating.",
        "A class passes where interest is paid when due (ever, where it is deferrable) and principal by legal final.",
        *(f"{note[:1].upper()}{note[1:]}." for note in run.remarks),
    ]
    found += [
        f"Class {note} fails a level that is weaker than one it survives; its implied level counts the weaker ones too."
        for note in run.notes
        if not run.monotone(note)
    ]
    return found


def summary_sheet(run: StressRun, paper: Paper) -> None:
    """The verdicts, and the multiple of each level."""
    sheet = paper.sheet("Summary", widths=(14, 16, 10, 10, 10, 11, 12, 10, 58))
    sheet.title(f"{run.deal}: stress", f"{len(run.levels)} levels x {len(run.scenarios)} scenarios")
    row = sheet.header(3, HEADINGS, left=[0, 1, 2, 3, 4, 8])
    for one in run.verdicts:
        for at, words in enumerate(verdict_words(one)):
            kind = {"PASS": "pass", "FAIL": "fail"}.get(
                words, "cell" if at < 4 else "cell." if at in {4, 8} else "cell>"
            )
            sheet.text(row, at, words, kind)
        row += 1
    row = sheet.header(row + 1, ("Level", "Multiple"))
    for level, multiple in zip(run.levels, run.cells.multiples, strict=True):
        sheet.text(row, 0, level)
        sheet.text(row, 1, f"{multiple:.2f}x", "cell>")
        row += 1
    for words in remarks(run):
        row += 1
        sheet.text(row, 0, words, "subtitle")


def class_sheet(run: StressRun, note: str, paper: Paper) -> None:
    """Break-even multiples of a class: a row a scenario, a column a level; red where the level is not reached."""
    n = run.row(note)
    sheet = paper.sheet(note, widths=(58, *[12] * len(run.levels)))
    sheet.title(f"Class {note}", "break-even multiple of the base case; red where the multiple of the level fails")
    row = sheet.header(3, ("Scenario", *run.levels))
    sheet.text(row, 0, "Multiple of the level", "strong")
    for k, multiple in enumerate(run.cells.multiples):
        sheet.text(row, k + 1, f"{multiple:.2f}x", "strong>")
    row += 1
    for j, scenario in enumerate(run.scenarios):
        sheet.text(row, 0, scenario)
        for k in range(len(run.levels)):
            passed = bool(run.passed[n, k, j])
            sheet.text(row, k + 1, printed(run.break_evens[n, k, j]), "cell>" if passed else "fail>")
        row += 1
    sheet.text(
        row + 1, 0, "To two decimals where a scenario may bind; elsewhere the highest of a scan that holds.", "subtitle"
    )
    sheet.freeze(5, 1)
