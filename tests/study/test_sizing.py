"""Sizing: by hand, against single runs on both sides of every size, and what the others have to give."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from unittest.mock import patch

import pytest
from small import TERMS, WATERFALL, small
from study.test_break_even import APART, PLAIN

import abs_struct
from abs_struct.core.findings import DealError, UsageError
from abs_struct.study import scenarios
from abs_struct.study.sizing import stresses_from

CGD, MULTIPLE, CPR = "assumptions.default.cgd", "assumptions.default.multiple", "assumptions.prepayment.cpr"
THREE = TERMS.replace(
    "B: {balance: 22% of pool, coupon: 9%}",
    "B: {balance: 14% of pool, coupon: 7%}\n  C: {balance: 8% of pool, coupon: 9%}",
)
THIRD = (
    WATERFALL.replace("    - interest: B\n", "    - interest: B\n    - interest: C\n")
    .replace("[A, B]", "[A, B, C]")
    .replace("    - principal: B\n", "    - principal: B\n    - principal: C\n")
)
STRESSES = {
    "A": {
        "high": {MULTIPLE: 5.0, CPR: "10%"},
        "fast": {MULTIPLE: 4.5, CPR: "40%"},
        "short": {"assumptions.recovery.rate": "0%", MULTIPLE: 3.0},
    },
    "B": {"high": {MULTIPLE: 3.0}, "fast": {MULTIPLE: 3.0, CPR: "40%"}},
}


def plain(tmp_path: Path) -> abs_struct.Deal:
    """What defaults in the first month is lost, and principal alone pays A and then B."""
    return small(tmp_path, PLAIN.replace("{rate: 30%, lag: 3}", "{rate: 0%, lag: 0}"), APART)


def test_by_hand(tmp_path: Path) -> None:
    """A that loses nothing when 35% is lost is 65% of the pool; B has the rest, or is sized where the total is free."""
    stresses = {"A": {"mild": {CGD: "20%"}, "hard": {CGD: "35%"}}, "B": {"mild": {CGD: "10%"}}}
    deal = plain(tmp_path)
    kept = abs_struct.size_notes(deal, stresses, until="first-dollar-of-loss")
    assert [one.share for one in kept.classes] == pytest.approx([0.65, 0.27], abs=1e-7)
    assert [one.binding for one in kept.classes] == ["hard", ""]
    assert [one.bound for one in kept.classes] == ["hard", "the rest"]
    assert [one.survives for one in kept.classes] == [True, False]  # 10% is more than stands below B
    assert kept.table["most"].tolist() == pytest.approx([0.80, 0.65, 0.90], abs=0.92 / 32)
    assert kept.table["most"][1] == pytest.approx(0.65, abs=1e-7)  # the one that binds is found closely
    free = abs_struct.size_notes(deal, stresses, until="first-dollar-of-loss", total_free=True)
    assert [one.share for one in free.classes] == pytest.approx([0.65, 0.25], abs=1e-7)
    assert [one.subordination for one in free.classes] == pytest.approx([0.35, 0.10], abs=1e-7)
    assert all(one.survives for one in free.classes)
    assert free.frame["amount"].sum() == pytest.approx(0.9 * deal.collateral.balance, rel=1e-6)


def test_a_class_that_grows_eats_into_those_below(tmp_path: Path) -> None:
    """A of 95% leaves B nothing of a total of 92%: it ends where the notes end."""
    found = abs_struct.size_notes(plain(tmp_path), {"A": {"mild": {CGD: "5%"}}}, until="first-dollar-of-loss")
    assert [one.share for one in found.classes] == pytest.approx([0.92, 0.0], abs=1e-12)
    assert found.classes[0].bound == "nothing"
    assert found.stresses[0].outcome == "survives the whole range"


def test_every_class_survives_and_none_could_be_larger(tmp_path: Path) -> None:
    """Three classes, triggers and a reserve: single runs under every stress, and a hair larger under what binds."""
    deal = small(tmp_path, THREE, THIRD)
    found = abs_struct.size_notes(deal, STRESSES)
    assert found.settled
    assert sum(one.share for one in found.classes) == pytest.approx(0.92, abs=1e-12)
    changes = found.changes()
    for note, cases in STRESSES.items():
        for case in cases.values():
            run = deal.with_({**changes, **case}).run()
            assert float(run.measures.value(f"{note}.timely_shortfall")) <= 0.005, (note, case)
    for k, note in enumerate("AB"):
        size, below = found.classes[k], found.classes[k + 1]
        larger = {
            f"notes.{note}.balance": f"{size.share + 1e-7!r} of pool",
            f"notes.{below.note}.balance": f"{below.share - 1e-7!r} of pool",
        }
        run = deal.with_({**changes, **larger, **STRESSES[note][size.binding]}).run()
        assert float(run.measures.value(f"{note}.timely_shortfall")) > 0.005, note
    assert {one.note for one in found.classes if one.sized} == {"A", "B"}


def test_a_class_without_a_name_keeps_its_end(tmp_path: Path) -> None:
    """With --notes A the other classes end where they did; B has what A left."""
    deal = small(tmp_path, THREE, THIRD)
    found = abs_struct.size_notes(deal, STRESSES, notes=["A"])
    a, b, c = found.classes
    assert a.share + b.share == pytest.approx(0.84, abs=1e-12)
    assert c.share == pytest.approx(0.08, abs=1e-12)
    assert (b.bound, c.bound) == ("the rest", "as it was")


def test_neither_chunk_nor_executor_matters(tmp_path: Path) -> None:
    """In chunks of 257 rows on three threads the sizes are the same bits."""
    deal = small(tmp_path, THREE, THIRD)
    whole = abs_struct.size_notes(deal, STRESSES)
    with patch.object(scenarios, "CHUNK", 257), ThreadPoolExecutor(3) as executor:
        cut = abs_struct.size_notes(deal, STRESSES, executor=executor)
    assert whole.classes == cut.classes
    assert whole.stresses == cut.stresses


def test_what_a_scenario_leaves_out_stays_as_it_is(tmp_path: Path) -> None:
    """One scenario sets a multiple that the deal file does not write, the other leaves it at 1."""
    deal = small(tmp_path)
    stresses = {"A": {"one": {MULTIPLE: "4"}, "other": {"assumptions.default.cdr": "36%"}}}
    found = abs_struct.size_notes(deal, stresses)
    assert found.stresses[0].most == pytest.approx(found.stresses[1].most, abs=1e-9)


@pytest.mark.parametrize(
    ("stresses", "arguments", "error", "sentence"),
    [
        ({"AA": {"x": {MULTIPLE: 2}}}, {}, DealError, "no class 'AA' to size"),
        ({"A": {"x": {"assumptions.default.multipel": 2}}}, {}, UsageError, "unknown key 'multipel'; did you mean"),
        (
            {"B": {"x": {MULTIPLE: 2}}},
            {},
            UsageError,
            "the last one, B, has what the others leave, unless --total-free",
        ),
        ({"A": {"x": {MULTIPLE: 2}}}, {"notes": ["A", "C"]}, DealError, "no class 'C'"),
        ({"A": {}}, {}, UsageError, "class A has no stresses"),
        ({"A": {"x": {MULTIPLE: 2}}}, {"until": "never"}, UsageError, "no such test"),
        ({"A": {"x": {MULTIPLE: 200}}}, {}, UsageError, "is not a multiple"),
    ],
)
def test_mistakes_are_one_sentence(stresses, arguments, error, sentence, tmp_path: Path) -> None:
    """Unknown classes, fields and tests, a class without stresses, values that the deal refuses."""
    with pytest.raises(error, match=sentence):
        abs_struct.size_notes(small(tmp_path), stresses, **arguments)


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("A: 5", "class A is '?5'?; write its scenarios below it"),
        ("A: {x: 5}", "scenario 'x' is '?5'?; write PATH: VALUE"),
        ("A: [", "is not YAML"),
    ],
)
def test_a_file_of_stresses_is_checked(text: str, sentence: str, tmp_path: Path) -> None:
    """What is no class of scenarios of fields is said with its place."""
    file = tmp_path / "stress.yaml"
    file.write_text(text)
    with pytest.raises(UsageError, match=sentence):
        stresses_from(small(tmp_path), file)
    with pytest.raises(UsageError, match="no such file of stresses"):
        stresses_from(small(tmp_path), tmp_path / "none.yaml")


LEVELS = """\
base_cases: [5%, 40%]
levels:
  AAA: {multiples: [5, 4], recovery_haircut: 40%, fast: 1.4}
  BBB: {multiples: [2, 1.8], recovery_haircut: 20%, fast: 1.2}
