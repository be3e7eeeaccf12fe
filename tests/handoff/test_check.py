"""Checking a workbook that came back: inputs, overwritten formulas, values, and files of somebody else."""

from __future__ import annotations

import json
import subprocess

import numpy as np
import openpyxl
import pytest
from cli.program import command, refused
from european import european
from small import TERMS, small

import abs_struct
from abs_struct.core.findings import UsageError
from abs_struct.handoff.workbook import write_workbook
from abs_struct.handoff.workbook.axis import CLOSING, letters
from abs_struct.handoff.workbook.check import check_workbook
from abs_struct.handoff.workbook.pages.assumptions import input_rows
from abs_struct.handoff.workbook.recalculated import Recalculated
from abs_struct.handoff.workbook.source import packed, pool_text, unpacked
from abs_struct.handoff.workbook.write import book_of

DEALS = ("auto_2027_1", "card_2027_a", "euroc_2027_1", "hb_rev_2027_1", "jb_cl_2027_1", "mpl_2027_1")


@pytest.mark.parametrize("name", DEALS)
def test_the_source_is_the_deal(repository, tmp_path, name):
    """What is packed into a workbook gives the deal's figures to the last bit, in a few kilobytes."""
    result = abs_struct.load(repository / "deals" / f"{name}.yaml").run()
    cells = packed(result)
    assert max(map(len, cells)) <= 32_000
    assert sum(map(len, cells)) < 100_000
    other = unpacked(cells, tmp_path)[0].run()
    assert set(other.program.inputs) == set(result.program.inputs)
    for path in result.lines:
        assert np.array_equal(result.lines[path], other.lines[path], equal_nan=True), path


def test_the_source_of_a_changed_deal(tmp_path):
    """Changes, curves of indices from a file and holidays are packed with it; the pool's cents tie."""
    deal = european(tmp_path).with_({"notes.A.coupon.margin": "0.9%"})
    (tmp_path / "euribor.csv").write_text("date,rate\n2027-01-01,2.1%\n2028-01-01,3.3%\n")
    (tmp_path / "days.txt").write_text("2027-04-15\n")
    changes = {"assumptions.indices.EURIBOR_1M": "{file: euribor.csv}", "dates.holidays": "days.txt"}
    result = deal.with_(changes).run()
    folder = tmp_path / "unpacked"
    folder.mkdir()
    other = unpacked(packed(result), folder)[0].run()
    for path in result.lines:
        assert np.array_equal(result.lines[path], other.lines[path], equal_nan=True), path
    cents = sum(round(100 * float(line.split(",")[1])) for line in pool_text(result).splitlines()[1:])
    assert cents == result.collateral.eligible.balance_cents


@pytest.fixture(scope="module")
def result(tmp_path_factory):
    """A run of the small deal."""
    return small(tmp_path_factory.mktemp("check")).run()


@pytest.fixture
def file(result, tmp_path):
    """Its workbook."""
    return write_workbook(result, tmp_path / "small.xlsx")


def edited(file, **cells):
    """The workbook saved again with other contents of some cells: `Notes__F12=1`."""
    book = openpyxl.load_workbook(file)
    for place, value in cells.items():
        sheet, _, cell = place.partition("__")
        book[sheet.replace("_", " ")][cell] = value
    book.save(file)
    return file


def cell_of(result, path):
    """The cell of an input."""
    return f"Assumptions__F{input_rows(result.program)[0][path]}"


@pytest.mark.needs("formualizer")
def test_untouched_and_with_other_inputs(result, file):
    """As written it passes; so it does with seven other inputs, which are named with both values."""
    assert check_workbook(file).passed
    values = {
        "assumptions.prepayment.cpr": 0.2, "assumptions.default.cdr": 0.14, "assumptions.recovery.rate": 0.1,
        "notes.B.coupon": 0.08, "notes.A.balance": 0.66, "amounts.target_oc#0": 0.15, "triggers.losses.above.13": 0.03,
    }  # fmt: skip
    found = check_workbook(edited(file, **{cell_of(result, path): value for path, value in values.items()}))
    assert found.passed
    assert found.by == "recalculated"
    assert {one.path: one.now for one in found.inputs} == values
    assert all(one.before == result.program.inputs[one.path] for one in found.inputs)
    assert found.lines > 100


