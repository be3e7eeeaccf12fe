"""Executors: this process, a pool, a Dask cluster; a worker that dies costs time and nothing else."""

from __future__ import annotations

import os
import pickle
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from concurrent.futures import Executor, Future, ThreadPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from small import small

import abs_struct
from abs_struct.core.findings import UsageError
from abs_struct.study import Varied, evaluate, executors, scenarios
from abs_struct.study.executors import Processes, executor_of
from abs_struct.study.plan import planned

MEASURES = ["A.wal", "B.yield", "B.principal_shortfall", "residual.paid"]
ROOT = Path(__file__).resolve().parents[2]
DEALS = sorted((ROOT / "deals").glob("*_*_*.yaml"))


def fields(count: int) -> list[Varied]:
    """Default speeds, one a scenario."""
    return [Varied.of_numbers("assumptions.default.cdr", np.linspace(0.0, 0.5, count))]


def same(one: Any, other: Any) -> None:
    """Two tables have the same bytes."""
    for name in MEASURES:
        assert one.columns[name].tobytes() == other.columns[name].tobytes(), name
    assert list(one.reasons) == list(other.reasons)


class Dying(Executor):
    """An executor some of whose workers die: each third call is lost, as often as asked for."""

    def __init__(self, deaths: int) -> None:
        self.calls, self.deaths = 0, deaths

    def submit(self, fn: Any, /, *args: Any, **kwargs: Any) -> Future[Any]:
        self.calls += 1
        future: Future[Any] = Future()
        if self.deaths and self.calls % 3 == 1:
            self.deaths -= 1
            future.set_exception(BrokenProcessPool("a process ended abruptly"))
        else:
            future.set_result(fn(*args, **kwargs))
        return future


def test_lost_chunks_are_done_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each lost chunk is done again once; nothing is lost and the bytes are the same."""
    deal = small(tmp_path)
    here = evaluate(deal, fields(60), MEASURES)
    monkeypatch.setattr(scenarios, "CHUNK", 5)
    executor = Dying(4)
    same(here, evaluate(deal, fields(60), MEASURES, executor=executor))
    assert executor.deaths == 0
    assert executor.calls == 12 + 4


def test_a_chunk_that_kills_every_worker_ends_in_a_sentence(tmp_path: Path) -> None:
    """A chunk is done again so many times and no more."""

    class Deadly(Dying):
        def submit(self, fn: Any, /, *args: Any, **kwargs: Any) -> Future[Any]:
            self.calls += 1
            raise BrokenProcessPool("all dead")

    executor = Deadly(0)
    with pytest.raises(UsageError, match=r"the workers of chunk 1 died 4 times .*--executor local"):
        evaluate(small(tmp_path), fields(3), MEASURES, executor=executor)
    assert executor.calls == executors.RETRIES + 1


def test_a_mistake_in_the_work_is_not_tried_again(tmp_path: Path) -> None:
    """What the work itself raises comes back at once."""

    class Wrong(Dying):
        def submit(self, fn: Any, /, *args: Any, **kwargs: Any) -> Future[Any]:
            self.calls += 1
            future: Future[Any] = Future()
            future.set_exception(ZeroDivisionError("in the work"))
            return future

    executor = Wrong(0)
    with pytest.raises(ZeroDivisionError):
        evaluate(small(tmp_path), fields(3), MEASURES, executor=executor)
    assert executor.calls == 1


def test_a_killed_process_loses_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A process of the pool is killed mid-sweep; the pool is made anew and the bytes are the same."""
    deal = small(tmp_path)
    here = evaluate(deal, fields(240), MEASURES)
    monkeypatch.setattr(scenarios, "CHUNK", 10)
    killed: list[int] = []
    with executor_of("process", workers=2) as pool:
        assert isinstance(pool, Processes)

        def kill(done: int, total: int) -> None:
            if not killed:
                killed.append(next(iter(pool.pool._processes)))
                os.kill(killed[0], signal.SIGKILL)

        there = evaluate(deal, fields(240), MEASURES, executor=pool, progress=kill)
    assert killed
    same(here, there)


