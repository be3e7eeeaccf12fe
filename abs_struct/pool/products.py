"""Products: how one unit of par of a purchased receivable repays without default and prepayment, by its age.

next_bill        all in the next month, without interest (pay-later; the yield is in the price)
instalments      equal principal, and a flat fee on the original amount in equal parts (pay-later in instalments)
minimum_payment  a share of the balance and interest each month, the rest in the last month of the term
level_pay, level_principal, interest_first   loans, as in a tape
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from abs_struct.pool.repayment import unit_schedule
from abs_struct.terms.revolving import Receivable

Series = NDArray[np.float64]


def unit_of(product: Receivable) -> tuple[Series, Series]:
    """Scheduled balance and income of one unit of par, by month since its purchase.

    Parameters
    ----------
    product : repayment, term in months, yearly rate, flat fee

    Returns
    -------
    (balance, income) : arrays (T,) of term + 1 months each, per unit of par; index 0 is the purchase, with income 0

    Raises
    ------
    Nothing

    Source: definition (annuity formula for level_pay).

    >>> three = Receivable(share="100%", repayment="instalments", term=3, fee="2.5%")
    >>> [[round(float(v), 6) for v in series] for series in unit_of(three)]
    [[1.0, 0.666667, 0.333333, 0.0], [0.0, 0.008333, 0.008333, 0.008333]]
    """
    term = product.term
    months = np.arange(term + 1, dtype=float)
    if product.repayment in {"next_bill", "instalments"}:
        balance = 1.0 - months / term
        income = np.where(months > 0, float(product.fee) / term, 0.0)
        return balance, income
    if product.repayment == "minimum_payment":
        assert product.minimum is not None  # the document is refused without
        balance = (1.0 - float(product.minimum)) ** months
        balance[-1] = 0.0
        income = np.concatenate(([0.0], float(product.rate) / 12.0 * balance[:-1]))
        return balance, income
    balances, incomes = unit_schedule(
        product.repayment, [float(product.rate)], [term], [0], np.full(term, 365.0 / 12.0)
    )
    return balances[0], incomes[0]
