"""Charts as pictures: PNG for a page, SVG for a screen; the same run gives the same bytes.

Okabe and Ito's colours in the order of the classes; a label at the line, or a pattern of dashes, says the same
without colour.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from abs_struct.curves.buckets import BUCKETS
from abs_struct.handoff.chinese import chinese_font
from abs_struct.handoff.files import plain_text, whole
from abs_struct.handoff.view import HALF_A_CENT, View
from abs_struct.handoff.workbook.styles import COLOURS, GREY, HAIRLINE, INK
from abs_struct.waterfall.sentences import EN

if TYPE_CHECKING:
    from abs_struct.deal.result import Result

ENDINGS = (".png", ".svg")
DASHES = ("-", (0, (5, 2)), (0, (1.5, 1.5)), (0, (7, 2, 1.5, 2)), (0, (3, 1)))
FAMILY = ["DejaVu Sans"]
STYLE = {
    "font.family": FAMILY,
    "font.size": 9,
    "text.color": INK,
    "text.parse_math": False,
    "axes.edgecolor": GREY,
    "axes.labelcolor": GREY,
    "axes.linewidth": 0.6,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.spines.left": False,
    "axes.grid": True,
    "axes.grid.axis": "y",
    "axes.axisbelow": True,
    "axes.titlelocation": "left",
    "axes.titlesize": 11,
    "axes.titleweight": "bold",
    "grid.color": HAIRLINE,
    "grid.linewidth": 0.6,
    "xtick.color": GREY,
    "ytick.color": GREY,
    "ytick.left": False,
    "legend.frameon": False,
    "svg.hashsalt": "abs_struct",
    "svg.fonttype": "path",
    "hatch.linewidth": 0.6,
}


def write_charts(result: Result, folder: str | Path, language: str = EN) -> list[Path]:
    """Draw every chart of a run as PNG and SVG into a folder, each with a text for who cannot see it.

    Parameters
    ----------
    result : a run of one scenario
    folder : where the files go; it is made where it does not exist
    language : en, or zh where `chinese_font` finds one; without it the labels are English

    Returns
    -------
    Paths of the files
    """
    import logging
    import warnings

    import matplotlib
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    logging.getLogger("matplotlib.font_manager").setLevel(logging.ERROR)  # a font may have no bold signs
    font, files = chinese_font(), []
    view = View(result, language=language if font else EN)
    settings: Any = {key: value for key, value in matplotlib.rcParamsDefault.items() if key != "backend"}
    fonts = {"font.family": [*FAMILY, *([font] if font else [])]}  # names of a deal may be Chinese in any language
    with matplotlib.rc_context(settings | STYLE | fonts), warnings.catch_warnings():
        warnings.filterwarnings("ignore", message="Glyph")  # of a name whose signs no font here has
        for name, draw in charts_of(view).items():
            figure = Figure(figsize=(8.0, 4.5))
            FigureCanvasAgg(figure)
            figure.subplots_adjust(left=0.085, right=0.975, top=0.9, bottom=0.115)
            axes = figure.add_subplot()
            draw(view, axes)
            sign(view, figure)
            said = {"Title": axes.get_title(loc="left"), "Description": alt_text(view, name)}
            for ending in ENDINGS:
                file = Path(folder) / f"{name}{ending}"
                metadata = said | ({"Software": None} if ending == ".png" else {"Date": None, "Creator": "abs_struct"})
                with whole(file) as draft:
                    figure.savefig(draft, dpi=150, metadata=metadata)
                files.append(file)
    return files


def sign(view: View, figure: Any) -> None:
    """What the picture was made from, and a stamp where a check failed."""
    result = view.result
    prints = f"deal file {result.document.sha256[:12]}   tape {result.collateral.tape.sha256[:12]}"
    figure.text(0.012, 0.015, f"{plain_text(result.terms.name)}   {prints}", fontsize=6, color=GREY)
    if view.draft:
        figure.text(0.975, 0.955, view.draft, fontsize=12, color="#B00020", weight="bold", ha="right")


def scale(view: View) -> tuple[float, str]:
    """Money on an axis: in millions, or in thousands for small deals."""
    currency = view.result.terms.currency
    large = view.line("pool.balance")[0] >= 2e7
    return (1e6 if large else 1e3), view.say("{} million" if large else "{} thousand", currency)


def scaled(values: list[float], unit: float) -> list[float]:
    """Values in the unit of the axis."""
    return [value / unit for value in values]


def percent_axis(axes: Any, decimals: int = 0) -> None:
    """Per cent on the upright axis."""
    from matplotlib.ticker import PercentFormatter

    axes.yaxis.set_major_formatter(PercentFormatter(1.0, decimals))
    axes.set_ylim(bottom=0)


def money_axis(axes: Any, unit: str) -> None:
    """Amounts on the upright axis."""
    from matplotlib.ticker import StrMethodFormatter

    axes.yaxis.set_major_formatter(StrMethodFormatter("{x:,.10g}"))
    axes.set_ylabel(unit)
    axes.set_ylim(bottom=0)


def time_axis(axes: Any, view: View, end: int) -> None:
    """Dates along the bottom, without a gap at either side."""
    import matplotlib.dates

    dates: Any = matplotlib.dates
    locator = dates.AutoDateLocator(minticks=4, maxticks=9)
    axes.xaxis.set_major_locator(locator)
    if view.language == EN:
        axes.xaxis.set_major_formatter(dates.ConciseDateFormatter(locator, show_offset=False))
    else:
        axes.xaxis.set_major_formatter(dates.DateFormatter("%Y-%m"))
    axes.set_xlim(view.dates[0], view.dates[end])


def note_balances(view: View, axes: Any) -> None:
    """Note balances, one on the other, the most senior at the bottom; wide areas carry their name."""
    unit, words = scale(view)
    below = [0.0] * (view.last + 1)
    tallest = max(sum(view.line(f"notes.{name}.balance")[0] for name in view.funded), 1.0) / unit
    for at, (name, label) in enumerate(view.funded.items()):
        values = scaled(view.line(f"notes.{name}.balance"), unit)
        above = [a + b for a, b in zip(below, values, strict=True)]
        colour = COLOURS[at % len(COLOURS)]
        axes.fill_between(
            view.dates, below, above, color=colour, linewidth=0.8, edgecolor="white", label=plain_text(label)
        )
        middle = min(6, max(1, sum(value > 0.0 for value in values) // 3), len(values) - 1)
        if values[middle] > 0.15 * tallest:
            height = (below[middle] + above[middle]) / 2
            ink = "white" if colour in {"#0072B2", "#D55E00", "#009E73", "#000000"} else "black"
            axes.text(view.dates[middle], height, plain_text(label), color=ink, va="center", ha="center", fontsize=9)
        below = above
    axes.set_title(view.say("Note balances"))
    money_axis(axes, words)
    time_axis(axes, view, min(view.notes_end + 1, view.last))
    axes.legend(loc="upper right", reverse=True)


def collections(view: View, axes: Any) -> None:
    """What the pool brings in, split; layers from the bottom in the order of the legend."""
    unit, words = scale(view)
    parts = {
        "Scheduled principal": "pool.scheduled_principal", "Prepayments": "pool.prepaid", "Interest": "pool.interest",
        "Recoveries": "pool.recovered",
    }  # fmt: skip
    if view.moves("pool.refunds"):
        parts["Refunds"] = "pool.refunds"
    hatches = ("", "////", "", "xxxx", "....")
    below = [0.0] * view.last
    for at, (label, path) in enumerate(parts.items()):
        values = scaled([value or 0.0 for value in view.flow(path)[1:]], unit)
        above = [a + b for a, b in zip(below, values, strict=True)]
        look = {"facecolor": COLOURS[at], "hatch": hatches[at], "edgecolor": "white", "linewidth": 0.0}
        axes.fill_between(view.dates[1:], below, above, step="mid", label=view.say(label), **look)
        below = above
    axes.set_title(view.say("Collections"))
    money_axis(axes, words)
    time_axis(axes, view, view.last)
    axes.legend(loc="upper right", reverse=True)


def enhancement(view: View, axes: Any) -> None:
    """Credit enhancement of each class while it is outstanding, named at its end."""
    ends = []
    for at, (name, label) in enumerate(view.funded.items()):
        values = view.enhancement(name)
        shown = [(day, value) for day, value in zip(view.dates, values, strict=True) if value is not None]
        if not shown:
            continue
        days, heights = zip(*shown, strict=True)
        line = {"color": COLOURS[at % len(COLOURS)], "linestyle": DASHES[at % len(DASHES)], "linewidth": 1.8}
        axes.plot(days, heights, label=plain_text(label), **line)
        ends.append((days[-1], heights[-1], plain_text(label), COLOURS[at % len(COLOURS)]))
    span, width = view.enhancement_span[1] - view.enhancement_span[0], (view.dates[view.notes_end] - view.dates[0]).days
    named: list[tuple[Any, float]] = []
    for day, height, label, colour in ends:
        place = (day, min(height, view.enhancement_span[1]))
        if any(abs((day - x).days) < 0.1 * width and abs(place[1] - y) < 0.05 * span for x, y in named):
            continue  # two names on one place cannot be read; the legend has them all
        named.append(place)
        axes.annotate(label, place, xytext=(3, 3), textcoords="offset points", color=colour, fontsize=8)
    axes.set_title(view.say("Credit enhancement, of the {}", view.say(view.sized_by)))
    percent_axis(axes)
    least, most = view.enhancement_span
    axes.set_ylim(least, most + 0.08 * (most - least))
    first, end = view.dates[0], view.dates[view.notes_end]
    axes.set_xlim(first, end + (end - first) * 0.08)
    axes.legend(loc="upper left")


def losses(view: View, axes: Any) -> None:
    """The cumulative net loss against the steps of its trigger, while notes are outstanding."""
    end, name = view.notes_end, view.loss_trigger
    days = view.dates[1 : end + 1]
    if name is None:
        initial = view.line("pool.initial_balance")[0]
        values = [loss / initial for loss in view.line("pool.cumulative_net_loss")[1 : end + 1]]
        axes.set_title(view.say("Cumulative net loss, of the initial pool"))
    else:
        values = view.line(f"triggers.{name}.value")[1 : end + 1]
        level = view.line(f"triggers.{name}.level")[1 : end + 1]
        axes.step(
            days,
            level,
            where="pre",
            color=COLOURS[3],
            linestyle=DASHES[1],
            linewidth=1.6,
            label=view.say("Trigger level"),
        )
        axes.annotate(view.say("Trigger level"), (days[-1], level[-1]), xytext=(-4, 5), textcoords="offset points",
                      color=COLOURS[3], ha="right", fontsize=8)  # fmt: skip
        axes.set_title(view.say("Cumulative net loss against its trigger"))
    axes.plot(days, values, color=COLOURS[0], linewidth=2.0, label=view.say("Cumulative net loss"))
    axes.annotate(view.say("Cumulative net loss"), (days[-1], values[-1]), xytext=(-4, -12), textcoords="offset points",
                  color=COLOURS[0], ha="right", fontsize=8)  # fmt: skip
    percent_axis(axes, 1 if max(values) < 0.2 else 0)
    time_axis(axes, view, end)
    axes.margins(y=0.12)
    axes.legend(loc="upper left")


def delinquency(view: View, axes: Any) -> None:
    """Balances in arrears by days late, one on the other, of the pool, while notes are outstanding."""
    end = view.notes_end
    days, pool = view.dates[1 : end + 1], view.line("pool.balance")[1 : end + 1]
    hatches = ("", "////", "", "xxxx", "", "....")
    below = [0.0] * len(days)
    for at, bucket in enumerate(arrears_of(view)):
        late = view.line(f"pool.delinquent_{bucket}")[1 : end + 1]
        above = [
            b + (part / owed if owed > HALF_A_CENT else 0.0) for b, part, owed in zip(below, late, pool, strict=True)
        ]
        look = {"facecolor": COLOURS[at], "hatch": hatches[at], "edgecolor": "white", "linewidth": 0.0}
        axes.fill_between(days, below, above, label=view.say("{} days", bucket.replace("_", "-")), **look)
        below = above
    axes.set_title(view.say("In arrears, of the pool balance"))
    percent_axis(axes, 1 if max(below) < 0.2 else 0)
    axes.set_ylim(top=1.25 * max(below, default=0.0) or None)
    time_axis(axes, view, end)
    axes.legend(loc="upper left", reverse=True)


def alt_text(view: View, name: str) -> str:
    """What a chart shows, in a sentence with its figures, for who cannot see it; in English."""
    first, last = view.dates[0], view.dates[view.notes_end]
    if name == "note_balances":
        parts = [f"{label} {view.line(f'notes.{key}.balance')[0]:,.0f}" for key, label in view.funded.items()]
        return f"Balances of the classes from {first} to {last}, one on the other; at closing {', '.join(parts)}."
    if name == "collections":
        total = sum(value or 0.0 for value in view.flow("pool.collections")[1:])
        return f"Collections of the pool by payment date from {view.dates[1]} to {view.dates[-1]}, in all {total:,.0f}."
    if name == "enhancement":
        parts = [f"{label} {view.enhancement(key)[0] or 0.0:.2%}" for key, label in view.funded.items()]
        return f"Credit enhancement of each class until it is repaid; at closing {', '.join(parts)}."
    if name == "cumulative_net_loss":
        share = view.line("pool.cumulative_net_loss")[view.notes_end] / max(view.line("pool.initial_balance")[0], 1.0)
        return f"Cumulative net loss by payment date; {share:.2%} of the initial pool by {last}."
    return f"Balances in arrears by days late, of the pool, from {first} to {last}."


def arrears_of(view: View) -> list[str]:
    """The buckets of arrears of the pool, none where none are assumed."""
    return [bucket for bucket in BUCKETS if f"pool.delinquent_{bucket}" in view.result.lines]


def charts_of(view: View) -> dict[str, Callable[[View, Any], None]]:
    """The charts that a run has a use for."""
    return CHARTS | ({"delinquency": delinquency} if arrears_of(view) else {})


CHARTS: dict[str, Callable[[View, Any], None]] = {
    "note_balances": note_balances,
    "collections": collections,
    "enhancement": enhancement,
    "cumulative_net_loss": losses,
}
