"""Chinese on pictures: a font that has its signs, looked up and not assumed, and the words of charts."""

from __future__ import annotations

from functools import cache

#: Families with simplified Chinese, in the order in which they are taken.
FAMILIES = (
    "Noto Sans CJK SC", "Noto Sans SC", "Source Han Sans SC", "Source Han Sans CN", "Microsoft YaHei", "PingFang SC",
    "Hiragino Sans GB", "SimHei", "WenQuanYi Micro Hei", "WenQuanYi Zen Hei", "Droid Sans Fallback",
)  # fmt: skip
MISSING = (
    "no font with Chinese signs was found, and the charts are labelled in English; install one such as Noto Sans CJK"
)
WORDS = {
    "Note balances": "证券余额", "Collections": "回收款", "Scheduled principal": "计划本金", "Prepayments": "早偿",
    "Interest": "利息", "Recoveries": "违约回收", "Refunds": "退款",
    "Credit enhancement, of the {}": "信用增级（占{}）",
    "Cumulative net loss, of the initial pool": "累计净损失率（占初始资产池）",
    "Cumulative net loss against its trigger": "累计净损失率与触发水平", "Cumulative net loss": "累计净损失率",
    "Trigger level": "触发水平", "In arrears, of the pool balance": "逾期占资产池余额", "{} days": "逾期{}天",
    "{} million": "{}百万", "{} thousand": "{}千", "pool": "资产池", "initial pool": "初始资产池",
    "invested amount": "投资金额", "pool balance": "资产池余额",
}  # fmt: skip


@cache
def chinese_font() -> str | None:
    """The first family that this machine has; None where it has none."""
    from matplotlib.font_manager import fontManager

    known = {font.name for font in fontManager.ttflist}
    return next((family for family in FAMILIES if family in known), None)
