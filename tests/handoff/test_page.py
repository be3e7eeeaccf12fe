"""The live page in real Chromium: what it computes is what the engine computes, whatever is typed into it."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from handoff.browser import Opened, as_typed, browser, changed, fields, worst
from handoff.test_workbook_recalculates import VARIANTS, varied
from small import TERMS, WATERFALL, small, with_example

import abs_struct
from abs_struct.handoff.page import write_page
from abs_struct.handoff.page.formats import shown
from abs_struct.handoff.page.tables import figures_of
from abs_struct.handoff.view import View
from abs_struct.waterfall.steps import STEPS
from abs_struct.waterfall.trace import trace

pytestmark = pytest.mark.needs("chromium")

TOLERANCE = 1e-9
DEALS = ("mpl_2027_1", "euroc_2027_1", "auto_2027_1", "jb_cl_2027_1", "hb_rev_2027_1", "card_2027_a")
#: Inputs of the first deal, of eleven kinds: speed, default level and multiple, recovery, size, coupon, price,
#: fee, target, trigger level, reserve.
CHANGES = {
    "assumptions.prepayment.cpr": 0.255,
    "assumptions.default.cnl": 0.14,
    "assumptions.default.multiple": 1.2,
    "assumptions.recovery.rate": 0.035,
    "notes.A.balance": 0.5,
    "notes.B.coupon": 0.061,
    "notes.C.issue_price": 98.5,
    "fees.servicer.rate": 0.0125,
    "amounts.target_oc#0": 0.12,
    "triggers.turbo.above.13": 0.065,
    "accounts.reserve.required#1": 0.01,
}
SCRIPT = "</script><script>alert(1)</script><b title='\"&"


@pytest.fixture(scope="module")
def chrome():
    """Chromium."""
    with browser() as found:
        yield found


@pytest.fixture(scope="module")
def deals(repository):
    """The runs of the shipped deals, each once."""
    runs = {}

    def run_of(name):
        if name not in runs:
            runs[name] = abs_struct.load(repository / f"deals/{name}.yaml").run()
        return runs[name]

    return run_of


@pytest.fixture(scope="module")
def written(tmp_path_factory):
    """The pages of runs, each written once."""
    files = {}

    def file_of(result):
        if id(result) not in files:
            files[id(result)] = write_page(result, tmp_path_factory.mktemp("page") / "page.html")
        return files[id(result)]

    return file_of


@pytest.fixture
def opened(chrome, written):
    """Open the page of a run; what it complains of or asks for fails the test."""
    pages = []

    def one(result, **context):
        pages.append(Opened(chrome, written(result), **context))
        return pages[-1]

    yield one
    for page in pages:
        page.close()
        assert page.complaints == []
        assert page.requests == page.addresses


def moved(result):
    """Other values for a deal's inputs: all main ones, and the first few of each other group."""
    found, seen = {}, {}
    for path, one in fields(result).items():
        seen[one.group] = seen.get(one.group, 0) + 1
        if one.value == 0.0 or (one.group != "key" and (seen[one.group] > 3 or one.group == "waterfall")):
            continue
        factor = 1.15 if one.group == "key" else 0.93
        found[path] = float(f"{one.value * factor:.6g}")
    return found


@pytest.mark.parametrize("name", DEALS)
def test_every_line_equals_the_engine_after_changes(name, deals, opened):
    """Inputs of every kind are typed into each shipped deal's page; each line is the engine's to 1e-9 of the pool."""
    result = deals(name)
    page = opened(result)
    path, difference = worst(result, result.lines, page.lines())
    assert difference <= TOLERANCE, path
    values = CHANGES if name == DEALS[0] else moved(result)
    assert len({path.split(".")[0] for path in values}) >= 4
    assert len(values) >= 7
    if name == DEALS[0]:
        for path, text in as_typed(result, values).items():
            page.type(path, text)
    else:
        page.type_all(as_typed(result, values))
    lines, _ = changed(result, values)
    assert any(not np.array_equal(lines[path], result.lines[path]) for path in ("pool.balance", "deal.notes_balance"))
    path, difference = worst(result, lines, page.settled().lines())
    assert difference <= TOLERANCE, path
    figures = page.page.evaluate("() => live.figures()")
    program = replace(result.program, inputs={**result.program.inputs, **values})
    for key, value in figures_of(View(replace(result, program=program, lines=lines))).items():
        got = np.nan if figures[key] is None else figures[key]
        wanted = value if isinstance(value, str) else pytest.approx(value, rel=1e-9, abs=1e-7, nan_ok=True)
        assert got == wanted, key
        if key.endswith(".last"):
            assert page.text(f"[data-f='{key}']") == (value or "-")
        if key.endswith(".wal"):
            assert page.text(f"[data-f='{key}']") == shown(figures[key], "life")