@pytest.mark.needs("formualizer")
def test_an_overwritten_formula_is_named(result, file):
    """A number over a formula: the cell, what stood there, and the lines that differ from there on."""
    book = openpyxl.load_workbook(file)
    column = book_of(result, None).layout.columns["notes.A.balance"]
    cell = book[column.sheet].cell(CLOSING + 4, column.index + 1)
    formula, place = cell.value, f"{column.sheet}!{cell.coordinate}"
    cell.value = 12_345.0
    book.save(file)
    found = check_workbook(file)
    assert not found.passed
    assert [(one.cell, one.found) for one in found.overwritten] == [(place, "12345")]
    assert found.overwritten[0].written == formula[:77] + ("..." if len(formula) > 80 else formula[77:])
    assert {one.path: one.cell for one in found.differing}["notes.A.balance"] == place
    assert min(one.period for one in found.differing) == found.differing[0].period == 3
    said = command("check", file, code=4).stdout
    assert f"{place}: 12345 in place of =" in said
    assert said.rstrip().endswith("CHECK FAILED")
    assert json.loads(command("check", file, "--json", code=4).stdout)["overwritten"][0]["cell"] == place


@pytest.mark.needs("formualizer")
def test_the_master_check_sees_an_error(result, file):
    """A cell that shows an error fails the checks that read it, in the workbook itself too."""
    cells = openpyxl.load_workbook(file)
    column = book_of(result, None).layout.columns["notes.A.principal_paid"]
    cells[column.sheet].cell(CLOSING + 4, column.index + 1).value = "=1/0"
    cells.save(file)
    workbook = Recalculated(file, result)
    assert workbook.value("Checks", 4, 2) == "CHECK FAILED"
    assert not check_workbook(file).passed


@pytest.mark.needs("formualizer")
def test_shares_that_no_longer_make_a_whole(tmp_path):
    """A timing that sums to 110% is named by its cells, as the deal file would refuse it; the checks fail."""
    terms = TERMS.replace("{cdr: 9%}", "{cnl: 12%, timing: {by_year: [60%, 40%]}}")
    result = small(tmp_path, terms).run()
    file = write_workbook(result, tmp_path / "whole.xlsx")
    assert check_workbook(file).refused == ()
    edited(file, **{cell_of(result, "assumptions.default.timing.by_year.1"): 0.5})
    found = check_workbook(file)
    assert (found.passed, found.overwritten, found.differing) == (False, (), ())
    cell = cell_of(result, "assumptions.default.timing.by_year.1").replace("__", "!")
    said = "assumptions.default.timing: timing.by_year sums to 110%; the shares must sum to 100%"
    assert found.refused == (f"{cell}: {said}",)
    assert Recalculated(file, result).value("Checks", 4, 2) == "CHECK FAILED"
    assert "sums to 110%" in command("check", file, code=4).stdout


@pytest.mark.needs("formualizer")
def test_inputs_that_the_deal_file_would_refuse(result, file):
    """A speed below nil computes, as cells do, and is refused by name; what is no field of the file is left alone."""
    cpr, cdr = (cell_of(result, f"assumptions.{name}") for name in ("prepayment.cpr", "default.cdr"))
    edited(file, **{cpr: -0.05, cdr: 1.5})
    found = check_workbook(file)
    assert not found.passed
    assert [text.partition(":")[0] for text in found.refused] == [cell.replace("__", "!") for cell in (cpr, cdr)]
    assert "-0.05 is not a rate; rates lie in [0, 1)" in found.refused[0]


