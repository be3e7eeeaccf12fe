"""A report as CSV: one row a figure, with its number, its name for machines, and the formula that it is made by."""

from __future__ import annotations

import csv
from datetime import date
from pathlib import Path

from abs_struct.handoff.files import csv_text
from abs_struct.handoff.forms.printed import Cell, Report
from abs_struct.handoff.forms.words import say

HEADER = ("section", "line", "id", "item", "column", "kind", "value", "formula", "note")


def write(report: Report, file: Path) -> None:
    """The whole report, tie-outs last; numbers with every digit that a float has."""
    with file.open("w", newline="", encoding="utf-8-sig" if report.language == "zh" else "utf-8") as stream:
        writer = csv.writer(stream, lineterminator="\n")
        writer.writerow(HEADER)
        writer.writerow(["report", "", "title", csv_text(report.title), "", "text", csv_text(report.subtitle), "",
                         report.draft])  # fmt: skip
        for table in report.tables:
            for row in (row for row in table.rows if row.style != "group"):
                sources = row.sources or ("",) * len(row.cells)
                for cell, head, source in zip(row.cells, table.keys, sources, strict=True):
                    if cell.value == "":
                        continue
                    writer.writerow([
                        table.id, row.number or "", row.key, csv_text(row.label), head, cell.kind, raw(cell),
                        csv_text(source), csv_text(row.cites),
                    ])  # fmt: skip
        for at, check in enumerate(report.tied, 1):
            status = "passed" if check.passed else "FAILED"
            for name, value in (("left", check.left), ("right", check.right), ("difference", check.difference),
                                ("tolerance", check.tolerance)):  # fmt: skip
                writer.writerow(
                    ["tie_outs", f"T{at}", check.key, csv_text(check.statement), name, "money", repr(value), "", status]
                )
        for entry in report.left_out:
            writer.writerow(["left_out", "", "", csv_text(entry), "", "text", "", "", ""])


def raw(cell: Cell) -> str:
    """A value for machines: all digits of a number, ISO dates."""
    if isinstance(cell.value, float) and cell.kind not in {"date", "yes_no"}:
        return repr(cell.value)
    if isinstance(cell.value, date):
        return cell.value.isoformat()
    return csv_text(say(cell.value, cell.kind))
