"""Kept chunks: a sweep that was interrupted goes on, with the same bytes."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from small import small

import abs_struct
from abs_struct.study import scenarios
from abs_struct.study.kept import Kept

CDR = "assumptions.default.cdr"
VARY = {CDR: [f"{k}%" for k in range(20)], "notes.B.coupon": ["8%", "9%"]}
MEASURES = ["A.wal", "B.yield", "residual.irr"]


def stopped(deal: abs_struct.Deal, keep: Kept, after: int) -> None:
    """The sweep, interrupted after some chunks."""

    def interrupt(done: int, total: int) -> None:
        if done >= after:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        abs_struct.sweep(deal, VARY, MEASURES, record=["pool.balance"], keep=keep, progress=interrupt)


def test_an_interrupted_sweep_goes_on(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Finished chunks are kept and not run again; the bytes are those of a sweep without a break."""
    monkeypatch.setattr(scenarios, "CHUNK", 5)
    deal, keep = small(tmp_path), Kept(tmp_path / "kept")
    whole = abs_struct.sweep(deal, VARY, MEASURES, record=["pool.balance"])
    stopped(deal, keep, 15)
    assert keep.count() == 3
    ran: list[int] = []
    do = scenarios.Work.do
    monkeypatch.setattr(scenarios.Work, "do", lambda work: ran.append(work.count) or do(work))
    study = abs_struct.sweep(deal, VARY, MEASURES, record=["pool.balance"], keep=keep)
    assert sum(ran) == 40 - 15
    for name in MEASURES:
        assert study.values(name).tobytes() == whole.values(name).tobytes()
    assert list(study.reasons) == list(whole.reasons)
    assert np.array_equal(study.recorded["pool.balance"], whole.recorded["pool.balance"])
    keep.clear()
    assert not keep.folder.exists()


@pytest.mark.parametrize("change", ["deal", "values", "measures", "chunk", "broken"])
def test_nothing_stale_is_taken_up(change: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Another deal, other values, measures or chunks, or a file cut short: all is run again, and right."""
    monkeypatch.setattr(scenarios, "CHUNK", 5)
    deal, keep, vary, names = small(tmp_path), Kept(tmp_path / "kept"), dict(VARY), list(MEASURES)
    stopped(deal, keep, 15)
    if change == "deal":
        deal = deal.with_({"notes.A.coupon": "5.5%"})
    elif change == "values":
        vary[CDR] = [f"{k}.5%" for k in range(20)]
    elif change == "measures":
        names = ["A.yield", *names]
    elif change == "chunk":
        monkeypatch.setattr(scenarios, "CHUNK", 4)
    else:
        for file in keep.folder.iterdir():
            file.write_bytes(file.read_bytes()[:100])
    ran: list[int] = []
    do = scenarios.Work.do
    monkeypatch.setattr(scenarios.Work, "do", lambda work: ran.append(work.count) or do(work))
    study = abs_struct.sweep(deal, vary, names, record=["pool.balance"], keep=keep)
    assert sum(ran) == 40
    fresh = abs_struct.sweep(deal, vary, names)
    for name in names:
        assert study.values(name).tobytes() == fresh.values(name).tobytes()
