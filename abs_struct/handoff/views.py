"""The four views as a workbook: the level by each, what binds, and the grid of base case and level of each class."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from abs_struct.handoff.files import whole
from abs_struct.handoff.sheet import new_workbook
from abs_struct.handoff.stress import printed
from abs_struct.study.views import HIGHER, VIEWS

if TYPE_CHECKING:
    from abs_struct.study.views import FourViews, View

HEADINGS = ("Class", "Multiples", "Expected loss", "Quantile", "Higher base", "Implied", "Binding")
FIGURES = ("Break-even", "Default level", "P(beyond)", "Exp. loss", "+-", "Life")


def words_of(view: View) -> list[str]:
    """The levels of a class, and what binds."""
    binding = "all" if len(view.binding) == len(VIEWS) else ", ".join(view.binding)
    return [view.note, *(view.implied[word] for word in VIEWS), view.level_binding, binding]


def figures_of(view: View) -> list[str]:
    """The figures that the levels are read from."""
    life = f"{view.life:.2f}" if np.isfinite(view.life) else "-"
    return [
        printed(view.break_even), f"{view.level:.2%}", f"{view.beyond:.4%}", f"{view.expected_loss:.4%}",
        f"{view.error:.4%}", life,
    ]  # fmt: skip


def remarks(found: FourViews) -> list[str]:
    """What has to be said of the views."""
    run = found.run
    terms = run.file
    return [
        f"Multiples of a base case of {run.cells.base_case:.2%}; {terms.note or 'of the file'}.",
        f"Expected loss: {len(found.simulation):,} paths, default level lognormal with a deviation of "
        f"{terms.deviation:.0%} of its mean of {found.simulation.levels.mean:.2%}.",
        f"Quantile: of a large pool with a correlation of {terms.correlation:.0%}; the level's probability must not be "
        "exceeded by that of a default level beyond the break-even.",
        f"Higher base: multiples of a base case {HIGHER[-1]:g} times as high.",
        "Limits and probabilities are those of the file. A level is implied by it; it is no rating.",
        *(f"{note[:1].upper()}{note[1:]}." for note in run.remarks),
    ]


def write_views(found: FourViews, path: str | Path) -> Path:
    """A workbook: the four views of all classes, and a grid a class.

    Raises
    ------
    UsageError : nothing can be written there
    """
    file = Path(path)
    with whole(file) as draft:
        workbook, paper = new_workbook(draft, f"{found.deal}: four views", "levels implied by four methods")
        sheet = paper.sheet("Views", widths=(14, *[15] * 5, 34, *[13] * 6))
        sheet.title(f"{found.deal}: four views", "the level that each implies; the weakest binds")
        row = sheet.header(3, (*HEADINGS, *FIGURES), left=7)
        for view in found.views:
            for at, words in enumerate([*words_of(view), *figures_of(view)]):
                strong = at == 5 or (0 < at < 5 and VIEWS[at - 1] in view.binding)
                sheet.text(row, at, words, "strong" if strong else "cell" if at < 7 else "cell>")
            row += 1
        for words in remarks(found):
            row += 1
            sheet.text(row, 0, words, "subtitle")
        for view in found.views:
            levels = found.run.levels
            page = paper.sheet(view.note, widths=(18, *[12] * len(levels)))
            page.title(f"Class {view.note}", "survives the multiples of a level in every scenario, by base case")
            row = page.header(3, ("Base case", *levels))
            for base, flags in found.grid(view.note).iterrows():
                page.text(row, 0, f"{float(str(base)):.2%}")
                for at, flag in enumerate(flags, 1):
                    page.text(row, at, "PASS" if flag else "FAIL", "pass" if flag else "fail")
                row += 1
        workbook.close()
    return file
