"""The page of checks: every statement with its left and right value, not just a tick."""

from __future__ import annotations

from abs_struct.handoff.sheet import Paper
from abs_struct.handoff.view import View

TITLE = "Checks"


def write(view: View, paper: Paper) -> list[tuple[str, str]]:
    """The page; gives its title with a few words."""
    result = view.result
    failed, count = len(result.failures), len(result.checks)
    sheet = paper.sheet(TITLE, (24, 68, 20, 20, 13, 13, 9, 11), colour="#B00020" if failed else "#00703C")
    said = f"{failed} of {count} checks FAILED" if failed else f"all {count} checks passed"
    sheet.title(TITLE, f"{result.terms.name}: {said}; each shows the period in which its two sides differ most")
    row = sheet.header(
        3, ("Check", "Statement", "Left", "Right", "Difference", "Tolerance", "Period", "Status"), (0, 1, 7)
    )
    for check in result.checks:
        sheet.text(row, 0, check.id)
        sheet.text(row, 1, check.statement)
        sheet.number(row, 2, check.left, "cents")
        sheet.number(row, 3, check.right, "cents")
        sheet.number(row, 4, float(check.difference), "gap")
        sheet.number(row, 5, check.tolerance, "gap")
        sheet.number(row, 6, check.period, "whole")
        sheet.text(row, 7, "passed" if check.all_passed else "FAILED", "pass" if check.all_passed else "fail")
        row += 1
    sheet.text(row, 0, "Master check", "total")
    for column in range(1, 7):
        sheet.text(row, column, "", "total")
    sheet.text(row, 7, "FAILED" if failed else "passed", "fail" if failed else "pass")
    sheet.worksheet.repeat_rows(3)
    sheet.freeze(4, 1)
    return [(TITLE, f"{count} statements with left, right, difference")]
