"""Sentences: a clause of the priority of payments in words, English or Chinese."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple

from abs_struct.core.formula import Formula
from abs_struct.waterfall.order import BALANCE, ProRata, Sequential, Shares

#: From the part of the deal and a name in it ("notes", "A") to what is printed for it.
Say = Callable[[str, str], str]
EN, ZH = "en", "zh"
#: How a sentence speaks of a part of the deal that has no label.
BARE = {
    "notes": "class {}",
    "accounts": "the {} account",
    "facilities": "the {} facility",
    "hedges": "the {}",
    "residuals": "the {}",
}


class Spoken(NamedTuple):
    """The targets of a clause in words, and how they rank."""

    targets: str
    order: str


def listed(names: Sequence[str], language: str = EN) -> str:
    """Names side by side.

    >>> listed(["A", "B", "C"]), listed(["A", "B"], ZH)
    ('A, B and C', 'A、B')
    """
    if language == ZH:
        return "、".join(names)
    return " and ".join(filter(None, (", ".join(names[:-1]), names[-1])))


def spoken(field: Any, say: Callable[[str], str], language: str = EN) -> Spoken:
    """What a clause names: one target, several in turn, or an order.

    >>> spoken(("A", "B"), str)
    Spoken(targets='A and B', order=', in that order')
    >>> spoken(ProRata(pro_rata=("A", "B")), str, ZH)
    Spoken(targets='A、B', order='按比例')
    >>> spoken(Sequential(sequential=(ProRata(pro_rata=("A1", "A2")), "B")), str).targets
    'A1 and A2 pro rata, then B'
    """
    if isinstance(field, str):
        return Spoken(say(field), "")
    if not isinstance(field, Sequential | ProRata | Shares):
        field = Sequential(sequential=tuple(field))
    if all(isinstance(member, str) for member in field.members):
        return Spoken(listed([say(member) for member in field.members], language), rank(field, language))
    return Spoken(nested(field, say, language, outermost=True), "")


def rank(order: Sequential | ProRata | Shares, language: str) -> str:
    """How the targets of an order rank."""
    if len(order.members) == 1:
        return ""
    if isinstance(order, Sequential):
        return "依次" if language == ZH else ", in that order"
    if isinstance(order, Shares):
        shares = listed([share.text for share in order.shares.values()], language)
        return f"按{shares}的份额" if language == ZH else f", in shares of {shares}"
    if order.by == BALANCE:
        return "按比例" if language == ZH else ", pro rata"
    return "按初始余额比例" if language == ZH else ", pro rata to their initial balances"


def nested(member: Any, say: Callable[[str], str], language: str, *, outermost: bool = False) -> str:
    """An order that holds orders, from the outside in."""
    if isinstance(member, str):
        return say(member)
    parts = [nested(inner, say, language) for inner in member.members]
    if isinstance(member, Sequential):
        text = ("，再" if language == ZH else ", then ").join(parts)
        return text if outermost or len(parts) == 1 else f"（{text}）" if language == ZH else f"({text})"
    how = rank(member, language)
    return f"{listed(parts, language)}（{how}）" if language == ZH else f"{listed(parts)}{how.replace(',', '', 1)}"


def supported(names: Sequence[str], language: str) -> str:
    """What covers a shortage of available funds."""
    if not names:
        return ""
    if language == ZH:
        return f"，不足部分{'依次' if len(names) > 1 else ''}由{listed(names, ZH)}补足"
    return f", supported by {', then '.join(names)}"


def condition(when: Formula | None, language: str) -> str:
    """While a clause applies."""
    if when is None:
        return ""
    text = " ".join(when.text.split())
    return f"（适用条件：{text}）" if language == ZH else f", while {text}"


def spoken_name(owner: str, name: str, labels: Mapping[str, str], language: str = EN) -> str:
    """What a sentence calls a part of the deal: its label, or `class A`, `the reserve account`.

    >>> spoken_name("support", "reserve", {"accounts.reserve": "reserve"})
    'the reserve account'
    """
    parts = ("accounts", "facilities") if owner == "support" else (owner,)
    part = next((part for part in parts if f"{part}.{name}" in labels), owner)
    label = labels.get(f"{part}.{name}", name)
    if language != EN:
        return label.removeprefix("Class ") if part == "notes" else label
    if label != name:
        return label
    return BARE.get(part, "{}").format(name if part == "notes" else name.replace("_", " "))
