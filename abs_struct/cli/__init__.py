"""abs-struct: the door of the house; arguments in, exit codes out.

    app        the program: its options, its commands, and how it ends when something is wrong
    options    the arguments that several commands share
    terminal   what is written where: data on stdout, everything else on stderr
    run        abs-struct run
    deal       abs-struct init, validate, schema, explain
    starter/   what init writes
    sweep      abs-struct sweep
    excel      abs-struct excel
    tape       abs-struct tape inspect, check, stratify, generate

Exit codes: 0 ok, 1 unexpected, 2 usage, 3 deal or tape invalid, 4 a check failed, 130 interrupted. A command module
imports typer at its top and everything else inside its functions, so that `--help` answers at once.
"""

from __future__ import annotations


def main() -> None:
    """Run the program with the arguments of the process."""
    import atexit
    import gc
    import os
    import sys

    os.environ.setdefault("PYDANTIC_DISABLE_PLUGINS", "__all__")  # looking for plugins reads every installed package
    gc.set_threshold(200_000, 20, 20)  # a tape is many small objects that all stay: collecting early finds nothing
    atexit.register(gc.freeze)  # nor does a last search, when the process ends anyway
    try:
        from abs_struct.cli.app import assembled
        from abs_struct.cli.terminal import settle_streams

        settle_streams()
        assembled(sys.argv[1:])(prog_name="abs-struct")
    except KeyboardInterrupt:  # while the program itself is still being read
        sys.stderr.write("interrupted\n")
        sys.exit(130)
