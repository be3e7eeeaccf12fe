"""Simulation: the draws, the paths through the waterfall, and what is said of them."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest
from cli.program import command, refused
from small import small

import abs_struct
from abs_struct.analytics import lognormal, vasicek
from abs_struct.core.findings import UsageError
from abs_struct.study import scenarios
from abs_struct.study.implied import level_table
from abs_struct.study.levels import levels_of
from abs_struct.study.simulation import Simulation, simulate
from abs_struct.study.streams import uniforms
from abs_struct.study.tails import mean_of, quantile_of, share_of, shortfall_of
from abs_struct.study.uncertainty import uncertainty_of

INVERSE = "{distribution: inverse normal, correlation: 10%}"
CNL = {"assumptions.default": "{cnl: 6%, timing: {by_year: [60%, 40%]}}"}


@pytest.fixture
def deal(tmp_path):
    """The small deal with losses that are an amount, and a thin reserve."""
    return small(tmp_path, **CNL)


def drawn(deal, paths=4_000, seed=1, **fields):
    """A simulation with some fields of the uncertainty."""
    return simulate(deal, uncertainty_of(None, fields), paths=paths, seed=seed)


def figures(simulation):
    """All arrays of a simulation, as bytes."""
    arrays = [simulation.net_loss, *simulation.draws.drawn.values()]
    arrays += [part for one in simulation.classes for part in (one.loss, one.discounted_loss, one.wal, one.missed)]
    return [np.asarray(array, dtype=str if array.dtype == object else float).tobytes() for array in arrays]


# ---- streams ------------------------------------------------------------------------------------------


def test_a_path_has_its_own_numbers():
    """Where a stream begins does not matter, seeds do, and the numbers are uniform."""
    whole = uniforms(3, 0, 50_000)
    assert (uniforms(3, 12_345, 100) == whole[12_345:12_445]).all()
    assert not (uniforms(4, 0, 100) == whole[:100]).any()
    assert whole.min() > 0.0
    assert whole.max() < 1.0
    assert whole.mean(axis=0) == pytest.approx(0.5, abs=4 / np.sqrt(12 * 50_000))
    assert np.abs(np.corrcoef(whole.T) - np.eye(whole.shape[1])).max() < 4 / np.sqrt(50_000)


@pytest.mark.parametrize("chunk", [23, 1_000])
def test_chunks_and_executors_change_no_bit(deal, chunk, monkeypatch):
    """The same bytes in chunks of any size, here and in threads."""
    fields = {
        "default": INVERSE, "recovery": "{deviation: 20%, correlation: -30%}", "prepayment": "{deviation: 20%}",
        "timing": "{front: 30%, base: 40%, back: 30%}",
    }  # fmt: skip
    whole = figures(drawn(deal, 60, **fields))
    monkeypatch.setattr(scenarios, "CHUNK", chunk)
    assert figures(drawn(deal, 60, **fields)) == whole
    with ThreadPoolExecutor(2) as executor:
        assert figures(simulate(deal, uncertainty_of(None, fields), paths=60, executor=executor)) == whole


def test_more_paths_keep_the_first(deal):
    """Path n is the same however many are drawn."""
    few, many = drawn(deal, 50, default=INVERSE), drawn(deal, 200, default=INVERSE)
    assert (few.level == many.level[:50]).all()
    assert (few.of("B").loss == many.of("B").loss[:50]).all()


def test_a_path_is_a_run(deal):
    """The values of a path, set into the deal, give the figures of the path."""
    found = drawn(deal, 40, default=INVERSE, prepayment="{deviation: 30%}", timing="{front: 50%, back: 50%}")
    worst = int(np.argmax(found.level))
    changes = {one.path: one.text(worst) for one in found.draws.varied}
    run = deal.with_(changes).run()
    assert run.measures.value("B.principal_shortfall") / run.measures.value("B.balance") == found.of("B").loss[worst]
    assert run.measures.value("A.wal") == found.of("A").wal[worst]


# ---- what is drawn ------------------------------------------------------------------------------------


def test_levels_of_a_lognormal(deal):
    """Mean and quantiles within four standard errors of the closed form; the net loss of the pool follows."""
    found = drawn(deal, 20_000, default="{distribution: lognormal, deviation: 50%}")
    mean = levels_of(deal).mean
    assert mean == pytest.approx(0.06 / 0.7, abs=1e-12)  # a net loss of 6% with a recovery of 30%
    assert mean_of(found.level).value == pytest.approx(mean, abs=4 * mean_of(found.level).error)
    for level in (0.5, 0.95, 0.99):
        estimate = quantile_of(found.level, level)
        assert estimate.value == pytest.approx(lognormal.quantile(mean, 0.5, level), abs=4 * estimate.error)
    pool = deal.run().lines["pool.initial_balance"][0]
    assert found.net_loss / pool == pytest.approx(0.7 * found.level, rel=1e-3)


@pytest.mark.parametrize("width", ["correlation: 10%", "deviation: 60%"])
def test_levels_of_a_large_pool(deal, width):
    """The quantiles of Vasicek, from a correlation or from the deviation that it makes."""
    found = drawn(deal, 20_000, default=f"{{distribution: inverse normal, {width}}}")
    mean = levels_of(deal).mean
    rho = 0.10 if width.startswith("c") else vasicek.correlation_of(mean, 0.6 * mean)
    for level in (0.5, 0.95, 0.99, 0.999):
        estimate = quantile_of(found.level, level)
        assert estimate.value == pytest.approx(vasicek.quantile(mean, rho, level), abs=4 * estimate.error)


def test_a_copula_of_many_loans_is_the_large_pool(deal):
    """Few loans add their own luck; with very many it is gone."""
    large = drawn(deal, 2_000, default=INVERSE)
    many = drawn(deal, 2_000, default="{distribution: copula, correlation: 10%, loans: 100000000}")
    few = drawn(deal, 2_000, default="{distribution: copula, correlation: 10%, loans: 40}")
    assert many.level == pytest.approx(large.level, abs=2e-4)
    assert np.abs(few.level - large.level).max() > 0.02
    assert set(np.round(few.level * 40, 9) % 1.0) == {0.0}
    of_the_tape = drawn(deal, 2_000, default="{distribution: copula, correlation: 10%}")
    assert (of_the_tape.level == few.level).all()


def test_recoveries_are_low_where_defaults_are_high(deal):
    """A beta around the deal's own, with the correlation that was asked for; the default level keeps what was drawn."""
    found = drawn(deal, 20_000, default=INVERSE, recovery="{deviation: 30%, correlation: -50%}")
    recovery = found.draws.drawn["recovery"]
    assert recovery.mean() == pytest.approx(0.30, abs=4 * recovery.std() / np.sqrt(20_000))
    assert recovery.std() == pytest.approx(0.09, rel=0.03)
    ranks = np.argsort(np.argsort(found.level)), np.argsort(np.argsort(recovery))
    assert np.corrcoef(*ranks)[0, 1] == pytest.approx(6 / np.pi * np.arcsin(-0.25), abs=0.02)  # of ranks
    pool = deal.run().lines["pool.initial_balance"][0]
    assert found.net_loss / pool == pytest.approx((1.0 - recovery) * found.level, rel=2e-3)


