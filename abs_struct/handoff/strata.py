"""Stratification tables as pictures: one bar a band, its share of the balance, and of the loans as a mark."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from abs_struct.core.whole import whole
from abs_struct.handoff.charts import ENDINGS, STYLE
from abs_struct.handoff.files import plain_text
from abs_struct.handoff.workbook.styles import COLOURS, GREY
from abs_struct.tape.stratify import Stratification


def write_strata(tables: Sequence[Stratification], folder: str | Path, source: str) -> list[Path]:
    """Draw every table as PNG and SVG into a folder.

    Parameters
    ----------
    tables : stratification tables
    folder : where the files go, each by the name of its column; it is made where it does not exist
    source : what the pictures were made from, in a line below them

    Returns
    -------
    Paths of the files
    """
    import matplotlib
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    files = []
    settings: Any = {key: value for key, value in matplotlib.rcParamsDefault.items() if key != "backend"}
    with matplotlib.rc_context(settings | STYLE | {"axes.grid.axis": "x"}):
        for table in tables:
            figure = Figure(figsize=(8.0, 1.4 + 0.28 * len(table.bands)))
            FigureCanvasAgg(figure)
            draw(table, figure)
            figure.text(0.012, 0.015, plain_text(source), fontsize=6, color=GREY)
            for ending in ENDINGS:
                file = Path(folder) / f"{table.by}{ending}"
                metadata = {"Software": None} if ending == ".png" else {"Date": None, "Creator": "abs_struct"}
                with whole(file) as draft:
                    figure.savefig(draft, dpi=150, metadata=metadata)
                files.append(file)
    return files


def draw(table: Stratification, figure: Any) -> None:
    """The bands of one table, the first at the top."""
    from matplotlib.ticker import PercentFormatter

    height = figure.get_figheight()
    axes = figure.add_subplot()
    figure.subplots_adjust(left=0.235, right=0.93, top=1.0 - 0.42 / height, bottom=0.62 / height)
    places = list(range(len(table.bands)))
    axes.barh(places, [band.share for band in table.bands], height=0.66, color=COLOURS[0], label="share of balance")
    counts = [band.share_of_loans for band in table.bands]
    axes.plot(counts, places, linestyle="", marker="|", markersize=9, color=COLOURS[1], label="share of loans")
    for place, band in zip(places, table.bands, strict=True):
        edge = max(band.share, band.share_of_loans)
        axes.annotate(f"{band.share:.1%}", (edge, place), (4, 0), textcoords="offset points", va="center", fontsize=7.5)
    axes.set_yticks(places, [plain_text(band.label)[:30] for band in table.bands])
    axes.invert_yaxis()
    axes.xaxis.set_major_formatter(PercentFormatter(1.0, 0))
    axes.set_xlim(0.0, 1.12 * max(*counts, *(band.share for band in table.bands)))
    axes.set_title(table.title)
    axes.legend(loc="lower right", bbox_to_anchor=(1.0, 1.0), ncols=2, fontsize=7.5)
