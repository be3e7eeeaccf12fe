"""Any deal that can be written: clauses of all kinds, two waterfalls, ledgers, a swap and a facility."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from unittest.mock import patch

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from small import small
from written import valued

from abs_struct.core.state import Program
from abs_struct.waterfall import flat
from abs_struct.waterfall.engine import run, run_as_arrays
from abs_struct.waterfall.trace import trace

TERMS = """\
name: Any
currency: EUR
dates: {{cutoff: 2026-12-31, closing: 2027-01-20, first_payment: {first}, legal_final: 2030-12-15, every: {every}}}
pool: {{tape: small.csv, groups: [original_term]}}
assumptions:
  prepayment: {{cpr: 12%, ramp: 6}}
  default: {{cdr: 9%}}
  recovery: {{rate: 30%, lag: 3}}
  indices: {{E1: {{curve: {{2027-01-01: -0.60%, 2028-01-01: 4.10%}}}}}}
notes:
  A: {{balance: 70% of pool, coupon: {{index: E1, margin: 2%, floor: 0%}}, target: {{1: 300_000, 9: 100_000}}}}
  B: {{balance: 15% of pool, coupon: 9%, unpaid_interest: {b}, deferrable: true, target: 40_000}}
  C: {{balance: 14% of pool, coupon: 11%, unpaid_interest: {c}, deferrable: true}}
  loan: {{balance: 1% of pool, coupon: 4%, subordinated_loan: true, deferrable: true}}
fees:
  trustee: {{rate: 0.05%, of: pool.opening_balance, plus: 6_000, cap: 4_000}}
  servicer: {{rate: 1%, of: pool.opening_balance, minimum: 900}}
accounts:
  principal: {{receives: "max(pool.principal_collections - 500, 0)"}}
  reserve: {{initial: 1% of pool, required: "max(1% * notes.balance, 100)", earns: 2%}}
facilities:
  liq: {{limit: 2% * notes.balance, rate: 3%, commitment_fee: 0.5%}}
hedges:
  swap: {{notional: notes.A.opening_balance, pays: 2%, receives: {{index: E1}}, counterparty_default: 2029-03-15,
         termination: 1% * notes.A.opening_balance}}
triggers:
  losses:
    {{test: pool.cumulative_net_loss / pool.initial_balance, above: {{1: 1%, 9: 3%}}, in_a_row: 2, cure: {{passes: 2}}}}
