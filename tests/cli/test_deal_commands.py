"""abs-struct init, validate, schema, sweep, excel, page."""

from __future__ import annotations

import json
import re
from datetime import UTC, datetime, timedelta
from pathlib import Path

import openpyxl
import pytest
from cli.program import command, refused
from small import small


@pytest.fixture
def place(tmp_path, monkeypatch):
    """An empty folder, which is the place of work."""
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_starter_runs_at_once(place):
    """What `init` writes is valid, and `run` works on it at once."""
    files = command("init", "first").stdout.split()
    assert files == ["first.yaml", "tapes/first.yaml", "tapes/first.csv"]
    assert "valid; 2 notes" in command("validate", "first.yaml").stdout
    found = json.loads(command("run", "first.yaml", "--json", "--no-excel", "--no-charts").stdout)
    assert (found["deal"]["name"], found["tape"]["loans"], found["checks"]["failed"]) == ("first", 400, 0)
    assert found["notes"]["A"]["principal_shortfall"] == 0.0


def test_starter_writes_over_nothing(place):
    """An existing file is kept unless `--force` says otherwise."""
    command("init", "first")
    (place / "first.yaml").write_text("mine")
    said = refused("init", "first", code=2)
    assert said == "first.yaml: exists already; choose another name, or say --force to write over it"
    assert (place / "first.yaml").read_text() == "mine"
    command("init", "first", "--force")
    assert (place / "first.yaml").read_text().startswith("# first:")


def test_starter_refuses_a_name_that_is_none(place):
    """A name with a space would be awkward everywhere else."""
    assert "is written with letters" in refused("init", "my deal", code=2)


def test_validate_as_json(place):
    """Valid: an empty list of findings. Not valid: each with file, line, path and message, exit code 3."""
    small(place)
    found = json.loads(command("validate", "small.yaml", "--json").stdout)
    assert found == {"schema": "abs-struct/validate/1", "file": "small.yaml", "valid": True, "findings": []}
    file, given = Path("small.yaml"), ["--set", "notes.A.coupon=five"]
    result = command("validate", "small.yaml", "--json", *given, code=3)
    (found,) = json.loads(result.stdout)["findings"]
    assert (found["file"], found["line"], found["path"]) == ("--set notes.A.coupon=five", None, "notes.A.coupon")
    assert "Traceback" not in result.stderr
    lines = file.read_text().splitlines()
    at = next(i for i, line in enumerate(lines) if line.strip().startswith("A: {"))
    file.write_text("\n".join([*lines[:at], re.sub("coupon: [^,}]*", "coupon: five", lines[at]), *lines[at + 1 :]]))
    result = command("validate", "small.yaml", "--json", code=3)
    found = json.loads(result.stdout)
    assert not found["valid"]
    (finding,) = found["findings"]
    assert (finding["file"], finding["line"], finding["path"]) == ("small.yaml", at + 1, "notes.A.coupon")


def test_schema_describes_the_deals(repository):
    """The schema names itself, and every key of the shipped deal is a property of it."""
    from ruamel.yaml import YAML

    found = json.loads(command("schema").stdout)
    assert found["$schema"] == "https://json-schema.org/draft/2020-12/schema"
    assert found["title"] == "abs_struct deal file"
    deal = YAML(typ="safe").load((repository / "deals/mpl_2027_1.yaml").read_text("utf-8"))
    assert set(deal) <= set(found["properties"])
    assert {"name", "dates", "pool", "notes", "waterfall"} <= set(found["required"])


def test_sweep_writes_its_table(place):
    """A sweep prints how many scenarios ran and leaves a tidy table, a grid and a heat map."""
    small(place)
    axis = ("--vary", "assumptions.prepayment.cpr=5%:15%:5%", "--vary", "notes.A.coupon=5%,6%")
    said = command("sweep", "small.yaml", *axis, "--measure", "A.wal,B.yield").stdout
    assert "6 scenarios" in said
    folder = place / "reports" / "small"
    expected = {"sweep.csv", "sweep.parquet", "sweep.xlsx", "sweep_A_wal.png", "sweep_B_yield.png"}
    assert {path.name for path in folder.iterdir()} == expected
    header, *rows = (folder / "sweep.csv").read_text().splitlines()
    assert header == "assumptions.prepayment.cpr,notes.A.coupon,A.wal,B.yield,reason"
    assert len(rows) == 6


def test_sweep_of_a_file_of_scenarios(place):
    """Named scenarios and recorded lines: a tidy table and a file of lines, no grid; nothing else is left."""
    small(place)
    (place / "s.csv").write_text("name,assumptions.prepayment.cpr\nslow,5%\nfast,30%\n")
    words = ("--scenarios", "s.csv", "--measure", "A.wal", "--record", "notes.*.balance")
    assert "2 scenarios" in command("sweep", "small.yaml", *words).stdout
    folder = place / "reports" / "small"
    assert {path.name for path in folder.iterdir()} == {"sweep.csv", "sweep.parquet", "lines.parquet"}
    assert (folder / "sweep.csv").read_text().splitlines()[2].startswith("fast,0.3,")


def test_sweep_prints_the_tables_of_an_offering_document(place):
    """Yields by price and decrements by date on the terminal, and as CSV; tornado and spider as pictures."""
    small(place)
    speeds = ("--vary", "assumptions.prepayment.cpr=5%,30%")
    said = command("sweep", "small.yaml", "--table", "price-yield", "--note", "A", "--prices", "99:101:1", *speeds)
    assert said.stdout.split()[:3] == ["5%", "30%", "price"]
    assert "100.0000 100.0000" in command("sweep", "small.yaml", "--table", "decrement", *speeds).stdout
    command("sweep", "small.yaml", "--design", "one-at-a-time", *speeds, "--measure", "A.wal")
    names = {path.name for path in (place / "reports" / "small").iterdir()}
    assert {"price_yield_A.csv", "decrement.csv", "tornado_A_wal.png", "spider_A_wal.png"} <= names


