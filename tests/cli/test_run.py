"""abs-struct run: what it prints, the JSON that scripts rely on, and the files it leaves."""

from __future__ import annotations

import csv
import json
from dataclasses import replace

import pytest
from cli.program import command, refused
from european import european
from small import small

import abs_struct
from abs_struct.deal import result as results

#: The keys of DESIGN's interface; fields may be added, none may go.
PROMISED = {
    "": {"schema", "deal", "engine", "tape", "pool", "notes", "triggers", "checks", "files"},
    "deal": {"name", "file", "sha256"},
    "engine": {"version"},
    "tape": {"file", "sha256", "loans", "balance", "rejected", "ineligible"},
    "pool": {"initial_balance", "principal", "prepaid", "defaulted", "recovered", "net_loss", "wal"},
    "checks": {"passed", "failed", "failures"},
}
NOTE = {
    "balance", "coupon", "interest_paid", "principal_paid", "interest_shortfall", "principal_shortfall", "wal", "yield",
    "price", "modified_duration", "first_principal", "last_principal", "enhancement",
}  # fmt: skip
QUICK = ("--no-excel", "--no-charts")


@pytest.fixture
def deal(tmp_path, monkeypatch):
    """A small deal in an empty folder, which is the place of work."""
    small(tmp_path)
    monkeypatch.chdir(tmp_path)
    return "small.yaml"


def test_json_keeps_its_promise(deal):
    """One object with every promised key, of the promised kind."""
    found = json.loads(command("run", deal, "--json", *QUICK).stdout)
    assert found["schema"] == "abs-struct/run/1"
    for part, keys in PROMISED.items():
        assert keys <= set(found[part] if part else found), part
    assert set(found["notes"]) == {"A", "B"}
    for note in found["notes"].values():
        assert set(note) >= NOTE
        assert all(isinstance(note[key], float) for key in NOTE if not key.endswith("_principal"))
    assert set(found["triggers"]["losses"]) >= {"first_breach", "periods_active"}
    assert (found["checks"]["failed"], found["checks"]["failures"], found["files"]) == (0, [], [])


def test_json_has_the_figures_of_python(deal):
    """The command and the library give the same numbers."""
    found = json.loads(command("run", deal, "--json", *QUICK).stdout)
    result = abs_struct.load(deal).run()
    assert found["notes"]["B"]["wal"] == result.note_measures["B"].wal
    assert found["pool"]["net_loss"] == result.deal_measures.net_loss


def test_set_and_tape_change_the_run(deal, tmp_path):
    """`--set` changes a field, `--tape` the loans."""
    lines = (tmp_path / "small.csv").read_text().splitlines(keepends=True)
    (tmp_path / "half.csv").write_text("".join(lines[:21]))
    words = ("--set", "notes.A.coupon=6.5%", "--set", "assumptions.prepayment.cpr=20%", "--tape", "half.csv")
    found = json.loads(command("run", deal, "--json", *QUICK, *words).stdout)
    assert found["notes"]["A"]["coupon"] == 0.065
    assert found["tape"]["loans"] == 20


def test_files_lie_in_reports(deal, tmp_path):
    """Report and charts lie in reports/<deal>, and the terminal says where."""
    said = command("run", deal).stdout
    folder = tmp_path / "reports" / "small"
    names = {path.name for path in folder.iterdir()}
    pictures = {"note_balances", "collections", "enhancement", "cumulative_net_loss"}
    assert names == {"report.xlsx"} | {f"{name}{end}" for name in pictures for end in (".png", ".svg")}
    assert all(str(path.relative_to(tmp_path)) in said for path in folder.iterdir())


def test_nothing_is_written_when_nothing_is_asked(deal, tmp_path):
    """Without report, charts and recorded lines no folder appears."""
    command("run", deal, *QUICK)
    assert not (tmp_path / "reports").exists()


def test_record_writes_every_digit(deal, tmp_path):
    """`--record` writes lines by period, closing first, exactly as the engine holds them."""
    command("run", deal, *QUICK, "--record", "notes.*.balance,pool.prepaid", "--out", "here")
    with (tmp_path / "here" / "lines.csv").open(newline="") as stream:
        rows = list(csv.DictReader(stream))
    result = abs_struct.load(deal).run()
    assert list(rows[0]) == ["period", "payment_date", "notes.A.balance", "notes.B.balance", "pool.prepaid"]
    assert [float(row["pool.prepaid"]) for row in rows] == result.lines["pool.prepaid"].tolist()
    assert rows[0]["payment_date"] == "2027-01-20"


