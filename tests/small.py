"""A small deal with everything a step may name: two classes, three fees, a reserve, a trigger; 40 loans."""

from __future__ import annotations

from pathlib import Path
from textwrap import dedent

import abs_struct

TERMS = """\
name: Small
currency: USD
dates: {cutoff: 2026-12-31, closing: 2027-01-20, first_payment: 2027-02-15, legal_final: 2030-12-15}
pool: {tape: small.csv, groups: [original_term]}
assumptions:
  prepayment: {cpr: 12%, ramp: 6}
  default: {cdr: 9%}
  recovery: {rate: 30%, lag: 3}
notes:
  A: {balance: 70% of pool, coupon: 5%}
  B: {balance: 22% of pool, coupon: 9%}
fees:
  trustee: {rate: 0.05%, of: pool.opening_balance, plus: 6_000, cap: 4_000}
  servicer: {rate: 1%, of: pool.opening_balance}
accounts:
  reserve:
    initial: 1% of pool
    required: if(deal.final_period, 0, 1% of pool)
amounts:
  target_oc: max(10% * pool.balance, 1% of pool)
triggers:
  losses: {test: pool.cumulative_net_loss / pool.initial_balance, above: {1: 2%, 13: 6%}, cure: when the test passes}
  event_of_default: {test: notes.A.interest_shortfall > 0.01}
"""

WATERFALL = """\
waterfall:
  before_default:
    - release: reserve
    - pay: [trustee, servicer]
      support: reserve
    - interest: A
      support: reserve
    - interest: B
    - fill: reserve
    - principal: [A, B]
      amount: "if(triggers.losses.active, available, notes.balance - (pool.balance - target_oc))"
    - pay: trustee
      uncapped: true
    - residual: holder
  after_default:
    - pay: [trustee, servicer]
      uncapped: true
    - interest: A
    - principal: A
    - interest: B
    - principal: B
    - release: reserve
    - residual: holder
"""


def tape(folder: Path, loans: int = 40) -> Path:
    """Forty loans of three terms, ages and rates."""
    lines = ["loan_id,original_balance,balance,rate,original_term,remaining_term,age"]
    for i in range(loans):
        term, age = (24, 36, 18)[i % 3], i % 5
        balance = 10_000 + 173 * i
        lines.append(
            f"L{i:04d},{balance + 2000},{balance}.{i:02d},{0.09 + 0.003 * (i % 11):.4f},{term},{term - age},{age}"
        )
    path = folder / "small.csv"
    path.write_text("\n".join(lines) + "\n")
    return path


def small(folder: Path, terms: str = TERMS, waterfall: str = WATERFALL, **changes: object) -> abs_struct.Deal:
    """The small deal, with its text or some fields changed."""
    tape(folder)
    file = folder / "small.yaml"
    more = "".join(block for word, block in MORE.items() if f"{word}:" in waterfall and terms is TERMS)
    file.write_text(dedent(terms) + more + dedent(waterfall))
    return abs_struct.load(file, changes)


#: What some steps need beside the terms above.
MORE = {
    "hedge": """\
hedges:
  swap: {notional: notes.A.opening_balance, pays: 3%, receives: {fixed: 2%, step_up: {add: 2%, from: 2028-01-01}}}
""",
    "purchase": """\
revolving:
  until: 2027-12-31
  receivables:
    loans: {share: 100%, repayment: level_pay, term: 12, rate: 14%, price: 99}
""",
    "repay": """\
facilities:
  liquidity: {limit: 2% of pool, rate: 4%, commitment_fee: 0.5%}
""",
}

LAST = "    - residual: holder\n"


def with_clause(clause: str) -> str:
    """The small deal's waterfall with one clause more, before the residual of the first section."""
    head, tail = WATERFALL.split(LAST, 1)
    return f"{head}    - {clause}\n{LAST}{tail}"


def with_example(word: str, example: str) -> str:
    """The small deal's waterfall with the example of a step; a residual takes the place of the one that is there."""
    if word == "residual":
        return WATERFALL.replace("residual: holder", example.strip("{}"))
    return with_clause(example)
