"""Triggers by their Chinese names: in formulas, sentences, on the terminal, in the report and in the workbook."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import openpyxl
import pytest
from cli.program import command
from small import TERMS, WATERFALL, small

from abs_struct.core.findings import DealError
from abs_struct.handoff.report import write_report
from abs_struct.handoff.workbook import write_workbook
from abs_struct.waterfall.engine import run_as_arrays

NAMES = ("提前终止循环期", "加速清偿", "违约", "权利完善")
TRIGGERS = """\
triggers:
  提前终止循环期: {test: pool.cumulative_net_loss / pool.initial_balance, above: 1%, cure: never}
  加速清偿: {test: triggers.提前终止循环期.active and deal.period >= 6, cure: never}
  违约: {test: deal.period < 0, fired: 9}
  权利完善: {test: triggers.违约.active or triggers.加速清偿.active}
"""
CHINESE = TERMS[: TERMS.index("triggers:")] + TRIGGERS + "  event_of_default: {test: triggers.违约.active}\n"
SWITCHED = WATERFALL.replace("triggers.losses.active", "triggers.加速清偿.active").replace(
    "    - residual: holder\n  after_default:",
    "    - residual: holder\n      when: not triggers.权利完善.active\n  after_default:",
)


def words_of(file: Path) -> set[str]:
    """Every text of a workbook."""
    book = openpyxl.load_workbook(file)
    return {str(cell.value) for sheet in book for row in sheet.iter_rows() for cell in row if cell.value is not None}


def test_formulas_and_results_know_them(tmp_path: Path) -> None:
    """Each is read by the next, switches clauses, has its lines, and is in the history; floats equal arrays."""
    deal = small(tmp_path, CHINESE, SWITCHED)
    result = deal.run()
    assert not result.failures
    first = {name: result.triggers[name].first_breach for name in NAMES}
    assert first["提前终止循环期"] is not None
    assert first["加速清偿"] == max(6, first["提前终止循环期"])
    assert first["权利完善"] == min(9, first["加速清偿"])
    assert [event.trigger for event in result.events if event.trigger in NAMES][:2] == ["提前终止循环期", "加速清偿"]
    switched = {event.trigger: event.switched for event in result.events}
    assert any("before_default" in word for word in switched["加速清偿"]["read by"])
    many = run_as_arrays(deal.program)
    for name, series in result.lines.items():
        assert np.array_equal(many[name][:, 0], series), name


def test_the_terminal_and_the_files_print_them(tmp_path: Path) -> None:
    """On the terminal, in the report, and in the sentences of the live workbook, as the deal writes them."""
    result = small(tmp_path, CHINESE, SWITCHED).run()
    shown = command("run", tmp_path / "small.yaml", "--no-excel", "--no-charts").stdout
    report = words_of(write_report(result, tmp_path / "report.xlsx"))
    book = words_of(write_workbook(result, tmp_path / "book.xlsx"))
    for name in NAMES:
        assert name in shown, name
        for words in (report, book):
            assert any(name in text for text in words), name
    assert any("适用条件" in text and "权利完善" in text for text in book)
    explained = command("explain", tmp_path / "small.yaml", "triggers.加速清偿.active", "--period", "8").stdout
    assert "提前终止循环期" in explained


def test_a_name_that_is_misspelt_is_met_by_the_nearest(tmp_path: Path) -> None:
    """One sentence with the place and the name that was probably meant."""
    with pytest.raises(DealError, match=r"加速清尝.*did you mean 'triggers\.加速清偿\.active'"):
        _ = small(tmp_path, CHINESE, SWITCHED.replace("加速清偿", "加速清尝")).program
