"""States of revolving deals: purchases that end, are reinstated, and the tests that switch them."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from deal.shipped import DEALS, ran
from small import small

import abs_struct
from abs_struct.waterfall.engine import run_as_arrays

HB, JB, CARD = "hb_rev_2027_1", "jb_cl_2027_1", "card_2027_a"


def with_trigger(folder: Path, name: str, text: str) -> abs_struct.Result:
    """A shipped deal with one trigger more."""
    written = (
        (DEALS / f"{name}.yaml").read_text(encoding="utf-8").replace("\ntriggers:\n", f"\ntriggers:\n  {text}\n", 1)
    )
    file = folder / f"{name}.yaml"
    file.write_text(written.replace("tapes/", f"{DEALS}/tapes/"), encoding="utf-8")
    result = abs_struct.load(file).run()
    assert not result.failures
    return result


def test_purchases_are_reinstated_when_what_ended_them_is_cured() -> None:
    """Cash that found nothing ends HB's purchases for two dates; where the early end may be cured, they come back."""
    scarce = {"amounts.offered": "{1: 60%, 3: 100%}"}
    cured = scarce | {f"triggers.{name}.cure": "when the test passes" for name in ("idle_cash", "early_end")}
    ended, back = ran(HB, *scarce.items()).lines, ran(HB, *cured.items()).lines
    first = int(np.argmax(ended["triggers.early_end.active"] > 0.5))
    assert first == int(np.argmax(back["triggers.early_end.active"] > 0.5)) > 0
    assert not ended["pool.purchased"][first:].any()
    active = back["revolving.active"][1:13]
    assert active[first - 1] == 0.0
    assert active[first:].all()  # one date of amortisation, then it revolves again
    assert back["notes.A.principal_paid"][first] > 0.0
    assert not back["notes.A.principal_paid"][first + 1 : 13].any()
    assert back["pool.purchased"][first + 1 : 13].min() > 0.0
    assert [e.event for e in ran(HB, *cured.items()).events if e.trigger == "early_end"] == ["active", "cured"]


CLOCKED = """\
name: Clocked
currency: CNY
dates: {cutoff: 2026-12-31, closing: 2027-01-20, first_payment: 2027-02-15, legal_final: 2031-12-15}
pool: {tape: small.csv}
assumptions: {default: {cdr: 3%}}
notes: {A: {balance: 80% of pool, coupon: 4%}, B: {balance: 10% of pool, coupon: 0%}}
revolving:
  until: 2027-12-31
  when: not triggers.pause.active
  clock: CLOCK
  receivables: {loans: {share: 100%, repayment: level_pay, term: 6, rate: 14%}}
triggers:
  pause: {test: deal.period >= 4 and deal.period <= 5, cure: when the test passes}
waterfall:
  all:
    - interest: A
    - principal: [A, B]
      when: revolving.active < 0.5
    - residual: holder
      when: revolving.active < 0.5
"""


@pytest.mark.parametrize("clock", ["monthly", "3 times a month", "daily"])
def test_purchases_between_payment_dates_pause_and_go_on(clock: str, tmp_path: Path) -> None:
    """A trigger of payments 4 and 5 stops what is bought after them, in months 5 and 6; month 7 buys again."""
    deal = small(tmp_path, CLOCKED.replace("CLOCK", clock), "")
    result = deal.run()
    assert not result.failures
    bought = result.lines["pool.purchased"]
    assert (bought > 0.0).tolist()[1:9] == [True, True, True, True, False, False, True, True]
    many = run_as_arrays(deal.program)
    for name, series in result.lines.items():
        assert np.array_equal(many[name][:, 0], series), name


