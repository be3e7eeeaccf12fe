"""abs-struct report: files, the stamp of a report whose checks fail, and mistakes in one sentence."""

from __future__ import annotations

import json

import pytest
from cli.program import command, refused
from openpyxl import load_workbook

WRONG = """\
title: {en: Wrong, zh: 错误}
basis: {en: test, zh: 测试}
sections:
  - {id: one, en: One, zh: 一, lines: [{id: pool, en: Pool, zh: 资产池, value: pool.balance}]}
checks:
  - {id: off, en: The pool is one more, zh: 错, left: lines.pool, right: pool.balance + 1}
"""


def test_a_report_whose_check_fails_is_a_draft(repository, tmp_path):
    """It is stamped in every format, both sides are printed, and the command ends with 4."""
    template = tmp_path / "wrong.yaml"
    template.write_text(WRONG, "utf-8")
    deal = repository / "deals/mpl_2027_1.yaml"
    for form in ("xlsx", "html", "csv"):
        words = ("report", deal, "--template", template, "--format", form, "--out", tmp_path / "out")
        result = command(*words, code=4)
        assert "check failed: The pool is one more" in result.stderr
        file = tmp_path / f"out/wrong_en.{form}"
        assert file.exists()
    assert "DRAFT - CHECK FAILED" in (tmp_path / "out/wrong_en.html").read_text("utf-8")
    assert "DRAFT - CHECK FAILED" in (tmp_path / "out/wrong_en.csv").read_text("utf-8")
    sheet = load_workbook(tmp_path / "out/wrong_en.xlsx")["wrong"]
    assert "DRAFT - CHECK FAILED" in sheet.oddHeader.center.text
    assert "DRAFT - CHECK FAILED" in [cell.value for cell in sheet[3]]


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--template", "us-10k"), "--template us-10k: no such template; did you mean 'us-10d'?"),
        (("--format", "docx"), "--format docx: no such format"),
        (("--lang", "de"), "--lang de: no such language (languages: en, zh)"),
        (("--period", "900"), "--period 900: the deal pays nothing in that period; near it are"),
        (("--date", "2027-03-16"), "--date 2027-03-16: no payment date; near it are"),
        (("--date", "soon"), "--date soon: write a date as 2027-03-15"),
        (("--period", "2", "--date", "2027-03-15"), "--period and --date name the same thing"),
    ],
)
def test_mistakes_are_one_sentence(repository, tmp_path, words, said):
    """What was given, what is allowed, and the nearest name."""
    template = () if "--template" in words else ("--template", "us-10d")
    text = refused("report", repository / "deals/mpl_2027_1.yaml", *template, *words, "--out", tmp_path, code=2)
    assert said in text
    assert len(text.splitlines()) == 1
    assert not list(tmp_path.iterdir())


def test_json_names_the_file(repository, tmp_path):
    """One object: template, language, tie-outs, the file."""
    deal = repository / "deals/jb_cl_2027_1.yaml"
    words = ("--template", "cn-trustee", "--format", "html", "--lang", "zh", "--out", tmp_path, "--json")
    found = json.loads(command("report", deal, *words).stdout)
    assert (found["schema"], found["template"], found["language"]) == ("abs-struct/report/1", "cn-trustee", "zh")
    assert found["tie_outs"]["failed"] == 0
    assert found["files"] == [str(tmp_path / "cn-trustee_zh.html")]
