"""The yield supplement: every loan by itself, and the size of an auto deal."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pool.pools import calendar_days, loans_of, one_loan
from pool.twin import Loan, contract_month

from abs_struct.core.findings import CurveError
from abs_struct.curves import read
from abs_struct.pool.project import project
from abs_struct.pool.rows import compress
from abs_struct.pool.schedule import cohorts
from abs_struct.pool.supplement import yield_supplement

KINDS = ("level_pay", "level_principal", "interest_first", "single_payment")

loan = st.tuples(
    st.integers(1, 5_000_000),
    st.integers(0, 2000).map(lambda bp: bp / 1e4),
    st.integers(1, 30),
    st.integers(0, 70),
    st.sampled_from(KINDS),
    st.just("all"),
)


def supplements(terms, required, days, accrual):
    """The supplement of one loan by month: its contract paid month by month, each payment discounted by itself."""
    cents, rate, remaining, age, repayment, group = terms
    one = Loan(cents / 100, rate, remaining, age, repayment, group, accrual)
    balances, payments, factors = [one.balance], [], []
    for month in range(remaining):
        by_days = accrual == "actual/365"
        interest, principal = contract_month(one, one.balance, days[month])
        one.elapsed += days[month] / 365.0 if by_days else 1.0 / 12.0
        one.balance -= principal
        one.contract = one.balance
        one.remaining -= 1
        balances.append(one.balance)
        payments.append(interest + principal)
        factors.append(1.0 + required * (days[month] / 365.0 if by_days else 1.0 / 12.0))
    found = []
    for month in range(remaining):
        worth, discount = 0.0, 1.0
        for later in range(month, remaining):
            discount /= factors[later]
            worth += payments[later] * discount
        found.append(max(0.0, balances[month] - worth))
    return found if rate < required else []


@given(
    st.lists(loan, min_size=1, max_size=10),
    st.sampled_from([0.0, 0.05, 0.097, 0.25]),
    st.sampled_from(["30/360", "actual/365"]),
)
def test_supplement_equals_its_loans(loans, required, accrual):
    """Every repayment kind and accrual agrees with loan by loan, to 1e-12 of the pool; it is never negative."""
    days = calendar_days(40)
    expected = np.zeros(41)
    for terms in loans:
        for month, amount in enumerate(supplements(terms, required, days, accrual)):
            expected[month] += amount
    found = yield_supplement(compress(loans_of(*loans)), required, 40, days, accrual)
    size = sum(terms[0] for terms in loans) / 100
    np.testing.assert_allclose(found, expected, rtol=0, atol=1e-12 * max(size, 1.0))
    assert (found >= 0.0).all()


def test_loans_at_the_required_rate_need_no_supplement():
    """Only what lies below the required rate counts; at it and above it there is nothing."""
    for rate in (0.08, 0.09):
        assert not yield_supplement(compress(one_loan(10_000, rate, 24)), 0.08, 24).any()
    assert yield_supplement(compress(one_loan(10_000, 0.079, 24)), 0.08, 24)[:24].all()


def test_the_supplement_ends_with_the_loans():
    """A supplement falls with the schedule, month by month, and is nil when the last loan is paid."""
    found = yield_supplement(compress(one_loan(10_000, 0.02, 48)), 0.09, 60)
    assert (np.diff(found[:49]) < 0.0).all()
    assert not found[48:].any()


def rep_lines(balance, wac):
    """Twenty rep lines of an auto pool: five APRs from 0 % to 9 % with an average of `wac`, by four remaining terms."""
    terms = {40: 0.10, 48: 0.20, 52: 0.35, 57: 0.35}
    weights = {0.0: 0.20, 0.019: 0.25, 0.039: 0.25, 0.059: 0.20, 0.09: 0.10}
    average = sum(rate * weight for rate, weight in weights.items())
    assert average == pytest.approx(wac, abs=0.0005)
    return loans_of(*[
        (round(balance * 100 * share * weight), rate, term, 8, "level_pay", "all")
        for rate, weight in weights.items()
        for term, share in terms.items()
    ])  # fmt: skip


@pytest.mark.parametrize(
    ("loans", "low", "high"),
    [(one_loan(1_205_590_000, 0.035, 52, 8), 0.097, 0.098), (rep_lines(1_205_590_000, 0.035), 0.096, 0.099)],
    ids=["one rep line", "twenty rep lines"],
)
def test_an_auto_pool_ties_at_a_required_rate_near_9_7_percent(loans, low, high):
    """Pool 1,205.59 m, WAC 3.5 %, 52 months left: 147.40 m needs a required rate near 9.7 %; 8.0 % gives 109 m."""
    rows = compress(loans)
    millions = [yield_supplement(rows, required, 60)[0] / 1e6 for required in (0.08, low, high)]
    assert millions[0] == pytest.approx(109.2, abs=0.1)
    assert millions[1] < 147.40 < millions[2]
    assert len(rows) in {1, 20}


def test_it_is_a_line_only_where_there_is_a_required_rate():
    """Data by period, from closing on; a pool without a required rate has no such line."""
    rows, assumptions = compress(one_loan(10_000, 0.02, 24)), read({})
    made = cohorts(rows, assumptions, 24)
    with_it = project(assumptions, made, 24, supplement=yield_supplement(rows, 0.09, 24))
    assert with_it.data["pool.yield_supplement"][0] > 500
    assert "yield_supplement" in {line.name for line in with_it.slots[0].lines}
    assert "yield_supplement" not in {line.name for line in project(assumptions, made, 24).slots[0].lines}


def test_every_payment_is_needed():
    """Periods that end before the loans would cut payments off; they are refused."""
    with pytest.raises(CurveError, match=r"needs every scheduled payment: 24 periods \(got 23\)"):
        yield_supplement(compress(one_loan(10_000, 0.02, 24)), 0.09, 23)
