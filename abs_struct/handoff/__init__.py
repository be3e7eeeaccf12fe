"""The hand-off: what leaves the house, as files that others open.

    report/      the investor report: numbers of one run, as a workbook and charts
    workbook/    the deal as a live spreadsheet: every line a formula, recalculated by whoever opens it
    page/        the deal as one offline page

This floor shows and computes no number: amounts come from the lines of a run, measures from `deal`, and the
formulas of the live workbook from the trace of the program, so that nobody writes a clause twice.
"""
