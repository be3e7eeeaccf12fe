"""The live workbook with one column a period: the same deal, recalculated, checked, and alike on every sheet."""

from __future__ import annotations

import openpyxl
import pytest
from handoff.test_workbook_deals import DEALS, at_inputs, check_equal, moved

import abs_struct
from abs_struct.handoff.workbook import write_workbook
from abs_struct.handoff.workbook.check import check_workbook
from abs_struct.handoff.workbook.pages.engine import compared, places
from abs_struct.handoff.workbook.recalculated import Recalculated, figure

LAYOUT = "fast"
#: LibreOffice recalculates its workbook of this layout at other inputs, which is the longer proof.
LONGEST = "euroc_2027_1"


@pytest.mark.needs("formualizer")
@pytest.mark.parametrize("name", [name for name in DEALS if name != LONGEST])
def test_every_deal_as_it_is_and_at_other_inputs(name, repository, tmp_path):
    """Each shipped deal, recalculated, is the engine's in every line; so it is after many inputs are typed into it."""
    result = abs_struct.load(repository / f"deals/{name}.yaml").run()
    workbook = Recalculated(write_workbook(result, tmp_path / "fast.xlsx", LAYOUT), result, layout=LAYOUT)
    check_equal(workbook, result)
    values = moved(workbook, result)
    assert len(values) >= 7
    workbook.change(**{path.replace(".", "__"): value for path, value in values.items()})
    check_equal(workbook, at_inputs(result, values))
    assert workbook.errors() == []


@pytest.fixture(scope="module")
def revolving(repository):
    """A run of a deal with purchases, vintages and months without a payment date."""
    return abs_struct.load(repository / "deals/hb_rev_2027_1.yaml").run()


@pytest.fixture(scope="module")
def file(revolving, tmp_path_factory):
    """Its workbook."""
    return write_workbook(revolving, tmp_path_factory.mktemp("fast") / "hb_rev.xlsx", LAYOUT)


def test_a_period_is_the_same_column_on_every_sheet(revolving, file):
    """Numbers of periods stand in the fourth row, dates in the fifth, from column E on, whatever the sheet."""
    formulas, values = openpyxl.load_workbook(file), openpyxl.load_workbook(file, data_only=True)
    periods = revolving.program.periods
    sheets = [name for name in formulas.sheetnames if formulas[name]["B4"].value == "Period"]
    assert {"Curves", "Cohorts", "Pool", "Waterfall", "Senior A", "Triggers", "Vintages", "Engine"} <= set(sheets)
    for name in sheets:
        row = [cell.value for cell in values[name][4]][4 : 5 + periods]
        assert row == list(range(periods + 1)), name
        assert formulas[name].freeze_panes == "E6"
        assert [cell.value for cell in formulas[name][1]][5 + periods] is None, "what a formula reads behind the last"


def test_headings_belong_to_their_lines(revolving, file):
    """Group, name and unit stand before a line, its path behind it, and sections of the waterfall above theirs."""
    cells = openpyxl.load_workbook(file)
    book = Recalculated(file, revolving, layout=LAYOUT).book
    behind = 4 + book.periods + 2 + 1
    for column in book.layout.columns.values():
        row = book.layout.axis.block(column.index)[0]
        assert cells[column.sheet].cell(row, behind).value == column.path
        assert cells[column.sheet].cell(row, 2).value == column.name
    bands = {column.band for column in book.layout.on("Waterfall")}
    first = {cell.value for (cell,) in cells["Waterfall"].iter_rows(min_row=6, max_col=1) if cell.value}
    assert len(bands) > 1
    assert bands <= first
    for column in compared(book):
        row = book.layout.axis.block(places(book)[column.path])[0]
        assert cells["Engine"].cell(row, behind).value == column.path


def test_the_dictionary_links_to_each_line(revolving, file):
    """The cell that the dictionary names holds the line at closing."""
    values = openpyxl.load_workbook(file, data_only=True)
    for path, *_, sheet, cell in values["Data dictionary"].iter_rows(min_row=5, max_col=9, values_only=True):
        if path.startswith("notes."):
            assert figure(values[sheet][cell].value) == pytest.approx(revolving.lines[path][0]), path


@pytest.mark.needs("formualizer")
def test_check_reads_it(revolving, file, tmp_path):
    """`check` knows the layout from the file; it names a formula that was overwritten, and the line that differs."""
    found = check_workbook(file)
    assert (found.passed, found.by) == (True, "recalculated")
    cells = openpyxl.load_workbook(file)
    line = Recalculated(file, revolving, layout=LAYOUT).book.addresses.place("notes.A.principal_paid", 14)
    sheet, _, cell = line.rpartition("!")
    assert cells[sheet][cell].value.startswith("=")
    cells[sheet][cell] = 1.0
    cells.save(tmp_path / "edited.xlsx")
    again = check_workbook(tmp_path / "edited.xlsx")
    assert [one.cell for one in again.overwritten] == [line]
    assert line in [one.cell for one in again.differing]


def test_the_same_bytes(revolving, file, tmp_path):
    """Written twice, the file has the same bytes."""
    assert write_workbook(revolving, tmp_path / "again.xlsx", LAYOUT).read_bytes() == file.read_bytes()
