"""Small pools for tests, and a run of one by the engine."""

from __future__ import annotations

import numpy as np

from abs_struct.core.state import Program
from abs_struct.curves import read
from abs_struct.pool.loans import Loans
from abs_struct.pool.project import project
from abs_struct.pool.rows import compress
from abs_struct.pool.schedule import cohorts, horizon


def loans_of(*loans):
    """Loans from tuples (cents, rate, remaining, age, repayment, group)."""
    cents, rate, remaining, age, repayment, group = zip(*loans, strict=True)
    return Loans(
        np.array(cents, dtype=np.int64),
        np.array(rate, dtype=float),
        np.array(remaining, dtype=np.int64),
        np.array(age, dtype=np.int64),
        np.array(remaining, dtype=np.int64) + np.array(age, dtype=np.int64),
        np.array(repayment),
        np.array(group),
    )


def one_loan(balance, rate, remaining, age=0, repayment="level_pay"):
    """A pool of one loan; the balance in currency units."""
    return loans_of((round(balance * 100), rate, remaining, age, repayment, "all"))


def program_of(loans, written, *, days=(), accrual="30/360", periods=None, axes=None):
    """The program of a pool alone; `axes` puts arrays over scenarios in the place of inputs."""
    assumptions = read(written)
    rows = compress(loans)
    periods = periods or horizon(rows, assumptions)
    days = days[:periods]
    parts = cohorts(rows, assumptions, periods, days, accrual)
    pool = project(assumptions, parts, periods, days)
    unknown = set(axes or {}) - set(pool.inputs)
    assert not unknown, unknown
    slots = {slot.path: slot for slot in pool.slots}
    return Program(periods, slots, pool.inputs | (axes or {}), pool.data, (pool.part,), pool.past)


def calendar_days(periods):
    """Days of calendar months from January 2027."""
    starts = (np.datetime64("2027-01") + np.arange(periods + 1)).astype("datetime64[D]")
    return np.diff(starts).astype(int)
