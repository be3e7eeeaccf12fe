"""Tables: what every page by period begins with, and columns that come and go with what the deal has."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from abs_struct.handoff.sheet import Column, Paper, Sheet
from abs_struct.handoff.view import View

FIRST_ROW = 3


def keys(view: View) -> list[Column]:
    """Period and payment date; by month, the month's last day and the payment date where the month has one."""
    periods = Column("Period", "whole", view.periods, width=7)
    if not view.monthly:
        return [periods, Column("Payment date", "date", view.dates, width=11.5)]
    schedule = view.result.schedule
    ends = [schedule.cutoff, *(schedule.collection_end[t - 1] for t in view.periods[1:])]
    paid = [view.dates[0], *(view.result.dates[t] if schedule.pays[t - 1] else "-" for t in view.periods[1:])]
    return [periods, Column("Month ends", "date", ends, width=11.5), Column("Paid on", "date", paid, width=11.5)]


def page(view: View, paper: Paper, title: str, words: str, columns: Sequence[Column], **more: Any) -> Sheet:
    """A sheet with one table by period."""
    wide = max(1, -(-(len(columns) - 2) // 16))
    sheet = paper.sheet(title, **({"wide": wide} | more))
    sheet.title(title, f"{view.result.terms.name}: {words}")
    sheet.series(FIRST_ROW, columns)
    return sheet


def paged(columns: Sequence[Column]) -> int:
    """The paper that a table fits on."""
    from abs_struct.handoff.sheet import A3, A4

    return A3 if len(columns) > 11 else A4


def flow(view: View, title: str, *paths: str, less: Sequence[str] = (), group: str = "") -> Column:
    """A column of money that is added up."""
    return Column(title, "money", view.flow(*paths, less=less), total=True, group=group)


def stock(view: View, title: str, path: str, *, group: str = "") -> Column:
    """A column of what stands at the end of each row."""
    return Column(title, "money", view.line(path), group=group)


def opening(view: View, path: str, *, group: str = "") -> Column:
    """A column of what stood at the start of each row."""
    return Column("Opening balance", "money", view.opening(path), group=group)


def rate(view: View, title: str, path: str, *, group: str = "") -> Column:
    """A column of a yearly rate on each payment date."""
    return Column(title, "rate", view.paid(path), group=group, width=11)


def moving(view: View, group: str, *wanted: tuple[str, str]) -> list[Column]:
    """Columns of money, flows by their title and path, of those that are not nil throughout."""
    return [flow(view, title, path, group=group) for title, path in wanted if view.moves(path)]


def standing(view: View, group: str, *wanted: tuple[str, str]) -> list[Column]:
    """The same for what stands at the end of each row."""
    return [stock(view, title, path, group=group) for title, path in wanted if view.moves(path)]
