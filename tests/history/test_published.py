"""Figures of others: the hazards of a lender, a triangle of the literature, and the summaries of shared tapes."""

from __future__ import annotations

import csv
import json

import numpy as np
import pytest

from abs_struct.core.findings import TapeError, UsageError
from abs_struct.history.ladder import chain_ladder
from abs_struct.history.lifetable import life_table, life_table_of
from abs_struct.history.loans import history_of, month_text
from abs_struct.history.rolls import roll_rates
from abs_struct.history.vintages import static_pool
from abs_struct.tape import read_tape

#: Taylor and Ashe (1983), incremental claims, as every text on the chain ladder has them.
TAYLOR_ASHE = [
    [357848, 766940, 610542, 482940, 527326, 574398, 146342, 139950, 227229, 67948],
    [352118, 884021, 933894, 1183289, 445745, 320996, 527804, 266172, 425046],
    [290507, 1001799, 926219, 1016654, 750816, 146923, 495992, 280405],
    [310608, 1108250, 776189, 1562400, 272482, 352053, 206286],
    [443160, 693190, 991983, 769488, 504851, 470639],
    [396132, 937085, 847498, 805037, 705960],
    [440832, 847631, 1131398, 1063269],
    [359480, 1061648, 1443370],
    [376686, 986608],
    [344014],
]


@pytest.fixture(scope="module")
def data(repository):
    """The folder of shared tapes."""
    folder = repository.parent / "shared" / "data"
    if not folder.is_dir():
        pytest.skip("the shared tapes do not lie beside the project")
    return folder


@pytest.fixture(scope="module")
def lending_club(data):
    """The history of LendingClub to 2010, and its summary."""
    summary = json.loads((data / "us_lendingclub_2007_2010_summary.json").read_text())
    return history_of(read_tape(data / "us_lendingclub_2007_2010.csv.gz", as_of="origination")), summary


def test_aalen_johansen(data):
    """AmeriCredit: 9.266% by month 24 and 15.668% by month 36; who is prepaid cannot default any more."""
    with (data / "us_auto_hazard_americredit.csv").open() as file:
        rows = list(csv.DictReader(file))
    columns = [[float(row[name]) for row in rows] for name in ("at_risk", "d_chargeoff", "d_competing")]
    table = life_table([int(row["age_months"]) for row in rows], *columns)
    assert table.at(24) == pytest.approx(0.09266186686894175, abs=1e-15)
    assert table.at(36) == pytest.approx(0.15667617829758584, abs=1e-15)
    assert table.at(0) == 0.0
    assert 0.0 < table.error[-1] < 0.01


def test_mack():
    """Taylor and Ashe: reserve 18,680,856, standard error 2,447,095, and those by year as Mack printed them."""
    triangle = np.full((10, 10), np.nan)
    for k, row in enumerate(TAYLOR_ASHE):
        triangle[k, : len(row)] = np.cumsum(row)
    found = chain_ladder(triangle)
    assert found.factors[:3] == pytest.approx([3.490607, 1.747333, 1.457413], abs=1e-6)
    assert found.reserve.sum() == pytest.approx(18_680_856, abs=1)
    assert found.total_error == pytest.approx(2_447_095, abs=1)
    assert found.errors.round(0).tolist() == [0, 75535, 121699, 133549, 261406, 411010, 558317, 875328, 971258, 1363155]
    assert found.timing[-1] == 1.0
    assert found.blended(found.ultimate) == pytest.approx(found.ultimate)


def test_vintages(lending_club):
    """Every figure of every quarter of the LendingClub summary, and its loss timing."""
    history, summary = lending_club
    pool = static_pool(history, "quarter")
    assert [label[0] for label in pool.labels] == list(summary["vintages"])
    for name, given in summary["vintages"].items():
        k = pool.row(name)
        assert pool.loans[k] == given["loans"]
        assert pool.original[k] == given["funded"]
        assert pool.defaults[k, -1] == given["charged_off_loans"]
        assert pool.gross[k, -1] == pytest.approx(given["gross_principal_loss"], abs=0.01)
        assert pool.rates("gross")[k, -1] == pytest.approx(given["gross_loss_pct"], abs=5e-9)
        assert pool.net[k, -1] == pytest.approx(given["net_principal_loss"], abs=0.01)
        assert pool.rates("net")[k, -1] == pytest.approx(given["net_loss_pct"], abs=5e-9)
        for age, share in given["cum_gross_loss_pct_by_month_on_book_lastpay_plus5"].items():
            assert pool.rates()[k, min(int(age), pool.ages)] == pytest.approx(share, abs=5e-9)


