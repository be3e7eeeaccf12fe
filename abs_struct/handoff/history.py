"""History as pictures: vintages by age, curves beside what was seen, and a back-test."""

from __future__ import annotations

import math
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from abs_struct.handoff.files import plain_text
from abs_struct.handoff.pictures import write_picture
from abs_struct.handoff.workbook.styles import COLOURS, GREY
from abs_struct.history.fit import Fit, SegmentFit
from abs_struct.history.trend import Trend, band

if TYPE_CHECKING:
    from abs_struct.history.backtest import BackTest
    from abs_struct.history.vintages import StaticPool

MOST_PANELS = 12
ACROSS = 3
#: Where fewer were at risk, what was seen is noise, and not drawn.
DRAWN = 30
RATES = ("actual", "projected", "naive")


def draw_vintages(pool: StaticPool, path: str | Path, source: str) -> list[Path]:
    """Cumulative gross loss of each vintage by age, old ones dark, young ones light."""
    from matplotlib import colormaps
    from matplotlib.ticker import PercentFormatter

    def draw(figure: Any) -> None:
        axes = figure.add_subplot()
        figure.subplots_adjust(left=0.085, right=0.85, top=0.9, bottom=0.13)
        rates, count = pool.rates("gross"), len(pool)
        shades = colormaps["cividis"](np.linspace(0.0, 0.9, count))
        step = max(1, math.ceil(count / 18))
        for k, (row, label) in enumerate(zip(rates, pool.labels, strict=True)):
            name = plain_text(" ".join(label))
            axes.plot(np.arange(len(row)), row, color=shades[k], linewidth=1.2, label=name if k % step == 0 else None)
        axes.set_title("Cumulative gross loss by vintage, of what was lent")
        axes.set_xlabel("months since origination")
        axes.yaxis.set_major_formatter(PercentFormatter(1.0))
        axes.set_ylim(bottom=0.0)
        axes.set_xlim(left=0)
        axes.set_xticks(range(0, pool.ages + 1, 6 if pool.ages <= 60 else 12))
        axes.legend(loc="upper left", bbox_to_anchor=(1.01, 1.0), fontsize=7.5)

    return write_picture(path, draw, (8.0, 4.5), source, {})


def draw_fit(found: Fit, levels: Trend, path: str | Path, source: str) -> list[Path]:
    """Cumulative defaults of each segment: seen, fitted, and the band of nine of ten new vintages."""
    parts = sorted(found.segments.values(), key=lambda one: -one.original)[: MOST_PANELS - 1]
    panels = [found.whole, *sorted(parts, key=lambda one: one.key)]
    across = min(ACROSS, len(panels))
    down = math.ceil(len(panels) / across)

    def draw(figure: Any) -> None:
        grid = figure.subplots(down, across, squeeze=False)
        for axes, one in zip(grid.flat, panels, strict=False):
            draw_segment(axes, one, band(found, levels, one.key))
        for axes in list(grid.flat)[len(panels) :]:
            axes.set_axis_off()
        figure.suptitle(
            "Loans that stopped paying, by month of their life", x=0.015, ha="left", fontsize=12, weight="bold"
        )
        handles, labels = grid.flat[0].get_legend_handles_labels()
        height = figure.get_figheight()
        figure.legend(
            handles, labels, loc="upper left", bbox_to_anchor=(0.008, 1.0 - 0.3 / height), ncols=3, fontsize=8.5
        )
        figure.subplots_adjust(
            left=0.06 if across > 1 else 0.1, right=0.985, top=1.0 - 0.85 / height, bottom=0.5 / height, hspace=0.42,
            wspace=0.22,
        )  # fmt: skip

    return write_picture(path, draw, (3.2 * across + (1.6 if across == 1 else 0.0), 2.35 * down + 1.1), source, {})


def draw_segment(axes: Any, one: SegmentFit, between: tuple[float, float]) -> None:
    """One segment: what was seen as dots, the curve as a line, the band behind it."""
    from matplotlib.ticker import PercentFormatter

    months = np.arange(1, one.term + 1)
    low, high = (scaled(one, multiple) for multiple in between)
    axes.fill_between(months, low, high, color=COLOURS[0], alpha=0.16, linewidth=0, label="nine of ten vintages")
    axes.plot(months, one.incidence, color=COLOURS[0], linewidth=1.5, label="fitted")
    table = one.table
    seen = (table.age >= 1) & (table.age <= one.term) & (table.at_risk >= DRAWN)
    axes.plot(
        table.age[seen], table.incidence[seen], linestyle="", marker=".", markersize=3.2, color=COLOURS[1], label="seen"
    )
    axes.set_title(f"{plain_text(one.name)[:24]}   {one.loans:,} loans", fontsize=9)
    axes.yaxis.set_major_formatter(PercentFormatter(1.0))
    axes.set_xlim(0, one.term)
    axes.set_xticks(range(0, one.term + 1, 12))
    axes.set_ylim(bottom=0.0)
    axes.tick_params(labelsize=8)


def scaled(one: SegmentFit, multiple: float) -> Any:
    """Cumulative defaults under a multiple of the curve, (A,)."""
    return one.reached(np.minimum(one.default * multiple, 1.0), one.maturity)


def draw_backtest(found: BackTest, path: str | Path, source: str) -> list[Path]:
    """Loss rates by vintage and by segment: what came, what was projected, and the naive mean."""
    from matplotlib.ticker import PercentFormatter

    tables = [(what, found.table(what)) for what in ("vintage", "segment")]
    tables = [(what, table) for what, table in tables if len(table) > 1 or what == "vintage"]

    def draw(figure: Any) -> None:
        sizes = [max(len(table), 2) for _, table in tables]
        grid = figure.subplots(1, len(tables), squeeze=False, gridspec_kw={"width_ratios": sizes}, sharey=True)[0]
        for axes, (what, table) in zip(grid, tables, strict=True):
            places = np.arange(len(table))
            axes.bar(places, table["actual"], width=0.62, color="#C9CDD2", label="what came")
            axes.plot(places, table["projected"], "o", color=COLOURS[0], markersize=6, label="projected")
            axes.plot(places, table["naive"], "_", color=COLOURS[1], markersize=13, mew=2.2, label="naive mean")
            axes.set_xticks(
                places, [plain_text(str(word)) for word in table.index], rotation=45, ha="right", fontsize=8
            )
            axes.set_title(f"by {what}", fontsize=10)
            axes.yaxis.set_major_formatter(PercentFormatter(1.0))
        grid[0].set_ylim(0.0, 1.08 * max(float(table[list(RATES)].to_numpy().max()) for _, table in tables))
        handles, labels = grid[0].get_legend_handles_labels()
        figure.legend(handles, labels, loc="upper right", ncols=3, fontsize=8.5, bbox_to_anchor=(0.985, 0.985))
        figure.suptitle("Gross loss of new loans", x=0.015, ha="left", fontsize=12, weight="bold")
        figure.text(0.015, 0.915, plain_text(found.verdict.split("; ")[0])[:130], fontsize=8, color=GREY)
        figure.subplots_adjust(left=0.065, right=0.985, top=0.83, bottom=0.2, wspace=0.06)

    return write_picture(path, draw, (9.0, 4.6), source, {})
