"""Stress runs: each cell is a single run, levels are read from it, and the file says what is tried."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest
from cli.program import command, refused
from small import small

import abs_struct
from abs_struct.core.findings import DealError, UsageError
from abs_struct.study import scenarios
from abs_struct.study.stress import NONE, stress
from abs_struct.study.stresscells import cells_of
from abs_struct.study.stressfile import OWN, stress_file

CNL = {
    "assumptions.default": "{cnl: 6%, timing: {by_year: [60%, 40%]}}",
    "notes.A.rating": "AA+",
    "notes.B.rating": "strong",
}
FILE = """\
note: by hand
base_cases: [5%, 10%]
levels:
  AA: {multiples: [4, 3], recovery_haircut: 40%, slow: 50%, fast: 200%}
  BB: {multiples: [2, 1.5], recovery_haircut: 20%, slow: 80%, fast: 120%}
  C: {multiples: [0.5, 0.4]}
timing: {base: 1, front: 0.5, back: 2}
prepayment: [base, slow, fast]
interruption: {from: 2, months: 1, lost: 10%}
"""


@pytest.fixture
def deal(tmp_path):
    """The small deal with losses that are an amount, and ratings."""
    return small(tmp_path, **CNL)


@pytest.fixture
def file(tmp_path):
    """A file of three levels and 18 scenarios."""
    path = tmp_path / "stress.yaml"
    path.write_text(FILE)
    return path


# ---- the run ------------------------------------------------------------------------------------------


def test_each_cell_is_a_run(deal, file):
    """The shortfalls of a cell are those of the deal with its fields set, bit for bit."""
    found = stress(deal, file)
    assert found.shortfalls.shape == (2, 3, 18)
    for level in found.levels:
        for k, (name, changes) in enumerate(found.cells.changes(level).items()):
            if k % 5:
                continue
            assert name == found.scenarios[k]
            run = deal.with_(changes).run()
            for n, note in enumerate(found.notes):
                own = found.shortfalls[n, found.levels.index(level), k]
                assert run.measures.value(f"{note}.timely_shortfall") == own


def test_what_a_level_sets(deal, file):
    """Multiples between two base cases, the haircut, the speed, the timing and the interruption."""
    cells = stress(deal, file).cells
    assert cells.base_case == 0.06
    assert cells.multiples == pytest.approx([3.8, 1.9, 0.48])
    changes = cells.changes("AA")
    assert set(changes) >= {"base", "front timing, slow prepayment, interruption"}
    worst = changes["front timing, slow prepayment, interruption"]
    assert float(worst["assumptions.default.multiple"]) == pytest.approx(3.8)
    assert float(worst["assumptions.recovery.rate"]) == pytest.approx(0.3 * 0.6)
    assert float(worst["assumptions.prepayment.cpr"]) == pytest.approx(0.06)
    shares = deal.with_(worst).terms.assumptions.default.timing.shares
    assert shares == pytest.approx([0.6**0.5, 1 - 0.6**0.5])
    assert deal.with_(worst).terms.assumptions.interruption.lost == 0.1
    assert deal.with_(changes["base"]).terms.assumptions.interruption is None


def test_break_evens(deal, file):
    """At the binding break-even a class is paid in full, just above it fails; other cells are no lower."""
    found = stress(deal, file)
    for one in found.verdicts:
        fields = found.cells.changes(one.at)[one.binding]
        for aside, holds in ((0.0, True), (2e-6, False)):
            run = deal.with_(fields | {"assumptions.default.multiple": repr(one.break_even + aside)}).run()
            assert bool(run.measures.value(f"{one.note}.timely_shortfall") <= 0.005) is holds
        n, k = found.row(one.note), found.levels.index(one.at)
        assert found.break_evens[n, k].min() == one.break_even
        assert one.cushion == pytest.approx(one.break_even / one.multiple - 1.0)


def test_levels_are_read_from_the_cells(deal, file):
    """Implied: the strictest whose scenarios are survived, with those of every weaker level."""
    found = stress(deal, file)
    whole = found.passed.all(axis=2)
    for n, note in enumerate(found.notes):
        implied = found.implied(note)
        at = found.levels.index(implied) if implied != NONE else len(found.levels)
        assert whole[n, at:].all()
        assert at == 0 or not whole[n, at - 1]
    assert found.levels.index(found.implied("A")) <= len(found.levels)
    assert found.targets == {"A": "AA"}  # AA+ aims at AA; `strong` is no level
    assert found.verdict("B").passed is None
    assert found.verdict("A").passed is bool(whole[0, 0])


def test_a_multiple_at_the_break_even_decides(deal, file):
    """Where the multiple of a level lies below the break-even the class passes, and else it does not."""
    found = stress(deal, file)
    multiples = found.cells.multiples[None, :, None]
    clear = np.isfinite(found.break_evens) & ~(
        (found.break_evens <= multiples) & (multiples <= found.break_evens + found.within)
    )
    below = multiples < found.break_evens
    assert (found.passed == below)[clear].all()
    assert found.passed.any()
    assert not found.passed.all()


def test_chunks_and_executors_change_no_bit(deal, file, monkeypatch):
    """The same bytes in chunks of any size, here and in threads."""
    whole = stress(deal, file)
    monkeypatch.setattr(scenarios, "CHUNK", 509)
    with ThreadPoolExecutor(2) as executor:
        cut = stress(deal, file, executor=executor)
    for word in ("shortfalls", "break_evens", "within"):
        assert getattr(whole, word).tobytes() == getattr(cut, word).tobytes()


def test_frame_grid_and_base_case(deal, file):
    """The tidy table, the grid of a class, and a base case of one's own."""
    found = stress(deal, file, base_case=0.10, notes=["B"])
    assert found.cells.multiples.tolist() == [3.0, 1.5, 0.4]
    assert len(found.frame) == 54
    assert (
        found.grid("B").loc["BB", "base"]
        == found.frame.query("level == 'BB' and scenario == 'base'")["break_even"].iloc[0]
    )
    assert found.grid("B", "shortfall").shape == (3, 18)
    for call, words in (
        (lambda: found.grid("A"), "no class 'A'"),
        (lambda: found.grid("B", "loss"), "no grid 'loss'"),
        (lambda: found.cells.changes("AAA"), "no level 'AAA'; did you mean 'AA'"),
    ):
        with pytest.raises(UsageError, match=words):
            call()


