"""Four views: each level is that of its own method, and the weakest binds."""

from __future__ import annotations

import json

import numpy as np
import pytest
from cli.program import command, refused
from small import small

import abs_struct
from abs_struct.analytics import vasicek
from abs_struct.core.findings import UsageError
from abs_struct.study.stress import NONE
from abs_struct.study.stressfile import stress_file
from abs_struct.study.views import HIGHER, VIEWS, four_views

CNL = {"assumptions.default": "{cnl: 6%, timing: {by_year: [60%, 40%]}}"}
FILE = """\
base_cases: [5%, 10%]
levels:
  high: {multiples: [3, 2], expected_losses: [0.01%, 0.03%], probability: 0.1%}
  low:  {multiples: [1.5, 1.2], expected_losses: [1%, 3%], probability: 5%}
prepayment: [base]
years: [1, 3]
deviation: 50%
correlation: 10%
"""


@pytest.fixture
def deal(tmp_path):
    """The small deal with losses that are an amount."""
    return small(tmp_path, **CNL)


@pytest.fixture
def file(tmp_path):
    """Two levels with all that the views read."""
    path = tmp_path / "levels.yaml"
    path.write_text(FILE)
    return path


def test_each_view_is_its_own_method(deal, file):
    """Multiples from the stress run, losses from the simulation, the quantile from the break-even of the deal."""
    found = four_views(deal, file, paths=2_000)
    terms = stress_file(file)
    simulation = abs_struct.simulate(
        deal, abs_struct.uncertainty_of(None, {"default": "{distribution: lognormal, deviation: 50%}"}), paths=2_000
    )
    break_even = abs_struct.break_even(deal)
    order = [*terms.levels, NONE]
    for view in found.views:
        n = break_even.row(view.note)
        assert view.break_even == pytest.approx(break_even.levels[n, 0], abs=2e-6)
        gross = view.break_even * 0.06 / 0.7
        assert view.level == pytest.approx(gross, rel=1e-3) if view.note == "B" else view.level < gross  # the pool ends
        beyond = 1.0 - vasicek.distribution(view.level, simulation.levels.mean, 0.10)
        assert view.beyond == pytest.approx(beyond)
        wanted = next((name for name in terms.levels if beyond <= terms.levels[name].probability), NONE)
        assert view.implied["quantile"] == wanted
        own = simulation.of(view.note).estimates
        assert view.expected_loss == own["discounted_loss"].value
        assert view.implied["expected loss"] == terms.table.implied(own["discounted_loss"].value, own["wal"].value)
        assert view.implied["multiples"] == found.run.implied(view.note)
        weakest = max(order.index(level) for level in view.implied.values())
        assert view.level_binding == order[weakest]
        assert set(view.binding) == {name for name in VIEWS if view.implied[name] == order[weakest]}


def test_the_grid_of_base_cases(deal, file):
    """The row of the deal's own base case is the stress run; a higher base case is no easier."""
    found = four_views(deal, file, paths=100)
    for note in ("A", "B"):
        grid = found.grid(note)
        assert grid.index.tolist() == pytest.approx([times * 0.06 for times in HIGHER])
        assert grid.to_numpy()[1].tolist() == found.run.passed[found.run.row(note)].all(axis=1).tolist()
        assert (np.diff(grid.to_numpy().astype(int), axis=0) <= 0).all()
    higher = four_views(deal.with_({"assumptions.default.cnl": "7.5%"}), file, paths=100)
    assert higher.of("B").implied["multiples"] == found.of("B").implied["higher base case"]


def test_frame_and_unknown_class(deal, file):
    """A row a class; a class that is not there is named with its neighbour."""
    found = four_views(deal, file, notes=["B"], paths=100)
    assert found.frame.index.tolist() == ["B"]
    assert set(VIEWS) <= set(found.frame.columns)
    with pytest.raises(UsageError, match="no class 'A'"):
        found.of("A")


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ("correlation: 10%\n", "", "lacks correlation"),
        (", probability: 5%", "", r"lacks levels\.low\.probability"),
        ("expected_losses: [1%, 3%], ", "", r"levels\.low\.expected_losses"),
        ("probability: 5%", "probability: 0.01%", "do not rise"),
        ("[1%, 3%]", "[0.001%, 3%]", "not above those of 'high'"),
        ("deviation: 50%", "deviation: 0%", "not a deviation"),
    ],
)
def test_files_that_say_too_little(deal, tmp_path, old, new, words):
    """One sentence that names what is missing."""
    path = tmp_path / "levels.yaml"
    assert old in FILE
    path.write_text(FILE.replace(old, new))
    with pytest.raises(UsageError, match=words):
        four_views(deal, path, paths=10)


@pytest.mark.parametrize("name", ["mpl_2027_1", "card_2027_a"])
def test_shipped_deals(repository, file, name):
    """Loans and cards; seniority holds in every view."""
    cards = "cards: {ramp: 6, levels: {high: {charge_off: 4}, low: {charge_off: 2}}}\n"
    file.write_text(FILE + cards)
    found = four_views(abs_struct.load(repository / "deals" / f"{name}.yaml"), file, paths=500)
    order = [*found.run.levels, NONE]
    for view in VIEWS:
        ranks = [order.index(one.implied[view]) for one in found.views]
        assert ranks == sorted(ranks), view


def test_command(tmp_path, monkeypatch, file):
    """Two tables, a workbook, JSON; one sentence where the file is none."""
    import openpyxl

    small(tmp_path)
    monkeypatch.chdir(tmp_path)
    words = ["views", "small.yaml", "--file", file, "--paths", 200, "--out", "out"]
    words += ["--set", f"assumptions.default={CNL['assumptions.default']}"]
    shown = command(*words)
    assert "Higher base" in shown.stdout
    assert "P(beyond)" in shown.stdout
    assert "no rating" in shown.stderr
    found = json.loads(command(*words, "--json").stdout)
    assert found["schema"] == "abs-struct/views/1"
    assert set(found["classes"]["A"]["implied"]) == set(VIEWS)
    assert openpyxl.load_workbook(tmp_path / "out" / "views.xlsx").sheetnames == ["Views", "A", "B"]
    assert "cannot be read" in refused("views", "small.yaml", "--file", "nix.yaml", code=2)
