"""The writer of the file: XlsxWriter, but for what it does to every formula.

XlsxWriter looks in each formula for some thirty functions of later Excels, to mark them; that is most of the time of
writing formulas, and none of ours uses one.
"""

from __future__ import annotations

from xlsxwriter.worksheet import Worksheet

from abs_struct.core.xlsx import Xlsx


class LiveSheet(Worksheet):  # type: ignore[misc]
    """A worksheet that takes formulas as they are."""

    def _prepare_formula(self, formula: str, expand_future_functions: bool = False) -> str:
        """The formula as the file holds it, without the leading `=`."""
        del expand_future_functions
        return formula.removeprefix("=")


class LiveWorkbook(Xlsx):
    """A workbook of such sheets."""

    worksheet_class = LiveSheet
