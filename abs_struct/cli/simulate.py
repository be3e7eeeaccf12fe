"""abs-struct simulate: many random paths of a deal through its whole waterfall, and what each class loses."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from abs_struct.cli.options import Changes, DealPath, Folder, Json, TapePath, folder_of, loaded
from abs_struct.cli.terminal import Progress, print_json, say, table

if TYPE_CHECKING:
    from abs_struct.study.simulation import Simulation


def simulate(
    deal: DealPath,
    paths: Annotated[int, typer.Option("--paths", metavar="N", help="How many paths.")] = 100_000,
    seed: Annotated[int, typer.Option("--seed", help="The same seed draws the same paths.")] = 1,
    uncertainty: Annotated[
        Path | None,
        typer.Option(
            "--uncertainty",
            metavar="FILE",
            show_default=False,
            help="YAML of default, recovery, prepayment, timing; a lognormal level of deviation 40% if left out.",
        ),
    ] = None,
    draw: Annotated[
        list[str] | None,
        typer.Option(
            "--draw",
            metavar="FIELD=VALUE",
            show_default=False,
            help="As in 'default={distribution: inverse normal, correlation: 8%}'; may be repeated.",
        ),
    ] = None,
    levels: Annotated[
        str | None,
        typer.Option(
            "--levels",
            metavar="FILE",
            show_default=False,
            help="YAML or CSV of limits of expected loss by life, for implied levels; or `illustrative`.",
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
    save_paths: Annotated[bool, typer.Option("--save-paths", help="Write every path to paths.parquet.")] = False,
    out: Folder = None,
    json_: Json = False,
) -> None:
    """Draw defaults, recoveries and speeds at random; print each class's losses and lives, with their errors."""
    from abs_struct.cli.options import changes_of
    from abs_struct.handoff.simulation import write_pictures, write_simulation
    from abs_struct.study.executors import executor_of
    from abs_struct.study.implied import level_table
    from abs_struct.study.simulation import simulate as simulation_of
    from abs_struct.study.uncertainty import uncertainty_of

    drawn = uncertainty_of(uncertainty, changes_of(draw, "--draw", "default={distribution: lognormal, deviation: 60%}"))
    limits = None if levels is None else level_table(levels)
    base = loaded(deal, changes, tape)
    folder = folder_of(deal, out)
    with executor_of(executor, workers, scheduler) as where, Progress("simulate") as progress:
        found = simulation_of(base, drawn, paths=paths, seed=seed, table=limits, executor=where, progress=progress)
        progress.stage("writing files")
        files = [str(write_simulation(found, folder / "simulation.xlsx"))]
        files += [str(file) for file in write_pictures(found, folder)]
        if save_paths:
            files.append(str(found.save_paths(folder / "paths.parquet")))
    if json_:
        print_json(found.summary(files))
        return
    show(found)
    print("\n".join(files))


def show(found: Simulation) -> None:
    """The figures on the terminal, each with its standard error."""
    rate = len(found) / found.seconds if found.seconds else 0.0
    print(f"{found.deal}: {len(found):,} paths, seed {found.seed}, in {found.seconds:.2f} s ({rate:,.0f} a second)")
    print(found.uncertainty.words)
    marks = found.level_estimates
    level = ", ".join(f"{name}% {marks[name].value:.2%}" for name in ("50", "95", "99", "99.9"))
    mean = marks["mean"]
    print(f"default level: mean {mean.value:.3%} +- {mean.error:.3%} (the deal: {found.levels.mean:.3%}); {level}\n")
    header = [
        "Class",
        "P(loss)",
        "+-",
        "Exp. loss",
        "+-",
        "Disc. loss",
        "+-",
        "99%",
        "99.9%",
        "Worst 1%",
        "WAL",
        "5%",
        "95%",
    ]
    if found.table is not None:
        header.append("Implied")
    rows = []
    for one in found.classes:
        own = one.estimates
        row = [one.name]
        for key in ("probability_of_loss", "expected_loss", "discounted_loss"):
            row += [f"{own[key].value:.4%}", f"{own[key].error:.4%}"]
        row += [f"{own[key].value:.2%}" for key in ("loss_99", "loss_99.9", "expected_shortfall_99")]
        row += [f"{own[key].value:.2f}" for key in ("wal", "wal_5", "wal_95")]
        if found.table is not None:
            row.append(found.implied(one))
        rows.append(row)
    print(table(header, rows))
    print()
    if found.draws.beyond > 0.0:
        say(f"in {found.draws.beyond:.2%} of the paths more was drawn than the pool can bear; there all of it defaults")
    refused = sum(bool(reason) for reason in found.reasons)
    if refused:
        say(f"{refused:,} paths have no figures; --save-paths says why")
    if found.table is not None:
        note = f" ({found.table.note})" if found.table.note else ""
        say(f"implied levels are read from a table of limits{note}; they are no ratings")
