"""The program as a whole: help, exit codes, mistakes in one sentence, what it imports."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from cli.program import app, command, refused
from small import small
from typer.testing import CliRunner

from abs_struct.cli.terminal import table, width

COMMANDS = ("run", "sweep", "simulate", "stress", "views", "explain", "excel", "validate", "init", "schema", "tape")


@pytest.fixture
def deal(tmp_path, monkeypatch):
    """A small deal in an empty folder, which is the place of work."""
    small(tmp_path)
    monkeypatch.chdir(tmp_path)
    return "small.yaml"


def fresh(*words, tail=""):
    """The program in an interpreter of its own."""
    text = (
        "import sys\nfrom abs_struct.cli import main\nsys.argv = ['abs-struct', *sys.argv[1:]]\n"
        "try:\n    main()\nexcept SystemExit as end:\n    code = end.code or 0\nelse:\n    code = 0\n"
    )
    here = {**os.environ, "PYTHONPATH": str(Path(__file__).resolve().parents[2])}
    return subprocess.run(
        [sys.executable, "-c", text + tail + "\nsys.exit(code)", *words],
        capture_output=True, text=True, check=False, env=here,
    )  # fmt: skip


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_is_listed_and_has_help(name):
    """`--help` names every command, and each command has help of its own."""
    assert f"\n  {name} " in command("--help").stdout
    assert "Usage:" in command(name, "--help").stdout


def test_version():
    """`--version` prints the version of the package."""
    import abs_struct

    assert command("--version").stdout == f"abs-struct {abs_struct.__version__}\n"


@pytest.mark.parametrize("words", [("rnu",), ("run",), ("run", "a.yaml", "--nonsense"), ("explain", "a.yaml", "x")])
def test_wrong_usage_ends_with_2(words):
    """A command or option that does not exist, or a missing argument, is wrong usage."""
    assert "Traceback" not in command(*words, code=2).stderr


def test_run_needs_nothing_of_rich(deal):
    """A run without pictures and workbook loads neither rich nor a plotting, table or workbook library."""
    tail = "\nprint('loaded', *sorted({n.split('.')[0] for n in sys.modules}), file=sys.stderr)"
    done = fresh("run", deal, "--no-excel", "--no-charts", tail=tail)
    assert done.returncode == 0, done.stderr
    loaded = set(done.stderr.splitlines()[-1].split())
    assert not loaded & {"rich", "pandas", "matplotlib", "openpyxl", "xlsxwriter", "scipy", "duckdb"}


def test_nothing_but_data_on_stdout(deal):
    """Data goes to stdout and nothing to stderr; no colours, no progress where nobody watches."""
    done = fresh("run", deal, "--no-excel", "--no-charts")
    assert done.returncode == 0
    assert done.stderr == ""
    assert "\x1b" not in done.stdout
    assert "\r" not in done.stdout


@pytest.mark.parametrize(
    ("words", "code", "sentence"),
    [
        (("run", "nix.yaml"), 3, "nix.yaml: no such deal file"),
        (("run", "smal.yaml"), 3, "smal.yaml: no such deal file; did you mean 'small.yaml'?"),
        (("run", "."), 3, ".: is a folder; name a deal file in it"),
        (("run", "small.yaml", "--tape", "nix.csv"), 3, "nix.csv: no such tape"),
        (("run", "small.yaml", "--set", "notes.A"), 2, "--set notes.A: write PATH=VALUE, as in notes.A.coupon=5.25%"),
        (("run", "small.yaml", "--record", "notes.A.balanse"), 2,
         "--record notes.A.balanse: the deal has no such line; did you mean 'notes.A.balance'?"),
        (("run", "small.yaml", "--out", "small.csv"), 2, "small.csv: is a file; name a folder with --out"),
        (("explain", "small.yaml", "notes.A.balanc", "--period", "1"), 2,
         "the deal has no line 'notes.A.balanc'; did you mean 'notes.A.balance'?"),
        (("schema", "dael"), 2, "no schema 'dael'; did you mean 'deal'? (schemas: deal)"),
    ],
)  # fmt: skip
def test_mistakes_are_one_sentence(deal, words, code, sentence):
    """A mistake ends with its exit code and one sentence: what was found, and the repair."""
    assert refused(*words, code=code) == sentence


def test_mistake_in_the_deal_file_has_its_line(deal):
    """A step that names an unknown note is reported with file, line, path and the notes that exist."""
    file = Path(deal)
    lines = file.read_text().splitlines()
    at = next(i for i, line in enumerate(lines) if line.strip() == "- interest: A")
    file.write_text("\n".join([*lines[:at], lines[at].replace("A", "C"), *lines[at + 1 :]]))
    said = refused("run", deal)
    assert said.startswith(f"small.yaml:{at + 1} waterfall.before_default[")
    assert "no note 'C'" in said
    assert "notes are A, B" in said


def test_mistake_in_a_change_has_the_change_as_its_place(deal):
    """What was given with --set has no line in the file."""
    said = refused("run", deal, "--set", "waterfall.before_default[2].interest=C")
    assert said.startswith("--set waterfall.before_default[2].interest=C: no note 'C'")


@pytest.mark.parametrize("words", [("--debug", "run", "nix.yaml"), ("run", "nix.yaml", "--debug")])
def test_debug_shows_the_traceback(deal, words):
    """`--debug` stands before or after the command."""
    result = command(*words, code=3)
    assert "Traceback" in result.stderr
    assert result.stderr.rstrip().endswith("nix.yaml: no such deal file")


def raising(error):
    """A function that raises."""

    def raise_it(*args, **more):
        raise error

    return raise_it


def test_interrupted_ends_with_130(deal, monkeypatch):
    """Ctrl-C ends a command without a traceback."""
    monkeypatch.setattr("abs_struct.deal.load", raising(KeyboardInterrupt()))
    assert refused("run", deal, code=130) == "interrupted"


def test_unexpected_is_one_sentence(deal, monkeypatch):
    """What nobody foresaw is one sentence that says how to see more."""
    monkeypatch.setattr("abs_struct.deal.load", raising(ValueError("no\nidea")))
    said = refused("run", deal, code=1)
    assert said == "unexpected: ValueError: no idea; run again with --debug to see where"


def test_full_disk_names_the_file(deal, monkeypatch):
    """What the operating system refuses is said with the file's name."""
    full = OSError(28, "No space left on device", "x.csv")
    monkeypatch.setattr("abs_struct.handoff.lines.write_lines", raising(full))
    words = ("run", deal, "--no-excel", "--no-charts", "--record", "pool.balance")
    assert refused(*words, code=1) == "x.csv: no space left on device"


