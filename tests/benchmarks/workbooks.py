"""The live workbook's speed beside XlsxWriter alone; run it with `python tests/benchmarks/workbooks.py`.

The other side writes as many formula cells, the same texts with the same values, on as many sheets, and nothing else.
"""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import openpyxl
import xlsxwriter

sys.path.insert(0, str(Path(__file__).parents[1]))

from benchmarks.side_by_side import DEAL, Row, ratio, report

from abs_struct.deal import load
from abs_struct.handoff.workbook import write_workbook

Formulas = list[list[tuple[int, int, str, object]]]


def formulas_of(file: Path) -> Formulas:
    """The formula cells of a workbook, sheet by sheet, each with its value."""
    texts, values = (openpyxl.load_workbook(file, data_only=cached) for cached in (False, True))
    return [
        [
            (cell.row - 1, cell.column - 1, cell.value, values[sheet.title][cell.coordinate].value)
            for row in sheet.iter_rows()
            for cell in row
            if cell.data_type == "f"
        ]
        for sheet in texts
    ]


def alone(formulas: Formulas, file: Path) -> None:
    """The same formula cells by XlsxWriter alone."""
    workbook = xlsxwriter.Workbook(str(file))
    style = workbook.add_format({"num_format": "#,##0"})
    for cells in formulas:
        sheet = workbook.add_worksheet()
        for row, column, text, value in cells:
            sheet.write_formula(row, column, text, style, value)
    workbook.close()


def rows() -> Iterator[Row]:
    """Measure."""
    result = load(DEAL).run()
    with tempfile.TemporaryDirectory() as name:
        file, other = Path(name) / "live.xlsx", Path(name) / "alone.xlsx"
        formulas = formulas_of(write_workbook(result, file))
        count = sum(map(len, formulas))
        measured = ratio(lambda: write_workbook(result, file), lambda: alone(formulas, other), 7)
        yield Row(
            f"the live workbook of mpl_2027_1, {count:,} formulas / XlsxWriter alone on the same formulas",
            "<= 2",
            measured,
        )


if __name__ == "__main__":
    report("The live workbook", rows())
