"""A workbook of one's own, filled by line name: figures of the run in, formulas and formats as they were."""

from __future__ import annotations

import pytest
from cli.program import command, refused
from openpyxl import Workbook, load_workbook
from openpyxl.chart import LineChart, Reference
from openpyxl.styles import Font
from openpyxl.workbook.defined_name import DefinedName
from openpyxl.worksheet.table import Table


def template(file, **names):
    """A bank's workbook: a cell with a format, a formula over it, a column, a table, a chart."""
    book = Workbook()
    sheet = book.active
    sheet.title = "Bank page"
    sheet["B2"].font, sheet["B2"].number_format = Font(bold=True, color="FF0000"), '#,##0.00 "USD"'
    sheet["B3"] = "=B2*2"
    for row, head in enumerate(("abs.facts.payment_date", "abs.notes.balance", "Remark"), 1):
        sheet.cell(10, row, head)
    for row in range(11, 14):
        sheet.cell(row, 3, "ours")
    sheet.add_table(Table(displayName="abs_periods", ref="A10:C13"))
    given = {"abs.notes.A.balance": "$B$2", "abs.pool.balance": "$E$1:$E$4", "Rate": "$F$1"} | names
    for name, cells in given.items():
        book.defined_names[name] = DefinedName(name, attr_text=f"'Bank page'!{cells}")
    chart = LineChart()
    chart.add_data(Reference(sheet, min_col=2, min_row=10, max_row=13), titles_from_data=True)
    sheet.add_chart(chart, "H2")
    book.save(file)
    return file


@pytest.fixture(scope="module")
def deal(repository):
    """The deal file."""
    return repository / "deals/mpl_2027_1.yaml"


def test_names_and_tables_are_filled(deal, tmp_path):
    """A cell on the payment date, a column from the first one, a table; all else stays, and again the same bytes."""
    import abs_struct

    file = template(tmp_path / "bank.xlsx")
    words = ("report", deal, "--template", file, "--period", "5", "--out")
    said = command(*words, tmp_path / "one").stderr
    command(*words, tmp_path / "two")
    assert (tmp_path / "one/bank.xlsx").read_bytes() == (tmp_path / "two/bank.xlsx").read_bytes()
    assert "charts were written again" in said
    assert "room for 4 of" in said
    result = abs_struct.load(deal).run()
    book = load_workbook(tmp_path / "one/bank.xlsx")
    sheet = book["Bank page"]
    assert sheet["B2"].value == pytest.approx(result.lines["notes.A.balance"][5], rel=1e-15)
    assert (sheet["B2"].font.b, sheet["B2"].number_format) == (True, '#,##0.00 "USD"')
    assert sheet["B3"].value == "=B2*2"
    assert [sheet.cell(k, 5).value for k in range(1, 5)] == pytest.approx(result.lines["pool.balance"][1:5], rel=1e-15)
    assert [sheet.cell(10 + k, 1).value.date() for k in (1, 2, 3)] == result.dates[1:4]
    total = sum(result.lines[f"notes.{name}.balance"][2] for name in result.terms.notes)
    assert sheet["B12"].value == pytest.approx(total, rel=1e-14)
    assert (sheet["C11"].value, sheet["F1"].value, len(sheet._charts)) == ("ours", None, 1)


@pytest.mark.parametrize(
    ("names", "said"),
    [
        ({"abs.notes.A.balanse": "$D$4"}, "Bank page!D4: 'abs.notes.A.balanse' names no line of a deal"),
        ({"abs.facts.payment_day": "$D$4"}, "Bank page!D4: 'abs.facts.payment_day' is no fact of a report"),
        ({"abs.notes.B.balance": "$B$3"}, "Bank page!B3: 'abs.notes.B.balance' would overwrite a formula"),
        ({"abs.notes.B.balance": "$J$3:$K$5"}, "Bank page!J3:K5: 'abs.notes.B.balance' is a block"),
        ({"abs.notes.B.balance": "$J:$J"}, "Bank page!J:J: 'abs.notes.B.balance' is a whole column or row"),
    ],
)
def test_mistakes_name_the_cell(deal, tmp_path, names, said):
    """One sentence with sheet and cell, and nothing is written."""
    file = template(tmp_path / "bank.xlsx", **names)
    text = refused("report", deal, "--template", file, "--out", tmp_path / "out", code=2)
    assert said in text
    assert not list((tmp_path / "out").glob("*"))


def test_no_workbook(deal, tmp_path):
    """A file that is no workbook, one without names, and one that would be overwritten."""
    (tmp_path / "text.xlsx").write_text("hello", "utf-8")
    assert "cannot be read as an Excel workbook" in refused(
        "report", deal, "--template", tmp_path / "text.xlsx", "--out", tmp_path / "o", code=2
    )
    book = Workbook()
    book.save(tmp_path / "bare.xlsx")
    assert "no defined name begins with 'abs.'" in refused(
        "report", deal, "--template", tmp_path / "bare.xlsx", "--out", tmp_path / "o", code=2
    )
    file = template(tmp_path / "bank.xlsx")
    assert "would overwrite the template itself" in refused(
        "report", deal, "--template", file, "--out", tmp_path, code=2
    )
