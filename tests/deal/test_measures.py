"""Measures of a run: price and yield from a settlement date, shortfalls, the equity's return."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import numpy as np
import pytest
from small import small

from abs_struct.core.findings import DealError


def test_price_and_yield_are_inverse_at_any_settlement(tmp_path: Path) -> None:
    """The yield at a clean price gives the price back, at closing and between payments, with accrued interest."""
    measures = small(tmp_path).run().measures
    for day in (None, date(2027, 3, 15), date(2027, 4, 2)):
        for bond_yield in (0.0, 0.05, 0.12):
            clean, accrued, dirty = measures.price_at("A", bond_yield, day)
            assert dirty == pytest.approx(clean + accrued)
            assert measures.yield_at("A", clean, day) == pytest.approx(bond_yield, abs=1e-10)
    clean, accrued, _ = measures.price_at("A", 0.05, date(2027, 4, 2))
    assert accrued == pytest.approx(100 * 0.05 * 17 / 360)  # 30/360 days since 15 March
    assert clean == pytest.approx(100.0, abs=0.05)


def test_at_par_the_yield_is_the_coupon(tmp_path: Path) -> None:
    """A class issued at par, paid monthly 30/360 from closing, yields its coupon, compounded."""
    measures = small(tmp_path).run().note_measures["A"]
    assert measures.monthly_yield == pytest.approx(0.05, abs=2e-5)
    assert measures.yield_ == pytest.approx(2 * ((1 + 0.05 / 12) ** 6 - 1), abs=2e-5)
    assert measures.modified_duration < measures.wal


def test_an_issue_price_below_par_raises_the_yield(tmp_path: Path) -> None:
    """The yield is that of the issue price."""
    deal = small(tmp_path)
    low, par = (deal.with_({"notes.B.issue_price": price}).run().note_measures["B"].yield_ for price in (97, 100))
    assert low > par + 0.01


def test_settlement_after_the_end_is_refused(tmp_path: Path) -> None:
    """A day after the last payment has no price."""
    measures = small(tmp_path).run().measures
    with pytest.raises(DealError, match="after the last payment date"):
        measures.price_at("A", 0.05, date(2040, 1, 1))


def test_equity_return_and_cost_of_funds(tmp_path: Path) -> None:
    """The equity invests pool and reserve less proceeds; its return reproduces that; funds cost more than coupons."""
    result = small(tmp_path, **{"assumptions.default.cdr": 0.01}).run()
    found = result.deal_measures
    held = result.lines["pool.balance"][0] + result.lines["accounts.reserve.balance"][0]
    assert found.residual_invested == pytest.approx(held - result.lines["deal.notes_balance"][0])
    years = np.array([(day - date(2027, 1, 20)).days / 365.25 for day in result.schedule.nominal])
    worth = (result.residual()[1:] / (1 + found.residual_irr) ** years).sum()
    assert worth == pytest.approx(found.residual_invested, rel=2e-3)
    assert found.residual_multiple == pytest.approx(found.residual_paid / found.residual_invested)
    assert found.cost_of_funds > 0.06


def test_shortfalls_are_what_was_never_paid(tmp_path: Path) -> None:
    """Under heavy loss the junior class is left with principal and interest that it never gets."""
    measures = small(tmp_path, **{"assumptions.default.cdr": "50%"}).run().note_measures["B"]
    assert measures.principal_shortfall == pytest.approx(measures.balance - measures.principal_paid)
    assert measures.principal_shortfall > 0
    assert measures.interest_shortfall > 0
