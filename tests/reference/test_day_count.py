"""Day counts against ISDA's published examples (as coded in QuantLib's tests)."""

from __future__ import annotations

from datetime import date

import pytest
from reference.published import case

from abs_struct.dates.daycount import days, year_fraction

CASE = case("day_count")
NAMES = {
    "ISDA": "actual/actual",
    "AFB": "actual/actual AFB",
    "ICMA": "actual/actual ICMA",
    "30E/360 (ISDA)": "30E/360 ISDA",
}


def day(text):
    """A date, or None where there is none."""
    return date.fromisoformat(text) if text else None


@pytest.mark.parametrize("row", CASE["cases"], ids=lambda c: f"{c['convention']} {c['start']} {c['end']}")
def test_published_day_counts(row):
    """Every published year fraction and number of days comes out."""
    name, start, end = NAMES[row["convention"]], day(row["start"]), day(row["end"])
    if "days" in row:
        assert days(start, end, name, final=day(row["termination_date"])) == row["days"]
        return
    fraction = year_fraction(start, end, name, period_start=day(row["ref_start"]), period_end=day(row["ref_end"]))
    assert fraction == pytest.approx(row["year_fraction"], abs=CASE["tolerance"]["year_fraction"], rel=0)


def test_all_rows_are_tested():
    """The file holds the 26 examples it promises."""
    assert len(CASE["cases"]) == 26