def test_what_is_left_out_is_said(tmp_path, file):
    """A rate has no timing, a deal without index no rates; a base case outside the table takes the nearest multiple."""
    found = stress(small(tmp_path, **{"assumptions.default": "{cdr: 40%}"}), file)
    assert found.cells.multiples.tolist() == [3.0, 1.5, 0.4]
    remarks = " ".join(found.cells.notes)
    assert "timing is left out" in remarks
    assert "outside the table (5% to 10%); the multiples of 10% are used" in remarks
    assert len(found.scenarios) == 6
    none = stress(small(tmp_path, **CNL, **{"assumptions.prepayment": "none"}), OWN)
    assert "prepayment is left out: the deal has none" in none.cells.notes
    assert "rates are left out: the deal has no index" in none.cells.notes


def test_a_base_case_brings_the_curves(tmp_path, deal, file):
    """A base case of one's own moves the deal to it: the multiple of a level falls, the defaults of it rise."""
    own, higher = stress(deal, file), stress(deal, file, base_case=0.10)
    for level, (few, many) in {"AA": (3.8 * 6, 3.0 * 10), "BB": (1.9 * 6, 1.5 * 10)}.items():
        for run, wanted in ((own, few), (higher, many)):
            times = float(run.cells.changes(level)["base"]["assumptions.default.multiple"])
            assert times * 6 == pytest.approx(wanted)
    assert "the deal's curves of 6.00% are brought to the base case of 10.00%" in higher.remarks
    as_written = stress(deal.with_({"assumptions.default.cnl": "10%"}), file)
    assert higher.shortfalls == pytest.approx(as_written.shortfalls, abs=1e-6)
    assert (higher.shortfalls >= own.shortfalls).all()
    rate = small(tmp_path, **{"assumptions.default": "{cdr: 4%}"})
    terms = stress_file(file)
    level = cells_of(rate, terms).base_case
    twice = cells_of(rate, terms, 2 * level)
    times = float(twice.changes("C")["base"]["assumptions.default.multiple"]) / twice.multiples[2]
    run = rate.with_({"assumptions.default.multiple": repr(float(times))}).run()
    assert run.lines["pool.defaulted"].sum() / run.lines["pool.initial_balance"][-1] == pytest.approx(
        2 * level, rel=1e-4
    )
    with pytest.raises(UsageError, match="can bear defaults of"):
        cells_of(rate.with_({"assumptions.default.cdr": "0.1%"}), terms, 0.5)


