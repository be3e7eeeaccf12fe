"""Curves of histories whose truth is known, and the file of curves that a deal names."""

from __future__ import annotations

import numpy as np
import pytest

import abs_struct
from abs_struct.core.findings import DealError, UsageError
from abs_struct.curves.assumptions import read
from abs_struct.history.annuity import balance
from abs_struct.history.dynamic import dynamic_pool
from abs_struct.history.fit import Method, fit, levels_of
from abs_struct.history.hazards import fitted
from abs_struct.history.loans import OPEN
from abs_struct.history.projection import loss_timing, projected
from abs_struct.history.recoveries import recovery_curve
from abs_struct.history.trend import band, trend
from abs_struct.history.vintages import static_pool
from abs_struct.history.written import curve_text, write_curves

from .made import FIRST, made


def test_rates_come_back():
    """A history at 0.8% and 1.5% a month, half of it still running, gives those rates, not what had happened so far."""
    history = made(40_000)
    found = fit(history).whole
    weights = found.table.at_risk[1:]
    at_risk = np.pad(weights, (0, max(0, found.term - len(weights))))[: found.term]
    error = np.sqrt(0.008 * at_risk.sum()) / at_risk.sum()
    assert np.average(found.default, weights=at_risk) == pytest.approx(0.008, abs=4 * error)
    smm = np.average(found.smm, weights=at_risk)
    assert smm == pytest.approx(0.015 * 0.992, abs=4 * np.sqrt(0.015 / at_risk.sum()))
    truth = 0.008 * (1 - (0.992 * 0.985) ** 36) / (1 - 0.992 * 0.985)
    assert found.incidence[-1] == pytest.approx(truth, rel=0.06)
    assert history.defaulted.mean() < 0.75 * truth


@pytest.mark.parametrize("tail", ["weibull", "log-logistic", "flat"])
def test_tails_go_on_where_nothing_was_seen(tail):
    """Known for two years of five: the tail goes on at the rate of the seen months, within its error."""
    history = made(60_000, term=60, months=3, observed=26)
    found = fit(history, method=Method(tail=tail)).whole
    assert (found.table.at_risk[24:] == 0).all() or len(found.table.age) <= 26
    assert found.default[40] == pytest.approx(0.008, rel=0.35)
    assert found.term == 60


def test_tail_has_the_shape_of_its_kind():
    """Hazards of a Weibull come back as they are; so do those of a log-logistic curve."""
    age, risk = np.arange(48) + 0.5, np.full(48, 1e7)
    falling = 0.02 * age ** (0.6 - 1.0)
    assert fitted("weibull", risk, risk * falling) == pytest.approx(falling, rel=2e-3)
    hump = 0.02 * (age / 14.0) ** 1.1 / (1.0 + (age / 14.0) ** 2.1)
    assert fitted("log-logistic", risk, risk * hump) == pytest.approx(hump, rel=2e-3)


def test_segments_are_drawn_to_all_where_they_are_thin():
    """Two grades of 0.4% and 1.6%: large ones keep their levels; ten loans of a third follow all."""
    count = 30_000
    rates = np.where(np.arange(count) % 3 == 0, 0.016, 0.004)
    history = made(count, mdr=rates, months=12, observed=48)
    found = fit(history, ("grade",), Method(credibility=500))
    assert found.of(("B",)).default[5:25].mean() == pytest.approx(0.016, rel=0.15)
    assert found.of(("A",)).default[5:25].mean() == pytest.approx(0.004, rel=0.15)
    assert found.of(("Z",)) is found.whole
    few = history.take(np.flatnonzero(history.segments["grade"] == "B")[:10])
    few.segments["grade"][:] = "C"
    thin = levels_of([float(few.defaulted.sum()), 900.0, 400.0], [0.8, 500.0, 800.0])
    assert abs(np.log(thin[0])) < abs(np.log(max(few.defaulted.sum(), 0.5) / 0.8)) + 1e-12


def test_a_segment_that_was_never_seen_follows_its_nearest():
    """Of (36, B) and (36, A), the unseen (60, B) takes the curve of B."""
    history = made(6_000, mdr=np.where(np.arange(6_000) % 3 == 0, 0.02, 0.004), months=6, observed=42)
    history.segments["term"] = np.full(len(history), "36")
    found = fit(history, ("term", "grade"))
    assert found.of(("60", "B")) is found.shared["grade", "B"]
    assert found.of(("60", "Q")) is found.whole


