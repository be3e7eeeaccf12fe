"""Running the program as a user does, in this process."""

from __future__ import annotations

from typer.testing import CliRunner

from abs_struct.cli.app import assembled

app = assembled()


def command(*words, code=0):
    """Run a command; gives its result when it ends with the exit code."""
    result = CliRunner().invoke(app, [str(word) for word in words])
    assert result.exit_code == code, (result.exit_code, result.stdout, result.stderr)
    return result


def refused(*words, code=3):
    """The sentence of a command that is refused: no data on stdout, no traceback."""
    result = command(*words, code=code)
    assert result.stdout == ""
    assert "Traceback" not in result.stderr
    return result.stderr.strip()
