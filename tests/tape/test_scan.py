"""Tapes of any size: streams give the rows that the reader gives, to the cent, and every time the same."""

from __future__ import annotations

import json
import shutil

import numpy as np
import pytest
from typer.testing import CliRunner

from abs_struct.cli.tape import app
from abs_struct.core.findings import TapeError, UsageError
from abs_struct.deal import load
from abs_struct.pool.loans import Loans
from abs_struct.pool.rows import compress
from abs_struct.tape import read_tape
from abs_struct.tape.convert import frame_of, write_frame
from abs_struct.tape.scan import all_named, scan
from abs_struct.tape.scan_strata import stratify_scan
from abs_struct.tape.stratify import stratify

HEADER = "loan_id,original_balance,balance,rate,original_term,remaining_term"
BROKEN = [
    "1,100,90.10,0.1,12,10", "2,100,90.15,10%,12 months,10", "3,100,-5,0.1,12,10", "4,100,0,0.1,12,10",
    "5,100,101,0.1,12,10", ",100,90,0.1,12,10", "7,100,90,1.5,12,10", "8,100,90,0.1,12,24", "9,100,x,0.1,12,10",
    "10,100,90,0.1,12.5,10", "11,100,90,0.1,12", "12,100,90.005,0.1,12,10", "13,,90,0.1,12,10", "14,100,90,,12,10",
]  # fmt: skip


@pytest.fixture
def broken(tmp_path):
    """A small tape of good and faulty rows."""
    file = tmp_path / "loans.csv"
    file.write_text("\n".join([HEADER, *BROKEN, ""]))
    return file


def run(*words):
    """Run a command of `abs-struct tape`."""
    result = CliRunner().invoke(app, list(map(str, words)))
    if result.exception is not None and not isinstance(result.exception, SystemExit):
        raise result.exception
    assert result.exit_code == 0, result.output
    return result.stdout


def test_rows_are_those_of_the_reader(repository):
    """The rows of a stream are the rows into which the pool adds up the loans that were read, in the same order."""
    file = repository / "deals/tapes/mpl_2027_1.csv.gz"
    found = scan(file, groups=["grade"])
    rows = compress(Loans.of(read_tape(file).columns, ["original_term", "grade"]))
    ours = {
        (f"{term}/{grade}", age, left, rate): (cents, loans)
        for grade, age, term, left, rate, cents, loans in zip(
            *(found.columns[n].tolist() for n in (
                "grade", "age", "original_term", "remaining_term", "rate_units", "balance_cents", "loans"
            )), strict=True,
        )
    }  # fmt: skip
    keys = zip(
        rows.group.tolist(), rows.age.tolist(), rows.remaining_term.tolist(), rows.rate_units.tolist(), strict=True
    )
    assert dict(zip(keys, zip(rows.balance_cents.tolist(), rows.loans.tolist(), strict=True), strict=True)) == ours
    assert found.totals == read_tape(file).totals()


def test_a_deal_runs_on_rows(repository, tmp_path):
    """Rows written as a tape run the deal to the very figures of its 23,000 loans; criteria look at loans, not rows."""
    rows = scan(repository / "deals/tapes/mpl_2027_1.csv.gz", groups=["grade"])
    file = rows.write(tmp_path / "rows.parquet")
    deal = load(repository / "deals/mpl_2027_1.yaml").with_({"pool.eligibility": []})
    loans, added = deal.run(), deal.with_({"pool.tape": str(file)}).run()
    assert len(rows) < 1_000
    for line in ("notes.A.balance", "notes.D.principal_paid", "pool.defaulted"):
        assert loans.lines[line].tolist() == added.lines[line].tolist()


def test_every_fault_is_counted_with_its_money(broken):
    """The checks of the reader as SQL: as many accepted, as many rejected, the same cents; the rows can be listed."""
    tape, found = read_tape(broken), scan(broken, list_rejected=True)
    assert found.totals.tie
    ours, theirs = found.totals, tape.totals()
    assert (ours.accepted, ours.rejected, ours.balance_accepted) == (
        theirs.accepted, theirs.rejected, theirs.balance_accepted,
    )  # fmt: skip
    assert [row for row, _, _ in found.listed] == [r.row for r in tape.rejections]
    assert found.faults["balance is negative"] == (1, -500, 10_000)
    assert sum(n for n, _, _ in found.faults.values()) == found.totals.rejected
    assert {why for _, _, why in found.listed} == set(found.faults)


