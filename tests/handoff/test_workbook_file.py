"""The live workbook as a file: its sheets, its bytes, its formulas as text, and what it refuses."""

from __future__ import annotations

import re
import zipfile
from dataclasses import replace
from pathlib import Path

import openpyxl
import pytest
from openpyxl.formula.translate import Translator
from small import TERMS, small

import abs_struct
from abs_struct.core.findings import AbsStructError, UsageError
from abs_struct.handoff.workbook import book, write_workbook
from abs_struct.handoff.workbook.axis import Across, Rows
from abs_struct.handoff.workbook.write import book_of

SHEETS = ["Contents", "Summary", "Assumptions", "Curves", "Cohorts", "Pool", "Waterfall", "Class A", "Class B",
          "Class C", "Class D", "Accounts and fees",
          "Triggers", "Yields", "Scenarios", "Sensitivity", "Checks", "Engine", "Data dictionary",
          "Source"]  # fmt: skip
VOLATILE = re.compile(r"\b(OFFSET|INDIRECT|NOW|TODAY|RAND|RANDBETWEEN|CELL|INFO)\(")


@pytest.fixture(scope="module")
def mpl(repository):
    """A run of the shipped deal."""
    return abs_struct.load(repository / "deals/mpl_2027_1.yaml").run()


@pytest.fixture(scope="module")
def file(mpl, tmp_path_factory):
    """Its workbook."""
    return write_workbook(mpl, tmp_path_factory.mktemp("live") / "mpl.xlsx")


@pytest.fixture(scope="module")
def formulas(file):
    """The workbook as openpyxl reads it, formulas as text."""
    return openpyxl.load_workbook(file)


def test_sheets_stand_in_their_order(formulas):
    """Contents first, dictionary and hidden source last, periods in the order of calculation between them."""
    assert formulas.sheetnames == SHEETS


def test_same_run_same_bytes(mpl, file, tmp_path):
    """Written twice, the file has the same bytes."""
    assert write_workbook(mpl, tmp_path / "again.xlsx").read_bytes() == file.read_bytes()


@pytest.mark.parametrize("layout", ["rows", "fast"])
def test_formulas_are_copies_of_one_another(mpl, formulas, layout, tmp_path):
    """Each line's formula in period 1, moved down or across, is its formula in every later period."""
    if layout == "fast":
        formulas = openpyxl.load_workbook(write_workbook(mpl, tmp_path / "fast.xlsx", layout))
    found, checked = book_of(mpl, None, layout=layout).layout, 0
    for column in found.columns.values():
        block = formulas[column.sheet].iter_rows(
            *found.axis.block(column.index)[::2], *found.axis.block(column.index)[1::2]
        )
        _, first, *others = [cell for line in block for cell in line]
        if not isinstance(first.value, str):
            assert not column.live, column.path
            continue
        mover = Translator(first.value, origin=first.coordinate)
        for cell in others:
            assert cell.value == mover.translate_formula(cell.coordinate), (column.path, cell.coordinate)
            checked += 1
    assert checked > 20_000


def test_every_line_of_the_trace_is_on_a_sheet(mpl):
    """No computed line is missing from the workbook."""
    found = book_of(mpl, None)
    written = {*found.trace.formulas, *found.trace.curves, *found.trace.openings}
    assert written <= {*found.layout.columns, *found.layout.constants}


def test_formulas_are_plain(formulas):
    """No volatile functions, no array formulas, nothing near the limit of a cell, and a cached value in each."""
    for sheet in formulas:
        for row in sheet.iter_rows():
            for cell in row:
                assert cell.data_type != "f" or isinstance(cell.value, str), "an array formula"
                if cell.data_type == "f":
                    assert not VOLATILE.search(cell.value), (sheet.title, cell.coordinate)
                    assert len(cell.value) < 2_000, (sheet.title, cell.coordinate)


def test_every_formula_carries_a_value(file, formulas):
    """A reader that does not calculate sees a number or a text in every formula cell."""
    cached = openpyxl.load_workbook(file, data_only=True)
    for sheet in formulas:
        for row in sheet.iter_rows():
            for cell in row:
                if cell.data_type == "f":
                    assert cached[sheet.title][cell.coordinate].value is not None, (sheet.title, cell.coordinate)


