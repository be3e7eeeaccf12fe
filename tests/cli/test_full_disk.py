"""A disk that fills up while a command writes: one sentence, exit code 2, and no half file, whatever is written."""

from __future__ import annotations

import json
import os
import subprocess
import sys

import pytest
from small import small

#: In a process of its own whose files may not grow beyond 1,500 bytes; what it finds goes through a pipe.
CHILD = """
import json, resource, sys, warnings
warnings.simplefilter("error", ResourceWarning)
from pathlib import Path
from typer.testing import CliRunner
from abs_struct.cli.app import assembled

app, found = assembled(), []
resource.setrlimit(resource.RLIMIT_FSIZE, (1_500, resource.getrlimit(resource.RLIMIT_FSIZE)[1]))
for words in json.loads(sys.argv[1]):
    done = CliRunner().invoke(app, words)
    left = sorted(str(path) for path in Path("out").rglob("*") if path.is_file())
    found.append([words, done.exit_code, done.stderr, left])
print(json.dumps(found))
"""
COMMANDS = (
    ("run", "small.yaml", "--out", "out/run"),
    ("run", "small.yaml", "--no-excel", "--out", "out/charts"),
    ("excel", "small.yaml", "--out", "out/excel"),
    ("page", "small.yaml", "--out", "out/page"),
    *(("report", "small.yaml", "--template", "deal-book", "--format", form, "--out", f"out/{form}")
      for form in ("xlsx", "html", "pdf", "csv")),
    *(("clauses", "small.yaml", "--out", f"out/clauses.{form}") for form in ("md", "html", "docx")),
    ("diff", "small.yaml", "other.yaml", "--out", "out/diff.html"),
    ("sweep", "small.yaml", "--vary", "assumptions.prepayment.cpr=0%:60%:1%", "--out", "out/sweep"),
    ("stress", "small.yaml", "--out", "out/stress"),
    ("tape", "stratify", "small.csv", "--out", "out/strata.xlsx"),
)  # fmt: skip


@pytest.fixture(scope="module")
def ended(repository, tmp_path_factory):
    """How each command ended: its words, exit code, what it said, and the files that are left."""
    folder = tmp_path_factory.mktemp("full")
    small(folder)
    (folder / "other.yaml").write_text((folder / "small.yaml").read_text().replace("coupon: 5%", "coupon: 6%"))
    words = [sys.executable, "-c", CHILD, json.dumps(COMMANDS)]
    here = {**os.environ, "PYTHONPATH": str(repository)}
    done = subprocess.run(words, check=False, cwd=folder, capture_output=True, text=True, timeout=300, env=here)
    assert done.returncode == 0, done.stderr
    assert done.stderr == ""
    return {tuple(found[0]): found[1:] for found in json.loads(done.stdout)}


@pytest.mark.skipif(sys.platform == "win32", reason="limits the size of files as Unix does")
@pytest.mark.parametrize("words", COMMANDS, ids=" ".join)
def test_a_full_disk_leaves_nothing_behind(words, ended):
    """No file under its final name, none beside it, and a sentence that names the one that could not be written."""
    code, said, left = ended[words]
    assert (code, left) == (2, []), said
    assert "could not be written to its end" in said
    assert "Traceback" not in said
    assert "unexpected" not in said