def test_patterns_and_repeated_runs(broken, tmp_path):
    """A pattern reads many files as one tape; two runs give the same bits, and Parquet what CSV gives."""
    for name in ("part1.csv", "part2.csv"):
        shutil.copy(broken, tmp_path / name)
    first, second = scan(tmp_path / "part*.csv"), scan(tmp_path / "part*.csv")
    assert first.totals.rows_read == 2 * len(BROKEN)
    assert all(np.array_equal(first.columns[name], second.columns[name]) for name in first.columns)
    write_frame(tmp_path / "loans.parquet", frame_of(read_tape(broken)))
    parquet, csv = scan(tmp_path / "loans.parquet"), scan(broken)
    assert all(np.array_equal(parquet.columns[name], csv.columns[name]) for name in csv.columns)


def test_semicolons_titles_and_terms_in_words(tmp_path):
    """A title above the header and semicolons are seen in a stream too."""
    file = tmp_path / "loans.csv"
    file.write_text("Portfolio;;;;;\n" + "\n".join([HEADER, *BROKEN[:2]]).replace(",", ";") + "\n")
    assert scan(file).columns["balance_cents"].tolist() == [18_025]


def test_convert(repository, tmp_path):
    """Any layout becomes a Parquet tape of our own, with the rejected rows beside it; the round trip loses nothing."""
    text = run("convert", repository / "tests/tape/survived/chinese.csv", "--out", tmp_path / "own.parquet")
    assert "accepted               2" in text
    before, after = read_tape(repository / "tests/tape/survived/chinese.csv"), read_tape(tmp_path / "own.parquet")
    assert (after.layout, after.currency) == ("abs_struct", "CNY")
    for name in ("loan_id", "balance_cents", "rate", "remaining_term", "repayment", "origination_date", "status"):
        assert before.columns[name].tolist() == after.columns[name].tolist()
    rejected = (tmp_path / "own.rejected.csv").read_text()
    assert "4,00012026000000000003,status,status is cancelled" in rejected


def test_commands(broken, tmp_path):
    """`tape rows` prints the tie and the reasons, gives JSON, and writes a tape; ids are said not to be compared."""
    text = run("rows", broken, "--list", "--out", tmp_path / "rows.csv")
    assert "balance is zero: the loan has ended" in text
    assert "ids were not compared" in text
    found = json.loads(run("rows", broken, "--json"))
    assert (found["schema"], found["rows_read"], found["accepted"]) == ("abs-struct/scan/1", len(BROKEN), 3)
    assert read_tape(tmp_path / "rows.csv").balance == found["balance"] == 270.25
    with pytest.raises(UsageError, match="--as-of 'cutof' is not one of cutoff, origination; did you mean"):
        run("rows", broken, "--as-of", "cutof")


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["nowhere*.csv"], "no such tape"),
        (["loans.csv", "--by", "grad"], "no column 'grad' to group by"),
        (["gbk.csv"], "is GBK, which is not read in streams; `abs-struct tape convert` it first"),
        (["bad.csv"], "none of the 1 rows can be accepted (1 rows: balance is negative)"),
    ],
)
def test_mistakes(broken, tmp_path, words, message):
    """What a stream cannot read is one sentence."""
    (tmp_path / "gbk.csv").write_bytes("借据号,余额\n1,2\n".encode("gbk"))
    (tmp_path / "bad.csv").write_text(f"{HEADER}\n1,100,-5,0.1,12,10\n")
    with pytest.raises(TapeError) as error:
        run("rows", tmp_path / words[0], *words[1:])
    assert message in str(error.value)


