"""How the constructs of the field are written in the deal language: examples for the document, each run by a test."""

from __future__ import annotations

from typing import NamedTuple


class Construct(NamedTuple):
    """A construct: its name in the field, a few words, and the part of a deal file that says it."""

    title: str
    words: str
    text: str


CONSTRUCTS = (
    Construct(
        "Floating notes, margin, floor, cap, step-up",
        "The index is one of `assumptions.indices`; the cap is an available-funds (WAC) cap.",
        """\
assumptions:
  indices: {SOFR_1M: 4.30%}
notes:
  A:
    balance: 70% of pool
    day_count: actual/360
    coupon: {index: SOFR_1M, margin: 0.80%, floor: 0%, cap: pool.wac - 1%}
  B: {balance: 22% of pool, coupon: {fixed: 6%, step_up: {add: 0.50%, from: 2029-01-15}}}
""",
    ),
    Construct(
        "Interest-only class and capped coupon that is lost",
        "Interest runs on a notional; what a cap or a shortage leaves unpaid is not carried.",
        """\
notes:
  A: {balance: 70% of pool, coupon: 5%}
  B: {balance: 22% of pool, coupon: 8%, unpaid_interest: lost}
  X: {balance: 0, notional: pool.opening_balance, coupon: {formula: "max(pool.wac - 9%, 0%)"}}
waterfall:
  every_month:
    - interest: [A, X]
    - interest: B
    - principal: [A, B]
    - residual: holder
""",
    ),
    Construct(
        "Accrual (Z) class",
        "While A is outstanding, B's interest is added to its balance and its cash repays A.",
        """\
notes:
  A: {balance: 70% of pool, coupon: 5%}
  B: {balance: 22% of pool, coupon: 9%, accrues_while: notes.A.balance > 0}
""",
    ),
    Construct(
        "Planned balances (scheduled, PAC) and what goes beyond them",
        "A is paid down to its plan first; B takes the rest, and A again when B is gone.",
        """\
notes:
  A: {balance: 60% of pool, coupon: 5%, target: {1: 230_000, 4: 200_000, 8: 150_000, 14: 80_000, 20: 0}}
  B: {balance: 32% of pool, coupon: 7%}
waterfall:
  every_month:
    - interest: [A, B]
    - principal: A
      to: target
    - principal: [B, A]
    - residual: holder
""",
    ),
    Construct(
        "Bullet, lock-out",
        "No principal before a date; cash waits in an account.",
        """\
notes:
  A: {balance: 60% of pool, coupon: 5%, expected_maturity: 2028-06-15}
  B: {balance: 32% of pool, coupon: 7%}
accounts:
  reserve: {initial: 1% of pool, required: 1% of pool}
  funding: {}
waterfall:
  every_month:
    - interest: [A, B]
    - principal: A
      when: deal.payment_date >= notes.A.expected_maturity
      support: funding
    - transfer: funding
      when: notes.A.balance > 0
      amount: notes.A.balance - accounts.funding.balance
    - principal: B
    - release: reserve
    - residual: holder
""",
    ),
    Construct(
        "Nested groups, pro rata and fixed shares",
        "A1 and A2 share by balance, then B and C in fixed shares; what one cannot take goes to the other.",
        """\
notes:
  A1: {balance: 40% of pool, coupon: 5%}
  A2: {balance: 30% of pool, coupon: 5%}
  B: {balance: 12% of pool, coupon: 7%}
  C: {balance: 10% of pool, coupon: 9%}
triggers: {losses: {test: pool.cumulative_net_loss / pool.initial_balance, above: 6%}}
waterfall:
  every_month:
    - interest: [A1, A2]
    - interest: {sequential: [B, C]}
    - principal: {sequential: [{pro_rata: [A1, A2]}, {shares: {B: 60%, C: 40%}}]}
    - residual: holder
""",
    ),
    Construct(
        "Pro rata until a switch, then sequential",
        "An irrevocable switch is a trigger that is never cured; a curable one says `cure: when the test passes`.",
        """\
triggers:
  switch: {test: pool.cumulative_net_loss / pool.initial_balance, above: {1: 2%, 13: 4.25%, 25: 6%}, cure: never}
waterfall:
  every_month:
    - interest: A
    - interest: B
    - principal: {pro_rata: [A, B]}
      when: not triggers.switch.active
    - principal: [A, B]
      when: triggers.switch.active
    - residual: holder
""",
    ),
    Construct(
        "Sequential until enhancement is reached, then pro rata",
        "Class A's enhancement after the last payment decides.",
        """\
waterfall:
  every_month:
    - interest: [A, B]
    - principal: [A, B]
      when: previous(notes.A.enhancement, 1) < 45%
    - principal: {pro_rata: [A, B]}
      when: previous(notes.A.enhancement, 1) >= 45%
    - residual: holder
""",
    ),
    Construct(
        "Target overcollateralisation with a floor, turbo",
        "A percentage of the current pool, not below one of the initial pool; all cash while the trigger is active.",
        """\
amounts:
  target_oc: max(10% * pool.balance, 1% of pool)
triggers:
  turbo: {test: pool.cumulative_net_loss / pool.initial_balance, above: 8%}
waterfall:
  every_month:
    - interest: [A, B]
    - principal: [A, B]
      amount: if(triggers.turbo.active, available, notes.balance - (pool.balance - target_oc))
    - residual: holder
""",
    ),
    Construct(
        "Revenue and principal, deficiency ledgers, principal to pay interest",
        "The principal account receives its part of the collections; defaults and borrowed principal are debited from "
        "the bottom up and cured from revenue; B's interest moves behind A's cure when B's ledger is too large.",
        """\
accounts:
  principal: {receives: pool.principal_collections}
  reserve: {initial: 1% of pool, required: 1% of pool}
waterfall:
  revenue:
    - pay: servicer
    - interest: A
      support: [reserve, principal]
    - debit: [B, A]
      amount: pool.defaulted + accounts.principal.drawn
    - interest: B
      when: notes.B.pdl <= 25% * notes.B.balance
    - cure: A
      into: principal
    - interest: B
    - fill: reserve
    - cure: B
      into: principal
    - residual: seller
  redemption:
    from: principal
    steps:
      - principal: [A, B]
      - residual: seller
""",
    ),
    Construct(
        "Income topped up to principal (a + b + c - d)",
        "The clause of Chinese plans: defaults of the period, those not yet covered, principal borrowed, less covered.",
        """\
accounts:
  principal: {receives: pool.principal_collections}
  reserve: {initial: 1% of pool, required: 1% of pool}
waterfall:
  income:
    - interest: A
      support: principal
    - interest: B
    - top_up: principal
      losses: pool.defaulted
      borrowed: accounts.principal.drawn
    - residual: subordinated
  principal:
    from: principal
    steps:
      - principal: [A, B]
      - residual: subordinated
""",
    ),
    Construct(
        "Losses written down, and up again",
        "Net losses reduce the most junior class; recoveries restore the senior one first.",
        """\
waterfall:
  every_month:
    - write_down: [B, A]
      amount: pool.defaulted
    - write_up: [A, B]
      amount: pool.recovered
    - interest: [A, B]
    - principal: [A, B]
      amount: pool.principal_collections + pool.recovered
    - residual: holder
""",
    ),
    Construct(
        "Swap on the balance of the notes, termination payment subordinated",
        "The issuer pays fixed and receives the index; the net is senior; the counterparty defaults on a date.",
        """\
assumptions:
  indices: {EURIBOR_1M: 2.45%}
hedges:
  swap:
    notional: notes.A.opening_balance
    pays: 2.60%
    receives: {index: EURIBOR_1M, floor: 0%}
    counterparty_default: 2028-06-15
    termination: 2% * notes.A.opening_balance
waterfall:
  every_month:
    - hedge: swap
    - interest: [A, B]
    - principal: [A, B]
    - hedge: swap
      part: termination
    - residual: holder
""",
    ),
    Construct(
        "Liquidity facility and a reserve funded by a subordinated loan",
        "The facility pays senior interest when the reserve cannot, and is repaid with interest.",
        """\
notes:
  A: {balance: 70% of pool, coupon: 5%}
  B: {balance: 22% of pool, coupon: 9%}
  loan: {balance: 1% of pool, coupon: 4%, subordinated_loan: true}
accounts:
  reserve: {initial: 1% of pool, required: "if(notes.balance > 0, max(1% * notes.balance, 500), 0)"}
facilities:
  liquidity: {limit: 2% * notes.balance, rate: 3.50%, commitment_fee: 0.25%}
waterfall:
  every_month:
    - repay: liquidity
    - release: reserve
    - interest: A
      support: [reserve, liquidity]
    - interest: B
    - fill: reserve
    - principal: [A, B]
    - interest: loan
    - principal: loan
    - residual: holder
""",
    ),
    Construct(
        "Spread account with trapping levels, reserve that never declines",
        "The required amount follows the three-month excess spread in bands.",
        """\
amounts:
  excess_spread: (pool.interest - pool.defaulted) * 12 / pool.opening_balance
  three_months: average(amounts.excess_spread, 3)
accounts:
  reserve: {initial: 1% of pool, required: 1% * pool.balance, non_declining: true}
  spread: {required: "band(three_months, 2%, 6.5%, 3%, 4%, 4.5%, 1.5%, 0%) * pool.balance"}
waterfall:
  every_month:
    - interest: A
      support: [spread, reserve]
    - interest: B
    - fill: reserve
    - fill: spread
    - principal: [A, B]
    - release: spread
    - residual: holder
""",
    ),
    Construct(
        "Fees: tax on income, split servicing fee, costs at closing and by date, caps",
        "Half of the servicing fee is senior; trustees are capped by the year before default.",
        """\
fees:
  tax: {rate: 3.26%, of: pool.interest, per: period}
  servicer: {rate: 1%, of: pool.opening_balance, minimum: 2_000}
  trustee: {rate: 0.05%, of: pool.opening_balance, plus: 6_000, cap: 4_000}
  issue: {once: 1_500, table: {2028-01-31: 300}}
waterfall:
  every_month:
    - pay: [tax, issue, trustee]
    - pay: servicer
      part: 50%
    - interest: [A, B]
    - pay: servicer
    - principal: [A, B]
    - pay: trustee
      uncapped: true
    - residual: holder
""",
    ),
    Construct(
        "Triggers: in a row, cured after some tests, in a window, by hand",
        "`fired: 12` (or --set triggers.turbo.fired=12) makes a trigger active from that period on.",
        """\
triggers:
  spread: {test: "average(pool.interest, 3) * 12 / pool.opening_balance", below: 9%, in_a_row: 2, cure: {passes: 3}}
  losses: {test: pool.cumulative_net_loss / pool.initial_balance, above: {1: 2%, 13: 6%}, from_period: 4}
  turbo: {test: pool.balance < 5% of pool, fired: 12}
""",
    ),
    Construct(
        "Arrears: a delinquency test beside a default curve",
        "Roll rates say who misses the next instalment, the default curve says what defaults. Buckets of 1-30, 31-60 "
        "and 61-90 days here; those who pay in the end do it later, with late fees.",
        """\
assumptions:
  delinquency: {enter: 3%, roll: [30%, 60%, 85%], late_fee: 0.05%}
amounts:
  over_30: (pool.delinquent_31_60 + pool.delinquent_61_90) / pool.balance
triggers:
  delinquency: {test: "average(amounts.over_30, 3)", above: 4.5%, cure: when the test passes}
""",
    ),
    Construct(
        "Call by balance, date or formula",
        "`exercised` says whether a run assumes it.",
        """\
call: {when: pool.balance <= 10% of pool or deal.payment_date >= 2029-06-15, price: 100, exercised: true}
""",
    ),
)
