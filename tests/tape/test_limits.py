"""Concentration limits and their excess, worked by hand; a pool selected under them, against every other pool."""

from __future__ import annotations

import itertools
import json

import numpy as np
import pytest
from typer.testing import CliRunner

from abs_struct.cli.tape import app
from abs_struct.core.findings import TapeError
from abs_struct.tape import limits as module
from abs_struct.tape import read_tape
from abs_struct.tape.limits import read_limits
from abs_struct.tape.select import select

HEADER = "loan_id,original_balance,balance,rate,original_term,remaining_term,state,borrower_id,fico,days_past_due"
#: 1,000 in all but the last, which is not eligible: CA 500, TX 300, NY 200; obligor B1 has 450
LOANS = [
    "1,400,400,0.10,36,30,CA,B1,700,0",
    "2,100,100,0.20,60,30,CA,B2,650,0",
    "3,300,300,0.15,60,30,TX,B3,720,0",
    "4,150,150,0.12,36,30,NY,B4,,0",
    "5,50,50,0.30,36,30,NY,B1,640,0",
    "6,500,500,0.30,36,30,NY,B9,640,90",
]


@pytest.fixture
def tape(tmp_path):
    """Five eligible loans of 1,000, and one that is late."""
    (tmp_path / "loans.csv").write_text("\n".join([HEADER, *LOANS, ""]))
    return read_tape(tmp_path / "loans.csv")


def limits_of(tmp_path, *lines):
    """A file of limits."""
    file = tmp_path / "limits.yaml"
    rows = "\n".join(f"  - {line}" for line in lines)
    file.write_text(f"eligibility: [days_past_due <= 30]\nlimits:\n{rows}\n")
    return read_limits(file)


def run(*words, code=0):
    """Run a command of `abs-struct tape`."""
    result = CliRunner().invoke(app, list(map(str, words)))
    if result.exception is not None and not isinstance(result.exception, SystemExit):
        raise result.exception
    assert result.exit_code == code, result.output
    return result.stdout


@pytest.mark.parametrize(
    ("line", "worst", "actual", "excess"),
    [
        ("{by: state, each: 40%}", "CA", 0.5, 100_00),
        ("{by: state, each: 25%}", "CA", 0.5, 300_00),  # 250 of CA and 50 of TX
        ("{by: borrower_id, each: 45%}", "B1", 0.45, 0),
        ("{by: borrower_id, largest: 2, share: 60%}", "B1, B3", 0.75, 150_00),
        ("{where: original_term > 36, share: 30%}", "original_term > 36", 0.4, 100_00),
        ('{where: \'state in ["CA", "NY"]\', share: 70%}', 'state in ["CA", "NY"]', 0.7, 0),
    ],
)
def test_excess(tape, tmp_path, line, worst, actual, excess):
    """The share of the worst value and the balance above the limit, in cents; the late loan is in no base."""
    found = module.test_limits(tape, limits_of(tmp_path, line))
    (limit,) = found.limits
    assert found.eligible_cents == 1_000_00
    assert (limit.worst, limit.excess_cents, limit.met) == (worst, excess, excess == 0)
    assert limit.actual == pytest.approx(actual, abs=1e-12)
    assert found.adjusted_cents == 1_000_00 - excess


def test_an_average_is_weighted_by_balance(tape, tmp_path):
    """(400 x 10% + 100 x 20% + 300 x 15% + 150 x 12% + 50 x 30%) / 1,000 = 13.8%; a missing score is said."""
    lines = ["{average: rate, at_least: 13.8%}", "{average: rate, at_most: 13%}", "{average: fico, at_least: 700}"]
    low, high, score = module.test_limits(tape, limits_of(tmp_path, *lines)).limits
    assert (low.actual, low.met, high.met) == (pytest.approx(0.138, abs=1e-12), True, False)
    assert score.actual == pytest.approx((400 * 700 + 100 * 650 + 300 * 720 + 50 * 640) / 850)
    assert score.worst == "1 not given"


def test_a_balance_counts_once(tape, tmp_path):
    """CA has 100 above 40%, and B1 50 above 40%; with 100 of CA gone, B1 has 400 x 0.8 + 50 left and nothing above."""
    found = module.test_limits(tape, limits_of(tmp_path, "{by: state, each: 40%}", "{by: borrower_id, each: 40%}"))
    assert [(one.excess_cents, one.counted_cents) for one in found.limits] == [(100_00, 100_00), (50_00, 0)]
    assert found.excess_cents == 100_00


