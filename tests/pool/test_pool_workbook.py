"""The pool's newer lines in the live workbook, recalculated by an independent spreadsheet engine."""

from __future__ import annotations

import pytest
from handoff.recalculated import Recalculated
from small import TERMS, WATERFALL, small

from abs_struct.handoff.workbook import write_workbook

pytestmark = pytest.mark.needs("formualizer")

#: What a pool may say, each as replacements in the small deal's text.
VARIANTS = {
    "gross default under stress, recovered over 36 months": {
        "{cdr: 9%}": "{cgd: 3%, multiple: 2.5, timing: {by_year: [60%, 40%]}}",
        "{rate: 30%, lag: 3}": "{rate: 17.5%, lag: 1, timing: {months: 36}}",
    },
    "recoveries by year and by month": {
        "{rate: 30%, lag: 3}": "{rate: 30%, timing: {by_year: [70%, 30%]}}\n"
        "  groups: {24: {recovery: {rate: 50%, lag: 2, timing: [50%, 30%, 20%]}}}",
    },
    "supplement and coupon in a formula": {
        "groups: [original_term]": "yield_supplement: 11%",
        "max(10% * pool.balance, 1% of pool)": "pool.yield_supplement + pool.wac / 12 * pool.balance",
    },
    "arrears from the default curve": {
        "{rate: 30%, lag: 3}": "{rate: 30%, lag: 3}\n  delinquency: {roll: [30%, 60%, 85%], late_fee: 0.05%}",
    },
    "arrears given, defaults placed, a group of its own": {
        "{cdr: 9%}": "{cgd: 6%, timing: {by_year: [60%, 40%]}}",
        "{rate: 30%, lag: 3}": "{rate: 30%, lag: 3}\n  delinquency: {enter: 3%, roll: [30%, 60%, 85%, 90%]}\n"
        "  groups: {24: {delinquency: {enter: 5%, roll: [50%, 20%]}}}",
    },
    "advances that stop": {"{rate: 30%, lag: 3}": "{severity: 40%, lag: 6}\n  advances: {months: 2}"},
    "relief": {
        "{rate: 30%, lag: 3}": "{rate: 30%, lag: 3}\n  payment_holiday: {share: 20%, from: 2, months: 3}\n"
        "  term_extension: {share: 10%, months: 6}",
    },
}


@pytest.mark.parametrize("name", VARIANTS)
def test_pools_equal_the_engine(name, tmp_path):
    """Recalculated, every line is the engine's; no cell errs, and every check passes."""
    terms = TERMS
    for old, new in VARIANTS[name].items():
        assert old in terms, old
        terms = terms.replace(old, new)
    result = small(tmp_path, terms, WATERFALL).run()
    assert not result.failures
    workbook = Recalculated(write_workbook(result, tmp_path / "small.xlsx"), result)
    line, difference = workbook.worst(result)
    assert difference <= 1e-9, line
    assert workbook.errors() == []
    assert workbook.value("Checks", 4, 2) == "all checks passed"
