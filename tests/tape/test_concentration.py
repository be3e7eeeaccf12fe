"""Concentrations: the largest borrower, province or kind of loan, what exceeds its limit, and by how much."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from cli.program import command, refused
from small import TERMS, WATERFALL, small

from abs_struct.core.findings import DealError, TapeError
from abs_struct.core.formula import Formula
from abs_struct.handoff.report import write_report
from abs_struct.tape import read_tape
from abs_struct.tape.concentration import Limit, test_concentrations

test_concentrations.__test__ = False  # type: ignore[attr-defined]  # a function of the package, not a test
ROWS = """loan_id,original_balance,balance,rate,original_term,borrower_id,province,age
1,300,300.00,0.12,12,a,GD,1
2,200,200.00,0.12,12,b,ZJ,1
3,250,250.00,0.12,12,a,GD,0
4,150,150.00,0.12,12,c,ZJ,0
5,100,100.00,0.12,12,d,SH,0
"""


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """Five loans of 1,000.00 in all: borrower a has two, 550.00; GD has 55%, ZJ 35%, SH 10%."""
    found = tmp_path / "loans.csv"
    found.write_text(ROWS)
    return found


def test_the_excess_is_what_lies_above_the_limit(file: Path) -> None:
    """Several loans of one borrower count together; every value above the limit adds to the excess."""
    limits = [
        Limit("one borrower", 0.15, "borrower_id"),
        Limit("one province", 0.55, "province"),
        Limit("new loans", 0.40, rule=Formula("age == 0")),
    ]
    borrower, province, new = test_concentrations(read_tape(file), limits)
    assert (borrower.value, borrower.share, borrower.over, borrower.excess_cents) == ("a", 0.55, 2, 45_000)
    assert (province.value, province.share, province.kept, province.excess_cents) == ("GD", 0.55, True, 0)
    assert (new.value, new.share, new.excess_cents) == ("age == 0", 0.50, 10_000)
    assert borrower.sentence == (
        "concentration, one borrower: a is 55.0000% of the pool, limit 15.0000% and 1 more; excess 450.00"
    )


def test_a_limit_that_cannot_be_tested(file: Path) -> None:
    """Optional: reported as untested; else one sentence with the nearest column."""
    tape = read_tape(file)
    (found,) = test_concentrations(tape, [Limit("one town", 0.1, "town", optional=True)])
    assert found.untested == "the tape has no column town"
    with pytest.raises(TapeError, match="reads the column 'provinces', which the tape lacks; did you mean 'province'"):
        test_concentrations(tape, [Limit("one province", 0.1, "provinces")])


def test_a_list_of_purchases_is_tested_by_a_command(file: Path) -> None:
    """`tape check --limit` prints largest, limit and excess, of the loans that meet the criteria."""
    shown = command("tape", "check", file, "--limit", "province=50%", "--rule", "balance >= 150").stdout
    assert "  61.1111%  50.0000%            100.00  province: GD (1 above the limit)" in shown
    found = json.loads(command("tape", "check", file, "--limit", "borrower_id=60%", "--json").stdout)
    assert found["concentrations"][0]["kept"] is True
    assert "write COLUMN=SHARE, as in province=12%" in refused("tape", "check", file, "--limit", "province", code=2)


def test_a_deal_reports_its_concentrations(tmp_path: Path) -> None:
    """What exceeds a limit is a note with its excess, stays in the pool, and stands in the report and in the JSON."""
    limits = (
        "pool: {tape: small.csv, concentrations: [{by: original_term, limit: 30%}, {rule: rate > 12%, limit: 90%}], "
    )
    result = small(tmp_path, TERMS.replace("pool: {tape: small.csv, ", limits), WATERFALL).run()
    assert not result.failures
    term, rate = result.collateral.concentrations
    assert (term.name, rate.name) == ("original_term", "rate > 12%")
    assert term.over == 3
    assert term.sentence in result.warnings
    assert rate.kept
    assert result.collateral.loans == 40
    assert result.summary()["tape"]["concentrations"][0]["excess"] == term.excess_cents / 100
    import openpyxl

    book = openpyxl.load_workbook(write_report(result, tmp_path / "report.xlsx"))
    words = [str(cell.value) for sheet in book for row in sheet.iter_rows() for cell in row if cell.value is not None]
    assert "at most 30.0000%, exceeded 3x" in words
    with pytest.raises(DealError, match="a concentration is `by` a column, such as province, or of a `rule`"):
        small(
            tmp_path,
            TERMS.replace("pool: {tape: small.csv, ", "pool: {tape: small.csv, concentrations: [{limit: 5%}], "),
        )