"""
#: Monthly, and all collections in one account.
ONE_ACCOUNT = TERMS.format(every="1 month", first="2027-02-15", b="carried", c="carried").replace(
    '  principal: {receives: "max(pool.principal_collections - 500, 0)"}\n', ""
)
ON = ["", "when: triggers.losses.active", "when: not triggers.losses.active", "when: deal.period > 9"]
#: Clauses of the first section, which is paid from the collections.
REVENUE = [
    "pay: [trustee, servicer]", "{pay: servicer, part: 50%}", "{pay: trustee, uncapped: true}",
    "{pay: servicer, support: [reserve, liq]}", "hedge: swap", "{hedge: swap, part: termination}",
    "{hedge: swap, support: reserve}", "{interest: A, support: [reserve, principal, liq]}", "interest: [A, B, C]",
    "{interest: {sequential: [A, {pro_rata: [B, C], by: initial balance}]}, support: liq}", "interest: loan",
    "{debit: [C, B, A], amount: collected(pool.defaulted) + accounts.principal.drawn}",
    "{debit: {pro_rata: [B, C]}, amount: 300}", "{cure: A, into: principal}",
    "{cure: {pro_rata: [B, C]}, into: principal}", "{cure: [A, B, C], into: principal}", "fill: reserve",
    "release: reserve", "repay: liq", "{repay: liq, part: interest}", "{repay: liq, part: drawn}",
    "{top_up: principal, losses: pool.defaulted, borrowed: accounts.principal.drawn}",
    "{transfer: principal, amount: 250}", "{transfer: reserve, amount: available * 5%}",
    "{advance: C, amount: 75}", "{write_down: [loan, C, B], amount: collected(pool.net_loss) * 20%}",
    "{write_up: [B, C], amount: 60}", "{principal: loan, amount: accounts.reserve.balance - accounts.reserve.required}",
]  # fmt: skip
#: Clauses of the second section, which is paid from the principal account.
REDEMPTION = [
    "principal: [A, B, C]", "{principal: {pro_rata: [A, B, C]}}",
    "{principal: {pro_rata: [A, B], by: initial balance}}",
    "{principal: {sequential: [{pro_rata: [A, {sequential: [B, loan]}]}, C]}, amount: 4_000}",
    "{principal: {shares: {A: 60%, B: 30%, C: 10%}}, amount: available * 50%}", "{principal: [B, A], to: target}",
    "{principal: {pro_rata: [A, B]}, to: target, support: reserve}", "{principal: [C, A], amount: 900, support: liq}",
    "{interest: [A, B], support: reserve}", "{transfer: reserve, amount: 40}", "{pay: servicer, when: deal.period > 5}",
]  # fmt: skip
CLAUSES = (
    st.lists(st.tuples(st.sampled_from(REVENUE), st.sampled_from(ON)), min_size=4, max_size=12),
    st.lists(st.tuples(st.sampled_from(REDEMPTION), st.sampled_from(ON)), min_size=1, max_size=5),
)
UNPAID = st.sampled_from(["carried", "with interest", "capitalised", "lost"])


def clause(written: tuple[str, str]) -> str:
    """A clause with its condition, as a line of a section."""
    text, condition = written
    inner = text.removeprefix("{").removesuffix("}") if text.startswith("{") else text
    when = f", {condition}" if condition and "when:" not in text else ""
    return f"      - {{{inner}{when}}}\n"


def waterfall(revenue: list[tuple[str, str]], redemption: list[tuple[str, str]]) -> str:
    """Two sections; at their ends all classes are repaid, and each ends in a residual."""
    last = [("principal: [A, B, C]", ""), ("residual: seller", "")]
    steps = "".join(clause(written) for written in revenue)
    rest = "".join(clause(written) for written in (*redemption, *last))
    return (
        f"waterfall:\n  revenue:\n    steps:\n{steps}      - residual: seller\n"
        f"  redemption:\n    from: principal\n    steps:\n{rest}"
    )


@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(
    revenue=CLAUSES[0],
    redemption=CLAUSES[1],
    unpaid=st.tuples(UNPAID, UNPAID),
    quarterly=st.booleans(),
    cdr=st.sampled_from([0.0, 0.04, 0.35, 0.9]),
    cpr=st.sampled_from([0.0, 0.25, 0.9]),
    arrears=st.sampled_from(["none", "none", "{roll: [40%, 70%], late_fee: 0.05%}", "{enter: 30%, roll: [100%, 80%]}"]),
    dilution=st.sampled_from(["none", "5%"]),
)
def test_any_deal_conserves_cash_in_all_arithmetics(
    tmp_path: Path,
    revenue: list[tuple[str, str]],
    redemption: list[tuple[str, str]],
    unpaid: tuple[str, str],
    quarterly: bool,
    cdr: float,
    cpr: float,
    arrears: str,
    dilution: str,
) -> None:
    """All proofs of the run hold, no line of money that cannot be is negative, arrays and formulas say the same."""
    every, first = ("3 months", "2027-04-15") if quarterly else ("1 month", "2027-02-15")
    terms = TERMS.format(every=every, first=first, b=unpaid[0], c=unpaid[1])
    changes = {"assumptions.default.cdr": cdr, "assumptions.prepayment.cpr": cpr}
    changes |= {"assumptions.delinquency": arrears, "assumptions.dilution": dilution, "assumptions.refunds": dilution}
    deal = small(tmp_path, terms, waterfall(revenue, redemption), **changes)
    result = deal.run()
    lines = result.lines
    assert not result.failures, [str(check) for check in result.failures]
    tolerance = 1e-9 * lines["pool.initial_balance"][0]
    for path in lines:
        owner, _, name = path.rpartition(".")
        if owner.partition(".")[0] in LIABILITIES and name in NEVER_NEGATIVE:
            assert lines[path].min() >= -tolerance, path
    outstanding, limit = lines["facilities.liq.balance"], lines["facilities.liq.limit"]
    drawn = lines["facilities.liq.drawn"][1:] > tolerance
    assert (outstanding[1:] <= np.maximum(limit[1:], outstanding[:-1]) + tolerance)[drawn].all()
    many = run_as_arrays(deal.program)
    for name in lines:
        assert np.array_equal(many[name][:, 0], lines[name]), name
    flat_and_walked_are_one(deal.program)
    written = trace(deal.program)
    largest = max(float(np.abs(lines[name]).max()) for name in lines)
    for name in written.formulas:
        for period in (1, 3, 12):
            assert abs(valued(written, lines, name, period) - lines[name][period]) <= 1e-12 * largest, name


def flat_and_walked_are_one(program: Program) -> None:
    """Scenarios of all numbers of a deal: written flat it has the bits of the walk, all lines or some."""
    draw = np.random.default_rng(5)
    inputs = {key: value * draw.uniform(0.7, 1.0, 5) for key, value in program.inputs.items()}
    varied = replace(program, inputs=inputs)
    with patch.object(flat, "FROM", 1_000_000):
        walked = run(varied)
    with patch.object(flat, "FROM", 1):
        written, some = run(varied), run(varied, ["notes.B.balance", "residuals.seller.paid"])
    assert written.block.tobytes() == walked.block.tobytes()
    for name in some:
        assert some[name].tobytes() == walked[name].tobytes(), name


LIABILITIES = {"notes", "fees", "accounts", "facilities", "hedges", "residuals", "waterfall"}
NEVER_NEGATIVE = {
    "balance", "interest_due", "interest_owed", "interest_paid", "interest_shortfall", "principal_paid", "written_down",
    "written_up", "unreimbursed", "capitalised", "pdl", "pdl_debited", "pdl_cured", "due", "owed", "paid", "left",
    "shortfall", "drawn", "repaid", "received", "paid_in", "released", "available", "net_due", "unplaced", "uncovered",
    "accrued", "paid_this_year",
}  # fmt: skip

PLAIN = """\
waterfall:
  all:
    - pay: servicer
    - interest: A
    - principal: A
    - interest: B
    - principal: B
    - interest: C
    - principal: C
    - residual: seller
