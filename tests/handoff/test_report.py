"""The investor report: its pages tie to the run, no text is ever a formula, the same run gives the same bytes."""

from __future__ import annotations

import zipfile

import pytest
from openpyxl import load_workbook
from small import TERMS, small

import abs_struct
from abs_struct.core.findings import UsageError
from abs_struct.handoff.report import write_report
from abs_struct.handoff.sheet import new_workbook

HEAD = 5  # the row above the first period of a page with groups
DIGITS = 1e-15  # a workbook keeps 16 digits of a number
DANGEROUS = (
    "=1+1",
    '=HYPERLINK("http://example.org","x")',
    "+1",
    "-1",
    "@SUM(A1)",
    "=cmd|'/c calc'!A0",
    "{=1+1}",
    "\t=1",
)


@pytest.fixture(scope="module")
def mpl(repository):
    """A run of the shipped deal."""
    return abs_struct.load(repository / "deals/mpl_2027_1.yaml").run()


@pytest.fixture(scope="module")
def file(mpl, tmp_path_factory):
    """Its report."""
    return write_report(mpl, tmp_path_factory.mktemp("report") / "report.xlsx")


@pytest.fixture(scope="module")
def values(file):
    """The report as a reader sees it."""
    return load_workbook(file, data_only=True)


@pytest.fixture(scope="module")
def formulas(file):
    """The report with formulas as text."""
    return load_workbook(file)


def texts(sheet):
    """Every text of a sheet."""
    return [cell.value for row in sheet.iter_rows() for cell in row if isinstance(cell.value, str)]


def column(sheet, title, head=HEAD, group=None):
    """The values of a column by period, closing first, without the total."""
    titles = [cell.value for cell in sheet[head]]
    groups, last = [], None
    for cell in sheet[head - 1]:
        last = cell.value or last
        groups.append(last)
    at = next(k for k, word in enumerate(titles) if word == title and (group is None or groups[k] == group))
    found = []
    for row in range(head + 1, sheet.max_row + 1):
        if not isinstance(sheet.cell(row, 1).value, int | float):
            break
        found.append(sheet.cell(row, at + 1).value)
    return found


def test_pages(values):
    """The pages, in the order in which a reader asks."""
    assert values.sheetnames == [
        "Cover", "Summary", "Cash flows", "Note A", "Note B", "Note C", "Note D", "Waterfall before default",
        "Waterfall after default", "Fees", "Accounts", "Pool", "Triggers", "Decrement", "Stratification", "Eligibility",
        "Checks",
    ]  # fmt: skip


def test_cover_says_what_it_is(mpl, values):
    """Name, dates, fingerprints of deal and tape, engine, master check, and a link to every page."""
    found = texts(values["Cover"])
    for text in (
        "MPL 2027-1", "2026-12-31", "2027-01-20", mpl.document.sha256, mpl.collateral.tape.sha256,
        f"abs_struct {abs_struct.__version__}", "cpr 18%, ramp 12", f"All {len(mpl.checks)} checks passed",
    ):  # fmt: skip
        assert text in found
    links = {cell.hyperlink.location for row in values["Cover"].iter_rows() for cell in row if cell.hyperlink}
    assert links == {f"'{name}'!A1" for name in values.sheetnames if name != "Cover"}


def test_summary_ties_to_the_measures(mpl, values):
    """Each class stands in the summary with the measures of the run, to every digit that a workbook keeps."""
    sheet = values["Summary"]
    header = [cell.value for cell in sheet[4]]
    for row, (name, measures) in enumerate(mpl.note_measures.items(), 5):
        line = dict(zip(header, (cell.value for cell in sheet[row]), strict=True))
        assert line["Class"] == f"Class {name}"
        assert (line["WAL (years)"], line["Yield (BEY)"]) == pytest.approx((measures.wal, measures.yield_), rel=DIGITS)
        assert (line["Balance"], line["Price"]) == pytest.approx((measures.balance, measures.price), rel=DIGITS)
        assert line["Last principal"].date() == measures.last_principal


@pytest.mark.parametrize(
    ("page", "title", "path", "head"),
    [
        ("Note A", "Interest paid", "notes.A.interest_paid", 4),
        ("Note D", "Closing balance", "notes.D.balance", 4),
        ("Note D", "Factor", "notes.D.factor", 4),
        ("Cash flows", "Total collections", "pool.collections", 5),
        ("Cash flows", "Overcollat- eralisation", "deal.overcollateralisation", 5),
        ("Pool", "Defaulted", "pool.defaulted", 5),
        ("Triggers", "Tested value", "triggers.turbo.value", 5),
        ("Triggers", "Headroom", "triggers.turbo.headroom", 5),
    ],
)
def test_columns_are_lines_of_the_run(mpl, values, page, title, path, head):
    """A column by period holds the recorded line, to every digit that a workbook keeps."""
    found = column(values[page], title, head)
    line = mpl.lines[path].tolist()[: len(found)]
    assert found[1:] == pytest.approx(line[1:], rel=DIGITS, abs=1e-30)
    assert found[0] in (None, pytest.approx(line[0], rel=DIGITS))


