"""Vocabulary: the words of formulas, lines and tape columns, English and Chinese."""

from __future__ import annotations

#: How strongly an operator binds; brackets stand where a weaker one is inside.
BINDING = {"or": 1, "and": 2, "not": 3, "compare": 4, "+": 5, "-": 5, "*": 6, "/": 6, "of": 7, "neg": 8}
COMPARED = {
    ">": ("exceeds", "大于"), ">=": ("is at least", "不低于"), "<": ("is below", "小于"), "<=": ("is at most", "不超过"),
    "==": ("is", "等于"), "!=": ("is not", "不等于"),
}  # fmt: skip
SIGNS = {"+": "+", "-": "−", "*": "×", "/": "÷", "of": "×"}
#: The columns of a tape that criteria speak of.
COLUMNS = {
    "age": ("the months since origination", "账龄（月）"), "balance": ("the outstanding balance", "未偿本金余额"),
    "borrower_age": ("the age of the borrower", "借款人年龄"), "country": ("the country", "国家"),
    "currency": ("the currency", "币种"), "days_past_due": ("the days past due", "逾期天数"),
    "fico": ("the FICO score", "信用评分"), "grade": ("the grade", "信用等级"),
    "joint_share": ("the own share of a joint loan", "联合贷款出资比例"), "original_balance": ("the original balance", "合同本金"),
    "original_term": ("the original term in months", "合同期限（月）"), "product": ("the product", "产品"),
    "province": ("the province", "省份"), "purpose": ("the purpose", "贷款用途"), "rate": ("the interest rate", "贷款利率"),
    "region": ("the region", "地区"), "remaining_term": ("the remaining term in months", "剩余期限（月）"),
    "restructured": ("the mark of restructuring", "重组标识"), "state": ("the state", "州"),
    "status": ("the status", "贷款状态"), "user_age": ("the age of the user", "用户年龄"),
    "borrower_id": ("the borrower", "借款人"), "repayment": ("the kind of repayment", "还款方式"),
}  # fmt: skip
WHOLE = {
    "pool": ("the initial pool balance", "资产池初始余额"), "notes": ("the initial balance of all notes", "证券初始余额合计"),
    "available": ("the available funds", "可分配资金"),
}  # fmt: skip
OWNERS = {"pool": ("the pool", "资产池"), "deal": ("the deal", "本交易"), "revolving": ("purchases", "循环购买")}
#: Lines that are a statement by themselves: what holds, and what does not.
STATED = {
    "deal.final_period": (("the payment date is the last", "the payment date is not the last"), ("为最后一个支付日", "非最后一个支付日")),
    "deal.called": (("the pool has been called", "the pool has not been called"), ("已清仓回购", "未清仓回购")),
    "revolving.active": (("the revolving period runs", "the revolving period has ended"), ("处于循环期", "不处于循环期")),
    "revolving.open": (("the revolving period has not expired", "the revolving period has expired"), ("循环期未届满", "循环期已届满")),
    "deal.pays": (("it is a payment date", "it is no payment date"), ("为支付日", "非支付日")),
}  # fmt: skip
#: Nouns for lines whose words are participles.
NOUNS = {
    "defaulted": "defaulted balance", "cumulative_defaulted": "cumulative defaulted balance", "purchased": "receivables bought",
    "owed": "unpaid amount", "drawn": "amounts drawn", "received": "amounts received", "paid": "amounts paid",
    "due": "amounts due", "recovered": "recoveries", "cumulative_recovered": "cumulative recoveries", "prepaid": "prepayments",
    "released": "amounts released", "earned": "income", "invested": "invested amount", "charged_off": "charge-offs",
    "delinquent_1_30": "balance 1 to 30 days past due", "delinquent_31_60": "balance 31 to 60 days past due",
    "delinquent_61_90": "balance 61 to 90 days past due", "pdl": "principal deficiency",
    "interest_paid": "interest paid", "principal_paid": "principal paid",
}  # fmt: skip
#: How lines that are dates compare.
DATED = {
    ">": ("falls after", "晚于"), ">=": ("falls on or after", "不早于"), "<": ("falls before", "早于"), "<=": ("falls on or before", "不晚于"),
    "==": ("is", "为"), "!=": ("is not", "非"),
}  # fmt: skip
DATES = {"payment_date", "expected_maturity", "legal_maturity", "legal_final", "closing"}
CONTRARY = {">": "<=", ">=": "<", "<": ">=", "<=": ">", "==": "!=", "!=": "=="}
DECLARED = ("deal.period", "<", 0.0)
PLAIN = {
    "deal.payment_date": ("the payment date", "支付日"), "deal.period": ("the number of the period", "期数"),
    "deal.months_collected": ("the months collected", "归集月数"),
}  # fmt: skip
ATTRIBUTES = {
    "expected_maturity": ("Expected maturity", "预期到期日"), "legal_maturity": ("Legal maturity", "法定到期日"),
    "coupon": ("Coupon", "票面利率"),
}  # fmt: skip
