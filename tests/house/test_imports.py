"""What the first import and the first --help load: next to nothing; what a run loads: what its deal names."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

REPOSITORY = Path(__file__).parents[2]

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

RUN = """
import sys
from abs_struct.cli import main
sys.argv = ["abs-struct", "run", "deals/mpl_2027_1.yaml", "--no-excel", "--no-charts"]
try:
    main()
except SystemExit as end:
    assert not end.code, end.code
"""

#: What a deal of amortising loans without hedges, purchases and arrears has no use for, and neither has its run.
UNNAMED = (
    *("curves.cards", "curves.delinquency", "curves.default.vector", "curves.prepayment.psa", "curves.rates"),
    *("pool.arrears", "pool.cards", "pool.clock", "pool.foreclosure", "pool.mix", "pool.purchased", "pool.relief"),
    *("terms.facilities", "terms.hedges", "terms.retention", "terms.revolving"),
    *("waterfall.hedges", "waterfall.facilities", "waterfall.steps.debit", "waterfall.steps.purchase"),
    *("waterfall.trace", "study", "tape.stratify"),
)


def modules(program):
    """The names of all that a fresh interpreter has loaded after a program."""
    tail = "\nimport sys\nprint('loaded:', *sorted(sys.modules))"
    done = subprocess.run(
        [sys.executable, "-c", program + tail], capture_output=True, text=True, check=False, cwd=REPOSITORY
    )
    assert done.returncode == 0, done.stderr
    names = done.stdout.splitlines()[-1].split()
    assert names[0] == "loaded:"
    return set(names)


def loaded(program):
    """The heavy libraries that a fresh interpreter has loaded after a program."""
    return {name.split(".")[0] for name in modules(program)} & set(HEAVY)


def test_a_run_imports_what_its_deal_names():
    """Kinds of clauses and curves, and the parts of rarer deals, are imported when a deal has them."""
    found = modules(RUN)
    assert {"abs_struct.waterfall.steps.interest", "abs_struct.curves.default.cnl"} <= found
    assert found & {f"abs_struct.{name}" for name in UNNAMED} == set()
    assert not any(name.split(".")[0] in {"pandas", "scipy", "matplotlib", "openpyxl"} for name in found)


@pytest.mark.parametrize("name", PROGRAMS)
def test_nothing_heavy_is_loaded(name):
    """Importing the package, and asking for help, load none of the heavy libraries."""
    assert loaded(PROGRAMS[name]) == set()


def test_the_probe_sees_an_import():
    """The probe itself: a program that imports NumPy is caught."""
    assert "numpy" in loaded("import numpy")