def test_waterfall_pays_what_the_clause_got(mpl, values):
    """Due and paid of a clause stand under its name."""
    sheet = values["Waterfall before default"]
    path = "waterfall.before_default.interest_B"
    for title, line in (("Due", "due"), ("Paid", "paid")):
        found = column(sheet, title, group="5. Interest on Class B, supported by Reserve account")[1:]
        assert found == pytest.approx(mpl.lines[f"{path}.{line}"].tolist()[1:], rel=DIGITS)


def test_decrement_is_the_factor_in_per_cent(mpl, values):
    """The decrement table is 100 x factor, and ends with the weighted average lives."""
    sheet = values["Decrement"]
    factors = [100.0 * factor for factor in mpl.lines["notes.B.factor"].tolist()]
    assert column(sheet, "Class B", 4) == pytest.approx(factors, rel=DIGITS)
    last = [cell.value for cell in sheet[sheet.max_row]]
    assert last[:3] == ["WAL", "years", pytest.approx(mpl.note_measures["A"].wal, rel=DIGITS)]


def test_stratification_sums_to_the_pool(mpl, values):
    """Every table of the stratification has the pool as its total."""
    sheet = values["Stratification"]
    totals = [row[3].value for row in sheet.iter_rows() if row[0].value == "Total"]
    assert len(totals) >= 8
    assert set(totals) == {mpl.collateral.balance}


def test_checks_show_both_sides(mpl, values):
    """Every check with its left and right value, and the master check."""
    rows = [[cell.value for cell in row] for row in values["Checks"].iter_rows(min_row=5)]
    found = {row[0]: row for row in rows}
    for check in mpl.checks:
        assert found[check.id][1] == check.statement
        assert found[check.id][2:4] == pytest.approx([check.left, check.right], rel=DIGITS)
        assert found[check.id][7] == "passed"
    assert found["Master check"][7] == "passed"


def test_only_totals_are_formulas(formulas, values):
    """Nothing but the total of a column is a formula, and each carries its value."""
    count = 0
    for sheet in formulas:
        for row in sheet.iter_rows():
            for cell in row:
                if cell.data_type == "f":
                    count += 1
                    assert str(cell.value).startswith("=SUM(")
                    assert values[sheet.title][cell.coordinate].value is not None
    assert count > 20


@pytest.mark.needs("formualizer")
def test_totals_recalculate(file, tmp_path):
    """A spreadsheet engine adds the columns up to the values that the file carries."""
    import formualizer

    found = formualizer.load_workbook(str(file))
    found.evaluate_all()
    kept, formulas = load_workbook(file, data_only=True), load_workbook(file)
    for sheet in formulas:
        for row in sheet.iter_rows():
            for cell in row:
                if cell.data_type == "f":
                    value = found.evaluate_cell(sheet.title, cell.row, cell.column)
                    assert value == pytest.approx(kept[sheet.title][cell.coordinate].value, rel=1e-12, abs=1e-6)


def test_same_run_same_bytes(mpl, file, tmp_path):
    """Written again, the file has the same bytes."""
    again = write_report(mpl, tmp_path / "again.xlsx")
    assert again.read_bytes() == file.read_bytes()


def test_ready_to_print(formulas):
    """Landscape, fitted to the width, header rows repeated, panes frozen, footer with fingerprints."""
    for sheet in formulas:
        assert sheet.page_setup.orientation == "landscape"
        assert sheet.sheet_properties.pageSetUpPr.fitToPage
        assert not sheet.sheet_view.showGridLines
        assert "deal file" in sheet.oddFooter.left.text
    for name in ("Cash flows", "Note A", "Pool", "Decrement", "Checks"):
        assert formulas[name].freeze_panes
        assert formulas[name].print_title_rows


def test_charts_are_native_and_described(file):
    """Four charts of the spreadsheet's own, each with words for who cannot see it."""
    with zipfile.ZipFile(file) as archive:
        charts = [name for name in archive.namelist() if name.startswith("xl/charts/chart")]
        drawing = archive.read("xl/drawings/drawing1.xml").decode()
    assert len(charts) == 4
    assert drawing.count('descr="') == 4


