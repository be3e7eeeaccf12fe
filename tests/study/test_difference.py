"""Two deals compared: fields, wording, and what each class receives."""

from __future__ import annotations

import json

import pytest
from cli.program import command, refused
from small import small

from abs_struct.core.findings import DealError, UsageError
from abs_struct.study.difference import changes, difference
from abs_struct.study.standard import paces_of


@pytest.fixture(scope="module")
def deal(tmp_path_factory):
    """The small deal."""
    return small(tmp_path_factory.mktemp("difference"))


def test_a_deal_and_itself(deal):
    """Nothing differs, under any scenario."""
    found = difference(deal, deal)
    assert found.changes == ()
    assert {effect.difference for effect in found.effects} <= {0.0, None}
    assert len(found.effects) == 6 * 2 * 7


def test_effects_are_those_of_runs(deal):
    """Each figure is that of a run of the deal with the fields of its scenario."""
    other = deal.with_({"notes.A.coupon": "6%", "fees.servicer.rate": "2%"})
    found = difference(deal, other)
    assert [(one.path, one.before, one.after) for one in found.changes] == [
        ("notes.A.coupon", "5%", "6%"), ("fees.servicer.rate", "1%", "2%"),
    ]  # fmt: skip
    keyed = {(e.scenario, e.note, e.measure): e for e in found.effects}
    worse = {"assumptions.default.multiple": "2", "assumptions.recovery.rate": "0.18"}
    for scenario, fields in (("base", {}), ("defaults x 2, recoveries less 40%", worse)):
        for side, one in (("before", deal), ("after", other)):
            row = one.with_(fields).run().notes.loc["B"]
            for measure in ("wal", "yield", "principal_paid"):
                assert getattr(keyed[scenario, "B", measure], side) == pytest.approx(row[measure], rel=1e-12)
    assert keyed["base", "A", "yield"].difference > 0.009
    assert set(found.frame.columns) == {"scenario", "note", "measure", "before", "after", "difference"}


def test_classes_and_fields_that_one_deal_has(deal):
    """A class of one deal alone has no figure in the other; a field of one alone is said."""
    other = deal.with_({"notes.B.label": "Mezzanine"})
    assert [(one.path, one.before, one.after) for one in changes(deal.document.tree, other.document.tree)] == [
        ("notes.B.label", None, "Mezzanine")
    ]
    gone = dict(deal.document.tree["notes"])
    del gone["B"]
    assert [one.path for one in changes(deal.document.tree["notes"], gone)] == ["B"]
    assert [one.path for one in changes([1, 2], [1, 3])] == ["[1]"]


def test_what_cannot_be_moved_is_said(deal):
    """Deals without prepayment or without defaults stay as they are under such a scenario, with a word."""
    bare = deal.with_({"assumptions.prepayment": "none", "assumptions.default": "none"})
    found = difference(bare, bare)
    assert any("no speed to move" in note for note in found.notes)
    assert any("defaults stay as they are" in note for note in found.notes)


def test_scenarios_of_ones_own(tmp_path):
    """A file of scenarios, and its mistakes with their line."""
    file = tmp_path / "own.yaml"
    file.write_text("calm: {}\nstorm: {defaults: 400%, speed: 0.5}\n")
    assert paces_of(file)["storm"].defaults == 4.0
    file.write_text("storm: {defalts: 2}\n")
    with pytest.raises(DealError, match="did you mean 'defaults'"):
        paces_of(file)
    with pytest.raises(UsageError, match="cannot be read"):
        paces_of(tmp_path / "none.yaml")


def test_command(deal, tmp_path):
    """Fields, wording and effects on the terminal, as JSON and as CSV."""
    file = deal.document.file
    result = command("diff", file, "--set", "notes.A.coupon=6%", "--out", tmp_path / "effects.csv")
    for words in ("Fields: 1 differ", "Wording: 1 differ", "- 5%", "+ 6%", "6.00% a year", "defaults x 2"):
        assert words in result.stdout
    assert (tmp_path / "effects.csv").read_text().startswith("scenario,note,measure")
    found = json.loads(command("diff", file, file, "--json").stdout)
    assert (found["schema"], found["fields"], found["wording"]) == ("abs-struct/diff/1", [], [])
    assert "do not differ" in command("diff", file, file).stdout
    assert "name a second deal file" in refused("diff", file, code=2)


def test_explain_with_changes(deal):
    """Beside each value stands what it was without the changes."""
    words = ("explain", deal.document.file, "notes.A.interest_paid", "--period", "2", "--set", "notes.A.coupon=6%")
    base = deal.run().lines["notes.A.interest_paid"][2]
    assert f"(without --set {base:,.2f})" in command(*words).stdout
    found = json.loads(command(*words, "--json").stdout)["line"]
    assert found["without_changes"] == pytest.approx(base)
    assert found["value"] == pytest.approx(base * 6 / 5, rel=0.01)
    assert found["children"][0]["without_changes"] is not None
