"""The tables of an offering document, and fields one at a time."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from small import small

import abs_struct
from abs_struct.core.findings import DealError, UsageError
from abs_struct.study import axis_of
from abs_struct.study.axes import Axis
from abs_struct.study.single import moves, one_at_a_time, spider, tornado
from abs_struct.study.tables import decrements, price_yield

SPEEDS = axis_of("assumptions.prepayment.cpr=5%,20%,40%")
PRICES = Axis("price", ("98", "100", "102"))


def test_price_yield_is_the_yield_of_each_run(tmp_path: Path) -> None:
    """Each yield is that of the run at that speed and price; lives and durations stand below."""
    deal = small(tmp_path)
    found = price_yield(deal, "A", PRICES, SPEEDS)
    assert found.shape == (5, 3)
    for speed in SPEEDS.values:
        for price in PRICES.values:
            single = deal.with_({SPEEDS.path: speed, "notes.A.issue_price": price}).run().measures
            assert found.loc[price, speed] == float(single.value("A.yield"))
        assert found.loc["WAL (years)", speed] == float(deal.with_({SPEEDS.path: speed}).run().measures.value("A.wal"))
    assert (np.diff(found.iloc[:3].to_numpy(), axis=0) < 0).all()  # dearer yields less
    with pytest.raises(DealError, match="no class 'X'"):
        price_yield(deal, "X", PRICES, SPEEDS)


def test_decrements_are_balances_in_per_cent(tmp_path: Path) -> None:
    """Each class begins at 100 and has on each date the balance of the single run."""
    deal = small(tmp_path)
    found = decrements(deal, [], SPEEDS)
    assert found.loc["A"].iloc[0].tolist() == [100.0, 100.0, 100.0]
    lines = deal.with_({SPEEDS.path: "20%"}).run().lines
    for note in ("A", "B"):
        balance = lines[f"notes.{note}.balance"]
        assert np.array_equal(found.loc[note]["20%"].to_numpy()[:-1], 100.0 * balance / balance[0])
    with pytest.raises(UsageError, match="the same dates"):
        decrements(deal, ["A"], axis_of("dates.legal_final=2030-12-15,2029-12-15"))


def test_one_at_a_time(tmp_path: Path) -> None:
    """The base first, then each value alone; tornado and spider are drawn from it, and from nothing else."""
    deal = small(tmp_path)
    axes = [SPEEDS, axis_of("assumptions.default.cdr=2%,30%"), axis_of("notes.B.coupon=8%,10%")]
    study = abs_struct.sweep(deal, one_at_a_time(deal, axes), ["residual.paid"])
    assert len(study) == 1 + 3 + 2 + 2
    base, found = moves(study, "residual.paid")
    assert base == float(deal.run().measures.value("residual.paid"))
    single = deal.with_({"assumptions.default.cdr": "30%"}).run().measures
    assert found["assumptions.default.cdr"][1][-1] == float(single.value("residual.paid"))
    labels = [text.get_text() for text in tornado(study, "residual.paid").axes[0].get_yticklabels()]
    spans = [abs(found[path][1][-1] - found[path][1][0]) for path in labels]
    assert spans == sorted(spans)
    assert len(spider(study, "residual.paid").axes[0].lines) == 3
    with pytest.raises(UsageError, match="one at a time"):
        tornado(abs_struct.sweep(deal, [SPEEDS], ["residual.paid"]), "residual.paid")
    with pytest.raises(UsageError, match="says nothing there"):
        one_at_a_time(deal, [axis_of("fees.servicer.minimum=1,2")])
