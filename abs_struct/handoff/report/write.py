"""Write: the order of the pages, and the file as a whole."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from abs_struct.core.findings import UsageError
from abs_struct.handoff.files import plain_text, whole
from abs_struct.handoff.report import collateral, cover, overview, periods, proofs
from abs_struct.handoff.sheet import new_workbook
from abs_struct.handoff.view import View

if TYPE_CHECKING:
    from abs_struct.deal.result import Result


def write_report(result: Result, path: str | Path) -> Path:
    """Write the investor report of a run; the same run gives the same bytes.

    Parameters
    ----------
    result : a run of one scenario with all its lines
    path : the .xlsx file; it is replaced as a whole

    Returns
    -------
    Path of the file

    Raises
    ------
    UsageError : a result of many scenarios
    """
    if result.lines.scenarios is not None:
        raise UsageError(f"a report shows one scenario and this result has {result.lines.scenarios}")
    file, view = Path(path), View(result)
    name = plain_text(result.terms.name)
    comments = f"deal file sha256 {result.document.sha256}; tape sha256 {result.collateral.tape.sha256}"
    stamp = f"{name}   deal file {result.document.sha256[:12]}   tape {result.collateral.tape.sha256[:12]}"
    with whole(file) as draft:
        workbook, paper = new_workbook(draft, f"{name}: investor report", "investor report", comments, stamp)
        paper.draft = view.draft
        first, second = cover.open_page(paper), overview.open_page(paper)
        pages = periods.write(view, paper)
        pages += collateral.write(view, paper)
        pages += proofs.write(view, paper)
        overview.fill(view, paper, second)
        cover.fill(view, paper, first, [(overview.TITLE, overview.WORDS), *pages])
        workbook.close()
    return file
