"""The case files: figures published by others, with their inputs and their source."""

from __future__ import annotations

import csv
import json
from pathlib import Path

CASES = Path(__file__).parent / "cases"


def case(name):
    """A case file as a dict."""
    return json.loads((CASES / f"{name}.json").read_text("utf-8"))


def table(name):
    """A table of a case, row by row."""
    with (CASES / f"{name}.csv").open(encoding="utf-8") as file:
        return list(csv.DictReader(file))
