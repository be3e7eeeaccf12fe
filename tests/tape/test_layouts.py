"""Every layout that comes with the package reads its tape; the shared tapes give the figures that lie beside them."""

from __future__ import annotations

import json
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest

from abs_struct.core.findings import TapeError
from abs_struct.tape import read_tape
from abs_struct.tape.contradictions import within
from abs_struct.tape.layout import layouts, named_layout

FOLDER = Path(__file__).parent / "survived"

#: layout -> a file in it, and the balances of the accepted loans in cents
FILES = {
    "sec_auto_loan": [("sec_auto_loan.xml", [2_350_010, 1_710_020]), ("sec_auto_loan.csv", [2_350_010, 1_710_020])],
    "ecb_consumer": [("ecb_consumer.csv", [650_055, 900_000])],
    "esma_annex5": [("esma_annex5.csv", [1_100_010])],
    "esma_annex6": [("esma_annex6.csv", [700_010])],
    "esma_annex7": [("esma_annex7.csv", [120_010, -2_000])],
    "chinese_instalments": [("chinese.csv", [900_000, 500_000])],
}
SHARED = {"lendingclub", "prosper", "tianchi", "taiwan_cards"}


def test_every_layout_is_tested():
    """No layout of the package is forgotten."""
    assert set(layouts()) == {"abs_struct", *FILES, *SHARED}


@pytest.mark.parametrize("name", layouts())
def test_layout_says_what_it_is(name):
    """Each has its own name, a title, and a comment at its head."""
    layout = named_layout(name)
    assert (layout.name, bool(layout.title)) == (name, True)


@pytest.mark.parametrize(("layout", "file", "cents"), [(n, f, c) for n, files in FILES.items() for f, c in files])
def test_layout_is_recognised(layout, file, cents):
    """The header tells the layout, and the loans are there."""
    tape = read_tape(FOLDER / file)
    assert (tape.layout, tape.columns["balance_cents"].tolist()) == (layout, cents)
    assert tape.totals().tie


def test_abs_ee():
    """Asset data of Form ABS-EE: ended loans are rejected, a score that is none is blank, months of contracts."""
    tape = read_tape(FOLDER / "sec_auto_loan.xml")
    assert tape.columns["loan_id"].tolist() == ["00012345", "00012346"]
    assert tape.columns["rate"].tolist() == [0.1395, 0.1395]
    assert tape.column("origination_date").tolist() == ["2025-10-01", "2025-10-01"]
    assert tape.columns["days_past_due"].tolist() == [0, 34]
    assert np.isnan(tape.columns["fico"][1])
    assert "balance is zero: the loan has ended" in tape.rejections[0].reason


def test_terms_counted_from_dates():
    """The ECB's and ESMA's templates write dates; terms that remain are counted from the cut-off date."""
    tape = read_tape(FOLDER / "ecb_consumer.csv")
    assert tape.columns["remaining_term"].tolist() == [24, 36]  # the second is made next month, for 36
    assert (tape.columns["rate"].tolist(), tape.currency) == ([0.0695, 0.079], "EUR")
    assert "'OTHR' is not one of the layout's values" in read_tape(FOLDER / "esma_annex5.csv").rejections[0].reason


def test_accounts_are_no_pool_of_loans(tmp_path, repository):
    """A card tape has no term: a deal of loans refuses it by what it lacks."""
    from abs_struct.deal import load

    assert read_tape(FOLDER / "esma_annex7.csv").absent == ("original_term",)
    deal = (repository / "deals/mpl_2027_1.yaml").read_text().replace("tapes/mpl_2027_1.csv.gz", "cards.csv")
    (tmp_path / "deal.yaml").write_text(deal.replace("currency: USD", "currency: EUR"))
    (tmp_path / "cards.csv").write_text((FOLDER / "esma_annex7.csv").read_text())
    with pytest.raises(TapeError, match="gives no original_term, which a pool of loans needs"):
        load(tmp_path / "deal.yaml").run()


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("<a><b><c>1</c></b>", "is not whole XML"),
        ("<!DOCTYPE a []><a><b><c>1</c></b></a>", "declares a document type"),
        ("<a/>", "holds no records"),
    ],
)
def test_xml_that_is_no_tape(tmp_path, text, words):
    """XML that is cut off, empty, or names other files."""
    (tmp_path / "loans.xml").write_text(text)
    with pytest.raises(TapeError, match=words):
        read_tape(tmp_path / "loans.xml")


def test_level_pay_and_cash_of_lendingclub(shared_data):
    """91.07% of instalments within 2 cents of level pay, 99.98% within a dollar; cash in is cash out for every loan."""
    columns = read_tape(shared_data / "us_lendingclub_2007_2010.csv.gz", as_of="origination").columns
    assert (within(columns, 0.02), within(columns, 1.0)) == ((18_955, 20_814), (20_809, 20_814))
    assert f"{18_955 / 20_814:.2%} {20_809 / 20_814:.2%}" == "91.07% 99.98%"
    parts = sum(columns[n] for n in ("principal_received", "interest_received", "late_fees_received", "recoveries"))
    assert (np.abs(columns["total_payment"] - parts) <= 0.01).all()


