"""A tape of any size: DuckDB reads CSV and Parquet files and globs in streams and gives rows, never the loans.

A row is all loans that run off alike (group, age, repayment, terms, rate); its money is a sum of whole cents. Written
as a file it is a tape of its own, which a deal runs in the place of the loans.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Literal

import numpy as np

from abs_struct.core.findings import TapeError
from abs_struct.tape.layout import Layout, recognise
from abs_struct.tape.statement import KEYS, RATE_UNITS, Statement, column_of, statement, text
from abs_struct.tape.tape import Column, Totals

HEAD = 1 << 18  # bytes of a text in which the header is looked for
MEMORY = "350MB"  # of DuckDB; it spills to disk beyond
MOST_LISTED = 1_000
WHOLE = ("TINYINT", "SMALLINT", "INTEGER", "BIGINT")
NUMBERS = ("INT", "DOUBLE", "FLOAT", "DECIMAL", "REAL")


@dataclass(frozen=True, eq=False)
class Scan:
    """What a scan found.

    file    : the path or pattern
    layout  : the name of the layout
    groups  : the columns that tell rows apart beside the usual keys
    columns : the rows, as columns (R,): groups, age, repayment, terms, rate_units (1e-8), balance_cents,
              original_cents, loans
    faults  : reason -> (rejected rows, their balance in cents, their original balance in cents)
    totals  : read = accepted + rejected, in rows and in cents
    listed  : (row, loan id, reason) of rejected rows, in the order of the file, where they were asked for
    """

    file: str
    layout: str
    groups: tuple[str, ...]
    columns: Mapping[str, Column]
    faults: Mapping[str, tuple[int, int, int]]
    totals: Totals
    listed: tuple[tuple[int, str, str], ...] = ()

    def __len__(self) -> int:
        return len(self.columns["loans"])

    @property
    def frame(self) -> Any:
        """The rows as a pandas frame: balances in currency units, rates as fractions."""
        import pandas as pd

        found: dict[str, Any] = {name: self.columns[name] for name in (*self.groups, *KEYS[:-1])}
        found["rate"] = self.columns["rate_units"] / RATE_UNITS
        found["balance"] = self.columns["balance_cents"] / 100
        found["original_balance"] = self.columns["original_cents"] / 100
        found["loans"] = self.columns["loans"]
        return pd.DataFrame(found)

    def summary(self) -> dict[str, Any]:
        """Counts and balances under the schema abs-struct/scan/1."""
        t = self.totals
        return {
            "schema": "abs-struct/scan/1",
            "file": self.file,
            "layout": self.layout,
            "rows": len(self),
            "rows_read": t.rows_read,
            "accepted": t.accepted,
            "rejected": t.rejected,
            "read_balance": t.balance_read / 100,
            "balance": t.balance_accepted / 100,
            "rejected_balance": t.balance_rejected / 100,
            "faults": [{"reason": why, "rows": n, "balance": c / 100} for why, (n, c, _) in self.faults.items()],
        }

    def write(self, out: str | Path) -> Path:
        """The rows as a Parquet or CSV tape in the toolkit's own layout, whole or not at all.

        Raises
        ------
        TapeError : another kind of file, or a place that cannot be written
        """
        from abs_struct.tape.convert import write_frame

        frame = self.frame
        frame.insert(0, "loan_id", [f"ROW-{i:07d}" for i in range(1, len(frame) + 1)])
        return write_frame(out, frame)


def connected() -> Any:
    """DuckDB in memory, with a bound on it and the order of rows left free."""
    import duckdb

    engine = duckdb.connect(":memory:")
    engine.execute(f"SET memory_limit = '{MEMORY}'")
    engine.execute("SET preserve_insertion_order = false")
    engine.execute("SET enable_progress_bar = false")
    return engine


def files_of(path: str | Path) -> list[Path]:
    """The files of a path or of a pattern, in order.

    Raises
    ------
    TapeError : there is none, or they are of several kinds
    """
    word = str(path)
    parts = Path(word).parts
    at = next((i for i, part in enumerate(parts) if any(sign in part for sign in "*?[")), None)
    found = [Path(word)] if at is None else sorted(Path(*parts[:at]).glob("/".join(parts[at:])))
    files = [file for file in found if file.is_file()]
    if not files:
        raise TapeError(f"{path}: no such tape")
    kinds = {"parquet" if file.suffix == ".parquet" else "csv" for file in files}
    if len(kinds) > 1:
        raise TapeError(f"{path}: holds CSV and Parquet files; scan one kind at a time")
    return files


def head_of(file: Path) -> bytes:
    """The first bytes of a text file, unpacked where it is gz, up to the end of a line."""
    import gzip

    with file.open("rb") as handle:
        packed = handle.read(2) == b"\x1f\x8b"
        handle.seek(0)
        opened: Any = gzip.GzipFile(fileobj=handle) if packed else handle
        data: bytes = opened.read(HEAD)
    return data[: data.rfind(b"\n") + 1] if len(data) == HEAD else data


def relation(files: Sequence[Path], layout: str | None) -> tuple[str, dict[str, str], Layout]:
    """How DuckDB reads some files: the table function, its columns with their kinds, and the layout.

    Raises
    ------
    TapeError : no layout fits, or the text is one that DuckDB does not read
    """
    import duckdb

    names = "[" + ", ".join(text(str(file)) for file in files) + "]"
    if files[0].suffix == ".parquet":
        source = f"read_parquet({names}, union_by_name = true)"
        described = duckdb.connect(":memory:").execute(f"DESCRIBE SELECT * FROM {source}").fetchall()
        columns = {str(name): kind_of(str(kind)) for name, kind, *_ in described}
        return source, columns, recognise(str(files[0]), [list(columns)], layout)[0].layout
    from abs_struct.tape.decode import rows_of, sign_between, text_of

    head, encoding = text_of(files[0], head_of(files[0]))
    if encoding != "UTF-8":
        raise TapeError(f"{files[0]}: is {encoding}, which is not read in streams; `abs-struct tape convert` it first")
    sign = sign_between(head)
    cells, numbers, _ = rows_of(files[0], head, sign)
    found, at = recognise(str(files[0]), cells[:30], layout)
    header = [name.strip() or f"column_{i}" for i, name in enumerate(cells[at])]
    typed = "{" + ", ".join(f"{text(name)}: 'VARCHAR'" for name in header) + "}"
    source = (
        f"read_csv({names}, columns = {typed}, delim = {text(sign)}, quote = '\"', escape = '\"', header = false, "
        f"skip = {numbers[at]}, auto_detect = false, null_padding = true, strict_mode = false, parallel = true)"
    )
    return source, dict.fromkeys(header, "text"), found.layout


def added_up(engine: Any, written: Statement, source: str, files: Sequence[Path]) -> Mapping[str, Any]:
    """The rows of some files with their faults: of Parquet first the sound loans by key alone, then what is left.

    Parquet says how many loans it has, so that nothing is left in silence; what is left is seldom much.
    """
    if files[0].suffix != ".parquet":
        return dict(engine.execute(written.rows(source)).fetchnumpy())
    found = dict(engine.execute(written.sound_rows(source)).fetchnumpy())
    names = "[" + ", ".join(text(str(file)) for file in files) + "]"
    (count,) = engine.execute(f"SELECT sum(num_rows) FROM parquet_file_metadata({names})").fetchone()
    loans = found["loans"]
    found["fault"] = np.ma.array(np.zeros(len(loans), dtype=np.int8), mask=np.ones(len(loans), dtype=bool))
    if int(np.ma.filled(loans, 0).sum()) == int(count):
        return found
    rest = engine.execute(written.other_rows(source)).fetchnumpy()
    if np.ma.getmaskarray(np.ma.asarray(rest["fault"])).any():  # sound after all: they belong to the rows above
        return dict(engine.execute(written.rows(source)).fetchnumpy())
    join: Any = np.ma.concatenate
    return {name: join([found[name], rest[name]]) for name in found}


def all_named(engine: Any, files: Sequence[Path], column: str | None) -> bool:
    """Whether no id of some Parquet files is blank, by the files' own statistics: then the ids need not be read.

    They are the longest column of a tape, and a row needs no more of its id than that there is one.
    """
    if files[0].suffix != ".parquet" or column is None:
        return False
    names = "[" + ", ".join(text(str(file)) for file in files) + "]"
    said = (
        "SELECT count(*), count(stats_min_value), min(stats_min_value), sum(stats_null_count), min(type), max(type) "
        f"FROM parquet_metadata({names}) WHERE path_in_schema = {text(column)}"
    )
    parts, known, least, none, kind, other = engine.execute(said).fetchone()
    (groups,) = engine.execute(f"SELECT sum(num_row_groups) FROM parquet_file_metadata({names})").fetchone()
    return bool(parts == known == groups and none == 0 and kind == other == "BYTE_ARRAY" and least >= "!")


def kind_of(kind: str) -> str:
    """A type of DuckDB as integer, number, date or text."""
    if kind in WHOLE:
        return "integer"
    if any(word in kind for word in NUMBERS):
        return "number"
    return "date" if kind.startswith(("DATE", "TIMESTAMP")) else "text"


def scan(
    path: str | Path,
    layout: str | None = None,
    groups: Sequence[str] = (),
    as_of: Literal["cutoff", "origination"] = "cutoff",
    list_rejected: bool = False,
) -> Scan:
    """The rows of a tape of any size.

    Parameters
    ----------
    path : a CSV or Parquet file, a pattern such as tapes/*.parquet, or the address of a table
    layout : the name of a layout or a layout file; recognised when left out
    groups : columns by which rows are told apart beside age, repayment, terms and rate
    as_of : cutoff, or origination, where the original balance at age 0 is the balance
    list_rejected : also list the rejected rows, the first thousand; the files are read a second time

    Raises
    ------
    TapeError : the files cannot be read so, lack a column, or hold no loan that can be accepted
    """
    if "://" in str(path):
        return scan_table(str(path), layout, groups, as_of)
    files = files_of(path)
    source, columns, found = relation(files, layout)
    written = statement(found, columns, groups, "duckdb", as_of)
    import duckdb

    engine = connected()
    try:
        named = all_named(engine, files, column_of(found.columns["loan_id"], columns))
        spare = replace(written, fields={**written.fields, "loan_id": "'-'"}) if named else written
        arrays = added_up(engine, spare, source, files)
        listed = rejected_rows(written, files, source) if list_rejected else ()
    except duckdb.Error as error:
        raise TapeError(f"{path}: {str(error).splitlines()[0]}") from None
    return scanned(str(path), found.name, written, arrays, listed)


def scan_table(path: str, layout: str | None, groups: Sequence[str], as_of: Literal["cutoff", "origination"]) -> Scan:
    """The rows of a table, added up by the database: one GROUP BY goes there, and rows come back.

    Raises
    ------
    TapeError : the database cannot be reached, the table lacks a column, or one of its columns is no number
    """
    from abs_struct.tape.database import opened, parts, shown, statement_of

    query = parts(path)[1]
    with opened(path) as connection:
        header = list(connection.execute(statement_of(f"SELECT * FROM ({query}) AS tape LIMIT 0")).keys())
        found = recognise(shown(path), [header], layout)[0].layout
        written = statement(found, dict.fromkeys(header, "text"), groups, "ansi", as_of)
        result = connection.execute(statement_of(written.rows(f"({query}) AS source")))
        names, rows = list(result.keys()), result.fetchall()
    numbers = {reason: i for i, reason in enumerate(written.reasons)}
    arrays: dict[str, Any] = {}
    for name, values in zip(names, zip(*rows, strict=True), strict=True):
        values = tuple(numbers[v] if v is not None else None for v in values) if name == "fault" else values
        missing = [value is None for value in values]
        words = any(isinstance(value, str) for value in values)
        filled = ["" if words else 0 if gone else value for value, gone in zip(values, missing, strict=True)]
        data = np.array(values, dtype=object) if words else np.array(filled, dtype=np.int64)
        arrays[name] = np.ma.array(data, mask=missing)
    return scanned(shown(path), found.name, written, arrays)


def scanned(
    file: str, layout: str, written: Statement, arrays: Mapping[str, Any], listed: tuple[tuple[int, str, str], ...] = ()
) -> Scan:
    """The result of the one GROUP BY as a scan: rows in a fixed order, and what was rejected by reason.

    Raises
    ------
    TapeError : no loan was accepted
    """
    fault = np.ma.asarray(arrays["fault"])
    good = np.ma.getmaskarray(fault)
    plain = {name: np.ma.asarray(column) for name, column in arrays.items()}
    cents = np.ma.filled(plain["balance_cents"], 0).astype(np.int64)
    original = np.ma.filled(plain["original_cents"], 0).astype(np.int64)
    loans = np.ma.filled(plain["loans"], 0).astype(np.int64)
    faults = {}
    for number in np.unique(fault.data[~good]).tolist():
        of = ~good & (fault.data == number)
        faults[written.reasons[number]] = (int(loans[of].sum()), int(cents[of].sum()), int(original[of].sum()))
    totals = Totals(
        rows_read=int(loans.sum()),
        accepted=int(loans[good].sum()),
        rejected=int(loans[~good].sum()),
        balance_read=int(cents.sum()),
        balance_accepted=int(cents[good].sum()),
        balance_rejected=int(cents[~good].sum()),
        original_read=int(original.sum()),
        original_accepted=int(original[good].sum()),
        original_rejected=int(original[~good].sum()),
    )
    if not good.any():
        shown = "; ".join(f"{n:,} rows: {why}" for why, (n, _, _) in faults.items())
        raise TapeError(f"{file}: none of the {totals.rows_read:,} rows can be accepted ({shown})")
    kept: dict[str, Column] = {}
    for name in (*written.groups, *KEYS):
        column = plain[name][good]
        kept[name] = words(column) if column.dtype.kind == "O" else np.ma.filled(column, 0)
    kept |= {"balance_cents": cents[good], "original_cents": original[good], "loans": loans[good]}
    order = np.lexsort([kept[name] for name in reversed((*written.groups, *KEYS))])
    return Scan(
        file, layout, written.groups, {name: column[order] for name, column in kept.items()}, faults, totals, listed
    )


def words(column: Any) -> Column:
    """A column of texts, blank where one is missing."""
    missing = np.ma.getmaskarray(column)
    return np.array(
        ["" if gone or word is None else str(word) for word, gone in zip(column.data, missing, strict=True)]
    )


def rejected_rows(written: Statement, files: Sequence[Path], source: str) -> tuple[tuple[int, str, str], ...]:
    """The first rejected rows, with the number of the record in the order of the files (the header is row 1)."""
    engine = connected()
    engine.execute("SET preserve_insertion_order = true")
    numbered = f'(SELECT *, row_number() OVER () AS "row number" FROM {source})'
    fields = {**written.fields, "line": '"row number"'}
    loans = replace(written, fields=fields).loans(f"{numbered} AS numbered", ("loan_id", "line"))
    query = f"SELECT line, loan_id, fault FROM ({loans}) WHERE fault IS NOT NULL ORDER BY line LIMIT {MOST_LISTED}"
    found = engine.execute(query).fetchall()
    return tuple((int(line) + 1, str(id_ or ""), written.reasons[why]) for line, id_, why in found)
