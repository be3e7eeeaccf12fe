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
        str, typer.Option("--design", metavar="KIND", help="grid, one-at-a-time, lhs:N (Latin hypercube) or sobol:N.")
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
    table: Annotated[
        Literal["price-yield", "decrement"] | None,
        typer.Option("--table", help="Instead of a grid: yields by price, or decrements by date.", show_default=False),
    ] = None,
    note: Annotated[
        list[str] | None,
        typer.Option("--note", metavar="NAMES", help="Classes of the table.", show_default=False),
    ] = None,
    prices: Annotated[
        str | None,
        typer.Option("--prices", metavar="VALUES", help="Of --table price-yield, as 98:102:0.5.", show_default=False),
    ] = None,
    out: Folder = None,
    resume: Annotated[bool, typer.Option("--resume", help="Go on with a sweep that was interrupted.")] = False,
    yes: Annotated[bool, typer.Option("--yes", help="Allow more than ten million cells.")] = False,
    json_: Json = False,
) -> None:
    """Run the deal over a grid of scenarios; write a tidy table and a heat map of each measure."""
    from abs_struct.core.findings import UsageError
    from abs_struct.study import sweep as study_of
    from abs_struct.study.executors import executor_of
    from abs_struct.study.kept import Kept

    names, lines = words_of(measure), words_of(record)
    base = loaded(deal, changes, tape)
    if table is not None:
        for file in tabled(base, table, words_of(note), prices, vary or [], folder_of(deal, out)):
            print(file)
        return
    if note or prices is not None:
        raise UsageError("--note and --prices belong to --table price-yield or --table decrement")
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
        files = written(study, folder, pictures=bool(names), alone=design == "one-at-a-time")
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


def tabled(base: Deal, kind: str, notes: list[str], prices: str | None, vary: list[str], folder: Path) -> list[str]:
    """Print a price/yield or decrement table for each class, and write it as CSV.

    Raises
    ------
    UsageError : no prices, or not one field to vary
    """
    from abs_struct.core.findings import UsageError
    from abs_struct.handoff.grids import write_table
    from abs_struct.study import axis_of
    from abs_struct.study.tables import decrements, price_yield

    if len(vary) != 1:
        raise UsageError(f"--table {kind}: takes one --vary, as in --vary assumptions.prepayment.cpr=5%:30%:5%")
    speeds, names = axis_of(vary[0]), notes or list(base.terms.notes)
    if kind == "decrement":
        if prices is not None:
            raise UsageError("--prices belongs to --table price-yield")
        found = {"decrement": decrements(base, names, speeds)}
    else:
        if prices is None:
            raise UsageError("--table price-yield: say which prices, as in --prices 98:102:0.5")
        at = axis_of(f"prices={prices}")
        found = {f"price_yield_{name}": price_yield(base, name, at, speeds) for name in names}
    for frame in found.values():
        print(frame.to_string(float_format="{:.4f}".format))
    return [str(write_table(frame, folder / f"{name}.csv")) for name, frame in found.items()]


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
    if design == "one-at-a-time":
        from abs_struct.study.single import one_at_a_time

        return one_at_a_time(base, [axis_of(text) for text in vary])
    if design != "grid":
        return drawn(design, vary, seed)
    return [axis_of(text) for text in vary]


def written(study: Study, folder: Path, *, pictures: bool, alone: bool = False) -> list[str]:
    """The files of a study: the tidy table twice, the grids, and a heat map of each measure that was named."""
    from abs_struct.handoff.grids import write_grids, write_heat_maps, write_one_at_a_time

    files = [study.save(folder / f"sweep{ending}") for ending in (".csv", ".parquet")]
    if study.recorded:
        files.append(study.save_lines(folder / "lines.parquet"))
    lives = [name for name in study.measures if name.endswith(".wal")]
    wanted = study.measures if pictures else tuple([*lives, *study.measures][:1])
    if alone:
        files += write_one_at_a_time(study, folder, wanted[:MOST_PICTURES])
    if study.axes:
        files.append(write_grids(study, folder / "sweep.xlsx"))
        files += write_heat_maps(study, folder, wanted[:MOST_PICTURES])
    return [str(file) for file in files]
