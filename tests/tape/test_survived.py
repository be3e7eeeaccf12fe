"""What a real tape does to a reader: every defect is survived, said with its row, and nothing is dropped in silence."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from abs_struct.core.findings import TapeError
from abs_struct.tape import read_tape

FOLDER = Path(__file__).parent / "survived"
DETECTING = str(FOLDER / "detecting.yaml")


def tape_of(name, layout=None, **options):
    """A tape of the folder; whatever it holds, rows and money tie."""
    tape = read_tape(FOLDER / name, layout, **options)
    assert tape.totals().tie
    return tape


def said(tape):
    """The notes of a tape as one text."""
    return "\n".join(note.message for note in tape.notes)


def ids(tape):
    """The ids of the accepted loans."""
    return tape.columns["loan_id"].tolist()


def test_preamble_footer_and_sections():
    """The download of LendingClub: its title, heading and footer are named and no loans; an empty id gives way."""
    tape = tape_of("preamble_footer_sections.csv", as_of="origination")
    assert (tape.layout, ids(tape)) == ("lendingclub", ["1296599", "1314167", "1288686"])
    assert tape.rows.tolist() == [3, 4, 6]
    assert tape.column("rate").tolist() == [0.1065, 0.1527, 0.12]
    assert tape.column("original_term").tolist() == [36, 60, 36]
    assert tape.column("origination_date").tolist() == ["2011-12-01", "2011-12-01", "2007-06-01"]
    assert tape.column("status").tolist() == ["paid", "charged_off", "paid"]
    assert tape.totals().rows_read == 3
    for words in (
        "row 1 stands above the header and is no loan: 'Notes offered",
        "row 5 is no loan and counts nowhere: 'Loans that do not meet the credit policy'",
        "row 7 is no loan and counts nowhere: 'Total amount funded in policy code 1: 8700'",
        "row 8 is no loan",
        "every cell with a percent sign",
    ):
        assert words in said(tape)


def test_quoted_everything():
    """Quotes around every cell, with thousands within them."""
    tape = tape_of("quoted_everything.csv")
    assert (ids(tape), tape.balance_cents) == (["0001", "0002"], 1_000_050)


@pytest.mark.parametrize("name", ["cut_last_record", "cut_last_record_in_quotes"])
def test_cut_last_record(name):
    """A last record that is cut off is rejected with its row; the others are read."""
    tape = tape_of(f"{name}.csv")
    (rejection,) = tape.rejections
    assert (ids(tape), rejection.row) == (["0001"], 3)
    assert "it is the last one: is the file cut off?" in rejection.reason


def test_crlf():
    """Line ends of Windows, a blank line, and rows that keep their line."""
    tape = tape_of("crlf.csv")
    assert (tape.rows.tolist(), [r.row for r in tape.rejections]) == ([2], [4])


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16", "utf-16-le"])
def test_encodings(tmp_path, encoding):
    """A Chinese tape in UTF-8 with and without its mark, in GBK and in UTF-16: the same loans."""
    file = tmp_path / "loans.csv"
    file.write_bytes((FOLDER / "chinese.csv").read_text("utf-8").encode(encoding))
    tape = read_tape(file)
    assert tape.layout == "chinese_instalments"
    assert ids(tape) == ["00012026000000000001", "00012026000000000002"]
    assert tape.columns["balance_cents"].tolist() == [900_000, 500_000]
    assert tape.columns["rate"].tolist() == [0.125, 0.099]
    assert tape.columns["repayment"].tolist() == ["level_pay", "interest_first"]
    assert tape.column("next_payment_date").tolist() == ["2026-05-15", "2026-05-10"]
    assert [r.reason for r in tape.rejections] == ["status is cancelled: there is no receivable"]
    assert tape.totals().tie
    assert "column rate was found to be in percents: 12.5 is 12.5%" in said(tape)
    assert "row 5 is no loan and counts nowhere: '合计" in said(tape)
    assert ("the text is GBK" in said(tape)) == (encoding == "gb18030")


def test_western_text_is_not_taken_for_chinese(tmp_path):
    """Bytes that are neither UTF-8 nor pairs of GBK are refused, not turned into Chinese."""
    file = tmp_path / "loans.csv"
    text = "loan_id,original_balance,balance,rate,original_term,remaining_term,region\n1,9,9,0.1,12,9,Île-de-France\n"
    file.write_bytes(text.encode("latin-1"))
    with pytest.raises(TapeError, match="row 2: is not UTF-8 text"):
        read_tape(file)


def test_semicolons_and_decimal_commas():
    """Semicolons between cells; 2.000 is two thousand, because other cells of the column have decimal commas."""
    tape = tape_of("semicolons_decimal_commas.csv")
    assert tape.columns["original_balance_cents"].tolist() == [1_000_000, 200_000]
    assert tape.columns["balance_cents"].tolist() == [900_050, 123_400]
    assert tape.columns["rate"].tolist() == [0.125, 0.07]
    assert "semicolons stand between the cells" in said(tape)


def test_a_sign_that_nothing_decides_is_refused(tmp_path):
    """Between semicolons 2.000 may be two or two thousand; where no cell decides, the layout has to."""
    file = tmp_path / "loans.csv"
    file.write_text("nr;lent;left;apr;months;rest\n1;2.000;1.500;0;12;6\n")
    with pytest.raises(TapeError, match=r"column lent: '2\.000' has a sign that may be .* `decimal: comma`"):
        read_tape(file, DETECTING)
    layout = tmp_path / "mine.yaml"
    layout.write_text((FOLDER / "detecting.yaml").read_text().replace("others: keep", "decimal: comma"))
    assert read_tape(file, str(layout)).balance == 1500.0


def test_tabs():
    """Tabs between cells."""
    tape = tape_of("tabs.csv")
    assert tape.columns["original_balance_cents"].tolist() == [1_000_000]
    assert "tabs stand between the cells" in said(tape)


def test_thousands_currencies_and_leading_dots():
    """Signs of currencies, blanks and apostrophes between thousands, .07, and brackets that are a minus."""
    tape = tape_of("thousands_and_currencies.csv")
    assert tape.columns["balance_cents"].tolist() == [900_050, 400_025]
    assert tape.columns["rate"].tolist() == [0.12, 0.07]
    assert "balance -50.00 is negative" in tape.rejections[0].reason


def test_percent_as_text():
    """A percent sign is percent whatever the layout says, and said."""
    tape = tape_of("percent_text.csv")
    assert tape.columns["rate"].tolist() == [0.1065, 0.075]
    assert "column rate: every cell with a percent sign, read as percent" in said(tape)


@pytest.mark.parametrize(("kind", "found"), [("number", "percents: 10.65"), ("fraction", "fractions: 0.1065")])
def test_percent_is_detected_and_said(kind, found):
    """Percent as numbers and as fractions, found from the whole column and shown to the user."""
    tape = tape_of(f"percent_{kind}.csv", DETECTING)
    assert tape.columns["rate"].tolist() == [0.1065, 0.075, 0.0]
    assert f"column rate was found to be in {found} is 10.65%" in said(tape)


@pytest.mark.parametrize(("kind", "words"), [("ambiguous", "its largest is 0.9"), ("mixed", "it holds 0.12 and 12.5")])
def test_ambiguous_percent_is_refused(kind, words):
    """A column that could be percent or fractions is refused with what the layout has to say."""
    with pytest.raises(TapeError) as error:
        tape_of(f"percent_{kind}.csv", DETECTING)
    assert words in str(error.value)
    assert "say `unit: percent` or `unit: fraction`" in str(error.value)


def test_terms():
    """36 months, 36 and 3 years are one term."""
    tape = tape_of("terms.csv")
    assert tape.columns["original_term"].tolist() == [36, 36, 36]
    assert tape.columns["remaining_term"].tolist() == [30, 30, 24]


@pytest.mark.parametrize(
    ("name", "dates"),
    [
        ("iso", ["2011-12-01", "2012-01-31"]),
        ("month_names", ["2011-12-01", "2012-01-01"]),
        ("six_digits", ["1993-07-05", "1994-12-31"]),
        ("excel", ["2014-07-01", "2018-12-31"]),
        ("day_first", ["2009-08-14", "2009-04-03"]),
        ("month_first", ["2009-08-14", "2009-03-04"]),
        ("quarters", ["2007-07-01", "2014-01-01"]),
    ],
)
def test_dates_are_detected_and_said(name, dates):
    """One notation a column, found from all of its cells; the day or the month first, as the other cells show."""
    tape = tape_of(f"dates_{name}.csv", DETECTING)
    assert tape.column("origination_date").tolist() == dates
    assert "column origination_date: dates were found to be written as" in said(tape)


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("ambiguous", "'03/04/2009' is 2009-04-03 or 2009-03-04"),
        ("two_orders", "'14/08/2009' begins with the day and '08/14/2009' with the month"),
    ],
)
def test_ambiguous_dates_are_refused(name, words):
    """Where the day or the month may come first, nothing is guessed."""
    with pytest.raises(TapeError) as error:
        tape_of(f"dates_{name}.csv", DETECTING)
    assert words in str(error.value)
    assert "in a layout file" in str(error.value)


def test_ids():
    """Leading zeros and eighteen digits stay; a blank id and one that stands twice are rejected."""
    tape = tape_of("ids.csv")
    assert ids(tape) == ["007", "123456789012345678"]
    assert [(r.row, r.reason) for r in tape.rejections] == [
        (4, "loan_id is blank"),
        (5, "loan_id '007' stands already in row 2"),
    ]


def test_no_ids_at_all():
    """A tape without any id: the rows stand for them."""
    tape = tape_of("no_ids.csv")
    assert ids(tape) == ["row 2", "row 3"]
    assert "no loan has an id" in said(tape)


def test_empty_columns():
    """Columns that are empty, with a name or without one, hurt nobody."""
    tape = tape_of("empty_columns.csv")
    assert len(tape) == 2
    assert np.isnan(tape.columns["fico"]).all()


def test_status_words():
    """Synonyms become our words, a cancelled loan is none, a word that nobody knows stays and is said."""
    tape = tape_of("status_words.csv")
    words = ["current", "paid", "charged_off", "charged_off", "late", "grace", "current", "Sleeping"]
    assert tape.columns["status"].tolist() == words
    assert [(r.row, r.reason) for r in tape.rejections] == [(8, "status is cancelled: there is no receivable")]
    assert "'Sleeping' mean nothing to us and are kept as they are" in said(tape)


def test_zero_rate_loans():
    """A loan without interest is a loan; its instalment is its balance by its term."""
    tape = tape_of("zero_rate.csv")
    assert (tape.columns["rate"].tolist(), tape.remarks) == ([0.0, 0.0], ())


def test_negative_balances():
    """A negative balance is rejected, and its money counts in the tie."""
    tape = tape_of("negative_balances.csv")
    totals = tape.totals()
    assert (totals.balance_read, totals.balance_accepted, totals.balance_rejected) == (897_450, 900_000, -2_550)


def test_contradictions():
    """Instalment, next payment, maturity and status that contradict the rest are remarked; none is dropped."""
    tape = tape_of("contradictions.csv")
    assert {remark.field: remark.rows for remark in tape.remarks} == {
        "instalment": (3,),
        "next_payment_date": (4,),
        "maturity_date": (5,),
        "status": (6,),
    }
    assert [(r.row, r.field) for r in tape.rejections] == [(7, "balance")]


def test_an_open_cut_off_date():
    """Dates of origination alone need the cut-off date, and are told so."""
    file = "preamble_footer_sections.csv"
    with pytest.raises(TapeError, match="every current balance is zero"):
        tape_of(file)
    with pytest.raises(TapeError, match=r"the cut-off date '31\.12\.2012' is not a date"):
        tape_of(file, cutoff="31.12.2012")


def test_scale_and_formula(tmp_path):
    """A layout multiplies amounts in tens of thousands, computes what is not written, and says so."""
    layout = tmp_path / "wan.yaml"
    layout.write_text(
        (FOLDER / "detecting.yaml")
        .read_text()
        .replace("kind: money,", "kind: money, scale: 10000,")
        .replace("balance: {from: [left]", "paid: {from: [left]")
        .replace("kind: money, scale: 10000, required: true}\n  rate", "kind: number, scale: 10000}\n  rate")
        .replace("columns:", "columns:\n  balance: {formula: original_balance - paid, kind: money}")
    )
    (tmp_path / "loans.csv").write_text("nr,lent,left,apr,months,rest\n1,1.25,0.25,12.5,12,6\n2,1.25,,12.5,12,6\n")
    tape = read_tape(tmp_path / "loans.csv", str(layout))
    assert tape.balance == 10_000.0
    assert "balance was computed: original_balance - paid" in said(tape)
    assert tape.rejections[0].reason == "balance cannot be computed"


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (("from: [left], ", ""), "needs `from`, the names of its column in the source, or a `formula`"),
        (("from: [left]", "formula: original_balance - paid"), "no number 'paid'"),
        (("kind: id", "kind: id, scale: 10"), "scale does not fit id"),
    ],
)
def test_layouts_that_cannot_be(tmp_path, change, words):
    """A layout that cannot be is refused by its fault."""
    layout = tmp_path / "mine.yaml"
    layout.write_text((FOLDER / "detecting.yaml").read_text().replace(*change))
    with pytest.raises(TapeError) as error:
        read_tape(FOLDER / "percent_number.csv", str(layout))
    assert words in str(error.value)