def test_a_base_case_of_cards(repository):
    """Charge-offs begin at the base case, and peak at so many times it."""
    card = abs_struct.load(repository / "deals" / "card_2027_a.yaml")
    found, own = (cells_of(card, stress_file(), base) for base in (0.05, None))
    at = found.deal.with_(found.changes("AA")["base"]).terms.assumptions.cards.charge_off
    assert (at.rate, at.multiple.linear[9]) == (0.05, 4.0)
    was = own.deal.with_(own.changes("AA")["base"]).terms.assumptions.cards.charge_off
    assert (was.rate, was.multiple.linear) == (0.0325, at.multiple.linear)
    assert "timing and prepayment are left out: the stresses of card accounts take their place" in own.notes
    assert "charge-offs of 3.25% are brought to the base case of 5.00%" in found.notes
    with pytest.raises(UsageError, match="is no charge-off rate"):
        cells_of(card, stress_file(), 0.25)


def test_one_choice_is_tried_as_well(tmp_path, deal):
    """A file with nothing but front timing is front timing; a choice that the deal has nothing for is no name."""
    file = tmp_path / "one.yaml"
    file.write_text("base_cases: [6%]\nlevels: {A: {multiples: [2]}}\ntiming: {front: 0.5}\n")
    (changes,) = stress(deal, file).cells.changes("A").values()
    shares = deal.with_(changes).terms.assumptions.default.timing.shares
    assert shares == pytest.approx([0.6**0.5, 1 - 0.6**0.5])
    file.write_text(file.read_text().replace("front", "base"))
    assert stress(deal, file).cells.changes("A") == {"base": changes}
    file.write_text("base_cases: [6%]\nlevels: {A: {multiples: [2], rates_up: 2%}}\nrates: [up]\n")
    found = stress(deal, file)
    assert found.scenarios == ("base",)
    assert "rates are left out: the deal has no index" in found.remarks


def test_haircuts_that_cut_nothing_are_said(tmp_path, deal, file):
    """No recoveries; a level that is lost after them; but not defaults of an amount."""
    said = {
        "recovers nothing": deal.with_({"assumptions.recovery.rate": "0%"}),
        "the default level is a net loss": deal,
        "": deal.with_({"assumptions.default": CNL["assumptions.default"].replace("cnl", "cgd")}),
    }
    for words, one in said.items():
        remarks = [remark for remark in cells_of(one, stress_file(file)).notes if "recover" in remark]
        assert bool(remarks) is bool(words)
        assert all(words in remark for remark in remarks)


def test_defaults_that_the_pool_cannot_bear_are_said(tmp_path, deal):
    """A cell is named where its single run keeps unplaced losses, and only there."""
    file = tmp_path / "large.yaml"
    file.write_text(
        "base_cases: [6%]\nlevels: {A: {multiples: [15]}, B: {multiples: [9]}, C: {multiples: [1]}}\n"
        "timing: {base: 1, back: 4}\n"
    )
    found = stress(deal, file)
    for n, level in enumerate(found.levels):
        for k, changes in enumerate(found.cells.changes(level).values()):
            run = deal.with_(changes).run()
            own = deal.with_(changes).unplaced(run.lines) / run.lines["pool.initial_balance"][-1]
            assert found.unplaced[n, k] == pytest.approx(own, rel=1e-12), (level, k)
            assert bool(found.unplaced[n, k]) is any("unplaced" in said for said in run.warnings)
    assert found.unplaced[0].all()
    assert not found.unplaced[2].any()
    assert any("(2 of 2 scenarios)" in remark for remark in found.remarks)
    assert found.frame.query("unplaced > 0")["level"].isin(["A", "B"]).all()


