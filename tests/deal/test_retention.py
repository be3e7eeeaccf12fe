"""Risk retention: vertical, first loss and horizontal, tested at closing of a whole deal."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from small import TERMS, WATERFALL, small

import abs_struct
from abs_struct.core.findings import DealError
from abs_struct.deal.retention import RetentionTest


def deal_with(folder: Path, retention: str, **changes: object) -> abs_struct.Deal:
    """The small deal (A 70%, B 22%, overcollateralisation 8%, reserve 1% of the pool) with its retention."""
    return small(folder, TERMS + f"retention: {retention}\n", **changes)


def outcome(deal: abs_struct.Deal) -> RetentionTest:
    """The test of a run."""
    found = deal.run().retention
    assert found is not None
    return found


def test_without_retention_there_is_none(tmp_path: Path) -> None:
    """A deal that says nothing of it is not tested."""
    result = small(tmp_path).run()
    assert result.retention is None
    assert result.summary()["retention"] is None


@pytest.mark.parametrize(
    ("retention", "value", "passed"),
    [
        ("{form: vertical, holds: {A: 5%, B: 5%}, residual: 5%}", 0.05, True),
        ("{form: vertical, holds: {A: 5%, B: 5%}, residual: true}", 0.05, True),
        ("{form: vertical, holds: {A: 5%, B: 4%}, residual: true}", 0.04, False),
        ("{form: vertical, holds: {A: 5%}, residual: true}", 0.0, False),
        ("{form: vertical, holds: {A: 5%, B: 5%}, residual: false}", 0.0, False),
        ("{form: vertical, share: 10%, holds: {A: 10%, B: 20%}, residual: 15%}", 0.10, True),
        ("{form: first loss, residual: true}", 0.08, True),
        ("{form: first loss, residual: 50%}", 0.04, False),
        ("{form: first loss, residual: false, holds: {B: 100%, A: 100%}}", 0.0, False),
        ("{form: first loss, residual: true, holds: {B: 50%, A: 5%}}", 0.08 + 0.11, True),
        ("{form: first loss, residual: true, holds: {B: 100%, A: 5%}}", 0.08 + 0.22 + 0.035, True),
        ("{form: horizontal, residual: true}", 0.09 / 1.01, True),
        ("{form: horizontal, residual: 20%, holds: {B: 100%}}", 0.018 / 1.01, False),
    ],
)
def test_what_is_held(retention: str, value: float, passed: bool, tmp_path: Path) -> None:
    """The least share of all; the first loss over the pool; and over all interests, reserve included."""
    deal = deal_with(tmp_path, retention)
    result = deal.run()
    found = result.retention
    assert found is not None
    assert found.value == pytest.approx(value, rel=1e-12)
    assert found.passed is passed
    assert found.headroom == pytest.approx(value - found.level, abs=1e-15)
    assert result.summary()["retention"] == found.as_dict()
    assert (found.sentence in result.warnings) is not passed
    assert ("passed" in found.sentence) is passed
    assert ("FAILED" in found.sentence) is not passed


def test_fair_value_is_the_issue_price(tmp_path: Path) -> None:
    """A class sold at 90 is worth less, and the residual has paid the difference."""
    held = "{form: horizontal, residual: true, holds: {B: 100%}}"
    deal = deal_with(tmp_path, held, **{"notes.B.issue_price": 90, "notes.A.issue_price": 101})
    residual = 0.09 + 0.022 - 0.007
    assert outcome(deal).value == pytest.approx((residual + 0.9 * 0.22) / 1.01, rel=1e-12)


def test_without_overcollateralisation_the_junior_class_bears_the_first_loss(tmp_path: Path) -> None:
    """Where the notes are the pool, a class counts although the residual was sold; at 5% of the pool it passes."""
    text = "{form: first loss, residual: false, holds: {B: 25%}}"
    deal = deal_with(tmp_path, text, **{"notes.A.balance": "80% of pool", "notes.B.balance": "20% of pool"})
    assert outcome(deal).value == pytest.approx(0.05, rel=1e-9)
    assert outcome(deal).passed


def test_a_class_without_a_residual_clause(tmp_path: Path) -> None:
    """A deal that pays no residual has none of which a slice could be held."""
    text = "retention: {form: vertical, holds: {A: 5%, B: 6%}, residual: false}\n"
    deal = small(tmp_path, TERMS + text, WATERFALL.replace("    - residual: holder\n", ""))
    assert outcome(deal).passed


def test_a_loan_that_funds_the_reserve_is_no_class(tmp_path: Path) -> None:
    """A subordinated loan is not asked for, and is refused by name."""
    terms = TERMS.replace("fees:\n", "  L: {balance: 1% of pool, coupon: 5%, subordinated_loan: true}\nfees:\n", 1)
    waterfall = WATERFALL.replace("    - residual: holder\n", "    - principal: L\n    - residual: holder\n")
    held = "retention: {{form: vertical, holds: {{A: 5%, B: 5%{}}}, residual: true}}\n"
    assert outcome(small(tmp_path, terms + held.format(""), waterfall)).passed
    with pytest.raises(DealError, match="class 'L' is a subordinated loan"):
        small(tmp_path, terms + held.format(", L: 5%"), waterfall)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    form=st.sampled_from(["vertical", "first loss", "horizontal"]),
    shares=st.tuples(*[st.integers(0, 100)] * 3),
    more=st.tuples(*[st.integers(0, 100)] * 3),
)
def test_holding_more_is_never_worse(form: str, shares: tuple[int, ...], more: tuple[int, ...], tmp_path: Path) -> None:
    """The value lies between nil and one, and does not fall when any holding grows."""
    values = []
    for a, b, residual in (shares, [max(pair) for pair in zip(shares, more, strict=True)]):
        text = f"{{form: {form}, holds: {{A: {a}%, B: {b}%}}, residual: {residual}%}}"
        values.append(outcome(deal_with(tmp_path, text)).value)
    assert 0.0 <= values[0] <= values[1] + 1e-12 <= 1.0 + 2e-12


@pytest.mark.parametrize(
    ("retention", "words"),
    [
        ("{form: vertical, holds: {A: 5%, b: 5%}, residual: true}", r"small.yaml:\d+.*class 'b' does not exist.*A, B"),
        ("{form: vertical, holds: {A: 105%}, residual: true}", r"shares lie in \[0, 1\]"),
        ("{form: vertical, holds: {A: -1%}, residual: true}", r"shares lie in \[0, 1\]"),
        ("{form: vertical, share: 5, residual: true}", r"shares lie in \[0, 1\]: write 5%"),
        ("{form: vertical, holds: {A: 5%, B: 5%}}", "'residual' is missing"),
        ("{form: vertical, residual: maybe}", "'maybe' is not a share"),
        ("{form: horizontl, residual: true}", "did you mean 'horizontal'"),
        ("{residual: true}", "'form' is missing"),
        ("{form: vertical, residual: true, hold: {A: 5%}}", "unknown key 'hold'; did you mean 'holds'"),
        ("5%", "retention"),
    ],
)
def test_what_is_refused(retention: str, words: str, tmp_path: Path) -> None:
    """One sentence with the line, what was found and what is allowed."""
    with pytest.raises(DealError, match=words):
        deal_with(tmp_path, retention)


def test_a_near_miss_is_named(tmp_path: Path) -> None:
    """A class whose name is misspelt gets the nearest one."""
    terms = TERMS.replace("  A: {balance", "  Senior: {balance").replace("notes.A", "notes.Senior")
    waterfall = WATERFALL.replace("A", "Senior")
    with pytest.raises(DealError, match="did you mean 'Senior'"):
        small(tmp_path, terms + "retention: {form: vertical, holds: {Senor: 5%}, residual: 5%}\n", waterfall)


def test_it_is_no_part_of_the_cash_flows(tmp_path: Path) -> None:
    """A sweep over what is held changes nothing, and a run that records few lines is not warned."""
    deal = deal_with(tmp_path, "{form: vertical, holds: {A: 5%, B: 4%}, residual: true}")
    study = abs_struct.sweep(deal, {"retention.holds.B": ["1%", "5%"]}, ["A.wal", "B.yield"])
    assert study.values("B.yield")[0] == study.values("B.yield")[1] == deal.run().measures.yield_("B")
    assert not [text for text in deal.run(["pool.balance"]).warnings if "retention" in text]
