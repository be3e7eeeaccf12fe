"""Measures of floating classes through a whole deal file, of classes that bear losses, and of interest-only classes."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from small import TERMS, WATERFALL, small

import abs_struct
from abs_struct.core.findings import DealError, UsageError

CURVE = "{curve: {2026-01-01: 3.1%, 2027-06-15: 2.2%, 2028-02-15: 4.4%}}"
LAST = "    - residual: holder\n"
FLOATER = "{balance: 70% of pool, coupon: {index: EURIBOR_1M, margin: 0.85%}, day_count: actual/360}"
WRITTEN_DOWN = WATERFALL.replace(
    LAST,
    "    - write_down: [B, A]\n      amount: max(0, notes.balance - pool.balance)\n"
    "    - write_up: [A, B]\n      amount: max(0, pool.balance - notes.balance)\n" + LAST,
    1,
)


def with_index(index: str = CURVE, note: str = FLOATER) -> str:
    """The small deal's terms with an index, and class A floating on it."""
    terms = TERMS.replace("notes:\n", f"  indices: {{EURIBOR_1M: {index}}}\nnotes:\n")
    return terms.replace("{balance: 70% of pool, coupon: 5%}", note)


@pytest.mark.parametrize("index", ["2.45%", "-0.5%", CURVE, "{rate: 3%, shift: 25 bp}"])
def test_a_floater_at_par_has_its_margin(index: str, tmp_path: Path) -> None:
    """Issued at 100, monthly, on a flat rate, below nil, on a curve: the discount margin is the quoted margin."""
    measures = small(tmp_path, with_index(index)).run().measures
    assert measures.discount_margin("A") == pytest.approx(0.0085, abs=1e-12)
    assert measures.note("A").discount_margin == measures.discount_margin("A")
    assert measures.note("A").spread_duration == measures.spread_duration("A")


def test_a_quarterly_floater_at_par_has_its_margin(tmp_path: Path) -> None:
    """Months without a payment discount by nothing: the whole accrual period stands in the month that pays."""
    terms = with_index().replace("first_payment: 2027-02-15,", 'first_payment: 2027-04-15, every: "3 months",')
    waterfall = WATERFALL.replace(
        '"if(triggers.losses.active, available, notes.balance - (pool.balance - target_oc))"', "available"
    )
    measures = small(tmp_path, terms, waterfall).run().measures
    assert measures.discount_margin("A") == pytest.approx(0.0085, abs=1e-12)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    margin=st.integers(-50, 400),
    rate=st.integers(60, 900),
    speed=st.integers(0, 60),
)
def test_par_means_the_margin_whatever_the_flows(margin: int, rate: int, speed: int, tmp_path: Path) -> None:
    """For any margin, index and speed, a class that is paid in full and issued at par has its margin."""
    deal = small(tmp_path, with_index()).with_(
        {
            "notes.A.coupon.margin": f"{margin} bp",
            "assumptions.indices.EURIBOR_1M": f"{rate} bp",
            "assumptions.prepayment.cpr": f"{speed}%",
        }
    )
    result = deal.run()
    assert result.measures.principal_shortfall("A") < 0.005
    assert result.measures.interest_shortfall("A") < 0.005
    assert result.measures.discount_margin("A") == pytest.approx(margin / 1e4, abs=1e-9)


def test_below_par_the_margin_is_wider(tmp_path: Path) -> None:
    """What a price below par adds is about the discount over the spread duration."""
    deal = small(tmp_path, with_index())
    par, low = (deal.with_({"notes.A.issue_price": price}).run().measures for price in (100, 99))
    gained = low.discount_margin("A") - par.discount_margin("A")
    assert gained == pytest.approx(0.01 / par.spread_duration("A"), rel=0.02)
    assert par.spread_duration("A") < par.wal("A")


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    margin=st.floats(-0.02, 0.2),
    day=st.sampled_from([None, date(2027, 1, 20), date(2027, 2, 15), date(2027, 4, 2), date(2028, 3, 1)]),
)
def test_price_and_margin_are_inverse(margin: float, day: date | None, tmp_path: Path) -> None:
    """The discount margin at a clean price gives the price back, at closing, on payment dates and between them."""
    measures = small(tmp_path, with_index()).run().measures
    clean, accrued, dirty = measures.price_at_discount_margin("A", margin, day)
    assert dirty == pytest.approx(clean + accrued)
    assert measures.discount_margin_at("A", clean, day) == pytest.approx(margin, abs=1e-9)


def test_on_a_payment_date_par_means_the_margin(tmp_path: Path) -> None:
    """Bought at 100 on a payment date, half a year on, the discount margin is still the quoted margin."""
    measures = small(tmp_path, with_index()).run().measures
    assert measures.discount_margin_at("A", 100.0, date(2027, 7, 15)) == pytest.approx(0.0085, abs=1e-12)
    assert measures.price_at_discount_margin("A", 0.0085, date(2027, 7, 15))[0] == pytest.approx(100.0, abs=1e-9)


