"""abs-struct sweep: many scenarios of a deal, as a grid, from a file or drawn from ranges."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from abs_struct.cli.options import Changes, DealPath, Folder, Json, TapePath, folder_of, loaded
from abs_struct.cli.terminal import Progress, print_json, say

if TYPE_CHECKING:
    from abs_struct.deal import Deal
    from abs_struct.study import Axis, Design, Study

MOST_PICTURES = 12


def sweep(
    deal: DealPath,
    vary: Annotated[
        list[str] | None,
        typer.Option(
            "--vary",
            metavar="PATH=VALUES",
            show_default=False,
            help="START:STOP:STEP or A,B,C; LOW..HIGH for a drawn design; repeat for more fields.",
        ),
    ] = None,
    scenarios: Annotated[
        Path | None,
        typer.Option(
            "--scenarios",
            metavar="FILE",
            show_default=False,
            help="YAML of name -> {path: value}, or CSV or Parquet with a column for each path.",
        ),
    ] = None,
    design: Annotated[
        str, typer.Option("--design", metavar="KIND", help="grid, lhs:N (Latin hypercube) or sobol:N.")
    ] = "grid",
    seed: Annotated[int, typer.Option("--seed", min=0, help="Of a drawn design.")] = 0,
    record: Annotated[
        list[str] | None,
        typer.Option(
            "--record",
            metavar="LINES",
            show_default=False,
            help="Lines to keep whole, as in notes.*.balance,pool.balance; written to lines.parquet.",
        ),
    ] = None,
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
    resume: Annotated[bool, typer.Option("--resume", help="Go on with a sweep that was interrupted.")] = False,
    yes: Annotated[bool, typer.Option("--yes", help="Allow more than ten million cells.")] = False,
    json_: Json = False,
) -> None:
    """Run the deal over a grid of scenarios; write a tidy table and a heat map of each measure."""
    from abs_struct.study import sweep as study_of
    from abs_struct.study.executors import executor_of
    from abs_struct.study.kept import Kept

    names, lines = words_of(measure), words_of(record)
    base = loaded(deal, changes, tape)
    wanted = asked(base, vary or [], scenarios, design, seed)
    folder = folder_of(deal, out)
    keep = Kept(folder / ".sweep")
    if not resume:
        keep.clear()
    elif not keep.count():
        say(f"{keep.folder}: no finished chunks lie there; the sweep begins anew")
    with executor_of(executor, workers, scheduler) as where, Progress("sweep") as progress:
        try:
            study = study_of(base, wanted, names, record=lines, executor=where, keep=keep, progress=progress, yes=yes)
        except KeyboardInterrupt:
            progress.end()
            say(f"{keep.count():,} finished chunks are kept; the same command with --resume goes on from there")
            raise
        progress.stage("writing files")
        files = written(study, folder, pictures=bool(names))
    keep.clear()
    if json_:
        print_json(study.summary(files))
        return
    found = study.summary(files)
    rate = found["scenarios_per_second"]
    print(f"{study.deal}: {len(study):,} scenarios in {study.seconds:.2f} s ({rate:,.0f} a second)")
    if not study.axes:
        print(f"  {', '.join(found['fields'])}")
    for axis in study.axes:
        print(f"  {axis.path}: {', '.join(axis.values[:8])}{' ...' if len(axis) > 8 else ''}")
    if found["refused"]:
        say(f"{found['refused']:,} scenarios have no figures; the column `reason` says why")
    print("\n".join(files))


def words_of(given: list[str] | None) -> list[str]:
    """The words of an option that may be repeated, and takes several with commas between them."""
    return [word.strip() for text in given or () for word in text.split(",") if word.strip()]


def asked(base: Deal, vary: list[str], scenarios: Path | None, design: str, seed: int) -> list[Axis] | Design:
    """The scenarios that the options ask for.

    Raises
    ------
    UsageError : two kinds of scenarios at once, or none
    """
    from abs_struct.core.findings import UsageError
    from abs_struct.study import axis_of, design_from, drawn

    if scenarios is not None:
        if vary or design != "grid":
            raise UsageError(f"--scenarios {scenarios}: says all scenarios; leave out --vary and --design")
        return design_from(base, scenarios)
    if design != "grid":
        return drawn(design, vary, seed)
    return [axis_of(text) for text in vary]


def written(study: Study, folder: Path, *, pictures: bool) -> list[str]:
    """The files of a study: the tidy table twice, the grids, and a heat map of each measure that was named."""
    from abs_struct.handoff.grids import write_grids, write_heat_maps

    files = [study.save(folder / f"sweep{ending}") for ending in (".csv", ".parquet")]
    if study.recorded:
        files.append(study.save_lines(folder / "lines.parquet"))
    if study.axes:
        files.append(write_grids(study, folder / "sweep.xlsx"))
        lives = [name for name in study.measures if name.endswith(".wal")]
        wanted = study.measures if pictures else tuple([*lives, *study.measures][:1])
        files += write_heat_maps(study, folder, wanted[:MOST_PICTURES])
    return [str(file) for file in files]
