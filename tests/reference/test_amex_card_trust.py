"""Six monthly reports of the American Express master trust (Form 10-D): the printed rates from the printed amounts."""

from __future__ import annotations

import numpy as np
import pytest
from pool.test_cards import program
from reference.published import table

from abs_struct.analytics.cards import default_rate, payment_rate
from abs_struct.waterfall.engine import run

MONTHS = table("amex_card_trust")


def column(name: str) -> np.ndarray:
    """A column of the reports."""
    return np.array([float(month[name]) for month in MONTHS])


def test_default_rates() -> None:
    """Gross and net: amounts / ending principal x 365 / days, to the six printed decimals."""
    defaulted, ending, days = column("defaulted_amount"), column("ending_principal"), column("days")
    gross = default_rate(defaulted, ending, days)
    net = default_rate(defaulted, ending, days, column("recoveries"))
    assert np.abs(gross - column("printed_annualized_default_rate")).max() <= 5.1e-7
    assert np.abs(net - column("printed_net_default_rate")).max() <= 5.1e-7


def test_payment_rates() -> None:
    """Principal collections / beginning principal x 30 / days, to the six printed decimals."""
    found = payment_rate(column("principal_collections"), column("beginning_principal"), column("days"))
    assert np.abs(found - column("printed_monthly_payment_rate")).max() <= 5.1e-7


@pytest.mark.parametrize("month", MONTHS, ids=lambda month: month["period_end"])
def test_a_pool_with_these_rates_reports_them(month: dict[str, str]) -> None:
    """A pool that pays and loses what the trust did prints the same rates, from its own lines."""
    value = {name: float(month[name]) for name in month if name != "period_end"}
    opening, ending = value["beginning_principal"], value["ending_principal"]
    paid, lost = value["principal_collections"], value["defaulted_amount"]
    cards = {
        "payment_rate": paid / opening,
        "charge_off": 12.0 * lost / opening,
        "purchase_rate": (ending - opening + paid + lost) / (paid + lost),
    }
    found = program(cards)
    found.data["pool.cutoff_balance"][0] = opening
    found.data["pool.days_in_period"][1] = value["days"]
    lines = run(found)
    assert lines["pool.balance"][1] == pytest.approx(ending, rel=1e-12)
    assert lines["pool.reported_payment_rate"][1] == pytest.approx(value["printed_monthly_payment_rate"], abs=5.1e-7)
    assert lines["pool.reported_default_rate"][1] == pytest.approx(value["printed_annualized_default_rate"], abs=5.1e-7)
