"""Several tapes as one: each loan carries the name of its tape in the column `tape`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from hashlib import sha256
from pathlib import PurePath

import numpy as np

from abs_struct.core.findings import TapeError
from abs_struct.tape.tape import Column, Tape

#: The column of the name.
TAPE = "tape"


def join(tapes: Mapping[str, Tape]) -> Tape:
    """The loans of several tapes, one tape after the other.

    Ids are unique in each tape, not across them. A column that a tape lacks is blank for its loans, or not a number;
    a share that it lacks is 1. Rejected rows keep the name of their tape, and `sources` the totals of each.

    Parameters
    ----------
    tapes : name -> tape, at least one

    Returns
    -------
    the joined tape; the fingerprint is that of the names and fingerprints of its parts

    Raises
    ------
    TapeError : two currencies, a column `tape` in a file, or tapes read as of different days
    """
    first = next(iter(tapes))
    known = [(name, tape.currency) for name, tape in tapes.items() if tape.currency]
    for name, tape in tapes.items():
        if tape.currency and tape.currency != known[0][1]:
            raise TapeError(
                f"{tape.file}: the tape '{name}' is in {tape.currency} and the tape '{known[0][0]}' in {known[0][1]}; "
                f"a deal has one currency"
            )
        if tape.as_of != tapes[first].as_of:
            raise TapeError(
                f"{tape.file}: the tape '{name}' is read as of {tape.as_of} and the tape '{first}' as of "
                f"{tapes[first].as_of}; say which for all of them (pool.as_of)"
            )
        if TAPE in tape.columns:
            raise TapeError(f"{tape.file}: the column '{TAPE}' is kept for the name of the tape; rename it")
    parts = list(tapes.values())
    columns = {name: stacked(name, parts) for name in dict.fromkeys(name for tape in parts for name in tape.columns)}
    columns[TAPE] = np.repeat(np.array(list(tapes), dtype=np.str_), [len(tape) for tape in parts])
    prints = "\n".join(f"{name} {tape.sha256}" for name, tape in tapes.items())
    return Tape(
        file=", ".join(PurePath(tape.file).name for tape in parts),
        sha256=sha256(prints.encode()).hexdigest(),
        layout=", ".join(dict.fromkeys(tape.layout for tape in parts)),
        currency=known[0][1] if known else "",
        as_of=parts[0].as_of,
        columns=columns,
        rows=np.concatenate([tape.rows for tape in parts]),
        rejections=tuple(
            replace(row, tape=name, reason=f"tape {name}: {row.reason}")
            for name, tape in tapes.items()
            for row in tape.rejections
        ),
        read_cents=(sum(tape.read_cents[0] for tape in parts), sum(tape.read_cents[1] for tape in parts)),
        history=all(tape.history for tape in parts),
        notes=tuple(note for tape in parts for note in tape.notes),
        sources={name: tape.totals() for name, tape in tapes.items()},
        remarks=tuple(
            replace(remark, reason=f"tape {name}: {remark.reason}")
            for name, tape in tapes.items()
            for remark in tape.remarks
        ),
        absent=tuple(dict.fromkeys(name for tape in parts for name in tape.absent)),
    )


def stacked(name: str, tapes: Sequence[Tape]) -> Column:
    """One column of all tapes: whole numbers where all have them, texts where one has; blank where one lacks it."""
    found = [tape.columns.get(name) for tape in tapes]
    kinds = {column.dtype.kind for column in found if column is not None}
    if name == "whole_balance_cents":
        return np.concatenate([tape.columns.get(name, tape.columns["balance_cents"]) for tape in tapes])
    blank: Column
    if kinds == {"M"}:
        blank = np.array(["NaT"], dtype="datetime64[D]")
    elif "U" in kinds or "M" in kinds:
        found = [None if column is None else words(column) for column in found]
        blank = np.array([""])
    else:
        blank = np.array([1.0 if name == "participation" else np.nan])
    pieces = [
        np.broadcast_to(blank, (len(tape),)) if column is None else column
        for tape, column in zip(tapes, found, strict=True)
    ]
    return np.concatenate(pieces)


def words(column: Column) -> Column:
    """A column as texts: 36, not 36.0; blank where it is not known."""
    if column.dtype.kind == "U":
        return column
    if column.dtype.kind == "M":
        return np.where(np.isnat(column), "", np.datetime_as_string(column))
    texts = np.array([f"{value:g}" for value in column.tolist()])
    return np.where(np.isnan(column.astype(float)), "", texts)
