"""What a projection promises: losses that cannot be placed, capped prepayment, merged cohorts, the horizon."""

from __future__ import annotations

import numpy as np
import pytest
from pool.pools import calendar_days, loans_of, one_loan, program_of

from abs_struct.core.findings import CurveError
from abs_struct.curves import read
from abs_struct.pool.project import project
from abs_struct.pool.rows import compress
from abs_struct.pool.schedule import cohorts, horizon
from abs_struct.waterfall.engine import run

TIMING = {"by_month": [0.25] * 4}


def test_cumulative_net_loss_is_reached():
    """CNL 9 % with recovery 7 %: the pool loses 9 % of its initial balance when all recoveries are in."""
    written = {
        "default": {"cnl": "9%", "timing": {"by_year": ["60%", "40%"]}},
        "recovery": {"rate": "7%", "lag": 6},
    }
    lines = run(program_of(one_loan(1_000_000, 0.12, 60), written))
    assert lines["pool.cumulative_net_loss"][-1] == pytest.approx(90_000, rel=1e-12)
    assert lines["pool.unplaced_loss"][-1] == 0.0


def test_cumulative_gross_default_is_reached_whatever_is_recovered():
    """CGD 6 % x 2: 12 % of the initial balance defaults whatever is recovered; the loss is what is left."""
    for rate in (0.0, 0.4, 1.0):
        written = {
            "default": {"cgd": "6%", "multiple": 2, "timing": {"by_year": ["60%", "40%"]}},
            "recovery": {"rate": rate, "lag": 3},
        }
        lines = run(program_of(one_loan(1_000_000, 0.12, 60), written))
        assert lines["pool.cumulative_defaulted"][-1] == pytest.approx(120_000, rel=1e-12)
        assert lines["pool.cumulative_net_loss"][-1] == pytest.approx(120_000 * (1 - rate), rel=1e-12, abs=1e-6)


def test_a_multiple_is_a_multiple_of_the_loss():
    """CNL 9 % x 2.5 is a CNL of 22.5 %, and a multiple of 0 is no loss at all."""
    base = {"default": {"cnl": 0.09, "timing": {"by_year": [0.5, 0.5]}}, "recovery": {"rate": 0.2, "lag": 2}}
    loan, path = one_loan(1_000_000, 0.12, 60), "assumptions.default.multiple"
    sweep = run(program_of(loan, base, axes={path: np.array([0.0, 1.0, 2.5])}))
    found = sweep["pool.cumulative_net_loss"][-1]
    np.testing.assert_allclose(found, [0.0, 90_000, 225_000], rtol=1e-12)


def test_a_recovery_is_spread_over_its_months():
    """1,000 default in month 1; 17.5 % over 36 months from the month after: 36 equal parts, mean 18.5 months."""
    written = {
        "default": {"vector": [1.0 - 1e-9, 0.0], "unit": "mdr", "by": "period"},
        "recovery": {"rate": "17.5%", "lag": 1, "timing": {"months": 36}},
    }
    lines = run(program_of(one_loan(1_000, 0.0, 10, repayment="interest_first"), written))
    recovered = lines["pool.recovered"]
    assert len(recovered) == 10 + 36 + 1
    np.testing.assert_allclose(recovered[2:38], 175 / 36, rtol=1e-8)
    assert recovered[1] == 0.0
    assert (np.arange(47) * recovered).sum() / recovered.sum() == pytest.approx(1 + 18.5)
    np.testing.assert_allclose(lines["pool.pending_default"][1:38], 1_000 * np.arange(36, -1, -1) / 36, atol=1e-5)
    np.testing.assert_allclose(lines["pool.pending_recovery"], 0.175 * lines["pool.pending_default"])


def test_one_part_is_a_plain_lag():
    """A recovery in one part is that of the lag, bit for bit."""
    written = {"default": {"cdr": 0.2}, "recovery": {"rate": 0.3, "lag": 4}}
    spread = written | {"recovery": {"rate": 0.3, "lag": 4, "timing": [1.0]}}
    one, other = (run(program_of(one_loan(1_000, 0.1, 24), terms)) for terms in (written, spread))
    for name in one:
        assert one[name].tobytes() == other[name].tobytes(), name


def test_unplaced_loss_is_kept():
    """A loss that the pool can no longer bear is a line of its own: placed + unplaced = CNL."""
    written = {"default": {"cnl": "90%", "timing": TIMING}, "prepayment": {"smm": "30%"}}
    lines = run(program_of(one_loan(1_000_000, 0.12, 12), written))
    placed, unplaced = lines["pool.cumulative_net_loss"][-1], lines["pool.unplaced_loss"][-1]
    assert unplaced > 100_000
    assert placed + unplaced == pytest.approx(900_000, rel=1e-12)


