"""Contents: what is where, how to read it, and where it comes from."""

from __future__ import annotations

import abs_struct
from abs_struct.handoff.workbook.book import Book, Sheet
from abs_struct.handoff.workbook.pages.checks import CHECKS, MASTER, NOT_PASSED, PASSED
from abs_struct.handoff.workbook.pages.dictionary import DICTIONARY
from abs_struct.handoff.workbook.pages.engine import ENGINE
from abs_struct.handoff.workbook.pages.scenarios import SCENARIOS
from abs_struct.handoff.workbook.pages.sensitivity import SENSITIVITY
from abs_struct.handoff.workbook.pages.vintages import VINTAGES
from abs_struct.handoff.workbook.pages.yields import YIELDS
from abs_struct.handoff.workbook.sheets import (
    ACCOUNTS,
    ASSUMPTIONS,
    COHORTS,
    CURVES,
    POOL,
    SUMMARY,
    TRIGGERS,
    WATERFALL,
)

CONTENTS = "Contents"
PAGES = (
    (SUMMARY, "classes, pool, residual, triggers and charts; every number is live"),
    (ASSUMPTIONS, "the scenarios: select one, or change a blue cell on pale yellow, and everything follows"),
    (CURVES, "prepayment and default rates by period, as formulas of the assumptions"),
    (COHORTS, "loans of one group and age: contractual schedule as values, survival as formulas"),
    (POOL, "the cohorts added up: principal, interest, defaults, recoveries, losses"),
    (VINTAGES, "what is left of each purchase, period by period; together what the pool holds of purchases"),
    (WATERFALL, "the priority of payments: due, paid and left of every clause"),
    (ACCOUNTS, "fees, accounts, determined amounts, the residual, the deal in total"),
    (TRIGGERS, "tested value, level, headroom, and whether a trigger is in effect"),
    (YIELDS, "yields of the classes and the return of the residual, step by step"),
    (SCENARIOS, "what the engine found for each scenario, and its inputs, as written: values, not live"),
    (SENSITIVITY, "lives, yields and losses by speed and defaults: values of the engine, not live"),
    (CHECKS, "cash is conserved; the live sheets against the engine's run"),
    (ENGINE, "the engine's run as pasted values"),
    (DICTIONARY, "every line in English and Chinese, its unit and its definition"),
)
LEGEND = (
    ("input", "1.00%", "input: change it here"),
    ("value", "1,000", "value: a schedule, a date, a day fraction"),
    ("formula", "1,000", "formula"),
    ("link", "1,000", "formula that only points to another cell"),
)

#: LibreOffice works out a column of a hundred alike formulas at once, in threads, and fails where columns read one
#: another in turn (seen with 7.4).
THREADS = (
    "before changing an input, switch off Tools > Options > LibreOffice Calc > Calculate > Multi-threaded calculation:",
    "long columns may otherwise show #VALUE!, and the checks fail; a workbook of --layout fast does not need it",
)


def write(book: Book) -> None:
    """The page, written last and standing first."""
    sheet = Sheet(book, book.sheets[CONTENTS], CONTENTS)
    result = book.result
    sheet.title(
        f"{result.terms.name}: live cash flow model",
        book.layout.axis.said,
    )
    sheet.text(3, 0, "Master check", "strong")
    sheet.formula(3, 1, MASTER, PASSED, "", "good")
    sheet.mark(3, 1, NOT_PASSED, "bad")
    sheet.text(5, 0, "Sheet", "header")
    sheet.text(5, 1, "What it holds", "header")
    row = 6
    classes = tuple(
        (name, "balance, interest, principal, factor and enhancement of the class, period by period")
        for name in book.layout.classes.values()
    )
    at = [name for name, _ in PAGES].index(ACCOUNTS)
    for name, text in (*PAGES[:at], *classes, *PAGES[at:]):
        if name in book.sheets:
            sheet.link(row, 0, name)
            sheet.text(row, 1, text)
            row += 1
    row = legend(sheet, row + 1)
    provenance(sheet, row + 1)
    sheet.widths(30, 96)
    sheet.worksheet.fit_to_pages(1, 1)
    sheet.worksheet.activate()


def legend(sheet: Sheet, row: int) -> int:
    """How cells are marked, in colour and in words; and what one spreadsheet needs."""
    sheet.text(row, 0, "How to read it", "header")
    sheet.text(row, 1, "", "header")
    for at, (kind, sample, text) in enumerate(LEGEND, row + 1):
        sheet.text(at, 0, sample, kind)
        sheet.text(at, 1, text)
    row += 1 + len(LEGEND)
    if sheet.book.layout.axis.grouped:
        sheet.text(row, 0, "In LibreOffice", "strong")
        for text in THREADS:
            sheet.text(row, 1, text)
            row += 1
    return row


def provenance(sheet: Sheet, row: int) -> None:
    """Which files and which engine the workbook comes from."""
    result = sheet.book.result
    tape = result.collateral.tape
    passed = len(result.checks) - len(result.failures)
    changes = ", ".join(f"{key}={value}" for key, value in result.document.changes.items())
    facts = (
        ("Deal", result.terms.name),
        (
            "Deal file",
            f"{result.document.file.rpartition('/')[2]}   sha256 {result.document.sha256 or 'not known'}",
        ),
        ("Changes to the deal file", changes or "none"),
        ("Tape", f"{str(tape.file).rpartition('/')[2]}   sha256 {tape.sha256}"),
        (
            "Loans",
            f"{result.collateral.loans:,} eligible, {result.collateral.ineligible:,} ineligible, "
            f"{len(tape.rejections):,} rejected; {result.terms.currency} {result.collateral.balance:,.2f}",
        ),
        ("Engine", f"abs_struct {abs_struct.__version__}"),
        ("Checks of the engine's run", f"{passed} of {len(result.checks)} passed"),
        *(("Warning", warning) for warning in result.warnings),
    )
    sheet.text(row, 0, "Where it comes from", "header")
    sheet.text(row, 1, "", "header")
    for at, (label, text) in enumerate(facts, row + 1):
        sheet.text(at, 0, label, "strong")
        sheet.text(at, 1, text)
