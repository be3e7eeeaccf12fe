"""Charts: pictures of the base case as SVG that `page.js` redraws; both follow the same whole-numbered geometry.

Okabe and Ito's colours in the order of the classes, and dashes that say the same without colour.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from abs_struct.handoff.page.formats import trimmed
from abs_struct.handoff.page.words import Both, both, note_name
from abs_struct.handoff.view import HALF_A_CENT, View

WIDTH, HEIGHT = 5600, 2600
LEFT, RIGHT, TOP, BOTTOM = 560, 40, 120, 260
STEPS = 4
NICE = (1.0, 1.5, 2.0, 2.5, 3.0, 4.0, 5.0, 6.0, 8.0, 10.0)
MILLION, THOUSAND = 1e7, 1e4


@dataclass(frozen=True)
class Curve:
    """One series of a chart: a line or a ratio of two, drawn while the line `during` is more than half a cent."""

    label: Both
    line: str
    over: str = ""
    during: str = ""
    style: int = 0


@dataclass(frozen=True)
class Chart:
    """A chart: its name, title, its series, whether they stand on each other, and what its axis is divided by."""

    name: str
    title: Both
    curves: tuple[Curve, ...]
    stacked: bool = False
    unit: float = 1.0
    suffix: str = ""
    most: float = math.inf


def charts_of(view: View) -> list[Chart]:
    """The charts of a deal: balances, principal, cumulative loss and enhancement."""
    pool = float(view.result.lines["pool.balance"][0])
    unit, en, zh = (1e6, "million", "百万") if pool >= MILLION else (1e3, "thousand", "千")
    if pool < THOUSAND:
        unit, en, zh = 1.0, "", ""
    currency = view.result.terms.currency
    money: Both = (f"{currency} {en}".strip(), f"{zh}{currency}")
    names = [(f"notes.{name}", class_name(label)) for name, label in view.funded.items()]
    balances = tuple(Curve(label, f"{path}.balance", style=k) for k, (path, label) in enumerate(names))
    principal = tuple(Curve(label, f"{path}.principal_paid", style=k) for k, (path, label) in enumerate(names))
    enhancement = tuple(
        Curve(label, f"{path}.enhancement", during=f"{path}.balance", style=k) for k, (path, label) in enumerate(names)
    )
    found = [
        Chart("balances", (f"Note balances, {money[0]}", f"证券余额，{money[1]}"), balances, True, unit),
        Chart("principal", (f"Principal paid, {money[0]}", f"兑付本金，{money[1]}"), principal, True, unit),
    ]
    loss = Curve(("Cumulative net loss", "累计净损失"), "pool.cumulative_net_loss", "pool.initial_balance")
    losses = [loss]
    trigger = view.loss_trigger
    if trigger is not None:
        value = ("Tested value", "测试值")
        losses = [Curve(value, f"triggers.{trigger}.value"),
                  Curve(("Trigger level", "触发水平"), f"triggers.{trigger}.level", style=3)]  # fmt: skip
    title = ("Cumulative net loss, of the initial pool", "累计净损失，占初始资产池")
    found.append(Chart("loss", title, tuple(losses), unit=0.01, suffix="%"))
    whole = ("invested amount", "投资金额") if view.result.terms.pool.series else ("pool", "资产池")
    title = (f"Credit enhancement, of the {whole[0]}", f"信用增级，占{whole[1]}")
    found.append(Chart("enhancement", title, enhancement, unit=0.01, suffix="%", most=1.2))
    return found


def class_name(label: str) -> Both:
    """A class in both languages."""
    return label, note_name(label)


def horizon(lines: Any) -> int:
    """The last period that is drawn: one after the last in which the notes have a balance."""
    alive = lines["deal.notes_balance"] > HALF_A_CENT
    found = np.flatnonzero(alive)
    return max(1, min(int(found[-1]) + 1 if len(found) else 1, int(lines.periods)))


def points(lines: Any, curve: Curve, most: float) -> NDArray[np.float64]:
    """The values of a series by period, nan where nothing is drawn."""
    values = np.asarray(lines[curve.line], dtype=float).copy()
    if curve.over:
        below = lines[curve.over]
        values = np.where(below == 0.0, 0.0, values / np.where(below == 0.0, 1.0, below))
    if curve.during:
        values[lines[curve.during] <= HALF_A_CENT] = np.nan
    if curve.line.startswith("triggers."):
        values[0] = np.nan
    result: NDArray[np.float64] = np.minimum(values, most)
    return result


def step_of(largest: float) -> float:
    """The distance of the lines of a grid with four steps that holds the largest value.

    >>> step_of(3.1), step_of(0.09), step_of(0.0)
    (0.8, 0.025, 0.25)
    """
    if largest <= 0.0:
        return 1.0 / STEPS
    wanted = largest / STEPS
    power = 10.0 ** math.floor(math.log10(wanted))
    return next((power * nice for nice in NICE if power * nice >= wanted * (1.0 - 1e-9)), power * 10.0)


def across(period: int, end: int) -> int:
    """Where a period stands."""
    return math.floor(LEFT + (WIDTH - LEFT - RIGHT) * period / end + 0.5)


def up(value: float, top: float) -> int:
    """Where a value stands."""
    return math.floor(HEIGHT - BOTTOM - (HEIGHT - BOTTOM - TOP) * value / top + 0.5)


def outline(values: Sequence[float], end: int, top: float) -> str:
    """A line through the values, interrupted where there are none."""
    text, pen = "", False
    for period in range(end + 1):
        value = values[period]
        if math.isnan(value):
            pen = False
            continue
        text += f"{'L' if pen else 'M'}{across(period, end)} {up(value, top)}"
        pen = True
    return text


def band(below: Sequence[float], above: Sequence[float], end: int, top: float) -> str:
    """The area between two lines."""
    back = "".join(f"L{across(period, end)} {up(below[period], top)}" for period in range(end, -1, -1))
    return f"{outline(above, end, top)}{back}Z"


def drawn(chart: Chart, lines: Any) -> tuple[list[str], list[str]]:
    """The paths of a chart, and the words at its axis from the bottom up."""
    end = horizon(lines)
    found = [points(lines, curve, chart.most) / chart.unit for curve in chart.curves]
    if chart.stacked:
        sums = [np.zeros(lines.periods + 1)]
        for values in found:
            sums.append(sums[-1] + values)
        step = step_of(float(sums[-1][: end + 1].max()))
        paths = [band(sums[k].tolist(), sums[k + 1].tolist(), end, step * STEPS) for k in range(len(found))]
    else:
        shown = [values[: end + 1][~np.isnan(values[: end + 1])] for values in found]
        step = step_of(max((float(values.max()) for values in shown if len(values)), default=0.0))
        paths = [outline(np.maximum(values, 0.0).tolist(), end, step * STEPS) for values in found]
    return paths, [trimmed(step * k) + chart.suffix for k in range(STEPS + 1)]


def picture(chart: Chart, view: View) -> str:
    """A chart as a figure with its legend and a place for the values under the pointer."""
    lines = view.result.lines
    paths, words = drawn(chart, lines)
    end = horizon(lines)
    dates = [view.result.dates[end * k // STEPS].isoformat()[:7] for k in range(STEPS + 1)]
    grid, along = [], []
    for k in range(STEPS + 1):
        y = up(float(k), float(STEPS))
        grid.append(f'<path class="grid" d="M{LEFT} {y}H{WIDTH - RIGHT}"/>')
        grid.append(f'<text class="y" x="{LEFT - 60}" y="{y + 45}">{words[k]}</text>')
        x = across(k, STEPS)
        along.append(f'<text class="x" x="{x}" y="{HEIGHT - 60}">{dates[k]}</text>')
    kind = "area" if chart.stacked else "line"
    shapes = [f'<path class="{kind} c{c.style % 8}" d="{d}"/>' for c, d in zip(chart.curves, paths, strict=True)]
    ghosts = [] if chart.stacked else [f'<path class="ghost c{c.style % 8}" d="{d}"/>'
                                       for c, d in zip(chart.curves, paths, strict=True)]  # fmt: skip
    legend = "".join(f'<li class="c{c.style % 8} {kind}">{both(*c.label)}</li>' for c in chart.curves)
    name = f"chart-{chart.name}"
    return (
        f'<figure id="{name}"><figcaption id="{name}-title">{both(*chart.title)}</figcaption>'
        f'<svg viewBox="0 0 {WIDTH} {HEIGHT}" role="img" aria-labelledby="{name}-title {name}-values" tabindex="0">'
        f"{''.join(grid)}{''.join(along)}{''.join(shapes)}{''.join(ghosts)}"
        f'<path class="pointer" d=""/></svg><ul class="legend">{legend}</ul>'
        f'<output id="{name}-values" class="values"></output></figure>'
    )
