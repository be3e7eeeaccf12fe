"""Tapes in databases: a real PostgreSQL server, started here on loopback and stopped; and SQLite."""

from __future__ import annotations

import os
import shutil
import socket
import sqlite3
import subprocess
import tempfile
from pathlib import Path

import numpy as np
import pytest

from abs_struct.core.findings import TapeError
from abs_struct.deal import load
from abs_struct.tape import read_tape
from abs_struct.tape.convert import frame_of
from abs_struct.tape.scan import scan

pytestmark = pytest.mark.needs("sqlalchemy")


def somebody():
    """The user of the server: PostgreSQL does not run as root."""
    return "nobody" if os.geteuid() == 0 else None


def free_port():
    """A port of loopback that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@pytest.fixture(scope="module")
def server():
    """A PostgreSQL server of our own: the address of its database. It ends with the tests."""
    from conftest import postgresql

    programs = postgresql()
    folder = Path(tempfile.mkdtemp(prefix="abs-struct-"))
    if somebody():
        shutil.chown(folder, somebody())
    data, port = folder / "data", free_port()

    def call(*words):
        done = subprocess.run(
            list(map(str, words)), user=somebody(), cwd=folder, capture_output=True, text=True, timeout=60,
            env={**os.environ, "HOME": str(folder), "LC_ALL": "C"}, check=False,
        )  # fmt: skip
        assert done.returncode == 0, done.stderr + done.stdout

    try:
        call(programs / "initdb", "-D", data, "-U", "tester", "-A", "trust", "-E", "UTF8", "--no-sync")
        options = f"-p {port} -c listen_addresses=127.0.0.1 -c unix_socket_directories='' -c fsync=off"
        call(programs / "pg_ctl", "-D", data, "-w", "-l", folder / "log", "-o", options, "start")
        yield f"postgresql://tester@127.0.0.1:{port}/postgres"
    finally:
        if (data / "postmaster.pid").exists():
            call(programs / "pg_ctl", "-D", data, "-w", "-m", "immediate", "stop")
        shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(scope="module")
def filled(server, repository):
    """The server with the tape of MPL 2027-1 as table `tape`, in columns with types."""
    import sqlalchemy

    tape = read_tape(repository / "deals/tapes/mpl_2027_1.csv.gz")
    frame = frame_of(tape)
    engine = sqlalchemy.create_engine(server.replace("postgresql:", "postgresql+psycopg:"))
    with engine.begin() as connection:
        kinds = {"f": "numeric", "i": "bigint"}
        names = ", ".join(f'"{n}" {kinds.get(frame[n].dtype.kind, "text")}' for n in frame.columns)
        connection.exec_driver_sql(f"CREATE TABLE tape ({names})")
        with connection.connection.cursor().copy("COPY tape FROM STDIN (FORMAT csv)") as copy:
            copy.write(frame.to_csv(index=False, header=False))
    engine.dispose()
    return server, tape


@pytest.mark.needs("postgresql")
def test_a_table_is_a_tape(filled, monkeypatch):
    """The loans of a table, read in chunks, are those of the file."""
    from abs_struct.tape import database

    monkeypatch.setattr(database, "CHUNK", 5_000)
    server, tape = filled
    found = read_tape(f"{server}?table=tape")
    assert found.totals() == tape.totals()
    for name in ("loan_id", "balance_cents", "rate", "remaining_term", "grade"):
        assert np.array_equal(found.columns[name], tape.columns[name])


@pytest.mark.needs("postgresql")
def test_the_server_adds_up(filled, repository):
    """The GROUP BY that goes to the server gives the rows of the stream over the file."""
    server, _ = filled
    file = repository / "deals/tapes/mpl_2027_1.csv.gz"
    ours, theirs = scan(f"{server}?table=tape", groups=["grade"]), scan(file, groups=["grade"])
    assert ours.totals == theirs.totals
    for name in theirs.columns:
        assert ours.columns[name].tolist() == theirs.columns[name].tolist(), name


@pytest.mark.needs("postgresql")
def test_a_deal_runs_on_a_table(filled, repository):
    """A deal may name a table; a query takes a part of it."""
    server, _ = filled
    deal = repository / "deals/mpl_2027_1.yaml"
    found = load(deal).with_({"pool.tape": f"{server}?table=tape"}).run()
    assert found.lines["notes.A.balance"].tolist() == load(deal).run().lines["notes.A.balance"].tolist()
    part = read_tape(f"{server}?query=SELECT * FROM tape WHERE grade = 'A' AND loan_id <> '12:30'")
    assert set(part.columns["grade"].tolist()) == {"A"}


@pytest.mark.needs("postgresql")
@pytest.mark.parametrize(
    ("asked", "words"),
    [
        ("?table=tap", 'relation "tap" does not exist'),
        ("?table=tape;drop table tape", "is not the name of a table; write a query"),
        ("?colour=red", "names no table; add ?table=NAME"),
    ],
)
def test_mistakes_of_an_address(filled, asked, words):
    """What the server refuses is one sentence."""
    with pytest.raises(TapeError) as error:
        read_tape(filled[0] + asked)
    assert words in str(error.value)


def test_sqlite(tmp_path):
    """Any database that SQLAlchemy knows: SQLite."""
    with sqlite3.connect(tmp_path / "loans.db") as book:
        book.execute("CREATE TABLE tape (loan_id, original_balance, balance, rate, original_term, remaining_term)")
        book.execute("INSERT INTO tape VALUES ('007', 100, 90.25, 0.1, 12, 10)")
    book.close()
    tape = read_tape(f"sqlite:///{tmp_path}/loans.db?table=tape")
    assert (tape.columns["loan_id"].tolist(), tape.balance) == (["007"], 90.25)


def test_a_password_is_never_shown():
    """Where nobody answers, the sentence has no password in it."""
    with pytest.raises(TapeError) as error:
        read_tape(f"postgresql://me:secret@127.0.0.1:{free_port()}/db?table=t")
    assert "secret" not in str(error.value)
    assert "me:***@" in str(error.value)
