"""Synthetic pools: exact totals, level-pay consistency, the same bytes every time, and the shipped tape."""

from __future__ import annotations

import gzip

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from abs_struct.core.findings import TapeError
from abs_struct.core.formula import Formula
from abs_struct.tape import Criterion, eligibility, read_tape
from abs_struct.tape.generate import as_csv, generate, write_tape
from abs_struct.tape.specification import Specification, read_specification
from abs_struct.tape.tape import weighted

SMALL = {
    "name": "small",
    "seed": 1,
    "cutoff": "2026-12-31",
    "loans": 500,
    "balance": 5_000_000.01,
    "rate": 0.10,
    "terms": {36: {"share": 1.0, "sizes": [5_000, 10_000, 20_000]}},
    "ages": {0: 0.2, 3: 0.8},
    "grades": {"A": {"share": 1.0, "rates": [0.08, 0.10, 0.12], "fico": [660, 800]}},
}


@pytest.fixture(scope="module")
def spec(repository):
    """The specification of MPL 2027-1."""
    return read_specification(repository / "deals/tapes/mpl_2027_1.yaml")


@pytest.fixture(scope="module")
def tape(repository):
    """The shipped tape of MPL 2027-1."""
    return read_tape(repository / "deals/tapes/mpl_2027_1.csv.gz")


def test_shipped_tape_is_what_the_specification_gives(repository, spec):
    """Generating again gives the shipped text, byte for byte."""
    shipped = gzip.decompress((repository / "deals/tapes/mpl_2027_1.csv.gz").read_bytes())
    assert as_csv(spec, generate(spec)).encode() == shipped


def test_packed_bytes_are_the_same_each_time(tmp_path):
    """The packed file holds no time and no name."""
    files = [write_tape(tmp_path / name, "a,b\n1,2\n") for name in ("one.csv.gz", "two.csv.gz")]
    assert files[0].read_bytes() == files[1].read_bytes()
    assert sorted(file.name for file in tmp_path.iterdir()) == ["one.csv.gz", "two.csv.gz"]


def test_shipped_tape_has_the_figures_of_the_deal(tape):
    """MPL 2027-1: 23,000 loans, USD 300,000,000.00, 13.47% within 0.5 bp, FICO 720, age 3, 70% of 36 months."""
    balance = tape.columns["balance_cents"]
    assert len(tape) == 23_000
    assert not tape.rejections
    assert tape.balance_cents == 300_000_000_00
    assert weighted(tape.columns["rate"], balance) == pytest.approx(0.1347, abs=0.5e-4)
    assert weighted(tape.columns["fico"], balance) == pytest.approx(720, abs=3)
    assert weighted(tape.columns["age"], balance) == pytest.approx(3.0, abs=0.1)
    assert weighted(tape.columns["original_term"], balance) == pytest.approx(46.0, abs=0.1)
    assert (tape.column("original_term") == 36).mean() == 0.70


def test_shipped_tape_is_eligible(tape):
    """Every loan meets the criteria of the deal."""
    rules = (
        "original_term >= 12 and original_term <= 84",
        "balance >= 1_000 and balance <= 50_000",
        "rate >= 5% and rate <= 35.99%",
        "fico >= 640",
        "days_past_due <= 30",
    )
    found = eligibility.test_eligibility(tape, [Criterion(rule, Formula(rule)) for rule in rules])
    assert [tested.failed for tested in found.criteria] == [0, 0, 0, 0, 0]
    assert found.eligible_cents == 300_000_000_00


def test_balances_are_those_of_level_pay(tape):
    """original x ((1+r)^n - (1+r)^k) / ((1+r)^n - 1) after k payments, within the rounding of the payments."""
    r, n = tape.column("rate") / 12, tape.column("original_term")
    k = n - tape.column("remaining_term")
    original = tape.column("original_balance")
    exact = original * ((1 + r) ** n - (1 + r) ** k) / ((1 + r) ** n - 1)
    assert np.abs(tape.column("balance") - exact).max() < 0.10
    late = tape.column("days_past_due") > 0
    assert ((tape.column("age") - k) == late).all()


def test_dates_agree_with_ages(tape):
    """A loan is as many months old as lie between its month and the cut-off's."""
    months = np.datetime64("2026-12", "M") - tape.columns["origination_date"].astype("datetime64[M]")
    assert np.array_equal(months.astype(int), tape.column("age"))


