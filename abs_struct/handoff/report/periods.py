"""The pages by period: each class, cash flows, waterfall, pool, triggers, decrement. One row a payment date."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from abs_struct.handoff.sheet import A3, Column, Paper, Sheet
from abs_struct.handoff.view import HALF_A_CENT, View
from abs_struct.handoff.workbook.sheets import clause_title, leg_label
from abs_struct.terms.coupons import Coupon
from abs_struct.waterfall.section import Clause, Section
from abs_struct.waterfall.steps.step import WHOLE

Pages = list[tuple[str, str]]
FIRST_ROW = 3
CASH, POOL, TRIGGERS = "Cash flows", "Pool", "Triggers"


def write(view: View, paper: Paper) -> Pages:
    """All pages by period; gives their titles with a few words each."""
    pages = [(CASH, cash_flows(view, paper))]
    pages += [(note_page(name), note(view, paper, name, label)) for name, label in view.notes.items()]
    for section in view.sections:
        title = "Waterfall" if len(view.sections) == 1 else f"Waterfall {section.name.replace('_', ' ')}"
        pages.append((title, waterfall(view, paper, section, title)))
    pages.append((POOL, pool(view, paper)))
    if view.result.terms.triggers:
        pages.append((TRIGGERS, triggers(view, paper)))
    pages.append(("Decrement", decrement(view, paper)))
    return pages


def note_page(name: str) -> str:
    """The title of a class's page."""
    return f"Note {name}"


def keys(view: View) -> list[Column]:
    """Period and payment date, with which every page begins."""
    return [Column("Period", "whole", view.periods, width=7), Column("Payment date", "date", view.dates, width=11.5)]


def page(view: View, paper: Paper, title: str, words: str, columns: Sequence[Column], **more: Any) -> Sheet:
    """A sheet with one table by period."""
    sheet = paper.sheet(title, **more)
    sheet.title(title, f"{view.result.terms.name}: {words}")
    sheet.series(FIRST_ROW, columns)
    return sheet


def money(view: View, title: str, paths: str | Sequence[str], *, group: str = "", stock: bool = False) -> Column:
    """A column of money: a flow is added up, a stock is not."""
    names = [paths] if isinstance(paths, str) else list(paths)
    values = view.total(names)
    return Column(title, "money", values if stock else [None, *values[1:]], total=not stock, group=group)


def note(view: View, paper: Paper, name: str, label: str) -> str:
    """One class: interest due, paid and short, principal, factor, enhancement."""
    path = f"notes.{name}"
    terms = view.result.terms.notes[name]
    words = f"{label}: interest, principal, factor"
    columns = [
        *keys(view),
        Column("Opening balance", "money", view.flow(f"{path}.opening_balance")),
        money(view, "Interest due", f"{path}.interest_due"),
        money(view, "Interest paid", f"{path}.interest_paid"),
        money(view, "Shortfall carried", f"{path}.interest_shortfall", stock=True),
        money(view, "Principal paid", f"{path}.principal_paid"),
        money(view, "Closing balance", f"{path}.balance", stock=True),
        Column("Factor", "factor", view.line(f"{path}.factor"), width=12.5),
        Column("Credit enhancement", "percent", view.enhancement(name), width=13),
    ]
    rating = f", rated {terms.rating}" if terms.rating else ""
    said = f"{label}, {coupon_words(terms.coupon)}, {terms.day_count}{rating}; amounts in {view.result.terms.currency}"
    page(view, paper, note_page(name), said, columns)
    return words


def coupon_words(coupon: float | Coupon) -> str:
    """A coupon in a few words."""
    if not isinstance(coupon, Coupon):
        return f"coupon {coupon:.3%}"
    if coupon.index is not None:
        return (
            f"{coupon.index} + {coupon.margin:.3%}" if coupon.schedule is None else f"{coupon.index} + margin by period"
        )
    if coupon.fixed is not None:
        return f"coupon {coupon.fixed:.3%}, steps up"
    return "coupon by formula" if coupon.formula is not None else "coupon by period"


def cash_flows(view: View, paper: Paper) -> str:
    """What comes in, what is paid to whom, what is held."""
    terms = view.result.terms
    collected = view.line("pool.collections")
    parts = view.total(["pool.interest", "pool.principal_collections", "pool.recovered"])
    scheduled = ["pool.scheduled_principal"]
    if any(abs(a - b) > HALF_A_CENT for a, b in zip(collected, parts, strict=True)):
        scheduled += [p for p in ("pool.advanced_principal", "pool.advanced_interest") if p in view.result.lines]
    columns = [
        *keys(view),
        money(view, "Interest", "pool.interest", group="Collections"),
        money(view, "Scheduled principal", scheduled, group="Collections"),
        money(view, "Prepayments", "pool.prepaid", group="Collections"),
        money(view, "Recoveries", "pool.recovered", group="Collections"),
        money(view, "Total collections", "pool.collections", group="Collections"),
        money(view, "Fees", [f"fees.{name}.paid" for name in terms.fees], group="Paid"),
        money(view, "Note interest", [f"notes.{name}.interest_paid" for name in terms.notes], group="Paid"),
        money(view, "Note principal", [f"notes.{name}.principal_paid" for name in terms.notes], group="Paid"),
        money(view, "Residual", view.residuals, group="Paid"),
    ]
    columns += [
        money(view, f"{view.label(f'accounts.{name}')}", f"accounts.{name}.balance", group="After payment", stock=True)
        for name in terms.accounts
    ]
    columns += [
        money(view, "Notes", "deal.notes_balance", group="After payment", stock=True),
        money(view, "Pool", "pool.balance", group="After payment", stock=True),
        money(view, "Overcollat- eralisation", "deal.overcollateralisation", group="After payment", stock=True),
    ]
    page(view, paper, CASH, f"collections and payments; amounts in {terms.currency}", columns, size=A3)
    return "collections, payments, balances"


