"""The live workbooks of the six deals, recalculated by LibreOffice at other inputs, against the engine."""

from __future__ import annotations

import re
import subprocess
from zipfile import ZIP_DEFLATED, ZipFile

import numpy as np
import pytest
from handoff.test_workbook_deals import DEALS, TOLERANCE, at_inputs, read

import abs_struct
from abs_struct.handoff.workbook import write_workbook
from abs_struct.handoff.workbook.axis import letters
from abs_struct.handoff.workbook.check import Saved, measures_apart, opened
from abs_struct.handoff.workbook.pages.assumptions import FIRST_SCENARIO, input_rows
from abs_struct.handoff.workbook.recalculated import gaps
from abs_struct.handoff.workbook.scenarios import Scenarios
from abs_struct.handoff.workbook.write import book_of

pytestmark = pytest.mark.needs("libreoffice")

#: LibreOffice otherwise takes the values that a file brings with it.
PROFILE = """<?xml version="1.0" encoding="UTF-8"?>
<oor:items xmlns:oor="http://openoffice.org/2001/registry">
<item oor:path="/org.openoffice.Office.Calc/Formula/Load">
<prop oor:name="OOXMLRecalcMode" oor:op="fuse"><value>0</value></prop></item>
<item oor:path="/org.openoffice.Office.Calc/Formula/Calculation">
<prop oor:name="UseThreadedCalculationForFormulaGroups" oor:op="fuse"><value>{threads}</value></prop></item>
</oor:items>
"""
#: What is changed in each workbook, where the deal has it: so many inputs of each kind.
KINDS = (
    r"prepayment",
    r"default|charge_off",
    r"recovery",
    r"coupon",
    r"^notes\..*balance",
    r"target|amounts",
    r"^triggers",
)
#: How each deal is written; one of 100 periods and more as rows is another case, see `test_long_columns`.
LAYOUTS = dict.fromkeys(DEALS, "rows") | {"euroc_2027_1": "fast", "auto_2027_1": "fast"}


def other_inputs(result, book):
    """Other values for two inputs of each kind that a formula reads."""
    live, found = sorted(read_by(book)), {}
    for kind in KINDS:
        paths = [path for path in live if re.search(kind, path) and result.program.inputs[path]]
        found |= {path: float(result.program.inputs[path]) * 0.94 for path in paths[:2]}
    return found


def read_by(book):
    """The inputs that some formula of the workbook reads."""

    class Holder:
        """What `read` asks."""

    holder = Holder()
    holder.book = book
    return read(holder)


def retyped(file, cells):
    """Other numbers in cells of the third sheet, the assumptions; formulas keep the values that they had."""
    with ZipFile(file) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    sheet = parts["xl/worksheets/sheet3.xml"].decode()
    for cell, value in cells.items():
        sheet, count = re.subn(rf'(<c r="{cell}"[^>]*><v>)[^<]*(</v>)', rf"\g<1>{value!r}\g<2>", sheet)
        assert count == 1, cell
    parts["xl/worksheets/sheet3.xml"] = sheet.encode()
    with ZipFile(file, "w", ZIP_DEFLATED) as archive:
        for name, data in parts.items():
            archive.writestr(name, data)


def typed(repository, folder, name, layout):
    """A deal's run, where its lines stand, other inputs, and its workbook with them typed in."""
    result = abs_struct.load(repository / f"deals/{name}.yaml").run()
    file = write_workbook(result, folder / f"{name}.xlsx", layout, Scenarios())
    book = book_of(result, None, Scenarios(), layout)
    values = other_inputs(result, book)
    rows = input_rows(result.program)[0]
    retyped(file, {f"{letters(FIRST_SCENARIO)}{rows[path]}": value for path, value in values.items()})
    return result, book, values


def saved(folder, names, *, threads):
    """Recalculate and save workbooks of a folder with LibreOffice."""
    profile = folder / f"profile_{threads}"
    (profile / "user").mkdir(parents=True)
    text = PROFILE.format(threads=str(threads).lower())
    (profile / "user" / "registrymodifications.xcu").write_text(text)
    words = ["soffice", f"-env:UserInstallation={profile.as_uri()}", "--headless", "--convert-to",
             "xlsx:Calc MS Excel 2007 XML", "--outdir", str(folder / "saved")]  # fmt: skip
    files = [str(folder / f"{name}.xlsx") for name in names]
    subprocess.run([*words, *files], check=True, capture_output=True, timeout=600)
    return {name: folder / "saved" / f"{name}.xlsx" for name in names}


def check_equal(result, book, values, file):
    """Every line, life and yield that LibreOffice works out at the changed inputs is the engine's; the checks pass."""
    assert len(values) >= 7
    now = at_inputs(result, values)
    assert not np.array_equal(now.lines["deal.notes_balance"], result.lines["deal.notes_balance"])
    found = Saved(opened(file, values=True), book)
    apart = [path for path, gap in gaps(found, book, now).items() if not (gap <= TOLERANCE).all()]
    assert apart == []
    assert measures_apart(found, now) == []
    assert found.workbook["Checks"]["B4"].value == "all checks passed"
    assert found.workbook["Checks"]["B5"].value == "inputs changed: comparison off"


@pytest.fixture(scope="module")
def recalculated(repository, tmp_path_factory):
    """Each deal's run at other inputs, and its workbook with them typed in, as LibreOffice saved it."""
    folder = tmp_path_factory.mktemp("libreoffice")
    found = {name: typed(repository, folder, name, LAYOUTS[name]) for name in DEALS}
    files = saved(folder, DEALS, threads=True)
    return {name: (*found[name], files[name]) for name in DEALS}


@pytest.mark.parametrize("name", DEALS)
def test_every_line_is_the_engine_s(name, recalculated):
    """The workbook of each shipped deal at changed inputs is the engine's."""
    check_equal(*recalculated[name])


def test_long_columns(repository, tmp_path):
    """With 100 periods and more the workbook says which setting LibreOffice needs; with it, it is the engine's."""
    result, book, values = typed(repository, tmp_path, "euroc_2027_1", "rows")
    assert book.periods >= 100
    column = opened(tmp_path / "euroc_2027_1.xlsx")["Contents"].iter_rows(max_col=2, values_only=True)
    assert next(text for label, text in column if label == "In LibreOffice").endswith("Multi-threaded calculation:")
    check_equal(result, book, values, saved(tmp_path, ["euroc_2027_1"], threads=False)["euroc_2027_1"])
