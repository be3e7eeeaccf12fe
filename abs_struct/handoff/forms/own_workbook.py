"""A workbook of the user's own, filled by line name: what it looks like and what it computes stay as they are.

A defined name `abs.notes.A.balance` over one cell receives that line on the payment date, over a row or column of cells
the line on each payment date from the first. A table whose name begins with `abs` is filled below its header, one row
a payment date, every column whose header is `abs.` and a line: `abs.pool.balance`, `abs.facts.payment_date`. All other
names, tables and columns are the user's. `abs.initial.pool.balance` stands at closing, `abs.to_date.pool.recovered` is
added up since closing, `abs.notes.balance` is that of all classes.
"""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass, field
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING, Any
from zipfile import BadZipFile, ZipFile, ZipInfo

from abs_struct.core.findings import UsageError, nearest
from abs_struct.handoff.files import plain_text, whole
from abs_struct.handoff.forms.facts import FACTS
from abs_struct.handoff.forms.figures import Figures, Missing, Value
from abs_struct.handoff.forms.write import payment_of

if TYPE_CHECKING:
    from datetime import date

    from abs_struct.deal.result import Result

PREFIX = "abs."
DRAFT = "DRAFT - CHECK FAILED"
MODIFIED = re.compile(rb"<dcterms:modified[^>]*>[^<]*</dcterms:modified>")
#: Parts of a workbook by where they lie, with their names; openpyxl writes those again that it can read.
PARTS = {
    "xl/charts/chart": "charts", "xl/media/": "images", "xl/diagrams/": "diagrams", "xl/ctrlProps/": "form controls",
    "xl/embeddings/": "embedded objects", "xl/slicers/": "slicers", "xl/pivotTables/": "pivot tables",
    "xl/vbaProject": "macros", "xl/threadedComments/": "threaded comments",
}  # fmt: skip


@dataclass
class Own:
    """A workbook on its way, and what was put into it."""

    file: Path
    figures: Figures
    payment: int
    book: Any
    notes: list[str] = field(default_factory=list)
    filled: int = 0

    def refuse(self, sheet: str, cell: str, what: str) -> UsageError:
        """What is wrong with the template, with its place."""
        return UsageError(f"{self.file} {sheet}!{cell}: {what}")

    def value(self, name: str, k: int, sheet: str, cell: str) -> Value:
        """A line or a fact on a payment date."""
        word, _, rest = name.partition(".")
        if word == "facts":
            if rest not in FACTS:
                raise self.refuse(sheet, cell, f"'{PREFIX}{name}' is no fact of a report{nearest(rest, FACTS)}")
            return FACTS[rest](self.figures, k)
        try:
            known = self.figures.has(name)
        except Missing as near:
            raise self.refuse(sheet, cell, f"'{PREFIX}{name}' names no line of a deal{near}") from None
        if not known:
            meant = nearest(name, self.figures.result.lines)
            raise self.refuse(sheet, cell, f"'{PREFIX}{name}' names a line that this deal has not{meant}")
        return self.figures.value(name, k)

    def put(self, sheet: Any, row: int, column: int, value: Value, name: str) -> None:
        """A value into a cell that holds no formula; its format stays."""
        cell = sheet.cell(row, column)
        if cell.data_type == "f":
            raise self.refuse(sheet.title, cell.coordinate, f"'{name}' would overwrite a formula; name an empty cell")
        cell.value = plain_text(value) if isinstance(value, str) else value
        if isinstance(value, str):
            cell.data_type = "s"
        self.filled += 1

    def names(self) -> None:
        """Fill what defined names point at."""
        spaces = [self.book.defined_names, *(sheet.defined_names for sheet in self.book.worksheets)]
        for name, defined in (item for space in spaces for item in space.items()):
            if not name.lower().startswith(PREFIX):
                continue
            for sheet, cells in defined.destinations:
                self.area(name, self.book[sheet], cells.replace("$", ""))

    def area(self, name: str, sheet: Any, cells: str) -> None:
        """One cell, or a row or column of them by payment date."""
        left, top, right, bottom = self.bounds(name, sheet, cells)
        line = name[len(PREFIX) :]
        if (left, top) == (right, bottom):
            self.put(sheet, top, left, self.value(line, self.payment, sheet.title, cells), name)
            return
        if left != right and top != bottom:
            raise self.refuse(sheet.title, cells, f"'{name}' is a block; name one cell, one row or one column")
        places = [(row, column) for row in range(top, bottom + 1) for column in range(left, right + 1)]
        self.short(len(places), f"{sheet.title}!{cells}")
        for k, (row, column) in enumerate(places, 1):
            shown = self.value(line, k, sheet.title, cells) if k <= self.figures.last else None
            self.put(sheet, row, column, shown, name)

    def tables(self) -> None:
        """Fill the tables by payment date."""
        for sheet in self.book.worksheets:
            for table in sheet.tables.values():
                if not table.displayName.lower().startswith("abs"):
                    continue
                left, top, right, bottom = self.bounds(table.displayName, sheet, table.ref)
                last = bottom - (table.totalsRowCount or 0)
                self.short(last - top, f"{sheet.title}!{table.ref}")
                for column in range(left, right + 1):
                    head = sheet.cell(top, column)
                    name = str(head.value or "")
                    if not name.lower().startswith(PREFIX):
                        continue
                    for k in range(1, last - top + 1):
                        line = name[len(PREFIX) :]
                        shown = self.value(line, min(k, self.figures.last), sheet.title, head.coordinate)
                        self.put(sheet, top + k, column, shown if k <= self.figures.last else None, name)

    def bounds(self, name: str, sheet: Any, cells: str) -> tuple[int, int, int, int]:
        """The first column and row of an area, and the last.

        Raises
        ------
        UsageError : whole columns or rows
        """
        from openpyxl.utils import range_boundaries

        left, top, right, bottom = range_boundaries(cells)
        if left is None or top is None or right is None or bottom is None:
            raise self.refuse(sheet.title, cells, f"'{name}' is a whole column or row; name the cells to be filled")
        return left, top, right, bottom

    def short(self, rows: int, where: str) -> None:
        """Say so where an area has fewer cells than the deal has payment dates."""
        if rows < self.figures.last:
            self.notes.append(
                f"{where} has room for {rows} of {self.figures.last} payment dates; the others are left out"
            )


