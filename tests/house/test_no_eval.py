"""A formula is parsed, never run as Python."""

from __future__ import annotations

import pytest

from house.package import names_called, sources, spoken

FORBIDDEN = {"eval", "exec", "__import__"}


@pytest.mark.parametrize("file", sources(), ids=spoken)
def test_no_text_is_run_as_code(file):
    """No file of the package calls eval, exec or __import__."""
    found = [f"{spoken(file)}:{line}: {name}()" for line, name in names_called(file) if name in FORBIDDEN]
    assert not found, "\n".join(found)


@pytest.mark.parametrize("file", [f for f in sources() if "cli" not in f.parts], ids=spoken)
def test_only_the_command_line_prints(file):
    """print() stands in abs_struct/cli only."""
    found = [f"{spoken(file)}:{line}" for line, name in names_called(file) if name == "print"]
    assert not found, "\n".join(found)
