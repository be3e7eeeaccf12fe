"""abs-struct tape convert, rows, sql: a tape as Parquet, a tape of any size as rows, and the same in a warehouse."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

if TYPE_CHECKING:
    from abs_struct.tape.scan import Scan

LayoutName = Annotated[
    str | None,
    typer.Option("--layout", help="A layout's name, or a layout file (.yaml); found by the header if left out."),
]
By = Annotated[
    list[str] | None,
    typer.Option(
        "--by", help="Columns that tell rows apart, beside age, repayment, terms and rate; with commas or repeated."
    ),
]
AsOfDay = Annotated[str, typer.Option("--as-of", help="cutoff, or origination.")]


def convert(
    file: Annotated[str, typer.Argument(help="The tape, or the address of a table.", show_default=False)],
    out: Annotated[Path, typer.Option("--out", help="Where to: .parquet, .csv or .csv.gz.", show_default=False)],
    layout: LayoutName = None,
    as_of: Annotated[str, typer.Option("--as-of", help="cutoff, origination, or auto.")] = "auto",
    cutoff: Annotated[
        str | None, typer.Option("--cutoff", help="The cut-off date, where a tape gives dates only.")
    ] = None,
) -> None:
    """Write a tape of any layout in the toolkit's own, as Parquet; rejected rows go into a file beside it."""
    from abs_struct.cli.tape_reading import print_totals, read
    from abs_struct.tape.convert import frame_of, write_frame, write_rejections

    tape = read(file, layout, as_of, cutoff)
    written = write_frame(out, frame_of(tape))
    beside = write_rejections(out, tape)
    print_totals(tape)
    print(f"wrote {written}" + (f" and {beside}" if beside else ""), file=sys.stderr)


def rows(
    file: Annotated[
        str, typer.Argument(help="CSV or Parquet, or a pattern such as 'tapes/*.parquet'.", show_default=False)
    ],
    by: By = None,
    layout: LayoutName = None,
    as_of: AsOfDay = "cutoff",
    out: Annotated[Path | None, typer.Option("--out", help="Also write the rows: .parquet, .csv or .csv.gz.")] = None,
    list_rejected: Annotated[bool, typer.Option("--list", help="List the rejected rows, the first thousand.")] = False,
    json_: Annotated[bool, typer.Option("--json", help="One JSON object on stdout.")] = False,
) -> None:
    """Add up a tape of any size in a stream: loans that run off alike become one row, in whole cents."""
    from abs_struct.tape.scan import scan

    found = scan(file, layout, split(by), day_of(as_of), list_rejected)
    if json_:
        print(json.dumps(found.summary(), indent=1))
    else:
        print_scan(found)
    if out is not None:
        print(f"wrote {found.write(out)}", file=sys.stderr)


def sql(
    table: Annotated[str, typer.Argument(help="The name of the table, as SQL writes it.", show_default=False)],
    by: By = None,
    layout: Annotated[str, typer.Option("--layout", help="A layout's name, or a layout file (.yaml).")] = "abs_struct",
    columns: Annotated[
        str, typer.Option("--columns", help="The table's columns, with commas; the layout's first names if left out.")
    ] = "",
    as_of: AsOfDay = "cutoff",
) -> None:
    """Print the one GROUP BY that adds up a tape where it lies, for a warehouse whose columns have types."""
    from abs_struct.tape.layout import NECESSARY, named_layout
    from abs_struct.tape.statement import statement

    found = named_layout(layout)
    names = [word.strip() for word in columns.split(",") if word.strip()]
    wanted = (*NECESSARY, "remaining_term", *split(by))
    usual = {name: source.names[0] for name, source in found.columns.items() if source.names}
    names = names or [usual.get(name, name) for name in wanted]
    kinds = dict.fromkeys(names, "text")
    print(statement(found, kinds, split(by), "ansi", day_of(as_of)).rows(table) + ";")


def split(by: list[str] | None) -> list[str]:
    """Names with commas between them or repeated, as one list."""
    return [name.strip() for words in by or () for name in words.split(",") if name.strip()]


def day_of(as_of: str) -> Literal["cutoff", "origination"]:
    """The word of --as-of, or the sentence for another."""
    from abs_struct.core.findings import UsageError, nearest

    words: tuple[Literal["cutoff", "origination"], ...] = ("cutoff", "origination")
    for word in words:
        if word == as_of:
            return word
    raise UsageError(f"--as-of '{as_of}' is not one of {', '.join(words)}{nearest(as_of, words)}")


def print_scan(found: Scan) -> None:
    """Read = accepted + rejected, the reasons, and how many rows are left."""
    from abs_struct.cli.tape_reading import printable

    t = found.totals
    print(f"{found.file}  (layout {found.layout})")
    print(f"{'':<12}{'loans':>15}{'balance':>24}{'original balance':>24}")
    for name, count, balance, original in (
        ("read", t.rows_read, t.balance_read, t.original_read),
        ("accepted", t.accepted, t.balance_accepted, t.original_accepted),
        ("rejected", t.rejected, t.balance_rejected, t.original_rejected),
    ):
        print(f"{name:<12}{count:>15,}{balance / 100:>24,.2f}{original / 100:>24,.2f}")
    for why, (count, balance, _) in found.faults.items():
        print(f"{'':<12}{count:>15,}{balance / 100:>24,.2f}  {why}")
    for row, loan, why in found.listed:
        print(f"  row {row:,}  {printable(loan, 30)}  {why}")
    keys = ", ".join((*found.groups, "age", "repayment", "terms", "rate"))
    print(f"{len(found):,} rows by {keys}; ids were not compared")
