"""Scenarios by the values of fields: numbers and texts, here and in another process, with the bits of single runs."""

from __future__ import annotations

from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path

import numpy as np
import pytest
from small import small

import abs_struct
from abs_struct.core.findings import DealError, UsageError
from abs_struct.study import Varied, evaluate
from abs_struct.study import plan as plans

MEASURES = ["A.wal", "B.yield", "B.principal_shortfall", "residual.paid"]
CDR = np.array([0.31, 0.02, 0.155, 0.02, 0.4999, 0.07])
COUPONS = ["5%", "6%", "5%", "7.25%", "6%", "5%"]


def single(deal: abs_struct.Deal, changes: dict[str, object]) -> list[float]:
    """The measures of one run."""
    found = deal.with_(changes).run().measures
    return [float(found.value(name)) for name in MEASURES]


def test_numbers_and_texts_have_the_bits_of_single_runs(tmp_path: Path) -> None:
    """A column of numbers beside one of texts; lines that are recorded are those of the runs."""
    deal = small(tmp_path)
    varied = [Varied.of_numbers("assumptions.default.cdr", CDR), Varied.of_texts("notes.B.coupon", COUPONS)]
    table = evaluate(deal, varied, MEASURES, record=["pool.balance"])
    for row, (cdr, coupon) in enumerate(zip(CDR, COUPONS, strict=True)):
        changes = {"assumptions.default.cdr": float(cdr), "notes.B.coupon": coupon}
        assert [table.columns[name][row] for name in MEASURES] == single(deal, changes)
        assert np.array_equal(table.recorded["pool.balance"][:, row], deal.with_(changes).run().lines["pool.balance"])


def test_another_process_gives_the_same_bits(tmp_path: Path) -> None:
    """Two worker processes and small chunks give the bytes of this process."""
    deal = small(tmp_path)
    varied = [Varied.of_numbers("assumptions.default.cdr", np.linspace(0.0, 0.5, 40))]
    here = evaluate(deal, varied, MEASURES)
    with ProcessPoolExecutor(2, mp_context=get_context("spawn")) as executor:
        there = evaluate(deal, varied, MEASURES, executor=executor)
    for name in MEASURES:
        assert here.columns[name].tobytes() == there.columns[name].tobytes()


def test_a_number_that_is_one_input_is_compiled_three_times_only(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Hundreds of values of one number are set straight; a field that does more is compiled value by value."""
    calls: list[str] = []
    point = plans.point
    monkeypatch.setattr(plans, "point", lambda deal: calls.append(deal.terms.name) or point(deal))
    deal = small(tmp_path)
    evaluate(deal, [Varied.of_numbers("assumptions.default.cdr", np.linspace(0.0, 0.5, 300))], ["A.wal"])
    assert len(calls) == 3
    calls.clear()
    fields = [
        Varied.of_numbers("assumptions.default.cdr", np.linspace(0.0, 0.5, 300)),
        Varied.of_numbers("assumptions.prepayment.cpr", np.linspace(0.0, 0.4, 300)),
        Varied.of_texts("notes.B.coupon", ["6%", "7%", "8%", "9%", "10%"] * 60),
    ]
    evaluate(deal, fields, ["A.wal"])
    assert len(calls) == 3  # all together
    calls.clear()
    evaluate(deal, [Varied.of_texts("assumptions.recovery.lag", [str(lag) for lag in range(5)])], ["A.wal"])
    assert len(calls) == 5


def test_numbers_beside_a_field_that_is_structure_are_still_set_straight(tmp_path: Path) -> None:
    """What is no plain number does not keep its neighbours from being ones, and every row is its single run."""
    deal = small(tmp_path)
    rates = np.linspace(0.02, 0.4, 6)
    fields = [
        Varied.of_numbers("assumptions.default.cdr", rates),
        Varied.of_texts("assumptions.recovery.lag", ["0", "1", "2", "3", "4", "5"]),
        Varied.of_numbers("notes.B.coupon", rates / 4),
    ]
    kinds = [type(one).__name__ for one in plans.fields_of(deal, fields, plans.Known())]
    assert kinds == ["Straight", "Compiled", "Straight"]
    table = evaluate(deal, fields, ["B.yield"])
    for row in range(6):
        alone = deal.with_({one.path: one.text(row) for one in fields}).run().measures.value("B.yield")
        assert table.columns["B.yield"][row] == float(alone)


def test_passes_of_a_search_compile_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """With what earlier calls have compiled a later one compiles nothing, and its rows are the same bits."""
    deal = small(tmp_path)
    known = plans.Known()
    cdr = Varied.of_numbers("assumptions.default.cdr", np.linspace(0.01, 0.3, 20), within=(0.0, 0.5))
    terms = Varied.of_texts("assumptions.recovery", ["{rate: 30%, lag: 3}", "{rate: 10%, lag: 6}"] * 10)
    first = evaluate(deal, [cdr, terms], ["B.wal"], known=known)
    monkeypatch.setattr(plans, "point", None)
    monkeypatch.setattr(abs_struct.Deal, "with_", None)
    rows = np.array([17, 3, 8])
    later = evaluate(deal, [cdr.at_rows(rows), terms.at_rows(rows)], ["B.wal"], known=known)
    assert later.columns["B.wal"].tolist() == first.columns["B.wal"][rows].tolist()


def test_what_is_refused(tmp_path: Path) -> None:
    """No fields, a field twice, lengths that differ, values that are no numbers or that the deal refuses."""
    deal = small(tmp_path)
    cdr = Varied.of_numbers("assumptions.default.cdr", CDR)
    with pytest.raises(UsageError, match="varies at least one field"):
        evaluate(deal, [], MEASURES)
    with pytest.raises(UsageError, match="is varied twice"):
        evaluate(deal, [cdr, cdr], MEASURES)
    with pytest.raises(UsageError, match="different numbers of values"):
        evaluate(deal, [cdr, Varied.of_texts("notes.B.coupon", ["5%"])], MEASURES)
    with pytest.raises(UsageError, match="not a finite number"):
        Varied.of_numbers("assumptions.default.cdr", [0.1, float("nan")])
    with pytest.raises(DealError, match="rates lie in"):
        evaluate(deal, [Varied.of_numbers("assumptions.default.cdr", [0.1, 0.2, 0.3, 1.5])], MEASURES)


def test_lines_of_deals_that_last_longer_or_shorter_stand_side_by_side(tmp_path: Path) -> None:
    """Another recovery lag is another number of periods: each recorded line is that of its run, nan after its end."""
    deal = small(tmp_path)
    lags = ["0", "9", "3"]
    fields = [Varied.of_texts("assumptions.recovery.lag", lags)]
    table = evaluate(deal, fields, ["A.wal"], record=["pool.balance"])
    lengths = set()
    for row, lag in enumerate(lags):
        alone = deal.with_({"assumptions.recovery.lag": lag}).run().lines["pool.balance"]
        assert table.recorded["pool.balance"][: len(alone), row].tolist() == alone.tolist()
        assert np.isnan(table.recorded["pool.balance"][len(alone) :, row]).all()
        lengths.add(len(alone))
    assert len(lengths) > 1


def test_numbers_of_numpy_are_numbers(tmp_path: Path) -> None:
    """An array as the values of an axis is what a list of floats is."""
    deal = small(tmp_path)
    values = np.linspace(0.05, 0.1, 3)
    found = abs_struct.sweep(deal, {"notes.B.coupon": values}, ["B.yield"])
    assert (
        found.values("B.yield").tolist()
        == abs_struct.sweep(deal, {"notes.B.coupon": values.tolist()}, ["B.yield"]).values("B.yield").tolist()
    )
