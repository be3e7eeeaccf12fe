"""The arguments that several commands share, and how they are read."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from abs_struct.deal import Deal

DealPath = Annotated[Path, typer.Argument(metavar="DEAL", help="The deal file (.yaml).", show_default=False)]
Changes = Annotated[
    list[str] | None,
    typer.Option(
        "--set", metavar="PATH=VALUE", help="Set a field, as in notes.A.coupon=5.25%; may be repeated.",
        show_default=False,
    ),
]  # fmt: skip
Fires = Annotated[
    list[str] | None,
    typer.Option(
        "--fire", metavar="NAME@PERIOD", help="Fire a trigger by hand from a period on; may be repeated.",
        show_default=False,
    ),
]  # fmt: skip
TapePath = Annotated[
    Path | None,
    typer.Option("--tape", metavar="FILE", help="Another tape than the deal file names.", show_default=False),
]
Folder = Annotated[
    Path | None,
    typer.Option(
        "--out", metavar="DIR", help="Where files are written; reports/<deal> if left out.", show_default=False
    ),
]
Json = Annotated[bool, typer.Option("--json", help="Print one JSON object.")]


def changes_of(
    given: list[str] | None, option: str = "--set", example: str = "notes.A.coupon=5.25%"
) -> dict[str, object]:
    """`--set PATH=VALUE` as path and value; the same of another option that takes them.

    Raises
    ------
    UsageError : no `=`, or no path before it
    """
    from abs_struct.core.findings import UsageError

    changes: dict[str, object] = {}
    for text in given or ():
        path, equals, value = text.partition("=")
        if not equals or not path.strip():
            raise UsageError(f"{option} {text}: write PATH=VALUE, as in {example}")
        changes[path.strip()] = value.strip()
    return changes


def loaded(deal: Path, changes: list[str] | None, tape: Path | None) -> Deal:
    """The deal that the arguments name."""
    from abs_struct.deal import load

    return load(deal, changes_of(changes), tape)


def fired(deal: Deal, given: list[str] | None) -> Deal:
    """The deal with the triggers that `--fire NAME@PERIOD` names active from those periods on.

    Raises
    ------
    UsageError : no `@`, no such trigger or period
    """
    from abs_struct.core.findings import UsageError, listed, nearest

    changes: dict[str, object] = {}
    for text in given or ():
        name, at, period = (word.strip() for word in text.partition("@"))
        known = deal.terms.triggers
        if not at:
            raise UsageError(f"--fire {text}: write NAME@PERIOD, as in turbo@12")
        if name not in known:
            there = f"triggers: {listed(known)}" if known else "the deal has no triggers"
            raise UsageError(f"--fire {text}: no trigger '{name}'{nearest(name, known)} ({there})")
        if not period.isdecimal() or not 1 <= int(period) <= deal.schedule.periods:
            raise UsageError(
                f"--fire {text}: '{period}' is not a period of the deal; they are 1 to {deal.schedule.periods}"
            )
        changes[f"triggers.{name}.fired"] = period
    return deal.with_(changes) if changes else deal


def folder_of(deal: Path, out: Path | None) -> Path:
    """The folder for the files of a deal.

    Raises
    ------
    UsageError : a file lies where the folder should be
    """
    from abs_struct.core.findings import UsageError

    folder = out if out is not None else Path("reports") / deal.stem
    if folder.exists() and not folder.is_dir():
        raise UsageError(f"{folder}: is a file; name a folder with --out")
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise UsageError(f"{folder}: cannot be made ({error.strerror}); name a folder with --out") from None
    return folder