@pytest.mark.needs("formualizer")
def test_an_input_may_be_a_formula(result, file):
    """What a formula in an input cell comes to is the input; one that comes to no number is refused."""
    cell = cell_of(result, "assumptions.default.cdr")
    edited(file, **{cell: "=0.15/2"})
    found = check_workbook(file)
    assert found.passed
    assert [(one.path, one.now) for one in found.inputs] == [("assumptions.default.cdr", 0.075)]
    edited(file, **{cell: '="abc"'})
    with pytest.raises(UsageError, match=r"is 'abc', and the input 'assumptions.default.cdr' is a number"):
        check_workbook(file)


@pytest.mark.needs("formualizer", "libreoffice")
def test_saved_by_another_program(result, file, tmp_path):
    """A workbook that LibreOffice recalculated and saved passes, by its values and recalculated."""
    edited(file, **{cell_of(result, "assumptions.default.cdr"): 0.2})
    folder = tmp_path / "saved"
    words = ["soffice", "--headless", "--convert-to", "xlsx:Calc MS Excel 2007 XML", "--outdir", str(folder), str(file)]
    subprocess.run(words, check=True, capture_output=True, timeout=180)
    found = check_workbook(folder / "small.xlsx")
    assert found.passed, found.overwritten[:3]
    saved = check_workbook(folder / "small.xlsx", recalculate=False)
    assert (saved.passed, saved.by) == (True, "as saved")
    assert [one.path for one in saved.inputs] == ["assumptions.default.cdr"]


def test_as_saved_sees_that_nothing_was_recalculated(result, file):
    """An input changed by a program that does not calculate: the saved values are not those of the input."""
    from zipfile import ZipFile

    before = check_workbook(file, recalculate=False)
    assert before.passed
    assert before.summary()["by"] == "as saved"
    row = input_rows(result.program)[0]["assumptions.default.cdr"]
    with ZipFile(file) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    for name, data in parts.items():
        old = f'<c r="F{row}"'.encode()
        if name.endswith("sheet3.xml") and old in data and b"<v>0.09</v>" in data:
            at = data.index(old)
            parts[name] = data[:at] + data[at:].replace(b"<v>0.09</v>", b"<v>0.3</v>", 1)
    with ZipFile(file, "w") as archive:
        for name, data in parts.items():
            archive.writestr(name, data)
    after = check_workbook(file, recalculate=False)
    assert [one.path for one in after.inputs] == ["assumptions.default.cdr"]
    assert after.differing
    assert not after.overwritten


def test_what_is_refused(result, file, tmp_path):
    """One sentence each: no file, no workbook, somebody else's, a text for a number, a moved row, a broken source."""
    foreign = tmp_path / "foreign.xlsx"
    openpyxl.Workbook().save(foreign)
    (tmp_path / "text.xlsx").write_text("no workbook")
    for path, words in (
        (tmp_path / "none.xlsx", "no such workbook"),
        (tmp_path / "text.xlsx", "is not an .xlsx workbook"),
        (foreign, "was not written by abs-struct excel"),
    ):
        assert words in refused("check", path, code=2)
    place = cell_of(result, "notes.A.coupon")
    with pytest.raises(UsageError, match=r"F\d+: is 'six', and the input 'notes.A.coupon' is a number"):
        check_workbook(edited(file, **{place: "six"}))
    path = f"Assumptions__{letters(12)}{place.rpartition('F')[2]}"
    with pytest.raises(UsageError, match="must not be moved"):
        check_workbook(edited(file, **{place: 0.05, path: "notes.Z.coupon"}))
    with pytest.raises(UsageError, match="cannot be read"):
        check_workbook(edited(write_workbook(result, tmp_path / "b.xlsx"), Source__A5="AAAA"))
    with pytest.raises(UsageError, match="not of the kind"):
        check_workbook(edited(write_workbook(result, tmp_path / "c.xlsx"), Source__A4="abs-struct/workbook/99"))
