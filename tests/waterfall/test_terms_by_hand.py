"""The terms of notes, fees, accounts, hedges and triggers in a deal that runs, against figures by hand."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from small import TERMS, WATERFALL, small

from abs_struct.core.findings import DealError
from abs_struct.waterfall.ledger import Ledger

INDEX = "  indices: {E1: {curve: {2027-01-01: -0.60%, 2027-06-01: 2.00%, 2028-01-01: 5.00%}, fixing: in advance}}\n"
FLOATING = TERMS.replace("notes:\n", INDEX + "notes:\n", 1)
SPLIT = """\
waterfall:
  revenue:
    - pay: [trustee, servicer]
    - interest: A
    - interest: B
    - residual: holder
  redemption:
    from: principal
    steps:
      - principal: [A, B]
      - residual: holder
"""


def lines_of(folder: Path, terms: str = TERMS, waterfall: str = WATERFALL, **changes: object) -> Ledger:
    """The lines of a run that holds its checks."""
    result = small(folder, terms, waterfall, **changes).run()
    assert not result.failures, [str(check) for check in result.failures]
    return result.lines


def with_a(coupon: str, terms: str = FLOATING) -> str:
    """Class A with other terms than a coupon of 5 %."""
    return terms.replace("coupon: 5%}", f"coupon: {coupon}}}", 1)


# ---- coupons ------------------------------------------------------------------------------------------


def test_an_index_with_margin_floor_and_cap(tmp_path: Path) -> None:
    """-0.60 % + 0.50 % is floored at 0; 2 % + 0.50 % is paid; 5 % + 0.50 % is capped at 4 %."""
    coupon = lines_of(tmp_path, with_a("{index: E1, margin: 50 bp, floor: 0%, cap: 4%}"))["notes.A.coupon"]
    assert coupon[[1, 2, 5, 7, 11, 14]] == pytest.approx([0.0, 0.0, 0.0, 0.025, 0.025, 0.04])


def test_a_negative_rate_never_makes_the_holder_pay(tmp_path: Path) -> None:
    """Without a floor in the terms the coupon still ends at nil; a floor below nil changes nothing."""
    for coupon in ("{index: E1}", "{index: E1, floor: -1%}"):
        lines = lines_of(tmp_path, with_a(coupon))
        assert lines["notes.A.coupon"][1] == 0.0
        assert lines["notes.A.interest_due"].min() == 0.0


def test_a_cap_at_what_the_pool_earns(tmp_path: Path) -> None:
    """An available-funds cap: the smaller of 30 % and the pool's rate less 1 %, of the period itself."""
    lines = lines_of(tmp_path, with_a('{fixed: 30%, cap: "max(pool.wac - 1%, 0%)"}', TERMS))
    earned = 12.0 * lines["pool.interest"][1] / lines["pool.opening_balance"][1]
    assert lines["pool.wac"][1] <= earned * 1.02
    assert lines["notes.A.coupon"][1:20] == pytest.approx(lines["pool.wac"][1:20] - 0.01)


def test_a_schedule_of_rates_and_of_margins(tmp_path: Path) -> None:
    """3 % in periods 1 and 2, then 3.5 %; with an index the schedule is its margin."""
    fixed = lines_of(tmp_path, with_a("{schedule: {1: 3%, 3: 3.5%}}", TERMS))
    assert fixed["notes.A.coupon"][1:5] == pytest.approx([0.03, 0.03, 0.035, 0.035])
    margin = lines_of(tmp_path, with_a("{index: E1, schedule: {1: 1%, 8: 2%}}"))
    assert margin["notes.A.coupon"][[1, 7, 8, 13]] == pytest.approx([0.004, 0.03, 0.04, 0.07])


def test_a_step_up_from_a_date(tmp_path: Path) -> None:
    """It is added to periods that begin on the day or later: not yet to the one that ends on it."""
    lines = lines_of(tmp_path, with_a("{fixed: 5%, step_up: {add: 1%, from: 2027-06-15}}", TERMS))
    assert lines["notes.A.coupon"][4:8] == pytest.approx([0.05, 0.05, 0.06, 0.06])