@pytest.mark.parametrize(
    ("lines", "objective"),
    [
        (["{by: state, each: 50%}"], "balance * rate"),
        (["{by: state, each: 60%}", "{by: borrower_id, each: 50%}"], "balance"),
        (["{where: original_term > 36, share: 50%}", "{average: fico, at_least: 690}"], "balance * rate"),
        (["{average: rate, at_most: 15%}"], "balance * (rate - 10%)"),
    ],
)
def test_selection_is_the_best_of_all(tape, tmp_path, lines, objective):
    """Against every one of the 31 pools: the selected one meets the limits, and none that does has more."""
    limits = limits_of(tmp_path, *lines)
    found = select(tape, limits, 900.0, objective, tolerance=0.5)
    columns = {name: tape.column(name) for name in ("balance", "rate")}
    values = columns["balance"] * {
        "balance": np.ones(6), "balance * rate": columns["rate"], "balance * (rate - 10%)": columns["rate"] - 0.1,
    }[objective]  # fmt: skip
    best = -np.inf
    for chosen in itertools.product([False, True], repeat=5):
        mask = np.array([*chosen, False])
        size = columns["balance"][mask].sum()
        if 450.0 <= size <= 900.0 and module.test_limits(tape.keep(mask), limits).met:
            best = max(best, values[mask].sum())
    assert found.limits.met
    assert 450.0 <= tape.keep(found.mask).balance <= 900.0
    assert found.objective == pytest.approx(best, rel=1e-9)
    assert found.bound >= found.objective - 1e-9


def test_no_pool_of_the_size(tape, tmp_path):
    """Where no pool of the size meets the limits, the sentence says how large one can be."""
    with pytest.raises(TapeError, match=r"no pool of 990\.00 to 1,000\.00 meets .* the largest .* has 900\.00"):
        select(tape, limits_of(tmp_path, "{by: state, each: 45%}"), 1_000.0)
    with pytest.raises(TapeError, match="the limit '2 largest state' is on the largest values together"):
        select(tape, limits_of(tmp_path, "{by: state, largest: 2, share: 50%}"), 500.0)


def test_a_large_pool(repository, tmp_path):
    """23,000 loans: half of them selected for interest under three limits, within 0.02% of the best there is."""
    file = tmp_path / "limits.yaml"
    file.write_text(
        "limits: [{by: state, each: 12%}, {where: fico < 680, share: 15%}, {average: fico, at_least: 715}]\n"
    )
    tape = read_tape(repository / "deals/tapes/mpl_2027_1.csv.gz")
    found = select(tape, read_limits(file), 150e6, "balance * rate")
    assert found.limits.met
    assert 148.5e6 <= tape.keep(found.mask).balance <= 150e6
    assert found.gap < 2e-4
    assert found.objective > 1.2 * (tape.column("balance") * tape.column("rate")).sum() / 2


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("{by: state}", "limits.0: is no limit; it has one of the forms {by, each}"),
        ("{by: state, each: 15}", "is not a share; shares lie in [0, 1]: write 15% or 0.15"),
        ("{by: state, eech: 15%}", "unknown key 'eech'; did you mean 'each'?"),
        ("{average: rate, share: 10%}", "is no limit"),
    ],
)
def test_files_that_are_no_limits(tmp_path, line, words):
    """A mistake in the file is one sentence."""
    with pytest.raises(TapeError) as error:
        limits_of(tmp_path, line)
    assert words in str(error.value)


@pytest.mark.parametrize(
    ("line", "words"), [("{by: stat, each: 15%}", "no column 'stat'"), ("{average: state, at_least: 1}", "holds texts")]
)
def test_columns_that_are_not_there(tape, tmp_path, line, words):
    """A limit on a column that the tape lacks, or an average of texts."""
    with pytest.raises(TapeError, match=words):
        module.test_limits(tape, limits_of(tmp_path, line))


def test_commands(tape, tmp_path):
    """`tape limits` prints each limit and the excess, exits with 4 when strict; `tape select` writes a tape."""
    limits_of(tmp_path, "{by: state, each: 50%}", "{by: borrower_id, each: 40%}")
    words = (tmp_path / "loans.csv", "--limits", tmp_path / "limits.yaml")
    text = run("limits", *words, "--strict", code=4)
    assert "each borrower_id" in text
    assert max(map(len, text.splitlines())) <= 100
    found = json.loads(run("limits", *words, "--json"))
    assert (found["schema"], found["met"], found["excess_concentration"]) == ("abs-struct/limits/1", False, 50.0)
    limits_of(tmp_path, "{by: state, each: 60%}")
    text = run("select", *words, "--target", "900", "--tolerance", "0.1", "--out", tmp_path / "pool.parquet")
    assert "of 6 loans, balance 900.00 of 900.00" in text
    assert read_tape(tmp_path / "pool.parquet").balance == 900.0
