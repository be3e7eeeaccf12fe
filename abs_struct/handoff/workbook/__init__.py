"""The live workbook: a deal that recalculates itself in any spreadsheet.

    sheets       which line lives on which sheet and in which column
    addresses    the name of a cell: an input, an amount at closing, a line of this or an earlier period
    formulas     an expression of the trace as the text of a cell formula
    book         writing cells: values, texts that stay texts, formulas with the value the engine gives them
    styles       formats, widths and colours
    pages        one module a page: contents, summary, assumptions, periods, yields, sensitivity, checks and more
    write        the order of the pages

Every formula comes from the trace of the program. Period 0 is closing, one row a period, one column a line.
"""

from __future__ import annotations

from abs_struct.handoff.workbook.write import write_workbook

__all__ = ["write_workbook"]
