"""The cover: what this is, what it was made from, and whether every check passed."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import PurePath

import abs_struct
from abs_struct.handoff.formats import money
from abs_struct.handoff.sheet import Paper, Sheet
from abs_struct.handoff.view import View, written

TITLE = "Cover"
MOST_NOTES = 12


def open_page(paper: Paper) -> Sheet:
    """The first sheet of the workbook, to be filled last."""
    sheet = paper.sheet(TITLE, (3, 24, 56, 3, 28, 48))
    sheet.worksheet.set_default_row(16)
    return sheet


def fill(view: View, paper: Paper, sheet: Sheet, pages: Sequence[tuple[str, str]]) -> None:
    """Write the cover."""
    result, terms = view.result, view.result.terms
    sheet.worksheet.set_row(1, 34)
    sheet.text(1, 1, terms.name, "big")
    sheet.text(2, 1, f"Investor report - projection from closing {terms.dates.closing}", "lead")
    master_check(view, sheet, 4)
    row = block(sheet, 6, 1, "The deal", deal_facts(view))
    end = block(sheet, row + 1, 1, "Scenario", scenario(view))
    contents = heading(sheet, 6, 4, "Contents")
    for title, words in pages:
        sheet.link(contents, 4, title)
        sheet.text(contents, 5, words)
        contents += 1
    row = block(sheet, max(end, contents) + 1, 1, "Provenance", provenance(view), "code")
    right = heading(sheet, max(end, contents) + 1, 4, "How to read it")
    for words in (
        f"Amounts in {terms.currency}; a dash is nil. Rates per year.",
        "Weighted average life in years, 30/360, from closing.",
        "Yield is bond-equivalent, at the issue price; duration is modified.",
        "Period 0 is closing. Every number is a value of the engine;",
        "totals below a table are formulas.",
    ):
        sheet.text(right, 4, words, "plain")
        right += 1
    notes = [*result.warnings, *(str(note) for note in result.collateral.tape.notes)][:MOST_NOTES]
    if notes:
        row = heading(sheet, max(row, right) + 1, 1, "Please note")
        for note in notes:
            sheet.text(row, 1, note, "plain")
            row += 1
    sheet.worksheet.fit_to_pages(1, 1)
    sheet.worksheet.activate()


def master_check(view: View, sheet: Sheet, row: int) -> None:
    """One line that says whether everything ties."""
    failed, count = len(view.result.failures), len(view.result.checks)
    kind = "failed" if failed else "passed"
    words = f"{view.draft}: {failed} of {count} checks failed" if failed else f"All {count} checks passed"
    sheet.worksheet.set_row(row, 22)
    for column in (2, 3, 4, 5):
        sheet.text(row, column, "", kind)
    sheet.text(row, 1, words, kind)


def heading(sheet: Sheet, row: int, column: int, words: str) -> int:
    """The heading of a block over its two columns; gives the next row."""
    sheet.text(row, column, words, "heading")
    sheet.text(row, column + 1, "", "heading")
    return row + 1


def block(sheet: Sheet, row: int, column: int, words: str, facts: Sequence[tuple[str, str]], kind: str = "cell") -> int:
    """A heading and facts below it; gives the next row."""
    row = heading(sheet, row, column, words)
    for name, fact in facts:
        sheet.text(row, column, name, "key")
        sheet.text(row, column + 1, fact, kind)
        row += 1
    return row


def deal_facts(view: View) -> list[tuple[str, str]]:
    """Dates, currency, pool."""
    terms, collateral = view.result.terms, view.result.collateral
    dates, deal, bought = terms.dates, view.result.deal_measures, view.result.purchases
    final = dates.legal_final.isoformat() if dates.legal_final else "-"
    classes = sum(not note.subordinated_loan for note in terms.notes.values())
    whole = "invested amount" if terms.pool.series else "pool"
    return [
        ("Cut-off date", dates.cutoff.isoformat()),
        ("Closing date", dates.closing.isoformat()),
        ("First payment date", view.dates[1].isoformat() if len(view.dates) > 1 else "-"),
        ("Legal final maturity", final),
        ("Payment dates", f"every {dates.every.removeprefix('1 ')}; {dates.calendar}, {dates.roll}"),
        ("Currency", terms.currency),
        ("Pool", f"{money(collateral.balance)} in {collateral.loans:,} loans"),
        ("Notes", f"{classes} classes, {deal.advance_rate:.2%} of the {whole}"),
        *([] if bought is None else [("Purchases", f"{money(bought.par)}, {bought.turns:.2f} turns of the pool")]),
    ]


def scenario(view: View) -> list[tuple[str, str]]:
    """The assumptions as the deal file writes them, and the fields that were changed for this run."""
    document = view.result.document
    tree = document.tree.get("assumptions", {})
    facts = [(str(key).capitalize(), written(value)[:200] or "none") for key, value in tree.items()]
    facts += [("Changed for this run", f"{path} = {value}") for path, value in document.changes.items()]
    return facts


def provenance(view: View) -> list[tuple[str, str]]:
    """What the numbers were made from, with fingerprints; the same inputs give the same bytes."""
    document, tape = view.result.document, view.result.collateral.tape
    totals, ineligible, curves = tape.totals(), view.result.collateral.ineligible, document.curves
    return [
        ("Engine", f"abs_struct {abs_struct.__version__}"),
        ("Deal file", PurePath(document.file).name),
        ("  sha256", document.sha256),
        *([] if curves is None else [("Curves", PurePath(curves[0]).name), ("  sha256", curves[1])]),
        ("Loan tape", f"{PurePath(str(tape.file)).name} (layout {tape.layout})"),
        ("  sha256", tape.sha256),
        ("Rows", f"{totals.rows_read:,} read, {totals.rejected:,} rejected, {ineligible:,} ineligible"),
    ]