def fill_workbook(
    result: Result, template: str | Path, path: str | Path, *, period: int | None = None, day: date | None = None
) -> tuple[Path, list[str]]:
    """Fill a workbook of the user's own by line name; the same run and template give the same bytes.

    Parameters
    ----------
    result : a run of one scenario with all its lines
    template : the .xlsx file, which is only read
    path : the file to write; it is replaced as a whole
    period, day : the payment date of single cells; the first one when neither is given

    Returns
    -------
    Path of the file, and what the reader should know: parts that could not be kept, areas that were too short

    Raises
    ------
    UsageError : no workbook, a name that means no line, a cell that holds a formula, each with sheet and cell
    """
    from openpyxl import load_workbook

    source, file = Path(template), Path(path)
    if file.exists() and source.exists() and file.samefile(source):
        raise UsageError(f"{file}: would overwrite the template itself; name another folder with --out")
    try:
        before = parts_of(source.read_bytes())
        book = load_workbook(source, rich_text=True)
    except FileNotFoundError:
        raise UsageError(f"{source}: no such workbook") from None
    except (OSError, BadZipFile, KeyError, ValueError) as error:
        raise UsageError(f"{source}: cannot be read as an Excel workbook ({error})") from None
    own = Own(source, Figures(result), payment_of(result, period, day), book)
    own.names()
    own.tables()
    if not own.filled:
        raise UsageError(
            f"{source}: no defined name begins with '{PREFIX}' and no table with 'abs'; name a cell such as "
            f"{PREFIX}notes.{next(iter(result.terms.notes))}.balance"
        )
    if result.failures:
        for sheet in book.worksheets:
            header: Any = sheet.oddHeader
            header.center.text = DRAFT
    book.calculation.fullCalcOnLoad = True
    draft_bytes = BytesIO()
    book.save(draft_bytes)
    data = settled(draft_bytes.getvalue())
    with whole(file) as draft:
        draft.write_bytes(data)
    return file, [*own.notes, *unkept(before, parts_of(data))]


def parts_of(data: bytes) -> Counter[str]:
    """How many charts, images and other parts a workbook holds; shapes are counted in its drawings."""
    found: Counter[str] = Counter()
    with ZipFile(BytesIO(data)) as archive:
        for name in archive.namelist():
            for start, words in PARTS.items():
                found[words] += name.startswith(start) and not name.endswith(".rels")
            if name.startswith("xl/drawings/drawing"):
                found["shapes and text boxes"] += archive.read(name).count(b"<xdr:sp ")
    return found


def unkept(before: Counter[str], after: Counter[str]) -> list[str]:
    """Sentences about what openpyxl lost, what it drew again, and formulas whose values come with the next opening."""
    notes = ["formulas of the template show their values when the workbook is next opened and calculated"]
    lost = [f"{before[words]} {words}" for words in sorted(before) if after[words] < before[words]]
    if lost:
        notes.append(f"not kept, because openpyxl cannot write them: {', '.join(lost)}; copy them from the template")
    if before["charts"] and after["charts"] >= before["charts"]:
        notes.append("charts were written again and may have lost fine points of their look; compare with the template")
    return notes


def settled(data: bytes) -> bytes:
    """A workbook without clock times, so that the same contents are the same bytes."""
    out = BytesIO()
    with ZipFile(BytesIO(data)) as read, ZipFile(out, "w") as written:
        for name in read.namelist():
            content = read.read(name)
            if name == "docProps/core.xml":
                content = MODIFIED.sub(b"", content)
            entry = ZipInfo(name, (1980, 1, 1, 0, 0, 0))
            entry.compress_type = 8
            written.writestr(entry, content)
    return out.getvalue()
