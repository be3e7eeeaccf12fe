"""From a file to a table of texts: CSV (plain or gz), Parquet, Excel. Nothing is interpreted here."""

from __future__ import annotations

import hashlib
import io
import zlib
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from abs_struct.core.findings import TapeError, nearest
from abs_struct.tape.packed import Columns, Grid

KINDS = {
    ".csv": "csv", ".gz": "csv", ".txt": "csv", ".tsv": "csv", ".xml": "csv",
    ".parquet": "parquet", ".xlsx": "xlsx", ".xlsm": "xlsx",
}  # fmt: skip
FIRST_ROWS = 30  # the header is looked for among them


@dataclass
class Table:
    """A file as read: one sequence of texts a column, and the line of each row.

    ragged : index of a row -> how many cells it has, where that differs from the header
    notes  : what is worth knowing of the file
    sign   : what divides its cells
    """

    file: str
    sha256: str
    header: list[str]
    columns: Sequence[Sequence[str]]
    rows: NDArray[np.int64]
    ragged: dict[int, int] = field(default_factory=dict)
    notes: tuple[str, ...] = ()
    sign: str = ","

    def __len__(self) -> int:
        return len(self.rows)


@dataclass
class Lines:
    """A file as rows of cells, the header still among them; blank lines are left out.

    grid : a plain CSV, of which `cells` holds the first rows only
    """

    file: str
    sha256: str
    cells: list[list[str]]
    numbers: Sequence[int]
    grid: Grid | None = None
    notes: tuple[str, ...] = ()
    sign: str = ","

    def table(self, header_at: int) -> Table:
        """The table below the header, which is the row with this index."""
        header = [name.strip() for name in self.cells[header_at]]
        while header and not header[-1]:
            header.pop()
        columns: Sequence[Sequence[str]]
        if self.grid is not None and len(header) == len(self.cells[header_at]):
            columns = Columns(self.grid, header_at + 1)
            rows = np.arange(header_at + 2, len(self.grid) + 1, dtype=np.int64)
            return Table(self.file, self.sha256, header, columns, rows, {}, self.above(header_at), self.sign)
        body, numbers, width = self.cells[header_at + 1 :], self.numbers[header_at + 1 :], len(header)
        ragged: dict[int, int] = {}
        if any(map(width.__ne__, map(len, body))):
            for i, row in enumerate(body):
                if len(row) != width:
                    if len(row) < width or any(cell.strip() for cell in row[width:]):
                        ragged[i] = len(row)
                    body[i] = (row + [""] * width)[:width]
        columns = list(zip(*body, strict=True)) if body else [() for _ in header]
        rows = np.array(numbers, dtype=np.int64)
        return Table(self.file, self.sha256, header, columns, rows, ragged, self.above(header_at), self.sign)

    def above(self, header_at: int) -> tuple[str, ...]:
        """The notes of the file, and what stands above its header."""
        found = []
        for i in range(header_at):
            words = " ".join(cell.strip() for cell in self.cells[i] if cell.strip())
            if words:
                found.append(f"row {self.numbers[i]:,} stands above the header and is no loan: '{words[:60]}'")
        return (*self.notes, *found)


def read_bytes(path: str | Path) -> bytes:
    """The bytes of a tape.

    Raises
    ------
    TapeError : no such file, a folder, or not readable
    """
    file = Path(path)
    try:
        return file.read_bytes()
    except FileNotFoundError:
        near = nearest(file.name, (p.name for p in file.parent.iterdir())) if file.parent.is_dir() else ""
        raise TapeError(f"{path}: no such tape{near}") from None
    except IsADirectoryError:
        raise TapeError(f"{path}: is a folder; name a tape in it") from None
    except OSError as error:
        raise TapeError(f"{path}: cannot be read ({error.strerror})") from None


def read_lines(path: str | Path) -> Lines:
    """All rows of a file as texts, by its kind.

    Raises
    ------
    TapeError : missing, empty, damaged, or of a kind that is not read
    """
    raw = read_bytes(path)
    kind = kind_of(str(path), raw)
    sha256 = hashlib.sha256(raw).hexdigest()
    if not raw.strip():
        raise TapeError(f"{path}: the tape is empty")
    if kind == "parquet":
        cells, numbers = from_parquet(path, raw)
    elif kind == "xlsx":
        cells, numbers = from_excel(path, raw)
    else:
        data = unpacked(path, raw)
        grid = Grid.of(data)
        if grid is not None:
            first = min(len(grid), FIRST_ROWS)
            return Lines(str(path), sha256, [grid.row(i) for i in range(first)], range(1, first + 1), grid)
        return from_text(path, data, sha256)
    if not cells:
        raise TapeError(f"{path}: the tape is empty")
    return Lines(str(path), sha256, cells, numbers)


