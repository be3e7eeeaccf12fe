"""Stratification tables: bands that cover the pool once, and sums that tie to the cent."""

from __future__ import annotations

import csv

import pytest
from hypothesis import given
from hypothesis import strategies as st

from abs_struct.core.findings import TapeError
from abs_struct.tape import read_tape
from abs_struct.tape.export import guarded, write_tables
from abs_struct.tape.stratify import stratify

HEADER = "loan_id,original_balance,balance,rate,original_term,remaining_term,state,fico,days_past_due"
loan = st.tuples(
    st.integers(1, 5_000_000), st.sampled_from(["0", "0.05", "0.0749", "0.075", "0.3599"]),
    st.integers(1, 84), st.sampled_from(["CA", "TX", "=1", ""]), st.sampled_from(["", "640", "719", "720", "850"]),
    st.integers(0, 200),
)  # fmt: skip


def tape_of(loans, folder):
    """A tape of some loans."""
    file = folder / "loans.csv"
    rows = [f"L{i},60000,{c // 100}.{c % 100:02d},{r},84,{t},{s},{f},{d}" for i, (c, r, t, s, f, d) in enumerate(loans)]
    file.write_text("\n".join([HEADER, *rows]))
    return read_tape(file)


@given(loans=st.lists(loan, min_size=1, max_size=40))
def test_every_table_sums_to_the_pool(loans, tmp_path_factory):
    """Every loan is in exactly one band of every table; counts and cents sum to the pool."""
    tape = tape_of(loans, tmp_path_factory.mktemp("strata"))
    tables = stratify(tape)
    assert {table.by for table in tables} >= {"balance", "rate", "original_term", "remaining_term", "age"}
    for table in tables:
        assert sum(band.loans for band in table.bands) == len(tape) == table.total.loans
        assert sum(band.balance_cents for band in table.bands) == tape.balance_cents == table.total.balance_cents
        assert sum(band.share for band in table.bands) == pytest.approx(1.0, abs=1e-12)


def test_bands_have_the_edges_that_their_label_says(tmp_path):
    """A value on an edge belongs to the band that begins there."""
    loans = [
        (250_000, "0.075", 60, "CA", "720", 0),
        (249_999, "0.0749", 61, "CA", "719", 30),
        (1, "0", 6, "", "", 31),
    ]
    tape = tape_of(loans, tmp_path)
    labels = {t.by: [(b.label, b.loans) for b in t.bands if b.loans] for t in stratify(tape)}
    assert labels["balance"] == [("< 1,000", 1), ("1,000 - < 2,500", 1), ("2,500 - < 5,000", 1)]
    assert labels["rate"] == [("< 5.00%", 1), ("5.00% - < 7.50%", 1), ("7.50% - < 10.00%", 1)]
    assert labels["remaining_term"] == [("<= 6", 1), ("55 - 60", 1), ("61 - 72", 1)]
    assert labels["fico"] == [("700 - 719", 1), ("720 - 739", 1), ("not given", 1)]
    assert labels["days_past_due"] == [("0", 1), ("1 - 30", 1), ("31 - 60", 1)]
    assert labels["state"] == [("CA", 2), ("not given", 1)]


def test_averages_are_weighted_by_balance(tmp_path):
    """(100 x 10% + 300 x 20%) / 400 = 17.5%; (100 x 10 + 300 x 30) / 400 = 25 months."""
    tape = tape_of([(10_000, "0.10", 10, "CA", "", 0), (30_000, "0.20", 30, "CA", "", 0)], tmp_path)
    total = stratify(tape, ["state"])[0].total
    assert (total.wa_rate, total.wa_remaining_term) == (pytest.approx(0.175, abs=1e-15), 25.0)


def test_many_values_share_a_last_row(tmp_path):
    """Beyond fifteen values the rest is one row."""
    tape = tape_of([(100 * (i + 1), "0.1", 10, f"S{i:02d}", "", 0) for i in range(20)], tmp_path)
    bands = stratify(tape, ["state"])[0].bands
    assert len(bands) == 16
    assert (bands[0].label, bands[-1].label, bands[-1].loans) == ("S19", "other (5)", 5)


def test_unknown_column_names_the_nearest(tmp_path):
    """A misspelt column brings the nearest one."""
    with pytest.raises(TapeError, match="no column 'stat' to stratify by; did you mean 'state'"):
        stratify(tape_of([(100, "0.1", 10, "CA", "", 0)], tmp_path), ["stat"])


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@SUM(A1)", "\tx"])
def test_text_never_becomes_a_formula(tmp_path, text):
    """Words of a tape are guarded in CSV and stay strings in Excel."""
    from openpyxl import load_workbook

    word = text.strip()
    tape = tape_of([(100, "0.1", 10, word, "", 0)], tmp_path)
    tables = stratify(tape, ["state"])
    assert guarded(text) == "'" + text
    write_tables(tmp_path / "tables.csv", tables)
    with (tmp_path / "tables.csv").open(newline="") as handle:
        band = list(csv.reader(handle))[1][1]
    assert band == guarded(word)
    write_tables(tmp_path / "tables.xlsx", tables)
    cell = load_workbook(tmp_path / "tables.xlsx").worksheets[0]["A4"]
    assert (cell.value, cell.data_type) == (word, "s")


def test_other_kinds_of_file_are_refused(tmp_path):
    """Tables are written as CSV or Excel only."""
    with pytest.raises(TapeError, match=r"written as \.csv or \.xlsx, not '\.pdf'"):
        write_tables(tmp_path / "tables.pdf", ())


def test_more_averages_and_the_largest_obligors(tmp_path):
    """Age, original term and score are averaged too; obligors are ranked by balance however many there are."""
    rows = [(100 * (i + 1), "0.1", 10, f"S{i:05d}", "700" if i else "", 0) for i in range(10_050)]
    table = stratify(tape_of(rows, tmp_path), ["state"])[0]
    assert [band.label for band in table.bands[:2]] == ["S10049", "S10048"]
    assert (table.total.wa_fico, table.total.wa_age) == (700.0, table.total.wa_original_term - 10.0)


def test_charts(tmp_path):
    """A picture a table, PNG and SVG; the same tables give the same bytes; a sheet of Excel has its chart."""
    from zipfile import ZipFile

    from abs_struct.handoff.strata import write_strata

    tape = tape_of([(10_000, "0.10", 10, "CA", "", 0), (30_000, "0.20", 30, "$TX", "700", 0)], tmp_path)
    tables = stratify(tape, ["state", "rate"])
    first, second = (write_strata(tables, tmp_path / name, "loans.csv") for name in ("a", "b"))
    assert [file.name for file in first] == ["state.png", "state.svg", "rate.png", "rate.svg"]
    assert [file.read_bytes() for file in first] == [file.read_bytes() for file in second]
    write_tables(tmp_path / "tables.xlsx", tables)
    assert sum("charts/chart" in name for name in ZipFile(tmp_path / "tables.xlsx").namelist()) == 2
