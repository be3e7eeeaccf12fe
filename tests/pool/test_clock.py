"""A purchase clock of its own: every receivable replayed by itself, step by step, gives the engine's flows."""

from __future__ import annotations

from math import ceil
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from small import TERMS, small

from abs_struct.core.findings import DealError
from abs_struct.pool.products import unit_of
from abs_struct.terms.clock import steps_of
from abs_struct.waterfall.engine import run, run_as_arrays

BOUGHT = """\
revolving:
  until: 2028-01-14
  clock: {clock}
  mix: {mix}
  retain: 2_000
  receivables:
    bill: {{share: 45%, repayment: next_bill, price: 99.55, due_day: 10}}
    three: {{share: 20%, repayment: instalments, term: 3, fee: 2.5%}}
    loan: {{share: 35%, repayment: level_pay, term: 12, rate: 14.6%, price: 98}}
"""
WATERFALL = """\
waterfall:
  every_month:
    - pay: [trustee, servicer]
    - interest: [A, B]
    - fill: reserve
    - principal: [A, B]
      when: revolving.active < 0.5
    - release: reserve
    - residual: holder
"""
KINDS = ("bill", "three", "loan")
#: A discount of 0.45% for 30 days, by the days to the due day.
BY_DAYS = {"revolving.receivables.bill.by_days": "true"}


def clocked(folder: Path, clock: str = "daily", mix: str = "fixed", **changes: object) -> Any:
    """The small deal that buys with its collections as they come in."""
    return small(folder, TERMS + BOUGHT.format(clock=clock, mix=mix), WATERFALL, **changes)


def replay(deal: Any, lines: Any, steps: int, pieces: int = 1) -> dict[str, Any]:
    """Buy and run off every receivable by itself: one list entry a purchase, no sums over purchases beforehand.

    Each purchase is cut into `pieces` receivables of unequal sizes. The last day to buy is the 14th day of month 13.
    """
    periods = lines.periods
    units = {}
    for name in KINDS:
        product = deal.terms.receivables[name]
        balance, income = unit_of(product)
        units[name] = (
            product,
            balance,
            income,
            lines[f"units.{name}.default_rate"],
            lines[f"units.{name}.prepayment_rate"],
        )
    groups = [path.rpartition(".")[0] for path in lines if path.startswith("cohorts.") and path.endswith(".interest")]
    bought: list[tuple[str, int, float]] = []
    sums = {name: np.zeros(periods + 1) for name in ("principal", "interest", "defaulted", "purchased", "spent")}
    draw = np.random.default_rng(pieces)
    for month in range(1, periods + 1):
        own = sum(
            lines[f"{g}.interest"][month] + lines[f"{g}.scheduled_principal"][month] + lines[f"{g}.prepaid"][month]
            for g in groups
        )
        own += lines["groups.others.recovered"][month]
        arrived = spent = 0.0
        for step in range(steps):
            active = (month - 1) * 30 + (step + 1) * 30 / steps <= 12 * 30 + 14
            now = (month - 1) * steps + step
            arrived += own / steps
            for name, when, par in bought:
                product, balance, income, default, prepayment = units[name]
                age = age_of(product, when, now, steps)
                if age is None:
                    continue
                held = 1.0
                for k in range(1, age):
                    held *= 1.0 - default[k] - min(prepayment[k], 1.0 - default[k])
                d, p = default[age], min(prepayment[age], 1.0 - default[age])
                principal = par * held * ((1.0 - d) * (balance[age - 1] - balance[age]) + p * balance[age])
                interest = par * held * (1.0 - d) * income[age]
                sums["defaulted"][month] += par * held * d * balance[age - 1]
                sums["principal"][month] += principal
                sums["interest"][month] += interest
                arrived += principal + interest
            cash = max(arrived - 2_000.0 - spent, 0.0) if active else 0.0
            day = ceil((step + 1) * 30 / steps)
            paid = {name: price_of(units[name][0], day) for name in KINDS}
            prices = {name: units[name][0].share * paid[name] / 100.0 for name in KINDS}
            par_total = cash / sum(prices.values())
            for name in KINDS:
                par = units[name][0].share * par_total
                if par > 0.0:
                    sizes = draw.dirichlet(np.ones(pieces)) * par
                    bought += [(name, now, float(size)) for size in sizes]
                sums["purchased"][month] += par
            spent += cash
        sums["spent"][month] = spent
    return sums | {"count": len(bought)}


