"""Pictures of a simulation: the default levels that were drawn, and how much and how long each class loses."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from matplotlib.figure import Figure

#: A Simulation, and one of its classes; not imported here, because that module imports this one to draw itself.
Drawn = Any
BARS, LINE, GREY = "#56B4E9", "#0072B2", "#767676"
BINS = 60


def blank(title: str, parts: int) -> tuple[Figure, Any]:
    """A figure with so many axes beside each other."""
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    figure = Figure(figsize=(4.6 * parts + 0.4, 3.8), layout="constrained")
    FigureCanvasAgg(figure)
    figure.suptitle(title, x=0.01, ha="left", fontsize=11)
    found = [figure.add_subplot(1, parts, k + 1) for k in range(parts)]
    for axes in found:
        axes.spines[["top", "right"]].set_visible(False)
        axes.grid(color="#D9D9D9", linewidth=0.6)
        axes.set_axisbelow(True)
        axes.tick_params(labelsize=8)
    return figure, found


def level_figure(simulation: Drawn) -> Figure:
    """The default levels of all paths, with their mean and the quantiles that the field asks for."""
    figure, (axes,) = blank(f"{simulation.deal}: default level of {len(simulation):,} paths", 1)
    figure.set_size_inches(7.0, 4.0)
    level = np.asarray(simulation.level)
    top = float(np.quantile(level, 0.9995))
    axes.hist(np.clip(level, 0.0, top), bins=BINS, color=BARS, weights=np.full(len(level), 1.0 / len(level)))
    height = axes.get_ylim()[1]
    marks = simulation.level_estimates
    for k, (name, words) in enumerate((("mean", "mean"), ("95", "95%"), ("99", "99%"), ("99.9", "99.9%"))):
        value = marks[name].value
        axes.axvline(value, color=LINE, linewidth=0.9, linestyle="-" if name == "mean" else (0, (4, 2)))
        axes.annotate(
            f" {words} {value:.2%}", (value, height * (0.97 - 0.07 * k)), fontsize=8, color=LINE, va="top",
            ha="left" if value < 0.75 * top else "right",
        )  # fmt: skip
    axes.xaxis.set_major_formatter(lambda value, _: f"{100.0 * value:.4g}%")
    axes.yaxis.set_major_formatter(lambda value, _: f"{100.0 * value:.3g}%")
    axes.set_xlabel(simulation.uncertainty.words, fontsize=8, color=GREY)
    axes.set_ylabel("share of paths", fontsize=8, color=GREY)
    return figure


def class_figure(simulation: Drawn, one: Any) -> Figure:
    """How probable a loss of more than so much is, and the lives of a class."""
    figure, (left, right) = blank(f"{simulation.deal}: class {one.name}, {len(simulation):,} paths", 2)
    losses = np.sort(one.loss[~np.isnan(one.loss)])
    beyond = 1.0 - np.arange(1, len(losses) + 1) / max(len(losses), 1)
    some = losses > 0.0
    if some.any():
        first = int(np.argmax(some))
        at = np.unique(np.linspace(first, len(losses) - 1, 2_000).astype(int))
        left.step(
            np.concatenate([[0.0], losses[at]]), np.concatenate([[some.mean()], beyond[at]]), where="post", color=LINE
        )
        left.set_yscale("log")
        left.set_ylim(max(0.5 / len(losses), 1e-8), 1.0)
        left.yaxis.set_major_formatter(lambda value, _: f"{100.0 * value:.4g}%")
    else:
        left.text(0.5, 0.5, "no loss in any path", ha="center", va="center", transform=left.transAxes, color=GREY)
        left.set_yticks([])
    left.xaxis.set_major_formatter(lambda value, _: f"{100.0 * value:.4g}%")
    left.set_xlabel("principal loss, of the class", fontsize=8, color=GREY)
    left.set_title("probability of losing more", loc="left", fontsize=9)
    lives = one.wal[np.isfinite(one.wal)]
    if len(lives):
        right.hist(lives, bins=BINS, color=BARS, weights=np.full(len(lives), 1.0 / len(lives)))
    right.yaxis.set_major_formatter(lambda value, _: f"{100.0 * value:.3g}%")
    right.set_xlabel("weighted average life, years", fontsize=8, color=GREY)
    right.set_title("share of paths", loc="left", fontsize=9)
    return figure