def test_prepayment(lending_club):
    """The share of loans paid before maturity, by quarter."""
    history, summary = lending_club
    quarter = history.start // 3
    for name, given in summary["vintages"].items():
        year, of_year = name.split("Q")
        here = quarter == int(year) * 4 + int(of_year) - 1
        assert history.prepaid[here].mean() == pytest.approx(
            given["fully_paid_before_maturity_share_of_loans"], abs=5e-9
        )


def test_roll_rates(data):
    """The Taiwan panel: transitions from August to September."""
    panel = read_tape(data / "tw_card_panel_rows_1_15000.csv.gz", as_of="origination")
    given = json.loads((data / "tw_card_panel_summary.json").read_text())
    found = roll_rates([panel.columns["status_2005_08"], panel.columns["status_2005_09"]])
    wanted = np.zeros_like(found.counts)
    for now, row in given["transition_counts_2005-08_to_2005-09_status_floor0"].items():
        for then, count in row.items():
            wanted[int(now), int(then)] = count
    assert found.counts.tolist() == wanted.tolist()
    assert found.forward[0] == pytest.approx((1046 + 493) / (11247 + 1046 + 493))
    assert found.cured[2] == pytest.approx(197 / (197 + 823 + 837 + 98))
    money = [panel.columns[f"statement_2005_0{month}"] for month in (8, 9)]
    weighted = roll_rates([panel.columns["status_2005_08"], panel.columns["status_2005_09"]], money)
    assert weighted.counts.sum() == pytest.approx(given["positive_statement_balance_total"]["2005-08"])


def test_censoring_sees_nothing_later(lending_club):
    """At the end of 2009 what ends later is current, later loans are not there, and known losses are the same."""
    history, _ = lending_club
    month = 2009 * 12 + 11
    assert month_text(month) == "2009-12"
    cut = history.censored(month)
    assert len(cut) == int((history.start <= month).sum())
    assert cut.end.max() == month
    assert cut.recovered.sum() == 0.0
    kept = history.take(np.flatnonzero(history.start <= month))
    done = kept.end <= month
    assert (cut.ended[done] == kept.ended[done]).all()
    assert set(cut.ended[~done]) == {"current"}
    pool, whole = static_pool(cut), static_pool(history)
    for k, (label,) in enumerate(pool.labels):
        own = pool.gross[k][~np.isnan(pool.gross[k])]
        assert own == pytest.approx(whole.gross[whole.row(label)][: len(own)])


def test_life_table_of_loans(lending_club):
    """Without censoring it is the share of loans that were charged off, at every age."""
    history, _ = lending_club
    table = life_table_of(history)
    for age in (6, 18, 36, 66):
        assert table.at(age) == pytest.approx((history.defaulted & (history.age <= age)).mean(), abs=1e-12)
    money = life_table_of(history, by_amount=True)
    assert money.incidence[-1] == pytest.approx(
        history.original[history.defaulted].sum() / history.original.sum(), abs=1e-12
    )


def test_what_is_refused(tmp_path, lending_club):
    """One sentence each."""
    history, _ = lending_club
    calls = [
        (lambda: static_pool(history, "week"), "month, quarter"),
        (lambda: static_pool(history, "year", ["grad"]), "did you mean 'grade'"),
        (lambda: static_pool(history.censored(0)), "no loans"),
        (lambda: static_pool(history).row("2009Q5"), "no vintage '2009Q5'"),
        (lambda: chain_ladder([[1.0, 2.0]]), "at least two vintages"),
        (lambda: chain_ladder([[1.0, 2.0], [float("nan"), 1.0]]), "without gaps"),
        (lambda: life_table([1, 1], [1, 1], [0, 0], [0, 0]), "rise"),
        (lambda: life_table([1], [10], [6], [5]), "more loans end"),
        (lambda: roll_rates([[0, 1]]), "two months"),
        (lambda: roll_rates([[0, 1], [1]]), "same accounts"),
    ]
    for call, words in calls:
        with pytest.raises(UsageError, match=words):
            call()
    file = tmp_path / "tape.csv"
    file.write_text("loan_id,original_balance,balance,rate,original_term,remaining_term,age\nA,100,50,0.1,12,6,6\n")
    with pytest.raises(TapeError, match="no column 'origination_date'"):
        history_of(read_tape(file))


def test_segments(lending_club):
    """Vintages split by grade and term add up to those that are not."""
    history, _ = lending_club
    whole, split = static_pool(history, "year"), static_pool(history, "year", ["grade", "term"])
    for k, (label,) in enumerate(whole.labels):
        rows = [i for i, own in enumerate(split.labels) if own[0] == label]
        assert split.original[rows].sum() == pytest.approx(whole.original[k])
        assert split.gross[rows, -1].sum() == pytest.approx(whole.gross[k, -1])
    assert {"vintage", "segment_1", "segment_2", "age", "gross_rate"} <= set(split.frame.columns)