def kind_of(path: str, raw: bytes) -> str:
    """csv, parquet or xlsx: by what the bytes begin with, then by the name."""
    if raw[:4] == b"PAR1":
        return "parquet"
    if raw[:4] == b"PK\x03\x04":
        return "xlsx"
    if raw[:2] == b"\x1f\x8b":
        return "csv"
    suffix = Path(path).suffix.lower()
    kind = KINDS.get(suffix)
    if raw[:4] == b"\xd0\xcf\x11\xe0":
        raise TapeError(f"{path}: is an old or an encrypted Excel file; save it as .xlsx without a password")
    if kind is None:
        raise TapeError(f"{path}: tapes are read from .csv, .csv.gz, .xml, .parquet and .xlsx, not from '{suffix}'")
    if raw and (kind != "csv" or suffix == ".gz"):
        raise TapeError(f"{path}: is named {suffix} but its content is not; is the file damaged?")
    return kind


def from_text(path: str | Path, data: bytes, sha256: str) -> Lines:
    """The rows of a text that is not a plain CSV: quotes, other encodings, other signs between cells, or XML."""
    from abs_struct.tape.decode import SIGNS, records_of_xml, rows_of, sign_between, text_of

    if data.lstrip(b"\xef\xbb\xbf \t\r\n")[:1] == b"<":
        cells, numbers = records_of_xml(path, data)
        return Lines(str(path), sha256, cells, numbers)
    text, encoding = text_of(path, data)
    sign = sign_between(text)
    notes = []
    if encoding != "UTF-8":
        notes.append(f"the text is {encoding}")
    if sign != ",":
        notes.append(f"{SIGNS[sign]} stand between the cells")
    cells, numbers, cut = rows_of(path, text, sign)
    if not cells:
        raise TapeError(f"{path}: the tape is empty")
    return Lines(str(path), sha256, cells, numbers, None, (*notes, cut) if cut else tuple(notes), sign)


def unpacked(path: str | Path, raw: bytes) -> bytes:
    """The bytes of a CSV file, unpacked where they are gz."""
    if raw[:2] == b"\x1f\x8b":
        import gzip

        try:
            return gzip.decompress(raw)
        except (OSError, EOFError, zlib.error) as error:
            raise TapeError(f"{path}: the gz file is damaged or cut off ({error})") from None
    return raw


def from_parquet(path: str | Path, raw: bytes) -> tuple[list[list[str]], Sequence[int]]:
    """Rows of a Parquet file; the header counts as row 1, so that the first loan is row 2."""
    import pyarrow
    from pyarrow import parquet

    try:
        table = parquet.read_table(io.BytesIO(raw))
    except (pyarrow.ArrowException, OSError) as error:
        raise TapeError(f"{path}: is not a readable Parquet file ({str(error).splitlines()[0]})") from None
    columns = [[as_text(value) for value in column.to_pylist()] for column in table.columns]
    cells = [list(table.column_names), *map(list, zip(*columns, strict=True))]
    return cells, range(1, len(cells) + 1)


def from_excel(path: str | Path, raw: bytes) -> tuple[list[list[str]], Sequence[int]]:
    """Rows of the first sheet of a workbook, as values; rows without any cell are left out."""
    from zipfile import BadZipFile

    from openpyxl import load_workbook

    try:
        book = load_workbook(io.BytesIO(raw), read_only=True, data_only=True)
        sheet = book.worksheets[0]
        sheet.reset_dimensions()
        found = [[excel_text(value) for value in row] for row in sheet.iter_rows(values_only=True)]
        book.close()
    except (BadZipFile, KeyError, ValueError, OSError, IndexError) as error:
        raise TapeError(f"{path}: is not a readable Excel workbook ({error})") from None
    width = max(map(len, found), default=0)  # a sheet does not store the blanks at the end of a row
    kept = [(i, row + [""] * (width - len(row))) for i, row in enumerate(found, 1) if any(row)]
    return [row for _, row in kept], [i for i, _ in kept]


def excel_text(value: object) -> str:
    """A cell of a spreadsheet; a whole number of more digits than one keeps is written as the power that it became.

    >>> excel_text(123456789012345680), excel_text("0123456789012345678")
    ('1.23456789012346E+17', '0123456789012345678')
    """
    if isinstance(value, int | float) and abs(value) >= 1e15:
        return f"{value:.14E}"
    return as_text(value)


def as_text(value: object) -> str:
    """A typed cell as the text that a CSV file would hold.

    >>> from datetime import datetime
    >>> as_text(36.0), as_text(datetime(2026, 12, 1)), as_text(None), as_text(0.1347)
    ('36', '2026-12-01', '', '0.1347')
    """
    if value is None:
        return ""
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float):
        if value != value:  # a missing number of a data frame
            return ""
        return str(int(value)) if value.is_integer() and abs(value) < 1e15 else repr(value)
    if hasattr(value, "isoformat"):
        return str(value.isoformat()).removesuffix("T00:00:00")
    return str(value)