def test_timing_moves_lives_alone(deal):
    """Early losses and late ones are as large; the shares are those that were asked for."""
    found = drawn(deal, 4_000, default="{distribution: lognormal, deviation: 1%}", timing="{front: 25%, back: 75%}")
    words = found.draws.drawn["timing"]
    assert (words == "front").mean() == pytest.approx(0.25, abs=0.03)
    assert found.net_loss[words == "front"].mean() == pytest.approx(found.net_loss[words == "back"].mean(), rel=1e-3)
    lives = found.of("A").wal
    assert lives[words == "front"].max() < lives[words == "back"].min()


def test_no_uncertainty_is_the_deal(deal):
    """With next to no deviation all paths are the deal as it stands."""
    found = drawn(deal, 20, default="{distribution: lognormal, deviation: 0.000001}")
    run = deal.run()
    assert found.of("A").wal == pytest.approx(run.measures.value("A.wal"), rel=1e-6)
    assert (found.of("A").loss == 0.0).all()


# ---- what is said -------------------------------------------------------------------------------------


def test_estimates_by_hand():
    """Shares, means, quantiles and tail means of a hundred numbers."""
    values = np.arange(100.0)
    assert share_of(values >= 90).value == pytest.approx(0.10)
    assert share_of(values >= 90).error == pytest.approx(0.03)
    assert share_of(values < 0.0).error == pytest.approx(0.01)
    assert mean_of(values) == pytest.approx((49.5, values.std(ddof=1) / 10))
    assert quantile_of(values, 0.95).value == 94.0
    assert quantile_of(values, 0.5).error == pytest.approx((60 - 40) / (2 * 1.96), rel=0.06)
    assert shortfall_of(values, 0.9).value == pytest.approx(94.5)


