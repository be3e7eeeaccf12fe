"""Sweeps: any field is an axis, and every row has the bits of its single run."""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np
import pytest
from small import small

import abs_struct
from abs_struct.core.findings import DealError, UsageError
from abs_struct.study import axis_of

MEASURES = [
    "A.wal", "A.yield", "B.yield", "B.principal_shortfall", "B.modified_duration", "pool.net_loss", "residual.irr",
    "residual.paid", "deal.cost_of_funds",
]  # fmt: skip


def singles(deal: abs_struct.Deal, study: abs_struct.Study) -> dict[str, list[float]]:
    """Each scenario of a study, run by itself."""
    found: dict[str, list[float]] = {name: [] for name in study.measures}
    for at in study.points:
        changes = {axis.path: axis.values[i] for axis, i in zip(study.axes, at, strict=True)}
        measures = deal.with_(changes).run().measures
        for name in study.measures:
            found[name].append(float(measures.value(name)))
    return found


@pytest.mark.parametrize(
    "vary",
    [
        {"assumptions.prepayment.cpr": "0%:40%:20%", "assumptions.default.cdr": ["2%", "15%", "50%"]},
        {"notes.A.balance": "50%:70%:20% of pool", "notes.B.coupon": "5%,12%"},
        {"triggers.losses.above.1": ["0.1%", "2%", "20%"], "amounts.target_oc": ["5% of pool", "15% of pool"]},
        {"accounts.reserve.initial": "1_000,5_000", "fees.servicer.rate": ["0.5%", "2%"]},
        {"assumptions.recovery.rate": "10%,60%", "assumptions.recovery.lag": "0,3,9"},
        {"amounts.target_oc": ["5% of pool", "max(10% * pool.balance, 1_000)"], "assumptions.default.cdr": "5%,30%"},
        {"assumptions.default": ["{cdr: 8%}", "{cnl: 9%, timing: {by_year: [60%, 40%]}}"], "notes.A.coupon": "4%,6%"},
        {"fees.trustee.plus": [0, 24000], "notes.A.issue_price": [99, 101]},
    ],
    ids=" x ".join,
)
def test_every_row_has_the_bits_of_its_single_run(vary: dict[str, object], tmp_path: Path) -> None:
    """Speeds, sizes, levels, formulas, fees, lags and kinds of curve: each row equals its single run bit for bit."""
    deal = small(tmp_path)
    study = abs_struct.sweep(deal, vary, MEASURES)
    expected = singles(deal, study)
    for name in MEASURES:
        assert np.array_equal(study.values(name), expected[name], equal_nan=True), name
    assert not any(study.reasons)


