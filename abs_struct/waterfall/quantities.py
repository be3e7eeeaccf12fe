"""The lines of the deal's own things: notes, fees, accounts, amounts, residuals and the deal itself."""

from __future__ import annotations

from abs_struct.core.lines import data, declare, fixed, flow, stock, tally

NOTES = declare(
    "notes",
    fixed("initial_balance", "Initial balance", "发行金额", "the balance at closing"),
    data("accrual_fraction", "Accrual fraction", "计息年数", "the year fraction of the accrual period", unit="years"),
    flow("opening_balance", "Opening balance", "期初余额", "the balance at the start of the period"),
    flow("interest_due", "Interest due", "应付利息", "opening balance x coupon x accrual fraction"),
    flow("interest_owed", "Interest owed", "欠付利息", "due plus carried shortfall less paid, as clauses are applied"),
    tally("interest_paid", "Interest paid", "实付利息", "interest paid in the period"),
    tally("principal_paid", "Principal paid", "实付本金", "principal paid in the period"),
    stock("balance", "Balance", "期末余额", "opening balance less principal paid"),
    stock(
        "interest_shortfall", "Interest shortfall", "未付利息", "interest due and unpaid, carried to the next period"
    ),
    flow("factor", "Factor", "本金因子", "balance / initial balance", unit="factor"),
    flow(
        "enhancement",
        "Credit enhancement",
        "信用增级",
        "(pool balance - this class and those before it + accounts) / pool balance; without a pool 1 if repaid",
        unit="rate",
    ),
)

FEES = declare(
    "fees",
    data("year_fraction", "Year fraction", "年化期间", "the share of a year that the period is", unit="years"),
    data("new_year", "New year", "新年度标志", "1 in the first period of each twelve months", unit="flag"),
    flow("due", "Due", "应付", "rate x base x year fraction + the fixed amount"),
    flow("owed", "Owed", "欠付", "due plus carried shortfall less paid, as clauses are applied"),
    tally("paid", "Paid", "实付", "paid in the period"),
    stock("shortfall", "Shortfall", "未付", "due and unpaid, carried to the next period"),
    stock("paid_this_year", "Paid this year", "本年已付", "paid under the cap since the year of the deal began"),
)

ACCOUNTS = declare(
    "accounts",
    flow("required", "Required amount", "必备金额", "what the account has to hold"),
    tally("paid_in", "Paid in", "存入", "added by the waterfall"),
    tally("released", "Released", "释放", "given back to collections above the requirement"),
    flow("opening_balance", "Opening balance", "期初余额", "the balance at the start of the period"),
    stock("balance", "Balance", "余额", "what the account holds at the end of the period"),
)

RESIDUALS = declare(
    "residuals",
    tally("paid", "Residual paid", "剩余收益", "paid to the holder of the residual in the period"),
)

SECTIONS = declare(
    "sections",
    flow("in_force", "In force", "适用", "1 while the section distributes cash", unit="flag"),
    flow("available", "Available funds", "可分配资金", "what the collection account holds for the section"),
)

DEAL = declare(
    "deal",
    data("period", "Period", "期数", "the number of the payment period, 0 at closing", unit="number"),
    data("final_period", "Final period", "最后一期", "1 in the last period of the run", unit="flag"),
    flow("notes_balance", "Balance of all notes", "证券余额合计", "the sum of the note balances"),
    flow(
        "overcollateralisation",
        "Overcollateralisation",
        "超额抵押",
        "pool balance less the balance of all notes",
    ),
    stock("called", "Called", "已清仓回购", "1 from the period in which the clean-up call is exercised", unit="flag"),
    tally("call_proceeds", "Call proceeds", "清仓回购价款", "the price at which the pool is bought back"),
)
