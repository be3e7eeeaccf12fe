"""abs-struct tape limits, select: concentration limits with their excess, and a pool selected under them."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

if TYPE_CHECKING:
    from abs_struct.tape.limits import Concentration, Measured

File = Annotated[str, typer.Argument(help="The tape.", show_default=False)]
LimitsFile = Annotated[Path, typer.Option("--limits", help="The file of limits (.yaml).", show_default=False)]
LayoutName = Annotated[str | None, typer.Option("--layout", help="A layout's name, or a layout file (.yaml).")]
AsOfDay = Annotated[str, typer.Option("--as-of", help="cutoff, origination, or auto.")]
Json = Annotated[bool, typer.Option("--json", help="One JSON object on stdout.")]


def limits(
    file: File,
    limits_file: LimitsFile,
    layout: LayoutName = None,
    as_of: AsOfDay = "auto",
    strict: Annotated[bool, typer.Option("--strict", help="Exit with 4 where a limit is not met.")] = False,
    json_: Json = False,
) -> None:
    """Test a pool against concentration limits: shares, obligors, averages, and the excess above them."""
    from abs_struct.cli.tape_reading import read
    from abs_struct.tape.limits import read_limits, test_limits

    found = test_limits(read(file, layout, as_of), read_limits(limits_file))
    if json_:
        print(json.dumps(as_json(found), indent=1))
    else:
        print_concentration(found)
    if strict and not found.met:
        raise typer.Exit(4)


def select(
    file: File,
    limits_file: LimitsFile,
    target: Annotated[str, typer.Option("--target", help="The balance of the pool at most.", show_default=False)],
    out: Annotated[Path, typer.Option("--out", help="Where to: .parquet, .csv or .csv.gz.", show_default=False)],
    maximise: Annotated[str, typer.Option("--maximise", help='A formula, such as "balance * rate".')] = "balance",
    tolerance: Annotated[float, typer.Option("--tolerance", help="How far below the target, as a fraction.")] = 0.01,
    seconds: Annotated[float, typer.Option("--seconds", help="How long to search.")] = 120.0,
    layout: LayoutName = None,
    as_of: AsOfDay = "auto",
) -> None:
    """Select a pool of a target balance that maximises an objective and meets every limit."""
    from abs_struct.cli.tape_reading import read
    from abs_struct.core.findings import UsageError
    from abs_struct.tape.convert import frame_of, write_frame
    from abs_struct.tape.limits import read_limits
    from abs_struct.tape.select import select as selected_of

    try:
        size = float(target.replace("_", "").replace(",", ""))
    except ValueError:
        size = 0.0
    if not size > 0.0:
        raise UsageError(f"--target '{target}' is not an amount; write it as 250_000_000")
    tape = read(file, layout, as_of)
    found = selected_of(tape, read_limits(limits_file), size, maximise, tolerance, seconds)
    pool = tape.keep(found.mask)
    print(f"{len(pool):,} of {len(tape):,} loans, balance {pool.balance:,.2f} of {size:,.2f}")
    print(f"{maximise}: {found.objective:,.2f}, at most {found.gap:.4%} below the best there is")
    print_concentration(found.limits)
    print(f"wrote {write_frame(out, frame_of(pool))}", file=sys.stderr)


def print_concentration(found: Concentration) -> None:
    """The limits one a line, and the excess concentration."""
    from abs_struct.cli.tape_reading import printable

    print(f"{'limit':<30}{'worst':<22}{'actual':>10}{'limit':>10}{'excess':>18}  ")
    print("-" * 98)
    for one in found.limits:
        actual, level = (f"{value:.2%}" if is_share(one) else f"{value:,.6g}" for value in (one.actual, one.level))
        met = "met" if one.met else "not met"
        excess = f"{one.excess_cents / 100:,.2f}"
        print(f"{printable(one.name, 29):<30}{printable(one.worst, 21):<22}{actual:>10}{level:>10}{excess:>18}  {met}")
    print("-" * 98)
    for name, cents in (
        ("balance", found.pool_cents),
        ("eligible balance", found.eligible_cents),
        ("excess concentration, each balance once", found.excess_cents),
        ("eligible balance less excess", found.adjusted_cents),
    ):
        print(f"{name:<72}{cents / 100:>18,.2f}")


def is_share(one: Measured) -> bool:
    """Whether a limit speaks of a share and not of an average like a score."""
    return not one.name.startswith("average") or (one.actual < 1.0 and one.level < 1.0)


def as_json(found: Concentration) -> dict[str, Any]:
    """The test under the schema abs-struct/limits/1."""
    return {
        "schema": "abs-struct/limits/1",
        "balance": found.pool_cents / 100,
        "eligible_balance": found.eligible_cents / 100,
        "excess_concentration": found.excess_cents / 100,
        "met": found.met,
        "limits": [
            {
                "name": one.name,
                "worst": one.worst,
                "actual": one.actual,
                "level": one.level,
                "met": one.met,
                "excess": one.excess_cents / 100,
                "excess_counted_once": one.counted_cents / 100,
            }
            for one in found.limits
        ],
    }