def test_prepayment_is_cut_at_what_default_leaves():
    """SMM and MDR together never exceed 1, and the cut is a line."""
    lines = run(program_of(one_loan(1_000, 0.0, 10), {"prepayment": {"smm": "70%"}, "default": {"mdr": "60%"}}))
    assert lines["pool.balance"][1] == 0.0
    assert lines["pool.prepayment_cut"][1] == pytest.approx(300.0)
    assert (lines["pool.prepayment_cut"][2:] == 0.0).all()


def test_bullet_with_lag_is_not_cut_off():
    """A prepayment ramp and a recovery lag on a bullet loan: default = recovery + loss, to the last row."""
    written = {
        "prepayment": {"cpr": "10%", "ramp": 6},
        "default": {"cdr": "20%"},
        "recovery": {"rate": "50%", "lag": 9},
    }
    loan = one_loan(100_000, 0.06, 24, repayment="interest_first")
    lines = run(program_of(loan, written))
    assert lines["pool.balance"].shape == (24 + 9 + 1,)
    assert lines["pool.recovered"].sum() == pytest.approx(0.5 * lines["pool.defaulted"].sum(), rel=1e-12)
    assert lines["pool.pending_recovery"][-1] == 0.0


def test_ages_that_cannot_matter_are_one_cohort():
    """No curve of age: one cohort a group; a ramp of 12: ages of 11 and more are one."""
    loans = loans_of(*[(100_00, 0.1, 12, age, "level_pay", g) for age in (0, 5, 11, 12, 40) for g in ("36", "60")])
    rows = compress(loans)

    def ages(written):
        return [(c.group, c.age) for c in cohorts(rows, read(written), 12)]

    assert ages({"prepayment": {"cpr": 0.1}, "default": {"cnl": 0.1, "timing": TIMING}}) == [
        ("36", 0),
        ("60", 0),
    ]
    assert ages({"prepayment": {"cpr": 0.1, "ramp": 12}}) == [(g, a) for g in ("36", "60") for a in (0, 5, 11)]
    assert len(ages({"prepayment": {"abs": 0.01}})) == 10
    mixed = {"prepayment": {"psa": 1.0}, "groups": {"60": {"prepayment": {"cpr": 0.1}}}}
    assert ages(mixed) == [("36", a) for a in (0, 5, 11, 12, 29)] + [("60", 0)]


