"""A measure over the axes of a study as a picture."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from matplotlib.figure import Figure

#: A Study; it is not imported here, because it imports this module to draw itself.
Drawn = Any
LIVES = ("wal", "duration", "convexity", "multiple")
RATES = ("yield", "irr", "enhancement", "cost_of_funds", "_rate", "even_loss")


def printed(measure: str, value: float) -> str:
    """A value as the field prints it: lives with two decimals, rates in per cent, money in millions."""
    if value != value:  # nan
        return "n/a"
    if value in (float("inf"), float("-inf")):  # a search that found no end: survives everywhere, or nowhere
        return "all" if value > 0 else "none"
    if measure.endswith(RATES):
        return f"{100.0 * value:.2f}%"
    return f"{value:.2f}" if measure.endswith(LIVES) else f"{value / 1e6:,.2f}m"


def tick(value: Any) -> str:
    """A value of an axis: rates in per cent."""
    if not isinstance(value, float):
        return str(value)
    return f"{100.0 * value:.6g}%" if abs(value) < 1.5 else f"{value:,.6g}"


def heat_map(study: Drawn, measure: str, x: str | None = None, y: str | None = None) -> Figure:
    """A heat map over two axes with its values written in, or a line over one axis.

    Raises
    ------
    UsageError : no such measure or axis
    """
    import numpy as np
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    table = study.grid(measure, x, y)
    rows, columns = table.shape
    figure = Figure(figsize=(max(5.0, 1.6 + 0.62 * columns), max(3.0, 1.6 + 0.36 * rows)), layout="constrained")
    FigureCanvasAgg(figure)
    axes = figure.add_subplot()
    axes.set_title(f"{study.deal}: {measure}", loc="left", fontsize=11)
    if rows == 1:
        axes.plot([tick(v) for v in table.columns], table.iloc[0], color="#0072B2", marker="o", markersize=3)
        axes.set_xlabel(str(study.axes[0].path))
        axes.grid(color="#D9D9D9", linewidth=0.6)
        axes.spines[["top", "right"]].set_visible(False)
        return figure
    values = table.to_numpy(dtype=float)
    image = axes.imshow(np.ma.masked_invalid(values), cmap="cividis", aspect="auto")
    axes.set_xticks(range(columns), [tick(v) for v in table.columns], rotation=45 if columns > 8 else 0, fontsize=8)
    axes.set_yticks(range(rows), [tick(v) for v in table.index], fontsize=8)
    axes.set_xlabel(str(table.columns.name), fontsize=9)
    axes.set_ylabel(str(table.index.name), fontsize=9)
    if rows * columns <= 400:
        there = values[np.isfinite(values)]
        middle = (there.min() + there.max()) / 2 if len(there) else 0.0
        for i in range(rows):
            for j in range(columns):
                dark = np.isfinite(values[i, j]) and not values[i, j] > middle  # no colour where there is no number
                axes.text(j, i, printed(measure, values[i, j]), ha="center", va="center", fontsize=7,
                          color="white" if dark else "black")  # fmt: skip
    else:
        figure.colorbar(image, ax=axes)
    return figure
