"""The live page as a file: the same bytes each time, whole or not at all, and nothing in it that is not its own."""

from __future__ import annotations

import re
import subprocess
import sys
from dataclasses import replace

import numpy as np
import pytest
from small import TERMS, small

from abs_struct.core.findings import DealError, UsageError
from abs_struct.handoff.page import write_page
from abs_struct.handoff.page.write import fingerprint
from abs_struct.waterfall.engine import run


@pytest.fixture(scope="module")
def result(tmp_path_factory):
    """A run of the small deal."""
    return small(tmp_path_factory.mktemp("page")).run()


def test_the_same_run_gives_the_same_bytes(result, tmp_path):
    """Two files are equal."""
    one, other = (write_page(result, tmp_path / name).read_bytes() for name in ("one.html", "other.html"))
    assert one == other


def test_another_process_gives_the_same_bytes(tmp_path, repository):
    """No order of a set, no clock and no folder gets into the page."""
    pages = []
    for seed in ("1", "2"):
        folder = tmp_path / seed
        folder.mkdir()
        small(folder)
        words = "import sys; from abs_struct.cli import main; sys.argv[0] = 'abs-struct'; main()"
        asked = ["page", "small.yaml", "--file", "p.html"]
        subprocess.run([sys.executable, "-c", words, *asked], cwd=folder, check=True, capture_output=True,
                       env={"PYTHONHASHSEED": seed, "PYTHONPATH": str(repository), "PATH": "/usr/bin"})  # fmt: skip
        pages.append((folder / "p.html").read_bytes())
    assert pages[0] == pages[1]
    assert str(tmp_path).encode() not in pages[0]


def test_the_policy_names_the_only_script_and_style(result, tmp_path):
    """Nothing is allowed but the page's own script and style, by their hashes; there is no address in the file."""
    text = write_page(result, tmp_path / "page.html").read_text("utf-8")
    policy = re.search(r'<meta http-equiv="Content-Security-Policy" content="([^"]*)">', text).group(1)
    script, style = re.findall(r"<script>(.*?)</script>", text, re.S), re.findall(r"<style>(.*?)</style>", text, re.S)
    assert policy == (
        f"default-src 'none'; script-src '{fingerprint(script[0])}'; style-src '{fingerprint(style[0])}'; "
        "base-uri 'none'; form-action 'none'"
    )
    assert (len(script), len(style)) == (1, 1)
    assert not re.search(r"https?://|\ssrc=|\son\w+=|\sstyle=|@import|url\(", text)


def test_the_language_shown_first_is_chosen(result, tmp_path):
    """`--lang zh` begins in Chinese; another language is refused."""
    assert 'id="zh" checked' in write_page(result, tmp_path / "zh.html", "zh").read_text("utf-8")
    assert 'id="en" checked' in write_page(result, tmp_path / "en.html").read_text("utf-8")
    with pytest.raises(UsageError, match=r"no language 'fr' \(languages: en, zh\)"):
        write_page(result, tmp_path / "fr.html", "fr")


def test_a_place_that_takes_no_file_is_one_sentence(result, tmp_path):
    """A folder in the way is named, and nothing is left behind."""
    (tmp_path / "a file").write_text("")
    with pytest.raises(UsageError, match="cannot be written"):
        write_page(result, tmp_path / "a file" / "page.html")
    (tmp_path / "taken.html").mkdir()
    with pytest.raises(UsageError, match="could not be written"):
        write_page(result, tmp_path / "taken.html")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a file", "taken.html"]


def test_purchases_between_payment_dates_are_refused(tmp_path):
    """A deal whose purchases have no formulas is refused in a sentence that says what to leave out."""
    revolving = """
revolving:
  until: 2027-12-31
  clock: daily
  receivables:
    loans: {share: 100%, repayment: level_pay, term: 12, rate: 14%, price: 99}
"""
    result = small(tmp_path, TERMS + revolving).run()
    with pytest.raises(DealError, match=r"the live page .* know deals that buy on payment dates"):
        write_page(result, tmp_path / "page.html")


def test_many_scenarios_are_refused(tmp_path):
    """A page shows one base case."""
    result = small(tmp_path).run()
    program = replace(result.program, inputs={**result.program.inputs, "notes.A.coupon": np.array([0.05, 0.06])})
    wide = replace(result, program=program, lines=run(program))
    with pytest.raises(UsageError, match="this result has 2 scenarios"):
        write_page(wide, tmp_path / "page.html")
