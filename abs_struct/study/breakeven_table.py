"""The break-even table as one object: levels by class and cell, tidy, as grids, and as pictures."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from abs_struct.core.findings import UsageError, listed, nearest
from abs_struct.study.axes import Axis
from abs_struct.study.designs import Design
from abs_struct.study.ksection import Array
from abs_struct.study.study import Study, saved
from abs_struct.study.trials import Range

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.figure import Figure

#: It survives the whole range, at whose end the pool could bear no more.
REACHED = "not reachable"


@dataclass(frozen=True, eq=False)
class BreakEven:
    """Break-even levels of N classes in C cells; every array is (N, C).

    cells : the fields that vary over the cells, none for the deal as it stands
    paths : the fields that were raised; times : whether the level is so many times what they are; until : what a class
        has to keep
    span, tolerance : where was looked, and how closely, in the unit of the field (0.18 for 18%)
    levels : up to which a class survives from the lowest level on; inf where it survives the whole range, -inf where it
        fails at the lowest
    highest : the greatest level that it survives; above `levels` only where it survives again
    outcomes : "break-even", "survives the whole range", "not reachable" (that, because the pool can lose no more),
        "fails at the lowest", "holds from a level on" (it is then the least level) or "not monotone"
    losses : net loss of the pool at the level, or at the end of the range that comes nearest, of its initial balance
    """

    deal: str
    cells: Design
    notes: tuple[str, ...]
    paths: tuple[str, ...]
    times: bool
    until: str
    span: Range
    tolerance: float
    levels: Array
    highest: Array
    outcomes: NDArray[np.object_]
    losses: Array

    def __len__(self) -> int:
        return int(self.levels.shape[1])

    @property
    def axes(self) -> tuple[Axis, ...]:
        """The axes of a full grid; none where the cells are no grid."""
        return self.cells.axes

    @property
    def word(self) -> str:
        """What the level is called: break_even_multiple, break_even_rate or break_even_level."""
        if self.times or self.paths[0].endswith("multiple"):
            return "break_even_multiple"
        return "break_even_rate" if self.span.high <= 1.0 else "break_even_level"

    def printed(self, level: float) -> str:
        """A level as it is printed: multiples with 4 decimals, rates in per cent; all or none where there is none."""
        if not np.isfinite(level):
            return "all" if level > 0.0 else "none"
        if self.word == "break_even_rate":
            return f"{100.0 * level:.4f}%{self.span.words}"
        return f"{level:.4f}" if self.word == "break_even_multiple" else f"{level:,.4f}"

    @cached_property
    def study(self) -> Study:
        """The levels and losses as a study of the cells, one measure a class: what grids and pictures are made of."""
        columns: dict[str, Any] = {}
        for name, levels in zip(self.notes, self.levels, strict=True):
            columns[f"{name}.{self.word}"] = levels
        for name, losses in zip(self.notes, self.losses, strict=True):
            columns[f"{name}.break_even_loss"] = losses
        reasons = np.full(len(self), "", dtype=object)
        return Study(self.cells, columns, reasons, 0.0, 0, self.deal)

    @cached_property
    def frame(self) -> pd.DataFrame:
        """The tidy table: a row for each class and cell."""
        import pandas as pd

        count = len(self)
        table: dict[str, Any] = {"class": np.repeat(np.array(self.notes, dtype=object), count)}
        if self.cells.names:
            table["name"] = np.tile(np.array(self.cells.names, dtype=object), len(self.notes))
        for one in self.cells.varied:
            table[one.path] = np.tile(one.all_shown(), len(self.notes))
        return pd.DataFrame(
            {
                **table,
                "level": self.levels.ravel(),
                "outcome": self.outcomes.ravel(),
                "highest": self.highest.ravel(),
                "net_loss": self.losses.ravel(),
            }
        )

    def row(self, note: str) -> int:
        """The number of a class.

        Raises
        ------
        UsageError : no such class, with the nearest one
        """
        if note not in self.notes:
            raise UsageError(f"no class '{note}'{nearest(note, self.notes)} (classes: {listed(self.notes)})")
        return self.notes.index(note)

    def grid(self, note: str, x: str | None = None, y: str | None = None, **fixed: object) -> pd.DataFrame:
        """The levels of a class over two axes, rows `y` and columns `x`; other axes stay at their first value.

        Raises
        ------
        UsageError : no such class or axis
        """
        _ = self.row(note)
        return self.study.grid(f"{note}.{self.word}", x, y, **fixed)

    def plot(self, note: str | None = None, x: str | None = None, y: str | None = None) -> Figure:
        """A heat map of the levels of a class over two axes, or a line over one."""
        name = self.notes[0] if note is None else note
        _ = self.row(name)
        return self.study.plot(f"{name}.{self.word}", x, y)

    def save(self, path: str | Path) -> Path:
        """Write the tidy table as .csv or .parquet; the file appears whole or not at all."""
        return saved(self.frame, Path(path))

    def summary(self, files: tuple[str, ...] | list[str] = ()) -> dict[str, Any]:
        """The table in one JSON object, schema abs-struct/break-even/1; a level that is not there is null."""
        cells = [
            {**({"name": self.cells.names[k]} if self.cells.names else {}),
             **{one.path: one.shown(k) for one in self.cells.varied}}
            for k in range(len(self))
        ]  # fmt: skip
        classes = {
            name: [
                {
                    "level": finite(self.levels[n, k]),
                    "outcome": self.outcomes[n, k],
                    "highest": finite(self.highest[n, k]),
                    "net_loss": finite(self.losses[n, k]),
                }
                for k in range(len(self))
            ]
            for n, name in enumerate(self.notes)
        }
        return {
            "schema": "abs-struct/break-even/1",
            "deal": self.deal,
            "of": list(self.paths),
            "times": self.times,
            "until": self.until,
            "range": [self.span.low, self.span.high],
            "tolerance": self.tolerance,
            "cells": cells,
            "classes": classes,
            "files": list(files),
        }

    def __repr__(self) -> str:
        return (
            f"<BreakEven of {self.deal}: {', '.join(self.paths)} until {self.until}; {len(self.notes)} classes x "
            f"{len(self):,} cells>"
        )


def finite(value: float) -> float | None:
    """A number, or None for what JSON has no number for."""
    return float(value) if np.isfinite(value) else None
