"""Refunds and dilution: what is cancelled leaves as a default would, with its cash or without, and is no default."""

from __future__ import annotations

import numpy as np
import pytest
from handoff.recalculated import Recalculated
from hypothesis import given
from hypothesis import strategies as st
from pool.pools import calendar_days, loans_of, program_of
from pool.test_purchased import BOUGHT, KINDS, WATERFALL
from pool.test_twin import PREPAYMENTS, loan
from small import TERMS, small

from abs_struct.core.findings import CurveError
from abs_struct.curves import read
from abs_struct.handoff.workbook import write_workbook
from abs_struct.pool.mix import unit_outlook
from abs_struct.terms.revolving import Receivable
from abs_struct.waterfall.engine import run, run_as_arrays

share = st.floats(0.0, 0.3)


@given(
    st.lists(loan, min_size=1, max_size=6),
    st.sampled_from(PREPAYMENTS),
    st.sampled_from(["sifma", "survivor-days"]),
    share,
    share,
    share,
)
def test_what_is_cancelled_leaves_as_a_default_does(loans, prepayment, conventions, default, refunds, dilution):
    """The pool is that of one default rate for all three; each has its part, and only refunds bring cash."""
    days = calendar_days(90)
    written = {"prepayment": prepayment, "conventions": conventions}
    program = program_of(
        loans_of(*loans),
        written | {"default": {"mdr": default}, "refunds": refunds, "dilution": dilution},
        days=days,
    )
    lines = run(program)
    together = default + refunds + dilution
    whole = run(program_of(loans_of(*loans), written | {"default": {"mdr": together}}, days=days))
    scale = 1e-12 * max(lines["pool.balance"][0], 1.0)

    def same(found, expected, name):
        np.testing.assert_allclose(found, expected, rtol=0, atol=scale, err_msg=name)

    for name in ("balance", "scheduled_principal", "prepaid", "interest"):
        same(lines[f"pool.{name}"], whole[f"pool.{name}"], name)
    for name, part in (("defaulted", default), ("refunds", refunds), ("dilution", dilution)):
        same(lines[f"pool.{name}"], whole["pool.defaulted"] * (part / together if together else 0.0), name)
    cash = lines["pool.scheduled_principal"] + lines["pool.prepaid"] + lines["pool.refunds"]
    same(lines["pool.principal_collections"], cash, "cash")
    left = lines["pool.balance"][0] - lines["pool.principal_collections"].sum()
    assert left == pytest.approx(lines["pool.defaulted"].sum() + lines["pool.dilution"].sum(), abs=20 * scale)
    same(lines["pool.net_loss"], lines["pool.defaulted"], "net loss")
    many = run_as_arrays(program)
    assert all(np.array_equal(many[name][:, 0], lines[name]) for name in lines)


def test_returns_never_take_more_than_there_is():
    """Default first, then refunds, then dilution."""
    written = {"default": {"mdr": "50%"}, "refunds": "40%", "dilution": "30%", "prepayment": {"smm": "10%"}}
    lines = run(program_of(loans_of((100_00, 0.12, 12, 0, "level_pay", "all")), written))
    first = {name: lines[f"pool.{name}"][1] for name in ("defaulted", "refunds", "dilution", "prepaid", "balance")}
    assert first == pytest.approx({"defaulted": 50, "refunds": 40, "dilution": 10, "prepaid": 0, "balance": 0})


CHANGES = {
    "assumptions.refunds": "1%",
    "assumptions.dilution": "0.2%",
    "assumptions.groups": "{bill: {refunds: 3%}, loan: {refunds: none, dilution: none}}",
}


@pytest.mark.parametrize("clock", ["", "monthly", "3 times a month"])
def test_purchases_are_returned_too(clock, tmp_path):
    """Of each kind and month the share of its balance, by its own group; arrears beside it; all checks hold."""
    text, waterfall = TERMS + BOUGHT.format(mix="fixed"), WATERFALL
    if clock:
        text = text.replace("  when: not triggers.losses.active\n", f"  clock: {clock}\n")
        waterfall = waterfall.replace("    - purchase: [bill, three, loan, card]\n", "")
    deal = small(tmp_path, text, waterfall, **CHANGES, **{"assumptions.delinquency": "{enter: 2%, roll: [40%, 60%]}"})
    result = deal.run()
    assert not result.failures, [str(check) for check in result.failures]
    lines, scale = result.lines, 1e-12 * result.lines["pool.initial_balance"][0]
    assert "receivables.loan.refunds" not in lines
    refunded = np.zeros(len(lines["pool.refunds"]))
    for name, part in (("bill", 0.03), ("three", 0.01), ("card", 0.01)):
        unit, own = lines[f"units.{name}.refunds"], lines[f"receivables.{name}.refunds"]
        np.testing.assert_allclose(unit[1:], part * lines[f"units.{name}.opening_balance"][1:], rtol=1e-12)
        bought, months = lines[f"receivables.{name}.purchased"], range(len(own))
        spread = [sum(bought[m] * unit[t - m] for m in range(1, t)) for t in months]
        np.testing.assert_allclose(own, spread, rtol=0, atol=scale)
        refunded = refunded + own
    tape = 0.01 * lines["groups.others.punctual_balance"][:-1]
    np.testing.assert_allclose(lines["pool.refunds"][1:], refunded[1:] + tape, rtol=0, atol=scale)
    assert lines["pool.balance"][-1] == pytest.approx(0.0, abs=1e-6)
    many = run_as_arrays(deal.program)
    assert all(np.array_equal(many[name][:, 0], lines[name]) for name in lines)
    assert all(lines[f"receivables.{name}.balance"].min() >= 0.0 for name in KINDS)


@pytest.mark.needs("formualizer")
def test_returns_are_live_in_the_workbook(tmp_path):
    """Recalculated, every line is the engine's."""
    text = TERMS + BOUGHT.format(mix="fixed")
    result = small(
        tmp_path, text, WATERFALL, **CHANGES, **{"assumptions.delinquency": "{enter: 2%, roll: [40%]}"}
    ).run()
    workbook = Recalculated(write_workbook(result, tmp_path / "small.xlsx"), result)
    line, difference = workbook.worst(result)
    assert difference <= 1e-9, line
    assert workbook.errors() == []
    assert workbook.value("Checks", 4, 2) == "all checks passed"


def test_the_worst_mix_counts_dilution_as_lost():
    """A bill of which 2% is diluted loses 2% of its par; refunds lose nothing but their income."""
    bill = Receivable(share="100%", repayment="next_bill", price=99.55)
    assert unit_outlook("bill", bill, read({"dilution": "2%", "refunds": "5%"})).loss == pytest.approx(0.02)
    assert unit_outlook("bill", bill, read({"refunds": "5%"})).loss == 0.0


def test_bad_returns_are_refused():
    """A share beyond the whole, with its place."""
    with pytest.raises(CurveError, match=r"assumptions.refunds: 120% is not a share; shares lie in \[0, 1\]"):
        read({"refunds": "120%"})
    with pytest.raises(CurveError, match=r"assumptions.groups.bill.dilution: -1% is not a share"):
        read({"groups": {"bill": {"dilution": "-1%"}}})
