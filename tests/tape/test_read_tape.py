"""Reading tapes: layouts, kinds of file, exact cents, text that stays text, totals that tie."""

from __future__ import annotations

import csv
import gzip
import io
from decimal import Decimal

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from abs_struct.core.findings import TapeError
from abs_struct.tape import read_tape

HEADER = "loan_id,original_balance,balance,rate,original_term,remaining_term"

OWN_LAYOUT = """name: bank
currency: EUR
columns:
  loan_id: {from: [nr], kind: id, required: true}
  balance: {from: [saldo], kind: money, required: true}
  original_balance: {from: [betrag], kind: money, required: true}
  rate: {from: [zins], kind: rate, unit: percent, required: true}
  original_term: {from: [jahre], kind: months, unit: years, required: true}
  age: {from: [alter], kind: months, required: true}
  status: {from: [status], kind: text, values: {ok: current}}
"""


def written(tmp_path, rows, header=HEADER, name="loans.csv"):
    """A tape file of some rows."""
    file = tmp_path / name
    data = "\n".join([header, *rows, ""]).encode()
    file.write_bytes(gzip.compress(data) if name.endswith(".gz") else data)
    return file


def test_ids_stay_text(tmp_path):
    """Leading zeros and eighteen digits survive."""
    tape = read_tape(written(tmp_path, ["007,100,90,0.1,12,10", "123456789012345678,100,90,0.1,12,10"]))
    assert tape.columns["loan_id"].tolist() == ["007", "123456789012345678"]


def test_text_that_looks_like_a_formula_stays_text(repository):
    """Cells beginning with = + - @ are data, whatever column they stand in."""
    tape = read_tape(repository / "tests/tape/sound/injection.csv")
    assert tape.columns["loan_id"].tolist() == ["=1+1", "+0002", "-3"]
    assert tape.columns["state"].tolist() == ["=CMD()", "-CA", "@NY"]
    assert tape.columns["note"].tolist() == ["@SUM(A1)", '=HYPERLINK("x")', "+x"]
    assert not tape.rejections


def test_layout_is_found_in_any_order_and_spelling(tmp_path):
    """Columns may stand in any order; case, blanks and hyphens in their names do not matter."""
    header = "Rate,Remaining Term,LOAN-ID,original_balance, Balance ,original term"
    tape = read_tape(written(tmp_path, ["0.12,30,A1,10000.00,9000.00,36"], header))
    assert tape.layout == "abs_struct"
    assert tape.column("balance").tolist() == [9000.0]
    assert tape.column("age").tolist() == [6]
    assert tape.columns["repayment"].tolist() == ["level_pay"]


def test_a_title_above_the_header_is_skipped(tmp_path):
    """The header may stand below a title; rows keep their line in the file."""
    file = tmp_path / "loans.csv"
    file.write_text(f"Notes offered by prospectus\n\n{HEADER}\nA,100,90,0.1,12,10\n")
    assert read_tape(file).rows.tolist() == [4]


def test_rows_are_lines_of_the_file(tmp_path):
    """Blank lines and line breaks inside a cell do not shift the line of a row."""
    file = tmp_path / "loans.csv"
    file.write_text(f'{HEADER},note\nA,100,90,0.1,12,10,"two\nlines"\n\nB,100,-1,0.1,12,10,x\n')
    tape = read_tape(file)
    assert tape.rows.tolist() == [2]
    assert [r.row for r in tape.rejections] == [5]


@pytest.mark.parametrize(
    ("cell", "cents"),
    [("0.29", 29), ("1234.565", 123456), ("$1,234.50", 123450), (" 1e4 ", 1_000_000), ("1,000", 100_000)],
)
def test_money_is_exact_cents(tmp_path, cell, cents):
    """Balances become whole cents; thousands separators and a currency sign are understood."""
    tape = read_tape(written(tmp_path, [f'A,20000,"{cell}",0.1,12,10']))
    assert tape.columns["balance_cents"].tolist() == [cents]


def test_a_fraction_of_a_cent_is_said(tmp_path):
    """Rounding to cents is reported."""
    tape = read_tape(written(tmp_path, ["A,100,90.125,0.1,12,10"]))
    assert "1 balances hold fractions of a cent" in str(tape.notes[0])


