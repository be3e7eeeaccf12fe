"""Effective duration: three runs of a deal with its indices lower, as they are, and higher."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from small import TERMS, WATERFALL, small

import abs_struct
from abs_struct.core.findings import DealError, UsageError
from abs_struct.study.effective import effective_duration

FLAT = "  indices: {EURIBOR_1M: 2.45%, SOFR: {curve: {2026-01-01: 3%, 2028-01-01: 4%}}}\nnotes:\n"


def deal_of(folder: Path, coupon: str = "{index: EURIBOR_1M, margin: 0.85%}", **more: str) -> abs_struct.Deal:
    """The small deal with a flat index and a curve, and class A as said."""
    extra = "".join(f", {key}: {value}" for key, value in more.items())
    terms = TERMS.replace("notes:\n", FLAT, 1).replace("coupon: 5%", f"coupon: {coupon}{extra}", 1)
    return small(folder, terms)


@pytest.mark.parametrize("index", ["EURIBOR_1M", "SOFR"])
def test_an_uncapped_floater_at_par_does_not_move(index: str, tmp_path: Path) -> None:
    """Its flows follow the rates that discount them: par in all three runs, duration and convexity nil."""
    found = effective_duration(deal_of(tmp_path, f"{{index: {index}, margin: 0.85%}}"), "A")
    assert [found.down, found.price, found.up] == pytest.approx([100.0] * 3, abs=1e-9)
    assert found.duration == pytest.approx(0.0, abs=1e-7)
    assert found.convexity == pytest.approx(0.0, abs=1e-3)
    assert found.spread_duration > 0.3


def test_a_fixed_class_has_its_modified_duration(tmp_path: Path) -> None:
    """Where the flows do not move, a parallel move of the yield gives modified duration and convexity."""
    deal = deal_of(tmp_path, "5%", issue_price="99")
    found, measures = effective_duration(deal, "A", 0.0001), deal.run().measures
    assert found.duration == pytest.approx(measures.modified_duration("A"), rel=1e-6)
    assert found.convexity == pytest.approx(measures.convexity("A"), rel=1e-4)
    assert found.spread_duration == measures.modified_duration("A")
    assert found.price == pytest.approx(99.0, rel=1e-12)


def test_a_floater_at_its_cap_is_a_fixed_class(tmp_path: Path) -> None:
    """When the cap binds in all runs the coupon stands still while the index discounts: the spread duration."""
    found = effective_duration(deal_of(tmp_path, "{index: EURIBOR_1M, margin: 0.85%, cap: 1%}"), "A", 0.0001)
    assert found.duration == pytest.approx(found.spread_duration, rel=1e-6)
    assert found.convexity > 0.0


def test_a_floor_gives_convexity_and_a_cap_takes_it(tmp_path: Path) -> None:
    """At a strike on the forward rate a floor pays when rates fall, and a cap costs when they rise."""
    plain = "index: EURIBOR_1M, margin: 0.85%"
    floored, capped = (
        effective_duration(deal_of(tmp_path, f"{{{plain}, {word}: 3.30%}}"), "A") for word in ("floor", "cap")
    )
    assert floored.down > floored.price + 0.05
    assert floored.up == pytest.approx(floored.price, abs=1e-9)
    assert capped.up < capped.price - 0.05
    assert capped.down == pytest.approx(capped.price, abs=1e-9)
    assert floored.convexity > 1.0
    assert capped.convexity < -1.0
    assert floored.duration > 0.0
    assert capped.duration > 0.0


@settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(cap=st.integers(100, 500), speed=st.integers(0, 50), shift=st.integers(1, 100))
def test_the_three_runs_are_runs_of_the_deal(cap: int, speed: int, shift: int, tmp_path: Path) -> None:
    """Each price is that of a deal file with the indices written so, at the margin of the issue price."""
    coupon = f"{{index: SOFR, margin: 0.85%, cap: {cap} bp}}"
    deal = deal_of(tmp_path, coupon).with_({"assumptions.prepayment.cpr": f"{speed}%"})
    found = effective_duration(deal, "A", shift / 1e4)
    margin = deal.run().measures.discount_margin("A")
    for moved, price in ((-shift, found.down), (0, found.price), (shift, found.up)):
        written = deal.with_(
            {"assumptions.indices.SOFR.shift": f"{moved} bp", "assumptions.indices.EURIBOR_1M": f"{245 + moved} bp"}
        )
        assert written.run().measures.price_at_discount_margin("A", margin)[2] == pytest.approx(price, rel=1e-10)
    assert -1e-6 <= found.duration <= found.spread_duration * 1.01


def test_a_deal_without_indices(tmp_path: Path) -> None:
    """Nothing moves but the yield."""
    deal = small(tmp_path)
    assert effective_duration(deal, "A", 0.0001).duration == pytest.approx(
        deal.run().measures.modified_duration("A"), rel=1e-6
    )


def test_what_it_refuses(tmp_path: Path) -> None:
    """No such class, no shift, and a class without a balance."""
    deal = deal_of(tmp_path)
    with pytest.raises(DealError, match="no class 'C'"):
        effective_duration(deal, "C")
    for shift in (0.0, -0.01, 0.2, float("nan")):
        with pytest.raises(UsageError, match="above 0 and at most 5%"):
            effective_duration(deal, "A", shift)
    terms = TERMS.replace("fees:\n", "  X: {balance: 0, notional: pool.opening_balance, coupon: 1%}\nfees:\n", 1)
    waterfall = WATERFALL.replace("    - interest: B\n", "    - interest: B\n    - interest: X\n", 1)
    with pytest.raises(DealError, match="class X has no balance at closing"):
        effective_duration(small(tmp_path, terms, waterfall), "X")
