"""The lines of a pool: what a projection computes, by cohort, by group with curves of its own, and in total."""

from __future__ import annotations

from abs_struct.core.lines import Line, curve, data, declare, fixed, flow, stock, tally

COHORTS = declare(
    "cohorts",
    data("scheduled_balance", "Scheduled balance", "计划余额", "balance without default and prepayment"),
    data(
        "scheduled_repayment",
        "Scheduled repayment",
        "计划还本",
        "principal due without default and prepayment",
    ),
    data("scheduled_interest", "Scheduled interest", "计划利息", "interest due without default and prepayment"),
    data("age", "Loan age", "账龄", "months since origination at the start of the period", unit="number"),
    curve("prepayment_rate", "Prepayment rate", "早偿率", "the share of the balance that wants to prepay (SMM)"),
    curve("default_rate", "Default rate", "违约率", "the share of the opening balance that defaults (MDR)"),
    flow("opening_balance", "Opening balance", "期初余额", "the balance at the start of the period"),
    flow("defaulted", "Defaulted", "违约金额", "default rate x opening balance"),
    flow(
        "prepaid_share",
        "Prepaid share",
        "早偿比例",
        "the share that prepays: the prepayment rate, at most what default leaves",
        unit="rate",
    ),
    flow("scheduled_principal", "Scheduled principal", "计划本金", "scheduled repayment of the survivors"),
    flow("prepaid", "Prepaid", "早偿金额", "principal prepaid in full"),
    flow("interest", "Interest", "利息", "scheduled interest of the survivors"),
    stock("survival", "Survival", "存续因子", "balance / scheduled balance", unit="factor"),
    stock("balance", "Balance", "期末余额", "survival x scheduled balance"),
)

#: The default rate of a cohort whose defaults are an amount: that of its pool or group, in the period.
PLACED_RATE = flow(
    "default_rate",
    "Default rate",
    "违约率",
    "the share of the opening balance that defaults (MDR)",
    unit="rate",
)

#: With servicer advances a cohort remembers its loans in foreclosure, in units of survival.
ADVANCES = (
    flow("newly_defaulted", "Newly defaulted", "新增违约因子", "default rate x survival", unit="factor"),
    stock("in_foreclosure", "In foreclosure", "处置中因子", "defaulted and not yet liquidated", unit="factor"),
    flow("advanced_principal", "Advanced principal", "垫付本金", "scheduled principal of loans in foreclosure"),
    flow("advanced_interest", "Advanced interest", "垫付利息", "scheduled interest of loans in foreclosure"),
    flow("liquidated", "Liquidated", "清收处置余额", "amortised balance of the loans liquidated in the period"),
    flow(
        "liquidation_loss",
        "Liquidation loss",
        "处置损失",
        "severity x balance at default, at most the amortised balance",
    ),
    flow("recovered", "Recovered", "回收金额", "liquidated less the loss"),
)

#: Where advances stop before the liquidation.
STOPPED = (stock("advancing", "Advancing", "垫付中因子", "in foreclosure and still advanced", unit="factor"),)

#: What a group of cohorts has that defaults and recovers by assumptions of its own.
OWN = (
    flow("defaulted", "Defaulted", "违约金额", "defaulted in the period"),
    flow("recovered", "Recovered", "回收金额", "received on balances that defaulted earlier"),
    flow(
        "liquidated",
        "Liquidated",
        "处置的违约余额",
        "defaulted balance, or the part of it, whose recovery falls in this period",
    ),
    stock("pending_default", "Pending default", "待处置违约余额", "defaulted and not yet liquidated"),
    stock("pending_recovery", "Pending recovery", "待回收金额", "recoveries expected of the pending defaults"),
)

