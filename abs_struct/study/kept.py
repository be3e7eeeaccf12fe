"""Kept chunks: what a study has finished lies in a folder, so that one that was interrupted goes on.

A chunk is known by everything that its outcome follows from. Whatever changes, the deal, the tape, a value, a measure,
makes another name, so that nothing stale is ever taken up.
"""

from __future__ import annotations

import hashlib
import zipfile
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import Executor
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

import abs_struct
from abs_struct.core.whole import whole
from abs_struct.deal import Deal
from abs_struct.study.executors import P, outcomes
from abs_struct.study.varied import Varied
from abs_struct.study.work import Outcome, Work

ENDING = ".chunk.npz"


@dataclass(frozen=True)
class Kept:
    """The finished chunks of a study, in a folder of their own."""

    folder: Path

    def count(self) -> int:
        """How many chunks lie there."""
        return len(list(self.folder.glob(f"*{ENDING}")))

    def clear(self) -> None:
        """Forget all chunks; the folder goes when nothing else lies in it."""
        for file in self.folder.glob(f"*{ENDING}"):
            file.unlink(missing_ok=True)
        with suppress(OSError):
            self.folder.rmdir()

    def put(self, name: str, outcome: Outcome) -> None:
        """Keep what came of a chunk; the file appears whole or not at all."""
        arrays = {f"column {key}": values for key, values in outcome.columns.items()}
        arrays |= {f"line {key}": values for key, values in outcome.recorded.items()}
        with whole(self.folder / f"{name}{ENDING}") as draft, draft.open("wb") as file:
            np.savez(file, allow_pickle=False, reasons=outcome.reasons.astype(str), **arrays)

    def get(self, name: str) -> Outcome | None:
        """What came of a chunk, or None where it is not there or cannot be read."""
        try:
            with (self.folder / f"{name}{ENDING}").open("rb") as file, np.load(file, allow_pickle=False) as found:
                arrays = {key: found[key] for key in found.files}
        except (OSError, ValueError, EOFError, zipfile.BadZipFile):
            return None
        columns = {key.removeprefix("column "): arrays[key] for key in arrays if key.startswith("column ")}
        lines = {key.removeprefix("line "): arrays[key] for key in arrays if key.startswith("line ")}
        return Outcome(columns, arrays["reasons"].astype(object), lines)


def fingerprint(deal: Deal, varied: Sequence[Varied], chunk: int) -> str:
    """What a study is, apart from the numbers of its compiled deals."""
    said = hashlib.sha256(repr((abs_struct.__version__, deal.document.tree, chunk)).encode())
    for one in varied:
        said.update(repr((one.path, one.texts)).encode())
        said.update((one.at if one.numbers is None else one.numbers).tobytes())
    return said.hexdigest()


def name_of(study: str, number: int, work: Work) -> str:
    """The name of a chunk: of its study, its place, its measures, and every number that it is worked out from."""
    said = hashlib.sha256(repr((study, number, work.count, work.measures, work.record)).encode())
    for numbers in (work.program.inputs, work.program.data, work.inputs):
        hashed(said, numbers)
    return said.hexdigest()[:32]


def hashed(said: Any, numbers: Mapping[str, Any]) -> None:
    """Add named numbers to a hash, in the order of their names."""
    for key in sorted(numbers):
        value = np.asarray(numbers[key])
        said.update(f"{key} {value.shape} {value.dtype}".encode())
        said.update(value.tobytes() if value.dtype != object else repr(numbers[key]).encode())


def resumed(
    pieces: Iterator[P], executor: Executor | None, keep: Kept | None, study: str
) -> Iterator[tuple[P, Outcome]]:
    """Chunks with what came of them: those that were kept, and the others, which are kept as they are done."""
    if keep is None:
        yield from outcomes(pieces, executor)
        return
    ready: list[tuple[P, Outcome]] = []
    names: dict[int, str] = {}

    def missing() -> Iterator[P]:
        for piece in pieces:
            name = name_of(study, piece.number, piece.work)
            found = keep.get(name)
            if found is None:
                names[piece.number] = name
                yield piece
            else:
                ready.append((piece, found))

    for piece, outcome in outcomes(missing(), executor):
        keep.put(names.pop(piece.number), outcome)
        yield piece, outcome
        while ready:
            yield ready.pop()
    yield from ready