def test_a_step_up_while_a_condition_holds(tmp_path: Path) -> None:
    """While the pool's balance is below half: up with it, in the same period."""
    lines = lines_of(tmp_path, with_a("{fixed: 5%, step_up: {add: 25 bp, when: pool.balance < 50% of pool}}", TERMS))
    low = lines["pool.balance"][1:] < 0.5 * lines["pool.initial_balance"][0]
    assert lines["notes.A.coupon"][1:] == pytest.approx(np.where(low, 0.0525, 0.05))
    assert 0 < low.sum() < len(low)


def test_the_step_up_of_an_index_is_floored_in_all(tmp_path: Path) -> None:
    """-0.60 % + 0.20 % + 0.30 % of step-up: the floor is that of the sum, 0 %."""
    lines = lines_of(tmp_path, with_a("{index: E1, margin: 20 bp, floor: 0%, step_up: {add: 30 bp, from: 2027-01-20}}"))
    assert lines["notes.A.coupon"][[1, 7]] == pytest.approx([0.0, 0.025])


# ---- interest that is not paid ------------------------------------------------------------------------

SHORT = """\
waterfall:
  first:
    - interest: B
      when: deal.payment_date > 2027-05-01
    - principal: [A, B]
      amount: 100
    - interest: A
    - residual: holder
"""


@pytest.mark.parametrize(
    ("kind", "owed"),
    [
        ("carried", lambda due: due * 4),
        ("with interest", lambda due: due * ((1 + 0.09 / 12) ** 4 - 1) / (0.09 / 12)),
        ("lost", lambda due: due),
    ],
)
def test_what_becomes_of_unpaid_interest(kind: str, owed: object, tmp_path: Path) -> None:
    """B waits for three payments and is paid in the fourth (15 May): a due of 9 % / 12 each, with or without interest.

    The first period has 25 days of 30; the others are whole.
    """
    terms = TERMS.replace("coupon: 9%}", f"coupon: 9%, unpaid_interest: {kind}, deferrable: true}}")
    lines = lines_of(tmp_path, terms.replace("closing: 2027-01-20", "closing: 2027-01-15"), SHORT)
    due = lines["notes.B.balance"][0] * 0.09 / 12
    assert lines["notes.B.interest_paid"][:5] == pytest.approx([0, 0, 0, 0, owed(due)])  # type: ignore[operator]
    assert lines["notes.B.balance"][4] == lines["notes.B.balance"][0]
    assert lines["notes.B.interest_shortfall"][4] == pytest.approx(0.0, abs=1e-9)
    if kind == "lost":
        assert lines["notes.B.interest_lost"][1:5] == pytest.approx([due, due, due, 0.0])


def test_unpaid_interest_that_is_capitalised(tmp_path: Path) -> None:
    """The balance grows by what was not paid, and bears interest; nothing is carried."""
    terms = TERMS.replace("coupon: 9%}", "coupon: 9%, unpaid_interest: capitalised, deferrable: true}")
    lines = lines_of(tmp_path, terms.replace("closing: 2027-01-20", "closing: 2027-01-15"), SHORT)
    start, balance = lines["notes.B.balance"][0], lines["notes.B.balance"]
    assert balance[1:5] == pytest.approx([start * 1.0075**n for n in (1, 2, 3, 3)])
    assert lines["notes.B.capitalised"][1] == pytest.approx(start * 0.0075)
    assert lines["notes.B.interest_shortfall"].max() == 0.0
    assert lines["notes.B.interest_paid"][4] == pytest.approx(start * 1.0075**3 * 0.0075)