def waterfall(view: View, paper: Paper, section: Section, title: str) -> str:
    """Due and paid of every clause of a section, in the order of the priority of payments."""
    force = view.line(f"sections.{section.name}.in_force")
    if not any(force[1:]):
        sheet = paper.sheet(title, (110,))
        sheet.title(title, view.result.terms.name)
        sheet.text(FIRST_ROW, 0, "This section is not in force on any payment date of this run.", "plain")
        for number, clause in enumerate(section.clauses, 1):
            sheet.text(FIRST_ROW + 1 + number, 0, f"{number}. {clause_title(clause, view.result.program.labels)}")
        return "not in force in this run"
    columns = [
        *keys(view),
        Column("Available", "money", view.flow(f"sections.{section.name}.available"), group="Funds"),
    ]
    never = []
    for number, clause in enumerate(section.clauses, 1):
        words = f"{number}. {clause_title(clause, view.result.program.labels)}"
        for leg, path in clause.legs.items():
            if leg == WHOLE or f"{path}.paid" not in view.result.lines:
                continue
            said = leg_label(leg, owner_of(clause), view.result.program.labels)
            due = view.line(f"{path}.due")
            if not any(value > HALF_A_CENT for value in due):
                never.append(f"{words} {said.removesuffix(': ')}".strip())
                continue
            columns.append(money(view, f"{said}Due", f"{path}.due", group=words))
            columns.append(money(view, f"{said}Paid", f"{path}.paid", group=words))
    sheet = paper.sheet(title, wide=max(1, -(-(len(columns) - 2) // 12)), size=A3)
    sheet.title("Waterfall")  # its columns are repeated on every page: no longer than they are wide
    sheet.text(0, 2, section.name.replace("_", " "), "title")
    terms = view.result.terms
    sheet.text(1, 2, f"{terms.name}: due and paid of each clause; amounts in {terms.currency}", "subtitle")
    sheet.series(FIRST_ROW, columns)
    row = FIRST_ROW + 2 + len(view.periods) + 3
    if never:
        sheet.text(row, 2, "Nothing was ever due under:", "plain")
        for at, words in enumerate(never, 1):
            sheet.text(row + at, 2, words, "plain")
    return "due and paid of each clause"


def owner_of(clause: Clause) -> str:
    """Which part of the deal a clause pays."""
    return clause.step.owners().get(clause.step.word, "accounts")


def pool(view: View, paper: Paper) -> str:
    """The roll-forward of the pool, losses, and its factor."""
    initial = view.line("pool.initial_balance")[0]
    losses = view.line("pool.cumulative_net_loss")
    columns = [
        *keys(view),
        Column("Opening balance", "money", view.flow("pool.opening_balance"), group="Roll-forward"),
        money(view, "Scheduled principal", "pool.scheduled_principal", group="Roll-forward"),
        money(view, "Prepayments", "pool.prepaid", group="Roll-forward"),
        money(view, "Defaulted", "pool.defaulted", group="Roll-forward"),
        money(view, "Closing balance", "pool.balance", group="Roll-forward", stock=True),
        Column("Factor", "factor", view.line("pool.factor"), group="Roll-forward", width=12.5),
        money(view, "Interest", "pool.interest", group="Income"),
        money(view, "Recoveries", "pool.recovered", group="Losses"),
        money(view, "Net loss", "pool.net_loss", group="Losses"),
        money(view, "Cumulative net loss", "pool.cumulative_net_loss", group="Losses", stock=True),
        Column("% of initial pool", "share", [loss / initial for loss in losses], group="Losses", width=11),
    ]
    page(view, paper, POOL, f"roll-forward; amounts in {view.result.terms.currency}", columns, size=A3)
    return "roll-forward, losses, factor"


def triggers(view: View, paper: Paper) -> str:
    """Tested value, level, headroom and state of each trigger."""
    columns = keys(view)
    for name, terms in view.result.terms.triggers.items():
        path, group = f"triggers.{name}", view.label(f"triggers.{name}")
        if terms.levels is not None:
            small = max(map(abs, view.line(f"{path}.level"))) < 100.0
            number = "rate" if small else "money"
            columns += [
                Column("Tested value", number, view.flow(f"{path}.value"), group=group),
                Column("Level", number, view.flow(f"{path}.level"), group=group),
                Column("Headroom", number, view.flow(f"{path}.headroom"), group=group),
            ]
        for word, line in (("Breached", "breached"), ("Active", "active")):
            values = [None, *("yes" if value > 0.5 else "no" for value in view.line(f"{path}.{line}")[1:])]
            columns.append(Column(word, "flag", values, group=group, width=11))
    page(view, paper, TRIGGERS, "tested on each payment date", columns)
    return "tested value, level, headroom"


def decrement(view: View, paper: Paper) -> str:
    """Per cent of the original balance outstanding, by payment date, and the weighted average life."""
    columns = keys(view)
    for name, label in view.notes.items():
        factors = view.line(f"notes.{name}.factor")
        columns.append(Column(label, "points", [100.0 * factor for factor in factors], width=12))
    said = "per cent of the original balance outstanding after each payment date"
    sheet = page(view, paper, "Decrement", said, columns)
    row = FIRST_ROW + 1 + len(view.periods)
    sheet.text(row, 0, "WAL", "total")
    sheet.text(row, 1, "years", "total")
    for at, name in enumerate(view.notes, 2):
        sheet.number(row, at, view.result.note_measures[name].wal, "life", "total")
    return "per cent of original by date"
