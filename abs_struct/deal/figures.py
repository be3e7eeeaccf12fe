"""The figures of a run: what is measured of a class, and of the pool, the residual and the deal."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import date
from typing import Any


@dataclass(frozen=True)
class NoteMeasures:
    """All measures of one class in one scenario; amounts in currency units, rates as fractions, lives in years."""

    balance: float
    coupon: float
    interest_paid: float
    principal_paid: float
    interest_shortfall: float
    principal_shortfall: float
    wal: float
    wal_with_losses: float
    yield_: float
    monthly_yield: float
    price: float
    accrued: float
    modified_duration: float
    convexity: float
    discount_margin: float
    spread_duration: float
    first_principal: date | None
    last_principal: date | None
    enhancement: float
    rating: str

    def as_dict(self) -> dict[str, Any]:
        """The measures by name, `yield` without its underscore."""
        return {("yield" if key == "yield_" else key): value for key, value in asdict(self).items()}


@dataclass(frozen=True)
class DealMeasures:
    """Measures of the pool, the residual and the deal in one scenario.

    sized_by : what classes are a share of, the pool, or of a series its invested amount; loss_a_year : net loss a year
    of the average pool
    """

    pool_balance: float
    pool_wal: float
    scheduled_principal: float
    prepaid: float
    defaulted: float
    recovered: float
    net_loss: float
    residual_paid: float
    residual_invested: float
    residual_irr: float
    residual_multiple: float
    cost_of_funds: float
    advance_rate: float
    sized_by: float
    loss_a_year: float
