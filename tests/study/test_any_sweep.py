"""Any deal, any chunk, any executor: every row of a sweep has the bits of its single run."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from unittest.mock import patch

import numpy as np
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from small import small
from waterfall.test_any_deal import CLAUSES, TERMS, UNPAID, waterfall

import abs_struct
from abs_struct.study import scenarios

MEASURES = ["A.wal", "B.yield", "C.principal_shortfall", "pool.net_loss", "residual.paid"]
AXES = {
    "assumptions.default.cdr": ["0%", "7%", "40%", "85%"],
    "notes.B.coupon": ["2%", "13%"],
    "accounts.reserve.earns": ["0%", "3%"],
    "triggers.losses.above.1": ["0.2%", "5%"],
    "notes.C.unpaid_interest": ["carried", "lost"],
    "fees.servicer.rate": ["0.5%", "3%"],
}


@settings(max_examples=8, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(
    revenue=CLAUSES[0],
    redemption=CLAUSES[1],
    unpaid=UNPAID,
    paths=st.lists(st.sampled_from(sorted(AXES)), min_size=1, max_size=3, unique=True),
    chunk=st.integers(1, 9),
    threads=st.integers(1, 3),
)
def test_every_row_is_its_single_run(
    tmp_path: Path,
    revenue: list[tuple[str, str]],
    redemption: list[tuple[str, str]],
    unpaid: str,
    paths: list[str],
    chunk: int,
    threads: int,
) -> None:
    """Deals drawn from all clauses, over numbers and switches, in chunks of any size, here and on an executor."""
    terms = TERMS.format(every="1 month", first="2027-02-15", b=unpaid, c="carried")
    deal = small(tmp_path, terms, waterfall(revenue, redemption))
    vary = {path: AXES[path] for path in paths}
    whole = abs_struct.sweep(deal, vary, MEASURES)
    with patch.object(scenarios, "CHUNK", chunk), ThreadPoolExecutor(threads) as executor:
        cut = abs_struct.sweep(deal, vary, MEASURES, executor=executor)
    for name in MEASURES:
        assert whole.values(name).tobytes() == cut.values(name).tobytes(), name
    for row in {0, len(whole) // 2, len(whole) - 1}:
        found = deal.with_({one.path: one.text(row) for one in whole.design.varied}).run().measures
        for name in MEASURES:
            assert np.array_equal(whole.values(name)[row], float(found.value(name)), equal_nan=True), name


def test_a_rate_of_nil_is_a_program_of_its_own(tmp_path: Path) -> None:
    """An account that earns nothing has no line of income; beside one that earns, each is its single run."""
    deal = small(
        tmp_path, TERMS.format(every="1 month", first="2027-02-15", b="carried", c="carried"), waterfall([], [])
    )
    for rates in (["0%", "3%"], ["4%", "1%", "0%", "3%", "2%"]):
        study = abs_struct.sweep(deal, {"accounts.reserve.earns": rates}, ["residual.paid"])
        single = [deal.with_({"accounts.reserve.earns": rate}).run().measures.value("residual.paid") for rate in rates]
        assert study.values("residual.paid").tolist() == single
        assert len(set(single)) == len(single)