def test_any_executor_of_python(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Threads, which finish in any order, give the same bytes."""
    deal = small(tmp_path)
    here = evaluate(deal, fields(60), MEASURES)
    monkeypatch.setattr(scenarios, "CHUNK", 7)
    with ThreadPoolExecutor(3) as executor:
        same(here, evaluate(deal, fields(60), MEASURES, executor=executor))


@pytest.mark.parametrize("file", DEALS, ids=lambda file: file.stem)
def test_no_loans_travel(file: Path) -> None:
    """A piece of work is small, and holds no loan, no tape and no row of the pool."""
    deal = abs_struct.load(file)
    note = next(iter(deal.terms.notes))
    varied = [Varied.of_texts(f"notes.{note}.issue_price", ["99", "100"])]
    chunk = next(scenarios.chunks_of(planned(deal, varied), [f"{note}.wal"], ()))
    packed = pickle.dumps(chunk.work)
    assert len(packed) < 200_000
    for word in (b"abs_struct.tape.tape", b"abs_struct.pool.loans", b"abs_struct.pool.rows", b"collateral\x94"):
        assert word not in packed


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"kind": "local", "workers": 2}, "belongs to --executor process"),
        ({"kind": "process", "workers": 0}, "at least 1 process"),
        ({"kind": "process", "scheduler": "tcp://here:1"}, "belongs to --executor dask"),
        ({"kind": "dask"}, "say where its scheduler is"),
    ],
)
def test_options_that_do_not_fit(given: dict[str, Any], words: str) -> None:
    """An option of another executor, or none where one is needed, is one sentence."""
    with pytest.raises(UsageError, match=words), executor_of(**given):
        pass


def test_without_dask_the_remedy_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where Dask is not installed, the sentence says how to get it."""
    monkeypatch.setitem(sys.modules, "distributed", None)
    with pytest.raises(UsageError, match=r"abs-struct\[cluster\]"), executor_of("dask", scheduler="tcp://127.0.0.1:1"):
        pass


@pytest.mark.needs("dask")
def test_a_scheduler_that_does_not_answer(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody listens there: one sentence with the address."""
    monkeypatch.setattr(executors, "PATIENCE", 1)
    with (
        pytest.raises(UsageError, match=r"--scheduler tcp://127\.0\.0\.1:1: no Dask scheduler answers"),
        executor_of("dask", scheduler="tcp://127.0.0.1:1"),
    ):
        pass


@contextmanager
def started(*words: str) -> Iterator[subprocess.Popen[bytes]]:
    """A program of Dask, ended at the end."""
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    process = subprocess.Popen(
        [sys.executable, "-m", "dask", *words],
        env=environment,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        yield process
    finally:
        process.kill()
        process.wait()


@pytest.mark.needs("dask")
def test_a_killed_worker_of_a_cluster_loses_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A real scheduler with two workers on loopback, one of them killed mid-sweep: the same bytes, nothing lost."""
    deal = small(tmp_path)
    here = evaluate(deal, fields(240), MEASURES)
    monkeypatch.setattr(scenarios, "CHUNK", 10)
    where, file = tmp_path / "dask", tmp_path / "scheduler.json"
    at = ("--scheduler-file", str(file))
    worker = ("worker", *at, "--nthreads", "1", "--no-nanny", "--no-dashboard", "--local-directory", str(where))
    hosted = ("--host", "127.0.0.1")
    with (
        started("scheduler", *at, *hosted, "--port", "0", "--no-dashboard"),
        started(*worker, *hosted) as one,
        started(*worker, *hosted) as two,
    ):
        address = listening(file)
        with executor_of("dask", scheduler=address) as cluster:
            cluster._client.wait_for_workers(2, timeout=60)  # type: ignore[union-attr]
            killed = []

            def kill(done: int, total: int) -> None:
                if not killed and done < total:
                    one.kill()
                    killed.append(done)

            there = evaluate(deal, fields(240), MEASURES, executor=cluster, progress=kill)
        assert killed
        assert one.wait(10) != 0
        assert two.poll() is None
    same(here, there)


def listening(file: Path) -> str:
    """The address that a scheduler writes down when it listens."""
    import json

    until = time.monotonic() + 60
    while time.monotonic() < until:
        try:
            return str(json.loads(file.read_text())["address"])
        except (OSError, ValueError):
            threading.Event().wait(0.1)
    pytest.fail("the scheduler did not start")
