"""Eligibility: formulas over the columns of a tape, counts that tie, and criteria that cannot be tested."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from abs_struct.core.findings import FormulaError, TapeError
from abs_struct.core.formula import Formula
from abs_struct.tape import Criterion, eligibility, read_tape

ROWS = """loan_id,original_balance,balance,rate,original_term,remaining_term,state,fico,origination_date
A,10000,9000,0.12,36,30,CA,700,2026-06-01
B,800,700,0.08,12,6,IA,650,2026-06-15
C,60000,50000.01,0.30,84,80,NY,,2025-01-31
D,5000,5000,0.12,60,60,,640,2026-12-31
"""


@pytest.fixture(scope="module")
def tape(tmp_path_factory):
    """Four loans, one with a missing score and one with a missing state."""
    file = tmp_path_factory.mktemp("tape") / "loans.csv"
    file.write_text(ROWS)
    return read_tape(file)


def fails(tape, *rules):
    """Which loans fail, with the criteria they fail."""
    found = eligibility.test_eligibility(tape, [Criterion(rule, Formula(rule)) for rule in rules])
    return {loan.loan_id: loan.fails for loan in found.ineligible}


@pytest.mark.parametrize(
    ("rule", "failing"),
    [
        ("original_term >= 12 and original_term <= 60", "C"),
        ("balance >= 1_000 and balance <= 50_000", "BC"),
        ("rate >= 5% and rate <= 29.99%", "C"),
        ("apr < 1200 bp", "ACD"),
        ('state not in ["IA", "ID"]', "B"),
        ('state in ["CA", "NY"]', "BD"),
        ('state != ""', "D"),
        ("remaining_term == original_term", "ABC"),
        ("fico >= 640", "C"),  # a missing score passes nothing
        ("not fico < 640", "C"),
        ('origination_date >= "2026-06-15"', "AC"),
        ("balance <= 90% of original_balance", "D"),
        ("seasoning >= 1", "D"),
        ("max(age, 3) <= 4", "AB"),
    ],
)
def test_a_criterion_is_a_formula_over_columns(tape, rule, failing):
    """Numbers, percents, words, dates and arithmetic over columns; a missing value fails what reads it."""
    assert "".join(fails(tape, rule)) == failing


def test_a_loan_lists_every_criterion_it_fails(tape):
    """A loan may fail several criteria; it is counted in each and once in the total."""
    found = fails(tape, "balance >= 1_000", 'state != "IA"')
    assert found == {"B": ("balance >= 1_000", 'state != "IA"')}


def test_row_and_balance_of_an_ineligible_loan(tape):
    """An ineligible loan is listed with its line in the file and its balance in cents."""
    found = eligibility.test_eligibility(tape, [Criterion("small", Formula("balance <= 10_000"))])
    assert [(loan.row, loan.balance_cents) for loan in found.ineligible] == [(4, 50_000_01)]


def test_a_lacking_column_is_an_error_unless_optional(tape):
    """A criterion that cannot be tested stops the run, or is reported untested where the deal says so."""
    rule = Formula("days_past_due <= 30")
    with pytest.raises(TapeError, match="reads the column 'days_past_due', which the tape lacks"):
        eligibility.test_eligibility(tape, [Criterion("late", rule)])
    found = eligibility.test_eligibility(tape, [Criterion("late", rule, optional=True)])
    assert found.criteria[0].untested == "the tape has no column days_past_due"
    assert found.mask.all()


def test_a_misspelt_column_brings_the_nearest(tape):
    """The nearest column is named, also where the criterion is optional."""
    with pytest.raises(TapeError, match="did you mean 'fico'"):
        eligibility.test_eligibility(tape, [Criterion("score", Formula("ficoo >= 1"))])
    found = eligibility.test_eligibility(tape, [Criterion("score", Formula("ficoo >= 1"), optional=True)])
    assert found.untested[0].untested.endswith("did you mean 'fico'?")


@pytest.mark.parametrize(
    ("rule", "words"),
    [
        ("fico", "is not a test"),
        ("5 > 3", "reads no column"),
        ("state == 5", "column 'state' holds texts; put the value in quotes"),
        ('fico >= "640"', "column 'fico' holds numbers; write the value without quotes"),
        ("average(fico, 3) > 1", "have no meaning"),
        ("rate + balance > 1", "adds"),
    ],
)
def test_what_is_not_a_criterion(tape, rule, words):
    """A formula that is no test of a loan is refused by its fault."""
    with pytest.raises(FormulaError) as error:
        fails(tape, rule)
    assert words in str(error.value)


@given(low=st.integers(0, 60_000), high=st.integers(0, 60_000))
def test_eligible_and_ineligible_tie(low, high, tape):
    """Read = eligible + ineligible, in loans and in cents, whatever the limits."""
    rules = [f"balance >= {low}", f"original_balance <= {high}"]
    found = eligibility.test_eligibility(tape, [Criterion(rule, Formula(rule)) for rule in rules])
    assert found.eligible + len(found.ineligible) == len(tape)
    assert found.eligible_cents + found.ineligible_cents == tape.balance_cents
    balance, original = tape.column("balance"), tape.column("original_balance")
    assert np.array_equal(found.mask, (balance >= low) & (original <= high))
    assert tape.keep(found.mask).balance_cents == found.eligible_cents
