"""Designs: scenarios from files and ranges; each row has the bits of its single run."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from small import small

import abs_struct
from abs_struct.core.findings import UsageError
from abs_struct.study import Design, Varied, design_from, drawn
from abs_struct.study.study import saved

CPR, COUPON = "assumptions.prepayment.cpr", "notes.B.coupon"
YAML = f"base: {{{CPR}: 12%}}\nfast:\n  {CPR}: 30%\n  {COUPON}: 10%\n"
CSV = f"name,{CPR},{COUPON}\nbase,12%,\nfast,30%,10%\n"


def file(folder: Path, name: str, text: str) -> Path:
    """A file with a text."""
    (folder / name).write_text(text)
    return folder / name


@pytest.mark.parametrize(("name", "text"), [("s.yaml", YAML), ("s.csv", CSV), ("s.parquet", CSV)])
def test_scenarios_of_a_file(name: str, text: str, tmp_path: Path) -> None:
    """YAML, CSV and Parquet say the same scenarios; what a scenario leaves out stays as the deal file says."""
    deal = small(tmp_path)
    given = file(tmp_path, name, text)
    if name == "s.parquet":
        import pandas as pd

        table = pd.DataFrame({"name": ["base", "fast"], CPR: [0.12, 0.30], COUPON: [None, 0.10]})
        table.to_parquet(given)
    study = abs_struct.sweep(deal, design_from(deal, given), ["A.wal", "B.yield"])
    assert list(study.frame["name"]) == ["base", "fast"]
    assert study.frame[COUPON].tolist() == [0.09, 0.1]
    for row, changes in enumerate([{CPR: "12%"}, {CPR: "30%", COUPON: "10%"}]):
        found = deal.with_(changes).run().measures
        for measure in ("A.wal", "B.yield"):
            assert study.values(measure)[row] == float(found.value(measure))
    with pytest.raises(UsageError, match="these scenarios are no grid"):
        study.grid("A.wal")
    assert study.save(tmp_path / "out.parquet").exists()
    assert study.summary()["fields"] == [CPR, COUPON]


@pytest.mark.parametrize(
    ("name", "text", "words"),
    [
        ("s.csv", "name,assumptions.prepayment.cpx\na,5%\n", r"s\.csv, column assumptions\.prepayment\.cpx: .*'cpr'"),
        ("s.csv", "assumptions.prepaiment.cpr\n5%\n", "did you mean 'prepayment'"),
        ("s.csv", f"{CPR}\n", "has no scenarios"),
        ("s.csv", f"name,{CPR}\na,\n", f"column {CPR} has no values"),
        ("s.csv", "fees.trustee.minimum\n4\n\n", None),
        ("s.csv", f"{CPR},fees.servicer.minimum\n5%,400\n6%,\n", "row 3 has no value of fees.servicer.minimum"),
        ("s.yaml", "fast: 30%\n", "scenario 'fast' is '30%'; write PATH: VALUE below it"),
        ("s.yaml", "fast: {}\n", "change nothing"),
        ("s.yaml", "a: [\n", "is not YAML"),
        ("s.txt", "", r"read from \.yaml, \.csv or \.parquet"),
        ("s.parquet", "no table", "cannot be read as a table"),
    ],
)
def test_files_that_are_refused(name: str, text: str, words: str | None, tmp_path: Path) -> None:
    """Unknown columns with the nearest name, empty files, cells without a value: one sentence with the place."""
    deal = small(tmp_path)
    given = file(tmp_path, name, text)
    if words is None:
        assert len(design_from(deal, given)) == 1
        return
    with pytest.raises(UsageError, match=words):
        design_from(deal, given)


def test_no_file_of_scenarios(tmp_path: Path) -> None:
    """A file that is not there is said so."""
    with pytest.raises(UsageError, match="no such file of scenarios"):
        design_from(small(tmp_path), tmp_path / "none.csv")


@pytest.mark.parametrize("kind", ["lhs:64", "sobol:64"])
def test_drawn_designs_fill_their_ranges(kind: str, tmp_path: Path) -> None:
    """Each of 64 equal parts of a range has one point; the same seed draws the same, and rows are single runs."""
    ranges = [f"{CPR}=5%..30%", f"{COUPON}=500bp..900bp"]
    design = drawn(kind, ranges, seed=3)
    for varied, low, high in zip(design.varied, (0.05, 0.05), (0.30, 0.09), strict=True):
        assert varied.numbers is not None
        parts = (varied.numbers - low) / (high - low) * 64
        assert sorted(parts.astype(int)) == list(range(64))
    again, other = drawn(kind, ranges, seed=3), drawn(kind, ranges, seed=4)
    assert np.array_equal(design.varied[0].numbers, again.varied[0].numbers)
    assert not np.array_equal(design.varied[0].numbers, other.varied[0].numbers)
    deal = small(tmp_path)
    study = abs_struct.sweep(deal, design, ["A.wal"])
    changes = {one.path: one.shown(17) for one in design.varied}
    assert study.values("A.wal")[17] == float(deal.with_(changes).run().measures.value("A.wal"))


def test_a_share_of_the_pool_is_drawn_with_its_words() -> None:
    """50%..60% of pool draws texts of that form."""
    for text in drawn("lhs:8", ["notes.A.balance=50%..60% of pool"]).varied[0].texts:
        percent, words = text.split("%")
        assert 50.0 <= float(percent) < 60.0
        assert words == " of pool"


@pytest.mark.parametrize(
    ("kind", "ranges", "words"),
    [
        ("halton:8", ["a=1..2"], "write grid, lhs:N or sobol:N"),
        ("lhs:0", ["a=1..2"], "draw 1 to 10,000,000"),
        ("sobol:1000", ["a=1..2"], "say 512 or 1024"),
        ("lhs:8", [], "say what to draw"),
        ("lhs:8", ["a=1:2:1"], r"takes PATH=LOW\.\.HIGH"),
        ("lhs:8", ["a=5%..2%"], "yields no points"),
        ("lhs:8", ["a=1..2 of pool"], "drawn in per cent"),
    ],
)
def test_designs_that_are_refused(kind: str, ranges: list[str], words: str) -> None:
    """Other kinds, no ranges, ranges without points."""
    with pytest.raises(UsageError, match=words):
        drawn(kind, ranges)


def test_switches_and_dates_are_axes(tmp_path: Path) -> None:
    """A switch on and off, and a date of the deal, vary like any number, each row its single run."""
    deal = small(tmp_path)
    vary = {
        "notes.B.deferrable": [True, False],
        "dates.legal_final": ["2030-12-15", "2029-12-15"],
        "assumptions.default.cdr": ["2%", "40%"],
    }
    study = abs_struct.sweep(deal, vary, ["A.wal", "B.yield"])
    assert len(study) == 8
    for row, at in enumerate(study.points):
        changes = {axis.path: axis.values[k] for axis, k in zip(study.axes, at, strict=True)}
        found = deal.with_(changes).run().measures
        for measure in ("A.wal", "B.yield"):
            assert study.values(measure)[row] == pytest.approx(float(found.value(measure)), abs=0, nan_ok=True)


def test_recorded_lines(tmp_path: Path) -> None:
    """Patterns name lines; each is that of the single run, in a tidy table of scenario and period."""
    deal = small(tmp_path)
    study = abs_struct.sweep(deal, {CPR: ["5%", "30%"]}, ["A.wal"], record=["notes.*.balance", "pool.defaulted"])
    assert sorted(study.recorded) == ["notes.A.balance", "notes.B.balance", "pool.defaulted"]
    fast = study.lines[study.lines["scenario"] == 1]
    single = deal.with_({CPR: "30%"}).run().lines
    for path in study.recorded:
        assert np.array_equal(fast[path].to_numpy(), single[path])
    assert fast["period"].tolist() == list(range(deal.schedule.periods + 1))
    with pytest.raises(UsageError, match=r"--record notes\.A\.balanc: no such line; did you mean 'notes\.A\.balance'"):
        abs_struct.sweep(deal, {CPR: ["5%"]}, ["A.wal"], record=["notes.A.balanc"])
    with pytest.raises(UsageError, match="no lines were recorded"):
        _ = abs_struct.sweep(deal, {CPR: ["5%"]}, ["A.wal"]).lines


def test_recorded_lines_count_as_cells(tmp_path: Path) -> None:
    """Lines of a million scenarios are more than ten million cells."""
    design = Design((Varied.of_numbers(CPR, np.linspace(0.0, 0.5, 1_000_000)),))
    with pytest.raises(UsageError, match="2 recorded lines are more than 10,000,000 cells; say --yes"):
        abs_struct.sweep(small(tmp_path), design, ["A.wal"], record=["notes.*.balance"])


@pytest.mark.parametrize("ending", [".csv", ".parquet"])
def test_a_full_disk_leaves_nothing_under_the_name(ending: str, tmp_path: Path) -> None:
    """A writer that runs out of space ends in a sentence; the file that stood there before still stands."""

    class Frame:
        def to_csv(self, draft: Path, **_: object) -> None:
            draft.write_text("half")
            raise OSError(28, "No space left on device")

        to_parquet = to_csv

    target = tmp_path / f"out{ending}"
    for before in (None, "as it was"):
        if before:
            target.write_text(before)
        with pytest.raises(UsageError, match=r"could not be written to its end .no space left on device"):
            saved(Frame(), target)  # type: ignore[arg-type]
        assert [path.name for path in tmp_path.iterdir()] == ([target.name] if before else [])
    assert target.read_text() == "as it was"