@pytest.mark.parametrize("name", ["mpl_2027_1", "card_2027_a"])
def test_what_is_drawn_first_is_what_stands_in_the_file(name, deals, opened):
    """Figures, tables and curves of the base case are the same with scripts and without."""
    page, plain = opened(deals(name)), opened(deals(name), java_script_enabled=False)
    page.page.eval_on_selector_all("details", "folds => folds.forEach(fold => { fold.open = true; })")
    page.type("assumptions." + fields_of_speed(deals(name)), "1")  # away from the base case, and back
    page.settled().page.click("button[type=reset]")
    page.page.wait_for_timeout(50)
    page.settled()
    for selector in ("td", "td b", "dd b"):
        assert page.page.locator(selector).all_text_contents() == plain.page.locator(selector).all_text_contents()
    for selector in ("svg text",):
        assert page.page.locator(selector).all_text_contents() == plain.page.locator(selector).all_text_contents()
    for shape in ("path.area", "path.line"):
        drawn = [[one.get_attribute("d") for one in p.page.locator(shape).all()] for p in (page, plain)]
        assert drawn[0] == drawn[1]
        assert all(drawn[0])
    assert "base case" in plain.text("noscript")
    assert page.text("#tie span[lang=en]").startswith("Base case of this page against the engine: ")


def test_what_a_deal_may_say_is_computed_alike(tmp_path, opened, written):
    """Curves, conventions, calls, prices and looks back: each gives the engine's lines, also after a change."""
    results = {words: varied(tmp_path, replacements) for words, replacements in VARIANTS.items()}
    page = opened(next(iter(results.values())))
    values = {"notes.B.coupon": 0.085, "accounts.reserve.initial": 0.02}
    for words, result in results.items():
        page.go(written(result))
        page.type_all(as_typed(result, values))
        lines, _ = changed(result, values)
        path, difference = worst(result, lines, page.settled().lines())
        assert difference <= TOLERANCE, (words, path)


def test_every_step_is_computed_alike(tmp_path, opened, written):
    """Each kind of clause, as its own example has it, gives the engine's lines."""
    examples = {word: with_example(word, STEPS[word].example) for word in STEPS.names()}
    results = {word: small(tmp_path, waterfall=waterfall).run() for word, waterfall in examples.items()}
    page = opened(next(iter(results.values())))
    for word, result in results.items():
        page.go(written(result))
        path, difference = worst(result, result.lines, page.lines())
        assert difference <= TOLERANCE, (word, path)


def fields_of_speed(result):
    """The first main assumption, without its first word."""
    return next(path for path, one in fields(result).items() if one.group == "key").removeprefix("assumptions.")


def test_a_slider_moves_by_keys_and_everything_follows(deals, opened):
    """An arrow on the slider of the speed changes its field, the lives, the curves and what is said aloud."""
    page = opened(deals(DEALS[0]))
    before, curve = page.text("[data-f='0.wal']"), page.page.get_attribute("path.area", "d")
    page.page.focus("[data-slider='0']")
    for _ in range(8):
        page.page.keyboard.press("ArrowRight")
    page.settled()
    typed_now = float(page.page.input_value("[data-input='0']"))
    assert typed_now > 18.0
    lines, measures = changed(deals(DEALS[0]), {"assumptions.prepayment.cpr": typed_now / 100.0})
    assert page.text("[data-f='0.wal']") == shown(float(measures.wal("A")), "life") != before
    assert page.page.get_attribute("path.area", "d") != curve
    assert page.text("#status span[lang=en]").startswith("1 input changed")
    assert page.page.get_attribute("#status", "aria-live") == "polite"
    assert page.text("td:has(> [data-f='0.wal']) small") == before
    np.testing.assert_allclose(page.line("notes.A.balance"), lines["notes.A.balance"], atol=0.3)