def test_terminal_shows_what_matters(deal):
    """Classes, pool, residual, triggers with value, level and headroom, and checks."""
    said = command("run", deal, *QUICK).stdout
    for words in ("Small", "40 loans", "WAL", "Yield", "net loss", "Residual", "Headroom", "never", "passed"):
        assert words in said
    assert max(map(len, said.splitlines())) <= 160


def broken(program, ledger, proofs=results.conservation):
    """The checks of a run, the first of which fails."""
    first, *others = proofs(program, ledger)
    return [replace(first, right=first.left - 5.0, difference=5.0), *others]


def test_failed_check_ends_with_4_and_stamps_the_report(deal, tmp_path, monkeypatch):
    """A run whose checks fail says which one, writes a draft, and exits with 4."""
    monkeypatch.setattr(results, "conservation", broken)
    result = command("run", deal, "--no-charts", code=4)
    assert result.stderr.startswith("check failed: cash held + received")
    assert "1 FAILED" in result.stdout
    from openpyxl import load_workbook

    book = load_workbook(tmp_path / "reports" / "small" / "report.xlsx")
    cover = [str(cell.value) for row in book["Cover"].iter_rows() for cell in row if cell.value]
    assert any(text.startswith("DRAFT - CHECK FAILED") for text in cover)
    assert all("DRAFT - CHECK FAILED" in sheet.oddHeader.center.text for sheet in book)


def test_failed_check_in_json(deal, monkeypatch):
    """With `--json` the failure is in the object, and the exit code is still 4."""
    monkeypatch.setattr(results, "conservation", broken)
    found = json.loads(command("run", deal, "--json", *QUICK, code=4).stdout)
    assert found["checks"]["failed"] == 1
    assert found["checks"]["failures"][0].startswith("cash: ")


def test_fire_makes_a_trigger_active(deal):
    """`--fire` fires a trigger from a period on, and the log says what that switched."""
    words = ("run", deal, *QUICK, "--fire", "event_of_default@7", "--fire", "losses@2")
    found = json.loads(command(*words, "--json").stdout)
    fired = {event["trigger"]: event for event in found["events"] if event["cause"] == "fired by hand"}
    assert fired["losses"]["period"] == 2
    assert fired["event_of_default"]["sections_on"] == ["after_default"]
    assert found["triggers"]["event_of_default"]["periods_active"] > 0
    said = command(*words).stdout
    assert "Events" in said
    assert "event_of_default active, fired by hand; section into force: after_default" in said
    assert max(map(len, said.splitlines())) <= 160


@pytest.mark.parametrize(
    ("given", "sentence"),
    [
        ("losse@3", "--fire losse@3: no trigger 'losse'; did you mean 'losses'? (triggers: losses, event_of_default)"),
        ("losses", "--fire losses: write NAME@PERIOD, as in turbo@12"),
        ("losses@0", "--fire losses@0: '0' is not a period of the deal; they are 1 to"),
        ("losses@soon", "--fire losses@soon: 'soon' is not a period of the deal; they are 1 to"),
    ],
)
def test_fire_is_refused_with_the_nearest_name(deal, given, sentence):
    """A trigger or period that does not exist is one sentence with what there is."""
    assert refused("run", deal, *QUICK, "--fire", given, code=2).startswith(sentence)


def test_coupons_in_words(tmp_path, monkeypatch):
    """Floating and notional coupons stand below the classes, which say n/a for the life of an interest-only class."""
    european(tmp_path)
    monkeypatch.chdir(tmp_path)
    said = command("run", "small.yaml", *QUICK).stdout
    assert "Coupons   Class A: EURIBOR_1M + 0.70%, at least 0%" in said
    assert "Class X: max(pool.wac - 9%, 0%) on notes.A.opening_balance" in said
    line = next(line for line in said.splitlines() if line.startswith("Class X"))
    assert line.split()[5:8] == ["n/a", "1.407%", "n/a"]
    assert max(map(len, said.splitlines())) <= 160
    found = json.loads(command("run", "small.yaml", *QUICK, "--json").stdout)
    assert found["notes"]["B"]["coupon_terms"] == "EURIBOR_1M + 2.00%, + 1.00% from 2028-02-15, at least 0%"
    assert found["notes"]["C"]["coupon_terms"] == "8.00%"
    assert found["notes"]["X"]["wal"] is None
