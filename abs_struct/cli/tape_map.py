"""abs-struct tape map: propose a layout for a tape with an unknown header."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer


def map_(
    file: Annotated[Path, typer.Argument(help="The tape.", show_default=False)],
    out: Annotated[Path | None, typer.Option("--out", help="The layout file; TAPE.layout.yaml if left out.")] = None,
) -> None:
    """Propose which column of a tape is which field, as a layout file to look at and edit."""
    from abs_struct.core.findings import TapeError
    from abs_struct.tape.layout import recognise
    from abs_struct.tape.propose import write_layout
    from abs_struct.tape.readers import read_lines

    target = out or file.with_name(f"{file.name.split('.')[0]}.layout.yaml")
    try:
        known, _ = recognise(str(file), read_lines(file).cells, None)
        print(f"{file} has the layout '{known.layout.name}' already; this one is beside it", file=sys.stderr)
    except TapeError:
        pass  # which is why a layout is wanted; what cannot be read at all is said below
    found, lacking = write_layout(file, target)
    print(f"{'field':<20}{'column':<34}{'fit':>5}  such as")
    for proposal in found:
        print(f"{proposal.field:<20}{proposal.column[:32]:<34}{proposal.score:>5.0%}  {proposal.example[:36]}")
    print(f"wrote {target}", file=sys.stderr)
    if lacking:
        print(f"not found, and needed: {', '.join(lacking)}; write their columns into the file")
    else:
        print(f"look at it, then: abs-struct tape check {file} --layout {target}")