def test_printed_sql_runs_in_another_engine(broken, tmp_path):
    """`tape sql` prints one GROUP BY; run elsewhere, it gives the rows of the stream."""
    import duckdb

    frame = frame_of(read_tape(broken))  # in DuckDB as a table with types, as a warehouse has
    engine = duckdb.connect(":memory:")
    engine.register("tape", frame)
    found = engine.execute(run("sql", "tape").rstrip().removesuffix(";")).fetchnumpy()
    expected = scan(broken)
    assert found["balance_cents"].tolist() == expected.columns["balance_cents"].tolist()
    assert found["loans"].tolist() == expected.columns["loans"].tolist()


def test_tables_of_a_stream_are_those_of_the_tape(repository):
    """Every usual stratification table from a stream: the same bands, counts and cents, the same averages."""
    file = repository / "deals/tapes/mpl_2027_1.csv.gz"
    ours, theirs = stratify_scan(file), stratify(read_tape(file))
    assert [table.by for table in ours] == [table.by for table in theirs]
    for one, other in zip(ours, theirs, strict=True):
        assert one.title == other.title
        for a, b in zip((*one.bands, one.total), (*other.bands, other.total), strict=True):
            for name in ("label", "loans", "balance_cents", "low", "high"):
                assert getattr(a, name) == getattr(b, name), (one.by, a.label, name)
            for name in ("share", "wa_rate", "wa_remaining_term", "wa_original_term", "wa_age"):
                value = getattr(b, name)
                assert getattr(a, name) == (None if value is None else pytest.approx(value, rel=1e-12)), (one.by, name)


def test_tables_of_many_files(broken, tmp_path):
    """`tape stratify` of a pattern streams the files; rejected rows are in no table."""
    for name in ("part1.csv", "part2.csv"):
        shutil.copy(broken, tmp_path / name)
    found = json.loads(run("stratify", tmp_path / "part*.csv", "--by", "rate", "--json"))
    assert (found["loans"], found["balance"]) == (6, 540.5)


@pytest.mark.parametrize("second", ["A2", " ", None, "", 2])
def test_ids_of_parquet(tmp_path, second):
    """Ids that the file's own statistics know to be there are not read; a blank one is found all the same."""
    import duckdb
    import pandas as pd

    ids = [1, 2, 3] if second == 2 else ["A1", second, "A3"]
    frame = pd.DataFrame(
        {"loan_id": ids, "balance": [10.0, 20.0, 30.0], "original_balance": [50.0] * 3, "rate": [0.1] * 3,
         "original_term": [12] * 3, "remaining_term": [6] * 3}
    )  # fmt: skip
    file = tmp_path / "ids.parquet"
    frame.to_parquet(file, row_group_size=2, index=False)
    found = scan(file)
    blank = sum(not str(name or "").strip() for name in ids)
    assert (found.totals.accepted, found.totals.rejected) == (3 - blank, blank)
    assert list(found.faults) == (["loan_id is blank"] if blank else [])
    whole = isinstance(ids[0], int)
    assert all_named(duckdb.connect(), [file], "loan_id") is (not blank and not whole)
    assert all_named(duckdb.connect(), [tmp_path / "ids.csv"], "loan_id") is False


def test_faults_in_parquet(tmp_path):
    """Sound loans are added up first, and what is left by itself: the same rows and faults as those of one pass."""
    import pandas as pd

    count = 400
    frame = pd.DataFrame(
        {"loan_id": [f"L{i}" if i % 97 else " " for i in range(count)],
         "balance": [10.0 + i if i % 31 else -5.0 for i in range(count)], "original_balance": [500.0] * count,
         "rate": [0.1 + 0.01 * (i % 3) if i % 41 else 1.5 for i in range(count)], "original_term": [12] * count,
         "remaining_term": [1 + i % 12 if i % 53 else 20 for i in range(count)],
         "grade": [f" {'AB'[i % 2]} " if i % 7 else "AB"[i % 2] for i in range(count)]}
    )  # fmt: skip
    frame.to_parquet(tmp_path / "some.parquet", row_group_size=90, index=False)
    frame.to_csv(tmp_path / "some.csv", index=False)
    one, two = (scan(tmp_path / f"some.{ending}", groups=["grade"]) for ending in ("parquet", "csv"))
    assert one.totals == two.totals
    assert one.totals.rejected > 20
    assert dict(one.faults) == dict(two.faults)
    for name, column in two.columns.items():
        assert one.columns[name].tolist() == column.tolist(), name
