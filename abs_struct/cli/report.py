"""abs-struct report: a run in the form that a trustee, a servicer or a regulator knows."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from abs_struct.cli.options import Changes, DealPath, Fires, Folder, Json, TapePath, fired, folder_of, loaded
from abs_struct.cli.terminal import Progress, complain, print_json, say

if TYPE_CHECKING:
    from datetime import date
    from pathlib import Path

    from abs_struct.deal.result import Result


def report(
    deal: DealPath,
    template: Annotated[
        str,
        typer.Option(
            "--template",
            metavar="NAME|FILE",
            help="deal-book, us-10d, eu-investor, cn-trustee, cn-distribution, your own .yaml, or an .xlsx to fill.",
        ),
    ] = "deal-book",
    form: Annotated[str, typer.Option("--format", help="xlsx, html, pdf or csv.")] = "xlsx",
    language: Annotated[str, typer.Option("--lang", help="en or zh.")] = "en",
    period: Annotated[
        int | None,
        typer.Option(
            "--period", help="The period whose payment is reported; the first if left out.", show_default=False
        ),
    ] = None,
    day: Annotated[
        str | None,
        typer.Option(
            "--date", metavar="YYYY-MM-DD", help="The payment date, in place of --period.", show_default=False
        ),
    ] = None,
    changes: Changes = None,
    tape: TapePath = None,
    fire: Fires = None,
    out: Folder = None,
    json_: Json = False,
) -> None:
    """Write a report: numbered lines that cite each other, due, shortfall and paid, factors, tie-outs."""
    from abs_struct.core.findings import UsageError
    from abs_struct.handoff.forms.write import asked_of, report_of, write_form

    if period is not None and day is not None:
        raise UsageError("--period and --date name the same thing; give one of them")
    when = date_of(day)
    if template.lower().endswith(".xlsx"):
        if form != "xlsx":
            raise UsageError(f"--format {form}: a workbook is filled as a workbook; leave --format out")
        fill(template, fired(loaded(deal, changes, tape), fire).run(), folder_of(deal, out), period, when, json_)
        return
    asked_of(template, form, language)
    with Progress("report") as progress:
        progress.stage("running the deal")
        result = fired(loaded(deal, changes, tape), fire).run()
        progress.stage("writing the report")
        filled = report_of(result, template, language, period=period, day=when, form=form)
        path = folder_of(deal, out) / f"{filled.name}_{filled.language}.{form}"
        file, notes = write_form(filled, path, form)
    for note in (*filled.notes, *notes):
        say(f"note: {note}")
    if json_:
        found = {
            "schema": "abs-struct/report/1",
            "deal": {"name": result.terms.name, "file": result.document.file, "sha256": result.document.sha256},
            "template": filled.name,
            "language": filled.language,
            "tie_outs": {"passed": len(filled.tied) - len(filled.failed), "failed": len(filled.failed)},
            "files": [str(file)],
        }
        print_json(found)
    else:
        print(file)
    if filled.failed:
        for check in filled.failed:
            complain(f"check failed: {check.statement}: left {check.left:,.2f}, right {check.right:,.2f} ({check.key})")
        raise typer.Exit(4)


def fill(template: str, result: Result, folder: Path, period: int | None, day: date | None, json_: bool) -> None:
    """A workbook of the user's own, filled by line name."""
    from pathlib import PurePath

    from abs_struct.handoff.forms.own_workbook import fill_workbook

    name = PurePath(template).name
    file, notes = fill_workbook(result, template, folder / name, period=period, day=day)
    for note in notes:
        say(f"note: {note}")
    if json_:
        said = {"name": result.terms.name, "file": result.document.file, "sha256": result.document.sha256}
        checks = {"passed": len(result.checks) - len(result.failures), "failed": len(result.failures)}
        found = {
            "schema": "abs-struct/report/1",
            "deal": said,
            "template": name,
            "tie_outs": checks,
            "files": [str(file)],
        }
        print_json(found)
    else:
        print(file)
    if result.failures:
        for check in result.failures:
            complain(f"check failed: {check.statement}: left {check.left:,.2f}, right {check.right:,.2f} ({check.id})")
        raise typer.Exit(4)


def date_of(text: str | None) -> date | None:
    """The date of --date.

    Raises
    ------
    UsageError : not a date as 2027-03-15
    """
    from datetime import date

    from abs_struct.core.findings import UsageError

    if text is None:
        return None
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise UsageError(f"--date {text}: write a date as 2027-03-15") from None
