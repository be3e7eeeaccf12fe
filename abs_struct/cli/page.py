"""abs-struct page: the deal as one web page that computes itself anew."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from abs_struct.cli.options import Changes, DealPath, Folder, Json, TapePath, folder_of, loaded
from abs_struct.cli.terminal import Progress, moment, print_json


def page(
    deal: DealPath,
    changes: Changes = None,
    tape: TapePath = None,
    out: Folder = None,
    file: Annotated[
        Path | None,
        typer.Option("--file", metavar="HTML", help="The page's own path, in place of --out.", show_default=False),
    ] = None,
    language: Annotated[str, typer.Option("--lang", help="The language shown first: en or zh.")] = "en",
    json_: Json = False,
) -> None:
    """Write the deal as one web page with sliders, which computes everything anew, offline."""
    with Progress("page") as progress:
        progress.stage("running the deal")
        result = loaded(deal, changes, tape).run()
        progress.stage("writing the page")
        from abs_struct.handoff.page import write_page

        path = write_page(result, file or folder_of(deal, out) / f"{deal.stem}.html", language)
    if json_:
        found = {
            "schema": "abs-struct/page/1",
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
