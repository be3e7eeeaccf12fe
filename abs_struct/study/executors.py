"""Executors: where the chunks of a study are done, and what becomes of a chunk whose worker died.

A chunk's outcome does not depend on where it is done, so a lost one is simply done again, with the same bytes.
"""

from __future__ import annotations

import itertools
import signal
from collections.abc import Callable, Iterator
from concurrent.futures import (
    FIRST_COMPLETED,
    BrokenExecutor,
    CancelledError,
    Executor,
    Future,
    ProcessPoolExecutor,
    wait,
)
from contextlib import contextmanager
from importlib import import_module
from multiprocessing import get_context
from typing import Any, Literal, Protocol, TypeVar

from abs_struct.core.findings import UsageError
from abs_struct.study.work import Outcome, Work, done

Kind = Literal["local", "process", "dask"]
#: Chunks that an executor is given ahead of those that are done: enough to keep it busy, few enough for memory.
AHEAD = 16
#: How often a chunk is done again when its worker died: a chunk that kills every worker ends the study.
RETRIES = 3
#: Seconds in which a scheduler has to answer.
PATIENCE = 10


class Piece(Protocol):
    """A chunk of a study: its place and its work."""

    @property
    def number(self) -> int: ...
    @property
    def work(self) -> Work: ...


P = TypeVar("P", bound=Piece)


class Processes(Executor):
    """A pool of processes that is made anew when one of them dies and takes the pool with it."""

    def __init__(self, workers: int) -> None:
        self.workers = workers
        self.pool = self.made()

    def made(self) -> ProcessPoolExecutor:
        """A pool whose processes leave Ctrl-C to this one."""
        return ProcessPoolExecutor(
            self.workers, mp_context=get_context("spawn"), initializer=signal.signal,
            initargs=(signal.SIGINT, signal.SIG_IGN),
        )  # fmt: skip

    def submit(self, fn: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Future[Any]:
        """Hand a call to the pool, or to a new one where it is broken."""
        try:
            return self.pool.submit(fn, *args, **kwargs)
        except BrokenExecutor:
            self.pool.shutdown(wait=False, cancel_futures=True)
            self.pool = self.made()
            return self.pool.submit(fn, *args, **kwargs)

    def shutdown(self, wait: bool = True, *, cancel_futures: bool = False) -> None:
        """End the processes."""
        self.pool.shutdown(wait, cancel_futures=cancel_futures)


@contextmanager
def executor_of(kind: Kind, workers: int | None = None, scheduler: str | None = None) -> Iterator[Executor | None]:
    """An executor by its name: None for this process, a pool of processes, or a Dask cluster.

    Raises
    ------
    UsageError : options of another executor, no workers, Dask not installed, or a scheduler that does not answer
    """
    if workers is not None and kind != "process":
        raise UsageError(f"--workers {workers}: belongs to --executor process, not to {kind}; leave it out")
    if workers is not None and workers < 1:
        raise UsageError(f"--workers {workers}: a pool has at least 1 process")
    if scheduler is not None and kind != "dask":
        raise UsageError(f"--scheduler {scheduler}: belongs to --executor dask, not to {kind}; leave it out")
    if kind == "process":
        from os import cpu_count

        pool = Processes(workers or cpu_count() or 1)
        try:
            yield pool
        finally:
            pool.shutdown(cancel_futures=True)
    elif kind == "dask":
        with on_dask(scheduler) as cluster:
            yield cluster
    else:
        yield None


@contextmanager
def on_dask(scheduler: str | None) -> Iterator[Executor]:
    """The workers of a Dask scheduler."""
    if not scheduler:
        raise UsageError("--executor dask: say where its scheduler is, as in --scheduler tcp://127.0.0.1:8786")
    try:
        distributed: Any = import_module("distributed")
    except ModuleNotFoundError:
        raise UsageError("--executor dask: Dask is not installed; pip install 'abs-struct[cluster]'") from None
    try:
        client = distributed.Client(scheduler, timeout=PATIENCE, set_as_default=False)
    except (OSError, ValueError) as error:
        reason = str(error).partition("\n")[0] or type(error).__name__
        raise UsageError(f"--scheduler {scheduler}: no Dask scheduler answers there ({reason})") from None
    with client:
        yield client.get_executor()


def outcomes(pieces: Iterator[P], executor: Executor | None) -> Iterator[tuple[P, Outcome]]:
    """Chunks with what came of them, as they are done.

    Raises
    ------
    UsageError : a chunk whose workers died more often than it is done again
    """
    if executor is None:
        for piece in pieces:
            yield piece, done(piece.work)
        return
    waiting: dict[Future[Outcome], P] = {}
    lost: dict[int, int] = {}
    again: list[P] = []
    try:
        while True:
            room = AHEAD - len(waiting)
            ready_to_go = [again.pop(0) for _ in range(min(room, len(again)))]
            for piece in itertools.chain(ready_to_go, itertools.islice(pieces, room - len(ready_to_go))):
                waiting[submitted(executor, piece.work)] = piece
            if not waiting:
                return
            ready, _ = wait(waiting, return_when=FIRST_COMPLETED)
            for future in ready:
                piece = waiting.pop(future)
                try:
                    outcome = future.result()
                except Exception as error:
                    if not died(error):
                        raise
                    lost[piece.number] = lost.get(piece.number, 0) + 1
                    if lost[piece.number] > RETRIES:
                        raise UsageError(
                            f"the workers of chunk {piece.number + 1} died {lost[piece.number]} times "
                            f"({type(error).__name__}); run it with --executor local, or give the workers more memory"
                        ) from error
                    again.append(piece)
                    continue
                yield piece, outcome
    finally:
        for future in waiting:
            future.cancel()


def submitted(executor: Executor, work: Work) -> Future[Outcome]:
    """A chunk handed to an executor; one that is broken for good hands back a future that says so."""
    try:
        return executor.submit(done, work)
    except BrokenExecutor as error:
        failed: Future[Outcome] = Future()
        failed.set_exception(error)
        return failed


def died(error: BaseException) -> bool:
    """Whether a worker, or the way to it, broke, and not the work itself."""
    return isinstance(error, (BrokenExecutor, CancelledError, OSError, EOFError)) or type(error).__name__ in {
        "KilledWorker", "FutureCancelledError",
    }  # fmt: skip
