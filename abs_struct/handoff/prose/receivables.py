"""Purchases of receivables, in words."""

from __future__ import annotations

from typing import Any

from abs_struct.handoff.prose.articles import Article, Paragraph
from abs_struct.handoff.prose.speech import Speech

REPAID = {
    "next_bill": ("due in full with the next bill, without interest", "下期账单全额到期，不计息"),
    "instalments": ("equal instalments with a flat fee on the original amount", "等额本金分期，手续费按原始金额计收"),
    "level_pay": ("level payments", "等额本息"), "level_principal": ("level principal", "等额本金"),
    "interest_first": ("interest first, principal at the end", "先息后本"),
    "minimum_payment": ("a minimum share of the balance each month, the rest in the last", "每月最低还款，余额末月结清"),
}  # fmt: skip
MIXES = {
    "fixed": ("each purchase in the shares below", "每次购买按下列比例"),
    "drifting": ("from the shares below to those to which they drift, in equal steps", "由下列比例逐步变动至目标比例"),
    "balance": ("so that the pool comes nearest to the shares below", "使资产池最接近下列比例"),
    "worst": ("the shares that lose most within the limits", "限额内损失最大的组合"),
}


def purchases(say: Speech) -> Article:
    """The revolving period: until when, with what, and what is bought."""
    terms: Any = say.deal.terms.revolving
    until, when = say.day(terms.until), terms.when
    text = say(f"Receivables may be bought up to and including {until}", f"循环期截至{until}（含）")
    if when is not None:
        text += say(f", while {say.formula(when)}", f"，且以{say.formula(when)}为条件")
    found = [Paragraph(f"{text}{say('.', '。')}", say("Revolving period", "循环期"), "revolving.until")]
    clock = terms.clock
    spent = (
        say("all collections", "全部回收款")
        if terms.spends == "collections"
        else say("principal collections", "本金回收款")
    )
    if clock == "payment dates":
        timing = say("On payment dates, by the priority of payments.", "于支付日按收益分配顺序购买。")
    else:
        kept = (
            ""
            if terms.retain is None
            else say(f", after {say.formula(terms.retain)} is retained", f"（预留{say.formula(terms.retain)}后）")
        )
        times = {"daily": "每日", "monthly": "每月"}.get(clock, f"每月{clock.partition(' ')[0]}次")
        timing = say(
            f"{clock[:1].upper()}{clock[1:]}, with {spent} as they come in{kept}.", f"{times}以{spent}购买{kept}。"
        )
    found.append(Paragraph(timing, say("Purchase dates", "循环购买日"), "revolving.clock"))
    found.append(
        Paragraph(
            say(f"{MIXES[terms.mix][0][:1].upper()}{MIXES[terms.mix][0][1:]}.", f"{MIXES[terms.mix][1]}。"),
            say("Mix", "资产组合"),
            "revolving.mix",
        )
    )
    tests = []
    if terms.least_yield is not None:
        least = say.percent(float(terms.least_yield))
        tests.append(
            Paragraph(
                say(f"A yearly yield of at least {least}.", f"年化收益率不低于{least}。"), path="revolving.least_yield"
            )
        )
    for field, en, zh in (
        ("longest_average_term", "weighted average term", "加权平均期限"),
        ("longest_remaining_term", "weighted average remaining term", "加权平均剩余期限"),
    ):
        months = getattr(terms, field)
        if months is not None:
            tests.append(
                Paragraph(
                    say(f"A {en} of at most {months} months.", f"{zh}不超过{months}个月。"), path=f"revolving.{field}"
                )
            )
    whole = (
        say("the pool after each purchase", "购买后的资产池")
        if terms.criteria == "pool"
        else say("each purchase", "每次购买的资产")
    )
    tests += [Paragraph(say(f"{say.name('receivables', name)}: at most {say.percent(float(one.limit))}.",
                            f"{say.name('receivables', name)}：占比不超过{say.percent(float(one.limit))}。"), path=f"revolving.receivables.{name}.limit")
              for name, one in terms.receivables.items() if one.limit is not None]  # fmt: skip
    if tests:
        found.append(
            Paragraph(
                say(f"Of {whole}:", f"{whole}须满足："),
                say("Purchase tests", "购买条件"),
                "revolving.criteria",
                tuple(tests),
            )
        )
    below = tuple(one_receivable(say, name, one) for name, one in terms.receivables.items())
    found.append(
        Paragraph(say("The receivables bought are:", "购买资产包括："), say("What is bought", "购买资产"), "", below)
    )
    return Article(say("Purchases of receivables", "循环购买"), tuple(found))


def one_receivable(say: Speech, name: str, one: Any) -> Paragraph:
    """One kind of receivable."""
    repaid = say(*REPAID[one.repayment])
    parts = [say(f"share {say.percent(one.share)}", f"比例{say.percent(one.share)}")]
    if one.becomes is not None:
        parts.append(say(f"drifting to {say.percent(one.becomes)}", f"逐步变动至{say.percent(one.becomes)}"))
    parts += [repaid, say(f"term {one.term} months", f"期限{one.term}个月")]
    if one.rate:
        parts.append(say(f"{say.percent(float(one.rate))} a year", f"年利率{say.percent(float(one.rate))}"))
    if one.fee:
        parts.append(say(f"flat fee {say.percent(float(one.fee))}", f"手续费率{say.percent(float(one.fee))}"))
    if one.minimum is not None:
        parts.append(
            say(
                f"minimum payment {say.percent(float(one.minimum))} of the balance",
                f"最低还款为余额的{say.percent(float(one.minimum))}",
            )
        )
    if one.due_day is not None:
        parts.append(say(f"due on day {one.due_day} of the next month", f"次月{one.due_day}日到期"))
    if one.income != 1.0:
        parts.append(say(f"{one.income:g} times its interest and fees", f"利息及费用的{one.income:g}倍"))
    parts.append(say(f"bought at {one.price:g} per 100 of par", f"购买价格为面值每百元{one.price:g}元"))
    if one.by_days:
        parts.append(say("the discount being that of 30 days, in proportion to the days to the due day",
                         "该折价对应三十日，按距到期日的实际天数计算"))  # fmt: skip
    return Paragraph(
        say(", ", "，").join(parts) + say(".", "。"), say.name("receivables", name), f"revolving.receivables.{name}"
    )
