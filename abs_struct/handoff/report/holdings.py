"""The pages on what surrounds the notes: rates, fees, accounts, facilities and hedges, one row a payment date."""

from __future__ import annotations

from abs_struct.handoff.report.tables import flow, keys, moving, opening, page, paged, rate, standing, stock
from abs_struct.handoff.sheet import Column, Paper
from abs_struct.handoff.view import View
from abs_struct.waterfall.section import Section
from abs_struct.waterfall.steps.advance import Advance
from abs_struct.waterfall.steps.release import Release
from abs_struct.waterfall.steps.step import WHOLE
from abs_struct.waterfall.take import COLLECTIONS

Pages = list[tuple[str, str]]
RATES, FEES, ACCOUNTS, FACILITIES, HEDGES = "Rates", "Fees", "Accounts", "Facilities", "Hedges"


def write(view: View, paper: Paper) -> Pages:
    """The pages that the deal has a use for."""
    terms = view.result.terms
    pages: Pages = []
    if any(path.startswith("indices.") for path in view.result.lines):
        pages.append((RATES, rates(view, paper)))
    if terms.fees:
        pages.append((FEES, fees(view, paper)))
    if terms.accounts:
        pages.append((ACCOUNTS, accounts(view, paper)))
    if terms.facilities:
        pages.append((FACILITIES, facilities(view, paper)))
    if terms.hedges:
        pages.append((HEDGES, hedges(view, paper)))
    return pages


def rates(view: View, paper: Paper) -> str:
    """The indices, and the coupons that follow from them."""
    lines = view.result.lines
    columns = keys(view)
    for path in lines:
        owner, name, *rest = path.split(".")
        if owner == "indices" and rest == ["rate"]:
            columns.append(rate(view, name, path, group="Indices"))
    for name, label in view.notes.items():
        if f"notes.{name}.coupon" in lines:
            columns.append(rate(view, label, f"notes.{name}.coupon", group="Coupons"))
    page(view, paper, RATES, "yearly rates of each payment date", columns, size=paged(columns))
    return "indices and coupons by payment date"


def fees(view: View, paper: Paper) -> str:
    """Due, paid and carried of each fee."""
    columns, never = keys(view), []
    for name in view.result.terms.fees:
        path, label = f"fees.{name}", view.label(f"fees.{name}")
        if not view.moves(f"{path}.due"):
            never.append(label)
            continue
        columns += [flow(view, "Due", f"{path}.due", group=label), flow(view, "Paid", f"{path}.paid", group=label)]
        columns += standing(view, label, ("Carried", f"{path}.shortfall"))
    said = f"due, paid and carried; amounts in {view.result.terms.currency}"
    said += f"; never due: {', '.join(never)}" if never else ""
    page(view, paper, FEES, said, columns, size=paged(columns))
    return "due, paid and carried of each fee"


def accounts(view: View, paper: Paper) -> str:
    """How the cash of each account moves."""
    terms = view.result.terms
    columns = keys(view)
    for name in (COLLECTIONS, *terms.accounts):
        path, label = f"accounts.{name}", view.label(f"accounts.{name}")
        if name == COLLECTIONS and not any(value > 0.005 for value in view.by_month.line(f"{path}.balance")):
            continue  # all that comes in goes out: it stands on the page of cash flows
        columns.append(opening(view, f"{path}.opening_balance", group=label))
        columns += moving(view, label, ("Received", f"{path}.received"), ("Paid in", f"{path}.paid_in"))
        columns += distributed(view, name, label)
        columns += moving(view, label, ("Released", f"{path}.released"), ("Drawn", f"{path}.drawn"))
        columns.append(stock(view, "Closing balance", f"{path}.balance", group=label))
        if name != COLLECTIONS and terms.accounts[name].required is not None:
            columns.append(Column("Required", "money", view.paid(f"{path}.required"), group=label))
        columns += moving(view, label, ("Income to collections", f"{path}.earned"))
    said = f"received, paid in, drawn; amounts in {terms.currency}"
    page(view, paper, ACCOUNTS, said, columns, size=paged(columns))
    return "how the cash of each account moves"


def distributed(view: View, account: str, label: str) -> list[Column]:
    """What the sections that distribute an account paid to others, less what others gave them to distribute."""
    paid, back = [], []
    for section in (part for part in view.sections if part.source == account):
        for clause in section.clauses:
            out, given = cash_of(section, clause.name)
            paid += out
            back += given
    if not paid:
        return []
    return [flow(view, "Distributed", *paid, less=back, group=label)]


def cash_of(section: Section, name: str) -> tuple[list[str], list[str]]:
    """The lines of what a clause pays out of the cash of its section, and of what it adds to it."""
    clause = next(clause for clause in section.clauses if clause.name == name)
    if isinstance(clause.step, Release):
        return [], [f"{path}.paid" for leg, path in clause.legs.items() if leg != WHOLE]
    if isinstance(clause.step, Advance):
        return [], [f"{clause.legs[WHOLE]}.amount"]
    own = {leg: path for leg, path in clause.legs.items() if leg != WHOLE and "from_" not in leg}
    return [f"{path}.paid" for path in own.values()], []


def facilities(view: View, paper: Paper) -> str:
    """Limit, draws, repayments and interest of each facility."""
    columns = keys(view)
    for name in view.result.terms.facilities:
        path, label = f"facilities.{name}", view.label(f"facilities.{name}")
        columns += [
            Column("Limit", "money", view.paid(f"{path}.limit"), group=label),
            flow(view, "Drawn", f"{path}.drawn", group=label),
            flow(view, "Repaid", f"{path}.repaid", group=label),
            stock(view, "Outstanding", f"{path}.balance", group=label),
            flow(view, "Interest and fee due", f"{path}.due", group=label),
            flow(view, "Interest and fee paid", f"{path}.paid", group=label),
            *standing(view, label, ("Carried", f"{path}.shortfall")),
        ]
    said = f"limit, draws and repayments; amounts in {view.result.terms.currency}"
    page(view, paper, FACILITIES, said, columns, size=paged(columns))
    return "limit, draws, repayments, interest"


def hedges(view: View, paper: Paper) -> str:
    """Notional, rates and net payments of each hedge."""
    columns = keys(view)
    for name in view.result.terms.hedges:
        path, label = f"hedges.{name}", view.label(f"hedges.{name}")
        columns += [
            Column("Notional", "money", view.paid(f"{path}.notional"), group=label),
            rate(view, "Rate paid", f"{path}.pays_rate", group=label),
            rate(view, "Rate received", f"{path}.receives_rate", group=label),
            flow(view, "Net due from issuer", f"{path}.net_due", group=label),
            flow(view, "Paid by issuer", f"{path}.paid", group=label),
            *standing(view, label, ("Carried", f"{path}.shortfall")),
            flow(view, "Received from counterparty", f"{path}.received", group=label),
            *moving(view, label, ("Termination due", f"{path}.termination_due")),
            *moving(view, label, ("Termination paid", f"{path}.termination_paid")),
            *standing(view, label, ("Termination carried", f"{path}.termination_shortfall")),
        ]
    page(view, paper, HEDGES, f"net payments; amounts in {view.result.terms.currency}", columns, size=paged(columns))
    return "notional, rates, net payments"
