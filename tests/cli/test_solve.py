"""abs-struct solve, as a user calls it: tables on the terminal, files in a folder, JSON, and mistakes in a sentence."""

from __future__ import annotations

import json
from pathlib import Path

import pandas as pd
import pytest
from cli.program import command, refused
from small import small


@pytest.fixture
def deal(tmp_path: Path) -> Path:
    """The small deal as a file."""
    small(tmp_path)
    return tmp_path / "small.yaml"


def test_break_even_prints_and_writes_its_table(deal: Path, tmp_path: Path) -> None:
    """A row a cell and a column a class; CSV, Parquet, a workbook and a heat map of each class."""
    out = tmp_path / "out"
    words = ["solve", "break-even", deal, "--out", out, "--vary", "assumptions.prepayment.cpr=5%:25%:10%"]
    words += ["--vary", "assumptions.recovery.rate=0%,50%"]
    shown = command(*words).stdout
    frame = pd.read_csv(out / "break_even.csv")
    assert len(frame) == 2 * 6
    assert frame["outcome"].tolist() == ["break-even"] * 12
    assert f"{frame['level'][0]:.4f}" in shown
    assert shown.splitlines()[1].split() == ["assumptions.prepayment.cpr", "assumptions.recovery.rate", "A", "B"]
    assert pd.read_parquet(out / "break_even.parquet").equals(frame.astype({"level": float}))
    sheets = pd.read_excel(out / "break_even.xlsx", sheet_name=None, header=None)
    assert list(sheets)[:3] == ["Break-even", "Cells", "A.break_even_multiple"]
    grid = sheets["A.break_even_multiple"].iloc[4:7, 1:3].to_numpy(dtype=float)
    assert grid.ravel().tolist() == pytest.approx(frame["level"][:6].tolist(), abs=1e-12)
    for note in "AB":
        assert (out / f"break_even_{note}_break_even_multiple.png").stat().st_size > 5_000
    found = json.loads(command(*words, "--json").stdout)
    assert found["schema"] == "abs-struct/break-even/1"
    assert [cell["level"] for cell in found["classes"]["A"]] == frame["level"][:6].tolist()
    assert found["cells"][1] == {"assumptions.prepayment.cpr": 0.05, "assumptions.recovery.rate": 0.5}


def test_break_even_of_the_deal_as_it_stands(deal: Path, tmp_path: Path) -> None:
    """One row a class; edges in words, in the workbook too."""
    words = ["solve", "break-even", deal, "--out", tmp_path / "out", "--range", "0..3"]
    shown = command(*words).stdout.splitlines()
    assert shown[1].split() == ["Class", "Level", "Net", "loss", "Outcome"]
    assert shown[3].split()[:2] == ["A", "all"]
    assert shown[3].endswith("survives the whole range")
    assert shown[4].endswith("break-even")
    cells = pd.read_excel(tmp_path / "out" / "break_even.xlsx", sheet_name="Cells", header=None)
    assert cells.iloc[4, 1] == "all"


def test_break_even_refuses_what_it_cannot_do(deal: Path) -> None:
    """Exit code 2 for the command line, 3 for the deal."""
    assert "no such test (tests: full-and-on-time" in refused("solve", "break-even", deal, "--until", "full", code=2)
    assert "yields no points" in refused("solve", "break-even", deal, "--range", "3..1", code=2)
    assert "no class 'C'" in refused("solve", "break-even", deal, "--notes", "A,C")
    assert "is structure" in refused(
        "solve", "break-even", deal, "--of", "assumptions.recovery.lag", "--range", "0..12", code=2
    )


def test_value_prints_what_meets_the_target(deal: Path) -> None:
    """The value as the deal file writes it, and the measure there; JSON for scripts; a mistake in a sentence."""
    words = ["solve", "value", deal, "notes.B.coupon", "--target", "B.yield=8%"]
    found = json.loads(command(*words, "--json").stdout)
    assert found["schema"] == "abs-struct/value/1"
    shown = command(*words).stdout.splitlines()
    assert shown[0] == "Small: B.yield = 8.0000%"
    assert shown[1] == f"notes.B.coupon = {100 * found['values'][0]:.10g}%   (B.yield 8.0000%)"
    assert "write MEASURE=VALUE" in refused("solve", "value", deal, "notes.B.coupon", "--target", "B.yield", code=2)
    assert "never comes to 90.0000%" in refused(*words[:-1], "B.yield=90%", code=2)


def test_coupon_prints_a_row_a_class(deal: Path) -> None:
    """The coupon, its price and what it yields, and the fields to set; JSON for scripts; a mistake in a sentence."""
    words = ["solve", "coupon", deal, "--yield", "A=6%,B=8%", "--price", "B=98"]
    found = json.loads(command(*words, "--json").stdout)
    assert found["schema"] == "abs-struct/coupon/1"
    shown = command(*words).stdout.splitlines()
    assert shown[3].split() == [
        "A", "notes.A.coupon", f"{100 * found['classes']['A']['coupon']:.6f}%", "100", "yield", "6.000000%",
        f"{found['classes']['A']['wal']:.2f}",
    ]  # fmt: skip
    assert shown[5].startswith(
        f"--set notes.A.coupon={100 * found['classes']['A']['coupon']:.8g}% --set notes.B.coupon="
    )
    assert "write CLASS=NUMBER, as in A=99.5" in refused("solve", "coupon", deal, "--price", "A", code=2)
    assert "class A stands twice" in refused("solve", "coupon", deal, "--yield", "A=5%,A=6%", code=2)


def test_size_prints_and_writes_what_binds(deal: Path, tmp_path: Path) -> None:
    """Stresses of a file and of the command line; sizes and stresses as CSV and in a workbook; JSON."""
    stress, out = tmp_path / "stress.yaml", tmp_path / "out"
    stress.write_text("A:\n  high: {assumptions.default.multiple: 4}\n  low: {assumptions.default.multiple: 2}\n")
    words = ["solve", "size", deal, "--stress", stress, "--out", out]
    words += ["--set-of", "A: assumptions.default.multiple=3, assumptions.recovery.rate=0%"]
    shown = command(*words).stdout.splitlines()
    assert shown[1].split() == ["Class", "Was", "Size", "Amount", "Below", "it", "Stresses", "Binding"]
    frame = pd.read_csv(out / "sizes.csv")
    assert frame["binding"][0] in {"high", "set 1"}
    assert shown[3].split()[2] == f"{100 * frame['share'][0]:.4f}%"
    assert shown[3].split()[-1] == frame["binding"][0].split()[-1]
    table = pd.read_csv(out / "stresses.csv")
    assert table["stress"].tolist() == ["high", "low", "set 1"]
    assert table["most"].min() == pytest.approx(frame["share"][0], abs=1e-8)
    sheet = pd.read_excel(out / "sizes.xlsx", header=None)
    assert sheet.iloc[4, 4] == frame["share"][0]
    found = json.loads(command(*words, "--json").stdout)
    assert found["schema"] == "abs-struct/size/1"
    assert found["classes"]["A"]["share"] == frame["share"][0]
    assert "no class has a rating that is a level of the stresses" in refused("solve", "size", deal, code=2)
    assert "'x' is no PATH=VALUE" in refused("solve", "size", deal, "--set-of", "A: x", code=2)
