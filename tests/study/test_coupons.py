"""Coupons: by hand for a class that is paid in full, and against single runs where the classes take from each other."""

from __future__ import annotations

from pathlib import Path

import pytest
from small import TERMS, WATERFALL, small

import abs_struct
from abs_struct.core.findings import DealError, UsageError

FLOATING = TERMS.replace(
    "recovery: {rate: 30%, lag: 3}", "recovery: {rate: 30%, lag: 3}\n  indices: {SOFR: 4%}"
).replace(
    "A: {balance: 70% of pool, coupon: 5%}",
    "A: {balance: 70% of pool, day_count: actual/360, coupon: {index: SOFR, margin: 0.5%, floor: 0%}}",
)


def test_a_coupon_at_par_by_hand(tmp_path: Path) -> None:
    """Whole months and all paid in time: a bond-equivalent yield of 6% is a monthly coupon of 12 x (1.03^(1/6) - 1)."""
    terms = TERMS.replace("closing: 2027-01-20", "closing: 2027-01-15")
    found = abs_struct.solve_coupons(small(tmp_path, terms, WATERFALL), {"A": 0.06})
    assert found.coupons[0] == pytest.approx(12.0 * (1.03 ** (1.0 / 6.0) - 1.0), abs=1e-11)
    assert found.measured[0] == pytest.approx(0.06, abs=1e-11)


@pytest.mark.parametrize(("multiple", "yielded", "price"), [(1.0, 0.03, 97.5), (2.5, 0.01, 80.0)])
def test_classes_that_take_from_each_other_meet_their_yields_together(
    multiple: float, yielded: float, price: float, tmp_path: Path
) -> None:
    """At par and at a price, where all is paid, and where B goes short and lives on what A leaves."""
    deal = small(tmp_path).with_({"assumptions.default.multiple": multiple})
    found = abs_struct.solve_coupons(deal, {"A": 0.065, "B": yielded}, prices={"B": price})
    run = deal.with_({**found.changes(), "notes.B.issue_price": repr(found.wanted[1].price)}).run()
    if multiple > 2:
        assert run.note_measures["B"].principal_shortfall > 1.0
    for k, one in enumerate(found.wanted):
        assert float(run.measures.value(one.measure)) == pytest.approx(one.target, abs=1e-9)
        assert run.measures.price_at(one.note, one.target)[0] == pytest.approx(one.price, abs=1e-6)
        assert found.frame["coupon"][k] == found.coupons[k]


def test_margins_of_floaters(tmp_path: Path) -> None:
    """The margin at which a discount margin of 0.8% is worth par is 0.8%; at 99 it is less."""
    deal = small(tmp_path, FLOATING, WATERFALL)
    at_par = abs_struct.solve_coupons(deal, margins={"A": 0.008})
    assert at_par.wanted[0].path == "notes.A.coupon.margin"
    assert at_par.coupons[0] == pytest.approx(0.008, abs=2e-5)
    below = abs_struct.solve_coupons(deal, margins={"A": 0.008}, prices={"A": 99.0})
    assert below.coupons[0] < at_par.coupons[0] - 0.005
    run = deal.with_({**below.changes(), "notes.A.issue_price": "99.0"}).run()
    assert run.note_measures["A"].discount_margin == pytest.approx(0.008, abs=1e-10)


def test_a_price_alone_gives_its_spread(tmp_path: Path) -> None:
    """The coupon stays; a floater has its discount margin at the price, a fixed class its yield."""
    deal = small(tmp_path, FLOATING, WATERFALL)
    found = abs_struct.solve_coupons(deal, prices={"A": 99.0, "B": 101.0})
    base = deal.run().measures
    assert found.coupons.tolist() == [0.005, 0.09]
    assert found.measured[0] == pytest.approx(base.discount_margin_at("A", 99.0), abs=1e-9)
    assert found.measured[1] == pytest.approx(base.yield_at("B", 101.0), abs=1e-9)
    assert found.summary()["classes"]["A"]["target"] is None


@pytest.mark.parametrize(
    ("arguments", "error", "sentence"),
    [
        ({}, UsageError, "say what classes have to yield"),
        ({"yields": {"AA": 0.05}}, DealError, "no class 'AA'"),
        (
            {"yields": {"A": 5.0}},
            UsageError,
            r"never comes to 500.0000% at a price of 100: it is .* at 0% and .* at 99%",
        ),
        ({"margins": {"A": 0.01}}, DealError, "has no index"),
        ({"yields": {"A": 0.05}, "margins": {"A": 0.05}}, UsageError, "a yield and a margin"),
        ({"yields": {"A": 0.05}, "prices": {"A": -1.0}}, UsageError, "is above 0"),
        ({"prices": {"C": 99.0}}, DealError, "no class 'C'"),
    ],
)
def test_mistakes_are_one_sentence(arguments, error, sentence, tmp_path: Path) -> None:
    """No target, an unknown class, a yield that no coupon gives, a margin of a fixed class, two targets."""
    with pytest.raises(error, match=sentence):
        abs_struct.solve_coupons(small(tmp_path), **arguments)


def test_a_coupon_that_is_a_formula_is_no_number(tmp_path: Path) -> None:
    """The sentence says what it is."""
    deal = small(tmp_path).with_({"notes.B.coupon": "{formula: pool.wac - 3%}"})
    with pytest.raises(UsageError, match="is a formula or a schedule"):
        abs_struct.solve_coupons(deal, {"B": 0.07})
