"""Clauses in words: rank, support, condition and part are said, in English and Chinese."""

from __future__ import annotations

import pytest
from ruamel.yaml import YAML

from abs_struct.waterfall.steps import STEPS

READER = YAML(typ="safe", pure=True)
CLAUSES = [
    ("{principal: A}", "principal of A", "偿付A档本金"),
    ("{principal: [A, B]}", "principal of A and B, in that order", "依次偿付A、B档本金"),
    ("{principal: {pro_rata: [A, B, C]}}", "principal of A, B and C, pro rata", "按比例偿付A、B、C档本金"),
    (
        "{principal: {pro_rata: [A, B], by: initial balance}}",
        "principal of A and B, pro rata to their initial balances",
        "按初始余额比例偿付A、B档本金",
    ),
    (
        "{principal: {shares: {A: 60%, B: 40%}}}",
        "principal of A and B, in shares of 60% and 40%",
        "按60%、40%的份额偿付A、B档本金",
    ),
    (
        "{principal: {sequential: [{pro_rata: [A1, A2]}, B]}}",
        "principal of A1 and A2 pro rata, then B",
        "偿付A1、A2（按比例），再B档本金",
    ),
    ("{principal: A, to: target}", "principal of A, down to the planned balance", "偿付A档本金至计划余额"),
    ("{interest: [A, B]}", "interest on A and B, pro rata", "按比例支付A、B档利息"),
    (
        "{interest: A, support: [reserve, principal], when: pool.balance > 0}",
        "interest on A, supported by reserve, then principal, while pool.balance > 0",
        "支付A档利息，不足部分依次由reserve、principal补足（适用条件：pool.balance > 0）",
    ),
    ("{pay: tax, part: 50%}", "fees: tax, up to 50% of what is due", "支付tax费用（不超过当期应付的50%）"),
    ("{debit: [B, A], amount: 1}", "debit of the principal deficiency ledgers of B and A, in that order",
     "依次借记B、A档本金缺口账"),
    ("{cure: A, into: principal}", "cure of the principal deficiency ledger of A", "补足A档本金缺口账"),
    ("{hedge: swap, part: termination}", "termination payment to the counterparty of swap", "支付swap对手方终止款"),
    ("{repay: liquidity, part: drawn}", "repayment of liquidity", "偿付liquidity流动性支持的本金"),
]  # fmt: skip


@pytest.mark.parametrize(("clause", "english", "chinese"), CLAUSES)
def test_a_clause_in_words(clause, english, chinese):
    """Each clause reads as a lawyer would write it."""
    written = READER.load(clause)
    step = STEPS[next(word for word in written if word in STEPS.names())].model_validate(written)
    assert step.sentence(lambda _, name: name) == english
    assert step.sentence(lambda _, name: name, "zh") == chinese


@pytest.mark.parametrize("word", STEPS.names())
def test_every_kind_has_words(word):
    """The example of every kind makes a sentence without a gap in both languages."""
    step = STEPS[word].model_validate(READER.load(STEPS[word].example))
    for language in ("en", "zh"):
        text = step.sentence(lambda _, name: name, language)
        assert all(target in text for target in step.targets)
        assert "{" not in text
