"""What must not go wrong in silence: fees nobody accrued, reserves that empty, cash without a home, false alarms."""

from __future__ import annotations

from pathlib import Path

import pytest
from small import TERMS, WATERFALL, small

from abs_struct.core.findings import DealError


def test_a_fee_accrues_every_period_whether_or_not_it_is_paid(tmp_path: Path) -> None:
    """Paid in every period, in one section only, or never: what became due is the same, and nothing is forgotten."""
    paid = small(tmp_path).run()
    unpaid = small(tmp_path, waterfall=WATERFALL.replace("[trustee, servicer]", "trustee")).run()
    expected = (paid.lines["pool.opening_balance"][1:] * 0.01 / 12).sum()
    for result in (paid, unpaid):
        assert result.lines["fees.servicer.due"].sum() == pytest.approx(expected, rel=1e-12)
    assert paid.lines["fees.servicer.paid"].sum() == pytest.approx(expected, rel=1e-12)
    assert unpaid.lines["fees.servicer.shortfall"][-1] == pytest.approx(expected, rel=1e-12)
    assert any("no clause pays the fee servicer" in note for note in unpaid.warnings)


def test_a_release_leaves_what_is_required(tmp_path: Path) -> None:
    """The reserve never falls below its requirement by a release, and never stays above it."""
    terms = TERMS.replace("if(deal.final_period, 0, 1% of pool)", "1% * pool.balance")
    lines = small(tmp_path, terms).run().lines
    held, required = lines["accounts.reserve.balance"], lines["accounts.reserve.required"]
    assert lines["accounts.reserve.released"][1:20].min() > 0.0
    assert held[1:20] == pytest.approx(required[1:20], rel=1e-12)


@pytest.mark.parametrize("lag", [0, 5, 30])
def test_all_that_the_pool_brings_is_paid_to_somebody(lag: int, tmp_path: Path) -> None:
    """Collections and what the reserve held = fees + interest + principal + residual, recoveries included."""
    lines = small(tmp_path, **{"assumptions.recovery.lag": lag}).run().lines
    paid = sum(
        lines[path].sum()
        for path in lines
        if path.startswith(("notes.", "fees.", "residuals."))
        and path.endswith((".interest_paid", ".principal_paid", ".paid"))
    )
    left = lines["accounts.collections.balance"][-1] + lines["accounts.reserve.balance"][-1]
    came = lines["pool.collections"].sum() + lines["accounts.reserve.balance"][0]
    assert lines["pool.recovered"].sum() > 0.0
    assert paid + left == pytest.approx(came, rel=1e-12)


def test_notes_far_larger_than_the_pool_are_refused(tmp_path: Path) -> None:
    """Ten times the pool runs only where the deal says that it is meant."""
    terms = TERMS.replace("22% of pool", "1000% of pool")
    with pytest.raises(DealError, match="are larger than the pool"):
        small(tmp_path, terms).run()
    assert small(tmp_path, terms + "notes_may_exceed_pool: true\n").run().lines["notes.B.balance"][0] > 0.0


def test_a_deal_that_is_paid_in_full_raises_no_alarm(tmp_path: Path) -> None:
    """Nothing is due once pool and notes are gone: no fee is carried, nothing is said to be unpaid."""
    result = small(tmp_path, TERMS.replace("legal_final: 2030-12-15", "legal_final: 2036-12-15")).run()
    assert result.lines["notes.B.balance"][-1] == 0.0
    for fee in ("trustee", "servicer"):
        assert result.lines[f"fees.{fee}.shortfall"][-1] == pytest.approx(0.0, abs=1e-9)
    assert result.warnings == ()
    assert not result.failures


@pytest.mark.parametrize(
    ("where", "written", "words"),
    [
        ("fees.servicer.stress", 2, "unknown key 'stress'"),
        ("notes.A.couponn", "5%", "did you mean 'coupon'"),
        ("accounts.reserve.floor", 5, "unknown key 'floor'"),
        ("triggers.losses.patience", 2, "unknown key 'patience'"),
        ("triggers.losses.grace", 2, "'2' is not a grace period"),
        ("notes.A.coupon", 5, "write 5% or 0.05"),
        ("fees.servicer.rate", -0.01, "rates lie in [0, 1)"),
        ("notes.A.balance", -5, "notes.A.balance"),
    ],
)
def test_what_would_not_be_used_is_refused(where: str, written: object, words: str, tmp_path: Path) -> None:
    """A field that no one reads, a number outside its range: refused, with the field's path."""
    with pytest.raises(DealError) as error:
        small(tmp_path, **{where: written}).run()
    assert words in str(error.value)
