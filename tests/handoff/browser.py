"""A page in real Chromium: fields are filled as a reader fills them, and what it says is read."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import replace

import numpy as np
from conftest import chromium

from abs_struct.deal.measures import Measures
from abs_struct.handoff.page.formats import typed
from abs_struct.handoff.page.inputs import inputs_of
from abs_struct.waterfall.engine import run
from abs_struct.waterfall.trace import trace


@contextmanager
def browser():
    """Chromium without a window."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        found = playwright.chromium.launch(executable_path=chromium())
        yield found
        found.close()


class Opened:
    """A page that is open: what it asked for and complained of is kept."""

    def __init__(self, chrome, file, **context):
        self.context = chrome.new_context(**context)
        self.page = self.context.new_page()
        self.complaints, self.requests, self.answers = [], [], []
        self.page.on("console", lambda said: self.complaints.append(said.text))
        self.page.on("pageerror", lambda error: self.complaints.append(str(error)))
        self.page.on("dialog", lambda dialog: (self.complaints.append(dialog.message), dialog.dismiss()))
        self.page.on("request", lambda request: self.requests.append(request.url))
        self.page.on("response", lambda response: self.answers.append(response.url))
        self.addresses = []
        self.go(file)

    def go(self, file):
        """Open a page, and the groups of its inputs."""
        self.addresses.append(file.resolve().as_uri())
        self.page.goto(self.addresses[-1])
        self.page.eval_on_selector_all("aside details", "folds => folds.forEach(fold => { fold.open = true; })")

    def type(self, path, text):
        """Fill a field by its path in the deal."""
        self.page.fill(f"[data-path='{path}']", text)

    def type_all(self, texts):
        """Fill many fields at once, each with the event that typing gives."""
        self.page.evaluate(
            """texts => { for (const [path, text] of Object.entries(texts)) {
                 const field = document.querySelector(`[data-path="${path}"]`);
                 field.value = text;
                 field.dispatchEvent(new Event("input", { bubbles: true }));
               } }""",
            texts,
        )

    def settled(self):
        """Wait until the page has been drawn."""
        self.page.evaluate("() => new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)))")
        return self

    def line(self, path):
        """A line as the page computes it, (T + 1,)."""
        return np.array(self.page.evaluate("path => live.line(path)", path), dtype=float)

    def lines(self):
        """All lines by path."""
        return self.page.evaluate("() => Object.fromEntries(live.paths.map(path => [path, live.line(path)]))")

    def text(self, selector):
        """What stands somewhere, hidden or not."""
        return self.page.text_content(selector)

    def close(self):
        """Close it."""
        self.context.close()


def changed(result, values):
    """The engine's run of the same program with other inputs: lines and measures."""
    program = replace(result.program, inputs={**result.program.inputs, **values})
    lines = run(program)
    return lines, Measures(result.terms, result.schedule, lines, program.inputs)


def fields(result):
    """The fields of a deal's page by path."""
    return {one.path: one for one in inputs_of(result.terms, trace(result.program))}


def as_typed(result, values):
    """Other inputs as they are typed into their fields."""
    known = fields(result)
    return {path: typed(value, known[path].kind) for path, value in values.items()}


def worst(result, lines, shown):
    """The line of the page that lies farthest from the engine's: of the pool for amounts, else of itself."""
    pool = float(lines["pool.initial_balance"][0])
    found = {}
    for path, known in trace(result.program).lines.items():
        wanted, got = lines[path], np.array(shown[path], dtype=float)
        scale = pool if known.unit == "money" else max(1.0, float(np.abs(wanted).max()))
        found[path] = float(np.abs(got - wanted).max()) / scale
    return max(found.items(), key=lambda item: np.inf if np.isnan(item[1]) else item[1])
