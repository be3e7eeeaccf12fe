"""The lines of the deal itself, its sections and the holders of its residual."""

from __future__ import annotations

from abs_struct.core.lines import data, declare, flow, stock, tally

RESIDUALS = declare(
    "residuals",
    tally("paid", "Residual paid", "剩余收益", "paid to the holder of the residual in the period"),
)

SECTIONS = declare(
    "sections",
    flow("in_force", "In force", "适用", "1 while the section distributes cash", unit="flag"),
    flow("available", "Available funds", "可分配资金", "what the collection account holds for the section"),
)

#: Where the run assumes that the servicer loses collections.
INTERRUPTED = data("interrupted", "Interrupted", "服务中断", "1 in a period whose collections are lost", unit="flag")

#: Where the notes are one series of a trust.
INVESTED = flow(
    "invested_amount",
    "Invested amount",
    "投资金额",
    "of a series: the balance of all notes less what was charged off of them",
)

DEAL = declare(
    "deal",
    data("period", "Period", "期数", "the number of the payment period, 0 at closing", unit="number"),
    data("payment_date", "Payment date", "支付日", "the payment date of the period", unit="date"),
    data("pays", "Pays", "支付期", "1 in a period that has a payment date", unit="flag"),
    data(
        "months_collected", "Months collected", "归集月数", "months since the last payment, this one too", unit="number"
    ),
    data("final_period", "Final period", "最后一期", "1 in the last period of the run", unit="flag"),
    flow("notes_balance", "Balance of all notes", "证券余额合计", "the sum of the note balances"),
    flow(
        "overcollateralisation",
        "Overcollateralisation",
        "超额抵押",
        "pool balance, of a series its invested amount, less the balance of all notes",
    ),
    stock("called", "Called", "已清仓回购", "1 from the period in which the clean-up call is exercised", unit="flag"),
    tally("call_proceeds", "Call proceeds", "清仓回购价款", "the price at which the pool is bought back"),
)