@settings(max_examples=15)
@given(seed=st.integers(0, 10**9), cents=st.integers(3_000_000_00, 8_000_000_00))
def test_total_and_rate_are_met(seed, cents):
    """Any seed and any total: met to the cent, the rate within 0.5 bp, within the limits."""
    spec = Specification.model_validate(SMALL | {"seed": seed, "balance": cents / 100})
    loans = generate(spec)
    assert int(loans["balance"].sum()) == cents
    assert abs((loans["balance"] * loans["rate"]).sum() / cents - 1000.0) <= 0.5
    assert loans["original_balance"].min() >= 1_000_00
    assert loans["original_balance"].max() <= 50_000_00


@settings(max_examples=15)
@given(seed=st.integers(0, 10**9), cents=st.integers(3_000_000_00, 8_000_000_00))
def test_a_seasoned_pool_is_met_as_well(seed, cents):
    """Without new loans the newest carry what is left: met to the cent, the rate within 0.5 bp, level-pay still."""
    spec = Specification.model_validate(SMALL | {"seed": seed, "balance": cents / 100, "ages": {2: 0.2, 5: 0.8}})
    loans = generate(spec)
    assert int(loans["balance"].sum()) == cents
    assert abs((loans["balance"] * loans["rate"]).sum() / cents - 1000.0) <= 0.5
    r, n, k = loans["rate"] / 120_000, loans["original_term"], loans["age"]
    exact = loans["original_balance"] * ((1 + r) ** n - (1 + r) ** k) / ((1 + r) ** n - 1)
    assert np.abs(loans["balance"] - exact).max() < 10.0  # cents
    assert (loans["original_balance"] % 25_00 != 0).sum() <= 25


def test_grades_need_no_scores():
    """A market without scores has no column of them, and the other columns are the same."""
    plain = generate(Specification.model_validate(SMALL))
    grades = {"A": {"share": 1.0, "rates": [0.08, 0.10, 0.12]}}
    bare = generate(Specification.model_validate(SMALL | {"grades": grades}))
    assert set(plain) - set(bare) == {"fico"}
    assert all(np.array_equal(plain[name], bare[name]) for name in bare)


def test_a_new_column_does_not_change_the_others():
    """Each column has a random stream of its own."""
    plain = generate(Specification.model_validate(SMALL))
    wider = generate(Specification.model_validate(SMALL | {"columns": {"state": {"CA": 0.5, "TX": 0.5}}}))
    assert all(np.array_equal(plain[name], wider[name]) for name in plain)
    assert (wider["state"] == "CA").sum() == 250


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"ages": {0: 0.2, 3: 0.7}}, "ages come to 90.0000%, not to 100%"),
        ({"ages": {0: 0.0, 3: 1.0}}, "needs some loans at its lowest age"),
        ({"grades": SMALL["grades"] | {"B": {"share": 0.0, "rates": [0.1]}}}, "grades.B has no fico, and grades.A has"),
        ({"balance": 1e9}, "500 loans cannot come to 1,000,000,000.00"),
        ({"ages": {0: 0.5, 36: 0.5}}, "a loan of 36 months cannot be 36 months old"),
        ({"loan": 5}, "unknown key 'loan'; did you mean 'loans'?"),
        ({"rate": 13.47}, "13.47 is not a rate; rates lie in [0, 1): write 13.47% or 0.1347"),
    ],
)
def test_impossible_specifications(tmp_path, change, words):
    """A specification that cannot be met is refused by its fault."""
    import json

    (tmp_path / "pool.yaml").write_text(json.dumps(SMALL | change))
    with pytest.raises(TapeError) as error:
        read_specification(tmp_path / "pool.yaml")
    assert words in str(error.value)


def test_interest_first_loans_keep_their_balance():
    """Where a column says interest_first nothing is repaid before the end; total and rate are met as ever."""
    columns = {"repayment": {"level_pay": 0.85, "interest_first": 0.15}}
    spec = Specification.model_validate(SMALL | {"ages": {2: 0.2, 5: 0.8}, "columns": columns})
    loans = generate(spec)
    whole = loans["balance"] == loans["original_balance"]
    assert np.array_equal(whole, loans["repayment"] == "interest_first")
    assert whole.mean() == 0.15
    assert int(loans["balance"].sum()) == 5_000_000_01
    assert abs((loans["balance"] * loans["rate"]).sum() / 5_000_000_01 - 1000.0) <= 0.5


def test_parquet_holds_the_same_tape(tmp_path):
    """The same loans are read from .csv.gz and from .parquet, to the cent."""
    text = as_csv(found := Specification.model_validate(SMALL), generate(found))
    one, other = (read_tape(write_tape(tmp_path / name, text)) for name in ("loans.csv.gz", "loans.parquet"))
    for name, column in one.columns.items():
        assert np.array_equal(column, other.columns[name]), name