@pytest.mark.parametrize(("cell", "rate"), [("0.1347", 0.1347), ("13.47%", 0.1347), ("0", 0.0)])
def test_rates_are_fractions(tmp_path, cell, rate):
    """A rate with a percent sign is understood; a rate of zero is one."""
    assert read_tape(written(tmp_path, [f"A,100,90,{cell},12,10"])).columns["rate"].tolist() == [rate]


def test_other_columns_are_kept(tmp_path):
    """Columns of one's own are kept: numbers as numbers, codes and words as text."""
    tape = read_tape(written(tmp_path, ["A,100,90,0.1,12,10,7.5,0123,web"], HEADER + ",dti,branch,channel"))
    assert tape.column("dti").tolist() == [7.5]
    assert tape.column("branch").tolist() == ["0123"]
    assert tape.column("channel").tolist() == ["web"]


def test_several_reasons_are_all_given(tmp_path):
    """A row with several faults is one rejection that gives every reason."""
    tape = read_tape(written(tmp_path, ["A,100,90,0.1,12,10", "B,100,-5,2.5,12,24"]))
    (rejection,) = tape.rejections
    assert rejection.reason.count(";") >= 2
    assert all(word in rejection.reason for word in ("negative", "outside [0, 1)", "above original_term"))


def test_own_layout_file(tmp_path):
    """A layout of one's own: years, percents, other names, a status map."""
    (tmp_path / "bank.yaml").write_text(OWN_LAYOUT)
    rows = ["1,90,100,13.5,3,6,ok", "2,90,100,5,2.5,6,ok", "3,90,100,5,3,6,okk"]
    tape = read_tape(written(tmp_path, rows, "nr,saldo,betrag,zins,jahre,alter,status"), str(tmp_path / "bank.yaml"))
    assert tape.currency == "EUR"
    assert tape.column("rate").tolist() == [0.135, 0.05]
    assert tape.column("original_term").tolist() == [36, 30]
    assert tape.column("remaining_term").tolist() == [30, 24]
    assert "'okk' is not one of the layout's values; did you mean 'ok'?" in tape.rejections[0].reason


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("name: x\ncolumns: {}\n", "columns lacks loan_id, balance"),
        ("name: x\ncolumn: {}\n", "unknown key 'column'; did you mean 'columns'?"),
        ("name: [x\n", "is not YAML"),
        (OWN_LAYOUT.replace("kind: money", "kind: text"), "columns.balance is of the kind money, not text"),
        (OWN_LAYOUT.replace(", required: true", ""), "columns.loan_id needs `required: true`"),
        (OWN_LAYOUT.replace("unit: percent", "unit: years"), "unit 'years' does not fit rate"),
    ],
)
def test_broken_layout_file(tmp_path, text, words):
    """A layout file that is none is refused by its fault."""
    (tmp_path / "bank.yaml").write_text(text)
    with pytest.raises(TapeError) as error:
        read_tape(written(tmp_path, ["A,100,90,0.1,12,10"]), str(tmp_path / "bank.yaml"))
    assert words in str(error.value)


def same(a, b):
    """Whether two tapes hold the same loans."""
    return set(a.columns) == set(b.columns) and all(
        np.array_equal(a.columns[name], b.columns[name]) for name in a.columns
    )


def test_csv_gz_parquet_and_excel_agree(tmp_path):
    """The same loans from four kinds of file; numbers as numbers, dates as dates, ids as text."""
    import pandas as pd

    rows = ["0001,10000.5,9000.25,0.1347,36,30,2026-06-15", "0002,800,700,0.07,60,48,2025-12-01"]
    header = HEADER + ",origination_date"
    plain = read_tape(written(tmp_path, rows, header))
    packed = read_tape(written(tmp_path, rows, header, "loans.csv.gz"))
    frame = pd.read_csv(io.StringIO("\n".join([header, *rows])), dtype={"loan_id": str})
    frame["origination_date"] = pd.to_datetime(frame["origination_date"])
    frame.to_parquet(tmp_path / "loans.parquet")
    frame.to_excel(tmp_path / "loans.xlsx", index=False)
    for other in (packed, read_tape(tmp_path / "loans.parquet"), read_tape(tmp_path / "loans.xlsx")):
        assert same(plain, other)
        assert other.rows.tolist() == [2, 3]