def test_trend_and_band():
    """Vintages at 0.5% and 1.5%: their levels lie about as far apart, and nine of ten lie in the band."""
    old = made(20_000, mdr=0.005, months=12, observed=48)
    young = made(20_000, mdr=0.015, months=12, observed=48, seed=2)
    both = old.take(np.arange(len(old)))
    joined = type(old)(
        *(np.concatenate([getattr(both, name), getattr(young, name)])
          for name in ("original", "rate", "term")),
        np.concatenate([both.start, young.start + 24]),
        np.concatenate([both.end, np.minimum(young.end + 24, both.observed + 24)]),
        *(np.concatenate([getattr(both, name), getattr(young, name)]) for name in ("ended", "lost", "recovered")),
        both.observed + 24, {"grade": np.concatenate([both.segments["grade"], young.segments["grade"]])}, both.lag,
    )  # fmt: skip
    found = fit(joined)
    levels = trend(found, joined, "year")
    assert levels.level[-1] / levels.level[0] == pytest.approx(3.0, rel=0.1)
    assert levels.seen.sum() == pytest.approx(levels.expected.sum(), rel=1e-6)
    assert levels.between > 0.3
    low, high = band(found, levels)
    assert low < 0.7 < 1.4 < high
    steady = made(20_000, months=24, observed=60)
    assert trend(fit(steady), steady).between < 0.06


def test_loss_timing_is_that_of_the_curves():
    """Constant rates: losses come as the balance of those still paying falls."""
    history = made(40_000, months=2, observed=60)
    found = fit(history)
    shares = loss_timing(found, history)
    there = (0.992 * 0.985) ** np.arange(36)
    truth = np.cumsum(there * balance(0.12, 36, np.arange(36)))
    assert shares == pytest.approx(truth / truth[-1], abs=0.015)
    assert shares[-1] == 1.0
    assert projected(found, history).sum() == pytest.approx(history.lost.sum(), rel=0.03)


def test_recoveries_by_age():
    """A tenth in each of ten months after the default: the lags come back, and a flat tape says nothing."""
    history = made(30_000, mdr=0.02, months=36, observed=60)
    since = np.where(history.defaulted, history.observed - history.end, 0)
    part = np.clip(since + 1, 0, 10) / 10.0 * 0.4
    growing = type(history)(**{**history.__dict__, "recovered": np.where(history.defaulted, history.lost * part, 0.0)})
    found = recovery_curve(growing)
    assert found.rate == pytest.approx(0.4)
    assert found.timed
    assert found.lags[:10] == pytest.approx(np.full(10, 0.1), abs=1e-9)
    assert found.mean_lag == pytest.approx(4.5, abs=1e-6)
    assert (np.diff(found.share) >= 0).all()
    assert not recovery_curve(history).timed
    with pytest.raises(UsageError, match="lost anything"):
        recovery_curve(history.take(np.flatnonzero(~history.defaulted)))


def test_dynamic_and_static_pools_agree():
    """What is charged off, prepaid and lent is the same by month as by vintage."""
    history = made(5_000)
    months, pool = dynamic_pool(history), static_pool(history, "year")
    assert months.lent.sum() == pool.original.sum()
    assert months.defaults.sum() == history.defaulted.sum()
    assert months.lost.sum() == pytest.approx(history.lost.sum())
    assert months.prepaid.sum() == history.prepaid.sum()
    assert (months.balance >= 0).all()
    assert np.nanmean(months.smm[6:30]) == pytest.approx(0.015, rel=0.1)
    open_loans = int((history.ended == OPEN).sum())
    assert months.loans[-1] >= open_loans


def test_nothing_lost_or_nobody_at_risk():
    """One sentence each."""
    history = made(200)
    with pytest.raises(UsageError, match="no default curve to fit"):
        fit(history.take(np.flatnonzero(~history.defaulted)))
    with pytest.raises(UsageError, match="did you mean 'grade'"):
        fit(history, ("grad",))
    with pytest.raises(UsageError, match="did you mean 'weibull'"):
        fitted("weibul", np.ones(3), np.ones(3))


@pytest.fixture
def curves(tmp_path):
    """A file of curves by grade, and the fit."""
    history = made(20_000, mdr=np.where(np.arange(20_000) % 3 == 0, 0.016, 0.006), months=12, observed=60)
    found = fit(history, ("grade",))
    text = curve_text(found, trend(found, history), recovery_curve(history), {"tape": "made"})
    return write_curves(text, tmp_path / "curves.yaml"), found


def tape_of(file, grades=("A", "A", "B")):
    """New loans of 36 months at 12%."""
    lines = ["loan_id,original_balance,balance,rate,original_term,remaining_term,age,grade"]
    lines += [f"L{k},10000,10000,0.12,36,36,0,{grade}" for k, grade in enumerate(grades)]
    file.write_text("\n".join(lines) + "\n")
    return file


