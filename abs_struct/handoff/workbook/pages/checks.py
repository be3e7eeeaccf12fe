"""Checks: cash is conserved in the live sheets, and they equal the pasted values of the engine."""

from __future__ import annotations

from collections.abc import Container, Iterator
from dataclasses import dataclass

import numpy as np

from abs_struct.handoff.wholes import TOLERANCE as WHOLE
from abs_struct.handoff.wholes import excess, wholes
from abs_struct.handoff.workbook.axis import letters
from abs_struct.handoff.workbook.book import Book, Sheet
from abs_struct.handoff.workbook.formulas import number as written
from abs_struct.handoff.workbook.pages import vintages
from abs_struct.handoff.workbook.pages.assumptions import away, changed, chosen, chosen_number
from abs_struct.handoff.workbook.pages.engine import ENGINE, compared
from abs_struct.handoff.workbook.pages.scenarios import measures, values_range
from abs_struct.handoff.workbook.scenarios import BASE
from abs_struct.handoff.workbook.sheets import MEASURE_COLUMNS, NOTES_ROW, SUMMARY
from abs_struct.waterfall.checks import POOL_ROLL, ROLL, cash_lines
from abs_struct.waterfall.section import Section

CHECKS = "Checks"
MASTER_ROW = 3
MASTER = f"{CHECKS}!$B${MASTER_ROW + 1}"
TOLERANCE_ROW = 5
TOLERANCE = f"$B${TOLERANCE_ROW + 1}"
NOT_BELOW = "no payment and no balance is below nil"
PASSED, NOT_PASSED = "all checks passed", "CHECK FAILED"
FAILED, DIFFERS = "FAILED", "DIFFERS"
Term = tuple[str, str, bool]  # sign, line, last period's value


@dataclass(frozen=True)
class Statement:
    """A sum of lines that is nil in every period; `live` is 0 in periods in which it need not hold."""

    name: str
    text: str
    terms: tuple[Term, ...]


def statements(book: Book) -> Iterator[Statement]:
    """What has to hold, whatever the inputs are."""
    terms = book.result.terms
    known = book.layout.columns
    spent = {part.source for part in book.result.program.parts if isinstance(part, Section)}
    notes, fees, accounts = (
        [f"{owner}.{name}" for name in found if name not in spent]
        for owner, found in (("notes", terms.notes), ("fees", terms.fees), ("accounts", terms.accounts))
    )
    cash = cash_lines(book.result.program)
    terms_of_cash = [("+", path, True) for path in cash.held] + [("+", path, False) for path in cash.received]
    terms_of_cash += [("-", path, False) for path in (*cash.paid, *cash.held)]
    yield Statement("cash", "cash held + received = cash paid out + cash held after", tuple(terms_of_cash))
    moves = [(sign, f"pool.{line}", word) for sign, line, word in POOL_ROLL if f"pool.{line}" in known]
    yield Statement(
        "pool.roll",
        f"opening balance {' '.join(f'{sign} {word}' for sign, _, word in moves)} = balance",
        (
            ("+", "pool.opening_balance", False),
            *((sign, path, False) for sign, path, _ in moves),
            ("-", "pool.balance", False),
        ),
    )
    for n in notes:
        yield Statement(
            f"{n}.opening",
            "opening balance = balance after the last payment",
            (("+", f"{n}.opening_balance", False), ("-", f"{n}.balance", True)),
        )
        yield Statement(f"{n}.roll", *roll(n, known))
        yield Statement(f"{n}.interest", *interest(n, known))
    for fee in fees:
        yield Statement(
            f"{fee}.roll",
            "shortfall carried + due - paid = shortfall",
            (
                ("+", f"{fee}.shortfall", True),
                ("+", f"{fee}.due", False),
                ("-", f"{fee}.paid", False),
                ("-", f"{fee}.shortfall", False),
            ),
        )
    for account in accounts:
        ending = f"from_{account.removeprefix('accounts.')}.paid"
        drawn = [path for path in book.layout.columns if path.endswith(ending)]
        yield Statement(
            f"{account}.roll",
            "balance + received + paid in - released - drawn = balance after",
            (
                ("+", f"{account}.balance", True),
                ("+", f"{account}.received", False),
                ("+", f"{account}.paid_in", False),
                ("-", f"{account}.released", False),
                *(("-", path, False) for path in drawn),
                ("-", f"{account}.balance", False),
            ),
        )