def test_long_ids_that_a_spreadsheet_cut_are_rejected(tmp_path):
    """An id of 18 digits stored as a number in Excel has lost its end."""
    from openpyxl import Workbook

    book = Workbook()
    book.active.append(HEADER.split(","))
    book.active.append([123456789012345678, 100, 90, 0.1, 12, 10])
    book.active.append(["123456789012345679", 100, 90, 0.1, 12, 10])
    book.save(tmp_path / "loans.xlsx")
    tape = read_tape(tmp_path / "loans.xlsx")
    assert tape.columns["loan_id"].tolist() == ["123456789012345679"]
    assert "was shortened by a spreadsheet" in tape.rejections[0].reason


def test_columns_are_read_only(tmp_path):
    """Nobody changes a tape behind another's back."""
    tape = read_tape(written(tmp_path, ["A,100,90,0.1,12,10"]))
    with pytest.raises(ValueError, match="read-only"):
        tape.columns["balance_cents"][0] = 1


def test_unknown_column_names_the_nearest(tmp_path):
    """Asking for a column that is not there brings the nearest name."""
    tape = read_tape(written(tmp_path, ["A,100,90,0.1,12,10"]))
    with pytest.raises(TapeError, match=r"no column 'balanc'; did you mean 'balance'\?"):
        tape.column("balanc")


def test_origination_of_a_seasoned_tape(tmp_path):
    """As of origination the original balance at age 0 is the balance, and days past due are unknown."""
    file = written(tmp_path, ["A,100,90,0.1,12,10,5"], HEADER + ",days_past_due")
    tape = read_tape(file, as_of="origination")
    assert tape.columns["balance_cents"].tolist() == [10_000]
    assert (tape.columns["age"].tolist(), tape.columns["remaining_term"].tolist()) == ([0], [12])
    assert "days_past_due" not in tape.names


cells = st.one_of(
    st.decimals("-100", "30000", places=2).map(str),
    st.sampled_from(["", "x", "0", "nan", "inf", "-0.00", "1e400", "=1+1", "9,000.50", "0.005"]),
)
loans = st.lists(
    st.tuples(
        st.sampled_from(["A", "B", "C", "D", "E", "", "=1"]), cells, cells, cells,
        st.sampled_from(["36", "60", "0", "x", "12.5"]), st.sampled_from(["30", "61", "0", "", "-1"]),
    ),
    min_size=1, max_size=12,
)  # fmt: skip


@given(rows=loans)
def test_whatever_comes_in_ties(rows, tmp_path_factory):
    """Any row is accepted or rejected, never lost: rows, lines and cents tie to the file."""
    file = tmp_path_factory.mktemp("any") / "loans.csv"
    good = ("Z", "30000.00", "12345.67", "0.1", "36", "30")
    with file.open("w", newline="") as handle:
        csv.writer(handle, lineterminator="\n").writerows([HEADER.split(","), good, *rows])
    tape = read_tape(file)
    totals = tape.totals()
    assert totals.tie
    assert totals.rows_read == len(rows) + 1
    lines = [*tape.rows.tolist(), *(r.row for r in tape.rejections)]
    assert sorted(lines) == list(range(2, len(rows) + 3))
    assert all(r.reason and r.field for r in tape.rejections)
    balance = tape.columns["balance_cents"]
    assert (balance > 0).all()
    assert (balance <= tape.columns["original_balance_cents"]).all()
    assert len(set(tape.columns["loan_id"].tolist())) == len(tape)
    assert (tape.columns["remaining_term"] <= tape.columns["original_term"]).all()


@given(amounts=st.lists(st.decimals("0.01", "99999999.99", places=2), min_size=1, max_size=20))
def test_cents_are_those_of_the_decimals(amounts, tmp_path_factory):
    """The total of a tape is the decimal total of its cells."""
    file = tmp_path_factory.mktemp("cents") / "loans.csv"
    rows = [f"L{i},{amount},{amount},0.1,36,30" for i, amount in enumerate(amounts)]
    file.write_text("\n".join([HEADER, *rows]))
    assert Decimal(read_tape(file).balance_cents) / 100 == sum(amounts)


def test_an_age_far_beyond_the_term_is_rejected(tmp_path):
    """A loan may run late or be extended; one of 36 months that is 600 months old and not paid is a slip."""
    header = f"{HEADER},age"
    tape = read_tape(
        written(tmp_path, ["A,100,90,0.1,36,3,600", "B,100,90,0.1,36,3,48", "C,100,90,0.1,36,3,84"], header)
    )
    assert tape.columns["loan_id"].tolist() == ["B", "C"]
    assert [(r.row, r.field, r.reason) for r in tape.rejections] == [
        (2, "age", "age 600 does not go with original_term 36")
    ]
