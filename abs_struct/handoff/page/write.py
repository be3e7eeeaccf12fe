"""Write: the parts of the page in one file, under a policy that lets nothing in or out."""

from __future__ import annotations

from base64 import b64encode
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING

from abs_struct.core.findings import UsageError, nearest
from abs_struct.handoff.files import whole
from abs_struct.handoff.page.charts import charts_of
from abs_struct.handoff.page.content import as_json, content_of
from abs_struct.handoff.page.explained import explained
from abs_struct.handoff.page.html import body
from abs_struct.handoff.page.inputs import inputs_of
from abs_struct.handoff.page.script import Script
from abs_struct.handoff.page.tables import owners
from abs_struct.handoff.page.words import clean
from abs_struct.handoff.view import View
from abs_struct.waterfall.trace import trace

if TYPE_CHECKING:
    from abs_struct.deal.result import Result

ASSETS = Path(__file__).parent / "assets"
LANGUAGES = ("en", "zh")


def write_page(result: Result, path: str | Path, language: str = "en") -> Path:
    """Write a deal as a live web page: one file that needs nothing else, and that computes the deal anew by itself.

    Every line is computed by JavaScript that the trace of its program dictates. The base case stands in the page as the
    engine gives it, and is readable without scripts. The same run gives the same bytes.

    Parameters
    ----------
    result : a run of a deal with one scenario and all its lines
    path : the .html file to write; it is replaced as a whole
    language : "en" or "zh", the one that is shown first

    Returns
    -------
    Path of the file

    Raises
    ------
    UsageError : an unknown language, a result of many scenarios, or a place where nothing can be written
    DealError : a deal that buys between payment dates, which has no formulas
    """
    if language not in LANGUAGES:
        raise UsageError(f"no language '{language}'{nearest(language, LANGUAGES)} (languages: {', '.join(LANGUAGES)})")
    if result.lines.scenarios is not None:
        raise UsageError(f"a page shows one base case and this result has {result.lines.scenarios} scenarios")
    text = page_of(result, language)
    file = Path(path)
    with whole(file) as draft:
        draft.write_text(text, encoding="utf-8", newline="\n")
    return file


def page_of(result: Result, language: str = "en") -> str:
    """The text of the page."""
    view, script = View(result), Script(trace(result.program))
    inputs, charts = inputs_of(result.terms, script.trace), charts_of(view)
    facts = content_of(view, script, inputs, charts)
    facts |= {"paths": list(script.lines), "words": owners(view, script), "explained": explained(result, script)}
    facts["units"] = [line.unit for line in script.trace.lines.values()]
    style = (ASSETS / "page.css").read_text("utf-8")
    code = "\n".join(
        ['"use strict";', "(() => {", script.text(), *((ASSETS / name).read_text("utf-8") for name in SCRIPTS), "})();"]
    )
    policy = (
        f"default-src 'none'; script-src '{fingerprint(code)}'; style-src '{fingerprint(style)}'; "
        "base-uri 'none'; form-action 'none'"
    )
    content = body(view, script, inputs, charts)
    if language == "zh":
        content = content.replace('id="en" checked', 'id="en"').replace('id="zh"', 'id="zh" checked', 1)
    return (
        f'<!DOCTYPE html>\n<html lang="{language}">\n<head>\n<meta charset="utf-8">\n'
        f'<meta http-equiv="Content-Security-Policy" content="{policy}">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        '<meta name="color-scheme" content="light dark">\n<meta name="referrer" content="no-referrer">\n'
        f"<title>{clean(result.terms.name)}</title>\n<style>{style}</style>\n</head>\n<body>\n{content}\n"
        f'<script type="application/json" id="deal">{as_json(facts)}</script>\n<script>{code}</script>\n'
        "</body>\n</html>\n"
    )


#: The page's own code, in its order, below the functions of the deal.
SCRIPTS = ("model.js", "charts.js", "page.js")


def fingerprint(text: str) -> str:
    """The hash by which a policy knows a script or a style of the page."""
    return f"sha256-{b64encode(sha256(text.encode('utf-8')).digest()).decode('ascii')}"
