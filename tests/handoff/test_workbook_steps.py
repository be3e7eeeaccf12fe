"""Every step in the registry, as formulas that an independent spreadsheet engine recalculates."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from handoff.recalculated import Recalculated
from small import small, with_example

from abs_struct.handoff.workbook import write_workbook
from abs_struct.waterfall.steps import STEPS

pytestmark = pytest.mark.needs("formualizer")


@pytest.mark.parametrize("word", STEPS.names())
def test_the_recalculated_formulas_equal_the_floats(word: str, tmp_path: Path) -> None:
    """The example of each step, recalculated, agrees with the engine to 1e-12 of the largest amount, line by line."""
    result = small(tmp_path, waterfall=with_example(word, STEPS[word].example)).run()
    workbook = Recalculated(write_workbook(result, tmp_path / f"{word}.xlsx"), result)
    largest = max(float(np.abs(series).max()) for series in result.lines.values())
    for path, column in workbook.book.layout.columns.items():
        gap = np.abs(workbook.series(column) - result.lines[path]).max()
        assert gap <= 1e-12 * largest, path