def roll(note: str, known: Container[str]) -> tuple[str, tuple[Term, ...]]:
    """How the balance of a note moves: the statement and its terms."""
    moves = [("-", "principal_paid"), *((word[0], word[2:].replace(" ", "_")) for word in ROLL[1:])]
    terms = [(sign, f"{note}.{line}", False) for sign, line in moves if f"{note}.{line}" in known]
    words = " ".join(f"{sign} {path.rpartition('.')[2].replace('_', ' ')}" for sign, path, _ in terms)
    text = f"opening balance {words} = balance"
    return text, (("+", f"{note}.opening_balance", False), *terms, ("-", f"{note}.balance", False))


def interest(note: str, known: Container[str]) -> tuple[str, tuple[Term, ...]]:
    """What becomes of interest due: the statement and its terms."""
    taken = [line for line in ("interest_paid", "capitalised", "interest_lost") if f"{note}.{line}" in known]
    words = " - ".join(line.removeprefix("interest_").replace("_", " ") for line in taken)
    return f"shortfall carried + due - {words} = shortfall", (
        ("+", f"{note}.interest_shortfall", True),
        ("+", f"{note}.interest_due", False),
        *(("-", f"{note}.{line}", False) for line in taken),
        ("-", f"{note}.interest_shortfall", False),
    )


def write(book: Book, places: dict[str, int]) -> None:
    """The sheet: the master check, the statements, and the comparison line by line."""
    sheet = book.page(CHECKS, "#009E73")
    sheet.title("Checks", "The largest difference over all periods, its tolerance, and what follows from it.")
    sheet.text(MASTER_ROW, 0, "Master check", "strong")
    sheet.text(MASTER_ROW + 1, 0, "Comparison with the engine")
    sheet.text(TOLERANCE_ROW, 0, "Tolerance for amounts (1e-9 of the pool)")
    pool = book.addresses.at("pool.balance", 0, CHECKS)
    tolerance = 1e-9 * max(1.0, float(book.values("pool.balance")[0]))
    sheet.formula(TOLERANCE_ROW, 1, f"1E-9*MAX(1,{pool})", tolerance, "gap", "cell")
    first = row = 9
    sheet.headers(row - 1, ("Check", "Statement", "Difference", "Tolerance", "Status"), (2, 3))
    for statement in statements(book):
        row = proof(sheet, row, statement)
    row = make_whole(sheet, row)
    row = vintages_tie(sheet, row)
    row = not_negative(sheet, row)
    sheet.text(row + 1, 0, "Live workbook against the engine's run", "heading")
    for at in range(1, 5):
        sheet.text(row + 1, at, "", "heading")
    sheet.headers(row + 2, ("Line", "Sheet", "Difference", "Tolerance", "Status"), (2, 3))
    row += 3
    for column in compared(book):
        row = comparison(sheet, row, column.path, column.sheet, column.line.unit, places[column.path])
    row = scenario(sheet, row + 1)
    span = f"$E${first + 1}:$E${row}"
    failed = f'COUNTIF({span},"{FAILED}")+COUNTIF({span},"{DIFFERS}")'
    sheet.formula(MASTER_ROW, 1, f'IF({failed}=0,"{PASSED}","{NOT_PASSED}")', PASSED, "", "strong")
    of_lines = f'IF({away(CHECKS)}>0,"its lives, yields and shortfalls","every line")'
    text = f'IF({changed(CHECKS)}>0,"inputs changed: comparison off","on: "&{of_lines})'
    sheet.formula(MASTER_ROW + 1, 1, text, "on: every line", "", "cell")
    finish(sheet, row)


