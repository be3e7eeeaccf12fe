"""Stress through the revolving period: payments, yield, defaults, a stop of purchases, the worst mix, a lost month."""

from __future__ import annotations

import numpy as np
import pytest
from deal.shipped import ran

from abs_struct.pool.mix import outlooks, worst_mix

HB, JB, CARD, EUROC = "hb_rev_2027_1", "jb_cl_2027_1", "card_2027_a", "euroc_2027_1"
SLEEVES = ("bill", "three", "six", "twelve", "minimum")
#: What may be written after --set, by deal and stress.
STRESS: dict[str, dict[str, dict[str, object]]] = {
    HB: {
        "payment rate": {"assumptions.delinquency.enter": "30%"},
        "yield": {f"revolving.receivables.{name}.income": 0.8 for name in SLEEVES[1:]},
        "defaults": {f"assumptions.groups.{name}.default.multiple": 4.2 for name in SLEEVES},
        "purchases stop": {"revolving.until": "2027-07-31"},
        "lost month": {"assumptions.interruption": "{from: 6, months: 1}"},
    },
    JB: {
        "payment rate": {"assumptions.prepayment.smm": "1.75%"},
        "yield": {
            "revolving.receivables.level_pay.rate": "12.6%",
            "revolving.receivables.interest_first.rate": "12.6%",
            "revolving.least_yield": "0%",
        },
        "defaults": {"assumptions.default.multiple": 3.7},
        "purchases stop": {"revolving.until": "2027-10-26"},
        "lost month": {"assumptions.interruption": "{from: 6, months: 1}"},
    },
    EUROC: {
        "payment rate": {"assumptions.prepayment.cpr": "8.4%"},
        "yield": {"revolving.receivables.loans.income": 0.8},
        "defaults": {"assumptions.default.multiple": 2.1},
        "purchases stop": {"revolving.until": "2027-08-16"},
        "lost month": {"assumptions.interruption": "{from: 6, months: 1}"},
    },
    CARD: {
        "payment rate": {"assumptions.cards.payment_rate": "{rate: 16.98%, multiple: {from: 1, to: 60%, months: 9}}"},
        "yield": {"assumptions.cards.yield": "{rate: 16.19%, multiple: 70%}"},
        "defaults": {"assumptions.cards.charge_off": "{rate: 3.25%, multiple: {linear: {0: 1, 9: 4, 21: 4, 33: 1}}}"},
        "purchases stop": {"assumptions.cards.purchase_rate": "{1: 100%, 7: 0%}"},
        "lost month": {"assumptions.interruption": "{from: 6, months: 1}"},
    },
}
JUNIOR = {HB: "C", JB: "sub", CARD: "C", EUROC: "F"}


def income_of_the_holders(name: str, *changes: tuple[str, object]) -> float:
    """What the junior class gets back, and what is left of the excess."""
    lines = ran(name, *changes).lines
    owner = {EUROC: "seller"}.get(name, JUNIOR[name])
    left = [f"residuals.{owner}.paid"] if name != CARD else ["waterfall.finance_charges.residual_seller.paid"]
    return float(sum(lines[path].sum() for path in (*left, f"notes.{JUNIOR[name]}.principal_paid")))


#: What does not hurt: what JB buys earns a little less than it loses, slower loans of a good rate earn more, and
#: cards that stay level yield the same however fast they are paid.
HARMLESS = {(JB, "purchases stop"), (JB, "payment rate"), (CARD, "payment rate"), (EUROC, "payment rate")}


@pytest.mark.parametrize("name", STRESS)
def test_no_stress_pays_its_holders_more(name: str) -> None:
    """Each stress runs through purchases and allocation, its checks hold, and junior and residual get less."""
    calm = income_of_the_holders(name)
    for stress, changes in STRESS[name].items():
        less = income_of_the_holders(name, *changes.items()) < calm
        assert less != ((name, stress) in HARMLESS), stress


@pytest.mark.parametrize("name", STRESS)
def test_purchases_stop_at_month_n(name: str) -> None:
    """Nothing is bought after it, as much as in the base case before it, and A is repaid earlier."""
    base, stopped = ran(name), ran(name, *STRESS[name]["purchases stop"].items())
    bought, calm = stopped.lines["pool.purchased"], base.lines["pool.purchased"]
    last = int(np.flatnonzero(bought)[-1])
    assert last == (6 if name != CARD else last)
    assert bought[: last + 1] == pytest.approx(calm[: last + 1], rel=1e-9)
    assert calm[last + 1] > 0.0
    assert stopped.note_measures["A"].wal < base.note_measures["A"].wal


