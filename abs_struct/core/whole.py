"""Whole files: a file appears under its name when it is finished, or not at all."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from abs_struct.core.findings import UsageError


@contextmanager
def whole(path: Path) -> Iterator[Path]:
    """A draft beside the file, which takes its place when nothing went wrong.

    Raises
    ------
    UsageError : nothing can be written there, or the disk was full before the file was
    """
    draft = path.with_name(f".{path.stem}.{os.getpid()}.part{path.suffix}")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        draft.touch()
    except OSError as error:
        reason = (error.strerror or "no reason given").lower()
        raise UsageError(f"{path}: cannot be written ({reason}); choose another folder") from None
    try:
        yield draft
        draft.replace(path)
    except OSError as error:
        reason = (error.strerror or str(error) or "no reason given").lower()
        raise UsageError(f"{path}: could not be written to its end ({reason}); nothing is left of it") from None
    finally:
        draft.unlink(missing_ok=True)
