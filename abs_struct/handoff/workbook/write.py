"""Write: the order of the pages, and the file as a whole."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from abs_struct.core.findings import UsageError, nearest
from abs_struct.core.whole import whole
from abs_struct.handoff.workbook.addresses import Addresses
from abs_struct.handoff.workbook.axis import AXES
from abs_struct.handoff.workbook.book import Book
from abs_struct.handoff.workbook.pages import (
    assumptions,
    checks,
    contents,
    dictionary,
    engine,
    periods,
    scenarios,
    sensitivity,
    source,
    summary,
    vintages,
    yields,
)
from abs_struct.handoff.workbook.scenarios import Scenarios, standard
from abs_struct.handoff.workbook.sheets import ASSUMPTIONS, SUMMARY, layout_of
from abs_struct.handoff.workbook.styles import Styles
from abs_struct.handoff.workbook.words import clean
from abs_struct.waterfall.trace import trace

if TYPE_CHECKING:
    from abs_struct.deal.result import Result

#: One date in every file, so that the same run gives the same bytes.
CREATED = datetime(2020, 1, 1)


def write_workbook(result: Result, path: str | Path, layout: str = "rows", columns: Scenarios | None = None) -> Path:
    """Write a deal as a live-formula workbook.

    Every line of the deal is a formula that the trace of its program dictates, and every formula cell carries the
    value of the engine, so that the file reads the same before and after it is recalculated.

    Parameters
    ----------
    result : a run of a deal with one scenario and all its lines
    path : the .xlsx file to write; it is replaced as a whole
    layout : "rows", one row a period and one column a line; "fast", one column a period and one row a line, the same
        column on every sheet
    columns : the scenarios of the assumptions; the standard scenarios of the deal when left out

    Returns
    -------
    Path of the file

    Raises
    ------
    UsageError : a layout that does not exist, a result of many scenarios, or a place where nothing can be written
    AbsStructError : more columns than a sheet holds, or a formula longer than a cell takes
    """
    if layout not in AXES:
        raise UsageError(f"no layout '{layout}'{nearest(layout, AXES)} (layouts: {', '.join(AXES)})")
    if result.lines.scenarios is not None:
        raise UsageError(f"a workbook shows one scenario and this result has {result.lines.scenarios}")
    file = Path(path)
    with whole(file) as draft:
        fill(result, draft, standard(result) if columns is None else columns, layout)
    return file


def fill(result: Result, file: Path, columns: Scenarios, layout: str) -> None:
    """All pages: the periods first, since the other pages show which cells they read."""
    from abs_struct.handoff.workbook.writer import LiveWorkbook

    workbook = LiveWorkbook(file)
    book = book_of(result, workbook, columns, layout)
    for name in (contents.CONTENTS, SUMMARY, ASSUMPTIONS):
        book.page(name, "#E69F00" if name == ASSUMPTIONS else "#16324F")
    for name in book.layout.sheets:
        if book.layout.on(name):
            periods.write(book, name)
    vintages.write(book)
    found = yields.write(book)
    scenarios.write(book, assumptions.number_formats(book))
    sensitivity.write(book)
    checks.write(book, engine.places(book))
    engine.write(book)
    dictionary.write(book)
    summary.write(book, found)
    assumptions.write(book)
    contents.write(book)
    source.write(book)
    workbook.set_properties(
        {
            "title": f"{clean(result.terms.name)}: live cash flow model",
            "subject": "live-formula workbook",
            "author": "abs_struct",
            "keywords": "ABS, cash flow model, waterfall",
            "created": CREATED,
            "comments": f"deal file sha256 {result.document.sha256}; tape sha256 {result.collateral.tape.sha256}",
        }
    )
    workbook.close()


def book_of(result: Result, workbook: object, columns: Scenarios | None = None, layout: str = "rows") -> Book:
    """Where everything stands, before the first cell is written."""
    program = result.program
    traced = trace(program)
    laid = layout_of(traced, program.labels, AXES[layout](program.periods))
    rows, _ = assumptions.input_rows(program)
    addresses = Addresses(laid, rows, assumptions.constant_rows(laid, rows))
    return Book(
        workbook, result, traced, laid, addresses, Styles(workbook), dict(program.labels), columns or Scenarios()
    )