def test_a_deal_runs_the_curves(repository, tmp_path, curves):
    """New loans lose in the engine what the fit projects of them, for each segment; the band is a multiple."""
    file, found = curves
    deal = repository / "deals" / "mpl_2027_1.yaml"
    changes = {"assumptions.curves": str(file), "pool.groups": "[grade]", "pool.eligibility": "[]"}
    run = abs_struct.load(deal, changes, tape_of(tmp_path / "tape.csv")).run()
    wanted = sum(10_000.0 * found.of((grade,)).loss(0.12, 36)[-1] for grade in ("A", "A", "B"))
    assert run.lines["pool.defaulted"].sum() == pytest.approx(wanted, rel=1e-4)
    high = abs_struct.load(deal, changes | {"assumptions.curves.case": "high"}, tmp_path / "tape.csv")
    stressed = 0.0
    for grade in ("A", "A", "B"):
        one, multiple = found.of((grade,)), high.terms.assumptions.groups[grade].default.multiple
        assert multiple > 1.01
        steps = np.diff(one.reached(one.default * multiple), prepend=0.0)
        stressed += 10_000.0 * float(np.sum(steps * balance(0.12, 36, np.arange(36))))
    assert high.run().lines["pool.defaulted"].sum() == pytest.approx(stressed, rel=1e-4)
    again = high.with_({"assumptions.curves.case": "base", "assumptions.curves.multiple": "2"})
    double = abs_struct.load(deal, changes | {"assumptions.curves.multiple": "2"}, tmp_path / "tape.csv")
    assert again.run().lines["pool.defaulted"].tolist() == double.run().lines["pool.defaulted"].tolist()


def test_changes_after_the_curves(repository, tmp_path, curves):
    """A number of the file's curves is a field like any other, and stays when another file takes its place."""
    file, _ = curves
    other = tmp_path / "other.yaml"
    other.write_text(file.read_text())
    deal = abs_struct.load(
        repository / "deals" / "mpl_2027_1.yaml",
        {"assumptions.curves": str(file), "pool.groups": "[grade]", "pool.eligibility": "[]"},
        tape_of(tmp_path / "tape.csv"),
    )
    once = deal.with_({"assumptions.groups.A.default.multiple": "3"})
    assert once.terms.assumptions.groups["A"].default.multiple == 3.0
    twice = once.with_({"assumptions.curves": str(other)})
    assert twice.terms.assumptions.groups["A"].default.multiple == 3.0
    assert twice.document.curves[0].endswith("other.yaml")
    assert deal.terms.assumptions.groups["A"].default.multiple == 1.0


def minimal(text, tmp_path, groups="[grade]"):
    """A small deal whose assumptions are given."""
    tape_of(tmp_path / "tape.csv")
    file = tmp_path / "deal.yaml"
    file.write_text(
        f"""name: small
dates: {{cutoff: 2026-12-31, closing: 2027-01-20, first_payment: 2027-02-15, every: month}}
pool: {{tape: tape.csv, groups: {groups}}}
assumptions:
{text}
notes:
  A: {{balance: 80% of pool, coupon: 5%}}
waterfall:
  always:
    - interest: A
    - principal: A
    - residual: equity
""",
        "utf-8",
    )
    return file


def test_a_deal_names_the_curves(tmp_path, curves):
    """Beside the deal file; a multiple alone is added to the file's curve."""
    found = abs_struct.load(minimal("  curves: curves.yaml\n  default: {multiple: 2}", tmp_path)).terms.assumptions
    assert found.default.multiple == 2.0
    assert len(found.default.vector) > 12
    assert set(found.groups) == {"A", "B"}
    assert found.recovery.rate == pytest.approx(0.1)
    assert read({"default": {"mdr": "1%"}}).curves is None


@pytest.mark.parametrize(
    ("text", "groups", "words"),
    [
        ("  curves: curvs.yaml", "[grade]", "no such file of curves: curvs.yaml; did you mean 'curves.yaml'"),
        ("  curves: curves.yaml\n  default: {cdr: 5%}", "[grade]", "default is written here, and curves.yaml has one"),
        ("  curves: curves.yaml\n  groups: {A: {prepayment: {cpr: 5%}}}", "[grade]", "prepayment is written here"),
        ("  curves: curves.yaml\n  groups: {Q: {refunds: 1%}}", "[grade]", "no loans of group 'Q'"),
        ("  curves: curves.yaml", "[original_term]", "has curves by grade"),
        ("  curves: curves.yaml", "[]", "or fit without --by"),
        ("  curves: {file: curves.yaml, case: hi}", "[grade]", "high"),
        ("  curves: broken.yaml", "[grade]", "broken.yaml:2"),
        ("  curves: unknown.yaml", "[grade]", "did you mean 'default'"),
    ],
)
def test_mistakes(tmp_path, curves, text, groups, words):
    """One sentence with its place."""
    (tmp_path / "broken.yaml").write_text("by: [grade]\ndefault: {vector: [1%, 120%], unit: mdr}\n")
    (tmp_path / "unknown.yaml").write_text("by: [grade]\ndefaults: {vector: [1%], unit: mdr}\n")
    with pytest.raises(DealError) as caught:
        abs_struct.load(minimal(text, tmp_path, groups)).run()
    assert words in str(caught.value)


def test_the_file_begins_at_the_first_month(curves):
    """The first entry of a vector is a loan's first month, whose default is a loan that never paid."""
    _, found = curves
    assert found.whole.table.age[0] == 0
    assert found.whole.default[0] == pytest.approx(0.009, abs=0.003)
    assert FIRST == 24180