def test_sweep_grid_has_the_figures(place):
    """The grid of a measure stands on a sheet of its name."""
    from openpyxl import load_workbook

    small(place)
    words = ("--vary", "assumptions.prepayment.cpr=5%,10%", "--vary", "notes.A.coupon=5%,6%", "--measure", "A.wal")
    found = json.loads(command("sweep", "small.yaml", *words, "--json").stdout)
    assert (found["schema"], found["scenarios"], found["measures"]) == ("abs-struct/sweep/1", 4, ["A.wal"])
    sheet = load_workbook(place / "reports/small/sweep.xlsx")["A.wal"]
    one = ("run", "small.yaml", "--json", "--no-excel", "--no-charts", "--set", "assumptions.prepayment.cpr=5%")
    single = json.loads(command(*one).stdout)
    assert sheet.cell(5, 2).value == pytest.approx(single["notes"]["A"]["wal"], rel=1e-15)


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (("--vary", "assumptions.prepayment.cpr"), "write PATH=START:STOP:STEP or PATH=A,B,C"),
        (("--vary", "assumptions.prepayment.cpr=5%:1%:1%"), "yields no points"),
        (("--vary", "notes.A.coupon=5%", "--measure", "A.wall"), "no measure 'A.wall'; did you mean 'A.wal'?"),
        (("--vary", "notes.A.coupon=5%", "--executor", "dask"), "say where its scheduler is"),
        (("--scenarios", "s.csv", "--vary", "notes.A.coupon=5%"), "leave out --vary and --design"),
        (("--scenarios", "s.csv"), "s.csv: no such file of scenarios"),
        (("--design", "lhs:8"), "say what to draw"),
        ((), "varies at least one field"),
        (("--design", "one-at-a-time"), "say what to vary"),
        (("--table", "decrement"), "takes one --vary"),
        (("--table", "price-yield", "--vary", "assumptions.prepayment.cpr=5%"), "say which prices"),
        (("--note", "A", "--vary", "notes.A.coupon=5%"), "belong to --table"),
        (("--vary", "notes.A.coupon=5%", "--record", "notes.A.balanc"), "did you mean 'notes.A.balance'"),
    ],
)  # fmt: skip
def test_sweep_refuses(place, words, sentence):
    """A grid that cannot be run is refused before anything runs."""
    small(place)
    assert sentence in refused("sweep", "small.yaml", *words, code=2)


def test_excel_writes_a_workbook(place):
    """`excel` prints the path of the live workbook, and when it was written: the file holds no time."""
    small(place)
    path, written = command("excel", "small.yaml").stdout.splitlines()
    assert abs(datetime.now(UTC) - datetime.fromisoformat(written.removeprefix("written "))) < timedelta(minutes=5)
    assert path == "reports/small/small_live.xlsx"
    found = json.loads(command("excel", "small.yaml", "--json", "--file", "x.xlsx").stdout)
    assert (found["schema"], found["files"], found["checks"]["failed"]) == ("abs-struct/excel/1", ["x.xlsx"], 0)
    assert datetime.fromisoformat(found["written"]).tzinfo is UTC
    command("excel", "small.yaml", "--layout", "fast", "--file", "fast.xlsx")
    cells = openpyxl.load_workbook("fast.xlsx")
    assert [cells["Pool"].cell(4, at).value for at in (2, 4, 5)] == ["Period", "Total", "=Curves!E4"]
    wrong = refused("excel", "small.yaml", "--layout", "fats", "--file", "wrong.xlsx", code=2)
    assert "no layout 'fats'; did you mean 'fast'" in wrong
    assert not Path("wrong.xlsx").exists()
    assert (place / path).read_bytes() == (place / "x.xlsx").read_bytes()


def test_page_writes_a_page(place):
    """`page` prints the path of the live page."""
    small(place)
    path, written = command("page", "small.yaml").stdout.splitlines()
    assert written.startswith("written 2")
    assert path == "reports/small/small.html"
    found = json.loads(command("page", "small.yaml", "--json", "--file", "x.html").stdout)
    assert (found["schema"], found["files"], found["checks"]["failed"]) == ("abs-struct/page/1", ["x.html"], 0)
    assert (place / path).read_bytes() == (place / "x.html").read_bytes()
    assert "no language 'de'" in refused("page", "small.yaml", "--lang", "de", code=2)


@pytest.mark.parametrize("name", ["", ".", "..", "../..", "deals/", "a" * 300, "-", "/"])
def test_starter_refuses_a_name_that_would_write_an_odd_file(name, place):
    """No name, a folder, and more letters than a file's name can have are refused before anything is written."""
    assert "a deal's name" in refused("init", "--", name, code=2)
    assert not list(place.parent.glob(".*.yaml")) + list(place.iterdir())


@pytest.mark.skipif(not Path("/proc/self").is_dir(), reason="a folder in which nobody may write")
def test_a_folder_that_takes_no_files_is_one_sentence(place):
    """`init` and `run` say which file cannot be written, and why."""
    assert refused("init", "/proc/x", code=2).startswith("/proc/x.yaml: cannot be written (")
    small(place)
    said = refused("run", "small.yaml", "--no-charts", "--out", "/proc/self", code=2)
    assert said.startswith("/proc/self/report.xlsx: cannot be written (")
    assert said.endswith("; choose another folder")
