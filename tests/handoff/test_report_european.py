"""The report of a European deal: rates, hedges, accounts, ledgers, the trigger log; rows are payment dates."""

from __future__ import annotations

import numpy as np
import pytest
from european import european
from openpyxl import load_workbook

from abs_struct.handoff.report import write_report

DIGITS = 1e-12


@pytest.fixture(scope="module", params=[False, True], ids=["monthly", "quarterly"])
def result(request, tmp_path_factory):
    """A run of the deal."""
    return european(tmp_path_factory.mktemp("european"), quarterly=request.param).run()


@pytest.fixture(scope="module")
def book(result, tmp_path_factory):
    """Its report."""
    return load_workbook(write_report(result, tmp_path_factory.mktemp("report") / "report.xlsx"), data_only=True)


def table(sheet):
    """(group, title) -> the values by row, closing first."""
    head = next(row for row in range(4, 7) if sheet.cell(row, 1).value == "Period")
    group, found = "", {}
    for at, title in enumerate((cell.value for cell in sheet[head]), 1):
        group = sheet.cell(head - 1, at).value or group if head > 4 else ""
        rows = []
        for row in range(head + 1, sheet.max_row + 1):
            if not isinstance(sheet.cell(row, 1).value, int | float):
                break
            rows.append(sheet.cell(row, at).value)
        if title:
            found[group if at > 2 else "", title] = rows
    return found


def numbers(values):
    """A column without closing, blanks as nil."""
    return np.array([value or 0.0 for value in values[1:]], dtype=float)


def rows_of(result, path, count, *, added):
    """What a column should hold: a line on each payment date, or added up since the one before."""
    paying = [t for t in range(1, result.lines.periods + 1) if result.schedule.pays[t - 1]][:count]
    values = result.lines[path]
    before = [0, *paying[:-1]]
    return np.array([values[a + 1 : b + 1].sum() if added else values[b] for a, b in zip(before, paying, strict=True)])


@pytest.mark.parametrize(
    ("page", "group", "title", "path", "added"),
    [
        ("Note B", "", "Interest due", "notes.B.interest_due", True),
        ("Note C", "", "Deficiency ledger", "notes.C.pdl", False),
        ("Note X", "", "Notional", "notes.X.notional", False),
        ("Cash flows", "Collections", "Interest", "pool.interest", True),
        ("Cash flows", "Other receipts", "From hedges", "hedges.swap.received", True),
        ("Principal deficiency", "Class C", "Debited", "notes.C.pdl_debited", True),
        ("Rates", "Indices", "EURIBOR_1M", "indices.EURIBOR_1M.rate", False),
        ("Rates", "Coupons", "Class B", "notes.B.coupon", False),
        ("Fees", "Servicer", "Due", "fees.servicer.due", True),
        ("Accounts", "Reserve", "Required", "accounts.reserve.required", False),
        ("Accounts", "Reserve", "Income to collections", "accounts.reserve.earned", True),
        ("Facilities", "Liquidity facility", "Limit", "facilities.liq.limit", False),
        ("Facilities", "Liquidity facility", "Interest and fee due", "facilities.liq.due", True),
        ("Hedges", "Swap", "Notional", "hedges.swap.notional", False),
        ("Hedges", "Swap", "Paid by issuer", "hedges.swap.paid", True),
        ("Hedges", "Swap", "Termination paid", "hedges.swap.termination_paid", True),
    ],
)
def test_columns_are_lines_of_the_run(result, book, page, group, title, path, added):
    """A column holds its line, one row a payment date, flows added up since the payment before."""
    found = table(book[page])[group, title]
    wanted = rows_of(result, path, len(found) - 1, added=added)
    assert numbers(found) == pytest.approx(wanted, rel=DIGITS, abs=1e-6)
    assert wanted.any()


def test_accounts_roll(result, book):
    """Opening, received, paid in and distributed make the closing balance of every account on its page."""
    found = table(book["Accounts"])
    groups = {group for group, _ in found if group}
    assert {"Principal account", "Reserve"} <= groups
    for group in groups:
        signs = {"Opening balance": 1, "Received": 1, "Paid in": 1, "Distributed": -1, "Released": -1, "Drawn": -1}
        moved = sum(sign * numbers(found[group, title]) for title, sign in signs.items() if (group, title) in found)
        assert moved == pytest.approx(numbers(found[group, "Closing balance"]), abs=1e-6)


def test_rows_are_payment_dates(result, book):
    """Every page of payments has one row a payment date; only the pool of a quarterly deal is shown by month."""
    paying = [t for t in range(1, result.lines.periods + 1) if result.schedule.pays[t - 1]]
    for page in ("Note A", "Cash flows", "Waterfall revenue", "Hedges", "Triggers", "Decrement"):
        periods = table(book[page])["", "Period"]
        assert periods == [0, *paying[: len(periods) - 1]], page
    months = table(book["Pool"])["", "Period"]
    assert months == list(range(len(months)))
    assert ("Paid on" in [cell.value for cell in book["Pool"][5]]) == (not result.schedule.pay_every_month)


def test_coupon_ends_with_the_class(result, book):
    """The coupon is shown while there is something to pay it on."""
    found = table(book["Note A"])
    for coupon, balance in zip(found["", "Coupon"][1:], found["", "Opening balance"][1:], strict=True):
        assert (coupon is None) == (balance < 0.005)


def test_interest_only_class_has_no_life(book):
    """A class without balance has no life, price, yield or enhancement; its coupon is said in words."""
    sheet = book["Summary"]
    header = [cell.value for cell in sheet[4]]
    rows = {row[0].value: dict(zip(header, (cell.value for cell in row), strict=False)) for row in sheet["A5:Q9"]}
    for title in ("WAL (years)", "Price", "Yield (BEY)", "Enhance- ment", "Modified duration"):
        assert rows["Class X"][title] == "n/a", title
    assert rows["Class X"]["Coupon terms"] == "max(pool.wac - 9%, 0%) on notes.A.opening_balance"
    assert rows["Class B"]["Coupon terms"] == "EURIBOR_1M + 2.00%, + 1.00% from 2028-02-15, at least 0%"
    assert ("", "Factor") not in table(book["Note X"])


def test_trigger_log(result, book):
    """The log has a row for every event, with the clauses that it switched as their page calls them."""
    sheet = book["Trigger log"]
    rows = [[cell.value for cell in row] for row in sheet.iter_rows(min_row=5)]
    assert [(row[0], row[2]) for row in rows if row[0]] == [(event.period, event.label) for event in result.events]
    effects = [row[7] for row in rows]
    assert any(
        text.startswith("clause off: redemption, clause 1: Principal of Class A, Class B and Class C, pro rata")
        for text in effects
    )


def test_clauses_say_their_rank(book):
    """The waterfall pages name their clauses in words."""
    groups = {group for group, _ in table(book["Waterfall redemption"])}
    assert "1. Principal of Class A, Class B and Class C, pro rata, while not triggers.switch.active" in groups
    assert "2. Principal of Class A, Class B and Class C, in that order, while triggers.switch.active" in groups