#: Where the default assumption is an amount, a cumulative net loss or gross default.
AMOUNT = (
    curve("default_share", "Default share", "违约占比", "gross default of the period / initial balance"),
    flow("target_default", "Target default", "目标违约金额", "default share x initial balance"),
    flow("default_rate", "Default rate", "违约率", "target default / opening balance, at most 1", unit="rate"),
    stock(
        "unplaced_loss",
        "Unplaced loss",
        "未能分配的损失",
        "net loss of the defaults that the balance could no longer bear",
    ),
)

GROUPS = declare(
    "groups",
    fixed("initial_balance", "Initial balance", "初始余额", "the balance of the group at the cut-off date"),
    flow("opening_balance", "Opening balance", "期初余额", "the balance at the start of the period"),
    stock("balance", "Balance", "期末余额", "the balance of the group"),
    *OWN,
    *AMOUNT,
)

POOL = declare(
    "pool",
    data("period", "Period", "期数", "the number of the collection period, 0 at closing", unit="number"),
    data(
        "cutoff_balance",
        "Balance at cut-off",
        "初始起算日余额",
        "the cents of the tape, added up, at closing",
    ),
    data("year", "Year", "年度", "the year of the deal, 1 for periods 1 to 12", unit="number"),
    data("days_in_period", "Days in period", "期间天数", "days of the collection period", unit="number"),
    data(
        "defaults_allowed",
        "Defaults allowed",
        "允许违约",
        "0 in the last months before maturity",
        unit="flag",
    ),
    fixed("initial_balance", "Initial balance", "初始余额", "the balance at the cut-off date"),
    flow("opening_balance", "Opening balance", "期初余额", "the balance at the start of the period"),
    data(
        "yield_supplement",
        "Yield supplement",
        "收益补足金额",
        "what scheduled balances of loans below the required rate exceed the worth of their payments at that rate by",
    ),
    flow(
        "wac",
        "Weighted average coupon",
        "加权平均利率",
        "12 x scheduled interest of the opening balance / opening balance, a rate a year",
        unit="rate",
    ),
    flow("scheduled_principal", "Scheduled principal", "计划本金", "scheduled principal received"),
    flow("prepaid", "Prepaid", "早偿金额", "principal prepaid"),
    flow("interest", "Interest", "利息", "interest received"),
    flow(
        "advanced_principal",
        "Advanced principal",
        "垫付本金",
        "advanced by the servicer on loans in foreclosure",
    ),
    flow(
        "advanced_interest",
        "Advanced interest",
        "垫付利息",
        "advanced by the servicer on loans in foreclosure",
    ),
    *OWN,
    *AMOUNT,
    tally("purchased", "Purchased", "购买本金", "par of the receivables bought in the period"),
    flow("reinvested", "Reinvested", "循环再投资", "collections spent on purchases before they reach the accounts"),
    stock("balance", "Balance", "期末余额", "the performing balance"),
    flow(
        "principal_collections",
        "Principal collections",
        "本金回收款",
        "scheduled, prepaid and advanced principal",
    ),
    flow(
        "collections",
        "Collections",
        "回收款合计",
        "interest, principal and recoveries received, with advances",
    ),
    flow("net_loss", "Net loss", "净损失", "defaulted less recovered, or the loss booked at liquidation"),
    stock("cumulative_defaulted", "Cumulative defaulted", "累计违约", "defaulted since the cut-off date"),
    stock("cumulative_recovered", "Cumulative recovered", "累计回收", "recovered since the cut-off date"),
    stock("cumulative_net_loss", "Cumulative net loss", "累计净损失", "net loss since the cut-off date"),
    flow(
        "prepayment_cut",
        "Prepayment cut",
        "早偿削减",
        "prepayment that the curves ask for beyond what default leaves: SMM capped at 1 - MDR",
    ),
    stock("factor", "Factor", "资产池因子", "balance / initial balance", unit="factor"),
)

LINES: dict[str, dict[str, Line]] = {
    quantities.owner: {line.name: line for line in quantities.lines} for quantities in (COHORTS, GROUPS, POOL)
}
