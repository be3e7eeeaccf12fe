"""The shipped revolving deals, their tapes read once, and runs of them with fields changed."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import abs_struct

DEALS = Path(__file__).parents[2] / "deals"


@cache
def shipped(name: str) -> abs_struct.Deal:
    """A shipped deal."""
    found = abs_struct.load(DEALS / f"{name}.yaml")
    _ = found.collateral
    return found


@cache
def ran(name: str, *changes: tuple[str, object]) -> abs_struct.Result:
    """A run with fields changed; every check of it holds."""
    result = shipped(name).with_(dict(changes)).run()
    assert not result.failures, [str(check) for check in result.failures]
    return result
