"""Back-tests: nothing later is seen, the choice is made before, and the report says which of the two is nearer."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from abs_struct.core.findings import UsageError
from abs_struct.history.backtest import backtest
from abs_struct.history.fit import Method
from abs_struct.history.loans import OPEN, history_of
from abs_struct.tape import read_tape

from .made import FIRST, made

BEFORE = FIRST + 23
METHODS = [Method(tail="weibull"), Method(tail="flat"), Method(trend=6)]


def test_what_is_later_changes_nothing():
    """Whatever becomes of the loans after the date, curves, choice and projection stay; only the truth moves."""
    history = made(12_000, months=36, observed=80)
    first = backtest(history, BEFORE, ("grade",), methods=METHODS)
    moved = history.end > BEFORE
    other = replace(
        history,
        ended=np.where(moved, OPEN, history.ended), lost=np.where(moved, 0.0, history.lost),
        end=np.where(moved, history.observed, history.end),
    )  # fmt: skip
    second = backtest(other, BEFORE, ("grade",), methods=METHODS)
    assert str(first.fit.method) == str(second.fit.method)
    assert first.trials == second.trials
    assert first.projection.tolist() == second.projection.tolist()
    assert first.naive.tolist() == second.naive.tolist()
    assert second.actual.sum() == 0.0 < first.actual.sum()


def test_steady_loans_are_projected():
    """Loans that go on as before: the fit comes close, and the mean of what was lost so far is far below."""
    found = backtest(made(40_000, months=36, observed=80), BEFORE, ("grade",), methods=METHODS)
    assert found.errors["vintage"]["projected"] < 0.35 * found.errors["vintage"]["naive"]
    assert "less than the naive mean" in found.verdict
    assert found.projection.sum() == pytest.approx(found.actual.sum(), rel=0.12)
    table = found.table("segment")
    assert list(table.index) == ["A", "B"]
    assert table["original"].sum() == found.original.sum()
    assert found.summary()["schema"] == "abs-struct/backtest/1"


def test_what_is_refused():
    """One sentence each."""
    history = made(2_000, months=24, observed=60)
    for before, words in ((FIRST + 40, "nothing to project"), (FIRST - 5, "nothing to fit")):
        with pytest.raises(UsageError, match=words):
            backtest(history, before)
    with pytest.raises(UsageError, match="there are vintage and segment"):
        backtest(history, FIRST + 18, methods=METHODS[:1]).table("grade")


def test_lending_club_of_2010(repository):
    """Fitted at the end of 2009, the crisis goes on in 2010 and it did not: the fit is worse than the naive mean."""
    file = repository.parent / "shared" / "data" / "us_lendingclub_2007_2010.csv.gz"
    if not file.exists():
        pytest.skip("the shared tapes do not lie beside the project")
    found = backtest(history_of(read_tape(file, as_of="origination")), 12 * 2009 + 11, ("original_term", "grade"))
    assert len(found.original) == 12_537
    assert found.actual.sum() / found.original.sum() == pytest.approx(0.0908470, abs=1e-6)
    assert found.fit.whole.loans == 5_846
    error = found.errors["vintage"]
    assert error["projected"] == pytest.approx(0.0733, abs=2e-3)
    assert error["naive"] == pytest.approx(0.0519, abs=2e-3)
    assert "more than the naive mean" in found.verdict
    assert set(found.table("vintage").index) == {"2010Q1", "2010Q2", "2010Q3", "2010Q4"}
