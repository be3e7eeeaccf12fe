"""What holds of every revolving deal: number and size do not matter, nothing is negative, the floor binds."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from deal.shipped import clocked, ran, shipped
from small import TERMS

import abs_struct
from abs_struct.analytics.instalments import instalment_rate, tax_inside
from abs_struct.waterfall.checks import conservation
from abs_struct.waterfall.engine import run

BOUGHT = """\
revolving:
  until: 2028-01-14
  receivables:
    bill: {share: 60%, repayment: next_bill, price: 99.55}
    six: {share: 40%, repayment: instalments, term: 6, fee: 4.5%}
waterfall:
  all:
    - pay: [trustee, servicer]
    - interest: [A, B]
    - fill: reserve
    - purchase: [bill, six]
    - principal: [A, B]
      when: revolving.active < 0.5
    - release: reserve
    - residual: holder
"""


def test_a_thousand_receivables_of_50_are_one_of_50_000(tmp_path: Path) -> None:
    """Through tape, purchases and waterfall: every line of the two deals is the same, to 1e-12 of the pool."""
    results = []
    for count in (1_000, 1):
        rows = [f"L{i},{50_000 // count},{50_000 // count}.00,0.15,12,10,2" for i in range(count)]
        header = "loan_id,original_balance,balance,rate,original_term,remaining_term,age"
        (tmp_path / "small.csv").write_text("\n".join([header, *rows]) + "\n")
        file = tmp_path / "deal.yaml"
        file.write_text(TERMS + BOUGHT)
        results.append(abs_struct.load(file).run())
    many, one = results
    assert (many.collateral.loans, one.collateral.loans) == (1_000, 1)
    assert not many.failures + one.failures
    assert many.lines["pool.purchased"].sum() > 50_000.0
    assert set(many.lines) == set(one.lines)
    for name in many.lines:
        assert np.abs(many.lines[name] - one.lines[name]).max() <= 1e-12 * 50_000.0, name


DRAWS = {
    "hb_rev_2027_1": {
        **{f"assumptions.groups.{name}.default.mdr": (0.0, 0.012) for name in ("bill", "three", "six", "twelve")},
        "assumptions.groups.minimum.default.mdr": (0.0, 0.5),
        "revolving.receivables.bill.price": (90.0, 100.0),
        "assumptions.delinquency.enter": (0.0, 0.6),
        "assumptions.recovery.rate": (0.0, 0.9),
        "amounts.offered": (0.0, 1.0),
        "revolving.when": (0.0, 20.0),
    },
    "jb_cl_2027_1": {
        "assumptions.default.multiple": (0.0, 15.0),
        "assumptions.prepayment.smm": (0.0, 0.30),
        "assumptions.recovery.rate": (0.0, 0.9),
        "amounts.offered": (0.0, 1.0),
        "revolving.when": (0.0, 12.0),
    },
    "euroc_2027_1": {
        "assumptions.default.multiple": (0.0, 10.0),
        "assumptions.prepayment.cpr": (0.0, 0.6),
        "assumptions.indices.EURIBOR_1M": (-0.01, 0.12),
        "amounts.offered": (0.0, 1.0),
        "revolving.when": (0.0, 18.0),
    },
}  # fmt: skip


def stopping(name: str) -> abs_struct.Deal:
    """The shipped deal, which buys no more from a period on: a number of `revolving.when`."""
    deal = shipped(name)
    assert deal.terms.revolving is not None
    return deal.with_({"revolving.when": f"deal.period < 99 and {deal.terms.revolving.when}"})


@pytest.mark.parametrize("name", DRAWS)
def test_five_hundred_scenarios_of_a_shipped_deal(name: str) -> None:
    """No purchase, balance or payment is negative, cash is conserved, whatever is drawn; a row is its single run.

    Drawn are defaults, speeds and payments, recoveries, prices, what is found to buy, and when the purchases stop.
    """
    draw = np.random.default_rng(20270101)
    program = stopping(name).program
    axes = {path: draw.uniform(low, high, 500) for path, (low, high) in DRAWS[name].items()}
    missing = set(axes) - set(program.inputs)
    assert not missing
    wanted = (".balance", ".paid", ".purchased", ".price_paid", ".principal_paid", ".interest_paid")
    lines = run(replace(program, inputs=program.inputs | axes))
    failed = [str(check) for check in conservation(program, lines) if not check.all_passed]
    assert not failed
    for path in lines:
        if path.endswith(wanted) and not path.startswith("hedges."):
            assert lines[path].min() >= -1e-6, path
        if path.endswith((".purchased", ".price_paid")):
            assert lines[path].min() >= 0.0, path
    stop = axes["revolving.when"]
    for t in range(1, 21):
        assert not lines["pool.purchased"][t][t >= stop].any(), t
    bought = lines["pool.purchased"].sum(axis=0)
    assert bought.min() < 0.5 * bought.max()
    alone = run(replace(program, inputs=program.inputs | {path: float(axis[123]) for path, axis in axes.items()}))
    assert np.array_equal(lines["notes.A.balance"][:, 123], alone["notes.A.balance"])


@pytest.mark.parametrize("mix", ["balance", "fixed"])
def test_five_hundred_scenarios_of_daily_purchases(mix: str, tmp_path: Path) -> None:
    """Huabei's five sleeves on the daily clock: nothing is negative and cash is conserved, whatever is drawn."""
    program = clocked(tmp_path, "daily").with_({"revolving.mix": mix}).program
    draw = np.random.default_rng(20280114)
    ranges = {path: span for path, span in DRAWS["hb_rev_2027_1"].items() if path in program.inputs}
    del ranges["amounts.offered"]  # a share of the cash of the clause that buys on payment dates
    axes = {path: draw.uniform(*span, 500) for path, span in ranges.items()}
    assert len(axes) == 8
    lines = run(replace(program, inputs=program.inputs | axes))
    failed = [str(check) for check in conservation(program, lines) if not check.all_passed]
    assert not failed
    for path in lines:
        if path.endswith((".balance", ".paid", ".purchased", ".reinvested", ".principal_paid", ".interest_paid")):
            assert lines[path].min() >= -1e-6, path
        if path.endswith((".purchased", ".reinvested")):
            assert lines[path].min() >= 0.0, path
    assert lines["pool.purchased"].sum(axis=0).min() > 0.0