def test_rates_move_all_indices(repository):
    """Floating deals are tried with all indices up and down."""
    found = stress(abs_struct.load(repository / "deals" / "card_2027_a.yaml"), notes=["A"])
    base = found.cells.deal.terms.assumptions.indices["SOFR"]
    up = found.cells.changes("AA")["rates up"]
    assert float(up["assumptions.indices.SOFR"]) == pytest.approx(base + 0.025)
    assert found.cells.base_case == 0.0325
    peak = found.cells.deal.with_(found.cells.changes("AAA")["base"]).terms.assumptions.cards
    assert peak.charge_off.multiple.linear == {0: 1.0, 9: 5.0, 21: 5.0, 33: 1.0}
    assert peak.payment_rate.to == pytest.approx(0.1698 * 0.55)
    assert peak.yield_.to == pytest.approx(0.1619 * 0.65)
    assert peak.purchase_rate.to == pytest.approx(0.05)


@pytest.mark.parametrize("name", ["mpl_2027_1", "hb_rev_2027_1", "jb_cl_2027_1", "auto_2027_1", "euroc_2027_1"])
def test_shipped_deals(repository, tmp_path, name):
    """Each deal runs under a short file; a class survives no more than the one above it."""
    file = tmp_path / "short.yaml"
    file.write_text("base_cases: [1%]\nlevels: {high: {multiples: [3]}, low: {multiples: [1.2]}}\n")
    deal = abs_struct.load(repository / "deals" / f"{name}.yaml")
    names = list(deal.terms.notes)[:2]  # of six in the largest
    found = stress(deal, file, notes=names)
    assert np.isfinite(found.shortfalls).all()
    assert (found.break_evens[0] >= found.break_evens[1]).all()
    assert (found.passed[:, 1] >= found.passed[:, 0]).all()


# ---- the file -----------------------------------------------------------------------------------------


def test_the_toolkits_own_file():
    """Multiples fall from level to level, are near the fit that they come from, and claim no agency as their source."""
    own = stress_file()
    assert list(own.levels) == ["AAA", "AA", "A", "BBB", "BB", "B"]
    for level, (scale, power) in {"AAA": (6.32, 0.221), "AA": (5.37, 0.232), "BBB": (3.43, 0.271)}.items():
        for base in own.base_cases:
            assert own.multiple(level, base) == pytest.approx(scale * (100 * base) ** -power, abs=0.006)
    assert own.date
    assert "no agency" in own.note
    assert own.cards is not None


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ("[4, 3]", "[4]", "level 'AA' has 1 multiples for 2 base cases"),
        ("[2, 1.5]", "[5, 1.5]", "level 'BB' has 5 and 'AA' above it only 4"),
        ("[5%, 10%]", "[10%, 5%]", "yaml:2 base_cases: do not rise"),
        ("[5%, 10%]", "[5, 10]", "5 is not a share.* write 5%"),
        ("[4, 3]", "[400, 3]", "write 400% or 4"),
        ("[2, 1.5]", "[2, 4.5]", r"yaml:5 levels\.BB\.multiples\[1\]: at a base case of 0\.1, level 'BB' has 4\.5"),
        ("slow: 50%", "slow: 150%", r"yaml:4 levels\.AA\.slow: 1\.5 is faster than the deal"),
        ("fast: 200%", "fast: 20%", r"levels\.AA\.fast: 0\.2 is slower than the deal"),
        ("slow: 50%", "rates_up: -2%", r"levels\.AA\.rates_up: -0\.02 goes down"),
        ("slow: 50%", "rates_down: 200 bp", r"levels\.AA\.rates_down: 0\.02 goes up"),
        ("slow: 50%", "rates_up: 200", "200 is not a margin"),
        ("[base, slow, fast]", "[slow, slow]", "yaml:8 prepayment: a word stands twice"),
        ("{base: 1, front: 0.5, back: 2}", "{}", "yaml:7 timing: is empty"),
        (
            "timing:",
            "cards: {ramp: 3, levels: {BBB: {charge_off: 3}}}\ntiming:",
            r"yaml:7 cards\.levels\.BBB: no level 'BBB'; did you mean 'BB'",
        ),
        ("haircut: 40%", "haircut: -40%", "shares lie in"),
        ("haircut: 40%", "haircut: 140%", "shares lie in"),
        ("slow: 50%", "slow: 5000%", "multiples lie in"),
        ("slow: 50%", "slo: 50%", "did you mean 'slow'"),
        ("[base, slow, fast]", "[base, slw]", "slow"),
        ("front: 0.5", "front: 0", "powers lie in"),
        ("levels:", "level:", "did you mean 'levels'"),
        ("months: 1", "months: 0", "counted from 1"),
    ],
)
def test_files_that_are_none(tmp_path, old, new, words):
    """One sentence with the file."""
    file = tmp_path / "stress.yaml"
    assert old in FILE
    file.write_text(FILE.replace(old, new, 1))
    with pytest.raises(UsageError, match=words) as caught:
        stress_file(file)
    assert "stress.yaml" in str(caught.value)


