"""Formats: how the field prints its numbers, in text."""

from __future__ import annotations

import math
from collections.abc import Callable
from datetime import date
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from abs_struct.deal.events import Event

NONE = "-"


def absent(value: float | None) -> bool:
    """Whether there is nothing to print."""
    return value is None or not math.isfinite(value)


def money(value: float | None) -> str:
    """An amount in currency units, with cents.

    >>> money(1234567.891), money(-0.001), money(float("nan"))
    ('1,234,567.89', '0.00', '-')
    """
    if value is None or absent(value):
        return NONE
    text = f"{value:,.2f}"
    return text.removeprefix("-") if float(text.replace(",", "")) == 0.0 else text


def rate(value: float | None) -> str:
    """A yearly rate, three decimals.

    >>> rate(0.05052531)
    '5.053%'
    """
    return NONE if value is None or absent(value) else f"{value:.3%}"


def factor_percent(value: float | None) -> str:
    """A share, two decimals.

    >>> factor_percent(0.5525)
    '55.25%'
    """
    return NONE if value is None or absent(value) else f"{value:.2%}"


def life(value: float | None) -> str:
    """Years, or a multiple, two decimals.

    >>> life(0.8004927)
    '0.80'
    """
    return NONE if value is None or absent(value) else f"{value:.2f}"


def short_date(day: date | None) -> str:
    """A date in ISO text."""
    return NONE if day is None else day.isoformat()


def tested(value: float | None) -> str:
    """What a trigger tested: a ratio in per cent, anything large as an amount.

    >>> tested(0.0193548), tested(1_500_000.0)
    ('1.935%', '1,500,000.00')
    """
    return rate(value) if value is None or absent(value) or abs(value) < 100.0 else money(value)


def event_words(event: Event) -> str:
    """What happened to a trigger, and what it switched, in one line."""
    return "; ".join([f"{event.label} {tested_words(event)}", *effects(event)])


def tested_words(event: Event) -> str:
    """What happened, and on what figures."""
    if absent(event.value):
        return f"{event.event}, {event.cause}"
    return f"{event.event}, {event.cause}: {tested(event.value)}, {event.side} {tested(event.level)}"


def effects(event: Event, say: Callable[[str], str] = str) -> list[str]:
    """What an event switched, a few words each, names as `say` has them; that it switched nothing is said too."""
    said = {"into force": "section into force", "out of force": "section out of force", "on": "clause on",
            "off": "clause off", "read by": "read by"}  # fmt: skip
    return [f"{said[words]}: {'; '.join(map(say, names))}" for words, names in event.switched.items()] or [
        "nothing reads it"
    ]