def test_quiet_keeps_notes_to_itself(tmp_path, monkeypatch):
    """`--quiet` prints data and mistakes only."""
    monkeypatch.chdir(tmp_path)
    assert "now run" in command("init", "one").stderr
    assert command("init", "two", "--quiet").stderr == ""
    assert "exists already" in refused("--quiet", "init", "two", code=2)


def test_text_from_a_deal_cannot_move_the_cursor(tmp_path, monkeypatch):
    """Control characters of a label reach no terminal."""
    small(tmp_path)
    monkeypatch.chdir(tmp_path)
    words = ("run", "small.yaml", "--no-excel", "--no-charts", "--set", 'notes.A.label="A\\e[31m"')
    assert "\x1b" not in command(*words).stdout


def test_table_aligns_chinese():
    """Chinese signs take two columns."""
    text = table(["档次", "WAL"], [["优先A级", "0.80"], ["B", "12.02"]])
    assert {width(line) for line in text.splitlines()} == {15 - 1}


def test_app_runs_twice():
    """Options of one command do not live on in the next."""
    runner = CliRunner()
    runner.invoke(app, ["--quiet", "--debug", "schema"])
    result = runner.invoke(app, ["run", "nix.yaml"])
    assert "Traceback" not in result.stderr


def test_a_reader_who_has_had_enough_is_no_mistake():
    """`abs-struct schema | head -1` ends with 0, and without a word on stderr."""
    end, start = os.pipe()
    os.close(end)
    program = [sys.executable, "-c", "from abs_struct.cli import main; main()", "schema"]
    here = {**os.environ, "PYTHONPATH": str(Path(__file__).resolve().parents[2])}
    found = subprocess.run(program, stdout=start, stderr=subprocess.PIPE, text=True, check=False, env=here)
    os.close(start)
    assert (found.returncode, found.stderr) == (0, "")


def test_an_interrupt_before_the_first_command_is_one_word(monkeypatch, capsys):
    """Ctrl-C while the program is still being read ends with 130, as it does during a command."""
    from abs_struct import cli
    from abs_struct.cli import terminal

    def interrupted():
        raise KeyboardInterrupt

    monkeypatch.setattr(terminal, "settle_streams", interrupted)
    monkeypatch.setattr("gc.set_threshold", lambda *found: None)
    with pytest.raises(SystemExit) as end:
        cli.main()
    assert (end.value.code, capsys.readouterr().err) == (130, "interrupted\n")
