"""The charts: PNG and SVG of every picture, the same bytes for the same run, no state left behind."""

from __future__ import annotations

import sys

import pytest
from cli.program import command, refused
from small import TERMS, small

from abs_struct.handoff import charts
from abs_struct.handoff.charts import write_charts
from abs_struct.handoff.view import View

PICTURES = ("note_balances", "collections", "enhancement", "cumulative_net_loss")


@pytest.fixture(scope="module")
def result(tmp_path_factory):
    """A run of the small deal."""
    return small(tmp_path_factory.mktemp("charts")).run()


@pytest.fixture(scope="module")
def files(result, tmp_path_factory):
    """Its pictures by name."""
    return {path.name: path for path in write_charts(result, tmp_path_factory.mktemp("pictures") / "made")}


def test_every_picture_twice(files):
    """Each picture as PNG and as SVG."""
    assert set(files) == {f"{name}{ending}" for name in PICTURES for ending in (".png", ".svg")}
    for name, path in files.items():
        head = path.read_bytes()[:200]
        assert head.startswith(b"\x89PNG") if name.endswith(".png") else b"<?xml" in head


def test_arrears_have_a_picture_of_their_own(tmp_path):
    """Buckets one on the other, of the pool; refunds among the collections."""
    more = "  delinquency: {enter: 4%, roll: [50%, 60%, 70%]}\n  refunds: 1%\n"
    found = small(
        tmp_path, TERMS.replace("  recovery: {rate: 30%, lag: 3}\n", f"  recovery: {{rate: 30%, lag: 3}}\n{more}")
    )
    late = found.run()
    names = {path.stem for path in write_charts(late, tmp_path / "made")}
    assert names == {*PICTURES, "delinquency"}
    axes = charts_axes(late, charts.delinquency)
    labels = [area.get_label() for area in axes.collections]
    assert labels == ["1-30 days", "31-60 days", "61-90 days"]
    heights = axes.collections[-1].get_paths()[0].vertices[:, 1]
    lines, end = late.lines, View(late).notes_end
    share = lines["pool.delinquent"][1 : end + 1] / lines["pool.balance"][1 : end + 1]
    assert heights.max() == pytest.approx(share.max(), rel=1e-12)
    drawn = charts_axes(late, charts.collections)
    assert [area.get_label() for area in drawn.collections][-1] == "Refunds"


def test_same_run_same_bytes(result, files, tmp_path):
    """Drawn again, every file has the same bytes."""
    for path in write_charts(result, tmp_path):
        assert path.read_bytes() == files[path.name].read_bytes(), path.name


def test_no_pyplot(result, tmp_path):
    """Drawing touches neither pyplot nor the settings of the session."""
    import matplotlib

    before = dict(matplotlib.rcParams)
    loaded = "matplotlib.pyplot" in sys.modules
    write_charts(result, tmp_path)
    assert ("matplotlib.pyplot" in sys.modules) == loaded
    assert dict(matplotlib.rcParams) == before


def figure_of(result, name):
    """A chart as matplotlib holds it."""
    return charts_axes(result, charts.CHARTS[name])


def charts_axes(result, draw):
    """The same by its function."""
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    figure = Figure()
    FigureCanvasAgg(figure)
    axes = figure.add_subplot()
    draw(View(result), axes)
    return axes


def test_losses_are_the_tested_line(result):
    """The loss chart holds the value that the trigger tested, and the level as steps."""
    axes = figure_of(result, "cumulative_net_loss")
    drawn = {line.get_label(): line for line in axes.get_lines()}
    end = View(result).notes_end
    assert list(drawn["Cumulative net loss"].get_ydata()) == result.lines["triggers.losses.value"][1 : end + 1].tolist()
    assert list(drawn["Trigger level"].get_ydata()) == result.lines["triggers.losses.level"][1 : end + 1].tolist()
    assert "steps" in drawn["Trigger level"].get_drawstyle()


def test_enhancement_ends_with_the_class(result):
    """The enhancement of a class is drawn while it is outstanding, each class with dashes of its own."""
    lines = figure_of(result, "enhancement").get_lines()
    assert [line.get_label() for line in lines] == ["A", "B"]
    for line in lines:
        outstanding = int((result.lines[f"notes.{line.get_label()}.balance"] > 0.005).sum())
        assert len(line.get_ydata()) == outstanding
    assert lines[0].get_linestyle() != lines[1].get_linestyle()


def test_deal_without_triggers(tmp_path):
    """Without a loss trigger the loss is drawn by itself, as a share of the pool."""
    terms = TERMS.replace(
        "losses: {test: pool.cumulative_net_loss / pool.initial_balance", "losses: {test: pool.factor"
    )
    result = small(tmp_path, terms).run()
    assert View(result).loss_trigger is None
    axes = figure_of(result, "cumulative_net_loss")
    assert [line.get_label() for line in axes.get_lines()] == ["Cumulative net loss"]


def test_labels_are_words_not_mathematics(tmp_path):
    """A label with dollar signs is printed as it stands."""
    result = small(tmp_path, **{"notes.A.label": "$x_1$ & {a}"}).run()
    assert len(write_charts(result, tmp_path / "out")) == 8


def test_charts_in_chinese(tmp_path, monkeypatch):
    """Where a font has the signs titles and classes are Chinese; where none has them, English, and it is said."""
    from abs_struct.handoff import charts, chinese

    deal = small(tmp_path, **{"notes.A.label": "Senior A"})
    monkeypatch.setattr(charts, "chinese_font", lambda: "DejaVu Sans")
    svg = next(f for f in write_charts(deal.run(), tmp_path / "zh", "zh") if f.name == "note_balances.svg").read_text()
    assert "<title>证券余额</title>" in svg
    assert "优先A级" in svg  # in the sentence for who cannot see it; labels are drawn as paths
    monkeypatch.setattr(charts, "chinese_font", lambda: None)
    svg = next(f for f in write_charts(deal.run(), tmp_path / "en", "zh") if f.name == "note_balances.svg").read_text()
    assert "<title>Note balances</title>" in svg
    chinese.chinese_font.cache_clear()
    monkeypatch.setattr(chinese, "FAMILIES", ("No such family",))
    assert "no font with Chinese signs" in command("run", deal.document.file, "--lang", "zh", "--out", tmp_path).stderr
    chinese.chinese_font.cache_clear()
    assert "--lang fr" in refused("run", deal.document.file, "--lang", "fr", "--out", tmp_path, code=2)


def test_charts_say_what_they_show(tmp_path):
    """Each picture carries a title and a sentence with its figures."""
    from PIL import Image

    deal = small(tmp_path)
    for file in write_charts(deal.run(), tmp_path / "charts"):
        if file.suffix == ".png":
            with Image.open(file) as picture:
                assert len(picture.text["Description"]) > 40
                assert picture.text["Title"]
        else:
            assert "<title>" in file.read_text("utf-8")
