"""A small European deal: floaters, a swap, a facility, deficiency ledgers, two waterfalls; monthly or quarterly."""

from __future__ import annotations

from pathlib import Path

from small import small

import abs_struct

TERMS = """\
name: Small European
currency: EUR
dates: {cutoff: 2026-12-31, closing: 2027-01-20, first_payment: 2027-02-15, legal_final: 2030-12-15, calendar: TARGET}
pool: {tape: small.csv, groups: [original_term]}
assumptions:
  prepayment: {cpr: 12%, ramp: 6}
  default: {cdr: 6%}
  recovery: {rate: 30%, lag: 3}
  indices: {EURIBOR_1M: {curve: {2027-01-01: 2.10%, 2027-07-01: 2.80%, 2028-01-01: 2.30%}}}
notes:
  A: {balance: 70% of pool, coupon: {index: EURIBOR_1M, margin: 0.7%, floor: 0%}, day_count: actual/360, label: Class A}
  B:
    balance: 20% of pool
    coupon: {index: EURIBOR_1M, margin: 2%, floor: 0%, step_up: {add: 1%, from: 2028-02-15}}
    day_count: actual/360
    deferrable: true
    label: Class B
  C: {balance: 9% of pool, coupon: 8%, deferrable: true, label: Class C}
  X: {balance: 0, notional: notes.A.opening_balance, coupon: {formula: "max(pool.wac - 9%, 0%)"}, label: Class X}
  loan: {balance: 1% of pool, coupon: 4%, subordinated_loan: true, deferrable: true, label: Reserve loan}
fees:
  servicer: {rate: 0.75%, of: pool.opening_balance, label: Servicer}
  tax: {rate: 3.26%, of: pool.interest, per: period, label: Tax}
  issue: {once: 1000, table: {2028-02-01: 2_600}, label: Issue costs}
accounts:
  principal: {receives: pool.principal_collections, label: Principal account}
  reserve: {initial: 1% of pool, required: "max(1% * notes.balance, 100)", earns: 1%, label: Reserve}
facilities:
  liq: {limit: 1% of pool, rate: 3%, commitment_fee: 0.25%, label: Liquidity facility}
hedges:
  swap:
    notional: notes.A.opening_balance + notes.B.opening_balance
    pays: 2.45%
    receives: {index: EURIBOR_1M, floor: 0%}
    counterparty_default: 2027-12-01
    termination: 0.1% * notes.A.opening_balance + 100
    label: Swap
amounts:
  spread: {1: 5%, 13: 6%}
  band_of_losses: "band(pool.cumulative_net_loss / pool.initial_balance, 1%, 5%, 2%, 3%, 0%)"
triggers:
  switch:
    test: pool.cumulative_net_loss / pool.initial_balance
    above: {1: 1.5%, 13: 4.25%}
    label: Sequential switch
  ledger:
    test: notes.C.pdl / pool.initial_balance
    above: 0.1%
    in_a_row: 2
    cure: {passes: 2}
    label: Ledger of class C
"""
WATERFALL = """\
waterfall:
  revenue:
    steps:
      - pay: [tax, issue]
      - pay: servicer
        part: 50%
      - hedge: swap
      - interest: [A, X]
        support: [liq, reserve, principal]
      - debit: [C, B, A]
        amount: collected(pool.defaulted) + accounts.principal.drawn
      - cure: A
        into: principal
      - interest: B
        when: notes.B.pdl <= 25% * notes.B.balance
      - cure: B
        into: principal
      - interest: B
      - fill: reserve
      - hedge: swap
        part: termination
      - cure: C
        into: principal
      - interest: C
      - repay: liq
      - pay: servicer
      - release: reserve
      - interest: loan
      - principal: loan
      - residual: seller
  redemption:
    from: principal
    steps:
      - principal: {pro_rata: [A, B, C]}
        when: not triggers.switch.active
      - principal: [A, B, C]
        when: triggers.switch.active
      - residual: seller
"""
QUARTERLY = {
    "first_payment: 2027-02-15": "first_payment: 2027-04-15",
    "calendar: TARGET": "calendar: TARGET, every: 3 months",
}


def european(folder: Path, *, quarterly: bool = False, **changes: object) -> abs_struct.Deal:
    """The deal, paying every month or every quarter, with some fields changed."""
    terms = TERMS
    for old, new in QUARTERLY.items() if quarterly else ():
        assert old in terms
        terms = terms.replace(old, new)
    return small(folder, terms, WATERFALL, **changes)
