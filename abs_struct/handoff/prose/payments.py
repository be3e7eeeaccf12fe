"""Triggers, the priority of payments, the call and what is retained, in words."""

from __future__ import annotations

from typing import Any

from abs_struct.core.formula import Formula
from abs_struct.handoff.prose.articles import Article, Paragraph
from abs_struct.handoff.prose.speech import Speech
from abs_struct.handoff.workbook.words import words
from abs_struct.terms.triggers import grace_of
from abs_struct.waterfall.section import Section

#: The amounts that a clause may name, in the words of its kind.
AMOUNTS = {
    "amount": ("in an amount of {}", "金额为{}"), "losses": ("defaulted: {}", "违约本金为{}"), "borrowed": ("borrowed: {}", "借用本金为{}"),
}  # fmt: skip
PARTS = {
    ("repay", "interest"): ("interest and fee alone", "仅利息及费用"), ("repay", "balance"): ("what is outstanding alone", "仅未偿余额"),
}  # fmt: skip
#: Where the words of a clause end as the name before them does.
DOUBLED = {
    "账户账户": "账户",
    "级档": "级",
    "次级C档": "次级C",
    "费用支出费用": "费用支出",
    "发行费用费用": "发行费用",
    "优先费用费用": "优先费用",
}


def triggers(say: Speech) -> Article:
    """Events and tests: what is tested, against which level, how long, and whether it ends."""
    return Article(say("Events and triggers", "触发事件"),
                   tuple(one_trigger(say, name, one) for name, one in say.deal.terms.triggers.items()))  # fmt: skip


def one_trigger(say: Speech, name: str, one: Any) -> Paragraph:
    """One trigger."""
    tested = say.tested(one.test)
    if one.levels is None:
        text = say(f"Takes effect when {tested}.", f"如{tested}，则触发。")
    else:
        side = say("exceeds" if one.above is not None else "is below", "高于" if one.above is not None else "低于")
        level = say.steps(one.levels)
        text = say(f"Takes effect when {tested} {side} {level}.", f"如{tested}{side}{level}，则触发。")
    texts = [text]
    if one.in_a_row > 1:
        texts.append(
            say(f"It has to be so on {one.in_a_row} payment dates in a row.", f"须连续{one.in_a_row}个支付日如此。")
        )
    if one.grace is not None:
        days, since = grace_of(one.grace)
        began = say("since the last payment date" if since else "from the first payment date that fails",
                    "自上一支付日起" if since else "自首个未达标支付日起")  # fmt: skip
        texts.append(say(f"It has to go on for {days} business days {began}.", f"须{began}持续{days}个工作日。"))
    if one.from_period > 1 or one.until_period is not None:
        first, last = one.from_period, one.until_period
        texts.append(say(f"It is tested from payment date {first} on" + (f" until payment date {last}." if last else "."),
                         f"自第{first}期起测试" + (f"，至第{last}期止。" if last else "。")))  # fmt: skip
    if one.fired is not None:
        texts.append(
            say(f"It is taken to be in effect from payment date {one.fired} on.", f"假设自第{one.fired}期起生效。")
        )
    cures = one.passes_to_cure
    if cures == 0:
        texts.append(say("Once in effect it stays in effect.", "一经触发不可恢复。"))
    elif cures == 1:
        texts.append(say("It ends when the test passes again.", "测试恢复达标时终止。"))
    else:
        texts.append(say(f"It ends after {cures} tests in a row that pass.", f"连续{cures}次达标后终止。"))
    return Paragraph(say(" ", "").join(texts), say.label("triggers", name), f"triggers.{name}")


