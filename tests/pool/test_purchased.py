"""Purchased receivables: every purchase replayed by itself gives the flows of the convolution."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pool.late import DAYS, late, padded
from small import TERMS, small

from abs_struct.core.findings import DealError
from abs_struct.pool.products import unit_of
from abs_struct.terms.revolving import Receivable
from abs_struct.waterfall.engine import run, run_as_arrays

BOUGHT = """\
revolving:
  until: 2028-01-14
  when: not triggers.losses.active
  mix: {mix}
  receivables:
    bill: {{share: 45%, repayment: next_bill, price: 99.55}}
    three: {{share: 20%, repayment: instalments, term: 3, fee: 2.5%}}
    loan: {{share: 30%, repayment: level_pay, term: 12, rate: 14.6%, price: 100.2, premium: true}}
    card: {{share: 5%, repayment: minimum_payment, term: 24, rate: 18.25%, minimum: 10%}}
"""
WATERFALL = """\
waterfall:
  every_month:
    - pay: [trustee, servicer]
    - interest: [A, B]
    - fill: reserve
    - purchase: [bill, three, loan, card]
    - principal: [A, B]
      when: revolving.active < 0.5
    - release: reserve
    - residual: holder
"""
KINDS = ("bill", "three", "loan", "card")


def revolving(folder: Path, mix: str = "fixed", **changes: object) -> Any:
    """The small deal with four products that are bought for a year."""
    return small(folder, TERMS + BOUGHT.format(mix=mix), WATERFALL, **changes)


def replayed(product: Receivable, purchases: Any, default: Any, prepayment: Any) -> dict[str, Any]:
    """Each purchase run off by itself, month by month: the loop that the engine does without."""
    periods = len(purchases) - 1
    balance, income = unit_of(product)
    flows = {name: np.zeros(periods + 1) for name in ("principal", "scheduled", "interest", "defaulted", "balance")}
    for bought in range(1, periods + 1):
        held = 1.0
        for age in range(1, min(product.term, periods - bought) + 1):
            month, par = bought + age, purchases[bought]
            d, p = default[age], min(prepayment[age], 1.0 - default[age])
            flows["defaulted"][month] += par * d * held * balance[age - 1]
            flows["scheduled"][month] += par * held * (1.0 - d) * (balance[age - 1] - balance[age])
            flows["principal"][month] += par * held * (1.0 - d) * (balance[age - 1] - balance[age])
            flows["principal"][month] += par * held * p * balance[age]
            flows["interest"][month] += par * held * (1.0 - d) * income[age]
            held *= 1.0 - d - p
            flows["balance"][month] += par * held * balance[age]
    return flows


@pytest.mark.parametrize("mix", ["fixed", "balance"])
def test_each_purchase_by_itself_gives_the_same(mix: str, tmp_path: Path) -> None:
    """Principal, income, defaults and balance of all purchases, to 1e-12 of the pool."""
    deal = revolving(tmp_path, mix)
    lines = deal.run().lines
    for name in KINDS:
        unit = {word: lines[f"units.{name}.{word}"] for word in ("default_rate", "prepayment_rate")}
        product = deal.terms.receivables[name]
        purchases = lines[f"receivables.{name}.purchased"]
        assert purchases[1:12].min() >= 0.0
        assert purchases.sum() > 1_000.0
        found = replayed(product, purchases, unit["default_rate"], unit["prepayment_rate"])
        own = {word: lines[f"receivables.{name}.{word}"] for word in ("scheduled_principal", "prepaid", "interest")}
        scale = 1e-12 * lines["pool.balance"].max()
        assert np.abs(own["scheduled_principal"] + own["prepaid"] - found["principal"]).max() <= scale
        assert np.abs(own["interest"] - found["interest"]).max() <= scale
        assert np.abs(lines[f"receivables.{name}.defaulted"] - found["defaulted"]).max() <= scale
        held = lines[f"receivables.{name}.balance"] - purchases
        assert np.abs(held - found["balance"]).max() <= scale * 10


ARREARS = {
    "pool": {"enter": 0.03, "roll": [0.4, 0.6, 0.8], "late_fee": 0.0005},
    "bill": {"enter": 0.05, "roll": [0.5, 0.5]},
    "loan": {"enter": "from default", "roll": [0.3, 0.6, 0.85]},
}


@pytest.mark.parametrize("clock", ["", "3 times a month", "daily"])
def test_arrears_of_each_purchase_by_itself(clock: str, tmp_path: Path) -> None:
    """Late instalments, arrears by bucket and late fees of every purchase, to 1e-12 of the pool, by any clock."""
    changes: dict[str, object] = {"assumptions.default": "{cdr: 9%, ramp: 4}"}
    written = {name: str(terms).replace("'", "") for name, terms in ARREARS.items()}
    changes["assumptions.delinquency"] = written.pop("pool")
    changes["assumptions.groups"] = f"{{{', '.join(f'{name}: {{delinquency: {t}}}' for name, t in written.items())}}}"
    if clock:
        text = TERMS + BOUGHT.format(mix="fixed").replace("  when: not triggers.losses.active\n", f"  clock: {clock}\n")
        deal = small(tmp_path, text, WATERFALL.replace("    - purchase: [bill, three, loan, card]\n", ""), **changes)
    else:
        deal = revolving(tmp_path, **changes)
    result = deal.run()
    assert not result.failures, [str(check) for check in result.failures]
    lines = result.lines
    periods, scale = lines.periods, 1e-11 * lines["pool.balance"].max()
    for name in KINDS:
        unit = {word: lines[f"units.{name}.{word}"] for word in ("default_rate", "prepayment_rate")}
        product, terms = deal.terms.receivables[name], ARREARS.get(name, ARREARS["pool"])
        one = np.zeros(periods + product.term + 4)
        one[1] = 1.0
        rates = [np.concatenate([unit[word], np.zeros(product.term + 3)]) for word in unit]
        flows = replayed(product, one, *rates)
        due = {"scheduled_principal": flows["scheduled"], "interest": flows["interest"]}
        due |= {word: flows[word] for word in ("defaulted", "balance")}
        due = {word: [0.0, *values[2:]] for word, values in due.items()} | {"balance": [1.0, *flows["balance"][2:]]}
        found, squeezed = late(padded(due, len(due["balance"])), terms, 1.0)
        assert not squeezed
        bought = lines[f"receivables.{name}.purchased"]

        def spread(values: Any, bought: Any = bought) -> Any:
            return np.array([sum(bought[m] * values[t - m] for m in range(1, t)) for t in range(periods + 1)])

        own = f"receivables.{name}"
        words = {"scheduled_principal": "principal", "interest": "interest", "overdue": "overdue", "missed": "missed"}
        words |= {f"delinquent_{days}": days for days in DAYS[: len(terms["roll"])]}
        if "late_fee" in terms:
            words |= {"late_fees": "late_fees"}
        for line, word in words.items():
            np.testing.assert_allclose(lines[f"{own}.{line}"], spread(found[word]), rtol=0, atol=scale, err_msg=line)
        assert lines[f"{own}.delinquent_1_30"].max() > 1.0
        assert lines[f"{own}.balance"][-1] == pytest.approx(0.0, abs=scale)
    many = run_as_arrays(deal.program)
    for line in lines:
        assert np.array_equal(many[line][:, 0], lines[line]), line


def test_cash_and_pool_roll_forward(tmp_path: Path) -> None:
    """All checks hold; the price paid is the cash of the clause; nothing is bought after the last day."""
    deal = revolving(tmp_path)
    result = deal.run()
    assert not result.failures, [str(check) for check in result.failures]
    lines = result.lines
    paid = sum(lines[f"receivables.{name}.price_paid"] for name in KINDS)
    legs = sum(lines[f"waterfall.every_month.purchase_bill_three_loan_card.{name}.paid"] for name in KINDS)
    assert np.array_equal(paid, legs)
    assert lines["receivables.bill.price_paid"][1] == pytest.approx(0.9955 * lines["receivables.bill.purchased"][1])
    last = [day.isoformat() <= "2028-01-14" for day in result.dates[1:]]
    assert (lines["pool.purchased"][1:][~np.array(last)] == 0.0).all()
    par = [lines[f"receivables.{name}.purchased"][1] for name in KINDS]
    assert np.array(par) / sum(par) == pytest.approx([0.45, 0.20, 0.30, 0.05], rel=1e-12)


def test_the_balance_mix_is_reached(tmp_path: Path) -> None:
    """With `mix: balance` the pool comes to the shares of the kinds as the first loans run off."""
    lines = (
        revolving(tmp_path, "balance", **{"assumptions.prepayment": "{cpr: 95%}", "assumptions.default.cdr": 0.001})
        .run()
        .lines
    )
    held = np.array([lines[f"receivables.{name}.balance"][11] for name in KINDS])
    assert held / held.sum() == pytest.approx([0.45, 0.20, 0.30, 0.05], abs=0.01)


DRIFT = {
    f"revolving.receivables.{name}.becomes": share
    for name, share in zip(KINDS, ("25%", "20%", "40%", "15%"), strict=True)
}


@pytest.mark.parametrize("clock", ["payment dates", "daily"])
def test_a_mix_that_drifts(clock: str, tmp_path: Path) -> None:
    """From the first shares to the last in equal steps over the purchases, in all arithmetics, by any clock."""
    block, waterfall = BOUGHT.format(mix="drifting"), WATERFALL
    if clock == "daily":
        block = block.replace("  mix:", "  clock: daily\n  mix:")
        waterfall = waterfall.replace("    - purchase: [bill, three, loan, card]\n", "")
    deal = small(tmp_path, TERMS + block, waterfall, **DRIFT, **{"assumptions.default.cdr": 0.001})
    result = deal.run()
    assert not result.failures
    lines = result.lines
    bought = np.array([lines[f"receivables.{name}.purchased"] for name in KINDS])
    periods = np.flatnonzero(bought.sum(axis=0))
    first, final = np.array([0.45, 0.20, 0.30, 0.05]), np.array([0.25, 0.20, 0.40, 0.15])
    assert len(periods) >= 11
    for t in periods:
        way = lines["revolving.drifted"][t]
        assert way == pytest.approx((t - 1) / (periods[-1] - 1))
        assert bought[:, t] / bought[:, t].sum() == pytest.approx(first + (final - first) * way, rel=1e-9)
    many = run_as_arrays(deal.program)
    for name in lines:
        assert np.array_equal(many[name][:, 0], lines[name]), name


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({}, "a drifting mix needs what each share becomes, and bill has no `becomes`"),
        (DRIFT | {"revolving.receivables.card.becomes": "10%"}, "the shares sum to 95% where they have drifted"),
        (DRIFT | {"revolving.receivables.card.limit": "10%"}, "the share 15.0000% of card exceeds its limit 10.0000%"),
    ],
)
def test_a_drift_that_cannot_be(changes: dict[str, str], words: str, tmp_path: Path) -> None:
    """Shares that are not said, do not sum to 1, or end above a limit."""
    with pytest.raises(DealError) as error:
        _ = small(tmp_path, TERMS + BOUGHT.format(mix="drifting"), WATERFALL, **changes).program
    assert words in str(error.value)


def test_a_purchase_is_as_good_as_its_parts(tmp_path: Path) -> None:
    """Flows are in proportion: a thousand receivables of 50 and one of 50,000 are the same to 1e-12."""
    deal = revolving(tmp_path)
    lines = deal.run().lines
    product = deal.terms.receivables["three"]
    default, prepayment = (lines[f"units.three.{word}"] for word in ("default_rate", "prepayment_rate"))
    one = np.zeros(30)
    one[1] = 50_000.0
    small_ones = [replayed(product, one / 1_000.0, default, prepayment)["principal"] for _ in range(1_000)]
    whole = replayed(product, one, default, prepayment)["principal"]
    assert np.abs(sum(small_ones) - whole).max() <= 1e-12 * 50_000.0


@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(cdr=st.floats(0.0, 0.95), cpr=st.floats(0.0, 0.95), price=st.floats(60.0, 100.0), income=st.floats(0.0, 1.0))
def test_nothing_is_ever_negative(tmp_path: Path, cdr: float, cpr: float, price: float, income: float) -> None:
    """Under any stress purchases, balances and cash are 0 or more, and both arithmetics agree bit for bit."""
    deal = revolving(
        tmp_path,
        "balance",
        **{
            "assumptions.default.cdr": cdr,
            "assumptions.prepayment.cpr": cpr,
            "revolving.receivables.bill.price": price,
            "revolving.receivables.loan.income": income,
        },
    )
    result = deal.run()
    assert not result.failures, [str(check) for check in result.failures]
    many = run_as_arrays(deal.program)
    for name in result.lines:
        assert np.array_equal(many[name][:, 0], result.lines[name]), name
        if name.startswith(("receivables.", "pool.purchased", "accounts.")):
            assert result.lines[name].min() >= -1e-9, name


def test_five_hundred_scenarios_stay_at_nil_or_above(tmp_path: Path) -> None:
    """500 random scenarios side by side: no purchase and no balance below nil, cash conserved."""
    program = revolving(tmp_path).program
    draw = np.random.default_rng(7)
    program.inputs["assumptions.default.cdr"] = draw.uniform(0.0, 0.9, 500)
    program.inputs["assumptions.prepayment.cpr"] = draw.uniform(0.0, 0.9, 500)
    program.inputs["revolving.receivables.bill.price"] = draw.uniform(70.0, 100.0, 500)
    lines = run(program)
    for name in KINDS:
        assert lines[f"receivables.{name}.purchased"].min() >= 0.0
        assert lines[f"receivables.{name}.balance"].min() >= 0.0
    assert lines["accounts.collections.balance"].min() >= 0.0


@pytest.mark.parametrize(
    ("before", "after", "words"),
    [
        ("share: 45%", "share: 40%", "the shares of the receivables sum to 95%"),
        ("price: 99.55", "price: 101", "say `premium: true`"),
        ("until: 2028-01-14", "until: 2036-01-14", "revolving.until: 2036-01-14 lies after dates.legal_final"),
        ("until: 2028-01-14", "until: 2018-01-14", "revolving.until: 2018-01-14 lies before dates.cutoff"),
        ("term: 3, fee: 2.5%", "term: 3, rate: 9%", "instalments bear a flat fee"),
        ("minimum: 10%", "fee: 1%", "a flat fee belongs to instalments"),
        ("repayment: next_bill", "repayment: next_bil", "did you mean 'next_bill'"),
    ],
)
def test_mistakes_are_one_sentence(before: str, after: str, words: str, tmp_path: Path) -> None:
    """What a reader could get wrong is refused with its place."""
    with pytest.raises(DealError) as error:
        _ = small(tmp_path, TERMS + BOUGHT.format(mix="fixed").replace(before, after), WATERFALL).program
    assert words in str(error.value)
    assert "small.yaml:" in str(error.value)


def test_a_curve_by_period_is_refused(tmp_path: Path) -> None:
    """A vector by period of the deal says nothing of the age of a purchase."""
    with pytest.raises(DealError, match="by: age"):
        _ = revolving(tmp_path, **{"assumptions.default": "{vector: [1%, 2%], unit: cdr, by: period}"}).program


def test_the_worst_mix_is_at_its_limits(tmp_path: Path) -> None:
    """The linear programme fills the kinds that lose most up to their limits, and keeps yield and term."""
    block = BOUGHT.format(mix="worst")
    block = block.replace("price: 100.2, premium: true", "price: 100.2, premium: true, limit: 35%")
    block = block.replace("minimum: 10%", "minimum: 10%, limit: 10%").replace(
        "price: 99.55", "price: 99.55, limit: 50%"
    )
    curves = "  groups: {loan: {default: {cdr: 30%}}, card: {default: {cdr: 40%}}, bill: {default: {cdr: 1%}}}\n"
    terms = TERMS.replace("  recovery:", curves + "  recovery:")
    lines = small(tmp_path, terms + block, WATERFALL).run().lines
    par = np.array([lines[f"receivables.{name}.purchased"][1] for name in KINDS])
    shares = par / par.sum()
    assert shares.sum() == pytest.approx(1.0)
    assert shares[2] == pytest.approx(0.35)
    assert shares[3] <= 0.10 + 1e-12
    assert shares[0] <= 0.50 + 1e-12
    shorter = small(tmp_path, terms + block + "  longest_remaining_term: 4\n", WATERFALL).run().lines
    par = np.array([shorter[f"receivables.{name}.purchased"][1] for name in KINDS])
    assert par @ np.array([1, 3, 12, 24]) / par.sum() == pytest.approx(4.0)
    assert shares @ np.array([1, 3, 12, 24]) > 4.5
    with pytest.raises(
        DealError, match="no mix of the receivables meets the limits: within those on shares the highest yield"
    ):
        _ = small(tmp_path, terms + block + "  least_yield: 60%\n", WATERFALL).program


def test_a_mix_keeps_its_limits(tmp_path: Path) -> None:
    """A share above its limit, a yield below the least and a term above the longest are refused."""
    for change, words in (
        ({"revolving.receivables.bill.limit": "40%"}, "exceeds its limit 40"),
        ({"revolving.least_yield": "50%"}, "less than least_yield"),
        ({"revolving.longest_average_term": "1"}, "average term of"),
        ({"revolving.longest_remaining_term": "5"}, "5.85 months to its last payments on average"),
    ):
        with pytest.raises(DealError, match=words):
            _ = revolving(tmp_path, **change).program


def test_yields_of_the_products_are_the_trade_s() -> None:
    """Half a per cent of discount on a monthly bill is 6 % a year; twelve instalments at 8.8 % are 15.86 % by IRR."""
    from abs_struct.curves import read
    from abs_struct.pool.mix import unit_outlook

    bill = Receivable(share="100%", repayment="next_bill", price=99.5)
    assert unit_outlook("bill", bill, read({})).yield_ == pytest.approx(0.06)
    twelve = Receivable(share="100%", repayment="instalments", term=12, fee="8.8%")
    assert unit_outlook("twelve", twelve, read({})).yield_ == pytest.approx(0.088 * 12 / 6.5, rel=1e-9)
    assert unit_outlook("twelve", twelve, read({})).term == pytest.approx(6.5)


def test_a_month_of_lost_collections_costs_that_month(tmp_path: Path) -> None:
    """With an interruption of the servicer one month's collections never arrive; cash is still conserved."""
    plain = revolving(tmp_path).run()
    result = revolving(tmp_path, **{"assumptions.interruption": "{from: 3, months: 1}"}).run()
    assert not result.failures
    received = result.lines["accounts.collections.received"]
    assert received[3] == 0.0
    assert received[2] == plain.lines["accounts.collections.received"][2]
    assert result.lines["residuals.holder.paid"].sum() < plain.lines["residuals.holder.paid"].sum()
