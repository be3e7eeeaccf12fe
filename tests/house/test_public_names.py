"""The public names are a promise: one may be added, none may be lost."""

from __future__ import annotations

import pytest

import abs_struct

NAMES = [
    "AbsStructError",
    "AnalyticsError",
    "BreakEven",
    "CheckError",
    "Coupons",
    "CurveError",
    "DateError",
    "Deal",
    "DealError",
    "Finding",
    "FormulaError",
    "Place",
    "Result",
    "Simulation",
    "Sizes",
    "Solution",
    "StressRun",
    "Study",
    "Tape",
    "TapeError",
    "UsageError",
    "__version__",
    "break_even",
    "four_views",
    "load",
    "read_tape",
    "simulate",
    "size_notes",
    "solve_coupons",
    "solve_value",
    "stress",
    "stress_file",
    "sweep",
    "uncertainty_of",
]


def test_names_are_pinned():
    """`abs_struct` offers exactly these names."""
    assert sorted(abs_struct.__all__) == sorted(NAMES)


@pytest.mark.parametrize("name", NAMES)
def test_name_is_there(name):
    """Each public name can be had, and is documented."""
    value = getattr(abs_struct, name)
    assert name == "__version__" or value.__doc__


def test_unknown_name_is_refused():
    """A name that does not exist is refused with the list of those that do."""
    with pytest.raises(AttributeError, match="no attribute 'run_deal'; it has load, Deal"):
        abs_struct.run_deal  # noqa: B018


def test_version_is_in_the_changelog(repository):
    """The version of the package heads the changelog."""
    changelog = (repository / "CHANGELOG.md").read_text("utf-8")
    heading = next(line for line in changelog.splitlines() if line.startswith("## "))
    assert abs_struct.__version__ in heading
