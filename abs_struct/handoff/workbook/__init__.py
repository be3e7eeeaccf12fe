"""The live workbook: a deal that recalculates itself in any spreadsheet.

    axis         whether periods run down the rows or across the columns
    sheets       which line lives on which sheet, and its place along the axis
    addresses    the name of a cell: an input, an amount at closing, a line of this or an earlier period
    formulas     an expression of the trace as the text of a cell formula
    book         writing cells: values, texts that stay texts, formulas with the value the engine gives them
    period_sheet writing the sheets that have periods, whatever the axis
    writer       XlsxWriter, but for what it does to every formula
    styles       formats, widths and colours
    pages        one module a page: contents, summary, assumptions, periods, yields, sensitivity, checks and more
    write        the order of the pages

Every formula comes from the trace of the program. Period 0 is closing; one row a period and one column a line, or
the other way round.
"""

from __future__ import annotations

from abs_struct.handoff.workbook.write import write_workbook

__all__ = ["write_workbook"]
