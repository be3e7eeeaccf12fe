"""A gate that cannot fail is decoration: each is shown a fault once."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

from house.documents import PACKAGE, REPOSITORY
from house.package import names_called

NEEDS = """
import pytest

@pytest.mark.needs("typst")
def test_pdf():
    \"\"\"Needs an optional part.\"\"\"
"""

MISSING = """
import conftest
conftest.PARTS["typst"] = (lambda: False, "pip install 'abs-struct[pdf]'")
"""

UPWARD = {
    "floors": ("core/findings.py", "import abs_struct.waterfall"),
    "circles": ("core/findings.py", "import abs_struct.core.registry"),
}


def ran(folder, required):
    """What pytest says about a test that needs a missing part."""
    (folder / "test_pdf.py").write_text(NEEDS)
    (folder / "missing.py").write_text(MISSING)
    paths = os.pathsep.join([str(folder), str(REPOSITORY / "tests")])
    return subprocess.run(
        [
            sys.executable,
            "-m",
            "pytest",
            "-q",
            "-rs",
            "-p",
            "conftest",
            "-p",
            "missing",
            "-p",
            "no:cacheprovider",
        ],
        capture_output=True,
        text=True,
        check=False,
        cwd=folder,
        env={**os.environ, "PYTHONPATH": paths, "ABS_STRUCT_REQUIRE": required},
    )


def test_missing_part_is_skipped(tmp_path):
    """A test whose optional part is missing is skipped, and says how to get the part."""
    done = ran(tmp_path, required="")
    assert done.returncode == 0
    assert "typst was not found (pip install 'abs-struct[pdf]')" in done.stdout


def test_missing_required_part_fails(tmp_path):
    """Where the part is required, its absence is a failure."""
    done = ran(tmp_path, required="formualizer,typst")
    assert done.returncode == 1
    assert "typst is required here and was not found" in done.stdout


def test_misspelt_required_part_is_refused(tmp_path):
    """A required part that nobody knows is a usage error, not a part that is never missed."""
    done = ran(tmp_path, required="libre-office")
    assert done.returncode != 0
    assert "ABS_STRUCT_REQUIRE names libre-office; the parts are" in done.stdout + done.stderr


@pytest.mark.parametrize("contract", UPWARD)
def test_planted_import_is_caught(contract, tmp_path):
    """An import that reaches up, or closes a circle, breaks its contract."""
    for file in PACKAGE.rglob("*.py"):
        copy = tmp_path / file.relative_to(REPOSITORY)
        copy.parent.mkdir(parents=True, exist_ok=True)
        copy.write_bytes(file.read_bytes())
    (tmp_path / "pyproject.toml").write_bytes((REPOSITORY / "pyproject.toml").read_bytes())
    where, fault = UPWARD[contract]
    with (tmp_path / "abs_struct" / where).open("a") as text:
        text.write(f"\n{fault}\n")
    check = "from importlinter.cli import lint_imports_command; lint_imports_command()"
    done = subprocess.run(
        [sys.executable, "-c", check, "--no-cache", "--contract", contract],
        capture_output=True,
        text=True,
        check=False,
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(tmp_path)},
    )
    assert done.returncode == 1
    assert "BROKEN" in done.stdout


def test_call_of_eval_is_seen(tmp_path):
    """A planted eval is found with its line; a method of the same name is not."""
    (tmp_path / "planted.py").write_text("frame.eval('a + b')\n\nvalue = eval('1 + 1')\n")
    assert list(names_called(tmp_path / "planted.py")) == [(3, "eval")]
