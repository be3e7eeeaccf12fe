"""What the first import and the first --help load: next to nothing."""

from __future__ import annotations

import subprocess
import sys

import pytest

HEAVY = ("duckdb", "holidays", "matplotlib", "numpy", "openpyxl", "pandas", "pyarrow", "scipy", "xlsxwriter")

HELP = """
import sys
from abs_struct.cli import main
sys.argv = ["abs-struct", "--help"]
try:
    main()
except SystemExit as end:
    assert not end.code, end.code
"""

PROGRAMS = {"import abs_struct": "import abs_struct", "abs-struct --help": HELP}


def loaded(program):
    """The heavy libraries that a fresh interpreter has loaded after a program."""
    tail = "\nimport sys\nprint('loaded:', *sorted({name.split('.')[0] for name in sys.modules}))"
    done = subprocess.run([sys.executable, "-c", program + tail], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    names = done.stdout.splitlines()[-1].split()
    assert names[0] == "loaded:"
    return set(names) & set(HEAVY)


@pytest.mark.parametrize("name", PROGRAMS)
def test_nothing_heavy_is_loaded(name):
    """Importing the package, and asking for help, load none of the heavy libraries."""
    assert loaded(PROGRAMS[name]) == set()


def test_the_probe_sees_an_import():
    """The probe itself: a program that imports NumPy is caught."""
    assert "numpy" in loaded("import numpy")
