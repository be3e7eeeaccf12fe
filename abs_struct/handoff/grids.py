"""The grids of a study: a sheet for each measure, and its heat maps."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from abs_struct.handoff.files import whole

if TYPE_CHECKING:
    from abs_struct.study import Study


def write_heat_maps(study: Study, folder: str | Path, measures: Sequence[str]) -> list[Path]:
    """A picture of each measure over the first two axes, as PNG.

    Raises
    ------
    UsageError : no such measure
    """
    files = []
    for measure in measures:
        file = Path(folder) / f"sweep_{measure.replace('.', '_')}.png"
        with whole(file) as draft:
            study.plot(measure).savefig(draft, dpi=150, metadata={"Software": None})
        files.append(file)
    return files
