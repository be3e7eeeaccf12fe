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


CLAUSE = """\
      - purchase: [bill, three, six, twelve, minimum]
        amount: amounts.offered * available
"""


def clocked(folder: Path, clock: str) -> abs_struct.Deal:
    """HB-REV on a clock of its own: to 14 January, without the clause that buys on payment dates."""
    text = (DEALS / "hb_rev_2027_1.yaml").read_text(encoding="utf-8")
    for old, new in (
        (CLAUSE, ""),
        ("  mix: balance", f"  clock: {clock}\n  mix: balance"),
        ("until: 2028-01-31 ", "until: 2028-01-14 "),
        ("tapes/", f"{DEALS}/tapes/"),
    ):
        assert old in text
        text = text.replace(old, new)
    file = folder / "clocked.yaml"
    file.write_text(text, encoding="utf-8")
    return abs_struct.load(file)
