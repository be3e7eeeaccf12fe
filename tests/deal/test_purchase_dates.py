"""Purchase dates: turnover, purchases, pool and cash roll forward to the cent from each to the next, on any clock."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import numpy as np
import pytest
from deal.shipped import clocked, ran
from handoff.test_report_european import table
from openpyxl import load_workbook
from small import TERMS, small

from abs_struct.handoff.report import write_report

CENT = 0.005
KINDS = ("bill", "three", "six", "twelve", "minimum")
CLAUSES = """\
waterfall:
  all:
    - pay: [trustee, servicer]
    - interest: [A, B]
    - fill: reserve
    - principal: [A, B]
      when: revolving.active < 0.5
    - release: reserve
    - residual: holder
"""


@pytest.mark.parametrize("clock", ["payment dates", "monthly", "5 times a month", "daily"])
@pytest.mark.parametrize("mix", ["balance", "fixed"])
def test_every_purchase_date_rolls_forward(clock: str, mix: str, tmp_path: Path) -> None:
    """HB-REV, date by date: what was there, less what went, with what came, is what is left, for the next."""
    if clock == "payment dates":
        result = ran("hb_rev_2027_1", ("revolving.mix", mix))
    else:
        result = clocked(tmp_path, clock).with_({"revolving.mix": mix}).run()
    frame, lines = result.purchase_dates, result.lines
    steps = {"payment dates": 1, "monthly": 1, "5 times a month": 5, "daily": 30}[clock]
    assert len(frame) == steps * (12 if clock == "payment dates" else 13)  # with January, which ends on the 14th
    assert frame.index.is_monotonic_increasing
    pool = frame["pool_opening"] - frame["run_off"] + frame["purchased"]
    cash = frame["cash_opening"] + frame["collected"] - frame["price"] - frame["paid"]
    assert np.abs(pool - frame["pool_closing"]).max() <= CENT
    assert np.abs(cash - frame["cash_closing"]).max() <= CENT
    assert np.abs(frame["pool_closing"][:-1].to_numpy() - frame["pool_opening"][1:].to_numpy()).max() <= CENT
    assert np.abs(frame["cash_closing"][:-1].to_numpy() - frame["cash_opening"][1:].to_numpy()).max() <= CENT
    assert frame[["run_off", "purchased", "collected", "price", "cash_closing"]].min().min() >= 0.0
    par = frame[[f"{name}.par" for name in KINDS]]
    assert np.abs(par.sum(axis=1) - frame["purchased"]).max() <= CENT
    assert np.abs(par.sum(axis=1) - 0.0045 * par["bill.par"] - frame["price"]).max() <= CENT
    turned = frame["purchased"].cumsum() / 2e9
    assert np.abs(turned - frame["turns"]).max() <= 1e-12
    assert result.purchases is not None
    assert frame["turns"].iloc[-1] == pytest.approx(result.purchases.turns, rel=1e-12)
    by_month = frame.groupby("period")  # the steps of a month come to the lines of the run, to the cent
    periods = np.array(list(by_month.groups))
    assert np.abs(by_month["pool_closing"].last() - lines["pool.balance"][periods]).max() <= CENT
    assert np.abs(by_month["purchased"].sum() - lines["pool.purchased"][periods]).max() <= CENT
    for name in KINDS:
        found = by_month[f"{name}.par"].sum()
        assert np.abs(found - lines[f"receivables.{name}.purchased"][periods]).max() <= CENT
    if clock != "payment dates":
        assert np.abs(by_month["price"].sum() - lines["pool.reinvested"][periods]).max() <= CENT
        later = sum(lines[f"receivables.{name}.recovered"][periods] for name in KINDS)
        arrived = (lines["pool.collections"] - lines["pool.reinvested"])[periods]
        assert np.abs(by_month["paid"].sum() + later - arrived).max() <= CENT


def test_cash_of_a_payment_date_pays_costs_and_interest() -> None:
    """What is neither spent nor kept is what fees and classes got; yield and discount are those of what was bought."""
    result = ran("hb_rev_2027_1")
    frame, lines = result.purchase_dates, result.lines
    periods = frame["period"].to_numpy()
    paid = sum(lines[path] for path in lines if path.startswith("fees.") and path.endswith(".paid"))
    paid = paid + lines["notes.A.interest_paid"] + lines["notes.B.interest_paid"]
    assert np.abs(frame["paid"] - paid[periods]).max() <= CENT
    assert frame["discount"].to_numpy() == pytest.approx(0.0045 * frame["bill.par"] / frame["purchased"])
    assert frame["yield"].iloc[0] == pytest.approx(0.0786, abs=5e-5)  # less than 9%: most of it is bills
    assert frame["term"].between(1.5, 2.0).all()
    assert frame.index[0] == date(2027, 2, 26)
    assert frame.index[-1] == date(2028, 1, 31)


def test_the_first_purchase_of_a_deal_that_waits_for_its_payment_date() -> None:
    """JB buys on its first payment date with what three months have brought; the row holds all of them."""
    frame = ran("jb_cl_2027_1").purchase_dates
    lines = ran("jb_cl_2027_1").lines
    assert len(frame) == 7
    first = frame.iloc[0]
    assert first["pool_opening"] == 1_000_000_000.0
    gone = sum(lines[f"pool.{word}"][1:4].sum() for word in ("scheduled_principal", "prepaid", "defaulted"))
    assert first["run_off"] == pytest.approx(gone, abs=CENT)
    assert first["collected"] == pytest.approx(lines["pool.collections"][1:4].sum(), rel=1e-3)
    assert ran("mpl_2027_1").purchase_dates.empty


QUARTERLY = """\
revolving:
  until: 2028-01-14
  receivables: {bill: {share: 60%, repayment: next_bill}, six: {share: 40%, repayment: instalments, term: 6, fee: 4%}}