def test_interest_on_unpaid_interest_waits_for_the_payment_of_a_quarter(tmp_path: Path) -> None:
    """Carried over a quarter, it earns 90 days of interest at once, and none in the months between."""
    terms = TERMS.replace("coupon: 9%}", "coupon: 9%, unpaid_interest: with interest, deferrable: true}")
    terms = terms.replace("legal_final: 2030-12-15", "legal_final: 2030-12-15, every: 3 months")
    lines = lines_of(tmp_path, terms.replace("2027-02-15", "2027-04-15").replace("2027-01-20", "2027-01-15"), SHORT)
    start = lines["notes.B.balance"][0]
    assert lines["notes.B.interest_shortfall"][3:6] == pytest.approx([start * 0.0225] * 3)
    assert lines["notes.B.interest_due"][4:7] == pytest.approx([0.0, 0.0, start * 1.0225 * 0.0225])
    assert lines["notes.B.interest_paid"][6] == pytest.approx(start * (1.0225**2 - 1))


def test_an_interest_only_class(tmp_path: Path) -> None:
    """2 % / 12 of what class A was at the start of the period; its own balance is nil and stays so."""
    terms = TERMS.replace("fees:\n", "  X: {balance: 0, notional: notes.A.opening_balance, coupon: 2%}\nfees:\n", 1)
    lines = lines_of(tmp_path, terms, WATERFALL.replace("interest: B\n    - fill", "interest: [B, X]\n    - fill"))
    assert lines["notes.X.interest_due"][2:9] == pytest.approx(lines["notes.A.balance"][1:8] * 0.02 / 12)
    assert lines["notes.X.balance"].max() == 0.0
    assert lines["notes.X.interest_paid"][2] > 0.0


def test_an_accrual_class_grows_until_the_class_before_it_is_repaid(tmp_path: Path) -> None:
    """Its interest is added to the balance while A is there, and paid from the period after."""
    terms = TERMS.replace("coupon: 9%}", "coupon: 9%, accrues_while: notes.A.balance > 0}")
    waterfall = (
        "waterfall:\n  all:\n    - interest: [A, B]\n    - principal: [A, B]\n      amount: pool.principal_collections "
        "+ notes.B.capitalised\n    - residual: holder\n"
    )
    lines = lines_of(tmp_path, terms, waterfall, **{"notes.A.balance": "20% of pool"})
    gone = int((lines["notes.A.balance"] <= 0.0).argmax())
    assert lines["notes.B.balance"][2] == pytest.approx(lines["notes.B.balance"][1] * (1 + 0.09 / 12))
    assert lines["notes.B.interest_paid"][: gone + 1].max() == 0.0
    assert lines["notes.B.capitalised"][gone + 1] == 0.0
    assert lines["notes.B.interest_paid"][gone + 1] == pytest.approx(lines["notes.B.balance"][gone] * 0.09 / 12)


def test_a_planned_class_is_paid_down_to_its_table(tmp_path: Path) -> None:
    """A plan of 360,000, then 350,000 from period 3, as a table; support takes the rest."""
    terms = with_a("5%, target: {1: 360_000, 3: 350_000}", TERMS)
    waterfall = (
        "waterfall:\n  all:\n    - interest: [A, B]\n    - principal: A\n      to: target\n    - principal: [B, A]\n"
        "    - residual: holder\n"
    )
    lines = lines_of(tmp_path, terms, waterfall)
    assert lines["notes.A.balance"][1:5] == pytest.approx([360_000.0, 360_000.0, 350_000.0, 350_000.0])
    assert lines["notes.B.principal_paid"][1:5].min() > 0.0


def test_a_subordinated_loan_stands_outside_the_notes(tmp_path: Path) -> None:
    """The same balances of all notes, enhancement and overcollateralisation, with and without it."""
    terms = TERMS.replace("fees:\n", "  loan: {balance: 1% of pool, coupon: 4%, subordinated_loan: true}\nfees:\n", 1)
    pays = WATERFALL.replace("    - residual: holder\n", "    - interest: loan\n    - residual: holder\n")
    plain, loan = lines_of(tmp_path), lines_of(tmp_path, terms, pays)
    for line in ("deal.notes_balance", "deal.overcollateralisation", "notes.A.enhancement", "notes.B.enhancement"):
        assert np.array_equal(plain[line], loan[line]), line


