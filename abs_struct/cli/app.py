"""The program: its options, its commands, and how it ends when something is wrong."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from importlib import import_module
from typing import Annotated, Any

import typer
from typer.core import TyperGroup

from abs_struct.cli.terminal import SCREEN, complain
from abs_struct.core.findings import AbsStructError

#: Each command, or group of commands, with the module and the name of what does it.
COMMANDS = {
    "run": ("run", "run"),
    "sweep": ("sweep", "sweep"),
    "simulate": ("simulate", "simulate"),
    "solve": ("solve", "app"),
    "stress": ("stress", "stress"),
    "views": ("views", "views"),
    "explain": ("deal", "explain"),
    "clauses": ("clauses", "clauses"),
    "diff": ("diff", "diff"),
    "report": ("report", "report"),
    "excel": ("excel", "excel"),
    "check": ("check", "check"),
    "page": ("page", "page"),
    "validate": ("deal", "validate"),
    "init": ("deal", "init"),
    "schema": ("deal", "schema"),
    "tape": ("tape", "app"),
    "curves": ("curves", "app"),
}
ANYWHERE = ("--debug", "--quiet")
INTERRUPTED = 130


class Program(TyperGroup):
    """The group of all commands: its own options may stand anywhere, and mistakes become one sentence."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        """Move the options of the program to the front, wherever they stand before `--`."""
        end = args.index("--") if "--" in args else len(args)
        own = [word for word in args[:end] if word in ANYWHERE]
        rest = [word for word in args[:end] if word not in ANYWHERE]
        return super().parse_args(ctx, [*own, *rest, *args[end:]])

    def invoke(self, ctx: Any) -> Any:
        """Run a command; a mistake is one sentence on stderr, and the exit code says of which kind."""
        try:
            found = super().invoke(ctx)
            sys.stdout.flush()
            return found
        except AbsStructError as error:
            raise SystemExit(ended(str(error), error.exit_code)) from None
        except KeyboardInterrupt:
            raise SystemExit(ended("interrupted", INTERRUPTED)) from None
        except BrokenPipeError:
            raise SystemExit(unread()) from None
        except Exception as error:
            if belongs_to_typer(error):
                raise
            raise SystemExit(ended(unexpected(error), 1)) from None


def unread() -> int:
    """Whoever read stdout has had enough, as `| head` has: what is still to be written goes nowhere."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    return 0


def belongs_to_typer(error: Exception) -> bool:
    """Whether typer itself knows how to end with this: a wrong option, an exit code."""
    return isinstance(error, typer.Exit | typer.Abort) or hasattr(error, "show")


def unexpected(error: Exception) -> str:
    """One sentence for what nobody foresaw."""
    if isinstance(error, OSError) and error.filename is not None:
        return f"{error.filename}: {(error.strerror or 'cannot be used').lower()}"
    text = " ".join(str(error).split())[:300]
    return f"unexpected: {type(error).__name__}{': ' if text else ''}{text}; run again with --debug to see where"


def ended(text: str, code: int) -> int:
    """Say what was wrong (with the traceback where --debug asks for it) and give back the exit code."""
    if SCREEN.debug:
        import traceback

        traceback.print_exc(file=sys.stderr)
    complain(text)
    return code


app = typer.Typer(
    cls=Program,
    help="Structure, run and report asset-backed securities: a deal file and a loan tape go in, notes are paid.",
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["--help", "-h"], "max_content_width": 110},
)


def show_version(wanted: bool) -> None:
    """Print the version and end."""
    if wanted:
        import abs_struct

        print(f"abs-struct {abs_struct.__version__}")
        raise typer.Exit()


@app.callback()
def program(
    debug: Annotated[bool, typer.Option("--debug", help="Show the traceback of a mistake.")] = False,
    quiet: Annotated[bool, typer.Option("--quiet", help="Print only data and mistakes.")] = False,
    version: Annotated[
        bool, typer.Option("--version", help="Print the version.", callback=show_version, is_eager=True)
    ] = False,
) -> None:
    """Structure, run and report asset-backed securities: a deal file and a loan tape go in, notes are paid."""
    SCREEN.debug, SCREEN.quiet = debug, quiet


def assembled(words: Sequence[str] = ()) -> typer.Typer:
    """The program with the command that the words ask for; with all of them where the first word is no command.

    Reading the options of the others takes longer than `--help` may. All are there for the help, and for the message
    that names them.
    """
    asked = next((word for word in words if not word.startswith("-")), "")
    for name in [asked] if asked in COMMANDS else COMMANDS:
        module, thing = COMMANDS[name]
        found = getattr(import_module(f"abs_struct.cli.{module}"), thing)
        if isinstance(found, typer.Typer):
            app.add_typer(found, name=name)
        else:
            app.command(name)(found)
    return app