def test_a_field_takes_numbers_only(deals, opened):
    """What is no number, or beyond the limits, is named and leaves the figures as they are."""
    page, life = opened(deals(DEALS[0])), shown(float(deals(DEALS[0]).measures.wal("A")), "life")
    for text in ("", "fast", "1e999", "-101", "201", "1,2,%3", "0x1F"):
        page.type("assumptions.prepayment.cpr", text)
        page.settled()
        assert f"Prepayment speed, CPR: '{text}' is not taken; it is a number from -100% to 200%." in page.text(
            "#message"
        )
        assert page.page.get_attribute("[data-input='0']", "aria-invalid") == "true"
        assert page.text("[data-f='0.wal']") == life
    for text in (" 25.5 % ", "25.5", "2.55e1", "+25.50"):
        page.type("assumptions.prepayment.cpr", text)
        lines, _ = changed(deals(DEALS[0]), {"assumptions.prepayment.cpr": 0.255})
        np.testing.assert_allclose(page.settled().line("notes.A.balance"), lines["notes.A.balance"], atol=0.3)
        assert (page.text("#message"), page.page.get_attribute("[data-input='0']", "aria-invalid")) == ("", "false")


def test_a_figure_is_explained(deals, opened):
    """A click on a figure shows its formula with names and values; what it reads leads on."""
    result = deals(DEALS[0])
    page = opened(result)
    row = page.page.locator("table.periods").first.locator("tbody tr").nth(3)
    row.locator("td").nth(2).click()  # interest paid
    said = page.text("#explanation")
    assert "notes.A.interest_paid" in said
    assert shown(float(result.lines["notes.A.interest_paid"][3]), "cents") in said
    page.page.fill("#line", "notes.A.interest_due")
    page.page.keyboard.press("Tab")
    said = page.text("#explanation")
    formula = trace(result.program).formulas["notes.A.interest_due"]
    assert f"= {formula}" in said
    assert "mpl_2027_1.yaml:" in said
    page.page.locator("#explanation li button").first.click()
    assert not page.text("#explanation h3").startswith("Class A: interest due")
    page.page.keyboard.press("Escape")
    assert page.text("#explanation") == ""
    assert page.page.evaluate("document.activeElement.id") == "line"


def test_an_explained_figure_shows_the_base_case_beside(deals, opened):
    """Once an input is changed, the explanation shows the figure, and all that it reads, beside the base case's."""
    result = deals("mpl_2027_1")
    page = opened(result)
    page.page.fill("#line", "notes.A.principal_paid")
    page.page.keyboard.press("Tab")
    period = int(page.page.input_value("#period"))
    before = shown(float(result.lines["notes.A.principal_paid"][period]), "cents")
    assert before in page.text("#explanation")
    assert page.page.locator("#explanation small.was").count() == 0
    values = {"assumptions.prepayment.cpr": 0.2}
    page.type_all(as_typed(result, values))
    lines, _ = changed(result, values)
    page.settled()
    heading = page.page.inner_text("#explanation p >> nth=0")
    assert shown(float(lines["notes.A.principal_paid"][period]), "cents") in heading
    assert heading.endswith(f"base case {before}")
    assert page.page.locator("#explanation li small.was").count() >= 1


def test_the_language_is_switched(deals, opened):
    """All that is in sight is English or Chinese; figures are the same."""
    page = opened(deals(DEALS[0]))
    english = page.page.inner_text("main h2 >> nth=0")
    page.page.check("#zh")
    assert (english, page.page.inner_text("main h2 >> nth=0")) == ("Summary", "概要")
    assert page.page.inner_text(".classes tbody th >> nth=0").startswith("A级")
    assert "Enhancement" not in page.page.inner_text("main")
    assert page.page.evaluate("document.documentElement.lang") == "zh"