def test_errors_are_those_of_repeated_simulations(deal):
    """The standard errors that are printed are the scatter over seeds."""
    runs = [drawn(deal, 1_000, seed, default=INVERSE).of("B").estimates for seed in range(24)]
    for name in ("probability_of_loss", "expected_loss", "discounted_loss", "expected_shortfall_99", "wal"):
        scatter = np.std([run[name].value for run in runs], ddof=1)
        assert np.mean([run[name].error for run in runs]) == pytest.approx(scatter, rel=0.5), name


def test_seniority(deal):
    """A loses less, and less often, than B."""
    found = drawn(deal, 4_000, default="{distribution: inverse normal, correlation: 30%}")
    senior, junior = found.of("A"), found.of("B")
    assert (senior.loss <= junior.loss + 1e-12).all()
    assert 0.0 < senior.estimates["expected_loss"].value < junior.estimates["expected_loss"].value < 1.0
    assert (senior.discounted_loss[senior.missed < 0.5] == 0.0).all()


def test_implied_levels(deal, tmp_path):
    """From a table by life, in YAML and CSV alike."""
    yaml, csv = tmp_path / "levels.yaml", tmp_path / "levels.csv"
    yaml.write_text("years: [1, 3]\nlevels:\n  one: [0.01%, 0.03%]\n  two: [1%, 3%]\n")
    csv.write_text("level,1,3\none,0.01%,0.03%\ntwo,1%,3%\n")
    table = level_table(yaml)
    assert level_table(csv) == table
    assert table.limit("one", 2.0) == pytest.approx(0.0002)
    assert table.limit("one", 9.0) == 0.0003
    found = simulate(deal, uncertainty_of(None, {"default": INVERSE}), paths=500, table=table)
    own = found.of("B").estimates
    assert found.implied(found.of("B")) == table.implied(own["discounted_loss"].value, own["wal"].value)
    assert found.frame.loc["A", "implied_level"] == "one"
    assert level_table("illustrative").implied(1.0, 5.0) == "below all levels"


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("years: [3, 1]\nlevels: {one: [1%, 2%]}\n", "the years do not rise"),
        ("years: [1, 3]\nlevels: {one: [2%, 1%]}\n", "the limits of level 'one' fall with life"),
        ("years: [1, 3]\nlevels: {one: [1%, 2%], two: [1%, 3%]}\n", "'two' are not above those of 'one'"),
        ("years: [1, 3]\nlevels: {one: [1%]}\n", "level 'one' has 1 limits for 2 lives"),
        ("years: [1, 3]\nlevel: {one: [1%, 2%]}\n", "did you mean 'levels'"),
    ],
)
def test_tables_that_are_none(tmp_path, text, words):
    """One sentence with the file."""
    file = tmp_path / "levels.yaml"
    file.write_text(text)
    with pytest.raises(UsageError, match=words) as caught:
        level_table(file)
    assert "levels.yaml" in str(caught.value)


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"default": "{distribution: lognormol, deviation: 40%}"}, "did you mean 'lognormal'"),
        ({"default": "{distribution: lognormal, correlation: 10%}"}, "a lognormal default level has a deviation"),
        ({"default": "{distribution: copula}"}, "one of the two"),
        ({"default": "{distribution: inverse normal, correlation: 120%}"}, "correlation of borrowers"),
        ({"default": "{distribution: inverse normal, correlation: 0%}"}, "correlation of borrowers"),
        ({"default": "{distribution: inverse normal, deviation: 450%}"}, "standard deviation above 0%"),
        ({"default": "{distribution: lognormal, deviation: -10%}"}, "not a deviation"),
        ({"default": "{distribution: lognormal, deviation: 40%, loans: 5}"}, "loans belong to a copula"),
        ({"recovery": "{deviation: 300%}"}, "too wide for a mean"),
        ({"recovery": "{deviation: 20%, correlation: 2}"}, "lies in"),
        ({"timing": "{front: 50%, back: 20%}"}, "sum to 70%"),
        ({"prepaiment": "{deviation: 20%}"}, "did you mean 'prepayment'"),
    ],
)
def test_uncertainties_that_are_none(deal, fields, words):
    """One sentence."""
    with pytest.raises(UsageError, match=words):
        drawn(deal, 10, **fields)


