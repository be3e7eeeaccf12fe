"""Vintages of the live workbook: what is left of each purchase, and that together they are the pool's."""

from __future__ import annotations

import numpy as np
import openpyxl
import pytest

import abs_struct
from abs_struct.handoff.workbook import write_workbook
from abs_struct.handoff.workbook.axis import CLOSING
from abs_struct.handoff.workbook.pages.vintages import FIRST, kinds
from abs_struct.handoff.workbook.recalculated import Recalculated

CHANGES = {
    "hb_rev_2027_1": {"assumptions.refunds": "1%", "assumptions.dilution": "0.3%"},
    "jb_cl_2027_1": {},
    "euroc_2027_1": {"assumptions.default.multiple": "0.2"},
}


@pytest.mark.needs("formualizer")
@pytest.mark.parametrize("name", CHANGES)
def test_each_purchase_runs_off(name, repository, tmp_path):
    """Recalculated, all vintages are what the pool holds; each begins with its par and only falls; totals are paid."""
    deal = abs_struct.load(repository / f"deals/{name}.yaml")
    result = (deal.with_(CHANGES[name]) if CHANGES[name] else deal).run()
    lines, last = result.lines, CLOSING + 1 + result.program.periods
    workbook = Recalculated(write_workbook(result, tmp_path / "live.xlsx"), result)
    assert workbook.value("Checks", 4, 2) == "all checks passed"
    bought = sum(lines[f"receivables.{kind}.purchased"] for kind in kinds(workbook.book))
    paid = sum(lines[f"receivables.{kind}.price_paid"] for kind in kinds(workbook.book))
    held = sum(lines[f"receivables.{kind}.balance"] for kind in kinds(workbook.book))
    open_ = np.flatnonzero(lines["revolving.open"] > 0.0).tolist()
    block = np.array(workbook.cells("Vintages", CLOSING + 1, 3, last, FIRST + len(open_)), dtype=float)
    pool = float(lines["pool.initial_balance"][0])
    until = int((lines["deal.called"] > 0.5).argmax()) or len(held) if "deal.called" in lines else len(held)
    assert np.abs(block[:until, 0] - held[:until]).max() <= 1e-9 * pool
    assert np.abs(block[:, 1] - held).max() <= 1e-9 * pool
    for at, period in enumerate(open_, 2):
        column = block[:, at]
        assert not column[:period].any()
        assert column[period] == pytest.approx(bought[period], rel=1e-12)
        assert (np.diff(column[period:]) <= 1e-9 * pool).all()
        assert workbook.value("Vintages", 7, at + 3) == pytest.approx(bought[period], rel=1e-12)
        assert workbook.value("Vintages", 8, at + 3) == pytest.approx(paid[period], rel=1e-12)
    assert workbook.value("Vintages", 8, 3) == pytest.approx(paid.sum(), rel=1e-12)
    assert paid.sum() > 0.0


def test_no_purchases_no_vintages(repository, tmp_path):
    """A deal that buys nothing has no such sheet, and its contents name none."""
    result = abs_struct.load(repository / "deals/mpl_2027_1.yaml").run()
    book = openpyxl.load_workbook(write_workbook(result, tmp_path / "live.xlsx"))
    assert "Vintages" not in book.sheetnames
    assert not [cell.value for (cell,) in book["Contents"].iter_rows(max_col=1) if cell.value == "Vintages"]