"""


@settings(max_examples=20, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(
    cdr=st.tuples(st.floats(0.0, 0.9), st.floats(0.0, 0.9)),
    recovery=st.tuples(st.floats(0.0, 1.0), st.floats(0.0, 1.0)),
)
def test_a_class_never_gets_less_when_there_is_more_cash(
    tmp_path: Path, cdr: tuple[float, float], recovery: tuple[float, float]
) -> None:
    """Fewer defaults, or higher recoveries of the same, never repay less of the senior class, nor later."""
    deal = small(tmp_path, ONE_ACCOUNT, PLAIN)
    left = []
    for rate in sorted(recovery):
        changes = {"assumptions.default.cdr": max(cdr), "assumptions.recovery.rate": rate}
        left.append(deal.with_(changes).run().lines)
    low, high = left
    tolerance = 1e-9 * low["pool.initial_balance"][0]
    for name in "ABC":  # period by period: what is outstanding with more cash is never more
        assert (high[f"notes.{name}.balance"] <= low[f"notes.{name}.balance"] + tolerance).all()
        assert high[f"notes.{name}.interest_shortfall"][-1] <= low[f"notes.{name}.interest_shortfall"][-1] + tolerance
    assert high["residuals.seller.paid"].sum() >= low["residuals.seller.paid"].sum() - tolerance
    few, many = (deal.with_({"assumptions.default.cdr": rate}).run().lines for rate in sorted(cdr))
    for name in "ABC":
        assert few[f"notes.{name}.balance"][-1] <= many[f"notes.{name}.balance"][-1] + tolerance


@pytest.mark.parametrize("lag", [0, 1, 3, 12])
def test_recoveries_arrive_in_an_account(lag: int, tmp_path: Path) -> None:
    """All that the pool brings is received by some account of the deal, whatever the lag."""
    lines = small(tmp_path, ONE_ACCOUNT, PLAIN, **{"assumptions.recovery.lag": lag}).run().lines
    received = lines["accounts.collections.received"]
    income = lines["accounts.reserve.earned"] + lines["hedges.swap.received"]
    assert received[1:] == pytest.approx((lines["pool.collections"] + income)[1:])
    assert lines["pool.recovered"].sum() > 0.0
