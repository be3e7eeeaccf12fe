"""Arrears and returns where they are read: the investor report, the JSON of a run, and the pool's average life."""

from __future__ import annotations

import numpy as np
import pytest
from handoff.test_report_european import numbers, table
from openpyxl import load_workbook
from small import TERMS, WATERFALL, small

from abs_struct import sweep
from abs_struct.deal.summary import run_summary
from abs_struct.handoff.report import write_report

ARREARS = "  delinquency: {enter: 3%, roll: [30%, 60%, 85%, 90%], late_fee: 0.05%}\n  refunds: 1%\n  dilution: 0.2%\n"
RECOVERY = "  recovery: {rate: 30%, lag: 3}\n"


@pytest.fixture(scope="module")
def result(tmp_path_factory):
    """A run with four buckets, late fees, refunds and dilution."""
    return small(tmp_path_factory.mktemp("small"), TERMS.replace(RECOVERY, RECOVERY + ARREARS), WATERFALL).run()


def test_the_report_has_a_page_of_arrears(result, tmp_path):
    """Balances by days late, their share of the pool from each bucket on, instalments missed and paid late."""
    assert not result.failures
    book = load_workbook(write_report(result, tmp_path / "report.xlsx"), data_only=True)
    found, lines = table(book["Delinquency"]), result.lines
    balance, share, paid = "Balance at the end of the period", "Share of the pool", "Instalments"
    count = len(numbers(found[balance, "Pool"]))
    for title, line in (
        ("Pool", "balance"), ("1-30 days", "delinquent_1_30"), ("31-60 days", "delinquent_31_60"),
        ("61-90 days", "delinquent_61_90"), ("91-120 days", "delinquent_91_120"), ("All in arrears", "delinquent"),
    ):  # fmt: skip
        assert numbers(found[balance, title]) == pytest.approx(lines[f"pool.{line}"][1 : count + 1], rel=1e-12), title
    late = sum(lines[f"pool.delinquent_{days}"] for days in ("31_60", "61_90", "91_120"))
    thirty = numbers(found[share, "30+ days"])
    assert thirty[:20] == pytest.approx((late / np.maximum(lines["pool.balance"], 1.0))[1:21], rel=1e-12)
    assert [title for group, title in found if group == share] == ["All in arrears", "30+ days", "60+ days", "90+ days"]
    for title, line in (("Missed", "missed"), ("Paid late", "paid_late"), ("Late fees", "late_fees")):
        assert numbers(found[paid, title]) == pytest.approx(lines[f"pool.{line}"][1 : count + 1], rel=1e-12), title
    pool = table(book["Pool"])
    for title in ("Refunds", "Dilution"):
        assert numbers(pool["Roll-forward", title]).sum() == pytest.approx(lines[f"pool.{title.lower()}"].sum())
    out = sum(numbers(pool["Roll-forward", title]) for title in
              ("Scheduled principal", "Prepayments", "Refunds", "Defaulted", "Dilution"))  # fmt: skip
    opening, closing = (numbers(pool["Roll-forward", title]) for title in ("Opening balance", "Closing balance"))
    assert opening - out == pytest.approx(closing, abs=1e-6)
    assert numbers(table(book["Cash flows"])["Collections", "Refunds"]).sum() == pytest.approx(
        lines["pool.refunds"].sum()
    )


def test_without_arrears_there_is_no_such_page(tmp_path):
    """Nor a field that says nothing."""
    plain = small(tmp_path, TERMS, WATERFALL).run()
    book = load_workbook(write_report(plain, tmp_path / "report.xlsx"), data_only=True)
    assert "Delinquency" not in book.sheetnames
    assert run_summary(plain)["delinquency"] is None
    assert run_summary(plain)["pool"]["refunds"] == run_summary(plain)["pool"]["dilution"] == 0.0


def test_the_json_says_arrears_by_days(result):
    """Average share of the pool, highest balance and its period, by bucket; what was paid late, and fees."""
    found, lines = run_summary(result), result.lines
    assert list(found["delinquency"]["days"]) == ["1-30", "31-60", "61-90", "91-120"]
    first = found["delinquency"]["days"]["1-30"]
    late, pool = lines["pool.delinquent_1_30"], lines["pool.balance"]
    assert first["average_share"] == pytest.approx(late.sum() / pool.sum(), rel=1e-12)
    assert 0.02 < first["average_share"] < 0.06
    assert first["highest_balance"] == late[first["at_period"]] == late.max()
    assert found["delinquency"]["paid_late"] == pytest.approx(lines["pool.missed"].sum(), rel=1e-12)
    assert found["delinquency"]["late_fees"] == pytest.approx(lines["pool.late_fees"].sum(), rel=1e-12)
    whole = found["pool"]
    parts = ("principal", "prepaid", "refunds", "dilution", "defaulted")
    assert sum(whole[part] for part in parts) == pytest.approx(whole["initial_balance"], rel=1e-12)


def test_refunds_count_in_the_life_of_the_pool(result):
    """They repay it, as recoveries do."""
    lines = result.lines
    paid = (lines["pool.principal_collections"] + lines["pool.recovered"])[1:]
    years = result.measures.years
    assert result.deal_measures.pool_wal == pytest.approx((paid * years).sum() / paid.sum(), rel=1e-9)


def test_a_sweep_measures_the_life_of_the_pool_with_its_refunds(tmp_path):
    """Each row is its single run, with refunds as axis and with entries into arrears."""
    text = TERMS.replace(RECOVERY, RECOVERY + ARREARS)
    deal = small(tmp_path, text, WATERFALL)
    axes = {"assumptions.refunds": ["0%", "2%"], "assumptions.delinquency.enter": ["1%", "9%"]}
    frame = sweep(deal, axes).frame
    for row in frame.to_dict("records"):
        one = deal.with_({path: row[path] for path in axes}).run()
        assert row["pool.wal"] == one.deal_measures.pool_wal
        assert row["A.wal"] == one.note_measures["A"].wal
    assert frame["pool.wal"].nunique() == 4


def test_what_the_deal_leaves_out_may_be_an_axis(tmp_path):
    """A late fee, refunds or a given entry that the file does not have: each row is its single run, no two alike."""
    text = TERMS.replace(RECOVERY, RECOVERY + "  delinquency: {roll: [40%, 60%]}\n")
    deal = small(tmp_path, text, WATERFALL)
    for path, values in (
        ("assumptions.delinquency.late_fee", ["0%", "0.1%"]),
        ("assumptions.refunds", ["0%", "1%"]),
        ("assumptions.delinquency.enter", ["from default", "9%"]),
    ):
        frame = sweep(deal, {path: values}, measures=["A.wal", "pool.wal"]).frame
        for row in frame.to_dict("records"):
            one = deal.with_({path: row[path]}).run()
            assert row["A.wal"] == one.note_measures["A"].wal
        assert frame["A.wal"].nunique() == 2, path
