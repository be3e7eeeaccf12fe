"""The tables of holidays that lie ready, against the package that they come from."""

from __future__ import annotations

from pathlib import Path

import pytest

from abs_struct.dates import calendars


def days_of(name: str) -> list[str]:
    """The weekdays on which a calendar is closed, by the package."""
    table = calendars.holidays_of(name)
    for year in calendars.TABLED:
        _ = f"{year}-01-01" in table  # asking loads a year
    return sorted(d.isoformat() for d in table if d.weekday() < 5 and d.year in calendars.TABLED)


@pytest.mark.parametrize("name", ["US-NY", "US-SIFMA", "TARGET", "UK-London"])
def test_the_table_is_what_the_package_says(name: str) -> None:
    """Every coming holiday of the package is in the table, and no other; later releases may correct the past."""
    coming = "2026-12-31"
    assert sorted(d for d in calendars.table_of(name) if d > coming) == [d for d in days_of(name) if d > coming]


def write_tables(folder: Path) -> None:
    """Write the tables anew: `python -c "import test_tables; test_tables.write_tables(...)"`, in this folder."""
    for name in ("US-NY", "US-SIFMA", "TARGET", "UK-London"):
        (folder / f"{name}.txt").write_text("\n".join(days_of(name)) + "\n", encoding="ascii")