def dangerous(folder):
    """The small deal over a tape whose texts begin like formulas, some of them rejected or ineligible."""
    terms = TERMS.replace(
        "groups: [original_term]", "groups: [original_term], eligibility: [{name: size, rule: balance >= 10_500}]"
    )
    deal = small(folder, terms)
    path = folder / "small.csv"
    header, *lines = path.read_text().splitlines()
    rows = [f"{header},state"]
    for at, line in enumerate(lines):
        word = DANGEROUS[at % len(DANGEROUS)]
        quoted = '"' + word.replace('"', '""') + '"'
        rest = line.split(",", 1)[1]
        marked = '"' + word.replace('"', '""') + f'{at}"'
        if at in (5, 6):
            rest = rest.replace(rest.split(",")[1], "-5", 1)
        rows.append(f"{marked},{rest},{quoted}")
    path.write_text("\n".join(rows) + "\n")
    return deal


def test_texts_of_a_tape_never_become_formulas(tmp_path):
    """Loan ids and states that begin with = + - @ stay texts, on every page they reach."""
    result = dangerous(tmp_path).run()
    assert result.collateral.ineligible
    assert result.collateral.tape.rejections
    book = load_workbook(write_report(result, tmp_path / "report.xlsx"))
    found = set(texts(book["Stratification"])) | set(texts(book["Eligibility"]))
    assert {"=1+1", "+1", "-1", "@SUM(A1)"} <= found
    assert any(text.startswith("=1+1") and text != "=1+1" for text in found)  # an id
    for sheet in book:
        for row in sheet.iter_rows():
            for cell in row:
                assert cell.data_type != "f" or str(cell.value).startswith("=SUM("), cell


@pytest.mark.parametrize("text", [*DANGEROUS, "0001234567890123456789", "a\x07b", "x" * 40_000, "http://example.org"])
def test_text_stays_text(tmp_path, text):
    """The one function for words writes a text: no formula, no link, no number; a cell's limits are kept."""
    file = tmp_path / "text.xlsx"
    workbook, paper = new_workbook(file, "t", "t")
    paper.sheet("One").text(0, 0, text)
    workbook.close()
    cell = load_workbook(file)["One"]["A1"]
    assert cell.data_type == "s"
    assert cell.hyperlink is None
    assert str(cell.value).strip() == text.replace("\x07", "").strip()[:32_767]


def test_labels_like_formulas(tmp_path):
    """A label of the deal that begins like a formula stays a text, also in a chart."""
    deal = small(tmp_path, **{"notes.A.label": "=1+1", "triggers.losses.label": "=A1"})
    file = write_report(deal.run(), tmp_path / "report.xlsx")
    assert load_workbook(file)["Summary"]["A5"].value == "=1+1"
    assert load_workbook(file)["Summary"]["A5"].data_type == "s"
    with zipfile.ZipFile(file) as archive:
        charts = "".join(archive.read(n).decode() for n in archive.namelist() if n.startswith("xl/charts/"))
    assert "<c:f>1+1</c:f>" not in charts
    assert "<c:f>A1</c:f>" not in charts


def test_nobody_else_writes_cells(repository):
    """Pages of values write texts through `Sheet.text` only."""
    folder = repository / "abs_struct" / "handoff"
    pages = [*(folder / "report").glob("*.py"), folder / "grids.py"]
    assert len(pages) > 6
    for page in pages:
        for word in ("", "_string", "_formula", "_row", "_column", "_rich_string", "_url"):
            assert f"worksheet.write{word}(" not in page.read_text("utf-8"), f"{page.name}: {word}"


def test_report_of_many_scenarios_is_refused(mpl):
    """A report shows one scenario."""
    from dataclasses import replace

    import numpy as np

    from abs_struct.waterfall.ledger import Ledger

    lines = Ledger(mpl.lines.names, np.repeat(mpl.lines.block, 2, axis=2), 2)
    with pytest.raises(UsageError, match="a report shows one scenario and this result has 2"):
        write_report(replace(mpl, lines=lines), "never.xlsx")


def test_failed_write_leaves_nothing(mpl, tmp_path, monkeypatch):
    """When writing fails, neither the file nor a draft stays behind."""

    def fail(*args):
        raise OSError("no")

    monkeypatch.setattr("abs_struct.handoff.report.write.cover.fill", fail)
    with pytest.raises(UsageError, match="could not be written to its end"):
        write_report(mpl, tmp_path / "report.xlsx")
    assert list(tmp_path.iterdir()) == []
