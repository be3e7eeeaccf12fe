"""The pages by period: each class, cash flows, waterfall, pool, decrement. One row a payment date."""

from __future__ import annotations

from abs_struct.deal.summary import note_words
from abs_struct.handoff.report import arrears, holdings, losses, purchases, triggers
from abs_struct.handoff.report.tables import FIRST_ROW, flow, keys, moving, opening, page, paged, standing, stock
from abs_struct.handoff.sheet import A3, Column, Paper
from abs_struct.handoff.view import HALF_A_CENT, View
from abs_struct.handoff.workbook.sheets import clause_title, leg_label
from abs_struct.waterfall.section import Clause, Section
from abs_struct.waterfall.steps.step import WHOLE

Pages = list[tuple[str, str]]
CASH, POOL = "Cash flows", "Pool"


def write(view: View, paper: Paper) -> Pages:
    """All pages by period; gives their titles with a few words each."""
    pages = [(CASH, cash_flows(view, paper))]
    pages += [(note_page(name), note(view, paper, name, label)) for name, label in view.notes.items()]
    for section in view.sections:
        title = "Waterfall" if len(view.sections) == 1 else f"Waterfall {section.name.replace('_', ' ')}"
        pages.append((title, waterfall(view, paper, section, title)))
    pages += losses.write(view, paper)
    pages += holdings.write(view, paper)
    pages.append((POOL, pool(view.by_month, paper)))
    pages += purchases.write(view, paper)
    pages += arrears.write(view.by_month, paper)
    pages += triggers.write(view, paper)
    pages.append(("Decrement", decrement(view, paper)))
    return pages


def note_page(name: str) -> str:
    """The title of a class's page."""
    return f"Note {name}"


def note(view: View, paper: Paper, name: str, label: str) -> str:
    """One class: interest due, paid and short, principal, losses, factor, enhancement."""
    path, lines = f"notes.{name}", view.result.lines
    terms = view.result.terms.notes[name]
    columns = [*keys(view), opening(view, f"{path}.opening_balance")]
    if f"{path}.notional" in lines:
        columns.append(Column("Notional", "money", view.paid(f"{path}.notional")))
    if f"{path}.coupon" in lines:
        base = view.paid(f"{path}.{'notional' if f'{path}.notional' in lines else 'opening_balance'}")
        rates = zip(view.paid(f"{path}.coupon"), base, strict=True)
        coupons = [value if due is not None and due > HALF_A_CENT else None for value, due in rates]
        columns.append(Column("Coupon", "rate", coupons, width=11))
    columns += [
        flow(view, "Interest due", f"{path}.interest_due"),
        flow(view, "Interest paid", f"{path}.interest_paid"),
        *moving(view, "", ("Interest lost", f"{path}.interest_lost")),
        stock(view, "Shortfall carried", f"{path}.interest_shortfall"),
        *moving(view, "", ("Interest capitalised", f"{path}.capitalised"), ("Paid in by holder", f"{path}.advanced")),
        flow(view, "Principal paid", f"{path}.principal_paid"),
        *moving(view, "", ("Written down", f"{path}.written_down"), ("Written up", f"{path}.written_up")),
        stock(view, "Closing balance", f"{path}.balance"),
    ]
    if f"{path}.target_balance" in lines:
        columns.append(Column("Planned balance", "money", view.paid(f"{path}.target_balance")))
    columns += standing(view, "", ("Loss not restored", f"{path}.unreimbursed"))
    columns += losses.of_note(view, name)
    if view.moves(f"{path}.balance"):
        columns.append(Column("Factor", "factor", view.line(f"{path}.factor"), width=12.5))
    if name in view.funded:
        columns.append(Column("Credit enhancement", "percent", view.enhancement(name), width=13))
    rating = f", rated {terms.rating}" if terms.rating else ""
    said = f"{label}, coupon {note_words(terms)}, {terms.day_count}{rating}; amounts in {view.result.terms.currency}"
    page(view, paper, note_page(name), said, columns, size=paged(columns))
    return f"{label}: interest, principal, factor"


