"""abs-struct tape: what the commands print, and how they end."""

from __future__ import annotations

import json

import pytest
from typer.testing import CliRunner

from abs_struct.cli.tape import app
from abs_struct.core.findings import TapeError, UsageError

BROKEN = "tests/tape/broken/"


def run(*words, code=0):
    """Run a command; errors of the toolkit are raised, as the main program receives them."""
    result = CliRunner().invoke(app, list(map(str, words)), catch_exceptions=True)
    if result.exception is not None and not isinstance(result.exception, SystemExit):
        raise result.exception
    assert result.exit_code == code, result.output
    return result.stdout


@pytest.fixture
def shipped(repository):
    """The shipped tape of MPL 2027-1."""
    return repository / "deals/tapes/mpl_2027_1.csv.gz"


def test_inspect_as_json(shipped):
    """The promised keys, rates as fractions, terms in months."""
    found = json.loads(run("inspect", shipped, "--json"))
    assert found["schema"] == "abs-struct/tape/1"
    assert (found["layout"], found["currency"], found["rows_read"]) == ("abs_struct", "USD", 23_000)
    assert (found["accepted"], found["rejected"], found["rejections"]) == (23_000, 0, [])
    assert found["balance"] == 300_000_000.0
    assert found["wa_rate"] == pytest.approx(0.1347, abs=5e-5)
    assert 45 < found["wa_original_term"] < 47
    assert found["wa_remaining_term"] < found["wa_original_term"]


def test_inspect_of_a_history(shared_data):
    """A history has no current balance: averages are weighted by original balance."""
    found = json.loads(run("inspect", shared_data / "us_lendingclub_2007_2010.csv.gz", "--json"))
    assert (found["rows_read"], found["original_balance"], found["balance"]) == (20_814, 202_932_500.0, 0.0)
    assert found["wa_rate"] == pytest.approx(0.1251308804, abs=5e-11)


def test_inspect_prints_figures(shipped):
    """Plain text, no wider than 100 columns."""
    text = run("inspect", shipped)
    assert "300,000,000.00 USD" in text
    assert max(map(len, text.splitlines()[1:])) <= 100


def test_check_lists_rejections(repository):
    """Each rejected row with its line, field and reason; a tie of rows and money; exit 0, or 4 when strict."""
    file = repository / BROKEN / "duplicate_ids.csv"
    text = run("check", file)
    assert "4  loan_id           loan_id '0001' stands already in row 2" in text
    assert text.splitlines()[1].split() == ["read", "3", "22,000.00", "25,000.00"]
    run("check", file, "--strict", code=4)
    assert json.loads(run("check", file, "--json"))["rejections"] == [
        {"row": 4, "field": "loan_id", "reason": "loan_id '0001' stands already in row 2"}
    ]


def test_check_tests_rules(shipped):
    """A rule on the command line lists the loans that fail it."""
    found = json.loads(run("check", shipped, "--rule", "balance < 38_000", "--json"))
    assert found["criteria"][0]["failed"] == len(found["ineligible"]) > 0


def test_stratify_prints_and_writes(shipped, tmp_path):
    """Tables on stdout at 100 columns, as JSON, and as files."""
    text = run("stratify", shipped, "--by", "rate,grade", "--out", tmp_path / "tables.csv")
    assert text.count("Total") == 2
    assert max(map(len, text.splitlines())) <= 100
    assert (tmp_path / "tables.csv").read_text().startswith("by,band,loans")
    found = json.loads(run("stratify", shipped, "--json"))
    assert found["schema"] == "abs-struct/stratification/1"
    assert {table["by"] for table in found["tables"]} >= {"balance", "rate", "fico", "state", "days_past_due"}


def test_generate_writes_the_shipped_tape(repository, tmp_path):
    """The command of the specification's first line gives the shipped tape."""
    from abs_struct.tape import read_tape

    run("generate", repository / "deals/tapes/mpl_2027_1.yaml", "--out", tmp_path / "pool.csv.gz")
    assert read_tape(tmp_path / "pool.csv.gz").balance_cents == 300_000_000_00


def test_escape_sequences_are_not_printed(tmp_path):
    """Signs that would drive a terminal are shown as question marks."""
    file = tmp_path / "loans.csv"
    file.write_text(
        "loan_id,original_balance,balance,rate,original_term,remaining_term,state\n"
        "A,100,90,0.1,12,10,\x1b[31mred\nA\x1b[2J,100,-1,0.1,12,10,x\n"
    )
    assert "\x1b" not in run("stratify", file, "--by", "state") + run("check", file)


def test_errors_reach_the_main_program(repository):
    """What cannot be read is raised with its exit code."""
    with pytest.raises(TapeError):
        run("inspect", repository / BROKEN / "empty.csv")
    with pytest.raises(UsageError, match="--as-of 'cutof' is not one of cutoff, origination, auto; did you mean"):
        run("inspect", repository / BROKEN / "empty.csv", "--as-of", "cutof")
