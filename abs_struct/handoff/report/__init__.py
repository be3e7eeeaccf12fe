"""The investor report: the numbers of one run as a workbook, in the order in which a reader asks.

    write         the order of the pages, and the file as a whole
    cover         what this is, what it was made from, whether every check passed
    overview      classes, pool, residual, triggers, and four pictures
    periods       one row a payment date: each class, cash flows, waterfall, pool, triggers, decrement
    collateral    stratification and eligibility of the loans
    proofs        every check with its left and right value
    pictures      native charts over the pages above

Every number is a value of the engine; only totals of a column are formulas.
"""

from __future__ import annotations

from abs_struct.handoff.report.write import write_report

__all__ = ["write_report"]
