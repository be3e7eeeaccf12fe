"""The shipped deal: it runs, ties, behaves as its documents say, and runs on real loans."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path

import numpy as np
import pytest

import abs_struct
from abs_struct.core.findings import TapeError
from abs_struct.waterfall.engine import run_as_arrays

FILE = Path(__file__).parents[2] / "deals" / "mpl_2027_1.yaml"


@cache
def deal() -> abs_struct.Deal:
    """The shipped deal, its tape read once."""
    found = abs_struct.load(FILE)
    _ = found.collateral
    return found


@cache
def base() -> abs_struct.Result:
    """The base case."""
    return deal().run()


def test_the_base_case_ties_to_its_documents() -> None:
    """Pool, sizes, enhancement, cumulative loss and lives are those of the term sheet, within its illustrative pool."""
    result = base()
    assert result.collateral.loans == 23_000
    assert result.lines["pool.initial_balance"][0] == 300_000_000.0
    sizes = {"A": 165_750_000.0, "B": 54_000_000.0, "C": 18_600_000.0, "D": 29_850_000.0}
    enhancement = {"A": 0.4525, "B": 0.2725, "C": 0.2105, "D": 0.1110}
    lives = {"A": 0.78, "B": 1.94, "C": 2.45, "D": 3.14}  # a plain simulation, without day counts: a rough expectation
    for name, measures in result.note_measures.items():
        assert measures.balance == pytest.approx(sizes[name], abs=1e-6)
        assert measures.enhancement == pytest.approx(enhancement[name], abs=1e-9)
        assert measures.wal == pytest.approx(lives[name], rel=0.12)
        assert measures.principal_shortfall == measures.interest_shortfall == 0.0
    assert result.lines["pool.cumulative_net_loss"][-1] == pytest.approx(0.09 * 300e6, rel=1e-12)
    assert result.triggers["turbo"].first_breach is None
    assert result.deal_measures.residual_paid == pytest.approx(35.0e6, rel=0.1)
    assert not result.failures
    assert not result.warnings


def test_every_check_is_a_proof_with_two_sides() -> None:
    """Each check prints left, right, difference and tolerance, and can fail."""
    checks = base().checks
    assert len(checks) >= 25
    assert len({check.id for check in checks}) == len(checks)
    assert {"cash", "pool.roll", "nothing_negative", "tape.pool"} <= {check.id for check in checks}


def test_a_planted_fault_is_caught() -> None:
    """A note that is paid and not written down fails its roll-forward, and the cash check fails with it."""
    from abs_struct.waterfall.checks import conservation
    from abs_struct.waterfall.ledger import Ledger

    lines = base().lines
    block = lines.block.copy()
    block[lines.names.index("notes.B.principal_paid"), 20] += 1.0
    failed = {c.id for c in conservation(deal().program, Ledger(lines.names, block, None)) if not c.all_passed}
    assert {"cash", "notes.B.roll", "clauses"} <= failed


def test_floats_and_arrays_agree_bit_for_bit() -> None:
    """All lines of the single run equal the array run, bit for bit."""
    many = run_as_arrays(deal().program)
    for name, series in base().lines.items():
        assert np.array_equal(many[name][:, 0], series), name


def test_default_is_recovery_and_loss() -> None:
    """Over the life of the deal all that defaults is recovered or lost; nothing is pending at the end."""
    lines = base().lines
    assert lines["pool.pending_recovery"][-1] == pytest.approx(0.0, abs=1e-6)
    split = lines["pool.cumulative_recovered"][-1] + lines["pool.cumulative_net_loss"][-1]
    assert lines["pool.cumulative_defaulted"][-1] == pytest.approx(split, rel=1e-12)


def test_the_turbo_pays_all_and_the_oc_target_holds() -> None:
    """In turbo nothing reaches the residual while notes are outstanding; else only what is above the target."""
    stressed = deal().with_({"assumptions.default.cnl": "16%"}).run()
    lines = stressed.lines
    active = lines["triggers.turbo.active"] > 0.5
    owing = lines["deal.notes_balance"] > 1.0
    assert active[1:].any()
    assert not lines["residuals.originator.paid"][active & owing].any()
    calm = base().lines
    paid = calm["residuals.originator.paid"] > 1.0
    owing = calm["deal.notes_balance"] > 1.0
    gap = calm["deal.overcollateralisation"] - calm["amounts.target_oc"]
    assert (paid & owing).sum() > 12
    assert gap[paid & owing].min() > -1e-9 * 300e6


def test_more_losses_hurt_the_junior_first() -> None:
    """As the multiple of losses grows, classes fail from D upwards."""
    study = abs_struct.sweep(
        deal(),
        {"assumptions.default.cnl": [f"{9 * m / 2:g}%" for m in range(2, 15)]},
        [f"{n}.principal_shortfall" for n in "ABCD"],
    )
    first = [next((i for i, v in enumerate(study.values(f"{n}.principal_shortfall")) if v > 1.0), 99) for n in "DCBA"]
    assert first == sorted(first)
    assert first[0] < 99


def test_back_loaded_losses_hurt_d_earlier_than_front_loaded() -> None:
    """Class D survives a larger multiple of front-loaded than of back-loaded losses, because OC is released early."""
    front = "{by_year: [55%, 30%, 12%, 3%]}"
    back = "{by_year: [25%, 35%, 25%, 12%, 3%]}"
    study = abs_struct.sweep(
        deal(),
        {"assumptions.default.timing": [front, back], "assumptions.default.cnl": "9%:27%:1%"},
        ["D.principal_shortfall", "D.interest_shortfall"],
    )
    lost = study.values("D.principal_shortfall").reshape(2, -1) > 1.0
    broken = [int(np.argmax(row)) if row.any() else 99 for row in lost]
    assert broken[1] < broken[0]


def test_real_loans(shared_data: Path) -> None:
    """The deal runs on LendingClub's loans of 2007 to 2010: what was read ties, and the small loans are listed."""
    summary = json.loads((shared_data / "us_lendingclub_2007_2010_summary.json").read_text())["pool"]
    file = shared_data / "us_lendingclub_2007_2010.csv.gz"
    with pytest.raises(TapeError, match=r"every current balance is zero.*pool\.as_of: origination"):
        _ = abs_struct.load(FILE, {"pool.as_of": "cutoff"}, tape=file).collateral
    result = abs_struct.load(FILE, {"pool.as_of": "origination"}, tape=file).run()
    by_itself = abs_struct.load(FILE, tape=file).run()
    assert np.array_equal(by_itself.lines["notes.A.balance"], result.lines["notes.A.balance"])
    assert "history" in by_itself.warnings[0]
    collateral = result.collateral
    assert len(collateral.tape) + len(collateral.tape.rejections) == summary["rows"]
    assert collateral.tape.balance == summary["funded_total"]
    rates = collateral.tape.columns["rate"] * collateral.tape.columns["balance_cents"]
    assert rates.sum() / collateral.tape.balance_cents == pytest.approx(summary["wa_rate_by_funded"], abs=5e-11)
    assert collateral.ineligible == 33
    assert all(loan.fails == ("loan size",) for loan in collateral.eligibility.ineligible)
    untested = {tested.name for tested in collateral.eligibility.untested}
    assert {"credit score", "arrears"} <= untested
    assert not result.failures
    assert result.lines["notes.A.balance"][0] == pytest.approx(0.5525 * collateral.balance)
