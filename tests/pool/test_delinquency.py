"""Arrears: the curves rule, instalments only move to later months, and every path by itself gives the same."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from pool.late import DAYS, late, padded
from pool.pools import calendar_days, loans_of, program_of
from pool.test_twin import DEFAULTS, PREPAYMENTS, RECOVERIES, loan
from pool.twin import project_loans
from small import TERMS as TERMS_OF_DEAL
from small import small

from abs_struct.core.findings import CurveError, DealError
from abs_struct.curves import read
from abs_struct.waterfall.engine import run, run_as_arrays

LOANS = loans_of(
    (1_300_000, 0.13, 33, 3, "level_pay", "36"),
    (2_500_000, 0.09, 27, 9, "level_pay", "60"),
    (900_000, 0.0, 12, 0, "level_principal", "36"),
    (400_000, 0.17, 20, 14, "interest_first", "60"),
    (100_000, 0.05, 6, 1, "single_payment", "60"),
)
BASE = {"prepayment": {"cpr": 0.18, "ramp": 12}, "recovery": {"rate": 0.07, "lag": 2}}
TERMS = {
    "from default": {"roll": [0.3, 0.6, 0.85]},
    "given": {"enter": 0.02, "roll": [0.3, 0.6, 0.85], "late_fee": 0.0005},
    "six buckets": {"enter": 0.04, "roll": [0.4, 0.5, 0.6, 0.7, 0.8, 0.9]},
    "one bucket": {"roll": [0.25], "late_fee": 0.001},
    "nobody pays late": {"roll": [1.0, 1.0]},
    "nobody rolls": {"enter": 0.03, "roll": [0.0, 0.5]},
}


def against_twin(loans, written, terms, group=None):
    """A run with arrears against the paths over the loan-by-loan flows; the run, and whether arrears were squeezed."""
    days = calendar_days(90)
    program = program_of(loans, written | {"delinquency": terms}, days=days)
    lines, periods = run(program), program.periods
    due = project_loans(loans, written, periods, days)
    expected, squeezed = late(padded(due, periods + 1), terms, due["balance"][0])
    scale = 1e-12 * max(due["balance"][0], 1.0)

    def same(line, values):
        np.testing.assert_allclose(lines[f"pool.{line}"], values, rtol=0, atol=scale, err_msg=line)

    for name in ("defaulted", "recovered", "prepaid", "net_loss", "unplaced_loss"):
        same(name, due[name])
    squeezed = squeezed or max(due["unplaced_loss"]) > 0.0  # then the curve asks for more than the loans can bear
    if not squeezed:
        same("scheduled_principal", expected["principal"])
        same("interest", expected["interest"])
        same("balance", np.array(due["balance"]) + np.array(expected["owed"]))
        for name in ("missed", "paid_late", "overdue"):
            same(name, expected[name])
        if "late_fee" in terms:
            same("late_fees", expected["late_fees"])
        for name in DAYS[: len(terms["roll"])]:
            same(f"delinquent_{name}", expected[name])
    return lines, squeezed


def conserved(lines, buckets):
    """Nothing is lost, nothing is negative, and nobody in arrears is more than the pool."""
    opening, scale = lines["pool.balance"][0], 1e-11 * max(lines["pool.balance"][0], 1.0)
    paid = lines["pool.principal_collections"].sum() + lines["pool.defaulted"].sum()
    assert paid == pytest.approx(opening, abs=scale)
    assert lines["pool.missed"].sum() == pytest.approx(lines["pool.paid_late"].sum(), abs=scale)
    assert lines["pool.overdue"][-1] == pytest.approx(0.0, abs=scale)
    names = [f"delinquent_{name}" for name in DAYS[:buckets]]
    for name in (*names, "scheduled_principal", "interest", "overdue", "missed", "paid_late", "balance"):
        assert lines[f"pool.{name}"].min() >= -scale, name
    assert (lines["pool.delinquent"] <= lines["pool.balance"] + scale).all()


@pytest.mark.parametrize("conventions", ["sifma", "survivor-days"])
@pytest.mark.parametrize("default", DEFAULTS[:9])
@pytest.mark.parametrize("name", TERMS)
def test_every_default_with_every_roll(name, default, conventions):
    """Each kind of default curve and of arrears: the curve rules to 1e-12, and paths and engine agree."""
    written = BASE | {"default": default, "conventions": conventions}
    lines, squeezed = against_twin(LOANS, written, TERMS[name])
    assert not squeezed or "cnl" in (default or {})
    conserved(lines, len(TERMS[name]["roll"]))


share = st.sampled_from([0.0, 0.05, 0.5, 1.0]) | st.floats(0.001, 1.0)
terms = st.fixed_dictionaries(
    {"roll": st.lists(share, min_size=1, max_size=6), "enter": st.just("from default") | share},
    optional={"late_fee": st.floats(0.0, 0.01)},
)
curves = st.fixed_dictionaries(
    {
        "prepayment": st.sampled_from(PREPAYMENTS),
        "default": st.sampled_from(DEFAULTS),
        "recovery": st.sampled_from(RECOVERIES),
        "conventions": st.sampled_from(["sifma", "survivor-days"]),
    }
)


@given(st.lists(loan, min_size=1, max_size=6), curves, terms)
def test_arrears_only_delay(loans, written, arrears):
    """Any loans, curves, rolls and entries: cash is conserved, nothing is negative, defaults are those of the curve."""
    lines, _ = against_twin(loans_of(*loans), written, arrears)
    conserved(lines, len(arrears["roll"]))


@given(curves, terms, terms)
def test_groups_have_arrears_of_their_own(written, first, second):
    """A group with its own rolls is as if it were a pool by itself; the pool adds the two up."""
    assume(not written["default"] or "timing" not in written["default"])  # an amount is shared out by the pool
    days = calendar_days(90)
    both = written | {"delinquency": first, "groups": {"60": {"delinquency": second}}}
    whole = run(program_of(LOANS, both, days=days))
    scale = 1e-12 * whole["pool.balance"][0]
    keep = {name: LOANS.group == name for name in ("36", "60")}
    parts = {}
    for name, arrears in (("36", first), ("60", second)):
        loans = type(LOANS)(*(getattr(LOANS, field)[keep[name]] for field in LOANS.__dataclass_fields__))
        parts[name] = run(program_of(loans, written | {"delinquency": arrears}, days=days))
    for line in ("scheduled_principal", "interest", "balance", "overdue", "delinquent", "delinquent_1_30", "missed"):
        total = np.zeros(len(whole["pool.balance"]))
        for part in parts.values():
            values = part[f"pool.{line}"]
            total[: min(len(values), len(total))] += values[: len(total)]
        np.testing.assert_allclose(whole[f"pool.{line}"], total, rtol=0, atol=scale, err_msg=line)


@pytest.mark.parametrize("default", [{"cdr": 0.05}, {"cnl": 0.09, "timing": {"by_year": [0.4, 0.4, 0.2]}}])
@pytest.mark.parametrize("name", TERMS)
def test_floats_equal_arrays_bit_for_bit(name, default):
    """One scenario, and many of them side by side with their own rolls and entries."""
    program = program_of(LOANS, BASE | {"default": default, "delinquency": TERMS[name]})
    single, many = run(program), run_as_arrays(program)
    for line in single:
        assert np.array_equal(many[line][:, 0], single[line]), line
    axes = {"assumptions.delinquency.roll.0": [0.1, 0.7, 1.0]}
    if "enter" in TERMS[name]:
        axes["assumptions.delinquency.enter"] = [0.0, 0.05, 0.3]
    grid = run(program_of(LOANS, BASE | {"default": default, "delinquency": TERMS[name]},
                          axes={path: np.array(values) for path, values in axes.items()}))  # fmt: skip
    for k in range(3):
        one = dict(TERMS[name]) | {"roll": [axes["assumptions.delinquency.roll.0"][k], *TERMS[name]["roll"][1:]]}
        if "enter" in one:
            one["enter"] = axes["assumptions.delinquency.enter"][k]
        alone = run(program_of(LOANS, BASE | {"default": default, "delinquency": one}))
        for line in alone:
            assert np.array_equal(grid[line][:, k] if grid[line].ndim > 1 else grid[line], alone[line]), line


def test_what_rolls_out_of_the_last_bucket_is_the_default():
    """Those who default in month t were in bucket 3 one month before, in bucket 2 two months, in bucket 1 three."""
    lines = run(program_of(LOANS, BASE | {"default": {"cdr": 0.05}, "delinquency": {"roll": [0.3, 0.6, 0.85]}}))
    defaulted = lines["pool.defaulted"]
    for k in (1, 2, 3):
        ahead = 4 - k
        np.testing.assert_allclose(lines[f"pool.to_default_{k}"][k:-ahead], defaulted[k + ahead :], rtol=1e-12)
        assert (lines[f"pool.to_default_{k}"][:k] == 0.0).all()
    entered = lines["pool.behind_1"] * lines["pool.punctual_balance"] + lines["pool.to_default_1"]
    np.testing.assert_allclose(entered[1:30] * 0.3 * 0.6 * 0.85, defaulted[4:33], rtol=1e-12)


BAD = {
    "rolls and cures above 100%": (
        {"roll": ["30%", "60%"], "cure": ["70%", "50%"]},
        "assumptions.delinquency: roll and cure of bucket 2 sum to 110%; they must sum to 100%: who does not roll pays "
        "(cure may be left out)",
    ),
    "a roll above 100%": (
        {"roll": ["30%", "160%"]}, "assumptions.delinquency.roll.1: 160% is not a share; shares lie in [0, 1]",
    ),
    "a negative roll": (
        {"roll": [-0.1]}, "assumptions.delinquency.roll.0: -0.1 is not a share; shares lie in [0, 1]",
    ),
    "a negative entry": (
        {"enter": "-2%", "roll": [0.5]}, "assumptions.delinquency.enter: -2% is not a share; shares lie in [0, 1]",
    ),
    "seven buckets": (
        {"roll": [0.5] * 7},
        "assumptions.delinquency.roll: roll has 7 buckets; there are 6 at most, from 1-30 to 151-180 days (what is "
        "later has defaulted)",
    ),
    "no buckets": ({"roll": []}, "assumptions.delinquency.roll: is empty; write at least one"),
    "a word for an entry": (
        {"enter": "from defaults", "roll": [0.5]},
        "assumptions.delinquency.enter: 'from defaults' is neither a share, such as 2%, nor the words 'from default'; "
        "did you mean 'from default'?",
    ),
    "an unknown key": (
        {"rolls": [0.5]},
        "assumptions.delinquency: unknown key 'rolls'; did you mean 'roll'? (allowed: enter, roll, late_fee)",
    ),
    "a cure too few": (
        {"roll": [0.5, 0.5], "cure": [0.5]},
        "assumptions.delinquency: cure has one share for each bucket of roll; it may be left out: who does not roll "
        "pays",
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", BAD)
def test_bad_arrears_are_refused_in_a_sentence(name):
    """Place, what was found, what is allowed."""
    written, sentence = BAD[name]
    with pytest.raises(CurveError) as refused:
        read({"delinquency": written})
    assert str(refused.value) == sentence


def test_cures_that_fit_are_taken():
    """Roll and cure may stand beside each other."""
    found = read({"delinquency": {"roll": ["30%", "60%"], "cure": ["70%", "40%"]}}).delinquency
    assert found.roll == [0.3, 0.6]


def test_nobody_advances_what_is_paid_late():
    """Advances and arrears speak of the same instalments."""
    written = {"default": {"cdr": "5%"}, "recovery": {"rate": "7%", "lag": 6}, "advances": True}
    with pytest.raises(CurveError, match="keep one of advances and delinquency"):
        read(written | {"delinquency": {"roll": [0.5]}})


TRIGGER = "triggers:\n  late: {test: %s / pool.balance, above: 1%%}\n"
NEEDS = "arrears need assumptions.delinquency, such as {enter: 2%, roll: [30%, 60%, 85%]}"


@pytest.mark.parametrize(
    ("rolls", "name", "sentence"),
    [
        ("", "pool.delinquent_31_60", f"no line 'pool.delinquent_31_60'; {NEEDS}"),
        ("[30%]", "pool.delinquent_31_60", "did you mean 'pool.delinquent_1_30'?"),
        ("[30%, 60%]", "pool.delinquent_31_61", "did you mean 'pool.delinquent_31_60'?"),
        ("[30%]", "pool.late_fees", f"no line 'pool.late_fees'; {NEEDS}"),
    ],
)
def test_a_trigger_on_arrears_that_are_not_assumed(rolls, name, sentence, tmp_path):
    """The place of the trigger, the nearest bucket that there is, or what has to be assumed."""
    terms = TERMS_OF_DEAL.replace("triggers:\n", TRIGGER % name)
    if rolls:
        terms = terms.replace("{rate: 30%, lag: 3}", f"{{rate: 30%, lag: 3}}\n  delinquency: {{roll: {rolls}}}")
    with pytest.raises(DealError) as refused:
        small(tmp_path, terms).run()
    assert "triggers.late" in str(refused.value)
    assert sentence in str(refused.value)


def test_a_call_sells_the_arrears_too(tmp_path):
    """The price covers the balance with what is overdue; nothing is left after it, in floats as in arrays."""
    terms = TERMS_OF_DEAL.replace(
        "{rate: 30%, lag: 3}", "{rate: 30%, lag: 3}\n  delinquency: {enter: 5%, roll: [60%, 50%]}"
    )
    terms += "call: {when: pool.balance <= 40% of pool, price: 100, exercised: true}\n"
    for default in ("{cdr: 9%}", "{cgd: 6%, timing: {by_year: [60%, 40%]}}"):
        result = small(tmp_path, terms.replace("{cdr: 9%}", default)).run()
        assert not result.failures, [str(check) for check in result.failures]
        lines = result.lines
        month = int(np.argmax(lines["deal.called"] > 0.5))
        assert month > 3
        price = lines["pool.opening_balance"] - lines["pool.principal_collections"] - lines["pool.defaulted"]
        assert lines["deal.call_proceeds"][month] == pytest.approx(price[month], rel=1e-12)
        for name in ("balance", "delinquent", "overdue", "collections", "defaulted", "missed"):
            recovered = lines["pool.recovered"] if name == "collections" else 0.0
            assert np.abs((lines[f"pool.{name}"] - recovered)[month + 1 :]).max() == 0.0, name


def test_arrears_beside_relief():
    """Payment holidays and extensions change the schedules, and arrears delay what is due by them."""
    written = BASE | {
        "default": {"cdr": 0.05},
        "payment_holiday": {"share": 0.3, "from": 4, "months": 3, "interest": "deferred"},
        "term_extension": {"share": 0.2, "from": 6, "months": 5},
    }
    lines, squeezed = against_twin(LOANS, written, TERMS["given"])
    assert not squeezed
    conserved(lines, 3)