def priorities(say: Speech) -> list[Article]:
    """One article a section of the priority of payments, its clauses as paragraphs."""
    found = []
    sections = {part.name: part for part in say.deal.program.parts if isinstance(part, Section)}
    for name, terms in say.deal.terms.waterfall.items():
        section = sections[name]
        source = say.name("accounts", terms.from_)
        held = (
            ""
            if terms.when is None
            else say(f", while {say.formula(terms.when)}", f"，适用条件：{say.formula(terms.when)}")
        )
        head = say(f"On each payment date{held}, the funds in {source} are applied in the following order, each clause only "
                   "as far as those before it leave funds:",
                   f"于每一支付日{held}，{source}中的资金按下列顺序分配，前一顺序足额支付后方可支付后一顺序：")  # fmt: skip
        below = tuple(
            Paragraph(one_clause(say, clause.step), "", f"waterfall.{name}.{clause.name}") for clause in section.clauses
        )
        own = say.word(words(name))
        heading = say(f"Priority of payments: {own}", f"收益分配顺序（{own}）")
        found.append(Article(heading, (Paragraph(head, "", f"waterfall.{name}", below),)))
    return found


def one_clause(say: Speech, step: Any) -> str:
    """One clause: the sentence of its kind, with its formulas in words."""
    text = step.sentence(say.name, say.language)
    amounts = []
    for field in type(step).model_fields:
        value = getattr(step, field)
        if not isinstance(value, Formula) or field == "when":
            continue
        if field in AMOUNTS:
            amounts.append(say(*AMOUNTS[field]).format(say.formula(value)))
    part = PARTS.get((step.word, str(getattr(step, "part", ""))))
    if part:
        amounts.append(say(*part))
    into = getattr(step, "into", None)
    if isinstance(into, str) and into:
        amounts.append(say(f"into {say.name('accounts', into)}", f"转入{say.name('accounts', into)}"))
    for formula in (value for field in type(step).model_fields if isinstance(value := getattr(step, field), Formula)):
        text = text.replace(" ".join(formula.text.split()), say.formula(formula))
    if say.chinese:
        for twice, once in DOUBLED.items():
            text = text.replace(twice, once)
    head, when = parted(text, step, say)
    more = "".join(say(f", {one}", f"，{one}") for one in amounts)
    return f"{head[:1].upper()}{head[1:]}{more}{when}{say('.', '。')}"


def parted(text: str, step: Any, say: Speech) -> tuple[str, str]:
    """A sentence without its condition, and the condition."""
    if step.when is None:
        return text, ""
    said = say.formula(step.when)
    tail = say(f", while {said}", f"（适用条件：{said}）")
    return (text.removesuffix(tail), tail) if text.endswith(tail) else (text, "")


def call(say: Speech) -> Article:
    """The clean-up call."""
    terms: Any = say.deal.terms.call
    price = f"{terms.price:g}"
    text = say(f"The pool may be bought back at {price} per 100 of its balance on the first payment date on which "
               f"{say.formula(terms.when)}.",
               f"首个满足{say.formula(terms.when)}的支付日，可按资产池余额每百元{price}元的价格清仓回购。")  # fmt: skip
    text += (say(" It is assumed that this is done.", "假设行权。") if terms.exercised
             else say(" It is assumed that this is not done.", "假设不行权。"))  # fmt: skip
    return Article(say("Clean-up call", "清仓回购"), (Paragraph(text, path="call"),))


def retention(say: Speech) -> Article:
    """What the sponsor keeps."""
    terms: Any = say.deal.terms.retention
    form = {
        "vertical": ("a share of every class and of the residual", "各档证券及剩余收益的垂直份额"),
        "first loss": ("the first loss, at nominal", "面值口径的第一损失部分"),
        "horizontal": ("a horizontal residual interest, at fair value", "公允价值口径的水平剩余权益"),
    }[terms.form]
    holds = [f"{say.name('notes', name)} {say.percent(share)}" for name, share in terms.holds.items()]
    residual = say(f"the residual {say.percent(terms.residual)}", f"剩余收益{say.percent(terms.residual)}")
    text = say(f"The sponsor retains {form[0]}, at least {say.percent(terms.share)}; it holds {say.listed([*holds, residual])}.",
               f"发起机构自留{form[1]}，不低于{say.percent(terms.share)}；其持有{say.listed([*holds, residual])}。")  # fmt: skip
    return Article(say("Risk retention", "风险自留"), (Paragraph(text, path="retention"),))
