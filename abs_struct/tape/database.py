"""Tapes in databases: an address with `table=` or `query=` is read in chunks through SQLAlchemy.

    postgresql://user@host/loans?table=public.tape
    sqlite:///loans.db?query=select * from tape where pool = 7

The part of the address that names the table is ours and is not sent to the database. Needs the optional part `sql`.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from urllib.parse import parse_qsl, unquote, urlencode

from abs_struct.core.findings import TapeError
from abs_struct.tape.readers import Lines, as_text

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
