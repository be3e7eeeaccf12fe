"""The live page: a deal in one HTML file that computes itself anew, offline, in any browser.

    script       the trace as JavaScript: a function of some lines after the other
    content      what else the page knows: places of lines, dates, terms, the engine's sums
    explained    the formula of each line in words, with what it reads
    inputs       the fields and sliders
    tables       classes, periods, clauses and triggers, with the engine's figures
    charts       pictures of the base case, in a geometry that the page's own code shares
    formats      how figures are printed
    words        English and Chinese
    html         the page around them
    write        the file, and the policy that lets nothing in or out
    assets       the page's own code and style

What a reader sees before the first change is the engine's; the page then says how far its own run lies from it.
"""

from __future__ import annotations

from abs_struct.handoff.page.write import write_page

__all__ = ["write_page"]
