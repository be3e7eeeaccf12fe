"""A file can be left again: no module grows long."""

from __future__ import annotations

import pytest

from house.documents import REPOSITORY
from house.package import sources, spoken

MOST = 450


@pytest.mark.parametrize("file", [*sources(), *sorted((REPOSITORY / "tests").rglob("*.py"))], ids=spoken)
def test_module_is_short(file):
    """No module has more than 450 lines; a longer one holds two ideas and is split by noun."""
    assert len(file.read_text("utf-8").splitlines()) <= MOST