def cash_flows(view: View, paper: Paper) -> str:
    """What comes in, what is paid to whom, what is held."""
    terms = view.result.terms
    collected = view.flow("pool.collections")[1:]
    parts = view.flow("pool.interest", "pool.principal_collections", "pool.recovered")[1:]
    scheduled = ["pool.scheduled_principal"]
    if any(abs((a or 0.0) - (b or 0.0)) > HALF_A_CENT for a, b in zip(collected, parts, strict=True)):
        scheduled += [p for p in ("pool.advanced_principal", "pool.advanced_interest") if p in view.result.lines]
    swaps = [f"hedges.{name}" for name in terms.hedges]
    lent = [f"facilities.{name}" for name in terms.facilities]
    columns = [
        *keys(view),
        flow(view, "Interest", "pool.interest", group="Collections"),
        flow(view, "Scheduled principal", *scheduled, group="Collections"),
        flow(view, "Prepayments", "pool.prepaid", group="Collections"),
        *moving(view, "Collections", ("Refunds", "pool.refunds")),
        flow(view, "Recoveries", "pool.recovered", group="Collections"),
        flow(view, "Total collections", "pool.collections", group="Collections"),
        *moving(view, "Other receipts", ("Clean-up call", "deal.call_proceeds")),
        *several(view, "Other receipts", "From hedges", [f"{path}.received" for path in swaps]),
        *several(view, "Other receipts", "Facility draws", [f"{path}.drawn" for path in lent]),
        *several(view, "Other receipts", "Income of accounts", [f"accounts.{name}.earned" for name in terms.accounts]),
        flow(view, "Fees", *(f"fees.{name}.paid" for name in terms.fees), group="Paid"),
        *several(view, "Paid", "To hedges", [f"{p}.{word}" for p in swaps for word in ("paid", "termination_paid")]),
        *several(view, "Paid", "To facilities", [f"{path}.{word}" for path in lent for word in ("paid", "repaid")]),
        flow(view, "Note interest", *(f"notes.{name}.interest_paid" for name in terms.notes), group="Paid"),
        flow(view, "Note principal", *(f"notes.{name}.principal_paid" for name in terms.notes), group="Paid"),
        flow(view, "Residual", *view.residuals, group="Paid"),
    ]
    columns += [
        stock(view, f"{view.label(f'accounts.{name}')}", f"accounts.{name}.balance", group="After payment")
        for name in terms.accounts
    ]
    columns += [
        stock(view, "Notes", "deal.notes_balance", group="After payment"),
        stock(view, "Pool", "pool.balance", group="After payment"),
        stock(view, "Overcollat- eralisation", "deal.overcollateralisation", group="After payment"),
    ]
    page(view, paper, CASH, f"collections and payments; amounts in {terms.currency}", columns, size=A3, wide=1)
    return "collections, payments, balances"


def several(view: View, group: str, title: str, paths: list[str]) -> list[Column]:
    """A column of several flows together, where any of them is not nil throughout."""
    kept = [path for path in paths if view.moves(path)]
    return [flow(view, title, *kept, group=group)] if kept else []


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
        Column("Available", "money", view.paid(f"sections.{section.name}.available"), group="Funds"),
    ]
    never = []
    for number, clause in enumerate(section.clauses, 1):
        words = f"{number}. {clause_title(clause, view.result.program.labels)}"
        for leg, path in clause.legs.items():
            if leg == WHOLE or f"{path}.paid" not in view.result.lines:
                continue
            said = leg_label(leg, owner_of(clause), view.result.program.labels)
            if not any(value > HALF_A_CENT for value in view.line(f"{path}.due")):
                never.append(f"{words} {said.removesuffix(': ')}".strip())
                continue
            columns.append(Column(f"{said}Due", "money", view.paid(f"{path}.due"), total=True, group=words))
            columns.append(flow(view, f"{said}Paid", f"{path}.paid", group=words))
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
    losses_ = view.line("pool.cumulative_net_loss")
    columns = [
        *keys(view),
        opening(view, "pool.opening_balance", group="Roll-forward"),
        *moving(view, "Roll-forward", ("Purchased", "pool.purchased")),
        flow(view, "Scheduled principal", "pool.scheduled_principal", group="Roll-forward"),
        flow(view, "Prepayments", "pool.prepaid", group="Roll-forward"),
        *moving(view, "Roll-forward", ("Refunds", "pool.refunds")),
        flow(view, "Defaulted", "pool.defaulted", group="Roll-forward"),
        *moving(view, "Roll-forward", ("Dilution", "pool.dilution")),
        stock(view, "Closing balance", "pool.balance", group="Roll-forward"),
        Column("Factor", "factor", view.line("pool.factor"), group="Roll-forward", width=12.5),
        flow(view, "Interest", "pool.interest", group="Income"),
        flow(view, "Recoveries", "pool.recovered", group="Losses"),
        flow(view, "Net loss", "pool.net_loss", group="Losses"),
        stock(view, "Cumulative net loss", "pool.cumulative_net_loss", group="Losses"),
        Column("% of initial pool", "share", [loss / initial for loss in losses_], group="Losses", width=11),
    ]
    words = "roll-forward by month of collections" if view.monthly else "roll-forward"
    page(view, paper, POOL, f"{words}; amounts in {view.result.terms.currency}", columns, size=A3, wide=1)
    return "roll-forward, losses, factor"


def decrement(view: View, paper: Paper) -> str:
    """Per cent of the original balance outstanding, by payment date, and the weighted average life."""
    columns = keys(view)
    for name, label in view.with_balance.items():
        factors = view.line(f"notes.{name}.factor")
        columns.append(Column(label, "points", [100.0 * factor for factor in factors], width=12))
    said = "per cent of the original balance outstanding after each payment date"
    sheet = page(view, paper, "Decrement", said, columns)
    row = FIRST_ROW + 1 + len(view.periods)
    sheet.text(row, 0, "WAL", "total")
    sheet.text(row, 1, "years", "total")
    for at, name in enumerate(view.with_balance, 2):
        sheet.number(row, at, view.result.note_measures[name].wal, "life", "total")
    return "per cent of original by date"