def test_what_a_deal_does_not_have(tmp_path, deal, file, repository):
    """A class, defaults, a card set, a base case."""
    with pytest.raises(DealError, match="no class 'AB'"):
        stress(deal, file, notes=["AB"])
    with pytest.raises(UsageError, match="above 0% and below 100%"):
        stress(deal, file, base_case=1.5)
    with pytest.raises(UsageError, match="no default curve"):
        stress(small(tmp_path, **{"assumptions.default": "none"}), file)
    with pytest.raises(UsageError, match="has no `cards:`"):
        stress(abs_struct.load(repository / "deals" / "card_2027_a.yaml"), file)


# ---- the command --------------------------------------------------------------------------------------


def test_command(tmp_path, monkeypatch, file):
    """Verdicts, workbook, table, scenarios that a sweep can read, and JSON."""
    import json

    import openpyxl

    small(tmp_path)
    monkeypatch.chdir(tmp_path)
    words = ["stress", "small.yaml", "--file", file, "--out", "out"]
    for path, value in CNL.items():
        words += ["--set", f"{path}={value}"]
    shown = command(*words)
    assert "Implied level" in shown.stdout
    assert "it is no rating" in shown.stderr
    found = json.loads(command(*words, "--json", "--base-case", "10%").stdout)
    assert found["schema"] == "abs-struct/stress/1"
    assert found["levels"] == {"AA": 3.0, "BB": 1.5, "C": 0.4}
    assert found["classes"]["A"]["target"] == "AA"
    book = openpyxl.load_workbook(tmp_path / "out" / "stress.xlsx")
    assert book.sheetnames == ["Summary", "A", "B"]
    sets = (tmp_path / "out" / "stress_levels.yaml").read_text().split('"BB":')[0].split("# AA\n")[1]
    (tmp_path / "one.yaml").write_text("\n".join(line[2:] for line in sets.splitlines() if line.strip()) + "\n")
    rows = command("sweep", *words[1:2], "--scenarios", "one.yaml", "--out", "out", *words[6:]).stdout
    assert "18 scenarios" in rows
    sized = command("solve", "size", "small.yaml", "--stress", "out/stress_classes.yaml", "--json", *words[4:]).stdout
    assert json.loads(sized)["schema"] == "abs-struct/size/1"


def test_commands_that_are_refused(tmp_path, monkeypatch):
    """One sentence each; nothing is written over."""
    small(tmp_path)
    monkeypatch.chdir(tmp_path)
    assert "write one with --write" in refused("stress", "small.yaml", "--file", "nix.yaml", code=2)
    assert "--base-case 9" in refused("stress", "small.yaml", "--base-case", "9", code=2)
    assert command("stress", "small.yaml", "--write", "own.yaml").stdout.strip() == "own.yaml"
    assert stress_file(tmp_path / "own.yaml") == stress_file()
    assert "exists" in refused("stress", "small.yaml", "--write", "own.yaml", code=2)
