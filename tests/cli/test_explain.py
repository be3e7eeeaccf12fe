"""explain: the tree of a payment, whose formulas give the values that the run recorded."""

from __future__ import annotations

import json

import pytest
from cli.program import command
from european import european
from small import small

from abs_struct.core.arithmetic.symbols import Symbol, evaluate
from abs_struct.deal.explain import SHARE, Explainer, explain
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


@pytest.fixture(scope="module")
def floating(tmp_path_factory):
    """A run of the small European deal."""
    return european(tmp_path_factory.mktemp("european")).run()


def unfolded(node):
    """A formula as it is shown, with what its shares stand for."""
    if node.op == SHARE:
        return node.args[0]
    return Symbol(node.op, tuple(unfolded(arg) if isinstance(arg, Symbol) else arg for arg in node.args))


@pytest.mark.parametrize("period", [1, 2, 14])
def test_what_is_shown_gives_the_value(floating, period):
    """Formulas in fewer words - parts by name, shares - are worth what the run recorded."""
    explainer = Explainer(floating, trace(floating.program))
    for path in floating.lines:
        formula, at = explainer.formula(path, period, explainer.trace.lines.get(path))
        if formula is not None:
            worth = explainer.worth(unfolded(explainer.shown(formula, path)), at)
            assert worth == pytest.approx(float(floating.lines[path][period]), rel=1e-12, abs=1e-6), path


def test_what_paid_nothing_is_not_opened(floating):
    """Clauses that paid nothing are named, with the reason, and go no deeper; the root is opened all the same."""
    root = explain(floating, "notes.B.principal_paid", 2)
    nodes = {node.path: node for node in root.walk()}
    sequential = nodes["waterfall.redemption.principal_A_B_C_2.B.paid"]
    assert sequential.label.endswith("(its condition does not hold)")
    assert not sequential.children
    assert not sequential.formula
    assert explain(floating, sequential.path, 2).children
    idle = [n for n in root.walk() if n.path.startswith("waterfall.") and n.path.endswith(".paid") and not n.value]
    assert idle
    assert not any(node.children for node in idle)


def test_a_share_is_said_in_per_cent(floating):
    """A pro rata payment says its share of what is divided; the shares of all make the whole."""
    lines = floating.lines
    root = explain(floating, "notes.B.principal_paid", 2)
    node = next(n for n in root.walk() if n.path == "waterfall.redemption.principal_A_B_C.B.paid")
    available = lines["sections.redemption.available"][2]
    assert f"its share is {node.value / available:.2%} of {available:,.2f}" in node.label
    assert "pro rata" in node.label
    assert "its share" in node.formula
    assert f"{node.value:,.2f}" in node.figures


def test_a_ledger_is_what_was_debited_and_cured(floating):
    """A deficiency ledger reads as it was, plus debited, less cured; an earlier period is not taken apart."""
    root = explain(floating, "notes.C.pdl", 5)
    assert root.formula == "notes.C.pdl[-1] + notes.C.pdl_debited - waterfall.revenue.cure_C.paid"
    earlier = next(child for child in root.children if child.period == 4)
    assert earlier.formula
    assert not earlier.children


def test_a_coupon_is_its_index_and_margin(floating):
    """A coupon says its terms, and its index and margin as rates, each with its place."""
    root = explain(floating, "notes.B.coupon", 5)
    assert root.label == "Class B: coupon, EURIBOR_1M + 2.00%, + 1.00% from 2028-02-15, at least 0%"
    nodes = {node.path: node for node in root.walk()}
    index, margin = nodes["indices.EURIBOR_1M.rate"], nodes["notes.B.coupon.margin"]
    assert (index.label, index.value) == ("EURIBOR_1M: index rate", 0.021)
    assert index.place.endswith("assumptions.indices.EURIBOR_1M")
    assert (margin.unit, margin.value) == ("rate", 0.02)
    assert "2.1% + 2%" in root.figures
