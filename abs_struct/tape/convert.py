"""A tape of any layout as a tape in the toolkit's own: Parquet for the next reader, and what was rejected beside it."""

from __future__ import annotations

import csv
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

from abs_struct.core.findings import TapeError
from abs_struct.tape.export import guarded
from abs_struct.tape.tape import MONEY, Tape


def frame_of(tape: Tape) -> Any:
    """The accepted loans as a pandas frame: our names, balances in currency units, rates as fractions."""
    import pandas as pd

    back = {cents: name for name, cents in MONEY.items()}
    found: dict[str, Any] = {}
    for name, column in tape.columns.items():
        if name in back:
            found[back[name]] = column / 100
        elif column.dtype.kind == "M":
            found[name] = column.astype("datetime64[ms]")
        else:
            found[name] = column
    if tape.currency:
        found["currency"] = np.full(len(tape), tape.currency)
    return pd.DataFrame(found)


def write_frame(out: str | Path, frame: Any) -> Path:
    """A frame as .parquet, .csv or .csv.gz, whole or not at all.

    Raises
    ------
    TapeError : another kind of file, or a place that cannot be written
    """
    file = Path(out)

    def as_parquet(place: Path) -> None:
        frame.to_parquet(place, index=False)

    def as_csv(place: Path) -> None:
        frame.to_csv(place, index=False, lineterminator="\n")

    def as_gz(place: Path) -> None:
        options: dict[str, Any] = {"method": "gzip", "mtime": 0}
        frame.to_csv(place, index=False, lineterminator="\n", compression=options)

    writers: dict[str, Callable[[Path], None]] = {".parquet": as_parquet, ".csv": as_csv, ".gz": as_gz}
    if file.suffix not in writers:
        raise TapeError(f"{out}: tapes are written as .parquet, .csv or .csv.gz, not '{file.suffix}'")
    temporary = file.with_name(f".{os.getpid()}.{file.name}")
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        writers[file.suffix](temporary)
        temporary.replace(file)
    except OSError as error:
        raise TapeError(f"{out}: cannot be written ({error.strerror or error})") from None
    finally:
        temporary.unlink(missing_ok=True)
    return file


def write_rejections(out: str | Path, tape: Tape) -> Path | None:
    """The rejected rows of a tape beside a file: its name with .rejected.csv; None where nothing was rejected."""
    if not tape.rejections:
        return None
    file = Path(out)
    beside = file.with_name(f"{file.name.split('.')[0]}.rejected.csv")
    with beside.open("w", encoding="utf-8", newline="") as handle:
        writer = csv.writer(handle, lineterminator="\n")
        writer.writerow(["row", "loan_id", "field", "reason", "balance", "original_balance"])
        for r in tape.rejections:
            money = [
                "" if cents is None else f"{cents / 100:.2f}" for cents in (r.balance_cents, r.original_balance_cents)
            ]
            writer.writerow([r.row, guarded(r.loan_id), r.field, guarded(r.reason), *money])
    return beside
