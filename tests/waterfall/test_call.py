"""A call: what the pool is bought for, and that nothing of it remains."""

from __future__ import annotations

from pathlib import Path

import pytest
from small import TERMS, small

CALL = "call: {{when: pool.balance <= 30% of pool, price: {price}, exercised: true}}\n"


@pytest.mark.parametrize("price", [100.0, 101.5])
def test_the_pool_is_bought_at_its_price(price: float, tmp_path: Path) -> None:
    """Proceeds are price / 100 of the balance before the call; the pool is gone and pays no more."""
    plain = small(tmp_path).run().lines
    lines = small(tmp_path, TERMS + CALL.format(price=price)).run().lines
    when = int((lines["deal.called"] > 0.5).argmax())
    assert when > 1
    assert lines["deal.call_proceeds"][when] == pytest.approx(price / 100.0 * plain["pool.balance"][when])
    assert lines["deal.call_proceeds"].sum() == lines["deal.call_proceeds"][when]
    assert lines["pool.balance"][when:].max() == 0.0
    assert lines["pool.defaulted"][when + 1 :].max() == 0.0
    assert lines["accounts.collections.received"][when + 1 :].max() == 0.0