def finish(sheet: Sheet, row: int) -> None:
    """Colours of the states, widths, printing."""
    for words, kind in (("OK", "good"), (FAILED, "bad"), (DIFFERS, "bad")):
        sheet.mark(9, 4, words, kind, rows=row - 9)
    sheet.mark(MASTER_ROW, 1, NOT_PASSED, "bad")
    sheet.widths(74, 58, 14, 14, 12)
    sheet.worksheet.freeze_panes(9, 1)
    sheet.worksheet.repeat_rows(8)
    sheet.worksheet.fit_to_pages(1, 0)
    sheet.link(0, 4, "Contents")


def greatest(text: str) -> str:
    """The largest absolute value of a block of cells."""
    return f"MAX(SUMPRODUCT(MAX({text})),-SUMPRODUCT(MIN({text})))"


def proof(sheet: Sheet, row: int, statement: Statement) -> int:
    """One statement: the largest sum of its terms in any period."""
    book = sheet.book
    text, gap = "", np.zeros(book.periods)
    for sign, path, last in statement.terms:
        if path not in book.layout.columns:
            continue
        text += sign + book.addresses.series(path, CHECKS, closing=last)
        values = book.values(path)
        gap = gap + (1.0 if sign == "+" else -1.0) * (values[:-1] if last else values[1:])
    text = text.removeprefix("+")
    if statement.name.startswith("pool.") and "deal.called" in book.layout.columns:
        text = f"({text})*(1-{book.addresses.series('deal.called', CHECKS)})"
        gap = gap * (1.0 - book.values("deal.called")[1:])
    return finding(sheet, row, statement.name, statement.text, greatest(text), float(np.abs(gap).max()), TOLERANCE)


def make_whole(sheet: Sheet, row: int) -> int:
    """Inputs that the deal file holds to 100% together: a timing of defaults, the shares of a purchase."""
    inputs = sheet.book.result.program.inputs
    for head, paths in wholes(inputs).items():
        text = "+".join(sheet.book.addresses.input(path, CHECKS) for path in paths)
        said = f"the {len(paths)} inputs make 100% together"
        gap = abs(excess(inputs, paths))
        row = finding(sheet, row, head, said, f"ABS({text}-1)", gap, written(WHOLE), WHOLE)
    return row


def vintages_tie(sheet: Sheet, row: int) -> int:
    """All vintages together are what the pool holds of purchases, until it is called."""
    book, found = sheet.book, vintages.tie(sheet.book, CHECKS)
    if found is None:
        return row
    text, both = f"({found[0]}-{found[1]})", vintages.sums(book)
    gap = (both[0] - both[1])[1:]
    if "deal.called" in book.layout.columns:
        text += f"*(1-{book.addresses.series('deal.called', CHECKS)})"
        gap = gap * (1.0 - book.values("deal.called")[1:])
    said = "all vintages = receivables bought that the pool holds"
    return finding(sheet, row, "vintages", said, greatest(text), float(np.abs(gap).max()), TOLERANCE)


def not_negative(sheet: Sheet, row: int) -> int:
    """No payment and no balance is below nil."""
    book = sheet.book
    paths = [
        path
        for path, column in book.layout.columns.items()
        if column.live
        and (
            (column.line.name == "paid" and path.startswith("waterfall."))
            or (column.line.name == "balance" and path.startswith(("notes.", "accounts.")))
        )
    ]
    nil = max(0.0, -min(float(book.values(path).min()) for path in paths))
    for at in range(0, len(paths), 40):
        text = ",".join(book.addresses.series(path, CHECKS) for path in paths[at : at + 40])
        name = "nothing_negative" if len(paths) <= 40 else f"nothing_negative.{at // 40 + 1}"
        row = finding(sheet, row, name, NOT_BELOW, f"MAX(0,-MIN({text}))", nil, TOLERANCE)
    return row