def test_excess_spread_is_bought_with_or_paid() -> None:
    """JB spends it on loans, and its junior waits; EUROC buys with principal and pays the seller in the same year."""
    bought, year = ran("jb_cl_2027_1").lines, slice(4, 10)
    par, principal = bought["pool.purchased"][year], bought["pool.principal_collections"][year]
    assert (par > principal).all()
    assert not bought["residuals.sub.paid"][:10].any()
    paid, year = ran("euroc_2027_1").lines, slice(1, 13)
    lost = paid["pool.defaulted"][year]
    assert paid["pool.purchased"][year] == pytest.approx(paid["pool.principal_collections"][year] + lost, rel=1e-9)
    assert (paid["residuals.seller.paid"][6:13] > 0.0).all()


def test_the_oc_floor_binds_at_a_pool_factor_of_2_over_13_25() -> None:
    """Target 13.25% of the pool, at least 2.00% of the initial pool: the floor is larger from a factor of 15.09% on."""
    lines = ran("mpl_2027_1").lines
    target, factor = lines["amounts.target_oc"], lines["pool.factor"]
    binds = target[1:] > 0.1325 * lines["pool.balance"][1:] * (1.0 + 1e-12)
    assert binds.any()
    assert not binds.all()
    assert np.array_equal(binds, factor[1:] < 2.0 / 13.25)
    assert target[1:][binds] == pytest.approx(0.02 * lines["pool.initial_balance"][0])


def test_the_figures_of_the_products() -> None:
    """Flat fees of 2.5/4.5/6.5/8.8% are 14.94/15.27/15.34/15.86% a year; 3% VAT inside the price with 12% is 3.262%."""
    fees = {3: 0.025, 6: 0.045, 9: 0.065, 12: 0.088}
    found = [round(100 * instalment_rate(fee, term), 2) for term, fee in fees.items()]
    assert found == [14.94, 15.27, 15.34, 15.86]
    assert round(100 * tax_inside(0.03, 0.12), 3) == 3.262
