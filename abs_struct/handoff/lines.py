"""Recorded lines as CSV: one row a payment date, one column a line."""

from __future__ import annotations

import csv
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from abs_struct.handoff.files import csv_text, whole

if TYPE_CHECKING:
    from abs_struct.deal.result import Result


def write_lines(result: Result, names: Sequence[str], path: str | Path) -> Path:
    """Write some lines of a run, period 0 (closing) first, with every digit that a float has.

    Parameters
    ----------
    result : a run of one scenario, T periods
    names : paths of lines, each (T + 1,)
    path : the .csv file

    Returns
    -------
    Path of the file

    Raises
    ------
    DealError : a line that was not recorded
    """
    columns = [result.lines[name].tolist() for name in names]
    file = Path(path)
    with whole(file) as draft, draft.open("w", newline="", encoding="utf-8") as stream:
        writer = csv.writer(stream, lineterminator="\n")
        writer.writerow(["period", "payment_date", *(csv_text(name) for name in names)])
        for period, day in enumerate(result.dates):
            writer.writerow([period, day.isoformat(), *(repr(column[period]) for column in columns)])
    return file
