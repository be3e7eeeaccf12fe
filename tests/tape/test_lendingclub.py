"""A real history: every LendingClub loan of 2007-2010, against the figures computed beside the data."""

from __future__ import annotations

import json

import pytest

from abs_struct.core.findings import TapeError
from abs_struct.core.formula import Formula
from abs_struct.tape import Criterion, eligibility, read_tape
from abs_struct.tape.stratify import stratify
from abs_struct.tape.summary import summary

NAME = "us_lendingclub_2007_2010.csv.gz"


@pytest.fixture(scope="module")
def file(shared_data):
    """The history of 2007-2010."""
    return shared_data / NAME


@pytest.fixture(scope="module")
def tape(file):
    """The loans as of their origination."""
    return read_tape(file, as_of="origination")


@pytest.fixture(scope="module")
def expected(shared_data):
    """The figures computed beside the data."""
    return json.loads((shared_data / "us_lendingclub_2007_2010_summary.json").read_text())["pool"]


def test_history_is_refused_at_the_cutoff(file):
    """Read at the cut-off, the tape is refused by the name of what it is."""
    with pytest.raises(
        TapeError, match=r"column out_prncp: every current balance is zero: .* use pool\.as_of: origination"
    ):
        read_tape(file)


def test_totals_equal_the_published_figures(tape, expected):
    """Loans, funded amount, average rate and term equal the summary that lies beside the data."""
    found = summary(tape)
    assert found["layout"] == "lendingclub"
    assert found["rows_read"] == expected["rows"] == 20_814
    assert found["rejected"] == 0
    assert tape.totals().original_read == round(expected["funded_total"] * 100)
    assert found["original_balance"] == expected["funded_total"]
    assert found["wa_rate"] == pytest.approx(expected["wa_rate_by_funded"], abs=5e-11)
    assert found["wa_original_term"] == pytest.approx(expected["wa_term_months_by_funded"], abs=5e-9)
    assert (tape.column("rate").min(), tape.column("rate").max()) == (
        expected["min_rate"],
        expected["max_rate"],
    )
    assert (found["balance"], found["wa_remaining_term"]) == (0.0, None)


def test_groups_equal_the_published_figures(tape, expected):
    """Loans, funded amounts and average rates by grade and by term equal the summary."""
    grades, terms = stratify(tape, ["grade", "original_term"])
    for band in grades.bands:
        figures = expected["by_grade"][band.label]
        assert (band.loans, band.balance) == (figures["loans"], figures["funded"])
        assert band.wa_rate == pytest.approx(figures["wa_rate"], abs=5e-11)
    assert {band.label: (band.loans, band.balance) for band in terms.bands} == {
        term: (figures["loans"], figures["funded"]) for term, figures in expected["by_term"].items()
    }


def test_status_words_are_translated(tape, expected):
    """Loans outside the credit policy are paid or charged off like the others."""
    counts = expected["status_counts"]
    charged_off = sum(n for word, n in counts.items() if word.endswith("Charged Off"))
    assert (tape.column("status") == "charged_off").sum() == charged_off
    assert (tape.column("status") == "paid").sum() == expected["rows"] - charged_off


def test_lacking_columns_are_reported_untested(tape):
    """33 loans fail the minimum of USD 1,000; FICO and days past due are lacking and reported untested."""
    rules = [("balance >= 1_000", False), ("fico >= 640", True), ("days_past_due <= 30", True)]
    found = eligibility.test_eligibility(tape, [Criterion(text, Formula(text), optional) for text, optional in rules])
    assert len(found.ineligible) == found.criteria[0].failed == 33
    assert [tested.name for tested in found.untested] == ["fico >= 640", "days_past_due <= 30"]
    assert found.eligible_cents + found.ineligible_cents == tape.balance_cents
