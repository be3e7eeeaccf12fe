"""How long a live page takes to compute its deal anew, measured in it; run it with `python tests/benchmarks/pages.py`.

All lines and measures are computed; the first hundred times, in which the browser compiles, do not count.
"""

from __future__ import annotations

import statistics
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

from benchmarks.side_by_side import ROOT, Row, report
from handoff.browser import Opened, browser

from abs_struct.deal import load
from abs_struct.handoff.page import write_page

GOAL = "<= 5"


def rows() -> Iterator[Row]:
    """Measure, deal by deal."""
    with tempfile.TemporaryDirectory() as name, browser() as chrome:
        for deal in sorted((ROOT / "deals").glob("*.yaml")):
            page = Opened(chrome, write_page(load(deal).run(), Path(name) / f"{deal.stem}.html"))
            spent = page.page.evaluate("live.time(600)")[100:]
            page.close()
            measured = (min(spent), statistics.median(spent), max(spent))
            yield Row(f"milliseconds in Chromium to compute {deal.stem} anew", GOAL, measured)


if __name__ == "__main__":
    report("The live page", rows())
