"""Reports in the forms of trustees: numbered lines that tie to the run, the same bytes each time, a stamp where not."""

from __future__ import annotations

import csv
import re
from datetime import date
from types import SimpleNamespace

import pytest

import abs_struct
from abs_struct.core.findings import UsageError
from abs_struct.handoff.forms import FORMATS, write_form
from abs_struct.handoff.forms.figures import Figures
from abs_struct.handoff.forms.template import shipped
from abs_struct.handoff.forms.words import say
from abs_struct.handoff.forms.write import report_of

DEALS = ("mpl_2027_1", "jb_cl_2027_1", "card_2027_a")
TEMPLATES = ("cn-distribution", "cn-trustee", "deal-book", "eu-investor", "us-10d")
WRONG = """\
title: {en: Wrong, zh: 错误}
basis: {en: test, zh: 测试}
sections:
  - {id: one, en: One, zh: 一, lines: [{id: pool, en: Pool, zh: 资产池, value: pool.balance}]}
checks:
  - {id: off, en: The pool is one more, zh: 错, left: lines.pool, right: pool.balance + 1}
"""


@pytest.fixture(scope="module")
def runs(repository):
    """Runs of the three deals."""
    return {name: abs_struct.load(repository / f"deals/{name}.yaml").run() for name in DEALS}


def lines_of(report, table):
    """The rows of a section by their name."""
    found = next(found for found in report.tables if found.id == table)
    return {row.key: [cell.value for cell in row.cells] for row in found.rows if row.key}


def test_templates_are_found():
    """The templates of the toolkit, by the names of their files."""
    assert tuple(shipped()) == TEMPLATES


@pytest.mark.parametrize("name", DEALS)
@pytest.mark.parametrize("template", TEMPLATES)
def test_every_format(runs, tmp_path, name, template):
    """Each template fills from each deal in every format, all tie-outs hold, and again gives the same bytes."""
    language = "zh" if template.startswith("cn") else "en"
    report = report_of(runs[name], template, language)
    assert report.tied
    assert not report.failed, report.failed[0]
    for form in ("xlsx", "html", "csv"):
        first, _ = write_form(report, tmp_path / f"one.{form}", form)
        again, _ = write_form(report_of(runs[name], template, language), tmp_path / f"two.{form}", form)
        assert first.read_bytes() == again.read_bytes()
        assert len(first.read_bytes()) > 2_000


@pytest.mark.parametrize("name", ["drawn", pytest.param("typeset", marks=pytest.mark.needs("typst"))])
def test_pdf(runs, tmp_path, monkeypatch, name):
    """Both ways to a PDF: by typst where it is installed, and by matplotlib; again gives the same bytes."""
    monkeypatch.setitem(FORMATS, "pdf", name)
    monkeypatch.setattr("abs_struct.handoff.forms.write.find_spec", lambda module: SimpleNamespace(origin=module))
    report = report_of(runs["jb_cl_2027_1"], "cn-distribution", "zh", form="pdf")
    first, notes = write_form(report, tmp_path / "one.pdf", "pdf")
    again, _ = write_form(report, tmp_path / "two.pdf", "pdf")
    assert first.read_bytes() == again.read_bytes()
    assert first.read_bytes().startswith(b"%PDF")
    assert bool(notes) == (name == "drawn")


def test_numbers_run_and_cites_hold(runs):
    """Lines are numbered 1, 2, 3 ..., and what a line cites are earlier numbers whose figures make it."""
    report = report_of(runs["mpl_2027_1"], "us-10d")
    rows = [row for table in report.tables for row in table.rows if row.number]
    assert [row.number for row in rows] == list(range(1, len(rows) + 1))
    values = {row.number: row.cells[0].value for row in rows}
    cited = [row for row in rows if re.fullmatch(r"\(\d+\) = \(\d+\) - \(\d+\)", row.cites)]
    assert cited
    for row in cited:
        whole, one, two = (int(found) for found in re.findall(r"\d+", row.cites))
        assert values[whole] == values[one] - values[two]


def test_figures_are_lines_of_the_run(runs):
    """Balances, interest due and paid, and figures per 1,000 are those of the run on that payment date."""
    result = runs["mpl_2027_1"]
    report = report_of(result, "us-10d", period=12)
    a = {word: result.lines[f"notes.A.{word}"] for word in ("balance", "factor", "principal_paid", "interest_paid")}
    begin, _, principal, end, factor = lines_of(report, "note_balances")["note_balances.notes.A"]
    assert (begin, end, factor) == (a["balance"][11], a["balance"][12], a["factor"][12])
    assert principal == a["principal_paid"][12]
    interest = lines_of(report, "per_unit")["per_unit.notes.A"][0]
    assert interest == pytest.approx(1_000 * a["interest_paid"][12] / 165_750_000, abs=5.1e-7)
    assert interest == round(interest, 6)
    assert str(result.dates[12]) in report.subtitle