def price_of(product: Any, day: int) -> float:
    """The price of a purchase on a day of the month; a discount by days runs to the due day of the next."""
    days = 30 - day + product.due_day if product.by_days else 30
    return 100.0 - (100.0 - product.price) * days / 30.0


def age_of(product: Any, when: int, now: int, steps: int) -> int | None:
    """The age in months at which a purchase pays in a step, or None."""
    if product.due_day is not None:
        due = (when // steps + 1) * steps + ceil(product.due_day / 30 * steps) - 1
        return 1 if now == due else None
    months, rest = divmod(now - when, steps)
    return months if rest == 0 and 1 <= months <= product.term else None


@pytest.mark.parametrize(
    ("clock", "steps", "pieces", "count", "changes"),
    [
        ("monthly", 1, 1, 36, {}),
        ("3 times a month", 3, 1, 111, {}),
        ("daily", 30, 5, 5_000, {}),
        ("3 times a month", 3, 1, 111, BY_DAYS),
        ("daily", 30, 1, 1_000, BY_DAYS),
    ],
)
def test_each_receivable_by_itself_gives_the_same(
    clock: str, steps: int, pieces: int, count: int, changes: dict[str, str], tmp_path: Path
) -> None:
    """A year of purchases, up to 5,000 receivables, each with its own age, size and price: to 1e-9 of the pool."""
    deal = clocked(tmp_path, clock, **{"assumptions.default": "{cdr: 2%}", **changes})
    result = deal.run()
    assert not result.failures, [str(check) for check in result.failures]
    lines = result.lines
    found = replay(deal, lines, steps, pieces)
    assert found["count"] >= count
    scale = 1e-9 * lines["pool.balance"].max()
    own = {word: sum(lines[f"receivables.{name}.{word}"] for name in KINDS) for word in
           ("scheduled_principal", "prepaid", "interest", "defaulted", "purchased", "reinvested")}  # fmt: skip
    assert np.abs(own["scheduled_principal"] + own["prepaid"] - found["principal"]).max() <= scale
    assert np.abs(own["interest"] - found["interest"]).max() <= scale
    assert np.abs(own["defaulted"] - found["defaulted"]).max() <= scale
    assert np.abs(own["purchased"] - found["purchased"]).max() <= scale
    assert np.abs(own["reinvested"] - found["spent"]).max() <= scale
    assert own["purchased"].sum() > 100_000.0


def test_a_discount_goes_by_the_days_to_the_due_day(tmp_path: Path) -> None:
    """Bought on the first a bill waits 39 days for the 10th of the next month, on the 10th 30, on the 30th 10."""
    frame = clocked(tmp_path, **BY_DAYS, **{"revolving.until": "2027-12-31"}).run().purchase_dates
    bill = frame["bill.par"].to_numpy()
    rest = frame["price"] - frame["three.par"] - 0.98 * frame["loan.par"]
    found = (100.0 * rest / bill).to_numpy()
    for month in range(12):
        wanted = [100.0 - 0.45 * (40 - day) / 30.0 for day in range(1, 31)]
        last = [at for at in range(30) if bill[30 * month + at] > 1.0]
        assert found[30 * month : 30 * month + 30][last] == pytest.approx(np.array(wanted)[last], abs=1e-9)
    assert (bill > 1.0).sum() > 300
    for mix in ("fixed", "balance"):  # floats are arrays, and a price of par or none is no discount
        deal = clocked(tmp_path, "3 times a month", mix, **BY_DAYS)
        lines, many = deal.run().lines, run_as_arrays(deal.program)
        for name in lines:
            assert np.array_equal(many[name][:, 0], lines[name]), name
    for changes, words in (
        ({"revolving.receivables.three.by_days": "true"}, "needs the due_day"),
        (BY_DAYS | {"revolving.receivables.bill.price": "100"}, "the price is par"),
        (BY_DAYS | {"revolving.receivables.bill.price": "40"}, "that of 59 would be nil or less"),
    ):
        with pytest.raises(DealError, match=words):
            clocked(tmp_path, **changes)


def test_clocks_agree_on_the_month(tmp_path: Path) -> None:
    """Every receivable ages by whole months, so that finer clocks move cash within a month and not from it."""
    changes = {"revolving.until": "2028-01-31"}  # a day inside a month: the next test
    lines = [clocked(tmp_path, clock, **changes).run().lines for clock in ("monthly", "3 times a month", "daily")]
    for path in ("pool.purchased", "pool.balance", "pool.interest", "notes.A.balance"):
        scale = 1e-9 * lines[0]["pool.balance"].max()
        assert np.abs(lines[0][path] - lines[2][path]).max() <= scale
        assert np.abs(lines[1][path] - lines[2][path]).max() <= scale


def test_finer_clocks_come_to_the_daily_one(tmp_path: Path) -> None:
    """Until the 14th: a clock spends what came in until its last step by then, the rest lies idle to the payment date.

    What a clock spends less than the daily one is, to the cent, what it leaves to the accounts; it falls from the cash
    of fourteen days to nil as the clock becomes finer.
    """
    last = 13
    daily = clocked(tmp_path).run().lines
    gaps = []
    for times, day in ((1, 0), (2, 0), (3, 10), (5, 12), (10, 12), (15, 14)):
        lines = clocked(tmp_path, f"{times} times a month").run().lines
        unspent = daily["pool.reinvested"] - lines["pool.reinvested"]
        idle = lines["accounts.collections.received"] - daily["accounts.collections.received"]
        assert np.abs(unspent - idle)[: last + 1].max() <= 0.005
        assert np.abs(unspent[:last]).max() <= 0.005  # whole months are the same
        assert (lines["pool.purchased"][last] > 0.0) == (day > 0)
        gaps.append(float(idle[last]))
    assert gaps == sorted(gaps, reverse=True)
    assert gaps[0] == pytest.approx(daily["pool.reinvested"][last], rel=1e-9)
    assert gaps[0] > gaps[2] > gaps[3] > 1_000.0
    assert abs(gaps[-1]) <= 0.005
    assert not daily["pool.purchased"][last + 1 :].any()


def test_until_holds_to_the_day(tmp_path: Path) -> None:
    """One day more buys with one more day of cash; the month's end is its last day, whatever its length."""
    spent = {}
    for day in ("2027-12-31", "2028-01-01", "2028-01-14", "2028-01-15", "2028-01-30", "2028-01-31", "2028-02-01"):
        lines = clocked(tmp_path, **{"revolving.until": day}).run().lines
        spent[day] = lines["pool.reinvested"][[12, 13, 14]]
    year = spent["2027-12-31"]
    assert year[0] > 0.0
    assert not year[1:].any()
    thirteenth = [found[1] for found in spent.values()]
    assert thirteenth == sorted(thirteenth)
    assert 0.0 < spent["2028-01-14"][1] < spent["2028-01-15"][1] < spent["2028-01-30"][1]
    assert spent["2028-01-30"][1] == spent["2028-01-31"][1] == spent["2028-02-01"][1]  # a month counts 30 days
    assert spent["2028-01-31"][2] == 0.0 <= spent["2028-02-01"][2]


def test_notes_are_repaid_with_the_month_of_the_last_day(tmp_path: Path) -> None:
    """Collections of December are spent until 31 December; those of January pay the notes from the 15th on."""
    lines = clocked(tmp_path).run().lines
    assert not lines["notes.A.principal_paid"][:13].any()
    assert lines["notes.A.principal_paid"][13] > 0.0
    assert lines["revolving.active"][[12, 13]].tolist() == [1.0, 0.0]


def test_buying_as_cash_comes_in_turns_more_than_on_payment_dates(tmp_path: Path) -> None:
    """On payment dates only what the notes and costs leave is spent; between them all but what is retained."""
    often = clocked(tmp_path).run().lines["pool.purchased"].sum()
    block = BOUGHT.format(clock="payment dates", mix="fixed").replace("  retain: 2_000\n", "")
    waterfall = WATERFALL.replace(
        "    - principal: [A, B]\n", "    - purchase: [bill, three, loan]\n    - principal: [A, B]\n"
    )
    seldom = small(tmp_path, TERMS + block, waterfall).run().lines["pool.purchased"].sum()
    assert often > seldom > 0.0


def test_what_is_spent_never_reaches_the_accounts(tmp_path: Path) -> None:
    """Received + reinvested = collections, month by month; what is retained arrives."""
    lines = clocked(tmp_path).run().lines
    received, spent = lines["accounts.collections.received"], lines["pool.reinvested"]
    assert np.abs(received + spent - lines["pool.collections"])[1:].max() <= 1e-6
    open_months = lines["revolving.active"][1:] > 0.5
    assert received[1:][open_months].min() >= 2_000.0 - 1e-6


@settings(max_examples=15, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(cdr=st.floats(0.0, 0.9), cpr=st.floats(0.0, 0.9), mix=st.sampled_from(["fixed", "balance"]))
def test_floats_are_arrays_and_nothing_is_negative(tmp_path: Path, cdr: float, cpr: float, mix: str) -> None:
    """Any stress, either mix: bit for bit the same, 0 or more, cash conserved."""
    deal = clocked(
        tmp_path, "3 times a month", mix, **{"assumptions.default.cdr": cdr, "assumptions.prepayment.cpr": cpr}
    )
    result = deal.run()
    assert not result.failures, [str(check) for check in result.failures]
    many = run_as_arrays(deal.program)
    for name in result.lines:
        assert np.array_equal(many[name][:, 0], result.lines[name]), name
        if name.startswith(("receivables.", "accounts.")) or name.endswith("purchased"):
            assert result.lines[name].min() >= -1e-9, name


def test_scenarios_side_by_side(tmp_path: Path) -> None:
    """Forty scenarios in arrays: column s has the bits of its single run."""
    deal = clocked(tmp_path, "3 times a month")
    rates = np.linspace(0.0, 0.6, 40)
    program = deal.program
    program.inputs["assumptions.default.cdr"] = rates
    many = run(program, ["pool.purchased", "pool.balance"])
    for s in (0, 17, 39):
        one = deal.with_({"assumptions.default.cdr": float(rates[s])}).run().lines
        assert np.array_equal(many["pool.purchased"][:, s], one["pool.purchased"])


def test_clocks_in_words() -> None:
    """A clock finer than a day, or in other words, is refused."""
    assert [steps_of(clock) for clock in ("payment dates", "monthly", "5 times a month", "daily")] == [None, 1, 5, 30]
    with pytest.raises(ValueError, match="not 40"):
        steps_of("40 times a month")
    with pytest.raises(ValueError, match="not a purchase clock"):
        steps_of("hourly")


def test_the_workbook_says_why_it_has_no_formulas(tmp_path: Path) -> None:
    """Steps between payment dates are no lines: one sentence, no half workbook."""
    from abs_struct.waterfall.trace import trace

    with pytest.raises(DealError, match="no formulas"):
        trace(clocked(tmp_path).program)


def test_two_clocks_at_once_are_refused(tmp_path: Path) -> None:
    """Purchases between payment dates and a clause that buys on them: one of the two."""
    waterfall = WATERFALL.replace("    - fill: reserve\n", "    - fill: reserve\n    - purchase: [bill, three, loan]\n")
    with pytest.raises(DealError, match="between payment dates"):
        _ = small(tmp_path, TERMS + BOUGHT.format(clock="daily", mix="fixed"), waterfall).program
