"""Broken tapes: each file is named by its fault; the row or the whole file is refused by a sentence."""

from __future__ import annotations

from pathlib import Path

import pytest

from abs_struct.core.findings import TapeError
from abs_struct.tape import read_tape

BROKEN = Path(__file__).parent / "broken"

#: file -> row of the file, field, and words of the reason
ROWS = {
    "negative_balance": (3, "balance", "balance -50.00 is negative"),
    "zero_balance": (3, "balance", "balance is zero"),
    "one_rate_in_percent": (3, "rate", "rate 13.5 lies outside [0, 1); write 0.135 for 13.5%"),
    "negative_rate": (3, "rate", "rate -0.01 lies outside [0, 1)"),
    "duplicate_ids": (4, "loan_id", "loan_id '0001' stands already in row 2"),
    "blank_id": (3, "loan_id", "loan_id is blank"),
    "shortened_id": (3, "loan_id", "was shortened by a spreadsheet; store the ids as text"),
    "impossible_date": (
        3,
        "origination_date",
        "origination_date '2026-02-30' is not a date: day is out of range for month",
    ),
    "other_date": (3, "origination_date", "'06/15/2026' is not a date; write it as 2026-12-31"),
    "term_above_original": (3, "remaining_term", "remaining_term 24 is above original_term 12"),
    "no_remaining_term": (3, "remaining_term", "remaining_term 0 is not above zero"),
    "balance_above_original": (3, "balance", "balance 10,000.01 is above the original balance 10,000.00"),
    "not_a_number": (3, "balance", "balance 'nine thousand' is not a number"),
    "nan_balance": (3, "balance", "balance 'nan' is not a number"),
    "underscore_balance": (3, "balance", "balance '9_000' is not a number"),
    "blank_balance": (3, "balance", "balance is blank"),
    "half_a_month": (3, "remaining_term", "remaining_term '30.5' is not a whole number of months"),
    "unknown_repayment": (3, "repayment", "'levelpay' is not one of level_pay, level_principal"),
    "too_few_cells": (3, "row", "the row has 2 cells and the header 6"),
    "negative_days_past_due": (3, "days_past_due", "days_past_due -3 is negative"),
    "fico_out_of_range": (3, "fico", "fico 7200 lies outside 250-900"),
    "balance_too_large": (3, "balance", "is larger than 1,000,000,000,000"),
}

#: file -> words of the one sentence that refuses it
FILES = {
    "all_zero_balances.csv": "every current balance is zero: this tape is a history; use pool.as_of: origination",
    "rate_in_percent.csv": "every rate is 1 or more (row 2: 13.5), so these are percents; write 0.135 for 13.5%",
    "header_only.csv": "the tape has a header and no loans",
    "empty.csv": "the tape is empty",
    "missing_column.csv": "lacks the required column 'rate' (is it 'interst_rate'?)",
    "column_twice.csv": "the column 'balance' stands twice in the header",
    "two_currencies.csv": "row 3, column currency: 'EUR' after 'USD' in row 2; a tape has one currency",
    "no_term_and_no_age.csv": "neither the remaining term nor the age of a loan",
    "nothing_accepted.csv": "none of the 1 rows can be accepted (row 2: balance -1.00 is negative)",
    "open_quote.csv": "is not comma-separated text",
    "damaged.csv.gz": "the gz file is damaged or cut off",
    "damaged.parquet": "is not a readable Parquet file",
    "no_such_tape.csv": "no such tape",
}


def test_every_broken_tape_is_tested():
    """No file of the folder is forgotten."""
    known = {f"{name}.csv" for name in ROWS} | set(FILES) - {"no_such_tape.csv"}
    assert {file.name for file in BROKEN.iterdir()} == known


@pytest.mark.parametrize("name", ROWS)
def test_row_is_rejected(name):
    """A faulty row is kept with its line, its field and the reason; the sound row before it is accepted."""
    row, field, reason = ROWS[name]
    tape = read_tape(BROKEN / f"{name}.csv")
    (rejection,) = tape.rejections
    assert (rejection.row, rejection.field) == (row, field)
    assert reason in rejection.reason
    assert 2 in tape.rows
    assert tape.totals().tie


@pytest.mark.parametrize("name", FILES)
def test_file_is_refused(name):
    """What concerns the whole file is one sentence that names the file."""
    with pytest.raises(TapeError) as error:
        read_tape(BROKEN / name)
    message = str(error.value)
    assert FILES[name] in message
    assert message.startswith(str(BROKEN / name))
    assert "\n" not in message


def test_nearest_file_is_named(tmp_path):
    """A misspelt file name brings the nearest one."""
    (tmp_path / "loans.csv").write_text("x")
    with pytest.raises(TapeError, match=r"no such tape; did you mean 'loans\.csv'\?"):
        read_tape(tmp_path / "loan.csv")


@pytest.mark.parametrize(
    ("name", "content", "words"),
    [
        ("loans.csv", b"loan_id\n0001\xe9\n", "row 2: is not UTF-8 text; save the tape as CSV UTF-8"),
        ("loans.pdf", b"%PDF", "tapes are read from .csv, .csv.gz, .xml, .parquet and .xlsx, not from '.pdf'"),
        ("loans.xlsx", b"loan_id,rate\n", "is named .xlsx but its content is not"),
        ("loans.xlsx", b"PK\x03\x04 and then nothing", "is not a readable Excel workbook"),
        ("loans.xls", b"\xd0\xcf\x11\xe0", "is an old or an encrypted Excel file"),
        ("loans.csv", b" \n \n", "the tape is empty"),
    ],
)
def test_content_is_not_what_the_name_says(tmp_path, name, content, words):
    """Wrong encodings, other kinds of file and damaged ones are named."""
    file = tmp_path / name
    file.write_bytes(content)
    with pytest.raises(TapeError) as error:
        read_tape(file)
    assert words in str(error.value)


def test_a_folder_is_not_a_tape(tmp_path):
    """A folder is refused by name."""
    with pytest.raises(TapeError, match="is a folder; name a tape in it"):
        read_tape(tmp_path)


def test_unknown_layout_names_the_nearest():
    """A misspelt layout brings the nearest one and the list."""
    with pytest.raises(TapeError, match=r"no layout 'lendingclb'; did you mean 'lendingclub'\?"):
        read_tape(BROKEN / "zero_balance.csv", layout="lendingclb")


def test_wrong_layout_says_what_is_missing():
    """A layout that is asked for by name says which columns the file lacks."""
    with pytest.raises(TapeError, match="does not have the layout 'lendingclub': it lacks the required columns"):
        read_tape(BROKEN / "zero_balance.csv", layout="lendingclub")