def test_parts_of_the_file(file):
    """No macros, no external links, no defined names but those of printing; charts say in words what they show."""
    with zipfile.ZipFile(file) as parts:
        names = parts.namelist()
        drawing = "".join(parts.read(name).decode() for name in names if "drawings/drawing" in name)
        workbook = parts.read("xl/workbook.xml").decode()
    assert not [name for name in names if "vba" in name or "externalLink" in name]
    assert len([name for name in names if "charts/chart" in name]) == 3 + 4  # of the summary, and one a class
    assert drawing.count("descr=") == 3 + 4
    defined = set(re.findall(r'definedName name="([^"]+)"', workbook))
    assert defined <= {"_xlnm.Print_Titles", "_xlnm.Print_Area", "_xlnm._FilterDatabase"}


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@SUM(A1)", "{=1}", '=HYPERLINK("http://x")', "a\x07b"])
def test_text_never_becomes_a_formula(text, tmp_path):
    """Names and labels of a deal stay text, whatever they begin with."""
    said = text.replace("\\", "").replace("'", "''")
    if "\x07" in said:
        result = replace_name(small(tmp_path).run(), text)
    else:
        terms = TERMS.replace("name: Small", f"name: '{said}'").replace("coupon: 5%", f"coupon: 5%, label: '{said}'")
        result = small(tmp_path, terms).run()
    found = openpyxl.load_workbook(write_workbook(result, tmp_path / "text.xlsx"))
    cell = found["Summary"]["A1"]
    assert cell.data_type == "s"
    assert cell.value == text.replace("\x07", "")
    if "\x07" not in text:
        assert found["Summary"]["A9"].data_type == "s"


def replace_name(result, name):
    """The result under another name."""
    return replace(result, terms=result.terms.model_copy(update={"name": name}))


def test_too_many_columns_are_refused(mpl, tmp_path, monkeypatch):
    """A sheet that would need more columns than there are is refused in one sentence, and nothing is written."""
    monkeypatch.setattr(Rows, "most", 200)
    with pytest.raises(AbsStructError, match="the sheet 'Cohorts' would need more than 200 columns"):
        write_workbook(mpl, tmp_path / "wide.xlsx")
    monkeypatch.setattr(Across, "most", 200)
    with pytest.raises(AbsStructError, match="the sheet 'Cohorts' would need more than 200 rows"):
        write_workbook(mpl, tmp_path / "long.xlsx", "fast")
    assert list(tmp_path.iterdir()) == []


def test_too_long_a_formula_is_refused(mpl, tmp_path, monkeypatch):
    """A formula that no cell takes is refused in one sentence, and nothing is written."""
    monkeypatch.setattr(book, "MOST_CHARACTERS", 100)
    with pytest.raises(AbsStructError, match="characters and a spreadsheet takes 100"):
        write_workbook(mpl, tmp_path / "long.xlsx")
    assert list(tmp_path.iterdir()) == []


def test_unknown_layout_is_refused(mpl, tmp_path):
    """A layout that does not exist is named with the nearest one."""
    with pytest.raises(UsageError, match=r"no layout 'row'; did you mean 'rows'"):
        write_workbook(mpl, tmp_path / "x.xlsx", layout="row")


def test_many_scenarios_are_refused(mpl, tmp_path):
    """A result with a scenario axis has no workbook."""
    from abs_struct.waterfall.engine import run_as_arrays

    with pytest.raises(UsageError, match="one scenario and this result has 1"):
        write_workbook(replace(mpl, lines=run_as_arrays(mpl.program)), tmp_path / "x.xlsx")


def test_where_nothing_can_be_written(mpl, tmp_path, monkeypatch):
    """A folder in the way, or a disk that fills up: one sentence, and no half file is left."""
    (tmp_path / "taken.xlsx").mkdir()
    with pytest.raises(UsageError, match=r"taken.xlsx: could not be written"):
        write_workbook(mpl, tmp_path / "taken.xlsx")
    (tmp_path / "file").write_text("")
    with pytest.raises(UsageError, match="cannot be written"):
        write_workbook(mpl, tmp_path / "file" / "deal.xlsx")

    def full(self, data):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "write_bytes", full)
    with pytest.raises(UsageError, match="no space left on device"):
        write_workbook(mpl, tmp_path / "full.xlsx")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["file", "taken.xlsx"]
