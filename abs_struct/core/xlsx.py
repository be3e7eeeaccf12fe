"""Excel files: XlsxWriter's workbook, put together in memory and written to its file at the end.

A disk that fills up is then an `OSError` of one write, as of any other file, and no half archive is left open.
"""

from __future__ import annotations

from io import BytesIO
from pathlib import Path

from xlsxwriter import Workbook


class Xlsx(Workbook):  # type: ignore[misc]
    """A workbook in which no text is ever taken for a formula, a link or a number.

    Raises
    ------
    OSError : on closing, where the file cannot be written
    """

    def __init__(self, file: str | Path) -> None:
        self.archive, self.file = BytesIO(), Path(file)
        plain = {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
        super().__init__(self.archive, {**plain, "in_memory": True})

    def close(self) -> None:
        """Write the file."""
        super().close()
        self.file.write_bytes(self.archive.getvalue())
