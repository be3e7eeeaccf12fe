"""A formula that reads a line before it is worked out is refused, with its place."""

from __future__ import annotations

from pathlib import Path

import pytest
from small import TERMS, WATERFALL, small

from abs_struct.core.findings import DealError


@pytest.mark.parametrize(
    ("before", "after", "where", "line"),
    [
        ("1%, of: pool.opening_balance}", "1%, of: fees.servicer.due}", "fees.servicer.of", "fees.servicer.due"),
        (
            "coupon: 5%}",
            "coupon: {formula: notes.B.interest_due / notes.B.balance}}",
            "notes.A.coupon.formula",
            "notes.B.interest_due",
        ),
        (
            "1%, of: pool.opening_balance}",
            "1%, of: waterfall.before_default.interest_A.due}",
            "fees.servicer.of",
            "waterfall.before_default.interest_A.due",
        ),
    ],
)
def test_a_line_read_too_early_is_refused(before: str, after: str, where: str, line: str, tmp_path: Path) -> None:
    """Its value would be that of the period before: the sentence says so, and how to mean it."""
    with pytest.raises(DealError) as error:
        _ = small(tmp_path, TERMS.replace(before, after)).program
    message = str(error.value)
    assert where in message
    assert f"previous({line}, 1)" in message
    assert "small.yaml:" in message


def test_a_clause_may_not_read_a_clause_below_it(tmp_path: Path) -> None:
    """What a later clause pays is not known when an earlier one is reached."""
    waterfall = WATERFALL.replace(
        "    - release: reserve\n", "    - {principal: A, amount: waterfall.before_default.interest_B.paid}\n", 1
    )
    with pytest.raises(DealError, match="worked out later in the period"):
        _ = small(tmp_path, waterfall=waterfall).program
