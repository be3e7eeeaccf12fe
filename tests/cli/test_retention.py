"""Risk retention in the output of a run."""

from __future__ import annotations

import pytest
from cli.program import command
from small import TERMS, WATERFALL, tape


@pytest.mark.parametrize(("share", "where"), [("5%", "out"), ("50%", "err")])
def test_it_is_said_once(share, where, tmp_path, monkeypatch):
    """A test that passes stands in the output; one that fails is a note."""
    monkeypatch.chdir(tmp_path)
    tape(tmp_path)
    block = f"retention: {{form: first loss, share: {share}, residual: true}}\n"
    (tmp_path / "small.yaml").write_text(TERMS + block + WATERFALL)
    found = command("run", "small.yaml", "--no-excel", "--no-charts")
    said, silent = (found.stdout, found.stderr) if where == "out" else (found.stderr, found.stdout)
    assert said.count("(first loss)") == 1
    assert "(first loss)" not in silent
