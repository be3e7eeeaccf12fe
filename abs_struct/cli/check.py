"""abs-struct check: a live workbook that somebody has changed, computed again by the engine."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from abs_struct.cli.options import Json
from abs_struct.cli.terminal import Progress, print_json, printable, say, table

if TYPE_CHECKING:
    from abs_struct.handoff.workbook.check import Checked

MOST = 40


def check(
    workbook: Annotated[Path, typer.Argument(metavar="XLSX", help="A live workbook.", show_default=False)],
    saved: Annotated[
        bool, typer.Option("--as-saved", help="Take the values as they were saved; do not recalculate.")
    ] = False,
    json_: Json = False,
) -> None:
    """Compare a live workbook with the engine at its inputs; name overwritten formulas and cells that differ."""
    from abs_struct.handoff.workbook.check import check_workbook

    with Progress("check") as progress:
        progress.stage("computing the deal again")
        found = check_workbook(workbook, recalculate=not saved)
    if json_:
        print_json(found.summary())
    else:
        show(found)
    if not found.passed:
        raise typer.Exit(4)


def show(found: Checked) -> None:
    """What was found, on the terminal."""
    print(f"{found.file}: {found.deal}, scenario '{found.scenario}', {found.lines:,} lines, values {found.by}")
    if found.by == "as saved":
        say(
            "no spreadsheet engine recalculated the file; its values are those with which it was saved "
            "(pip install 'abs-struct[check]' brings one)"
        )
    if found.inputs:
        rows = [[one.cell, one.path, f"{one.before:,.10g}", f"{one.now:,.10g}"] for one in found.inputs[:MOST]]
        print(f"\nInputs that are not those of the base case: {len(found.inputs)}")
        print(table(("Cell", "Input", "Base case", "Now"), rows, left=2))
    else:
        print("\nThe inputs are those of the base case.")
    if found.refused:
        print("\nRefused: the deal file would not take these inputs")
        for text in found.refused:
            print(f"  {text}")
    if found.overwritten:
        print(f"\nOverwritten: {len(found.overwritten)} cells are not what the toolkit wrote")
        for one in found.overwritten[:MOST]:
            print(f"  {one.cell}: {printable(one.found, 80)} in place of {printable(one.written, 80)}")
        rest(len(found.overwritten))
    if found.differing:
        print(f"\nDiffering: {len(found.differing)} lines are not the engine's")
        rows = [
            [one.cell, one.path, f"{one.workbook:,.6f}", f"{one.engine:,.6f}", f"{one.cells}"]
            for one in found.differing[:MOST]
        ]
        print(table(("First cell", "Line", "Workbook", "Engine", "Cells"), rows, left=2))
        rest(len(found.differing))
    print(f"\n{'PASSED: every line equals the engine to 1e-9 of the pool.' if found.passed else 'CHECK FAILED'}")


def rest(count: int) -> None:
    """How many are not shown."""
    if count > MOST:
        print(f"  and {count - MOST:,} more; --json prints all")
