"""Deals that do not pay every month: cash waits, fees accrue, interest is whole when it is paid."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from small import TERMS, small

from abs_struct.waterfall.engine import run_as_arrays

QUARTERLY = TERMS.replace("legal_final: 2030-12-15", "legal_final: 2030-12-15, every: 3 months").replace(
    "first_payment: 2027-02-15", "first_payment: 2027-04-15"
)
#: A first collection of two months, then monthly.
LATE = TERMS.replace("first_payment: 2027-02-15", "first_payment: 2027-03-15")
WATERFALL = """\
waterfall:
  every_payment:
    - pay: trustee
    - pay: servicer
      part: 50%
    - interest: [A, B]
    - fill: reserve
    - principal: [A, B]
    - pay: servicer
    - residual: holder
"""
SENIOR = "waterfall.every_payment.pay_servicer_part.paid"


@pytest.mark.parametrize(("terms", "first"), [(QUARTERLY, 3), (LATE, 2)])
def test_cash_waits_for_the_first_payment(terms: str, first: int, tmp_path: Path) -> None:
    """Before it nothing is paid, and what was collected is there; the checks hold in all arithmetics."""
    deal = small(tmp_path, terms, WATERFALL)
    result = deal.run()
    lines = result.lines
    assert not result.failures, [str(check) for check in result.failures]
    assert lines["deal.pays"][: first + 1].tolist() == [0.0] * first + [1.0]
    for month in range(1, first):
        waiting = lines["pool.collections"][1 : month + 1].sum()
        assert lines["accounts.collections.balance"][month] == pytest.approx(waiting, rel=1e-12)
        assert lines["notes.A.interest_due"][month] == 0.0
        assert lines["fees.servicer.due"][month] > 0.0
    assert lines["sections.every_payment.available"][first] == pytest.approx(
        lines["pool.collections"][: first + 1].sum()
    )
    many = run_as_arrays(deal.program)
    for name in lines:
        assert np.array_equal(many[name][:, 0], lines[name]), name


def test_interest_of_the_first_payment_is_whole(tmp_path: Path) -> None:
    """30/360 from 20 January to 15 April: 85 days at 5 %; then 90 days a quarter."""
    lines = small(tmp_path, QUARTERLY, WATERFALL).run().lines
    balance = lines["notes.A.balance"]
    assert lines["notes.A.interest_due"][3] == pytest.approx(balance[0] * 0.05 * 85 / 360, rel=1e-12)
    assert lines["notes.A.interest_due"][6] == pytest.approx(balance[3] * 0.05 * 90 / 360, rel=1e-12)
    late = small(tmp_path, LATE, WATERFALL).run().lines
    assert late["notes.A.interest_due"][2] == pytest.approx(late["notes.A.balance"][0] * 0.05 * 55 / 360, rel=1e-12)


def test_a_part_of_a_fee_is_a_part_of_the_whole_quarter(tmp_path: Path) -> None:
    """The senior half of the servicing fee is half of three months' fee, 1 % / 12 of each month's pool."""
    lines = small(tmp_path, QUARTERLY, WATERFALL).run().lines
    for quarter in (3, 6, 9):
        months = slice(quarter - 2, quarter + 1)
        fee = (lines["pool.opening_balance"][months] * 0.01 / 12).sum()
        assert lines[SENIOR][quarter] == pytest.approx(fee / 2, rel=1e-12)
        assert lines["fees.servicer.shortfall"][quarter] > fee / 4  # the rest waits below principal
    assert lines[SENIOR][4:6].tolist() == [0.0, 0.0]


def test_carried_fees_do_not_raise_the_senior_part(tmp_path: Path) -> None:
    """What was carried from earlier quarters waits for the clause that pays the rest."""
    monthly = small(tmp_path, TERMS, WATERFALL).run().lines
    assert "fees.servicer.accrued" not in monthly
    half = monthly["fees.servicer.due"] / 2
    assert monthly[SENIOR][1:20] == pytest.approx(half[1:20], rel=1e-12)
    assert monthly["fees.servicer.shortfall"][5] > 4 * half[5]


def test_triggers_are_tested_when_there_is_a_payment(tmp_path: Path) -> None:
    """A breach in a month between payments is none; two in a row are two payments."""
    test = "  losses: {test: pool.defaulted, above: 0.01, in_a_row: 2}\n  event_of_default:"
    terms = QUARTERLY.replace("  event_of_default:", test.replace("losses", "second"))
    lines = small(tmp_path, terms, WATERFALL).run().lines
    assert lines["triggers.second.breached"][1:7].tolist() == [0.0, 0.0, 1.0, 0.0, 0.0, 1.0]
    assert lines["triggers.second.active"][1:8].tolist() == [0.0, 0.0, 0.0, 0.0, 0.0, 1.0, 1.0]


def test_losses_of_all_months_are_written_down(tmp_path: Path) -> None:
    """`collected` adds up what the payment collects; one month alone is said to be too little."""
    clause = "waterfall:\n  every_payment:\n    - write_down: [B, A]\n      amount: {}\n"
    rest = WATERFALL.split("every_payment:\n")[1]
    whole = small(tmp_path, QUARTERLY, clause.format("collected(pool.defaulted)") + rest).run()
    lines = whole.lines
    assert lines["notes.B.written_down"][3] == pytest.approx(lines["pool.defaulted"][1:4].sum(), rel=1e-12)
    assert lines["notes.B.written_down"][1:3].tolist() == [0.0, 0.0]
    assert not [note for note in whole.warnings if "of one month" in note]
    less = small(tmp_path, QUARTERLY, clause.format("pool.defaulted") + rest).run()
    assert [note for note in less.warnings if "pool.defaulted of one month" in note]
