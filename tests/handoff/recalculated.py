"""The workbook as an independent spreadsheet engine computes it."""

from abs_struct.handoff.workbook.recalculated import Recalculated

__all__ = ["Recalculated"]
