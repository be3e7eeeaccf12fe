"""One at a time: each field takes its values while all others stay as the deal says; tornado and spider show it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from abs_struct.core.findings import UsageError
from abs_struct.deal import Deal
from abs_struct.study.axes import Axis
from abs_struct.study.designs import Design, base_text
from abs_struct.study.heatmap import printed, tick
from abs_struct.study.study import Study
from abs_struct.study.varied import Varied

if TYPE_CHECKING:
    from matplotlib.figure import Figure

LOW, HIGH, BASE = "#0072B2", "#D55E00", "#333333"
LINES = ("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9", "#333333")


def one_at_a_time(deal: Deal, axes: Sequence[Axis]) -> Design:
    """The deal as it stands, named `base`, and then each value of each field alone, named by its path.

    Raises
    ------
    UsageError : no fields, a field twice, or one of which the deal file says nothing
    """
    if not axes:
        raise UsageError("--design one-at-a-time: say what to vary, as in --vary assumptions.default.cdr=2%,10%")
    if len({axis.path for axis in axes}) < len(axes):
        raise UsageError("--design one-at-a-time: a field stands on two axes; keep one")
    texts: dict[str, list[str]] = {}
    names = ["base", *(axis.path for axis in axes for _ in axis.values)]
    first = 1
    for axis in axes:
        base = base_text(deal, axis.path)
        if base is None:
            raise UsageError(
                f"--vary {axis.path}: the deal file says nothing there to stay at; give it with --set {axis.path}=VALUE"
            )
        texts[axis.path] = [base] * len(names)
        texts[axis.path][first : first + len(axis)] = axis.values
        first += len(axis)
    return Design(tuple(Varied.of_texts(path, values) for path, values in texts.items()), tuple(names))


def moves(study: Study, measure: str) -> tuple[float, dict[str, tuple[list[Any], Any]]]:
    """The measure as the deal stands, and path -> (values of the field, the measure at each).

    Raises
    ------
    UsageError : no such measure, or scenarios that are not one at a time
    """
    values, names = study.values(measure), np.array(study.design.names, dtype=object)
    paths = [one.path for one in study.design.varied]
    if not len(names) or names[0] != "base" or set(names[1:]) != set(paths):
        raise UsageError("a tornado or a spider shows fields one at a time; sweep with --design one-at-a-time")
    found = {}
    for one in study.design.varied:
        rows = np.flatnonzero(names == one.path)
        found[one.path] = ([one.shown(int(row)) for row in rows], values[rows])
    return float(values[0]), found


def drawing(title: str, height: float) -> tuple[Figure, Any]:
    """An empty picture with its title."""
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    figure = Figure(figsize=(8.0, height), layout="constrained")
    FigureCanvasAgg(figure)
    axes = figure.add_subplot()
    axes.set_title(title, loc="left", fontsize=11)
    axes.spines[["top", "right"]].set_visible(False)
    return figure, axes


def tornado(study: Study, measure: str) -> Figure:
    """How far each field alone moves a measure between its first and last value, the widest on top.

    Raises
    ------
    UsageError : no such measure, or scenarios that are not one at a time
    """
    base, found = moves(study, measure)
    spans = {path: float(abs(values[-1] - values[0])) for path, (_, values) in found.items()}
    order = sorted(found, key=lambda path: np.nan_to_num(spans[path], nan=-1.0))
    figure, axes = drawing(f"{study.deal}: {measure}, one field at a time", 1.6 + 0.5 * len(order))
    for row, path in enumerate(order):
        shown, values = found[path]
        for at, colour in ((0, LOW), (-1, HIGH)):
            if values[at] != values[at]:  # no figure there
                continue
            axes.barh(row, values[at] - base, left=base, color=colour, height=0.6)
            other = values[-1 - at]  # an end at the base is named on the side that its bar leaves free
            right = values[at] > base or (values[at] == base and not other > base)
            axes.annotate(
                f" {tick(shown[at])} ", (values[at], row), ha="left" if right else "right", va="center", fontsize=8
            )
    axes.axvline(base, color=BASE, linewidth=0.8)
    axes.set_yticks(range(len(order)), order, fontsize=8)
    axes.margins(x=0.18)
    axes.xaxis.set_major_formatter(lambda value, _: printed(measure, value))
    axes.set_xlabel(f"{measure}; line: as the deal stands, {printed(measure, base)}", fontsize=9)
    return figure


def one_numbered(one: Varied) -> bool:
    """Whether all values of a field are numbers, and what the deal says is not 0."""
    return all(isinstance(value, float) for value in one.all_shown().tolist()) and one.shown(0) != 0.0


def numbered(study: Study) -> bool:
    """Whether some field can be drawn on a spider."""
    return any(one_numbered(one) for one in study.design.varied)


def spider(study: Study, measure: str) -> Figure:
    """A measure along each field alone, against how far the field is from what the deal says.

    Raises
    ------
    UsageError : no such measure, scenarios that are not one at a time, or no field with a number to start from
    """
    base, found = moves(study, measure)
    figure, axes = drawing(f"{study.deal}: {measure}, one field at a time", 4.6)
    drawn = 0
    for one in study.design.varied:
        if not one_numbered(one):
            continue
        start, (shown, values) = one.shown(0), found[one.path]
        points = sorted([(0.0, base), *((value / start - 1.0, at) for value, at in zip(shown, values, strict=True))])
        x, y = zip(*points, strict=True)
        axes.plot(x, y, marker="o", markersize=3, color=LINES[drawn % len(LINES)], label=one.path)
        drawn += 1
    if not drawn:
        raise UsageError("a spider needs a field whose value in the deal file is a number other than 0")
    axes.grid(color="#D9D9D9", linewidth=0.6)
    axes.xaxis.set_major_formatter(lambda value, _: f"{value:+.0%}")
    axes.yaxis.set_major_formatter(lambda value, _: printed(measure, value))
    axes.set_xlabel("the field against what the deal says", fontsize=9)
    axes.legend(fontsize=8, frameon=False)
    return figure
