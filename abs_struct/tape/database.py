"""Tapes in databases: an address with `table=` or `query=` is read in chunks through SQLAlchemy.

    postgresql://user@host/loans?table=public.tape
    sqlite:///loans.db?query=select * from tape where pool = 7

The part of the address that names the table is ours and is not sent to the database. Needs the optional part `sql`.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any, Literal
from urllib.parse import parse_qsl, unquote, urlencode

import numpy as np

from abs_struct.core.findings import TapeError
from abs_struct.tape.layout import recognise
from abs_struct.tape.readers import Lines, as_text
from abs_struct.tape.scan import Scan, scanned
from abs_struct.tape.statement import statement

ADDRESS = re.compile(r"[a-z][a-z0-9+_]*:/{1,3}.*[?&](table|query)=", re.IGNORECASE)
DRIVERS = {"postgresql": "postgresql+psycopg", "postgres": "postgresql+psycopg"}
CHUNK = 50_000  # rows
TABLE = re.compile(r'[\w"]+(\.[\w"]+)*')


def is_address(path: object) -> bool:
    """Whether a tape is the address of a table and no file.

    >>> is_address("postgresql://localhost/loans?table=tape"), is_address("tapes/loans.csv")
    (True, False)
    """
    return ADDRESS.match(str(path)) is not None


def parts(path: str) -> tuple[str, str]:
    """The address of the database, and the query that gives the tape.

    Raises
    ------
    TapeError : neither a table nor a query, or a table that is no name

    >>> parts("sqlite:///loans.db?table=tape")
    ('sqlite:///loans.db', 'SELECT * FROM tape')
    """
    base, _, asked = path.partition("?")
    words = parse_qsl(asked, keep_blank_values=True)
    ours = {name: value for name, value in words if name in ("table", "query")}
    rest = urlencode([(name, value) for name, value in words if name not in ours])
    kind, sign, place = base.partition("://")
    address = f"{DRIVERS.get(kind, kind)}{sign}{place}" + (f"?{rest}" if rest else "")
    if table := ours.get("table"):
        if not TABLE.fullmatch(unquote(table)):
            raise TapeError(f"{shown(path)}: '{table}' is not the name of a table; write a query with query=")
        return address, f"SELECT * FROM {table}"
    if not ours.get("query"):
        raise TapeError(f"{shown(path)}: names no table; add ?table=NAME")
    return address, ours["query"]


def shown(path: str) -> str:
    """An address without its password.

    >>> shown("postgresql://me:secret@host/db?table=t")
    'postgresql://me:***@host/db?table=t'
    """
    return re.sub(r"(://[^:/@]+):[^@]*@", r"\1:***@", path)


@contextmanager
def opened(path: str) -> Iterator[Any]:
    """A connection to the database of an address.

    Raises
    ------
    TapeError : the optional part is not installed, or the database cannot be reached
    """
    try:
        import sqlalchemy
    except ImportError:
        raise TapeError(f"{shown(path)}: needs SQLAlchemy; pip install 'abs-struct[sql]'") from None
    address, _ = parts(path)
    try:
        engine = sqlalchemy.create_engine(address)
    except (sqlalchemy.exc.ArgumentError, ImportError) as error:
        raise TapeError(f"{shown(path)}: no database can be opened so ({str(error).splitlines()[0]})") from None
    try:
        with engine.connect() as connection:
            yield connection
    except sqlalchemy.exc.SQLAlchemyError as error:
        raise TapeError(f"{shown(path)}: {str(getattr(error, 'orig', error)).strip().splitlines()[0]}") from None
    finally:
        engine.dispose()


def read_table(path: str) -> Lines:
    """All rows of a table or query as texts, fetched in chunks; the header is row 1.

    Raises
    ------
    TapeError : the database cannot be reached, or has no such table
    """
    digest = hashlib.sha256()
    with opened(path) as connection:
        streamed = connection.execution_options(stream_results=True, max_row_buffer=CHUNK)
        result = streamed.execute(statement_of(parts(path)[1]))
        cells = [[str(name) for name in result.keys()]]  # noqa: SIM118 - it is no dict
        while chunk := result.fetchmany(CHUNK):
            texts = [[as_text(value) for value in row] for row in chunk]
            digest.update(repr(texts).encode())
            cells += texts
    return Lines(shown(path), digest.hexdigest(), cells, range(1, len(cells) + 1))


def statement_of(query: str) -> Any:
    """A query whose colons are no parameters."""
    import sqlalchemy

    return sqlalchemy.text(query.replace(":", "\\:"))


def scan_table(path: str, layout: str | None, groups: Sequence[str], as_of: Literal["cutoff", "origination"]) -> Scan:
    """The rows of a table, added up by the database: one GROUP BY goes there, and rows come back.

    Raises
    ------
    TapeError : the database cannot be reached, the table lacks a column, or one of its columns is no number
    """
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
