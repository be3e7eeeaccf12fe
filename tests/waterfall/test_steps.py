"""What holds for every step in the registry."""

from __future__ import annotations

import itertools
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from small import small, with_clause, with_example
from written import valued

from abs_struct.core.findings import DealError
from abs_struct.waterfall.engine import run, run_as_arrays
from abs_struct.waterfall.steps import STEPS
from abs_struct.waterfall.trace import trace


@pytest.mark.parametrize("word", STEPS.names())
def test_the_documented_example_runs_in_all_arithmetics(word: str, tmp_path: Path) -> None:
    """The example of each step runs, conserves cash, and has the same figures in floats, arrays and formulas."""
    deal = small(tmp_path, waterfall=with_example(word, STEPS[word].example))
    result = deal.run()
    assert not result.failures, [str(check) for check in result.failures]
    many = run_as_arrays(deal.program)
    for name in result.lines:
        assert np.array_equal(many[name][:, 0], result.lines[name]), name
    written = trace(deal.program)
    largest = max(float(np.abs(result.lines[name]).max()) for name in result.lines)
    for name in written.formulas:
        for period in (1, 2, 3, 17, result.lines.periods):
            assert abs(valued(written, result.lines, name, period) - result.lines[name][period]) <= 1e-12 * largest, (
                name
            )


@pytest.mark.parametrize("word", STEPS.names())
def test_the_wrong_example_gives_the_promised_message(word: str, tmp_path: Path) -> None:
    """What each step must refuse is refused with a sentence that names file, line and clause."""
    clause, promised = STEPS[word].wrong
    with pytest.raises(DealError) as error:
        _ = small(tmp_path, waterfall=with_clause(clause)).program
    message = str(error.value)
    assert promised in message
    assert "small.yaml:" in message
    assert "waterfall.before_default" in message


@pytest.mark.parametrize("word", STEPS.names())
def test_every_step_explains_itself(word: str) -> None:
    """Each step says what it does, in which unit, in English and Chinese."""
    kind = STEPS[word]
    assert kind.__doc__
    assert "urrency unit" in kind.__doc__
    assert "Met " in " ".join(kind.__doc__.split()), "say where it is met in practice"
    assert kind.en
    assert kind.zh
    assert kind.example
    assert kind.wrong[1]


@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(
    clauses=st.permutations(
        [
            "release: reserve", "pay: [trustee, servicer]", "interest: [A, B]", "fill: reserve", "principal: [B, A]",
            "{interest: B, support: reserve}", '{principal: A, amount: "notes.A.balance - pool.balance"}',
            "{pay: trustee, uncapped: true}",
        ]
    ),
    cdr=st.floats(0.0, 0.9),
    cpr=st.floats(0.0, 0.9),
    share=st.floats(0.01, 0.95),
)  # fmt: skip
def test_cash_is_conserved_in_any_order_of_clauses(
    tmp_path: Path, clauses: list[str], cdr: float, cpr: float, share: float
) -> None:
    """Whatever the order and the stress: sources are uses, nothing is negative, and both arithmetics agree."""
    body = "".join(f"    - {clause}\n" for clause in clauses)
    deal = small(
        tmp_path,
        waterfall=f"waterfall:\n  whole:\n{body}    - residual: holder\n",
        **{"assumptions.default.cdr": cdr, "assumptions.prepayment.cpr": cpr, "notes.A.balance": share * 400_000},
    )
    result = deal.run()
    assert not result.failures, [str(check) for check in result.failures]
    many = run_as_arrays(deal.program, ["notes.A.balance", "notes.B.interest_paid", "residuals.holder.paid"])
    for name in many:
        assert np.array_equal(many[name][:, 0], result.lines[name])


