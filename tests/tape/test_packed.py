"""The quick reader of plain CSV files gives what the general reader gives, bit for bit."""

from __future__ import annotations

import csv

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from abs_struct.core.findings import TapeError
from abs_struct.tape import read_tape
from abs_struct.tape.packed import Grid, Packed

HEADER = [
    "loan_id",
    "original_balance",
    "balance",
    "rate",
    "original_term",
    "remaining_term",
    "state",
    "seen",
    "x",
]
number = st.one_of(
    st.decimals("0", "99999999", places=2).map(str),
    st.floats(0, 1e6).map(repr),
    st.sampled_from(["", "0", "-1", "--1", "1-", ".5", "5.", ".", "1e3", "1.2.3", "+7", " 8 ", "nan", "0x10", "1_0"]),
    st.integers(0, 10**17).map(str),
)
word = st.text(st.characters(codec="ascii", exclude_characters=',"\r\n\0'), max_size=40)
date = st.sampled_from(["2026-01-31", "2026-02-30", "", "31.01.2026", "NaT", "today"])
row = st.tuples(
    word,
    number,
    number,
    st.sampled_from(["0.1", "0.1347", "13.47%", "2"]),
    st.just("36"),
    number,
    word,
    date,
    number,
)


def outcome(file):
    """The loans and rejections of a file, or the sentence that refuses it."""
    try:
        tape = read_tape(file)
    except TapeError as error:
        return str(error)
    columns = {name: (str(column.dtype), column.tolist()) for name, column in tape.columns.items()}
    return repr((columns, tape.rows.tolist(), tape.rejections, tape.read_cents, tape.notes))


@given(rows=st.lists(row, min_size=1, max_size=12))
def test_both_readers_agree(rows, tmp_path_factory):
    """The same rows, plain and with every cell in quotes, give the same tape."""
    file = tmp_path_factory.mktemp("plain") / "loans.csv"
    rows = [HEADER, ["Z", "100", "90", "0.1", "36", "30", "CA", "2026-01-31", "1"], *map(list, rows)]
    found = []
    for quoting in (csv.QUOTE_NONE, csv.QUOTE_ALL):
        with file.open("w", newline="") as handle:
            writer = csv.writer(handle, quoting=quoting, lineterminator="\n", quotechar='"', escapechar=None)
            writer.writerows(rows)
        assert (Grid.of(file.read_bytes()) is None) == (quoting == csv.QUOTE_ALL)
        found.append(outcome(file))
    assert found[0] == found[1]


@given(numbers=st.lists(st.decimals("-9999999999", "9999999999", places=4).map(str), min_size=1, max_size=30))
def test_decimals_have_the_bits_of_float(numbers):
    """A decimal number is the nearest float, as Python reads it."""
    grid = Grid.of("\n".join(["a,b", *(f"{text},x" for text in numbers)]).encode())
    column = grid.column(0, 1)
    assert isinstance(column, Packed)
    assert np.array_equal(column.decimals(), np.array([float(text) for text in numbers]))
    assert list(column) == numbers


def test_what_is_not_plain():
    """Quotes, other signs than ASCII, rows of unlike length and single columns go to the general reader."""
    for text in ('a,b\n"1",2\n', "a,b\né,2\n", "a,b\n1\n", "a,b\n\n1,2\n", "a\n1\n", "a,b\r1,2\r"):
        assert Grid.of(text.encode()) is None
    assert Grid.of(b"a,b\r\n1,2\r\n\r\n").row(1) == ["1", "2"]


def test_many_rows_with_few_and_with_many_words():
    """Words that repeat are found once; ids stay one a row."""
    lines = [f"ID{i:07d},{'CA' if i % 3 else 'a longer word'}" for i in range(1_000)]
    grid = Grid.of("\n".join(["id,state", *lines]).encode())
    for index in (0, 1):
        words, at = grid.column(index, 1).distinct()
        assert [words[i] for i in at] == [line.split(",")[index] for line in lines]
    assert len(grid.column(1, 1).distinct()[0]) == 2
