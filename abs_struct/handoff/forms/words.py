"""What kinds of figures look like in text, and the few words that every report has, in both languages."""

from __future__ import annotations

import math
from datetime import date

from abs_struct.core.formula.nodes import day_of
from abs_struct.handoff.formats import factor_percent, life, money

LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
WORDS: dict[str, dict[str, str]] = {
    "amount": {"en": "Figure", "zh": "数值"},
    "total": {"en": "Total", "zh": "合计"},
    "sum": {"en": "sum", "zh": "合计"},
    "line": {"en": "Line", "zh": "序号"},
    "item": {"en": "Item", "zh": "项目"},
    "from": {"en": "How", "zh": "勾稽关系"},
    "payment date": {"en": "Payment date", "zh": "支付日"},
    "whole life": {"en": "All payment dates", "zh": "全部支付日"},
    "tie-outs": {"en": "Tie-outs", "zh": "勾稽核对"},
    "left": {"en": "Left", "zh": "左值"},
    "right": {"en": "Right", "zh": "右值"},
    "difference": {"en": "Difference", "zh": "差额"},
    "tolerance": {"en": "Tolerance", "zh": "容差"},
    "status": {"en": "Status", "zh": "结果"},
    "passed": {"en": "passed", "zh": "通过"},
    "failed": {"en": "FAILED", "zh": "未通过"},
    "left out": {"en": "Left out", "zh": "未填报"},
}
NOT_AVAILABLE = "n/a"
DECIMALS = {
    "rate": "{:.4%}", "factor": "{:.8f}", "per_unit": "{:,.6f}", "per_hundred": "{:,.4f}", "whole": "{:,.0f}",
}  # fmt: skip


def say(value: float | str | date | None, kind: str, language: str = "en") -> str:
    """A figure as a report prints it.

    >>> say(1234.5, "money"), say(0.0525, "percent"), say(46533.0, "date"), say(None, "money")
    ('1,234.50', '5.25%', '2027-05-26', 'n/a')
    """
    if value is None or (isinstance(value, float) and not math.isfinite(value)):
        return NOT_AVAILABLE
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, str):
        return value
    if kind == "date":
        return day_of(value).isoformat()
    if kind == "yes_no":
        return {"en": ("no", "yes"), "zh": ("否", "是")}[language][value > 0.5]
    if kind == "money":
        return money(value)
    if kind == "percent":
        return factor_percent(value + 0.0)
    if kind == "years":
        return life(value)
    return DECIMALS.get(kind, "{}").format(value + 0.0)


def say_number(value: float) -> str:
    """A number of a formula.

    >>> say_number(1000.0), say_number(0.5)
    ('1,000', '0.5')
    """
    return f"{value:,.0f}" if value == int(value) else f"{value:g}"
