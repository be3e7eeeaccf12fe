"""Pictures: one way to draw a figure in the house style and to write it as PNG and SVG, the same bytes each time."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from abs_struct.core.whole import whole
from abs_struct.handoff.charts import ENDINGS, STYLE
from abs_struct.handoff.files import plain_text
from abs_struct.handoff.workbook.styles import GREY


def write_picture(
    path: str | Path, draw: Callable[[Any], None], size: tuple[float, float], source: str, more: dict[str, Any]
) -> list[Path]:
    """Draw a figure as PNG and SVG.

    Parameters
    ----------
    path : of the files, without their endings
    draw : draws on a figure
    size : inches
    source : what it was made from, in a line below it
    more : settings beside those of the house

    Returns
    -------
    Paths of the files
    """
    import matplotlib
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    files = []
    settings: Any = {key: value for key, value in matplotlib.rcParamsDefault.items() if key != "backend"}
    with matplotlib.rc_context(settings | STYLE | more):
        figure = Figure(figsize=size)
        FigureCanvasAgg(figure)
        draw(figure)
        figure.text(0.012, 0.01, plain_text(source), fontsize=6, color=GREY)
        for ending in ENDINGS:
            file = Path(f"{path}{ending}")
            metadata = {"Software": None} if ending == ".png" else {"Date": None, "Creator": "abs_struct"}
            with whole(file) as draft:
                figure.savefig(draft, dpi=150, metadata=metadata)
            files.append(file)
    return files