# ---- fees and accounts --------------------------------------------------------------------------------


def due_of(folder: Path, fee: str, terms: str = TERMS) -> tuple[Ledger, np.ndarray]:
    """A run with a third fee, and what of it became due."""
    lines = lines_of(
        folder,
        terms.replace("fees:\n", f"fees:\n  third: {fee}\n", 1),
        WATERFALL.replace("[trustee,", "[third, trustee,"),
    )
    return lines, lines["fees.third.due"]


def test_a_tax_on_the_income_of_the_period(tmp_path: Path) -> None:
    """3.26 % of interest, not of a twelfth of it."""
    lines, due = due_of(tmp_path, "{rate: 3.26%, of: pool.interest, per: period}")
    assert due[1:] == pytest.approx(0.0326 * lines["pool.interest"][1:])


def test_a_minimum_and_a_fixed_amount_per_period(tmp_path: Path) -> None:
    """The rate gives at least 6,000 / 12 a month while the deal lives; 100 a period come on top."""
    lines, due = due_of(tmp_path, "{rate: 1%, of: pool.opening_balance, minimum: 6_000, plus: 100, plus_per: period}")
    assert due[1] == pytest.approx(500.0 + 100.0)
    assert lines["pool.opening_balance"][1] * 0.01 / 12 < 500.0
    big, large = due_of(tmp_path, "{rate: 20%, of: pool.opening_balance, minimum: 6_000}")
    assert large[1] == pytest.approx(big["pool.opening_balance"][1] * 0.20 / 12)


def test_amounts_by_date(tmp_path: Path) -> None:
    """1,000 on the first payment, 250 on the first payment on or after 16 May, which is in June."""
    _, due = due_of(tmp_path, "{once: 1_000, table: {2027-05-16: 250, 2027-07-15: 90}}")
    assert due[1:8].tolist() == [1_000.0, 0.0, 0.0, 0.0, 250.0, 90.0, 0.0]


def test_a_fee_by_days(tmp_path: Path) -> None:
    """12 % a year by actual days of 360: 26 days from closing, then 28 and 31."""
    lines, due = due_of(tmp_path, "{rate: 12%, of: pool.opening_balance, day_count: actual/360}")
    base = lines["pool.opening_balance"]
    assert due[1:4] == pytest.approx(base[1:4] * 0.12 * np.array([26, 28, 31]) / 360)


def test_an_account_that_earns_and_one_that_receives(tmp_path: Path) -> None:
    """Income goes to the collection account; principal goes to its own, and nothing is counted twice."""
    terms = TERMS.replace("accounts:\n", "accounts:\n  principal: {receives: pool.principal_collections}\n").replace(
        "initial: 1% of pool\n", "initial: 1% of pool\n    earns: 6%\n"
    )
    lines = lines_of(tmp_path, terms, SPLIT)
    held = lines["accounts.reserve.balance"][0]
    assert lines["accounts.reserve.earned"][1] == pytest.approx(held * 0.06 / 12)
    assert lines["accounts.principal.received"][1] == pytest.approx(lines["pool.principal_collections"][1])
    rest = lines["pool.collections"][1] - lines["pool.principal_collections"][1]
    assert lines["accounts.collections.received"][1] == pytest.approx(rest + held * 0.06 / 12)


def test_a_requirement_that_never_declines(tmp_path: Path) -> None:
    """2 % of the pool, never below what it was: that of the first period."""
    terms = TERMS.replace(
        "required: if(deal.final_period, 0, 1% of pool)", "required: 2% * pool.balance\n    non_declining: true"
    )
    required = lines_of(tmp_path, terms)["accounts.reserve.required"]
    assert required[1:] == pytest.approx(np.full(len(required) - 1, required[1]))


# ---- hedges -------------------------------------------------------------------------------------------