def test_merging_ages_changes_nothing():
    """The same pool projected with a ramp, with and without merging, to the last digits."""
    loans = loans_of(*[(100_00 * (a + 1), 0.1, 30 - a // 2, a, "level_pay", "all") for a in range(0, 40, 3)])
    merged = run(program_of(loans, {"prepayment": {"cpr": 0.2, "ramp": 9}}))
    by_month = [0.2 * min(1.0, (month + 1) / 9) for month in range(70)]
    split = run(program_of(loans, {"prepayment": {"vector": by_month, "unit": "cpr", "by": "age"}}))
    assert "cohorts.4.balance" not in merged
    assert "cohorts.13.balance" in split
    np.testing.assert_allclose(merged["pool.balance"], split["pool.balance"], rtol=1e-12, atol=1e-8)


def test_an_unknown_group_is_refused():
    """Assumptions for a group that no loan belongs to would be ignored; they are refused by name."""
    rows = compress(one_loan(1_000, 0.1, 12))
    with pytest.raises(CurveError, match=r"no loans of group 'al'; did you mean 'all'\? \(groups: all\)"):
        cohorts(rows, read({"groups": {"al": {"prepayment": {"cpr": 0.1}}}}), 12)


def test_days_are_needed_where_they_count():
    """The convention survivor-days without days is refused."""
    rows, assumptions = compress(one_loan(1_000, 0.1, 12)), read({"conventions": "survivor-days"})
    with pytest.raises(CurveError, match="counts days: 12 periods need their days"):
        project(assumptions, cohorts(rows, assumptions, 12), 12)


@pytest.mark.parametrize(
    ("interest", "paid"),
    [("paid", [10, 5, 5, 5, 0]), ("deferred", [10, 0, 0, 15, 0]), ("waived", [10, 0, 0, 5, 0])],
)
def test_a_holiday_moves_the_schedule(interest, paid):
    """1,000 at 12 % in two equal parts, months 2 and 3 skipped: the second comes in month 4, interest as agreed."""
    relief = {"payment_holiday": {"share": 1, "from": 2, "months": 2, "interest": interest}}
    lines = run(program_of(one_loan(1_000, 0.12, 2, repayment="level_principal"), relief, periods=5))
    np.testing.assert_allclose(lines["pool.balance"], [1_000, 500, 500, 500, 0, 0])
    np.testing.assert_allclose(lines["pool.interest"][1:], paid, atol=1e-12)


def test_an_extension_levels_what_is_left():
    """A loan of nil interest with 4 of 6 instalments left: over 4 + 8 months each is a third of what it was."""
    relief = {"term_extension": {"share": 1, "from": 3, "months": 8}}
    lines = run(program_of(one_loan(600, 0.0, 6), relief))
    assert lines["pool.balance"].shape == (6 + 8 + 1,)
    np.testing.assert_allclose(lines["pool.scheduled_principal"][1:], [100] * 2 + [400 / 12] * 12)


def test_relief_after_the_last_payment_is_refused():
    """A holiday that no loan lives to see would be ignored."""
    rows = compress(one_loan(1_000, 0.1, 12))
    with pytest.raises(CurveError, match=r"payment_holiday.from: month 13 lies beyond the life .* in month 12"):
        cohorts(rows, read({"payment_holiday": {"share": 0.1, "from": 13, "months": 1}}), 20)


def test_horizon_covers_the_lag():
    """The longest remaining term and the longest lag, those of groups too."""
    rows = compress(one_loan(1_000, 0.1, 12))
    written = {"recovery": {"rate": 0.1, "lag": 3}, "groups": {"all": {"recovery": {"rate": 0.1, "lag": 8}}}}
    assert horizon(rows, read(written)) == 20
    written["recovery"] = {"rate": 0.1, "lag": 3, "timing": {"by_year": [0.5, 0.5]}}
    assert horizon(rows, read(written)) == 12 + 3 + 23


def test_survivor_days_counts_the_days_of_the_month():
    """Period rate = 1 - (1 - CPR)^(days / 365), default first, interest on the survivors of both."""
    written = {"prepayment": {"cpr": 0.3}, "default": {"cdr": 0.2}, "conventions": "survivor-days"}
    loan = one_loan(1_000, 0.12, 12, repayment="interest_first")
    lines = run(program_of(loan, written, days=calendar_days(12)))
    d, p = 1 - 0.8 ** (31 / 365), 1 - 0.7 ** (31 / 365)
    assert lines["pool.defaulted"][1] == pytest.approx(1_000 * d)
    assert lines["pool.prepaid"][1] == pytest.approx(1_000 * (1 - d) * p)
    assert lines["pool.interest"][1] == pytest.approx(10 * (1 - d) * (1 - p))


def test_loss_is_booked_at_default_or_at_liquidation():
    """`sifma` books the default and takes recoveries back; `survivor-days` books what is lost in the end."""
    written = {"default": {"mdr": 0.1}, "recovery": {"rate": 0.4, "lag": 2}}
    loan = one_loan(1_000, 0.0, 6, repayment="interest_first")
    at_default = run(program_of(loan, written))["pool.cumulative_net_loss"]
    late = run(program_of(loan, written | {"conventions": {"loss_at": "liquidation"}}))["pool.cumulative_net_loss"]
    assert at_default[1] == pytest.approx(100.0)
    assert late[1] == 0.0
    assert late[3] == pytest.approx(60.0)
    assert at_default[-1] == pytest.approx(late[-1])


def test_wac_is_the_coupon_of_the_loans_that_are_alive():
    """12 x scheduled interest / opening balance: balances weigh the rates; 0 without a pool."""
    loans = loans_of(
        (100_000_00, 0.06, 12, 0, "interest_first", "A"),
        (300_000_00, 0.10, 24, 0, "interest_first", "B"),
    )
    written = {"default": {"mdr": 0.02}, "groups": {"B": {"default": {"mdr": 0.05}}}, "recovery": {"rate": 0, "lag": 2}}
    wac = run(program_of(loans, written))["pool.wac"]
    assert wac[1] == pytest.approx(0.09, rel=1e-14)
    alive = np.array([100 * 0.98**11, 300 * 0.95**11])
    assert wac[12] == pytest.approx((alive * [0.06, 0.10]).sum() / alive.sum(), rel=1e-12)
    assert wac[13] == pytest.approx(0.10, rel=1e-12)
    assert wac[0] == wac[25] == 0.0