timing: {base: 1}
prepayment: [base, fast]
"""


def test_the_levels_of_a_stress_file_are_the_stresses_of_the_classes_that_name_them(tmp_path: Path) -> None:
    """A of AAA and B of BBB are as large as the multiples of those levels let them be."""
    file = tmp_path / "levels.yaml"
    file.write_text(LEVELS)
    rated = THREE.replace("coupon: 5%}", "coupon: 5%, rating: AAA}").replace("coupon: 7%}", "coupon: 7%, rating: BBB+}")
    deal, stresses = stresses_from(small(tmp_path, rated, THIRD), file)
    assert {note: list(cases) for note, cases in stresses.items()} == {
        "A": ["base", "fast prepayment"], "B": ["base", "fast prepayment"]
    }  # fmt: skip
    found = abs_struct.size_notes(deal, stresses)
    assert [one.survives for one in found.classes] == [True, True, None]
    run = abs_struct.stress(deal.with_(found.changes()), file)
    assert run.verdict("A").passed
    assert run.verdict("B").passed
    assert run.verdict("A").cushion == pytest.approx(0.0, abs=1e-5)  # nothing to spare
    with pytest.raises(UsageError, match="no class has a rating that is a level"):
        stresses_from(small(tmp_path), file)
    remarks: list[str] = []
    file.write_text(LEVELS.replace("[5%, 40%]", "[80%, 90%]"))
    stresses_from(deal, file, remarks)
    assert any("lies outside the table (80% to 90%); the multiples of 80% are used" in words for words in remarks)