SWAP = "hedges:\n  swap: {notional: notes.A.opening_balance, pays: 1%%, receives: {index: E1}, %s}\n"
HEDGED = WATERFALL.replace("    - interest: A\n", "    - hedge: swap\n    - interest: A\n", 1)


def test_a_swap_pays_and_receives_the_net(tmp_path: Path) -> None:
    """1 % against -0.60 %: 1.60 % are owed over 26 days of 360; against 5 %: 4 % are received."""
    lines = lines_of(tmp_path, FLOATING + SWAP % "day_count: actual/360", HEDGED)
    first, opening = lines["notes.A.balance"][0], lines["notes.A.opening_balance"]
    assert lines["hedges.swap.net_due"][1] == pytest.approx(first * 0.016 * 26 / 360)
    assert lines["hedges.swap.paid"][1] == lines["hedges.swap.net_due"][1]
    assert lines["hedges.swap.received"][13] == pytest.approx(opening[13] * 0.04 * 31 / 360)
    assert lines["hedges.swap.net_due"][13] == 0.0


def test_a_counterparty_that_defaults_owes_nothing_more(tmp_path: Path) -> None:
    """From the payment on 15 June neither side pays; 500 of termination are due once, and carried until paid."""
    default = "counterparty_default: 2027-06-15, termination: 500"
    waterfall = HEDGED.replace("    - residual", "    - hedge: swap\n      part: termination\n    - residual", 1)
    lines = lines_of(tmp_path, FLOATING + SWAP % default, waterfall)
    assert lines["hedges.swap.received"][5:].max() == 0.0
    assert lines["hedges.swap.net_due"][4] > 0.0
    assert lines["hedges.swap.net_due"][5:].max() == 0.0
    assert lines["hedges.swap.termination_due"].tolist()[4:7] == [0.0, 500.0, 0.0]
    assert lines["hedges.swap.termination_paid"].sum() == pytest.approx(500.0)


@pytest.mark.parametrize(("kind", "strike", "rate"), [("cap", "3%", [0, 0, 0.02]), ("floor", "1%", [0.016, 0, 0])])
def test_a_cap_and_a_floor(kind: str, strike: str, rate: list[float], tmp_path: Path) -> None:
    """What is in the money at -0.60 %, 2 % and 5 %, on 1,000,000."""
    terms = FLOATING + (
        f"hedges:\n  swap: {{kind: {kind}, strike: {strike}, notional: 1_000_000, receives: {{index: E1}}, "
        "day_count: 30/360}\n"
    )
    lines = lines_of(tmp_path, terms, HEDGED)
    assert lines["hedges.swap.received"][[2, 8, 15]] == pytest.approx(np.array(rate) * 1_000_000 / 12)


# ---- triggers and amounts -----------------------------------------------------------------------------


def active(folder: Path, trigger: str, waterfall: str = WATERFALL) -> list[float]:
    """When a trigger is active, from period 1."""
    lines = lines_of(folder, TERMS.replace("triggers:\n", f"triggers:\n  own: {trigger}\n"), waterfall)
    return lines["triggers.own.active"][1:13].tolist()


ODD = "abs(deal.period - 3) <= 1 or deal.period >= 6 and deal.period <= 6"