def test_figures_per_hundred_print_the_decimals_that_they_have(runs):
    """Per 100 yuan of face a notice prints four decimals, the ones to which it rounds; per 1,000 it prints six."""
    report = report_of(runs["jb_cl_2027_1"], "cn-distribution", period=12)
    table = next(table for table in report.tables if table.id == "per_unit")
    cells = [cell for row in table.rows for cell in row.cells if cell.kind == "per_hundred"]
    assert cells
    for cell in cells:
        assert re.fullmatch(r"[\d,]+\.\d{4}", say(cell.value, cell.kind)), cell
    assert say(12.5, "per_unit") == "12.500000"


def test_flows_of_a_quarter_are_added_up(runs):
    """A payment that collects several months reports the flows of all of them, and balances as they stand."""
    result = runs["jb_cl_2027_1"]
    figures = Figures(result)
    first = figures.payments[1]
    assert first > 1
    assert figures.line("pool.interest", 1) == pytest.approx(result.lines["pool.interest"][1 : first + 1].sum())
    assert figures.line("pool.balance", 1) == result.lines["pool.balance"][first]


def test_date_is_its_period(runs):
    """--date and --period give the same report; neither gives the first payment date."""
    result = runs["mpl_2027_1"]
    assert report_of(result, "us-10d", day=result.dates[3]) == report_of(result, "us-10d", period=3)
    assert report_of(result, "us-10d") == report_of(result, "us-10d", period=1)


def test_csv_holds_the_codes(runs, tmp_path):
    """The fields of Annex XII stand in the CSV by their codes with every digit, and what is left out is said."""
    result = runs["mpl_2027_1"]
    file, _ = write_form(report_of(result, "eu-investor", period=5), tmp_path / "eu.csv", "csv")
    rows = list(csv.DictReader(file.read_text("utf-8").splitlines()))
    fields = {row["id"]: row["value"] for row in rows if row["id"].startswith("IVSS")}
    assert fields["IVSS17"] == repr(float(result.lines["pool.interest"][5]))
    assert fields["IVSS2"] == str(result.schedule.collection_end[4])
    assert "IVSS40" not in fields
    assert any("IVSS37-IVSS44" in row["item"] for row in rows if row["section"] == "left_out")


def test_template_says_only_what_was_verified(repository):
    """Every code that the European template prints lies among those whose names were read in the regulation."""
    text = (repository / "abs_struct/handoff/forms/templates/eu-investor.yaml").read_text("utf-8")
    codes = [int(found) for found in re.findall(r"code: IVSS(\d+)", text)]
    assert codes
    assert max(codes) <= 35


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        (
            "value: pool.balance}",
            "value: pool.balanse}",
            "one.pool: no line is called so in 'pool.balanse'; did you mean",
        ),
        ("left: lines.pool", "left: lines.pol", "no line 'lines.pol'"),
        ("value: pool.balance}", "value: lines.pool}", "the line pool follows from itself"),
        ("value: pool.balance}", "value: pool.balance, colour: red}", "unknown key 'colour'"),
    ],
)
def test_mistakes_of_a_template(runs, tmp_path, old, new, said):
    """A template of one's own: an unknown line, a line that follows from itself, an unknown key."""
    file = tmp_path / "own.yaml"
    file.write_text(WRONG.replace(old, new), "utf-8")
    with pytest.raises(UsageError, match=re.escape(said)):
        report_of(runs["mpl_2027_1"], str(file))


def test_chinese_without_a_font_is_said(runs, tmp_path, monkeypatch):
    """A PDF in Chinese on a machine without such a font has English labels, and a note says so; HTML needs none."""
    from abs_struct.handoff.forms import write as writing

    monkeypatch.setattr(writing, "chinese_font", lambda: None)
    result = runs["jb_cl_2027_1"]
    pdf = report_of(result, "cn-distribution", "zh", form="pdf")
    assert pdf.language == "en"
    assert "no font with Chinese characters" in pdf.notes[0]
    page = report_of(result, "cn-distribution", "zh", form="html")
    assert page.language == "zh"
    text = write_form(page, tmp_path / "page.html", "html")[0].read_text("utf-8")
    assert "收益分配报告" in text
    assert str(date(2027, 7, 26)) in text
