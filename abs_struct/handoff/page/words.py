"""Words: English and Chinese side by side, and names of the deal in both."""

from __future__ import annotations

from collections.abc import Mapping
from html import escape

from abs_struct.core.state import Program
from abs_struct.curves.buckets import BUCKETS
from abs_struct.handoff.files import plain_text
from abs_struct.handoff.workbook.words import entity_label, input_label, words

#: A text in English and in Chinese.
Both = tuple[str, str]

#: The words of paths that name inputs.
CHINESE = {
    "prepayment": "提前还款", "default": "违约", "recovery": "回收", "delinquency": "逾期", "cards": "信用卡",
    "indices": "基准利率", "cpr": "年化提前还款率CPR", "smm": "月提前还款率SMM", "abs": "ABS速度", "psa": "PSA速度",
    "cdr": "年化违约率CDR", "mdr": "月违约率MDR", "cnl": "累计净损失率CNL", "cgd": "累计毛违约率", "multiple": "倍数",
    "timing": "时间分布", "rate": "费率", "roll": "滚动率", "late_fee": "滞纳金", "yield": "收益率",
    "payment_rate": "还款率", "charge_off": "核销率", "purchase_rate": "新增消费率", "interchange": "交换费",
    "dilution": "稀释", "balance": "规模", "coupon": "票面利率", "issue_price": "发行价格", "margin": "利差",
    "floor": "下限", "cap": "上限", "minimum": "最低", "plus": "固定金额", "once": "一次性", "of": "基数",
    "initial": "初始金额", "required": "要求金额", "earns": "账户收益率", "target": "目标", "above": "高于",
    "below": "低于", "test": "测试", "when": "条件", "price": "价格", "share": "占比", "income": "收益分配",
    "receivables": "应收款", "revolving": "循环购买", "amount": "金额", "part": "比例", "base": "基准", "shift": "平移",
    "call": "清仓回购", "waterfall": "分配顺序", "steps": "步骤", "pays": "支付", "receives": "收取",
}  # fmt: skip
OWNERS: dict[str, Both] = {
    "pool": ("Pool", "资产池"),
    "deal": ("Deal", "交易"),
    "amounts": ("Amounts", "金额"),
    "revolving": ("Revolving", "循环购买"),
}


#: The main assumptions in the words of the trade, by the end of their path.
MAIN: dict[str, Both] = {
    "prepayment.cpr": ("Prepayment speed, CPR", "年化提前还款率CPR"),
    "prepayment.smm": ("Prepayment speed, SMM", "月提前还款率SMM"),
    "prepayment.abs": ("Prepayment speed, ABS", "提前还款速度ABS"),
    "prepayment.psa": ("Prepayment speed, PSA", "提前还款速度PSA"),
    "default.cdr": ("Default rate, CDR", "年化违约率CDR"),
    "default.mdr": ("Default rate a month, MDR", "月违约率MDR"),
    "default.cnl": ("Cumulative net loss, CNL", "累计净损失率CNL"),
    "default.cgd": ("Cumulative gross default, CGD", "累计毛违约率CGD"),
    "default.multiple": ("Multiple of the defaults", "违约倍数"),
    "recovery.rate": ("Recovery rate", "回收率"),
    "cards.yield": ("Portfolio yield", "资产收益率"),
    "cards.payment_rate": ("Payment rate a month", "月还款率"),
    "cards.charge_off": ("Charge-off rate", "核销率"),
    "cards.purchase_rate": ("Purchase rate", "新增消费率"),
}


def clean(text: object) -> str:
    """Text of the deal as it may stand between tags and in attributes.

    >>> clean("</script> & 'x'")
    '&lt;/script&gt; &amp; &#x27;x&#x27;'
    """
    return escape(plain_text(text))


def both(en: object, zh: object) -> str:
    """A text in both languages; the style shows the one that is wanted.

    >>> both("Class", "类别")
    '<span lang="en">Class</span><span lang="zh">类别</span>'
    """
    if str(en) == str(zh):
        return clean(en)
    return f'<span lang="en">{clean(en)}</span><span lang="zh">{clean(zh)}</span>'


#: How classes are called in Chinese, by the first words of their label.
RANKS = {
    "Class": "",
    "Senior": "优先",
    "Sub-senior": "次优先",
    "Mezzanine": "夹层",
    "Junior": "次级",
    "Subordinated": "次级",
}


def note_name(label: str) -> str:
    """A class in Chinese, by the words of its label; a name of the deal's own stays.

    >>> [note_name(label) for label in ("Class A", "Senior A", "Subordinated", "优先档")]
    ['A级', '优先A级', '次级', '优先档']
    """
    first, _, rest = label.partition(" ")
    if first not in RANKS or " " in rest or not (rest or RANKS[first]):
        return label
    return f"{RANKS[first]}{rest}级" if rest and first != "Junior" else f"{RANKS[first]}{rest}"


def owner_of(program: Program, path: str) -> Both:
    """What owns a line, in both languages."""
    owner = path.rpartition(".")[0]
    if owner in OWNERS:
        return OWNERS[owner]
    label = entity_label(program, program.labels, path)
    head = owner.partition(".")[0]
    if head == "notes":
        return label, note_name(label)
    return label, f"{label}账户" if head == "accounts" and label.isascii() else label


def main_words(path: str) -> Both | None:
    """A main assumption in the words of the trade, with its group before it; None for any other input.

    >>> main_words("assumptions.groups.bill.default.mdr")
    ('Bill: Default rate a month, MDR', 'Bill：月违约率MDR')
    """
    parts = path.split(".")
    if parts[0] != "assumptions":
        return None
    if parts[1] == "indices" and len(parts) == 3:
        name = parts[2].replace("_", " ")
        return name, name
    found = MAIN.get(".".join(parts[-2:]))
    if found is None or parts[1] != "groups":
        return found
    return f"{words(parts[2])}: {found[0]}", f"{words(parts[2])}：{found[1]}"


def input_words(path: str, labels: Mapping[str, str]) -> Both:
    """An input in both languages.

    >>> input_words("notes.A.coupon", {"notes.A": "Class A"})
    ('Class A: coupon', 'A级：票面利率')
    """
    base, _, number = path.partition("#")
    parts = base.split(".")
    owner = ".".join(parts[:2])
    if owner in labels:
        head, rest = note_name(labels[owner]) if parts[0] == "notes" else labels[owner], parts[2:]
    else:
        head, rest = "", parts[1:] if parts[0] in {"assumptions", "amounts", "call", "pool"} else parts
    said = [CHINESE.get(word, words(word)) for word in rest]
    if parts[0] == "triggers" and len(rest) > 1 and rest[-1].isdigit():
        said = [said[0], f"自第{rest[-1]}期"]
    elif "by_year" in rest or "by_month" in rest:
        said = [CHINESE["timing"], f"第{int(rest[-1]) + 1}{'年' if 'by_year' in rest else '月'}"]
    elif "delinquency" in rest and rest[-1].isdigit():
        said = [*said[:-1], f"{BUCKETS[int(rest[-1])].replace('_', '-')}天"]
    text = "，".join(said)
    text = f"{head}：{text}" if head and text else head or text
    return input_label(path, labels), f"{text}（第{int(number) + 1}个数）" if number else text
