"""Native charts: they read the pages by period, so that a reader can trace every point."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Any

from abs_struct.handoff.files import chart_text
from abs_struct.handoff.report.periods import CASH, POOL, note_page
from abs_struct.handoff.report.triggers import TITLE as TRIGGERS
from abs_struct.handoff.sheet import Paper
from abs_struct.handoff.view import View
from abs_struct.handoff.workbook.styles import COLOURS, GREY, HAIRLINE, INK

DASHES = ("solid", "dash", "square_dot", "long_dash", "dash_dot")
FONT = "Calibri"


def all_of(view: View, paper: Paper) -> Iterator[tuple[Any, str]]:
    """The charts of the summary, each with the words that say what it shows."""
    yield note_balances(view, paper)
    yield collections(view, paper)
    yield enhancement(view, paper)
    yield losses(view, paper)


def cells(
    view: View, paper: Paper, page: str, title: str, *, group: str = "", start: int = 0, end: int = -1
) -> dict[str, Any]:
    """Dates and one column of a page by period."""
    sheet = paper.sheets[page]
    first = sheet.first_row + start
    last = sheet.first_row + (view.last if end < 0 else end)
    column = sheet.columns[group, title]
    return {"categories": [sheet.name, first, 1, last, 1], "values": [sheet.name, first, column, last, column]}


def styled(chart: Any, title: str, number: str, unit: str, end_year: int, start_year: int) -> Any:
    """One look for all charts."""
    plain = {"name": FONT, "size": 9, "color": GREY, "bold": False}
    bold = {"name": FONT, "size": 11, "bold": True, "color": INK}
    chart.set_title({"name": title, "overlay": False, "name_font": bold})
    chart.set_x_axis({
        "date_axis": True, "num_format": "yyyy", "major_unit": 1 if end_year - start_year < 12 else 5,
        "major_unit_type": "years", "num_font": plain, "line": {"color": GREY, "width": 0.75},
        "major_tick_mark": "outside", "label_position": "low",
    })  # fmt: skip
    chart.set_y_axis({
        "num_format": number, "num_font": plain, "name": unit, "name_font": plain, "min": 0, "line": {"none": True},
        "major_gridlines": {"visible": True, "line": {"color": HAIRLINE, "width": 0.5}},
    })  # fmt: skip
    chart.set_legend({"position": "bottom", "font": plain})
    chart.set_chartarea({"border": {"color": HAIRLINE}})
    chart.set_size({"width": 640, "height": 360})
    return chart


def finished(view: View, chart: Any, title: str, number: str, unit: str, end: int) -> Any:
    """A chart with its axes."""
    return styled(chart, title, number, unit, view.dates[end].year, view.dates[0].year)


def scale_of(view: View) -> tuple[str, str]:
    """The number format and unit of money on an axis: millions, or thousands for small deals."""
    currency = view.result.terms.currency
    return (
        ("#,##0,,", f"{currency} million")
        if view.line("pool.balance")[0] >= 2e7
        else ("#,##0,", f"{currency} thousand")
    )


def note_balances(view: View, paper: Paper) -> tuple[Any, str]:
    """Note balances, one on the other, the most senior at the bottom."""
    chart = paper.workbook.add_chart({"type": "area", "subtype": "stacked"})
    for at, (name, label) in enumerate(view.funded.items()):
        fill = {"fill": {"color": COLOURS[at % len(COLOURS)]}, "border": {"color": "#FFFFFF", "width": 0.5}}
        chart.add_series({"name": chart_text(label), **cells(view, paper, note_page(name), "Closing balance"), **fill})
    finished(view, chart, "Note balances", *scale_of(view), view.last)
    return chart, f"Stacked areas: the balance of {', '.join(view.funded.values())} by payment date"


def collections(view: View, paper: Paper) -> tuple[Any, str]:
    """What the pool brings in, split."""
    chart = paper.workbook.add_chart({"type": "column", "subtype": "stacked"})
    for at, word in enumerate(("Scheduled principal", "Prepayments", "Interest", "Recoveries")):
        fill = {"fill": {"color": COLOURS[at]}, "border": {"none": True}, "gap": 25}
        chart.add_series({"name": word, **cells(view, paper, CASH, word, group="Collections", start=1), **fill})
    number, unit = scale_of(view)
    finished(view, chart, "Collections", number.replace("#,##0,,", "#,##0.0,,"), unit, view.last)
    return chart, "Stacked columns: scheduled principal, prepayments, interest and recoveries by payment date"


def enhancement(view: View, paper: Paper) -> tuple[Any, str]:
    """Credit enhancement of each class while it is outstanding."""
    chart = paper.workbook.add_chart({"type": "line"})
    for at, (name, label) in enumerate(view.funded.items()):
        line = {"color": COLOURS[at % len(COLOURS)], "width": 1.75, "dash_type": DASHES[at % len(DASHES)]}
        found = cells(view, paper, note_page(name), "Credit enhancement", end=view.notes_end)
        chart.add_series({"name": chart_text(label), **found, "line": line})
    chart.show_blanks_as("gap")
    finished(view, chart, f"Credit enhancement, of the {view.sized_by}", "0%", "", view.notes_end)
    least, most = view.enhancement_span
    chart.y_axis["min"] = math.floor(least * 5.0) / 5.0
    chart.y_axis["max"] = most
    words = f"Lines: credit enhancement of each class as a share of the {view.sized_by}, while it is outstanding"
    return chart, words


def losses(view: View, paper: Paper) -> tuple[Any, str]:
    """The cumulative net loss against its trigger, or by itself."""
    chart = paper.workbook.add_chart({"type": "line"})
    name = view.loss_trigger
    title = "Cumulative net loss"
    if name is None:
        by_month = view.by_month
        line = {"color": COLOURS[0], "width": 2}
        found = cells(by_month, paper, POOL, "% of initial pool", group="Losses", end=by_month.notes_end)
        chart.add_series({"name": title, **found, "line": line})
        finished(view, chart, f"{title}, of the initial pool", "0%", "", view.notes_end)
        return chart, "Line: cumulative net loss as a share of the initial pool"
    group = view.label(f"triggers.{name}")
    span: dict[str, Any] = {"group": group, "start": 1, "end": view.notes_end}
    tested = {"line": {"color": COLOURS[0], "width": 2}}
    level = {"line": {"color": COLOURS[3], "width": 1.75, "dash_type": "dash"}}
    chart.add_series({"name": chart_text(group), **cells(view, paper, TRIGGERS, "Tested value", **span), **tested})
    chart.add_series({"name": "Trigger level", **cells(view, paper, TRIGGERS, "Level", **span), **level})
    finished(view, chart, f"{title} against its trigger", "0.0%", "", view.notes_end)
    return chart, "Lines: cumulative net loss as tested, and the level of its trigger, while notes are outstanding"
