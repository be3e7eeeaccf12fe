"""Every construct of the document runs in a small deal, in both arithmetics, with all checks passed."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from ruamel.yaml import YAML
from small import TERMS, WATERFALL, tape

import abs_struct
from abs_struct.deal.constructs import CONSTRUCTS, Construct
from abs_struct.waterfall.engine import run_as_arrays

READER = YAML(typ="safe", pure=True)
#: Blocks that a construct replaces as a whole; the others are added to those of the small deal.
WHOLE = {"waterfall", "notes", "triggers", "call"}


def deal_with(construct: Construct, folder: Path) -> abs_struct.Deal:
    """The small deal with a construct in it."""
    deal: dict[str, Any] = READER.load(TERMS + WATERFALL)
    for block, found in READER.load(construct.text).items():
        deal[block] = found if block in WHOLE else deal.get(block, {}) | found
        if block == "waterfall":
            deal.setdefault("triggers", {})
    if "after_default" in deal["waterfall"]:
        deal["triggers"].setdefault("event_of_default", {"test": "notes.A.interest_shortfall > 0.01"})
        deal["triggers"].setdefault("losses", {"test": "pool.balance < 0"})
    tape(folder)
    with (folder / "small.yaml").open("w") as file:
        YAML().dump(deal, file)
    return abs_struct.load(folder / "small.yaml")


@pytest.mark.parametrize("construct", CONSTRUCTS, ids=lambda construct: construct.title)
def test_it_runs(construct: Construct, tmp_path: Path) -> None:
    """Cash is conserved, balances roll, and arrays have the bits of floats."""
    deal = deal_with(construct, tmp_path)
    result = deal.run()
    assert not result.failures, [str(check) for check in result.failures]
    many = run_as_arrays(deal.program)
    for name in result.lines:
        assert np.array_equal(many[name][:, 0], result.lines[name]), name
    senior = [path for path in result.lines if path.startswith("notes.A") and path.endswith("principal_paid")]
    assert sum(result.lines[path].sum() for path in senior) > 100_000.0