def finding(
    sheet: Sheet, row: int, name: str, statement: str, text: str, value: float, tolerance: str, most: float = 0.0
) -> int:
    """One row that has to hold whatever the inputs are, to 1e-9 of the pool or as given."""
    sheet.text(row, 0, name)
    sheet.text(row, 1, statement)
    sheet.formula(row, 2, text, value, "gap", "cell")
    most = most or 1e-9 * max(1.0, float(sheet.book.values("pool.balance")[0]))
    sheet.formula(row, 3, tolerance, most, "gap", "cell")
    sheet.formula(row, 4, f'IFERROR(IF(C{row + 1}<=D{row + 1},"OK","{FAILED}"),"{FAILED}")', "OK", "", "status")
    return row + 1


def comparison(sheet: Sheet, row: int, path: str, where: str, unit: str, place: int) -> int:
    """One line against the engine; off while inputs differ from the run, or another scenario is in use."""
    book = sheet.book
    live = book.addresses.series(path, CHECKS, opening=True)
    pasted = book.addresses.over(ENGINE, place, CHECKS, opening=True)
    sheet.text(row, 0, path)
    sheet.text(row, 1, where)
    sheet.formula(row, 2, greatest(f"{live}-{pasted}"), 0.0, "gap", "cell")
    most = max(1.0, float(np.abs(book.values(path)).max()))
    if unit == "money":
        sheet.formula(row, 3, TOLERANCE, 1e-9 * max(1.0, float(book.values("pool.balance")[0])), "gap", "cell")
    else:
        sheet.number(row, 3, 1e-9 * most, "gap", "cell")
    text = f'IF({away(CHECKS)}>0,"off",IFERROR(IF(C{row + 1}<=D{row + 1},"OK","{DIFFERS}"),"{DIFFERS}"))'
    sheet.formula(row, 4, text, "OK", "", "status")
    return row + 1


def scenario(sheet: Sheet, row: int) -> int:
    """The classes in the scenario in use against what the engine found for it; off while its inputs are changed."""
    book, here = sheet.book, chosen_number(CHECKS)
    found = book.result.note_measures
    title = f'"Scenario in use ("&{chosen(CHECKS)}&") against what the engine found for it"'
    sheet.formula(row, 0, title, f"Scenario in use ({BASE}) against what the engine found for it", "", "heading")
    for at in range(1, 5):
        sheet.text(row, at, "", "heading")
    sheet.headers(row + 1, ("Measure", "Sheet", "Difference", "Tolerance", "Status"), (2, 3))
    row += 2
    at_notes = {name: NOTES_ROW + 2 + at for at, name in enumerate(book.result.terms.notes)}
    for name, method, words, number, place in measures(book):
        live = f"{SUMMARY}!{letters(MEASURE_COLUMNS[method])}{at_notes[name]}"
        pasted = f"INDEX({values_range(book, place)},1,{here})"
        sheet.text(row, 0, f"notes.{name}: {words}")
        sheet.text(row, 1, SUMMARY)
        sheet.formula(row, 2, f"IFERROR(ABS({live}-{pasted}),IF({live}={pasted},0,1))", 0.0, "gap", "cell")
        if number == "money":
            sheet.formula(row, 3, TOLERANCE, 1e-9 * max(1.0, float(book.values("pool.balance")[0])), "gap", "cell")
        else:
            value = getattr(found[name], method)
            sheet.number(row, 3, 1e-9 * max(1.0, abs(value) if np.isfinite(value) else 1.0), "gap", "cell")
        text = f'IF({changed(CHECKS)}>0,"off",IFERROR(IF(C{row + 1}<=D{row + 1},"OK","{DIFFERS}"),"{DIFFERS}"))'
        sheet.formula(row, 4, text, "OK", "", "status")
        row += 1
    return row
