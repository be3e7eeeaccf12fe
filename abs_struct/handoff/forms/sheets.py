"""A report as an Excel workbook: a report of one payment date on one sheet, that of a whole life on one a section."""

from __future__ import annotations

from pathlib import Path

from abs_struct.core.formula.nodes import EPOCH
from abs_struct.handoff.forms.printed import Cell, Report, Row, Table
from abs_struct.handoff.forms.words import WORDS, say
from abs_struct.handoff.sheet import A3, A4, Sheet, new_workbook

#: Money below this is the rounding of sums.
NIL = 5e-5
NUMBERS = {
    "money": "cents", "percent": "share", "rate": "fine", "factor": "factor", "per_unit": "per_unit",
    "per_hundred": "per_hundred", "years": "life", "whole": "count", "date": "date", "text": "text",
}  # fmt: skip


def write(report: Report, file: Path) -> None:
    """The whole report; tie-outs stand last, and a stamp on every page where one fails."""
    words = {key: found[report.language] for key, found in WORDS.items()}
    workbook, paper = new_workbook(file, report.title, "investor report", report.stamp, report.stamp)
    paper.draft = report.draft
    most = max((len(table.heads) for table in report.tables), default=1)
    if not report.whole_life:
        sheet = paper.sheet(report.name, (7, 62, *[17.0] * max(most, 5), 34))
        row = opening(report, sheet)
        for table in report.tables:
            row = one(table, sheet, row, words, report.language) + 1
        row = tied(report, sheet, row, words)
        left_out(report, sheet, row, words)
    else:
        for at, table in enumerate(report.tables):
            wide = len(table.heads) > 9
            size = A3 if wide else A4
            sheet = paper.sheet(table.title, (7, 46, *[16.0] * len(table.heads), 34), size=size,
                                wide=max(1, len(table.heads) // 16))  # fmt: skip
            row = opening(report, sheet) if at == 0 else 0
            one(table, sheet, row, words, report.language)
        sheet = paper.sheet(words["tie-outs"], (7, 70, 18, 18, 13, 13, 11))
        row = tied(report, sheet, 0, words)
        left_out(report, sheet, row, words)
    workbook.close()


def opening(report: Report, sheet: Sheet) -> int:
    """Title, what it is of, and the stamp; gives the next row."""
    sheet.title(report.title, report.subtitle)
    row = 3
    if report.draft:
        for column in range(2, 7):
            sheet.text(2, column, "", "failed")
        sheet.text(2, 0, "", "failed")
        sheet.text(2, 1, report.draft, "failed")
    return row


def one(table: Table, sheet: Sheet, row: int, words: dict[str, str], language: str) -> int:
    """One section; gives the next row."""
    sheet.text(row, 0, table.title, "heading")
    sheet.text(row, 1, "", "heading")
    cited = any(line.cites for line in table.rows)
    heads = [words["line"], words["item"], *table.heads, *([words["from"]] if cited else [])]
    lines = max((len(head) * (1.8 if language == "zh" else 1.1) // 14 + 1 for head in table.heads), default=1)
    lefts = (0, 1, len(heads) - 1) if cited else (0, 1)
    row = sheet.header(row + 1, heads, lefts, 15.0 * lines)
    for line in table.rows:
        put(line, sheet, row, len(table.heads), cited, language)
        row += 1
    if table.note:
        sheet.text(row, 1, table.note, "subtitle")
        row += 1
    return row


def put(line: Row, sheet: Sheet, row: int, columns: int, cited: bool, language: str) -> None:
    """One row of a section."""
    if line.style == "group":
        for column in range(columns + 2 + cited):
            sheet.text(row, column, line.label if column == 0 else "", "group")
        return
    kind = "total" if line.style == "total" else "cell"
    sheet.text(row, 0, f"({line.number})" if line.number else "", kind)
    sheet.text(row, 1, line.label, kind if kind == "total" else "wrap")
    if kind == "cell" and len(line.label) > 64:
        sheet.worksheet.set_row(row, 15.0 * (1 + len(line.label) // 64))
    for at, cell in enumerate(line.cells, 2):
        figure(cell, sheet, row, at, kind, language)
    if cited:
        sheet.text(row, len(line.cells) + 2, line.cites, kind if kind == "total" else "cell.")


def figure(cell: Cell, sheet: Sheet, row: int, column: int, kind: str, language: str) -> None:
    """One figure: a number that can be reckoned with, a date, or a text."""
    value = cell.value
    if isinstance(value, str) or cell.kind == "yes_no":
        sheet.text(row, column, say(value, cell.kind, language), f"{kind}>")
    elif isinstance(value, float) or value is None:
        nil = cell.kind == "money" and value is not None and abs(value) < NIL  # no red nought for what is rounding
        sheet.number(row, column, 0.0 if nil else value, NUMBERS[cell.kind], kind)
    else:
        sheet.number(row, column, float((value - EPOCH).days), "date", kind)


def tied(report: Report, sheet: Sheet, row: int, words: dict[str, str]) -> int:
    """The tie-outs, both sides with their difference and tolerance; gives the next row."""
    sheet.text(row, 0, words["tie-outs"], "heading")
    sheet.text(row, 1, "", "heading")
    heads = [words[key] for key in ("line", "item", "left", "right", "difference", "tolerance", "status")]
    row = sheet.header(row + 1, heads, (0, 1))
    for at, check in enumerate(report.tied, 1):
        sheet.text(row, 0, f"T{at}")
        sheet.text(row, 1, check.statement, "wrap")
        if len(check.statement) > 64:
            sheet.worksheet.set_row(row, 15.0 * (1 + len(check.statement) // 64))
        sheet.number(row, 2, check.left, "cents")
        sheet.number(row, 3, check.right, "cents")
        sheet.number(row, 4, check.difference, "gap")
        sheet.number(row, 5, check.tolerance, "gap")
        sheet.text(row, 6, words["passed" if check.passed else "failed"], "pass" if check.passed else "fail")
        row += 1
    return row + 1


def left_out(report: Report, sheet: Sheet, row: int, words: dict[str, str]) -> None:
    """Fields that the report leaves out, and why."""
    if report.left_out:
        sheet.text(row, 0, words["left out"], "heading")
        sheet.text(row, 1, "", "heading")
        for at, entry in enumerate(report.left_out, row + 1):
            sheet.text(at, 1, entry, "plain")
