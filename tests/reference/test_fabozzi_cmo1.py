"""Fabozzi, Capital Markets: a 400 million pass-through at nine speeds, and the sequential CMO made of it."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import numpy as np
import pytest
from reference.published import case

import abs_struct

CASE = case("fabozzi_cmo1")
DEAL = Path(__file__).parent / "deals" / "fabozzi_cmo1.yaml"
PRINTED = CASE["expected"]["at_165_psa"]
TRANCHES = ("A", "B", "C", "D")


@cache
def run() -> abs_struct.Result:
    """The deal at 165 % PSA."""
    return abs_struct.load(DEAL).run()


@cache
def lives() -> dict[str, tuple[float, float]]:
    """Ours and printed: the pass-through's average life at nine speeds, and the tranches' at 165 % PSA."""
    printed = CASE["expected"]["pass_through_average_life"]
    study = abs_struct.sweep(
        abs_struct.load(DEAL), {"assumptions.prepayment.psa": [f"{speed}%" for speed in printed]}, ["pool.wal"]
    )
    found = {
        f"{speed} PSA": (life, printed[speed]) for speed, life in zip(printed, study.values("pool.wal"), strict=True)
    }
    for name, life in CASE["expected"]["tranche_average_life_165"].items():
        found[name] = (run().note_measures[name].wal, life)
    return found


def test_the_deal_has_the_published_terms() -> None:
    """Balance, rates, age and classes of the deal file are those of the case."""
    given, result = CASE["inputs"], run()
    assert result.lines["pool.balance"][0] == given["collateral"]["balance"]
    assert {name: result.measures.balance(name) for name in TRANCHES} == {
        tranche["name"]: tranche["par"] for tranche in given["tranches"]
    }
    assert not result.failures
    assert result.residual() == pytest.approx(0.0, abs=1e-4)


def test_dollars_at_165_psa() -> None:
    """Principal and interest of the pass-through and of its tranches in months 1, 80 and 81, to the dollar."""
    lines = run().lines
    principal = lines["pool.principal_collections"]
    interest = sum(lines[f"notes.{name}.interest_paid"] for name in TRANCHES)
    found = {
        "month_1_principal": principal[1],
        "month_1_interest": interest[1],
        "tranche_A_interest_month_1": lines["notes.A.interest_paid"][1],
        "tranche_A_cash_month_1": run().measures.flows("A")[0],
        "tranche_A_balance_month_80": lines["notes.A.balance"][80],
        "month_81_principal": principal[81],
        "month_81_interest": interest[81],
        "tranche_B_principal_month_81": lines["notes.B.principal_paid"][81],
    }
    assert set(found) | {"last_month"} == set(PRINTED)
    for name, value in found.items():
        assert value == pytest.approx(PRINTED[name], abs=CASE["tolerance"]["dollars"]), name
    errors = [abs(value - PRINTED[name]) for name, value in found.items()]
    assert np.mean(errors) < 0.5 * CASE["tolerance"]["dollars"]


@pytest.mark.parametrize("name", TRANCHES)
def test_last_month(name: str) -> None:
    """A tranche ends in the month that the book prints."""
    paid = np.flatnonzero(run().lines[f"notes.{name}.principal_paid"] > 0.005)
    assert paid[-1] == PRINTED["last_month"][name]


def test_average_lives() -> None:
    """Nine lives of the pass-through and three of the tranches, within the case's tolerance."""
    assert len(lives()) == 12
    for name, (ours, printed) in lives().items():
        assert ours == pytest.approx(printed, abs=CASE["tolerance"]["average_life_years"]), name


def test_average_lives_differ_by_the_books_clock_only() -> None:
    """The book's clock is about five days early throughout; past that, our lives are the printed ones, rounded."""
    shifts = np.array([ours - printed for ours, printed in lives().values()])
    assert shifts.mean() == pytest.approx(5 / 365, abs=0.002)
    assert np.abs(shifts - shifts.mean()).max() <= 0.0051