@pytest.mark.parametrize(
    ("terms", "periods"),
    [
        ("", range(2, 13)),
        (", cure: when the test passes", [2, 3, 4, 6]),
        (", cure: {passes: 2}", range(2, 9 - 1)),
        (", in_a_row: 3", range(4, 13)),
        (", in_a_row: 3, cure: when the test passes", [4]),
        (", in_a_row: 2, cure: {passes: 2}", [3, 4, 5, 6, 7]),
        (", from_period: 5", range(6, 13)),
        (", until_period: 3, cure: when the test passes", range(2, 13)),
        (", from_period: 5, cure: when the test passes", [6]),
        (", from_period: 7", []),
        (", from_period: 7, fired: 9", range(9, 13)),
        (", fired: 9, cure: when the test passes", [2, 3, 4, 6, 9, 10, 11, 12]),
        (", grace: 5 business days, cure: when the test passes", [3, 4]),
        (", grace: 5 business days since the last payment, cure: when the test passes", [2, 3, 4, 6]),
        (", grace: 40 business days, cure: when the test passes", [4]),
        (", grace: 30 business days since the last payment", range(3, 13)),
        (", grace: 5 business days, in_a_row: 3, cure: when the test passes", [4]),
        (", grace: 5 business days, fired: 9, cure: {passes: 2}", [3, 4, 5, 6, 7, 9, 10, 11, 12]),
    ],
)
def test_a_trigger_by_its_terms(terms: str, periods: object, tmp_path: Path) -> None:
    """A test that fails in periods 2, 3, 4 and 6: alone, in a row, cured, in a window, with grace, fired by hand."""
    found = active(tmp_path, f"{{test: {ODD}{terms}}}")
    assert [n for n, flag in enumerate(found, start=1) if flag > 0.5] == list(periods)  # type: ignore[call-overload]


def test_a_grace_period_counts_business_days(tmp_path: Path) -> None:
    """15 February to 15 March 2027 without weekends and holidays: by the deal's calendar, from payment to payment."""
    trigger = f"{{test: {ODD}, grace: 5 business days}}"
    terms = TERMS.replace("triggers:\n", f"triggers:\n  own: {trigger}\n")
    days = lines_of(tmp_path, terms, WATERFALL)["triggers.own.business_days"]
    assert days[2] == 28.0  # without a calendar every day is one
    target = lines_of(tmp_path, terms.replace("legal_final", "calendar: TARGET, legal_final"), WATERFALL)
    assert target["triggers.own.business_days"][[3, 4]].tolist() == [21.0, 22.0]  # Easter lies before 15 April
    assert target["triggers.own.failing_days"][2:8].tolist() == [0.0, 21.0, 43.0, 0.0, 0.0, 0.0]


@pytest.mark.parametrize("written", ["5 days", "0 business days", "5 business days since closing", "soon"])
def test_a_grace_period_in_other_words_is_refused(written: str, tmp_path: Path) -> None:
    """One sentence, with the two ways to write it."""
    with pytest.raises(DealError) as error:
        active(tmp_path, f"{{test: {ODD}, grace: {written}}}")
    sentence = f"'{written}' is not a grace period; write 5 business days, or 5 business days since the last payment"
    assert sentence in str(error.value)


def test_an_average_over_three_periods(tmp_path: Path) -> None:
    """Of periods 1 to 3, 2 to 4 ...; at the start there is nothing before closing."""
    terms = TERMS.replace("amounts:\n", "amounts:\n  mean: average(pool.defaulted, 3)\n")
    lines = lines_of(tmp_path, terms)
    lost = lines["pool.defaulted"]
    assert lines["amounts.mean"][3:9] == pytest.approx([lost[n - 2 : n + 1].mean() for n in range(3, 9)])


def test_amounts_by_period_dates_and_bands(tmp_path: Path) -> None:
    """A schedule steps, a date compares, a band chooses: 100 below 3, 50 below 5, else 7."""
    terms = TERMS.replace(
        "amounts:\n",
        "amounts:\n  stepped: {1: 10, 3: 20 + 1, 4: pool.balance}\n  late: if(deal.payment_date >= 2027-04-15, 1, 0)\n"
        "  chosen: band(deal.period, 3, 100, 5, 50, 7)\n",
    )
    lines = lines_of(tmp_path, terms)
    assert lines["amounts.stepped"][1:6] == pytest.approx([10, 10, 21, *lines["pool.balance"][4:6]])
    assert lines["amounts.late"][1:5].tolist() == [0.0, 0.0, 1.0, 1.0]
    assert lines["amounts.chosen"][1:7].tolist() == [100.0, 100.0, 50.0, 50.0, 7.0, 7.0]