@pytest.mark.parametrize(
    ("changes", "fields", "words"),
    [
        ({"assumptions.default": "none"}, {}, "no default curve"),
        ({"assumptions.default": "{cdr: 0%}"}, {}, "a mean above 0%"),
        ({"assumptions.recovery": "{rate: 0%}"}, {"recovery": "{deviation: 20%}"}, "the deal recovers nothing"),
        ({"assumptions.prepayment": "none"}, {"prepayment": "{deviation: 20%}"}, "the deal has none"),
        ({}, {"timing": "{front: 50%, base: 50%}"}, "are rates without a timing"),
    ],
)
def test_what_a_deal_does_not_have(tmp_path, changes, fields, words):
    """Uncertainty of something that is not there."""
    with pytest.raises(UsageError, match=words):
        drawn(small(tmp_path, **changes), 10, **fields)


@pytest.mark.parametrize(("paths", "seed"), [(0, 1), (20_000_000, 1), (10, -1)])
def test_numbers_of_paths(deal, paths, seed):
    """At least one, and no more than memory takes."""
    with pytest.raises(UsageError, match=r"--paths|--seed"):
        simulate(deal, paths=paths, seed=seed)


@pytest.mark.parametrize(
    "name", ["mpl_2027_1", "hb_rev_2027_1", "card_2027_a", "jb_cl_2027_1", "euroc_2027_1", "auto_2027_1"]
)
def test_shipped_deals(repository, name):
    """Each deal runs; its paths have figures, and their mean level is the deal's."""
    found = simulate(abs_struct.load(repository / "deals" / f"{name}.yaml"), paths=600)
    assert not any(found.reasons)
    assert found.level_estimates["mean"].value == pytest.approx(found.levels.mean, rel=0.10)
    assert found.frame["expected_loss"].between(0.0, 1.0).all()


# ---- the command --------------------------------------------------------------------------------------


def test_command(tmp_path, monkeypatch):
    """Table, workbook, pictures, paths and JSON."""
    import json

    import openpyxl
    import pandas as pd

    small(tmp_path, **CNL)
    monkeypatch.chdir(tmp_path)
    words = ["simulate", "small.yaml", "--paths", 300, "--out", "out", "--levels", "illustrative"]
    words += ["--set", "assumptions.default={cnl: 6%, timing: {by_year: [60%, 40%]}}"]
    shown = command(*words, "--save-paths").stdout
    assert "default level: mean" in shown
    assert "Implied" in shown
    found = json.loads(command(*words, "--json").stdout)
    assert found["schema"] == "abs-struct/simulation/1"
    assert found["paths"] == 300
    assert found["classes"]["B"]["expected_loss"]["error"] > 0.0
    book = openpyxl.load_workbook(tmp_path / "out" / "simulation.xlsx")
    assert book.sheetnames == ["Classes", "Default level", "Histograms"]
    assert book["Classes"]["B4"].value == "A"
    assert len(pd.read_parquet(tmp_path / "out" / "paths.parquet")) == 300
    assert (tmp_path / "out" / "simulation_levels.png").stat().st_size > 5_000


def test_commands_that_are_refused(tmp_path, monkeypatch):
    """One sentence each."""
    small(tmp_path)
    monkeypatch.chdir(tmp_path)
    assert "1 to 10,000,000" in refused("simulate", "small.yaml", "--paths", 0, code=2)
    assert "no such file" in refused("simulate", "small.yaml", "--levels", "nix.yaml", code=2).lower()
    assert "--draw default" in refused("simulate", "small.yaml", "--draw", "default", code=2)
    (tmp_path / "u.yaml").write_text(
        "default: {distribution: lognormal, deviation: 40%}\nrecovery: {deviation: 900%}\n"
    )
    assert "u.yaml:2" in refused("simulate", "small.yaml", "--uncertainty", "u.yaml", code=2)


def test_python(deal):
    """From Python, as the README shows it."""
    found = abs_struct.simulate(deal, abs_struct.uncertainty_of(None, {"default": INVERSE}), paths=100)
    assert isinstance(found, Simulation)
    assert list(found.frame.index) == ["A", "B"]
    assert len(found.paths) == 100
    assert found.plot("B").axes
    assert found.plot().axes
    with pytest.raises(UsageError, match="no class 'X'"):
        found.of("X")
