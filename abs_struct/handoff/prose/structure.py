"""Dates, pool, fees, accounts, facilities, hedges and defined amounts, in words."""

from __future__ import annotations

from typing import Any

from abs_struct.handoff.prose.articles import Article, Paragraph
from abs_struct.handoff.prose.notes import DAY_COUNTS, rate
from abs_struct.handoff.prose.speech import Speech

ROLLS = {
    "following": ("the following business day", "顺延至下一工作日"),
    "modified following": ("the following business day, unless it falls in the next month, then the preceding one",
                           "顺延至下一工作日，如跨月则提前至上一工作日"),
    "preceding": ("the preceding business day", "提前至上一工作日"),
    "none": ("is not moved", "不作调整"),
}  # fmt: skip
EVERY = {
    "1 month": "Monthly",
    "3 months": "Quarterly",
    "6 months": "Half-yearly",
    "1 year": "Yearly",
    "12 months": "Yearly",
}
ACCRUALS = {"30/360": ("30/360", "30/360"), "actual/365": ("actual/365", "实际天数/365")}


def dates(say: Speech) -> Article:
    """The dates of the deal."""
    terms = say.deal.terms.dates
    every = terms.every
    rolled = ROLLS.get(terms.roll, (terms.roll, terms.roll))
    calendar = "" if terms.calendar == "none" else terms.calendar
    found = [
        Paragraph(say(f"{say.day(terms.cutoff)}: the day on which the pool is measured.",
                      f"{say.day(terms.cutoff)}，为计量资产池之日。"), say("Cut-off date", "初始起算日"), "dates.cutoff"),
        Paragraph(say(f"{say.day(terms.closing)}: the day on which the notes are issued and interest begins to accrue.",
                      f"{say.day(terms.closing)}，证券于该日发行并起息。"), say("Closing date", "设立日"), "dates.closing"),
        Paragraph(
            say(f"{EVERY.get(every, f'Every {every}')}, for the first time on {say.day(terms.first_payment)}. Where it is no business day"
                f"{f' ({calendar})' if calendar else ''}, it is moved: {rolled[0]}. Interest runs to the "
                f"{terms.accrual} date.",
                f"首个支付日为{say.day(terms.first_payment)}，其后每{period_zh(every)}一次。如非工作日"
                f"{f'（日历：{calendar}）' if calendar else ''}，则{rolled[1]}。计息至"
                f"{'调整前' if terms.accrual == 'unadjusted' else '调整后'}的支付日。"),
            say("Payment dates", "支付日"), "dates.first_payment"),
        Paragraph(say("The calendar months that have ended since the one before, the first from the cut-off date.",
                      "自上一归集期（首期自初始起算日）起已结束的自然月。"), say("Collection period", "归集期间"), "dates.collection"),
    ]  # fmt: skip
    if terms.determination:
        found.append(Paragraph(say(f"{terms.determination} business days before the payment date.",
                                   f"支付日前{terms.determination}个工作日。"), say("Determination date", "核算日"),
                               "dates.determination"))  # fmt: skip
    if terms.legal_final:
        found.append(Paragraph(say(f"{say.day(terms.legal_final)}: every note has to be repaid by then.",
                                   f"{say.day(terms.legal_final)}，全部证券应于该日前清偿。"),
                               say("Legal final maturity", "法定到期日"), "dates.legal_final"))  # fmt: skip
    if terms.holidays:
        found.append(Paragraph(say(f"Further holidays are those of {terms.holidays}.", f"其他节假日见{terms.holidays}。"),
                               say("Holidays", "节假日"), "dates.holidays"))  # fmt: skip
    return Article(say("Dates", "日期"), tuple(found))


def period_zh(every: str) -> str:
    """`3 months` in Chinese."""
    number, _, unit = every.partition(" ")
    return f"{number}个月" if unit.startswith("month") else f"{number}年"