@pytest.mark.parametrize("name", STRESS)
def test_slower_payments_buy_less(name: str) -> None:
    """Cash that comes in later or not so fast buys less in the year; nothing is negative."""
    base, slow = ran(name), ran(name, *STRESS[name]["payment rate"].items())
    assert slow.lines["pool.purchased"].sum() < base.lines["pool.purchased"].sum()
    collected = [one.lines["pool.principal_collections"][1:7].sum() for one in (slow, base)]
    assert collected[0] < collected[1]
    if name == CARD:  # 60% of the payments from month 9 on
        ratio = slow.lines["pool.principal_collections"][9:49] / base.lines["pool.principal_collections"][9:49]
        assert ratio == pytest.approx(0.60)


def test_less_yield_arrives_in_full() -> None:
    """20% less of fees and interest of all that is bought; 2 points less of rate; 30% less of finance charges."""
    low, base = (ran(HB, *changes).lines for changes in (STRESS[HB]["yield"].items(), ()))
    first = 2  # what was bought on the first date pays for the first time
    for name in SLEEVES[1:]:
        assert low[f"receivables.{name}.interest"][first] == pytest.approx(
            0.8 * base[f"receivables.{name}.interest"][first], rel=1e-3
        )
    low, base = (ran(JB, *changes).lines for changes in (STRESS[JB]["yield"].items(), ()))
    ratio = low["receivables.level_pay.interest"][4] / base["receivables.level_pay.interest"][4]
    assert ratio == pytest.approx(12.6 / 14.6, rel=1e-3)
    low, base = (ran(CARD, *changes).lines for changes in (STRESS[CARD]["yield"].items(), ()))
    assert low["pool.interest"][1:] == pytest.approx(0.7 * base["pool.interest"][1:])


@pytest.mark.parametrize("name", [HB, JB])
def test_the_pool_migrates_to_the_worst_mix(name: str) -> None:
    """What is bought is what the limits allow at worst: HB's at its least yield, JB's without bullets."""
    worst = ran(name, ("revolving.mix", "worst"))
    terms = worst.terms.revolving
    assert terms is not None
    wanted = worst_mix(terms, worst.terms.assumptions)
    total = worst.lines["pool.purchased"]
    t = int(np.flatnonzero(total)[0])
    for kind, share in wanted.items():
        assert worst.lines[f"receivables.{kind}.purchased"][t] / total[t] == pytest.approx(share, abs=1e-9)
    if name == HB:
        units = outlooks(terms, worst.terms.assumptions)
        assert sum(share * units[kind].yield_ for kind, share in wanted.items()) == pytest.approx(0.09)
    else:
        assert wanted == pytest.approx({"level_pay": 1.0, "interest_first": 0.0})
    assert income_of_the_holders(name, ("revolving.mix", "worst")) < income_of_the_holders(name)


@pytest.mark.parametrize("name", STRESS)
def test_a_lost_month_is_lost_once(name: str) -> None:
    """Nothing of that month's collections arrives; the months before are as they were."""
    base, lost = ran(name), ran(name, *STRESS[name]["lost month"].items())
    paths = [path for path in base.lines if path.startswith("accounts.") and path.endswith(".received")]
    received = [sum(one.lines[path] for path in paths) for one in (base, lost)]
    assert received[1][6] < 0.02 * received[0][6]  # what accounts earn is not collected
    assert received[1][:6] == pytest.approx(received[0][:6])
    assert not lost.lines["pool.purchased"][6] if name != CARD else lost.lines["pool.purchased"][6] > 0.0


def test_a_card_pool_migrates_to_the_grade_that_its_limit_allows() -> None:
    """New sales of a riskier grade alone: its share rises until nothing more is bought of it, and yield and loss do."""
    rates = "yield: 20%, payment_rate: 9%, charge_off: 9%"
    calm = {"pool.groups": "[grade]", "assumptions.groups": f"{{D: {{cards: {{{rates}}}}}}}"}
    moved = calm | {
        "assumptions.groups": f"{{D: {{cards: {{{rates}, purchase_rate: {{1: 150%, 13: 100%}}}}}}}}",
        "assumptions.cards.purchase_rate": "{1: 98%, 13: 100%}",
    }
    base, worse = ran(CARD, *calm.items()).lines, ran(CARD, *moved.items()).lines
    share = [lines["groups.D.balance"] / lines["pool.balance"] for lines in (base, worse)]
    assert share[0] == pytest.approx(share[0][0])
    assert np.all(np.diff(share[1][:13]) > 0.0)
    assert share[1][13:60] == pytest.approx(share[1][12])
    assert share[1][12] > 1.5 * share[0][0]
    lost = [lines["pool.defaulted"][24] / lines["pool.opening_balance"][24] for lines in (base, worse)]
    assert lost[1] > lost[0]
    spread = [lines["amounts.excess_spread"][24] for lines in (base, worse)]
    assert spread[1] < spread[0]
