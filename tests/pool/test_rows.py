"""Loans, rows and their schedules."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pool.pools import loans_of
from pool.twin import payment

from abs_struct.core.findings import CurveError, TapeError
from abs_struct.pool import rows as module
from abs_struct.pool.loans import Loans, factor
from abs_struct.pool.repayment import unit_schedule
from abs_struct.pool.rows import compress

GOOD = {
    "balance_cents": [100_00, 200_00],
    "rate": [0.12, 0.12],
    "remaining_term": [12, 12],
    "age": [0, 0],
    "original_term": [12, 12],
    "repayment": ["level_pay", "level_pay"],
    "grade": ["A", "B"],
}

loan = st.tuples(
    st.integers(0, 10**9),
    st.integers(0, 99_999_999).map(lambda units: units / 1e8),
    st.integers(1, 480),
    st.integers(0, 480),
    st.sampled_from(["level_pay", "single_payment"]),
    st.sampled_from(["36", "60/A", "all"]),
)


@pytest.mark.parametrize("dense", [0, 1 << 22])
@given(st.lists(loan, min_size=1, max_size=30))
def test_rows_keep_every_cent(dense, loans):
    """Each key appears once with the cents of its loans, whatever the order of the tape, by table or by sorting."""
    expected = {}
    for cents, rate, remaining, age, repayment, group in loans:
        key = (group, age, repayment, remaining, round(rate * 1e8))
        count, total = expected.get(key, (0, 0))
        expected[key] = (count + 1, total + cents)
    patch = pytest.MonkeyPatch()
    patch.setattr(module, "DENSE", dense)
    try:
        rows = compress(loans_of(*reversed(loans)))
    finally:
        patch.undo()
    keys = zip(rows.group, rows.age, rows.repayment, rows.remaining_term, rows.rate_units, strict=True)
    found = {
        (str(g), int(a), str(p), int(n), int(r)): (int(c), int(b))
        for (g, a, p, n, r), c, b in zip(keys, rows.loans, rows.balance_cents, strict=True)
    }
    assert found == expected
    assert list(found) == sorted(found)


def test_groups_are_named_by_their_columns():
    """Two group columns make names such as 12/A."""
    assert Loans.of(GOOD, ["original_term", "grade"]).group.tolist() == ["12/A", "12/B"]
    assert Loans.of(GOOD).group.tolist() == ["all", "all"]


def test_many_labels_are_found_by_sorting():
    """A column with more labels than are tried one by one."""
    column = np.array([f"{k % 40:02d}" for k in range(200)])
    labels, places = factor(column)
    assert (labels[places] == column).all()
    assert list(labels) == sorted(set(column))


@pytest.mark.parametrize(
    ("column", "value", "sentence"),
    [
        ("balance_cents", -1, "loan 2, column balance_cents: -1; a balance is 0 or more"),
        ("rate", 13.5, r"loan 2, column rate: 13.5; a rate lies in \[0, 1\): write 13.5% as 0.135"),
        ("rate", float("nan"), "loan 2, column rate: nan"),
        ("remaining_term", 0, "loan 2, column remaining_term: 0; a remaining term is 1 month or more"),
        ("age", -3, "loan 2, column age: -3; an age is 0 months or more"),
        ("repayment", "level_pays", "unknown repayment 'level_pays'; did you mean 'level_pay'?"),
    ],
)
def test_impossible_loans_are_refused(column, value, sentence):
    """A loan that no schedule can be made for is refused by its number."""
    with pytest.raises(TapeError, match=sentence):
        Loans.of(GOOD | {column: [GOOD[column][0], value]})


def test_missing_columns_are_named():
    """A group column that the tape lacks, and the nearest one."""
    with pytest.raises(TapeError, match="no column 'grades'; did you mean 'grade'"):
        Loans.of(GOOD, ["grades"])


def test_an_empty_pool_is_refused():
    """No loans, no rows."""
    empty = {name: [] for name in GOOD}
    with pytest.raises(TapeError, match="the pool has no loans"):
        compress(Loans.of(empty))


@pytest.mark.parametrize("rate", [0.0, 1e-8, 1e-6, 0.05, 0.36])
@pytest.mark.parametrize("accrual", ["30/360", "actual/365"])
def test_level_pay_pays_the_same_each_month(rate, accrual):
    """The payment of the annuity every month, and nothing left at the end."""
    days = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]
    balance, interest = (grid[0] for grid in unit_schedule("level_pay", [rate], [11], [0], days, accrual))
    paid = (balance[:-1] - balance[1:] + interest[1:])[:10]
    np.testing.assert_allclose(paid, payment(1.0, rate, 11), rtol=1e-13)
    assert balance[11] == balance[12] == interest[12] == 0.0
    if accrual == "actual/365":
        assert interest[2] == pytest.approx(balance[1] * rate * 28 / 365, rel=1e-14)


def test_single_payment_pays_all_interest_since_origination_at_the_end():
    """12 % simple interest on 18 months of age and 6 to go: 24 % with the principal, nothing before."""
    balance, interest = unit_schedule("single_payment", [0.12], [6], [18], [30] * 8)
    assert balance[0].tolist() == [1.0] * 6 + [0.0] * 3
    assert interest[0].tolist() == [0.0] * 6 + [pytest.approx(0.24)] + [0.0] * 2


def test_unknown_words_are_refused():
    """A repayment or an accrual that does not exist, with the nearest."""
    with pytest.raises(CurveError, match="unknown repayment 'bullet'"):
        unit_schedule("bullet", [0.1], [1], [0], [30])
    with pytest.raises(CurveError, match="unknown accrual 'actual/360'; did you mean 'actual/365'"):
        unit_schedule("level_pay", [0.1], [1], [0], [30], "actual/360")