def test_the_flows_at_the_margin_are_worth_the_price(tmp_path: Path) -> None:
    """Discounted period by period, from closing, by index + margin over actual/360 days."""
    result = small(tmp_path, with_index()).with_({"notes.A.issue_price": 98.5}).run()
    margin, schedule = result.measures.discount_margin("A"), result.schedule
    worth, factor = 0.0, 1.0
    for t, (start, end) in enumerate(zip(schedule.accrual_start, schedule.accrual_end, strict=True), start=1):
        factor /= 1.0 + (result.lines["indices.EURIBOR_1M.rate"][t] + margin) * (end - start).days / 360.0
        worth += factor * (result.lines["notes.A.interest_paid"][t] + result.lines["notes.A.principal_paid"][t])
    assert worth == pytest.approx(0.985 * result.lines["notes.A.balance"][0], rel=1e-12)


def test_a_fixed_class_has_no_discount_margin(tmp_path: Path) -> None:
    """It is nan among all measures, refused by name, and not among the measures of a sweep without names."""
    deal = small(tmp_path, with_index())
    measures = deal.run().measures
    assert np.isnan(measures.note("B").discount_margin)
    for ask in (measures.value, lambda name: measures.price_at_discount_margin(name[0], 0.01)):
        with pytest.raises(DealError, match="class B has no index"):
            ask("B.discount_margin")
    vary = {"assumptions.prepayment.cpr": ["5%", "15%"]}
    with pytest.raises(UsageError, match="class B has no index"):
        abs_struct.sweep(deal, vary, ["B.spread_duration"])
    names = abs_struct.sweep(deal, vary).measures
    assert {"A.discount_margin", "A.spread_duration"} <= set(names)
    assert not {"B.discount_margin", "A.wal_with_losses"} & set(names)


@pytest.mark.parametrize(
    "vary",
    [
        {"assumptions.indices.EURIBOR_1M.shift": ["-1%", "0%", "2%"], "assumptions.default.cdr": ["2%", "40%"]},
        {"notes.A.coupon.margin": ["50 bp", "200 bp"], "notes.A.issue_price": [98, 101]},
        {"assumptions.indices.EURIBOR_1M": ["2%", "4%", "{rate: 3%, shift: 1%}"]},
    ],
    ids=" x ".join,
)
def test_sweeps_have_the_bits_of_single_runs(vary: dict[str, object], tmp_path: Path) -> None:
    """Margins, durations, lives and shortfalls over indices, margins, prices and losses."""
    deal = small(tmp_path, with_index(CURVE.replace("}}", "}, shift: 0%}")), WRITTEN_DOWN)
    names = [
        "A.discount_margin", "A.spread_duration", "A.wal", "B.wal_with_losses", "B.principal_shortfall", "A.yield",
    ]  # fmt: skip
    study = abs_struct.sweep(deal, vary, names)
    for row, at in enumerate(study.points):
        changes = {axis.path: axis.values[i] for axis, i in zip(study.axes, at, strict=True)}
        measures = deal.with_(changes).run().measures
        for name in names:
            assert np.array_equal(study.values(name)[row], measures.value(name), equal_nan=True), name


def test_an_axis_may_take_the_index_away(tmp_path: Path) -> None:
    """Where one value of an axis is a fixed coupon, the discount margin of its rows is nan."""
    study = abs_struct.sweep(
        small(tmp_path, with_index()),
        {"notes.A.coupon": ["{index: EURIBOR_1M, margin: 1%}", "4%"]},
        ["A.discount_margin"],
    )
    assert study.values("A.discount_margin")[0] == pytest.approx(0.01, abs=1e-12)
    assert np.isnan(study.values("A.discount_margin")[1])


def test_a_life_with_losses_counts_what_is_written_down(tmp_path: Path) -> None:
    """`wal` is the life of principal paid; `wal_with_losses` that of every reduction of the balance."""
    deal = small(tmp_path, TERMS, WRITTEN_DOWN, **{"assumptions.default.cdr": "45%"})
    result = deal.run()
    lines, measures = result.lines, result.measures
    reduced = -np.diff(lines["notes.B.balance"])
    years = np.array(result.schedule.years())
    assert lines["notes.B.written_down"].sum() > 1.0
    assert measures.wal_with_losses("B") == pytest.approx((reduced * years).sum() / reduced.sum(), rel=1e-12)
    paid = lines["notes.B.principal_paid"][1:]
    assert paid.sum() > 1.0
    assert measures.wal("B") == pytest.approx((paid * years).sum() / paid.sum(), rel=1e-12)
    assert measures.wal_with_losses("B") != measures.wal("B")
    assert "B.wal_with_losses" in abs_struct.sweep(deal, {"notes.A.coupon": ["4%"]}).measures


def test_without_write_downs_the_two_lives_are_one(tmp_path: Path) -> None:
    """A class that is never written down has the same life twice."""
    measures = small(tmp_path).run().measures
    assert measures.value("A.wal_with_losses") == measures.value("A.wal")


def test_an_interest_only_class_has_no_life(tmp_path: Path) -> None:
    """No principal is paid: its life is nan, and so is a margin at the price of nothing."""
    terms = with_index().replace(
        "fees:\n",
        "  X: {balance: 0, notional: pool.opening_balance, coupon: {index: EURIBOR_1M, floor: 0%}}\nfees:\n",
        1,
    )
    waterfall = WATERFALL.replace("    - interest: B\n", "    - interest: B\n    - interest: X\n", 1)
    found = small(tmp_path, terms, waterfall).run().note_measures["X"]
    assert found.interest_paid > 0.0
    assert all(np.isnan(value) for value in (found.wal, found.wal_with_losses, found.yield_, found.discount_margin))
