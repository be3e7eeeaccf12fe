"""Spreadsheet functions against the values of a widely used test suite and the maker's own examples."""

from __future__ import annotations

from datetime import date

import pytest
from reference.published import case

from abs_struct.analytics.spreadsheet import spreadsheet

CASES = case("excel_functions")["cases"]

#: The file's tolerance: relative 1e-8, or what a function says.
ABSOLUTE = {"XNPV": 2e-3, "NPER": 1e-5, "RATE": 1e-7, "XIRR": 2e-7}
#: Values that are printed with fewer digits than 1e-8 asks for: half of the last digit.
PRINTED = {"YEARFRAC": 6e-10}


def read(argument):
    """An argument as the function wants it: text is a date."""
    if isinstance(argument, str):
        return date(*(int(part) for part in argument.split("-")))
    return [read(item) for item in argument] if isinstance(argument, list) else argument


@pytest.mark.parametrize("row", CASES, ids=lambda c: f"{c['fn']} {str(c['args'])[:60]}")
def test_published_values(row):
    """Every value of the file comes out, the rows that the file's author could not check among them."""
    name, expected = row["fn"], row["expected"]
    got = spreadsheet(name, *[read(argument) for argument in row["args"]])
    relative = 2e-7 if name == "XIRR" else 0 if name in ABSOLUTE else 1e-8
    assert got == pytest.approx(expected, rel=relative, abs=ABSOLUTE.get(name, PRINTED.get(name, 1e-12)))


def test_all_rows_are_tested():
    """The file holds the 140 values it promises."""
    assert len(CASES) == 140