def pool(say: Speech) -> Article:
    """The receivables: what they are, and which of them belong."""
    terms = say.deal.terms.pool
    kind = (
        say("card accounts, whose receivables are projected as a whole", "信用卡账户，按整体余额测算")
        if terms.kind == "cards"
        else say(
            f"loans that accrue interest {ACCRUALS[terms.accrual][0]}",
            f"贷款（利息按{ACCRUALS[terms.accrual][1]}计算）",
        )
    )
    names = [source.tape + (f" ({say.percent(float(source.share))})" if source.share != 1 else "")
             for source in terms.sources.values()]  # fmt: skip
    found = [Paragraph(say(f"The pool consists of {kind}, as listed in {say.listed(names)}.", f"资产池为{kind}；资产清单见{say.listed(names)}。"),
                       path="pool")]  # fmt: skip
    if terms.series:
        found.append(Paragraph(say("The notes are one series of a trust; the pool belongs to the seller and to other series too.",
                                   "证券为信托项下的一个系列，资产池由发起机构及其他系列共享。"), path="pool.series"))  # fmt: skip
    if terms.eligibility:
        below = tuple(
            Paragraph(sentence(say.formula(one.rule) + say(" (where the tape tells)", "（以资产清单载明者为限）") * one.optional, say),
                      say.word(one.name[:1].upper() + one.name[1:]), f"pool.eligibility[{n}]")
            for n, one in enumerate(terms.eligibility)
        )  # fmt: skip
        found.append(Paragraph(say("Each receivable meets all of the following:", "每笔资产均须符合下列合格标准："),
                               say("Eligibility criteria", "合格标准"), below=below))  # fmt: skip
    if terms.concentrations:
        limits = []
        for n, one in enumerate(terms.concentrations):
            share = say.percent(float(one.limit))
            if one.by is not None:
                what = say.line(one.by).removeprefix("the ")
                text = say(
                    f"no one {what} makes up more than {share} of the eligible balance",
                    f"单一{what}占合格资产余额的比例不超过{share}",
                )
            else:
                rule = say.formula(one.rule) if one.rule is not None else ""
                text = say(f"receivables of which {rule} make up at most {share} of the eligible balance",
                           f"{rule}的资产占合格资产余额的比例不超过{share}")  # fmt: skip
            limits.append(Paragraph(sentence(text + say(" (where the tape tells)", "（以资产清单载明者为限）") * one.optional, say),
                                    say.word(one.name[:1].upper() + one.name[1:]), f"pool.concentrations[{n}]"))  # fmt: skip
        found.append(Paragraph(say("What exceeds a limit is reported with its excess:", "超出下列限额的部分应予披露："),
                               say("Concentration limits", "集中度限制"), below=tuple(limits)))  # fmt: skip
    if terms.yield_supplement is not None:
        required = say.percent(float(terms.yield_supplement))
        found.append(Paragraph(
            say(f"Of each loan that bears less than {required} a year, the yield supplement is its balance less the present value of "
                "its payments at that rate.", f"对年利率低于{required}的贷款，收益补足额为其余额减去其现金流按该利率折现的现值。"),
            say("Yield supplement", "收益补足超额抵押"), "pool.yield_supplement"))  # fmt: skip
    return Article(say("Receivables", "基础资产"), tuple(found))


def sentence(text: str, say: Speech) -> str:
    """Words as a sentence."""
    return text + "。" if say.chinese else text[:1].upper() + text[1:] + "."


def fees(say: Speech) -> Article:
    """Fees, costs and taxes."""
    return Article(say("Fees, costs and taxes", "费用与税收"),
                   tuple(one_fee(say, name, fee) for name, fee in say.deal.terms.fees.items()))  # fmt: skip


def one_fee(say: Speech, name: str, fee: Any) -> Paragraph:
    """One fee: what it is charged on, what is fixed, and how much is paid at most."""
    parts = []
    if fee.rate:
        base = say.formula(fee.of) if fee.of is not None else ""
        per = say("a year", "每年") if fee.per == "year" else say("for each period", "每期")
        counted = (
            ""
            if fee.day_count is None
            else say(f", {DAY_COUNTS[fee.day_count][0]}", f"，{DAY_COUNTS[fee.day_count][1]}")
        )
        text = say(
            f"{say.percent(fee.rate)} {per} of {base}{counted}", f"{per}按{base}的{say.percent(fee.rate)}计收{counted}"
        )
        parts.append(
            text
            + (
                say(f", at least {say.money(fee.minimum)} a year", f"，每年不低于{say.money(fee.minimum)}")
                if fee.minimum
                else ""
            )
        )
    elif fee.minimum:
        parts.append(say(f"{say.money(fee.minimum)} a year at least", f"每年不低于{say.money(fee.minimum)}"))
    if fee.plus:
        per = (
            say("a year, in equal parts", "每年，均额计付")
            if fee.plus_per == "year"
            else say("for each period", "每期")
        )
        parts.append(say(f"{say.money(fee.plus)} {per}", f"{per}{say.money(fee.plus)}"))
    if fee.once:
        parts.append(
            say(f"{say.money(fee.once)} once, on the first payment date", f"首个支付日一次性支付{say.money(fee.once)}")
        )
    parts += [say(f"{say.money(amount)} on the first payment date on or after {say.day(day)}",
                  f"{say.day(day)}（含）后首个支付日{say.money(amount)}") for day, amount in fee.table.items()]  # fmt: skip
    text = sentence(say("; ", "；").join(parts), say)
    if fee.cap is not None:
        text += say(f" Where the cap applies, at most {say.money(fee.cap)} is paid in twelve months.",
                    f"适用上限时，任一十二个月内支付不超过{say.money(fee.cap)}。")  # fmt: skip
    return Paragraph(text, say.label("fees", name), f"fees.{name}")