"""


def test_a_deal_that_pays_by_quarter(tmp_path: Path) -> None:
    """Each row holds the three months since the payment before; on a clock of its own nothing is left but rounding."""
    terms = TERMS.replace("first_payment: 2027-02-15", "first_payment: 2027-04-15, every: 3 months")
    bought = "    - fill: reserve\n    - purchase: [bill, six]\n"
    waterfall = CLAUSES.replace("    - fill: reserve\n", bought)
    result = small(tmp_path, terms + QUARTERLY, waterfall).run()
    frame, lines = result.purchase_dates, result.lines
    assert list(frame["period"]) == [3, 6, 9]
    gone = [lines["pool.principal_collections"][t - 2 : t + 1].sum() for t in (3, 6, 9)]
    gone += np.array([lines["pool.defaulted"][t - 2 : t + 1].sum() for t in (3, 6, 9)])
    assert np.abs(frame["run_off"].to_numpy() - gone).max() <= CENT
    assert np.abs(frame["cash_closing"].to_numpy()[:-1] - frame["cash_opening"].to_numpy()[1:]).max() <= CENT
    daily = QUARTERLY.replace("  receivables", "  clock: daily\n  receivables")
    clock = small(tmp_path, terms + daily, CLAUSES).run()
    frame = clock.purchase_dates
    assert frame["cash_closing"].iloc[: 12 * 30].eq(0.0).all()
    found = frame.groupby("period")["pool_closing"].last()
    assert np.abs(found - clock.lines["pool.balance"][found.index]).max() <= CENT


@pytest.mark.parametrize("clock", ["payment dates", "5 times a month"])
def test_the_report_has_a_page_of_purchases(clock: str, tmp_path: Path) -> None:
    """Each purchase date with its figures; a deal without purchases has no such page."""
    result = ran("hb_rev_2027_1") if clock == "payment dates" else clocked(tmp_path, clock).run()
    frame = result.purchase_dates
    book = load_workbook(write_report(result, tmp_path / "report.xlsx"), data_only=True)
    found = table(book["Purchases"])
    for group, title, column in (
        ("Pool", "Purchased", "purchased"), ("Pool", "Closing balance", "pool_closing"),
        ("Cash", "Price paid", "price"), ("Cash", "Uninvested", "cash_closing"),
        ("What was bought", "Turns to date", "turns"),
    ):  # fmt: skip
        assert found[group, title] == pytest.approx(frame[column].tolist(), rel=1e-12), title
    assert "Purchases" not in load_workbook(write_report(small(tmp_path).run(), tmp_path / "plain.xlsx")).sheetnames
