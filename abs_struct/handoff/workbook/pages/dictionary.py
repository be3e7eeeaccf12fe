"""Data dictionary: every line in English and Chinese, its unit, its definition, and where it stands."""

from __future__ import annotations

from dataclasses import replace

from abs_struct.core.lines import Line
from abs_struct.handoff.workbook.book import Book
from abs_struct.handoff.workbook.sheets import clause_title
from abs_struct.handoff.workbook.words import entity_label, words
from abs_struct.waterfall.section import Section
from abs_struct.waterfall.sentences import ZH

DICTIONARY = "Data dictionary"
KINDS = {
    "stock": "formula, carried on",
    "flow": "formula, of the period",
    "tally": "formula, of the period",
    "constant": "formula, at closing",
    "data": "value of the engine",
    "curve": "formula of the assumptions",
}


def write(book: Book) -> None:
    """One row a line."""
    sheet = book.page(DICTIONARY)
    sheet.title("Data dictionary", "Every line of the workbook. Its path is its name in the deal file and in Python.")
    sheet.headers(3, ("Line", "Belongs to", "English", "中文", "Unit", "Definition", "Kind", "Sheet", "Cell"), ())
    lines = {c.path: c.line for name in book.layout.sheets for c in book.layout.on(name)}
    lines |= {path: book.layout.constants[path] for path in book.addresses.constants}
    places: list[tuple[str, Line, str, str]] = []
    for path, line in lines.items():
        where, _, cell = book.addresses.place(path, 0).rpartition("!")
        places.append((path, line, where, cell))
    link = book.styles("url")
    clauses = in_words(book)
    places = [place for place in places if not later_cohort(place[0])]
    for row, (path, line, name, cell) in enumerate(places, 4):
        cohort = path.startswith("cohorts.")
        owner = "each cohort" if cohort else entity_label(book.trace.program, book.labels, path)
        if path in clauses:
            owner, line = clauses[path][0], replace(line, zh=f"{clauses[path][1]}：{line.zh}")
        unit = book.result.terms.currency if line.unit == "money" else line.unit
        sheet.texts(row, 0, (path, owner, line.en, line.zh, unit, line.definition, KINDS[line.kind], name))
        sheet.worksheet.write_url(row, 8, f"internal:'{name}'!{cell}", link, cell)
    sheet.widths(74, 26, 26, 18, 9, 62, 36, 20, 9)
    sheet.worksheet.freeze_panes(4, 1)
    sheet.worksheet.autofilter(3, 0, 3 + len(places), 8)
    sheet.worksheet.repeat_rows(3)
    sheet.worksheet.fit_to_pages(1, 0)
    sheet.link(0, 5, "Contents")


def in_words(book: Book) -> dict[str, tuple[str, str]]:
    """The lines of every clause -> the clause in English and Chinese."""
    found: dict[str, tuple[str, str]] = {}
    for section in (part for part in book.trace.program.parts if isinstance(part, Section)):
        for number, clause in enumerate(section.clauses, 1):
            said = f"{words(section.name)}, {number}. {clause_title(clause, book.labels)}"
            for path in clause.legs.values():
                for line in book.trace.program.slots[path].lines:
                    found[f"{path}.{line.name}"] = said, clause_title(clause, book.labels, ZH)
    return found


def later_cohort(path: str) -> bool:
    """Whether the line is the same as that of the first cohort, which stands for all."""
    return path.startswith("cohorts.") and not path.startswith("cohorts.0.")
