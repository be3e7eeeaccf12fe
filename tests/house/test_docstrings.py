"""Docstrings: every example runs, and every public number says shape, unit, errors and source."""

from __future__ import annotations

import doctest
import importlib
import inspect
import re

import pytest

from house.package import module_names, public_functions

NUMERIC = ("core.arithmetic", "dates", "analytics", "curves", "pool")
RETURNS = re.compile(r"\b(float|int|Array|NDArray|ndarray|Series|Amounts|Rates)\b")

#: What a docstring of a public numeric function must say, and the words by which it is found.
WANTED = {
    "the shape ((S,), (T, S) or scalar)": r"\b(scalar|shape)\b|\(([A-Z]|[a-z]+s)( ?\+ ?1)?,( ?([A-Z]|[a-z]+s))?\)",
    "the unit": (
        r"fraction|month|year|day|period|percent|per cent|currency|money|amount|cent|factor|number|count|unit"
        r"|dimensionless|rate|price"
    ),
    "what it Raises": r"^ *Raises$",
    "its Source:": r"\bSource:",
}


@pytest.mark.parametrize("name", module_names())
def test_examples_run(name):
    """The worked examples of a module's docstrings give what they print."""
    result = doctest.testmod(importlib.import_module(name), optionflags=doctest.NORMALIZE_WHITESPACE)
    assert result.failed == 0, f"{result.failed} of {result.attempted} examples of {name} fail; see the output"


def numeric():
    """The docstring of every public function that returns a number or an array of them."""
    return [
        pytest.param(inspect.getdoc(function) or "", id=name.removeprefix("abs_struct."))
        for name, function in public_functions(*NUMERIC)
        if RETURNS.search(str(inspect.get_annotations(function).get("return", "")))
    ]


@pytest.mark.parametrize("doc", numeric())
def test_public_number_is_documented(doc):
    """A public numeric function states shape, unit, errors and source, and shows one worked line."""
    missing = [what for what, words in WANTED.items() if not re.search(words, doc, re.MULTILINE)]
    missing += [] if ">>> " in doc else ["one worked line (>>>)"]
    assert not missing, f"the docstring does not say {', '.join(missing)}"