@settings(max_examples=15, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(st.floats(0.0, 0.5), st.floats(0.0, 0.5))
def test_the_senior_class_never_gains_from_losses(tmp_path: Path, low: float, more: float) -> None:
    """More defaults never give the senior class more principal and interest in all."""
    deal = small(tmp_path)
    paid = []
    for cdr in (low, min(0.95, low + more)):
        lines = deal.with_({"assumptions.default.cdr": cdr}).run().lines
        paid.append(float(lines["notes.A.principal_paid"].sum()) - float(lines["notes.A.balance"][0]))
    assert paid[1] <= paid[0] + 1e-6


def test_pari_passu_shares_in_proportion(tmp_path: Path) -> None:
    """Two notes that rank equally are short by the same share of what they are owed."""
    body = "    - interest: [A, B]\n    - residual: holder\n    - principal: [A, B]\n"
    deal = small(
        tmp_path, waterfall=f"waterfall:\n  whole:\n{body}", **{"notes.A.coupon": "90%", "notes.B.coupon": "80%"}
    )
    lines = deal.run().lines
    owed = [lines[f"notes.{n}.interest_due"][1] for n in "AB"]
    paid = [lines[f"notes.{n}.interest_paid"][1] for n in "AB"]
    assert paid[0] < owed[0]
    assert paid[0] / owed[0] == pytest.approx(paid[1] / owed[1], rel=1e-12)


def test_the_cap_holds_for_twelve_months_and_the_rest_is_carried(tmp_path: Path) -> None:
    """A capped fee is paid up to its cap in twelve months; what is above waits for the uncapped clause."""
    lines = small(tmp_path).run().lines
    capped = lines["waterfall.before_default.pay_trustee_servicer.trustee.paid"]
    capped = capped + lines["waterfall.before_default.pay_trustee_servicer.trustee.from_reserve.paid"]
    assert capped[1:13].sum() == pytest.approx(4_000.0)
    assert lines["fees.trustee.shortfall"][12] > 1_000.0
    assert lines["waterfall.before_default.pay_trustee_uncapped.paid"].sum() > 1_000.0


def test_after_an_event_of_default_the_other_section_pays(tmp_path: Path) -> None:
    """Once the senior class has missed interest, the section after default distributes all cash, and stays in force."""
    deal = small(tmp_path, **{"notes.A.coupon": "95%", "assumptions.default.cdr": "60%"})
    lines = deal.run().lines
    active = lines["triggers.event_of_default.active"]
    first = int(np.flatnonzero(active)[0])
    assert first > 1
    assert active[first:].all()
    assert lines["notes.A.interest_shortfall"][first - 1] > 0.01
    assert not lines["waterfall.before_default.residual_holder.paid"][first:].any()
    assert (lines["sections.before_default.in_force"] + lines["sections.after_default.in_force"])[1:].tolist() == [
        1.0
    ] * lines.periods


def test_a_turbo_that_cures(tmp_path: Path) -> None:
    """The trigger is active while its test fails, and stops when the level of the schedule rises above it."""
    lines = small(tmp_path).run().lines
    active, value, level = (lines[f"triggers.losses.{name}"][1:] for name in ("active", "value", "level"))
    assert np.array_equal(active > 0.5, value - level > 1e-12)
    assert 0.0 < active.sum() < len(active)
    assert np.allclose(lines["triggers.losses.headroom"][1:], level - value)


def test_scenarios_do_not_touch_each_other(tmp_path: Path) -> None:
    """A row among many has the bits of its single run, whatever stands beside it."""
    deal = small(tmp_path)
    rates = np.linspace(0.0, 0.6, 37)
    program = deal.program
    inputs = program.inputs | {"assumptions.default.cdr": rates}
    wide = run(type(program)(**{**program.__dict__, "inputs": inputs}))
    for i, rate in itertools.islice(enumerate(rates), 0, None, 9):
        alone = run(type(program)(**{**program.__dict__, "inputs": program.inputs | {"assumptions.default.cdr": rate}}))
        for name in alone:
            assert np.array_equal(wide[name][:, i], alone[name]), name