def test_the_chunk_does_not_matter(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The same sweep in chunks of 1, 7 and 4,096 rows gives the same bits."""
    module = sys.modules["abs_struct.study.scenarios"]
    deal = small(tmp_path)
    vary = {"assumptions.default.cdr": "0%:45%:5%", "assumptions.prepayment.cpr": "5%,25%"}
    frames = []
    for size in (1, 7, 4096):
        monkeypatch.setattr(module, "CHUNK", size)
        frames.append(abs_struct.sweep(deal, vary, MEASURES).columns)
    for name in MEASURES:
        assert np.array_equal(frames[0][name], frames[1][name], equal_nan=True)
        assert np.array_equal(frames[0][name], frames[2][name], equal_nan=True)


def test_an_impossible_row_keeps_its_place_and_its_reason(tmp_path: Path) -> None:
    """A combination whose notes exceed the pool has no figures and says why; the others run."""
    deal = small(tmp_path)
    study = abs_struct.sweep(
        deal, {"notes.A.balance": ["70% of pool", "90% of pool"], "notes.B.balance": ["22% of pool"]}
    )
    assert list(study.reasons) == ["", "the notes are larger than the pool"]
    assert np.isnan(study.values("A.wal")[1])
    assert study.values("A.wal")[0] > 0
    assert study.summary()["refused"] == 1


def test_grid_frame_and_files(tmp_path: Path) -> None:
    """The tidy table, a grid by the last words of its axes, and files that are written whole."""
    deal = small(tmp_path)
    vary = {"assumptions.prepayment.cpr": "10%,20%,30%", "assumptions.default.cdr": "0%,10%"}
    study = abs_struct.sweep(deal, vary, ["A.wal"])
    assert len(study) == 6
    assert list(study.frame.columns)[:2] == list(vary)
    grid = study.grid("A.wal", x="cpr", y="cdr")
    assert grid.shape == (2, 3)
    assert (
        grid.loc[0.1, 0.2]
        == study.frame.query("`assumptions.default.cdr` == 0.1 and `assumptions.prepayment.cpr` == 0.2")["A.wal"].item()
    )
    for name in ("sweep.csv", "sweep.parquet"):
        assert study.save(tmp_path / name).exists()
    assert study.plot("A.wal").axes
    with pytest.raises(UsageError, match=r"\.csv or \.parquet"):
        study.save(tmp_path / "sweep.txt")


@pytest.mark.parametrize(
    ("text", "values"),
    [
        ("a=1,2,3", ("1", "2", "3")),
        ("a=0.1:0.4:0.1", ("0.1", "0.2", "0.3", "0.4")),
        ("a=10%:0%:-5%", ("10%", "5%", "0%")),
        ("a=max(1, 2),3", ("max(1, 2)", "3")),
        ("a=50%:51%:0.5% of pool", ("50% of pool", "50.5% of pool", "51% of pool")),
    ],
)
def test_axes(text: str, values: tuple[str, ...]) -> None:
    """Lists and ranges, counted in decimals, with units and formulas."""
    assert axis_of(text).values == values


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("cpr", "write PATH=START:STOP:STEP"),
        ("cpr=", "write PATH=START:STOP:STEP"),
        ("cpr=1:2:0", "a step of nil"),
        ("cpr=5%:1%:1%", "yields no points"),
        ("cpr=a:b:c", "is not a range"),
        ("cpr=0:1:0.000001", "points on one axis"),
    ],
)
def test_axes_that_say_nothing_are_refused(text: str, words: str) -> None:
    """A range without points, or without end, is refused in one sentence."""
    with pytest.raises(UsageError, match=words):
        axis_of(text)


def test_what_a_sweep_refuses(tmp_path: Path) -> None:
    """Unknown fields, values and measures are named; too large a grid asks for a yes."""
    deal = small(tmp_path)
    with pytest.raises(DealError, match="did you mean 'cpr'"):
        abs_struct.sweep(deal, {"assumptions.prepayment.cpx": ["5%"]})
    with pytest.raises(DealError, match="rates lie in"):
        abs_struct.sweep(deal, {"assumptions.prepayment.cpr": ["5%", "150%"]})
    with pytest.raises(UsageError, match=r"did you mean 'A\.wal'"):
        abs_struct.sweep(deal, {"assumptions.prepayment.cpr": ["5%"]}, ["A.wall"])
    many = [f"{i}" for i in range(9000)]
    with pytest.raises(UsageError, match="say --yes"):
        abs_struct.sweep(deal, {"notes.A.coupon": many, "notes.B.coupon": many})


def test_a_negative_balance_has_a_reason_and_no_figures(tmp_path: Path) -> None:
    """A row whose note is smaller than nothing is refused as its single run is; the others run."""
    study = abs_struct.sweep(small(tmp_path), {"notes.A.balance": ["-5", "100"]}, ["A.wal"])
    assert list(study.reasons) == ["a balance at closing is below 0", ""]
    assert np.isnan(study.values("A.wal")[0])
    assert study.values("A.wal")[1] > 0


def test_a_value_stands_once_on_an_axis(tmp_path: Path) -> None:
    """Two rows of one deal are a slip of the hand."""
    with pytest.raises(UsageError, match=r"notes\.A\.coupon: the value 5% stands twice"):
        abs_struct.sweep(small(tmp_path), {"notes.A.coupon": ["5%", "6%", "5%"]})


def test_a_tape_is_an_axis_like_any_other(tmp_path: Path) -> None:
    """Each tape is read for its row, which has the bits of its single run; --tape beside it is refused."""
    deal = small(tmp_path)
    lines = (tmp_path / "small.csv").read_text().splitlines()
    (tmp_path / "half.csv").write_text("\n".join([*lines[: len(lines) // 2], ""]))
    vary = {"pool.tape": ["small.csv", "half.csv"]}
    study = abs_struct.sweep(deal, vary, ["pool.defaulted"])
    single = [deal.with_({"pool.tape": tape}).run().measures.value("pool.defaulted") for tape in vary["pool.tape"]]
    assert study.values("pool.defaulted").tolist() == single
    assert single[0] > single[1] > 0.0
    given = abs_struct.load(tmp_path / "small.yaml", tape=tmp_path / "half.csv")
    with pytest.raises(UsageError, match="leave out --tape"):
        abs_struct.sweep(given, vary)
