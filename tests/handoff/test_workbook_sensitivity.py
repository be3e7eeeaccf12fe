"""The grids of the live workbook: values of the engine at moved inputs, stamped."""

from __future__ import annotations

import openpyxl
import pytest
from handoff.recalculated import Recalculated
from small import TERMS, small

from abs_struct.handoff.workbook import write_workbook
from abs_struct.handoff.workbook.pages.sensitivity import (
    AS_RUN,
    FIRST_GRID,
    LEVELS,
    SENSITIVITY,
    SPEEDS,
    STALE,
    STAMP_ROW,
    WIDTH,
    levers,
)


@pytest.fixture(scope="module")
def deal(tmp_path_factory):
    """The small deal."""
    return small(tmp_path_factory.mktemp("sensitivity"))


@pytest.fixture(scope="module")
def file(deal, tmp_path_factory):
    """Its workbook."""
    return write_workbook(deal.run(), tmp_path_factory.mktemp("live") / "small.xlsx")


@pytest.mark.parametrize(("level", "speed"), [(1.0, 1.0), (3.0, 0.5), (0.5, 1.5)])
def test_a_cell_is_a_run(deal, file, level, speed):
    """A cell of each grid is the measure of a run of the deal with its assumptions so changed."""
    run = deal.with_(
        {"assumptions.prepayment.cpr": repr(0.12 * speed), "assumptions.default.multiple": repr(level)}
    ).run()
    sheet = openpyxl.load_workbook(file, data_only=True)[SENSITIVITY]
    for at, name in enumerate(("A", "B")):
        row = FIRST_GRID + at * (len(LEVELS) + 4) + 3 + LEVELS.index(level)
        column = 2 + SPEEDS.index(speed)
        found = run.note_measures[name]
        wanted = (found.wal, found.yield_, found.principal_shortfall / found.balance)
        for grid, value in enumerate(wanted):
            assert sheet.cell(row, column + grid * WIDTH).value == pytest.approx(value, abs=1e-9), (name, grid)


@pytest.mark.needs("formualizer")
def test_the_grids_are_stamped(deal, file):
    """The sheet says that its grids are not of the inputs, once one was changed."""
    workbook = Recalculated(file, deal.run())
    assert workbook.value(SENSITIVITY, STAMP_ROW + 1, 1) == AS_RUN
    workbook.change(notes__A__coupon=0.07)
    assert workbook.value(SENSITIVITY, STAMP_ROW + 1, 1) == STALE


def test_levers_are_the_whole_of_an_assumption():
    """Groups are moved together, by a multiple where there is one, and by their own level where there is none."""
    inputs = dict.fromkeys(
        ("assumptions.groups.x.default.multiple", "assumptions.groups.x.default.mdr", "assumptions.default.mdr",
         "assumptions.prepayment.smm", "assumptions.default.timing.by_year.0", "notes.A.default.cdr"), 1.0,
    )  # fmt: skip
    assert levers(inputs, "default", ("mdr",)) == ["assumptions.groups.x.default.multiple", "assumptions.default.mdr"]
    assert levers(inputs, "prepayment", ("cpr", "smm")) == ["assumptions.prepayment.smm"]


def test_a_deal_without_defaults_has_no_grids(tmp_path):
    """Without a level of default to move there is no such sheet, and no link to it."""
    result = small(tmp_path, TERMS.replace("  default: {cdr: 9%}\n", "")).run()
    names = openpyxl.load_workbook(write_workbook(result, tmp_path / "none.xlsx")).sheetnames
    assert SENSITIVITY not in names
