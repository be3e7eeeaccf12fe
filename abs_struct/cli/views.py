"""abs-struct views: a deal in four ways, multiples, expected loss, quantile, higher base case; and which one binds."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

import typer

from abs_struct.cli.options import Changes, DealPath, Folder, Json, TapePath, folder_of, loaded
from abs_struct.cli.terminal import Progress, print_json, say, table


def views(
    deal: DealPath,
    file: Annotated[
        Path | None,
        typer.Option("--file", metavar="FILE", help="The levels; the toolkit's own if left out.", show_default=False),
    ] = None,
    notes: Annotated[
        list[str] | None,
        typer.Option("--notes", metavar="NAMES", help="Classes, as in A,B; all if left out.", show_default=False),
    ] = None,
    paths: Annotated[int, typer.Option("--paths", metavar="N", help="Paths of the simulation.")] = 20_000,
    seed: Annotated[int, typer.Option("--seed", help="Of the simulation.")] = 1,
    changes: Changes = None,
    tape: TapePath = None,
    executor: Annotated[
        Literal["local", "process", "dask"], typer.Option("--executor", help="Where it runs.")
    ] = "local",
    workers: Annotated[
        int | None,
        typer.Option("--workers", metavar="N", help="Processes of --executor process.", show_default=False),
    ] = None,
    scheduler: Annotated[
        str | None,
        typer.Option(
            "--scheduler", metavar="ADDRESS", help="Of --executor dask, as tcp://host:port.", show_default=False
        ),
    ] = None,
    out: Folder = None,
    json_: Json = False,
) -> None:
    """Print the level that each of four views implies for each class, and which view binds."""
    from abs_struct.cli.sweep import words_of as listed_words
    from abs_struct.handoff.views import FIGURES, HEADINGS, figures_of, remarks, words_of, write_views
    from abs_struct.study.executors import executor_of
    from abs_struct.study.stressfile import stress_file
    from abs_struct.study.views import four_views

    terms = stress_file(file)
    base = loaded(deal, changes, tape)
    folder = folder_of(deal, out)
    with executor_of(executor, workers, scheduler) as where, Progress("views") as progress:
        found = four_views(
            base, terms, notes=listed_words(notes) or None, paths=paths, seed=seed, executor=where, progress=progress
        )
        progress.stage("writing files")
        files = [str(write_views(found, folder / "views.xlsx"))]
    if json_:
        print_json(found.summary(files))
        return
    print(f"{found.deal}: four views in {found.seconds:.2f} s\n")
    print(table(HEADINGS, [words_of(view) for view in found.views], left=7))
    print()
    print(table(("Class", *FIGURES), [[view.note, *figures_of(view)] for view in found.views]))
    print()
    for words in remarks(found):
        say(words)
    print("\n".join(files))
