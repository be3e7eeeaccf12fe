"""The commands of curves, as a user runs them."""

from __future__ import annotations

import json

import pytest
from history.made import made, write_tape

from .program import command, refused


@pytest.fixture(scope="module")
def tape(tmp_path_factory):
    """A history of 3,000 loans as a tape."""
    return write_tape(made(3_000, months=24, observed=60), tmp_path_factory.mktemp("tapes") / "past.csv")


def test_history(tape, tmp_path):
    """Vintages on the terminal, a workbook, tables and a picture; the same bytes again."""
    result = command("curves", "history", tape, "--out", tmp_path / "one", "--every", "year")
    assert "Chain ladder" in result.stdout
    assert "2015" in result.stdout
    found = json.loads(
        command("curves", "history", tape, "--out", tmp_path / "two", "--every", "year", "--json").stdout
    )
    assert [row["vintage"] for row in found["vintages"]] == ["2015", "2016"]
    names = sorted(path.name for path in (tmp_path / "one").iterdir())
    assert {"history.xlsx", "static_pool.csv", "dynamic_pool.csv", "recoveries.csv", "vintages.png"} <= set(names)
    for name in names:
        assert (tmp_path / "one" / name).read_bytes() == (tmp_path / "two" / name).read_bytes(), name


def test_fit_and_a_run_of_it(tape, tmp_path, repository):
    """The curves that are written run in a deal as they are."""
    target = tmp_path / "curves.yaml"
    result = command("curves", "fit", tape, "--by", "original_term", "--out", target)
    assert "Loss timing by year of life" in result.stdout
    assert "--recovery-lag" in result.stderr
    for ending in (".csv", ".png", ".svg"):
        assert target.with_suffix(ending).exists()
    again = tmp_path / "again.yaml"
    found = json.loads(
        command("curves", "fit", tape, "--by", "original_term", "--out", again, "--recovery-lag", 9, "--json").stdout
    )
    assert [one["name"] for one in found["segments"]] == ["all", "36"]
    assert "lag: 9" in again.read_text()
    assert again.read_text().replace("lag: 9", "lag: 12") == target.read_text()
    deal = repository / "deals" / "mpl_2027_1.yaml"
    run = command("run", deal, "--set", f"assumptions.curves={target}", "--out", tmp_path / "run", "--json")
    assert json.loads(run.stdout)["pool"]["defaulted"] > 0


def test_backtest(tape, tmp_path):
    """The error stands beside that of the naive mean."""
    words = ("curves", "backtest", tape, "--before", "2016-06-30", "--by", "grade", "--months", 6, "--out", tmp_path)
    result = command(*words)
    assert "naive mean" in result.stdout
    assert "2016Q3" in result.stdout
    found = json.loads(command(*words, "--json").stdout)
    assert found["known_until"] == "2016-06"
    assert (tmp_path / "backtest_segment.csv").read_text().count("\n") == 3


def test_rolls(tmp_path):
    """A panel in a layout of one's own columns."""
    panel = tmp_path / "panel.csv"
    panel.write_text(
        "loan_id,original_balance,balance,rate,original_term,remaining_term,age,status_2026_01,status_2026_02,"
        "statement_2026_01,statement_2026_02\n"
        "A,100,100,0.1,12,6,6,0,1,100,100\nB,100,100,0.1,12,6,6,1,2,300,300\nC,100,100,0.1,12,6,6,0,0,100,100\n"
    )
    found = json.loads(command("curves", "rolls", panel, "--json").stdout)
    assert found["buckets"] == ["current", "M1", "M2"]
    assert found["rates"][0] == [0.5, 0.5, 0.0]
    assert "M1" in command("curves", "rolls", panel, "--by-balance", "--out", tmp_path / "rolls.csv").stdout
    assert (tmp_path / "rolls.csv").read_text().startswith("from,0,1,2")


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("fit", "--by", "grad"), "did you mean 'grade'"),
        (("fit", "--tail", "wei"), "no such curve"),
        (("fit", "--out", "curves.json"), "written as .yaml"),
        (("history", "--every", "week"), "month, quarter, year"),
        (("history", "--until", "2009"), "write it as 2009-12-31"),
        (("backtest", "--before", "2009-13-01"), "is not a date"),
        (("backtest", "--before", "2030-01-01"), "nothing to project"),
        (("rolls",), "no statuses by month"),
        (("history", "--until", "2001-01-01"), "no loans"),
    ],
)
def test_mistakes(tape, words, said):
    """One sentence."""
    first, *rest = words
    assert said in refused("curves", first, tape, *rest, code=3 if first == "rolls" else 2)