def test_a_payment_rate_that_falls(tmp_path: Path) -> None:
    """Three-month principal collections over opening pool, of cards and of pay-later, against a level."""
    rate = "average(pool.principal_collections, 3) / average(pool.opening_balance, 3)"
    text = f'paying: {{test: "{rate}", below: LEVEL, from_period: 3}}'
    cards = with_trigger(tmp_path, CARD, text.replace("LEVEL", "15%"))
    slow = cards.lines
    assert slow["triggers.paying.value"][5] == pytest.approx(0.1698)
    assert cards.triggers["paying"].first_breach is None
    later = with_trigger(tmp_path, HB, text.replace("LEVEL", "50%"))
    assert 0.50 < later.lines["triggers.paying.value"][10] < 0.60
    assert later.triggers["paying"].first_breach is not None  # when the bills are gone, in amortisation
    assert later.triggers["paying"].first_breach > 13


def test_coverage_is_tested_twice_before_it_ends_the_purchases() -> None:
    """Performing par and cash over A and B below 110% on two dates in a row; below 104% it accelerates at once."""
    lines = ran(HB, *{f"assumptions.groups.{name}.dilution": 0.04 for name in ("bill", "three")}.items()).lines
    value, breached = lines["triggers.coverage.value"], lines["triggers.coverage.breached"]
    first = int(np.argmax(breached > 0.5))
    assert value[first] < 1.10 <= value[first - 1]
    assert lines["triggers.coverage.active"][first] == 0.0
    assert lines["triggers.coverage.active"][first + 1] == breached[first + 1] == 1.0
    cash = sum(lines[f"accounts.{name}.balance"][first - 1] for name in ("retained", "reserve"))
    assert value[first] > (lines["pool.balance"][first] - lines["pool.purchased"][first] + cash) / 1_780e6 - 1e-9
    assert not lines["triggers.accelerated.active"].any()
    worse = ran(HB, *{f"assumptions.groups.{name}.dilution": 0.10 for name in ("bill", "three")}.items()).lines
    low = 1 + int(np.argmax(worse["amounts.coverage"][1:] < 1.04))
    assert worse["amounts.coverage"][low] < 1.04
    assert worse["triggers.accelerated.active"][low - 1 : low + 1].tolist() == [0.0, 1.0]


def test_a_class_that_outlives_its_expected_maturity_accelerates() -> None:
    """JB with slow arrears: B is outstanding after 26 November 2028, and on the next date all income is principal."""
    result = ran(JB, ("notes.A.expected_maturity", "2028-03-26"))
    first = result.triggers["not_repaid_as_expected"].first_breach
    assert first is not None
    assert result.dates[first - 1].isoformat() >= "2028-03-26" > result.dates[first - 2].isoformat()
    lines = result.lines
    assert lines["notes.A.balance"][first - 1] > 0.01
    assert lines["triggers.accelerated.active"][first] == 1.0
    assert lines["waterfall.income.all_to_principal.paid"][first] > 0.0


@pytest.mark.parametrize(
    ("denominator", "share"),
    [
        ("pool.initial_balance", lambda lines: lines["pool.initial_balance"]),
        (
            "(pool.initial_balance + amounts.bought)",
            lambda lines: lines["pool.initial_balance"] + lines["amounts.bought"],
        ),
        ("pool.opening_balance", lambda lines: lines["pool.opening_balance"]),
    ],
)  # fmt: skip
def test_a_cumulative_rate_has_the_denominator_that_is_written(denominator: str, share: object) -> None:
    """Of the initial pool, with what was bought, or of the pool as it is; the levels step in months 4, 7 and 10."""
    lines = ran(JB, ("triggers.cumulative_default.test", f"pool.cumulative_defaulted / {denominator}")).lines
    t = 9
    whole = share(lines)[t]  # type: ignore[operator]
    assert lines["triggers.cumulative_default.value"][t] == pytest.approx(lines["pool.cumulative_defaulted"][t] / whole)
    levels = lines["triggers.cumulative_default.level"]
    assert levels[[1, 3, 4, 6, 7, 9, 10, 20]].tolist() == [0.035, 0.035, 0.055, 0.055, 0.065, 0.065, 0.08, 0.08]
