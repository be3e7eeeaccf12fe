"""The pages on the loans: stratification of those that belong to the deal, and the criteria that decided."""

from __future__ import annotations

from abs_struct.handoff.sheet import Paper
from abs_struct.handoff.view import View
from abs_struct.tape.stratify import Band, stratify

Pages = list[tuple[str, str]]
STRATIFICATION, ELIGIBILITY = "Stratification", "Eligibility"
MOST_LOANS = 5_000


def write(view: View, paper: Paper) -> Pages:
    """Both pages."""
    return [(STRATIFICATION, stratification(view, paper)), (ELIGIBILITY, eligibility(view, paper))]


def stratification(view: View, paper: Paper) -> str:
    """One table a characteristic; each sums to the pool, to the cent."""
    collateral = view.result.collateral
    sheet = paper.sheet(STRATIFICATION, (30, 11, 11, 18, 11, 12, 16))
    sheet.title(STRATIFICATION, f"{collateral.loans:,} eligible loans at cut-off; every table sums to the pool")
    numbers = ("text", "count", "share", "cents", "share", "percent", "life")
    row = 3
    for table in stratify(collateral.eligible):
        head = (table.title, "Loans", "% of loans", "Balance", "% of pool", "Average rate", "Remaining term")
        row = sheet.header(row, head)
        row = sheet.rows(row, [band_row(band) for band in table.bands], numbers)
        row = sheet.rows(row, [band_row(table.total)], numbers, "total") + 1
    sheet.freeze(3, 1)
    return "the pool in bands"


def band_row(band: Band) -> tuple[object, ...]:
    """One band; averages are weighted by balance."""
    return (
        band.label, band.loans, band.share_of_loans, band.balance, band.share, band.wa_rate, band.wa_remaining_term
    )  # fmt: skip


def eligibility(view: View, paper: Paper) -> str:
    """Criteria, how many loans fail each, the loans that were left out, and the rows that were rejected."""
    collateral = view.result.collateral
    tape, found = collateral.tape, collateral.eligibility
    sheet = paper.sheet(ELIGIBILITY, (26, 52, 14, 18, 40))
    counts = f"{collateral.loans:,} eligible, {collateral.ineligible:,} not"
    sheet.title(ELIGIBILITY, f"{len(tape):,} accepted loans: {counts}")
    totals = tape.totals()
    row = sheet.header(3, ("Tape", "", "Rows", "Balance", ""), (0, 1, 4))
    for name, rows, cents in (
        ("Read", totals.rows_read, totals.balance_read),
        ("Rejected", totals.rejected, totals.balance_rejected),
        ("Ineligible", collateral.ineligible, found.ineligible_cents),
        ("Eligible", collateral.loans, found.eligible_cents),
    ):
        row = sheet.rows(row, [(name, "", rows, cents / 100, "")], ("text", "text", "count", "cents", "words"))
    row = sheet.header(row + 1, ("Criterion", "Rule", "Loans that fail", "Balance", "Untested because"), (0, 1, 4))
    for tested in found.criteria:
        failed = ("not tested", "-") if tested.untested else (tested.failed, tested.failed_cents / 100)
        values = [(tested.name, tested.rule, *failed, tested.untested)]
        row = sheet.rows(row, values, ("text", "text", "count", "cents", "words"))
    if not found.criteria:
        sheet.text(row, 0, "The deal file states no criteria.", "plain")
        row += 1
    row += 1
    if collateral.concentrations:
        head = ("Concentration", "Largest", "Share of pool", "Excess", "Limit, or why untested")
        row = sheet.header(row, head, (0, 1, 4))
        for limit in collateral.concentrations:
            figures = ("not tested", "-") if limit.untested else (limit.share, limit.excess_cents / 100)
            words = limit.untested or f"at most {limit.limit:.4%}" + ("" if limit.kept else f", exceeded {limit.over}x")
            values = [(limit.name, limit.value, *figures, words)]
            row = sheet.rows(row, values, ("text", "text", "share", "cents", "words"))
        row += 1
    if found.ineligible:
        row = sheet.header(row, ("Ineligible loan", "Fails", "Line of tape", "Balance", ""), (0, 1, 4))
        loans = [
            (loan.loan_id, "; ".join(loan.fails), loan.row, loan.balance_cents / 100, "")
            for loan in found.ineligible[:MOST_LOANS]
        ]
        row = sheet.rows(row, loans, ("text", "text", "whole", "cents", "words")) + 1
        if len(found.ineligible) > MOST_LOANS:
            sheet.text(row - 1, 0, f"and {len(found.ineligible) - MOST_LOANS:,} more", "plain")
            row += 1
    if tape.rejections:
        row = sheet.header(row, ("Rejected row", "Reason", "Line of tape", "Balance", "Field"), (0, 1, 4))
        rejected = [
            (r.loan_id, r.reason, r.row, None if r.balance_cents is None else r.balance_cents / 100, r.field)
            for r in tape.rejections[:MOST_LOANS]
        ]
        sheet.rows(row, rejected, ("text", "text", "whole", "cents", "words"))
    sheet.freeze(3, 1)
    return "criteria, loans left out, rows rejected"
