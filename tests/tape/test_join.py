"""Several tapes in one deal, and the deal's share of their loans."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from small import TERMS, WATERFALL, small

import abs_struct
from abs_struct.core.findings import DealError, TapeError, UsageError
from abs_struct.tape import read_tape
from abs_struct.tape.join import join
from abs_struct.tape.participation import UNITS, shared, units_of
from abs_struct.tape.stratify import stratify

HEAD = "loan_id,original_balance,balance,rate,original_term,remaining_term"
DE = [HEAD, "1,12000,10000.01,0.05,36,30", "2,9000,8000.50,0.06,24,20", "3,900,-5,0.06,24,20"]
FR = [f"{HEAD},grade,participation", "1,20000,15000.00,0.04,48,40,A,50%", "2,5000,4000.00,0.07,48,41,B,1"]
TAPES = TERMS.replace(
    "{tape: small.csv, groups: [original_term]}", "{tapes: {de: {tape: de.csv, share: 95%}, fr: fr.csv}}"
)


def written(folder, **files):
    """Tapes as files: name -> lines."""
    for name, lines in files.items():
        (folder / f"{name}.csv").write_text("\n".join(lines) + "\n")
    return {name: folder / f"{name}.csv" for name in files}


def joined(folder):
    """The German and the French tape as one."""
    files = written(folder, de=DE, fr=FR)
    return join({"de": read_tape(files["de"], share=0.95), "fr": read_tape(files["fr"])})


def test_loans_carry_the_name_of_their_tape(tmp_path):
    """Ids are unique per tape; what a tape lacks is blank; the names are in the column `tape`."""
    tape = joined(tmp_path)
    assert tape.columns["tape"].tolist() == ["de", "de", "fr", "fr"]
    assert tape.columns["loan_id"].tolist() == ["1", "2", "1", "2"]
    assert tape.columns["grade"].tolist() == ["", "", "A", "B"]
    assert tape.columns["balance_cents"].dtype == np.int64
    assert tape.file == "de.csv, fr.csv"
    assert [t.title for t in stratify(tape)][-1] == "Tape"


def test_balances_are_the_share_of_the_deal(tmp_path):
    """95 % of the German loans; of the French what each says; whole balances are kept beside."""
    tape = joined(tmp_path)
    assert tape.columns["balance_cents"].tolist() == [9_500_01, 7_600_48, 7_500_00, 4_000_00]
    assert tape.column("whole_balance").tolist() == [10_000.01, 8_000.50, 15_000.00, 4_000.00]
    assert tape.column("participation").tolist() == [0.95, 0.95, 0.5, 1.0]


def test_totals_tie_by_tape_and_together(tmp_path):
    """Rows and cents read = accepted + rejected, of each tape and of all; a rejected row says its tape."""
    tape = joined(tmp_path)
    assert tape.totals().tie
    assert all(totals.tie for totals in tape.sources.values())
    assert {name: (t.rows_read, t.rejected) for name, t in tape.sources.items()} == {"de": (3, 1), "fr": (2, 0)}
    assert [(r.tape, r.row, r.reason) for r in tape.rejections] == [("de", 4, "tape de: balance -5.00 is negative")]


@given(
    st.lists(st.tuples(st.integers(0, 10**13), st.integers(1, UNITS)), min_size=1, max_size=20),
    st.sampled_from([1.0, 0.95, 0.333, 0.5]),
)
def test_a_share_is_rounded_once_to_the_nearest_cent(loans, share):
    """Whole numbers against fractions: within half a cent of share x balance, never above the whole, never negative."""
    cents = np.array([balance for balance, _ in loans], dtype=np.int64)
    units = units_of(np.array([part / UNITS for _, part in loans]), share, len(loans))
    found = shared(cents, units)
    for balance, part, got in zip(cents.tolist(), units.tolist(), found.tolist(), strict=True):
        exact = Fraction(balance) * Fraction(part, UNITS)
        assert -Fraction(1, 2) <= exact - got <= Fraction(1, 2)
        assert 0 <= got <= balance


@pytest.mark.parametrize(
    ("cell", "reason"),
    [("120%", "participation 1.2 lies outside (0, 1]"), ("0", "participation 0 lies outside (0, 1]"),
     ("", "participation is blank"), ("half", "participation 'half' is not a number")],
)  # fmt: skip
def test_a_participation_that_is_none_rejects_the_loan(tmp_path, cell, reason):
    """A share of a loan lies above nothing and at most at all of it; a blank is not guessed."""
    lines = [*FR[:2], f"9,5000,4000.00,0.07,48,41,B,{cell}"]
    tape = read_tape(written(tmp_path, fr=lines)["fr"])
    assert [r.reason for r in tape.rejections] == [reason]
    assert tape.totals().tie


def test_tapes_that_do_not_go_together_are_refused(tmp_path):
    """Two currencies, a column of the reserved name, and two days of reading."""
    files = written(
        tmp_path,
        de=[f"{HEAD},currency", "1,12000,10000,0.05,36,30,EUR"],
        us=[f"{HEAD},currency", "1,12000,10000,0.05,36,30,USD"],
        odd=[f"{HEAD},tape", "1,12000,10000,0.05,36,30,x"],
    )
    tapes = {name: read_tape(file) for name, file in files.items()}
    with pytest.raises(TapeError, match=r"the tape 'us' is in USD and the tape 'de' in EUR"):
        join({"de": tapes["de"], "us": tapes["us"]})
    with pytest.raises(TapeError, match=r"odd.csv: the column 'tape' is kept for the name of the tape; rename it"):
        join({"de": tapes["de"], "odd": tapes["odd"]})
    early = read_tape(files["de"], as_of="origination")
    with pytest.raises(TapeError, match=r"'new' is read as of origination and the tape 'de' as of cutoff"):
        join({"de": tapes["de"], "new": early})


def test_a_deal_on_two_tapes(tmp_path):
    """Each tape may have curves and criteria of its own; every check of the run holds."""
    written(tmp_path, de=DE, fr=FR)
    terms = TAPES.replace("fr: fr.csv}", "fr: fr.csv}, groups: [tape], eligibility: [\"tape == 'de' or rate < 5%\"]")
    terms = terms.replace("default: {cdr: 9%}", "default: {cdr: 9%}\n  groups: {de: {default: {cdr: 1%}}}")
    result = small(tmp_path, terms, WATERFALL).run()
    collateral = result.collateral
    assert collateral.balance == 24_600.49
    assert {"groups.de.defaulted", "groups.others.defaulted"} <= set(result.lines)
    assert [(loan.tape, loan.loan_id) for loan in collateral.eligibility.ineligible] == [("fr", "2")]
    assert not result.failures
    names = {check.id for check in collateral.checks(result.lines)}
    assert {"tape.de", "tape.fr", "tape.joined", "tape.share"} <= names


def test_another_tape_takes_the_place_of_the_only_one(tmp_path):
    """`--tape` with several tapes says which field to set; that field works."""
    files = written(tmp_path, de=DE, fr=FR, new=DE[:2])
    file = small(tmp_path, TAPES, WATERFALL).document.file
    with pytest.raises(UsageError, match=r"several \(de, fr\); set one of them, as in --set pool.tapes.de.tape="):
        abs_struct.load(file, tape=files["new"])
    assert abs_struct.load(file, {"pool.tapes.de.tape": "new.csv"}).collateral.loans == 3


def test_a_share_is_structure(tmp_path):
    """A sweep over the share of a tape makes a pool for each value."""
    written(tmp_path, de=DE, fr=FR)
    deal = small(tmp_path, TAPES, WATERFALL)
    study = abs_struct.sweep(deal, {"pool.tapes.de.share": ["50%", "95%"]}, measures=["A.balance"])
    low, high = study.frame["A.balance"]
    assert high - low == pytest.approx(0.7 * (9_500.01 + 7_600.48 - 5_000.01 - 4_000.25), abs=1e-6)


@pytest.mark.parametrize(
    ("pool", "sentence"),
    [
        ("{tapes: {de: {tape: de.csv, share: 120%}}}", "pool.tapes.de.share: 120% is not a share"),
        ("{tapes: {de: {tape: de.csv, share: 0%}}}", "pool.tapes.de.share: a share of nil has no effect"),
        ("{tapes: {de: {share: 50%}}}", "pool.tapes.de: 'tape' is missing"),
        ("{tape: de.csv, tapes: {de: de.csv}}", "pool: tape and tapes are both given; keep one of them"),
        ("{layout: abs_struct}", "pool: names no loans; write tape: FILE, or tapes:"),
        ("{tapes: {de: de.csv}, yield_supplement: 9}", "pool.yield_supplement: 9 is not a rate"),
    ],
)
def test_a_pool_that_names_its_loans_badly(tmp_path, pool, sentence):
    """One sentence with its place."""
    with pytest.raises(DealError) as error:
        small(tmp_path, TERMS.replace("{tape: small.csv, groups: [original_term]}", pool), WATERFALL)
    assert sentence in str(error.value)


def test_a_required_rate_is_a_line_and_structure(tmp_path):
    """`pool.yield_supplement` may be read by formulas; another required rate is another schedule."""
    terms = TERMS.replace("groups: [original_term]", "yield_supplement: 12%")
    terms = terms.replace("max(10% * pool.balance, 1% of pool)", "pool.yield_supplement + 10% * pool.balance")
    deal = small(tmp_path, terms, WATERFALL)
    result = deal.run()
    assert not result.failures
    supplement = result.lines["pool.yield_supplement"]
    assert supplement[0] > supplement[1] > supplement[-1] == 0.0
    expected = supplement[1:] + 0.1 * result.lines["pool.balance"][1:]
    np.testing.assert_allclose(result.lines["amounts.target_oc"][1:], expected, rtol=1e-12)
    study = abs_struct.sweep(deal, {"pool.yield_supplement": ["10%", "12%"]}, measures=["A.wal"])
    assert study.frame["A.wal"][0] != study.frame["A.wal"][1]
    assert deal.with_({"pool.yield_supplement": "10%"}).collateral.supplement[0] < supplement[0]