def test_a_page_begins_in_chinese(chrome, deals, tmp_path):
    """With `zh` the page begins in Chinese, also where no script runs."""
    for scripts in (True, False):
        page = Opened(
            chrome, write_page(deals("jb_cl_2027_1"), tmp_path / "zh.html", "zh"), java_script_enabled=scripts
        )
        assert page.page.inner_text("main h2 >> nth=0") == "概要"
        page.close()


def test_a_worthless_class_has_the_engine_s_yield(deals, opened):
    """Where next to nothing is repaid, the yield is that of the engine, down to -200%, and no gap."""
    result = deals(DEALS[0])
    values = {"assumptions.default.cnl": 0.27, "assumptions.default.multiple": 3.0, "assumptions.recovery.rate": 0.0}
    page = opened(result)
    page.type_all(as_typed(result, values))
    lines, measures = changed(result, values)
    path, difference = worst(result, lines, page.settled().lines())
    assert difference <= TOLERANCE, path
    for at, note in enumerate(result.terms.notes):
        figure = page.page.evaluate(f"() => live.figures()['{at}.yield']")
        got = np.nan if figure is None else figure
        assert got == pytest.approx(float(measures.yield_(note)), abs=TOLERANCE, nan_ok=True), note


def test_a_phone_shows_it_without_scrolling_aside(deals, opened):
    """On a narrow screen only the tables scroll sideways."""
    page = opened(deals("card_2027_a"), viewport={"width": 360, "height": 780})
    assert page.page.evaluate("document.documentElement.scrollWidth") <= 360


def test_all_that_is_used_has_a_name(deals, opened):
    """Each field, slider, picture and table region has words for who cannot see it."""
    page = opened(deals("euroc_2027_1"))
    nameless = page.page.evaluate(
        """() => [...document.querySelectorAll('input, button, select, svg, .scroll')].filter(one => {
             const named = one.getAttribute('aria-label') || one.getAttribute('aria-labelledby');
             const words = (named && one.getAttribute('aria-labelledby'))
               ? named.split(' ').map(id => document.getElementById(id)?.textContent || '').join('') : named;
             const labels = [...(one.labels || [])].map(label => label.textContent).join('');
             return !(words || labels || one.textContent).trim();
           }).map(one => one.outerHTML.slice(0, 80))"""
    )
    assert nameless == []
    doubled = page.page.evaluate(
        "() => { const ids = [...document.querySelectorAll('[id]')].map(one => one.id);"
        " return ids.filter((id, k) => ids.indexOf(id) !== k); }"
    )
    assert doubled == []


def test_names_of_the_deal_never_become_code(tmp_path, opened):
    """A deal whose names hold the ends of scripts and tags is shown by these names, and nothing of them runs."""
    terms = TERMS.replace("name: Small", f"name: {quoted(SCRIPT)}", 1)
    assert terms != TERMS
    page = opened(small(tmp_path, terms, WATERFALL).run())
    assert page.text("h1") == SCRIPT
    assert page.page.title() == SCRIPT
    assert page.text("#tie span[lang=en]").startswith("Base case of this page")


def quoted(text):
    """A text as YAML holds it between double signs."""
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'


def test_the_policy_lets_nothing_in_or_out(chrome, deals, tmp_path):
    """A picture, a style, a script and a request that were smuggled in are all refused by the page's own policy."""
    page = Opened(chrome, write_page(deals(DEALS[0]), tmp_path / "page.html"))
    refused = page.page.evaluate(
        """() => new Promise(done => {
             const found = [];
             document.addEventListener('securitypolicyviolation', event => found.push(event.effectiveDirective));
             const add = (tag, fields) => document.body.append(Object.assign(document.createElement(tag), fields));
             add('img', { src: 'https://example.org/x.png' });
             add('script', { textContent: 'window.smuggled = 1' });
             add('style', { textContent: 'body { display: none }' });
             fetch('https://example.org/').catch(() => 0);
             setTimeout(() => done(found.sort()), 200);
           })"""
    )
    assert refused == ["connect-src", "img-src", "script-src-elem", "style-src-elem"]
    assert page.answers == page.addresses
    assert page.page.evaluate("window.smuggled") is None
    page.close()
