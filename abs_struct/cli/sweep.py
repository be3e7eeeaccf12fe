"""abs-struct sweep: the full grid of any fields of a deal."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Literal

import typer

from abs_struct.cli.options import Changes, DealPath, Folder, Json, TapePath, folder_of, loaded
from abs_struct.cli.terminal import Progress, print_json, say

if TYPE_CHECKING:
    from pathlib import Path

    from abs_struct.study import Study

MOST_PICTURES = 12


def sweep(
    deal: DealPath,
    vary: Annotated[
        list[str],
        typer.Option("--vary", metavar="PATH=VALUES", help="START:STOP:STEP or A,B,C; repeat for more axes."),
    ],
    measure: Annotated[
        list[str] | None,
        typer.Option(
            "--measure", metavar="NAMES", help="As in A.wal,D.yield,residual.irr; all if left out.", show_default=False
        ),
    ] = None,
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
    yes: Annotated[bool, typer.Option("--yes", help="Allow more than ten million cells.")] = False,
    json_: Json = False,
) -> None:
    """Run the deal over a grid of scenarios; write a tidy table and a heat map of each measure."""
    from abs_struct.study import axis_of
    from abs_struct.study import sweep as study_of
    from abs_struct.study.executors import executor_of

    axes = [axis_of(text) for text in vary]
    names = [name.strip() for text in measure or () for name in text.split(",") if name.strip()]
    base = loaded(deal, changes, tape)
    with executor_of(executor, workers, scheduler) as where, Progress("sweep") as progress:
        study = study_of(base, axes, names or None, executor=where, progress=progress, yes=yes)
        progress.stage("writing files")
        files = written(study, folder_of(deal, out), pictures=bool(names))
    if json_:
        print_json(study.summary(files))
        return
    found = study.summary(files)
    rate = found["scenarios_per_second"]
    print(f"{study.deal}: {len(study):,} scenarios in {study.seconds:.2f} s ({rate:,.0f} a second)")
    for axis in study.axes:
        print(f"  {axis.path}: {', '.join(axis.values[:8])}{' ...' if len(axis) > 8 else ''}")
    if found["refused"]:
        say(f"{found['refused']:,} scenarios have no figures; the column `reason` says why")
    print("\n".join(files))


def written(study: Study, folder: Path, *, pictures: bool) -> list[str]:
    """The files of a study: the tidy table twice, the grids, and a heat map of each measure that was named."""
    from abs_struct.handoff.grids import write_grids, write_heat_maps

    files = [study.save(folder / f"sweep{ending}") for ending in (".csv", ".parquet")]
    files.append(write_grids(study, folder / "sweep.xlsx"))
    lives = [name for name in study.measures if name.endswith(".wal")]
    wanted = study.measures if pictures else tuple([*lives, *study.measures][:1])
    files += write_heat_maps(study, folder, wanted[:MOST_PICTURES])
    return [str(file) for file in files]
