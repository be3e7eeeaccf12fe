"""Target: every value of a field at which a measure is what is wanted, or why there is none."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from small import small
from study.test_break_even import PLAIN, TURBO

import abs_struct
from abs_struct.core.findings import DealError, UsageError


@pytest.mark.parametrize(
    ("path", "measure", "target", "span"),
    [
        ("notes.B.coupon", "B.yield", 0.08, None),
        ("assumptions.prepayment.cpr", "A.wal", 0.6, None),
        ("assumptions.default.cdr", "residual.irr", -0.20, None),
        ("notes.A.balance", "A.enhancement", 0.40, None),
        ("notes.A.issue_price", "A.yield", 0.06, None),
        ("fees.servicer.rate", "residual.paid", 10_000.0, None),
        ("fees.trustee.plus", "deal.cost_of_funds", 0.11, "0..100_000"),
        ("assumptions.default.multiple", "B.principal_shortfall", 10_000.0, None),
        ("accounts.reserve.initial", "residual.multiple", 0.3, "0.1%..5% of pool"),
    ],
)
def test_a_single_run_at_the_value_meets_the_target(path, measure, target, span, tmp_path: Path) -> None:
    """Coupons, speeds, levels, sizes, prices, fees, multiples and shares of the pool."""
    deal = small(tmp_path)
    found = abs_struct.solve_value(deal, path, measure, target, span=span)
    assert len(found) == 1
    assert not found.jumps.any()
    changes = {path: f"{float(found.values[0])!r}{found.span.words}"}
    assert float(deal.with_(changes).run().measures.value(measure)) == pytest.approx(target, rel=1e-9)
    assert found.frame[path].tolist() == found.values.tolist()
    assert found.summary()["measured"] == [pytest.approx(target, rel=1e-9)]


def test_by_hand(tmp_path: Path) -> None:
    """Class A of 70% of the pool has 45% behind it where it is 55%; a deal without prices yields its coupon."""
    deal = small(tmp_path)
    pool = 0.01 * deal.collateral.balance  # the reserve stands behind it, too
    found = abs_struct.solve_value(deal, "notes.A.balance", "A.enhancement", 0.46)
    assert found.values[0] == pytest.approx(0.55, abs=1e-12)
    amount = abs_struct.solve_value(
        deal.with_({"notes.A.balance": "300_000"}), "notes.A.balance", "A.enhancement", 0.46
    )
    assert amount.values[0] == pytest.approx(55.0 * pool, rel=1e-12)


def test_several_values_are_all_found(tmp_path: Path) -> None:
    """B loses 1% of the pool twice: before the trigger catches income, and far above."""
    terms = PLAIN.replace("above: {1: 2%, 13: 6%}, cure: when the test passes", "above: 9.5%, cure: never")
    deal = small(tmp_path, terms.replace("{rate: 30%, lag: 3}", "{rate: 0%, lag: 0}"), TURBO)
    target = 0.01 * deal.collateral.balance
    path = "assumptions.default.cgd"
    found = abs_struct.solve_value(deal, path, "B.principal_shortfall", target, span="0%..40%")
    assert len(found) == 3
    assert found.values[0] == pytest.approx(0.09, abs=1e-9)
    assert found.jumps.tolist() == [False, True, False]
    assert (np.diff(found.values) > 0).all()
    last = deal.with_({path: float(found.values[2])}).run().measures.value("B.principal_shortfall")
    assert float(last) == pytest.approx(target, rel=1e-9)


@pytest.mark.parametrize(
    ("path", "measure", "span", "error", "sentence"),
    [
        ("notes.B.coupon", "B.yield", "1%..5%", UsageError, r"never comes to 50.0000%: it is .*% at 1% and .*% at 5%"),
        ("notes.B.cupon", "B.yield", "1%..5%", DealError, "unknown key 'cupon'; did you mean 'coupon'"),
        ("notes.E.coupon", "B.yield", "1%..5%", DealError, "E"),
        ("notes.B.coupon", "B.yeild", None, UsageError, "no measure 'B.yeild'; did you mean 'B.yield'"),
        ("notes.B.coupon", "B.yield", "5%..1%", UsageError, "yields no points"),
        ("notes.B.coupon", "B.yield", "5%", UsageError, "write LOW..HIGH"),
        ("assumptions.recovery.lag", "B.yield", "0..12", UsageError, "is structure of the deal"),
        ("notes.B.unpaid_interest", "B.yield", None, DealError, "unpaid_interest"),
        ("notes.A.balance", "B.yield", "95%..99% of pool", UsageError, "impossible at every value from 95% of pool"),
    ],
)
def test_mistakes_are_one_sentence(path, measure, span, error, sentence, tmp_path: Path) -> None:
    """A target that is never reached, an unknown field or measure, a range without points, structure."""
    with pytest.raises(error, match=sentence):
        abs_struct.solve_value(small(tmp_path), path, measure, 0.5, span=span)
