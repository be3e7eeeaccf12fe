"""abs-struct stress: multiples by level, timing, speed, rates and interruption; which level each class reaches."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from abs_struct.cli.options import Changes, DealPath, Folder, Json, TapePath, folder_of, loaded
from abs_struct.cli.terminal import Progress, print_json, say, table

if TYPE_CHECKING:
    from abs_struct.study.stress import StressRun


def stress(
    deal: DealPath,
    file: Annotated[
        Path | None,
        typer.Option("--file", metavar="FILE", help="The stresses; the toolkit's own if left out.", show_default=False),
    ] = None,
    base_case: Annotated[
        str | None,
        typer.Option(
            "--base-case", metavar="LEVEL", help="As 9%; the deal's curves are brought to it.",
            show_default=False,
        ),
    ] = None,
    notes: Annotated[
        list[str] | None,
        typer.Option("--notes", metavar="NAMES", help="Classes, as in A,B; all if left out.", show_default=False),
    ] = None,
    write: Annotated[
        Path | None,
        typer.Option("--write", metavar="FILE", help="Write the stresses to a file, and end.", show_default=False),
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
    json_: Json = False,
) -> None:  # fmt: skip
    """Stress the deal by level; print the level that each class reaches, its cushion, and what binds."""
    from abs_struct.cli.sweep import words_of
    from abs_struct.handoff.stress import write_stress
    from abs_struct.study.executors import executor_of
    from abs_struct.study.stress import stress as stressed
    from abs_struct.study.stressfile import stress_file

    if write is not None:
        print(copied(write))
        return
    terms = stress_file(file)
    base = loaded(deal, changes, tape)
    folder = folder_of(deal, out)
    with executor_of(executor, workers, scheduler) as where, Progress("stress") as progress:
        run = stressed(
            base, terms, base_case=share_of(base_case), notes=words_of(notes) or None, executor=where, progress=progress
        )
        progress.stage("writing files")
        files = [str(write_stress(run, folder / "stress.xlsx")), str(run.save(folder / "stress.csv"))]
        files.append(str(write_scenarios(run, folder / "stress_levels.yaml", {level: level for level in run.levels})))
        if run.targets:
            files.append(str(write_scenarios(run, folder / "stress_classes.yaml", run.targets)))
    if json_:
        print_json(run.summary(files))
        return
    show(run)
    print("\n".join(files))


def share_of(text: str | None) -> float | None:
    """A base case as written."""
    from abs_struct.core.findings import UsageError
    from abs_struct.terms.numbers import share

    if text is None:
        return None
    try:
        return share(text)
    except ValueError as error:
        raise UsageError(f"--base-case {text}: {error}") from None


def copied(target: Path) -> Path:
    """The toolkit's own stresses, written to a file that does not exist yet.

    Raises
    ------
    UsageError : the file exists, or nothing can be written there
    """
    from abs_struct.core.findings import UsageError
    from abs_struct.core.whole import whole
    from abs_struct.study.stressfile import OWN

    if target.exists():
        raise UsageError(f"{target}: exists; name a new file")
    with whole(target) as draft:
        draft.write_text(OWN.read_text("utf-8"), "utf-8")
    return target


def write_scenarios(run: StressRun, target: Path, levels: Mapping[str, str]) -> Path:
    """The scenarios of levels as paths and values, under a name for each: by class they are what `solve size` reads.

    Raises
    ------
    UsageError : nothing can be written there
    """
    import json

    from abs_struct.core.whole import whole

    lines = [f"# {run.deal}: scenarios of `abs-struct stress` as fields of the deal"]
    for key, level in levels.items():
        lines.append(f"{json.dumps(key)}:  # {level}")
        for name, fields in run.cells.changes(level).items():
            lines.append(f"  {json.dumps(name)}:")
            lines += [f"    {path}: {json.dumps(value)}" for path, value in fields.items()]
    with whole(target) as draft:
        draft.write_text("\n".join(lines) + "\n", "utf-8")
    return target


def show(run: StressRun) -> None:
    """The verdicts on the terminal."""
    from abs_struct.handoff.stress import HEADINGS, remarks, verdict_words

    levels = ", ".join(f"{level} {m:.2f}x" for level, m in zip(run.levels, run.cells.multiples, strict=True))
    print(f"{run.deal}: {len(run.levels)} levels x {len(run.scenarios)} scenarios in {run.seconds:.2f} s")
    print(f"base case {run.cells.base_case:.2%}; multiples {levels}\n")
    print(table(HEADINGS, [verdict_words(one) for one in run.verdicts], left=2))
    print()
    for words in remarks(run):
        say(words)
