"""abs-struct clauses: a deal in words, for lawyers."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from abs_struct.cli.options import Changes, DealPath, TapePath, loaded
from abs_struct.cli.terminal import say

ENDINGS = {".md": "md", ".html": "html", ".htm": "html", ".docx": "docx"}


def clauses(
    deal: DealPath,
    language: Annotated[str, typer.Option("--lang", help="en or zh.")] = "en",
    form: Annotated[
        str | None,
        typer.Option("--format", help="md, html or docx; that of --out if left out.", show_default=False),
    ] = None,
    out: Annotated[
        Path | None,
        typer.Option("--out", metavar="FILE", help="Markdown on the terminal if left out.", show_default=False),
    ] = None,
    changes: Changes = None,
    tape: TapePath = None,
) -> None:
    """Write the deal in words: dates, receivables, notes, fees, events, and the priority of payments."""
    from abs_struct.core.findings import UsageError, listed
    from abs_struct.handoff.prose.clauses import clauses_of
    from abs_struct.handoff.prose.written import FORMATS, markdown, write_clauses

    if out is None and form not in {None, "md"}:
        raise UsageError(f"--format {form}: name a file with --out")
    if out is not None and form is None and out.suffix.lower() not in ENDINGS:
        raise UsageError(f"--out {out}: clauses are written as {listed(FORMATS)}; name such a file, or give --format")
    found = clauses_of(loaded(deal, changes, tape), language)
    if found.untranslated:
        names = listed(found.untranslated, 12)
        say(f"no Chinese for {names}; write them under `glossary:` in the deal file")
    if out is None:
        print(markdown(found), end="")
        return
    print(write_clauses(found, out, form or ENDINGS[out.suffix.lower()]))
