"""explain: the tree of a payment, whose formulas give the values that the run recorded."""

from __future__ import annotations

import json

import pytest
from cli.program import command
from small import small

from abs_struct.core.arithmetic.symbols import evaluate
from abs_struct.deal.explain import Explainer, explain
from abs_struct.waterfall.trace import trace


@pytest.fixture(scope="module")
def result(tmp_path_factory):
    """A run of the small deal."""
    return small(tmp_path_factory.mktemp("explain"), **{"notes.A.coupon": "5.5%"}).run()


@pytest.mark.parametrize("period", [0, 1, 7, 30])
def test_every_formula_gives_its_value(result, period):
    """Every line of the deal, in several periods: the formula shown, worked out, is the value shown."""
    explainer = Explainer(result, trace(result.program))
    for path in result.lines:
        formula, at = explainer.formula(path, period, explainer.trace.lines.get(path))
        if formula is None:
            continue

        def read(leaf, at=at):
            if leaf.op == "input":
                return result.program.inputs[leaf.args[0]]
            name, ago = leaf.args
            return result.lines[name][at - ago] if at >= ago else 0.0

        assert float(evaluate(formula, read)) == pytest.approx(
            float(result.lines[path][period]), rel=1e-12, abs=1e-6
        ), path


def test_tree_leads_to_the_deal_file(result):
    """Interest of class A: the clause, the amount due, the coupon of the deal file or of --set."""
    root = explain(result, "notes.A.interest_paid", 3, depth=4)
    nodes = {node.path: node for node in root.walk()}
    assert root.value == result.lines["notes.A.interest_paid"][3]
    assert "waterfall.before_default.interest_A.paid" in nodes
    assert nodes["waterfall.before_default.interest_A.paid"].place.endswith("waterfall.before_default[2]")
    assert (
        nodes["notes.A.interest_due"].formula == "notes.A.opening_balance * notes.A.coupon * notes.A.accrual_fraction"
    )
    assert nodes["notes.A.coupon"].place == "--set notes.A.coupon=5.5%"
    assert nodes["notes.A.coupon"].value == 0.055


def test_pool_leads_to_the_tape(result):
    """The balance at cut-off is the tape's."""
    root = explain(result, "pool.initial_balance", 5, depth=2)
    assert any(node.place.startswith("tape ") for node in root.walk())


def test_sections_asleep_are_not_opened(result):
    """A clause of a section that is not in force is named and goes no deeper."""
    root = explain(result, "notes.A.interest_paid", 3, depth=5)
    asleep = [node for node in root.walk() if node.path.startswith("waterfall.after_default.")]
    assert asleep
    assert not any(node.children for node in asleep)


def test_depth_nought_is_the_formula_alone(result):
    """With depth 0 only the line itself is shown."""
    root = explain(result, "notes.B.balance", 2, depth=0)
    assert root.formula
    assert root.children == ()


def test_period_must_exist(result):
    """A period outside the run is refused with those that exist."""
    from abs_struct import UsageError

    with pytest.raises(UsageError, match=r"period 999 does not exist; the periods are 0 \(closing\) to \d+"):
        explain(result, "pool.balance", 999)


def test_command_prints_tree_and_json(tmp_path, monkeypatch):
    """The tree says value, words, place and formula; `--json` the same as one object."""
    small(tmp_path)
    monkeypatch.chdir(tmp_path)
    words = ("explain", "small.yaml", "notes.B.interest_paid", "--period", "2")
    said = command(*words).stdout
    assert said.splitlines()[2].startswith("notes.B.interest_paid = ")
    assert "|- waterfall.before_default.interest_B.paid = " in said
    assert "(small.yaml:" in said
    found = json.loads(command(*words, "--json", "--depth", "1").stdout)
    assert (found["schema"], found["line"]["path"], found["line"]["period"]) == ("abs-struct/explain/1", words[2], 2)
    assert found["line"]["children"]
