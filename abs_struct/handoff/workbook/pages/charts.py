"""Charts: native, with hairlines in grey, and colours that every eye can tell apart."""

from __future__ import annotations

from typing import Any

from abs_struct.handoff.files import chart_text
from abs_struct.handoff.view import View
from abs_struct.handoff.workbook.axis import PAYMENT_DATE
from abs_struct.handoff.workbook.book import Book
from abs_struct.handoff.workbook.styles import COLOURS, GREY, HAIRLINE, INK

#: From this size on a pool is drawn in millions.
MILLIONS = 2e7
DASHES = ("solid", "dash", "square_dot", "long_dash")


def series(book: Book, path: str, name: str, *, opening: bool = True) -> dict[str, Any]:
    """A line of the workbook as a series over payment dates."""
    column = book.layout.columns[path]
    dates, values = (book.addresses.over(column.sheet, at, "", opening=opening) for at in (PAYMENT_DATE, column.index))
    return {"name": chart_text(name), "categories": f"={dates}", "values": f"={values}"}


def styled(chart: Any, title: str, number: str, axis: str, most: float | None = None) -> Any:
    """One look for all charts."""
    plain = {"name": "Calibri", "size": 9, "color": GREY, "bold": False}
    chart.set_title(
        {
            "name": chart_text(title),
            "overlay": False,
            "name_font": {"name": "Calibri", "size": 11, "bold": True, "color": INK},
        }
    )
    chart.set_x_axis(
        {
            "date_axis": True,
            "num_format": "yyyy",
            "major_unit": 1,
            "major_unit_type": "years",
            "num_font": plain,
            "line": {"color": GREY, "width": 0.75},
            "major_tick_mark": "outside",
        }
    )
    chart.set_y_axis(
        {
            "num_format": number,
            "num_font": plain,
            "name": axis,
            "name_font": plain,
            "min": 0,
            "max": most,
            "line": {"none": True},
            "major_gridlines": {"visible": True, "line": {"color": HAIRLINE, "width": 0.5}},
        }
    )
    chart.set_legend({"position": "bottom", "font": plain})
    chart.set_chartarea({"border": {"color": HAIRLINE}})
    chart.set_size({"width": 445, "height": 310})
    return chart


def note_balances(book: Book) -> Any:
    """Note balances, one on the other, the most senior at the bottom."""
    chart = book.workbook.add_chart({"type": "area", "subtype": "stacked"})
    for at, name in enumerate(View(book.result).funded):
        colour = COLOURS[at % len(COLOURS)]
        entry = series(book, f"notes.{name}.balance", book.labels[f"notes.{name}"])
        chart.add_series(entry | {"fill": {"color": colour}, "line": {"color": "#FFFFFF", "width": 0.5}})
    large = float(book.values("pool.balance")[0]) >= MILLIONS
    number, unit = ("#,##0,,", "million") if large else ("#,##0,", "thousand")
    return styled(chart, "Note balances", number, f"{book.result.terms.currency} {unit}")


def payments(book: Book, name: str) -> Any:
    """Interest and principal that a class receives."""
    path, label = f"notes.{name}", book.labels[f"notes.{name}"]
    chart = book.workbook.add_chart({"type": "column", "subtype": "stacked"})
    for at, (line, words) in enumerate((("principal_paid", "Principal"), ("interest_paid", "Interest"))):
        entry = series(book, f"{path}.{line}", words, opening=False)
        chart.add_series(entry | {"fill": {"color": COLOURS[at]}, "gap": 30})
    number, unit = scale(float(book.values(f"{path}.balance")[0]))
    return styled(chart, f"{label}: interest and principal paid", number, f"{book.result.terms.currency} {unit}")


def scale(amount: float) -> tuple[str, str]:
    """How amounts of a size are printed on an axis, and in which unit."""
    return ("#,##0.0,,", "million") if amount >= MILLIONS else ("#,##0,", "thousand")


def enhancement(book: Book) -> Any:
    """Credit enhancement of each class."""
    chart = book.workbook.add_chart({"type": "line"})
    for at, name in enumerate(View(book.result).funded):
        path = f"notes.{name}.enhancement"
        if path in book.layout.columns:
            entry = series(book, path, book.labels[f"notes.{name}"])
            line = {"color": COLOURS[at % len(COLOURS)], "width": 1.75, "dash_type": DASHES[at % len(DASHES)]}
            chart.add_series(entry | {"line": line})
    return styled(chart, f"Credit enhancement, of the {View(book.result).sized_by}", "0%", "", 1.0)


def trigger(book: Book, name: str) -> Any:
    """The tested value of a trigger against its level."""
    chart = book.workbook.add_chart({"type": "line"})
    label = book.labels[f"triggers.{name}"]
    chart.add_series(
        series(book, f"triggers.{name}.value", label, opening=False) | {"line": {"color": COLOURS[0], "width": 2}}
    )
    level = {"line": {"color": COLOURS[3], "width": 1.75, "dash_type": "dash"}}
    chart.add_series(series(book, f"triggers.{name}.level", "Trigger level", opening=False) | level)
    largest = max(float(book.values(f"triggers.{name}.{line}").max()) for line in ("value", "level"))
    return styled(chart, f"{label} against its trigger", "0.0%" if largest < 1_000.0 else "#,##0", "")


def levelled(book: Book) -> list[str]:
    """Triggers with a level, whose two series are both on the sheets."""
    return [
        name
        for name, terms in book.result.terms.triggers.items()
        if (terms.above is not None or terms.below is not None) and f"triggers.{name}.level" in book.layout.columns
    ]