def test_prosper(shared_data):
    """The tape that a spreadsheet spoilt: all 199 rows, by what became of them, the balance computed."""
    file = shared_data / "us_prosper_excel_mangled_199.csv"
    tape = read_tape(file)
    totals = tape.totals()
    assert (tape.layout, totals.rows_read, totals.tie) == ("prosper", 199, True)
    made = read_tape(file, as_of="origination")
    assert [r.reason for r in made.rejections] == ["loan_id '121268' stands already in row 10"]
    words, counts = np.unique(made.columns["status"], return_counts=True)
    assert dict(zip(words.tolist(), counts.tolist(), strict=True)) == {
        "charged_off": 19, "current": 111, "default": 10, "grace": 2, "late": 1, "paid": 55,
    }  # fmt: skip
    assert made.column("origination_date")[0] == "2007-09-12"
    assert made.column("origination_quarter")[0] == "2007-07-01"
    assert (totals.accepted, totals.rejected, totals.balance_accepted) == (115, 84, 102_492_227)
    assert sum("balance is zero: the loan has ended" in r.reason for r in tape.rejections) == 63
    assert {r.field: r.rows for r in tape.remarks}["status"] == (32,)  # paid, and 5.05 are left


def test_tianchi(shared_data):
    """The Excel tape: terms in years, percents, serial dates; the figures computed beside it."""
    expected = json.loads((shared_data / "cn_tianchi_train_sample_summary.json").read_text())
    tape = read_tape(shared_data / "cn_tianchi_train_sample_999.xlsx", as_of="auto")
    assert (len(tape), tape.history, tape.absent) == (expected["rows"], True, ("balance",))
    assert tape.balance == expected["loan_amount_total"]
    weights = tape.columns["balance_cents"] / tape.balance_cents
    assert (tape.columns["rate"] * weights).sum() == pytest.approx(expected["wa_rate_fraction"], abs=5e-11)
    assert (tape.columns["original_term"] * weights).sum() == pytest.approx(expected["wa_term_months"], abs=5e-9)
    assert tape.columns["instalment"].sum() == pytest.approx(expected["installment_total"], abs=0.005)
    years, counts = np.unique(tape.columns["original_term"] // 12, return_counts=True)
    assert dict(zip(map(str, years.tolist()), counts.tolist(), strict=True)) == expected["term_years_counts"]
    made = tape.columns["origination_date"]
    assert (str(made.min()), str(made.max())) == (expected["first_issue"], expected["last_issue"])
    quarters = made.astype("M8[M]").astype(int) // 3
    amounts = {
        f"{1970 + q // 4}Q{q % 4 + 1}": tape.columns["balance_cents"][quarters == q].sum() / 100
        for q in np.unique(quarters).tolist()
    }
    assert amounts == expected["amount_by_issue_quarter"]
    lost = tape.columns["defaulted"] == 1
    assert lost.mean() == pytest.approx(expected["default_rate_count"], abs=5e-9)
    assert weights[lost].sum() == pytest.approx(expected["default_share_amount"], abs=5e-9)
    with pytest.raises(TapeError, match=r"the tape gives no current balance; use pool\.as_of: origination"):
        read_tape(shared_data / "cn_tianchi_train_sample_999.xlsx")


def test_taiwan_cards(shared_data):
    """The card panel: every account, balances in credit among them; the figures computed beside it."""
    expected = json.loads((shared_data / "tw_card_panel_summary.json").read_text())
    tape = read_tape(shared_data / "tw_card_panel_rows_1_15000.csv.gz")
    columns = tape.columns
    assert (len(tape), tape.layout, tape.currency) == (expected["accounts"], "taiwan_cards", "TWD")
    assert columns["original_balance_cents"].sum() / 100 == expected["limit_total"]
    assert columns["default_next_month"].sum() == expected["default_next_month"]
    for month, total in expected["statement_balance_total"].items():
        key = month.replace("-", "_")
        statement, paid = columns[f"statement_{key}"], columns[f"paid_{key}"]
        positive = np.maximum(statement, 0)
        late = columns[f"status_{key}"] >= 2
        assert statement.sum() == total
        assert positive.sum() == expected["positive_statement_balance_total"][month]
        assert (statement < 0).sum() == expected["negative_statement_balances"][month]
        assert paid.sum() == expected["payments_total"][month]
        share = expected["share_of_positive_balance_2plus_months_late"][month]
        assert positive[late].sum() / positive.sum() == pytest.approx(share, abs=5e-9)
    months = sorted(expected["statement_balance_total"])
    for before, month in pairwise(months):
        owed = np.maximum(columns[f"statement_{before.replace('-', '_')}"], 0).sum()
        rate = expected["monthly_payment_rate_payments_over_previous_positive_statement"][month]
        assert columns[f"paid_{month.replace('-', '_')}"].sum() / owed == pytest.approx(rate, abs=5e-9)
    words, counts = np.unique(columns["status_2005_09"], return_counts=True)
    assert dict(zip(map(str, words.tolist()), counts.tolist(), strict=True)) == expected["status_counts_2005-09"]
