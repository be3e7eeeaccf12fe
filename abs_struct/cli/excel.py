"""abs-struct excel: the deal as a live workbook, every line a formula."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from abs_struct.cli.options import Changes, DealPath, Folder, Json, TapePath, folder_of, loaded
from abs_struct.cli.terminal import Progress, moment, print_json


def excel(
    deal: DealPath,
    changes: Changes = None,
    tape: TapePath = None,
    out: Folder = None,
    file: Annotated[
        Path | None,
        typer.Option("--file", metavar="XLSX", help="The workbook's own path, in place of --out.", show_default=False),
    ] = None,
    layout: Annotated[
        str,
        typer.Option("--layout", help="rows: one row a period; fast: one column a period, alike on every sheet."),
    ] = "rows",
    scenarios: Annotated[
        Path | None,
        typer.Option(
            "--scenarios",
            metavar="FILE",
            show_default=False,
            help="Scenario columns in place of the standard ones: YAML of name -> {path: value}, CSV, Parquet.",
        ),
    ] = None,
    json_: Json = False,
) -> None:
    """Write the deal as a live workbook that recalculates by itself."""
    with Progress("excel") as progress:
        progress.stage("running the deal")
        given = loaded(deal, changes, tape)
        result, columns = given.run(), None
        if scenarios is not None:
            from abs_struct.handoff.workbook.scenarios import scenarios_from
            from abs_struct.study.designs import design_from

            progress.stage("running the scenarios")
            columns = scenarios_from(given, result, design_from(given, scenarios))
        progress.stage("writing the workbook")
        from abs_struct.handoff.workbook import write_workbook

        path = write_workbook(result, file or folder_of(deal, out) / f"{deal.stem}_live.xlsx", layout, columns)
    if json_:
        found = {
            "schema": "abs-struct/excel/1",
            "deal": {"name": result.terms.name, "file": result.document.file, "sha256": result.document.sha256},
            "checks": {"passed": len(result.checks) - len(result.failures), "failed": len(result.failures)},
            "files": [str(path)],
            "written": moment(),
        }  # fmt: skip
        print_json(found)
    else:
        print(f"{path}\nwritten {moment()}")
    if result.failures:
        raise typer.Exit(4)
