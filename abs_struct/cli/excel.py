"""abs-struct excel: the deal as a live workbook, every line a formula."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from abs_struct.cli.options import Changes, DealPath, Folder, Json, TapePath, folder_of, loaded
from abs_struct.cli.terminal import Progress, print_json


def excel(
    deal: DealPath,
    changes: Changes = None,
    tape: TapePath = None,
    out: Folder = None,
    file: Annotated[
        Path | None,
        typer.Option("--file", metavar="XLSX", help="The workbook's own path, in place of --out.", show_default=False),
    ] = None,
    layout: Annotated[str, typer.Option("--layout", help="rows: one row a period.")] = "rows",
    json_: Json = False,
) -> None:
    """Write the deal as a live workbook that recalculates by itself."""
    with Progress("excel") as progress:
        progress.stage("running the deal")
        result = loaded(deal, changes, tape).run()
        progress.stage("writing the workbook")
        from abs_struct.handoff.workbook import write_workbook

        path = write_workbook(result, file or folder_of(deal, out) / f"{deal.stem}_live.xlsx", layout)
    if json_:
        found = {
            "schema": "abs-struct/excel/1",
            "deal": {"name": result.terms.name, "file": result.document.file, "sha256": result.document.sha256},
            "checks": {"passed": len(result.checks) - len(result.failures), "failed": len(result.failures)},
            "files": [str(path)],
        }  # fmt: skip
        print_json(found)
    else:
        print(path)
    if result.failures:
        raise typer.Exit(4)
