"""The notes, and what they may earn, in words."""

from __future__ import annotations

from typing import Any

from abs_struct.handoff.prose.articles import Article, Paragraph
from abs_struct.handoff.prose.speech import Speech
from abs_struct.terms.coupons import Coupon

UNPAID = {
    "carried": ("Interest due and unpaid is carried to the next payment date, without interest on it.",
                "应付未付利息结转至下一支付日，不另计息。"),
    "with interest": ("Interest due and unpaid is carried to the next payment date and bears interest at the coupon.",
                      "应付未付利息结转至下一支付日，并按票面利率计息。"),
    "capitalised": ("Interest due and unpaid is added to the balance.", "应付未付利息计入本金余额。"),
    "lost": ("Interest that is not paid on its payment date is lost.", "当期未付利息不予补付。"),
}  # fmt: skip
DAY_COUNTS = {
    "30/360": ("30/360", "30/360"), "30E/360": ("30E/360", "30E/360"), "actual/360": ("actual/360", "实际天数/360"),
    "actual/365": ("actual/365", "实际天数/365"), "actual/actual": ("actual/actual", "实际天数/实际天数"),
}  # fmt: skip


def notes(say: Speech) -> Article:
    """One paragraph a class, most senior first."""
    terms = say.deal.terms.notes
    return Article(say("Notes", "证券"), tuple(one_class(say, name, note) for name, note in terms.items()))


def one_class(say: Speech, name: str, note: Any) -> Paragraph:
    """A class of notes."""
    path = f"notes.{name}"
    loan = note.subordinated_loan
    bears = isinstance(note.coupon, Coupon) or note.coupon > 0.0
    texts = [
        say(f"Initial balance: {say.formula(note.balance)}.", f"发行金额：{say.formula(note.balance)}。"),
        say("It bears no interest.", "不计利息。") if not bears else
        say(f"Interest: {rate(say, note.coupon)} a year, {DAY_COUNTS[note.day_count][0]}, on "
            f"{'the outstanding balance' if note.notional is None else say.formula(note.notional)}.",
            f"利率：年利率{rate(say, note.coupon)}，计息基础{DAY_COUNTS[note.day_count][1]}，计息本金为"
            f"{'未偿本金余额' if note.notional is None else say.formula(note.notional)}。"),
    ]  # fmt: skip
    if note.accrues_while is not None:
        when = say.formula(note.accrues_while)
        texts.append(say(f"While {when}, interest is added to the balance.", f"{when}期间，利息计入本金余额。"))
    texts += [say(*UNPAID[note.unpaid_interest])] if bears else []
    if note.deferrable:
        texts.append(say("Interest may be deferred.", "利息可递延支付。"))
    if note.target is not None:
        target = say.steps(note.target) if isinstance(note.target, dict) else say.formula(note.target)
        texts.append(say(f"Planned balance after each payment: {target}.", f"各支付日后计划余额：{target}。"))
    if note.expected_maturity:
        day = say.day(note.expected_maturity)
        texts.append(say(f"Expected maturity: {day}.", f"预期到期日：{day}。"))
    if note.legal_maturity:
        day = say.day(note.legal_maturity)
        texts.append(say(f"Legal maturity: {day}.", f"法定到期日：{day}。"))
    if note.issue_price != 100.0:
        price = f"{note.issue_price:g}"
        texts.append(say(f"Issue price: {price} per 100.", f"发行价格：每百元{price}元。"))
    if note.rating:
        texts.append(say(f"Rating as stated in the deal file: {note.rating}.", f"交易文件所载评级：{note.rating}。"))
    if loan:
        texts.append(say("It is a subordinated loan and no note: it counts in no balance or enhancement of the notes.",
                         "其为次级借款而非证券，不计入证券余额及信用增级。"))  # fmt: skip
    heading = say.label("notes", name)
    return Paragraph(say(" ", "").join(texts), f"{heading} ({name})" if heading != name else name, path)


def rate(say: Speech, coupon: Any) -> str:
    """A yearly rate: fixed, floating, scheduled, or a formula, with its step-up, floor and cap."""
    if not isinstance(coupon, Coupon):
        return say.percent(float(coupon))
    if coupon.index is not None:
        index = coupon.index.replace("_", " ")
        if coupon.schedule is not None:
            margin = say.steps(coupon.schedule)
            base = say(f"{index} plus a margin of {margin}", f"{index}加利差{margin}")
        else:
            word = say("plus", "加") if coupon.margin >= 0 else say("less", "减")
            margin = say.percent(abs(coupon.margin))
            base = f"{index} {word} {margin}" if not say.chinese else f"{index}{word}{margin}"
            base = base if coupon.margin else index
    elif coupon.schedule is not None:
        base = say.steps(coupon.schedule)
    elif coupon.formula is not None:
        base = say.formula(coupon.formula)
    else:
        base = say.percent(float(coupon.fixed or 0.0))
    parts = [base]
    if coupon.step_up is not None:
        added, step = say.percent(coupon.step_up.add), coupon.step_up
        if step.from_ is not None:
            day = say.day(step.from_)
            parts.append(
                say(f"increased by {added} for periods that begin on or after {day}", f"自{day}起的计息期上调{added}")
            )
        else:
            when = say.formula(step.when) if step.when is not None else ""
            parts.append(say(f"increased by {added} while {when}", f"{when}期间上调{added}"))
    if coupon.floor is not None:
        parts.append(say(f"not below {say.formula(coupon.floor)}", f"不低于{say.formula(coupon.floor)}"))
    if coupon.cap is not None:
        parts.append(say(f"not above {say.formula(coupon.cap)}", f"不高于{say.formula(coupon.cap)}"))
    return say(", ", "，").join(parts)
