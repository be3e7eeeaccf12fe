"""A study: many runs as one object."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from abs_struct.core.findings import UsageError, listed, nearest
from abs_struct.core.whole import whole
from abs_struct.study.axes import Axis, number_of
from abs_struct.study.designs import Design

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.figure import Figure


@dataclass(frozen=True)
class Study:
    """The outcome of a sweep: one row a scenario.

    `design` holds the fields that vary; `columns` each measure as an array (S,); `reasons` says why a row has no
    figures, or is empty; `recorded` holds the lines that were asked for, each (T + 1, S), index 0 is closing.
    """

    design: Design
    columns: dict[str, Any]
    reasons: Any
    seconds: float
    chunks: int
    deal: str
    recorded: dict[str, Any] = field(default_factory=dict)

    def __len__(self) -> int:
        return len(self.reasons)

    @property
    def axes(self) -> tuple[Axis, ...]:
        """The axes of a full grid; none where the scenarios are no grid."""
        return self.design.axes

    @property
    def points(self) -> list[tuple[int, ...]]:
        """The position of each scenario on the axes of a grid."""
        return list(zip(*(one.at.tolist() for one in self.design.varied), strict=True)) if self.axes else []

    @property
    def measures(self) -> tuple[str, ...]:
        """The names of the measures."""
        return tuple(self.columns)

    def shown(self, axis: int) -> list[float | str]:
        """The values of an axis as numbers where they are numbers."""
        values = self.axes[axis].values
        numbers = [number_of(value) for value in values]
        return [v if n is None else n for v, n in zip(values, numbers, strict=True)]

    @cached_property
    def frame(self) -> pd.DataFrame:
        """The tidy table: a column for each axis, one for each measure, and the reason where a row has none."""
        import pandas as pd

        table: dict[str, Any] = {}
        if self.design.names:
            table["name"] = list(self.design.names)
        for one in self.design.varied:
            table[one.path] = one.all_shown()
        return pd.DataFrame({**table, **self.columns, "reason": self.reasons})

    @cached_property
    def lines(self) -> pd.DataFrame:
        """The recorded lines, tidy: a row for each scenario and period, scenarios counted from 0, closing is period 0.

        Raises
        ------
        UsageError : nothing was recorded
        """
        import pandas as pd

        if not self.recorded:
            raise UsageError("no lines were recorded; name some, as in --record notes.*.balance")
        periods = len(next(iter(self.recorded.values())))
        scenarios = np.arange(len(self))
        names = {"name": np.repeat(np.array(self.design.names, dtype=object), periods)} if self.design.names else {}
        return pd.DataFrame(
            {
                "scenario": np.repeat(scenarios, periods),
                **names,
                "period": np.tile(np.arange(periods), len(self)),
                **{path: np.ascontiguousarray(series.T).ravel() for path, series in self.recorded.items()},
            }
        )

    def axis(self, path: str) -> int:
        """The number of an axis, by its path or the last words of it."""
        found = [k for k, axis in enumerate(self.axes) if axis.path == path or axis.path.endswith("." + path)]
        if len(found) != 1:
            paths = [axis.path for axis in self.axes]
            raise UsageError(f"no axis '{path}'{nearest(path, paths)} (axes: {listed(paths)})")
        return found[0]

    def values(self, measure: str) -> Any:
        """A measure over all scenarios, (S,)."""
        if measure not in self.columns:
            raise UsageError(
                f"no measure '{measure}'{nearest(measure, self.columns)} (measures: {listed(self.columns)})"
            )
        return self.columns[measure]

    def grid(self, measure: str, x: str | None = None, y: str | None = None, **fixed: object) -> pd.DataFrame:
        """A measure over two axes (or one), rows `y` and columns `x`; other axes stay at their first value.

        Parameters
        ----------
        measure : such as "A.wal"
        x, y : paths of axes, or the last words of them; the first two axes when left out
        fixed : position of the value at which each other axis is held, by last word

        Returns
        -------
        DataFrame of the measure, in its unit

        Raises
        ------
        UsageError : no such measure or axis
        """
        import pandas as pd

        if not self.axes:
            raise UsageError(f"grid of {measure}: these scenarios are no grid; read `frame`, or sweep over --vary axes")
        i = self.axis(x) if x is not None else (1 if len(self.axes) > 1 and y is None else 0)
        j = self.axis(y) if y is not None else (0 if i != 0 else None if len(self.axes) == 1 else 1)
        shape = tuple(len(axis) for axis in self.axes)
        cube = np.asarray(self.values(measure)).reshape(shape)
        at: list[Any] = [int(str(fixed.get(axis.path.rpartition(".")[2], 0))) for axis in self.axes]
        at[i] = slice(None)
        if j is None:
            return pd.DataFrame([cube[tuple(at)]], columns=self.shown(i), index=[measure])
        at[j] = slice(None)
        table = cube[tuple(at)]
        table = table if j < i else table.T
        frame = pd.DataFrame(table, index=self.shown(j), columns=self.shown(i))
        return frame.rename_axis(index=self.axes[j].path, columns=self.axes[i].path)

    def plot(self, measure: str | None = None, x: str | None = None, y: str | None = None) -> Figure:
        """A heat map of a measure over two axes, or a line over one."""
        from abs_struct.study.heatmap import heat_map

        return heat_map(self, measure or self.measures[0], x, y)

    def save(self, path: str | Path) -> Path:
        """Write the tidy table as .csv or .parquet; the file appears whole or not at all."""
        return saved(self.frame, Path(path))

    def save_lines(self, path: str | Path) -> Path:
        """Write the recorded lines as .csv or .parquet; the file appears whole or not at all."""
        return saved(self.lines, Path(path))

    def summary(self, files: Sequence[str] = ()) -> dict[str, Any]:
        """The study in one JSON object, schema abs-struct/sweep/1."""
        return {
            "schema": "abs-struct/sweep/1",
            "deal": self.deal,
            "axes": {axis.path: list(axis.values) for axis in self.axes},
            "fields": [one.path for one in self.design.varied],
            "scenarios": len(self),
            "seconds": self.seconds,
            "scenarios_per_second": len(self) / self.seconds if self.seconds else 0.0,
            "chunks": self.chunks,
            "measures": list(self.measures),
            "recorded": list(self.recorded),
            "refused": int(sum(bool(reason) for reason in self.reasons)),
            "files": list(files),
        }

    def __repr__(self) -> str:
        axes = " x ".join(f"{axis.path} ({len(axis)})" for axis in self.axes) or "given values of " + listed(
            one.path for one in self.design.varied
        )
        return f"<Study of {self.deal}: {len(self):,} scenarios over {axes}; {len(self.columns)} measures>"


def saved(frame: pd.DataFrame, target: Path) -> Path:
    """Write a table as .csv or .parquet, whole or not at all.

    Raises
    ------
    UsageError : another ending, or a folder or disk that does not take the file
    """
    if target.suffix not in {".csv", ".parquet"}:
        raise UsageError(f"{target}: a study is saved as .csv or .parquet")
    with whole(target) as draft:
        if target.suffix == ".csv":
            frame.to_csv(draft, index=False, lineterminator="\n")
        else:
            frame.to_parquet(draft, index=False)
    return target