def accounts(say: Speech) -> Article:
    """The accounts beside collections."""
    found = []
    for name, account in say.deal.terms.accounts.items():
        texts = []
        if account.initial is not None:
            texts.append(
                say(
                    f"It holds {say.formula(account.initial)} at closing.",
                    f"设立日余额为{say.formula(account.initial)}。",
                )
            )
        if account.required is not None:
            required = say.formula(account.required)
            never = (
                say(", and never less than on the payment date before", "，且不低于上一支付日的必备金额")
                if account.non_declining
                else ""
            )
            texts.append(say(f"Required amount: {required}{never}.", f"必备金额：{required}{never}。"))
        if account.receives is not None:
            receives = say.formula(account.receives)
            texts.append(say(f"It receives {receives}.", f"收取{receives}。"))
        earned = rate(say, account.earns) if account.earns else ""
        if earned:
            texts.append(say(f"What it holds earns {earned} a year, paid into collections.",
                             f"账户资金按年利率{earned}计息，收益转入收款账户。"))  # fmt: skip
        heading = say.label("accounts", name)
        found.append(Paragraph(say(" ", "").join(texts) or say("It is filled and emptied by the priority of payments alone.",
                                                               "仅按收益分配顺序转入、转出。"), heading, f"accounts.{name}"))  # fmt: skip
    return Article(say("Accounts", "账户"), tuple(found))


def facilities(say: Speech) -> Article:
    """Liquidity facilities."""
    found = []
    for name, one in say.deal.terms.facilities.items():
        limit, bears = say.formula(one.limit), rate(say, one.rate)
        text = say(f"Up to {limit}; what is drawn bears {bears} a year.", f"额度为{limit}；已提用部分年利率{bears}。")
        if one.commitment_fee:
            fee = say.percent(one.commitment_fee)
            text += say(
                f" The undrawn part bears a commitment fee of {fee} a year.", f"未提用部分按年{fee}计收承诺费。"
            )
        found.append(Paragraph(text, say.label("facilities", name), f"facilities.{name}"))
    return Article(say("Liquidity facilities", "流动性支持"), tuple(found))


def hedges(say: Speech) -> Article:
    """Swaps, caps and floors."""
    found = []
    for name, one in say.deal.terms.hedges.items():
        on, pays, receives = say.formula(one.notional), rate(say, one.pays), rate(say, one.receives)
        counted = DAY_COUNTS[one.day_count]
        into = say.name("accounts", one.into)
        if one.kind == "swap":
            text = say(f"A swap on {on}, {counted[0]}: the issuer pays {pays} and receives {receives}; only the net is paid, into {into}.",
                       f"互换，名义本金为{on}，计息基础{counted[1]}：发行人支付{pays}，收取{receives}；轧差净额结算，转入{into}。")  # fmt: skip
        else:
            strike = rate(say, one.strike)
            over = say("above", "高于") if one.kind == "cap" else say("below", "低于")
            text = say(f"A {one.kind} on {on}, {counted[0]}: the issuer receives what {receives} lies {over} {strike}, into {into}, and pays "
                       f"{pays} a year.", f"{'利率上限' if one.kind == 'cap' else '利率下限'}，名义本金为{on}，计息基础{counted[1]}：发行人收取{receives}{over}{strike}"
                       f"的部分，转入{into}，并按年{pays}支付费用。")  # fmt: skip
        if one.counterparty_default is not None:
            day = say.day(one.counterparty_default)
            text += say(f" The counterparty is assumed to default from {day}.", f"假设交易对手自{day}起违约。")
        if one.termination is not None:
            owed = say.formula(one.termination)
            text += say(f" The issuer then owes {owed}.", f"届时发行人应付终止款项{owed}。")
        found.append(Paragraph(text, say.label("hedges", name), f"hedges.{name}"))
    return Article(say("Hedges", "对冲"), tuple(found))


def amounts(say: Speech) -> Article:
    """The amounts that have a name, worked out on each payment date."""
    found = []
    for name, one in say.deal.terms.amounts.items():
        text = say.steps(one) if isinstance(one, dict) else say.formula(one)
        found.append(Paragraph(sentence(text, say), f"“{say.rates[name]}”", f"amounts.{name}"))
    return Article(say("Defined amounts", "定义金额"), tuple(found))
