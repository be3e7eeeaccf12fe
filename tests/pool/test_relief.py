"""Relief in a deal: a schedule of its own, and therefore a pool of its own."""

from __future__ import annotations

import numpy as np
import pytest
from small import TERMS, WATERFALL, small

import abs_struct
from abs_struct.core.findings import DealError

RELIEF = "  payment_holiday: {share: 10%, from: 2, months: 3, interest: deferred}\n"
TERMS_WITH_RELIEF = TERMS.replace("notes:\n", f"{RELIEF}notes:\n", 1)


def test_a_deal_under_relief_passes_its_checks(tmp_path):
    """Three months more, later principal, and every check of the run."""
    plain = small(tmp_path, TERMS, WATERFALL).run()
    relieved = small(tmp_path, TERMS_WITH_RELIEF, WATERFALL).run()
    assert not relieved.failures
    assert len(relieved.lines["pool.balance"]) == len(plain.lines["pool.balance"]) + 3
    assert relieved.note_measures["A"].wal > plain.note_measures["A"].wal
    assert relieved.lines["pool.balance"][0] == plain.lines["pool.balance"][0]


def test_another_relief_is_another_pool(tmp_path):
    """The cohorts of a deal are not those of the same deal with other relief; with the same relief they are shared."""
    deal = small(tmp_path, TERMS_WITH_RELIEF, WATERFALL)
    first = deal.collateral
    assert deal.with_({"assumptions.prepayment.cpr": "20%"}).collateral is first
    for path, value in (("share", "20%"), ("from", "3"), ("interest", "waived")):
        other = deal.with_({f"assumptions.payment_holiday.{path}": value}).collateral
        assert other is not first
        assert not np.array_equal(other.cohorts[0].scheduled_interest[:6], first.cohorts[0].scheduled_interest[:6])


def test_relief_may_be_swept(tmp_path):
    """Each share has a pool of its own: a row of the sweep is the single run."""
    deal = small(tmp_path, TERMS_WITH_RELIEF, WATERFALL)
    path = "assumptions.payment_holiday.share"
    study = abs_struct.sweep(deal, {path: ["5%", "40%"]}, measures=["A.wal"])
    for share, found in zip(("5%", "40%"), study.frame["A.wal"], strict=True):
        assert found == deal.with_({path: share}).run().note_measures["A"].wal
    assert study.frame["A.wal"][0] < study.frame["A.wal"][1]


def test_relief_beyond_the_life_names_its_field(tmp_path):
    """The loans of the deal end in month 36; a holiday from month 60 on is a mistake."""
    deal = small(tmp_path, TERMS_WITH_RELIEF.replace("from: 2", "from: 60"), WATERFALL)
    with pytest.raises(DealError, match=r"payment_holiday.from: month 60 lies beyond the life of the loans"):
        deal.run()
